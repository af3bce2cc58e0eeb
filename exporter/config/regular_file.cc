#include "exporter/config/regular_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "exporter/config/yaml.h"

namespace exporter::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> unreadable() {
  return fail(
      fmt::format("cannot be read: {}; check the path, and who may read it", std::strerror(errno)));
}

Result<void> check_kind(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return fail("is a folder; write the path of a file");
  if (!S_ISREG(status.st_mode)) return fail("is no regular file; write the path of one");
  return {};
}

}  // namespace

Result<std::string> read_regular_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return unreadable();
  if (auto kind = check_kind(status); !kind) return tl::unexpected(kind.error());
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return unreadable();
  // Something else may have come in between.
  if (auto kind = check_kind(status); !kind) return tl::unexpected(kind.error());
  // One byte more than is taken, so that a longer file is seen to be longer.
  std::string text(kMaxFileBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file.number(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kMaxFileBytes) return fail("is longer than 1 MiB; write the path of another");
  text.resize(size);
  return text;
}

}  // namespace exporter::config
