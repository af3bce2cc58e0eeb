// From `host:port` to a socket that listens. Inside web/ only.
#pragma once

#include <string>
#include <string_view>

#include "exporter/result.h"

namespace exporter::web {

/// An open file descriptor, closed on destruction unless released.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  int number() const { return number_; }
  int release();

 private:
  int number_;
};

struct Listener {
  Descriptor socket;
  std::string address;  // numeric, with the port that was bound
};

/// Listens on host:port, [v6]:port or :port. The last means every interface, both IP versions
/// where the machine has IPv6; a v6 address that is written out means IPv6 only.
Result<Listener> listen_on(std::string_view address);

}  // namespace exporter::web
