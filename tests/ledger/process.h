// A child that opens a ledger of its own. POSIX locks do not keep a process from itself, and only a
// process of its own can be killed.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>

namespace exporter::ledger {

/// Runs `work` in a fork of this process, which must have one thread. Numbers it says come out of
/// read() one by one. It ends when `work` returns or when it is killed, and with its owner.
class Child {
 public:
  using Say = std::function<void(std::int64_t)>;

  explicit Child(const std::function<void(const Say&)>& work) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    process_ = ::fork();
    if (process_ < 0) std::abort();
    if (process_ == 0) {
      ::close(ends[0]);
      work([&](std::int64_t number) {
        if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(1);
      });
      ::_exit(0);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Child() {
    kill();
    ::close(output_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Nothing once the child has ended.
  std::optional<std::int64_t> read() const {
    std::int64_t number = 0;
    if (::read(output_, &number, sizeof number) != sizeof number) return std::nullopt;
    return number;
  }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    wait();
  }
  /// The signal that ended it; 0 if it ended by itself.
  int wait() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

 private:
  pid_t process_ = 0;
  int output_ = -1;
};

}  // namespace exporter::ledger
