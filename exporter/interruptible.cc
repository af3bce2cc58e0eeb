#include "exporter/interruptible.h"

#include <atomic>
#include <ctime>
#include <thread>

namespace exporter {

void run_interruptible(const std::function<void()>& work, std::stop_source& stop,
                       const sigset_t& signals) {
  std::atomic<bool> done = false;
  const std::jthread worker([&] {
    work();
    done = true;
  });
  while (!done) {
    const timespec soon{0, 50'000'000};
    const int signal = sigtimedwait(&signals, nullptr, &soon);
    if (signal == SIGTERM || signal == SIGINT) stop.request_stop();
  }
}

}  // namespace exporter
