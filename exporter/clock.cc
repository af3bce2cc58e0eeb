#include "exporter/clock.h"

namespace exporter {

SystemTime SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const { return std::chrono::steady_clock::now(); }

bool SystemClock::sleep_until(SteadyTime when, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

SystemTime ManualClock::now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

SteadyTime ManualClock::steady() const {
  std::lock_guard lock(mutex_);
  return steady_;
}

bool ManualClock::sleep_until(SteadyTime when, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, stop, [&] { return steady_ >= when; });
  return !stop.stop_requested();
}

void ManualClock::advance(std::chrono::milliseconds by) {
  {
    std::lock_guard lock(mutex_);
    now_ += by;
    steady_ += by;
  }
  moved_.notify_all();
}

}  // namespace exporter
