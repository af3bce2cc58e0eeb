// HTTP on a free port of 127.0.0.1: requests out of the socket, replies into it, however badly
// they are to be delivered. One thread does it all, so requests are answered one after another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "exporter/demo/routes.h"
#include "exporter/result.h"

namespace exporter::demo {

struct Callbacks {
  /// Path and query as they were sent, before the request is answered.
  std::function<void(std::string)> seen;
  std::function<Reply(const Request&)> answer;
};

class Listener {
 public:
  static Result<std::unique_ptr<Listener>> open(Callbacks callbacks);
  /// Closes every connection, answered or not.
  ~Listener();

  std::uint16_t port() const;

  struct Loop;  // for listener.cc only

 private:
  explicit Listener(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace exporter::demo
