// Takes connections from the sockets that listen. Inside web/ only.
#pragma once

#include <sys/socket.h>

#include <functional>
#include <thread>
#include <vector>

#include "exporter/web/listen.h"

namespace exporter::web {

/// One thread for all sockets, from construction to destruction. The library could listen itself,
/// but not hand over to another of its daemons without a gap.
class Acceptor {
 public:
  /// Takes over the connection, which does not block.
  using Take = std::function<void(Descriptor connection, const sockaddr* peer, socklen_t length)>;
  /// Returns when there is room for one more, or at the end.
  using Wait = std::function<void(const std::stop_token& stop)>;

  Acceptor(std::vector<Descriptor> sockets, Wait wait, Take take);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  void run(const std::stop_token& stop) const;
  bool accept_one(const Descriptor& socket) const;

  const std::vector<Descriptor> sockets_;
  const Descriptor wake_;
  const Wait wait_;
  const Take take_;
  std::jthread thread_;
};

}  // namespace exporter::web
