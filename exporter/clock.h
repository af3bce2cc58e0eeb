// Time as a parameter. Nobody else asks the operating system what time it is.
//
// Two kinds of time, two types: steady time schedules, system time names windows and timestamps.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace exporter {

using SystemTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;

  virtual SystemTime now() const = 0;
  virtual SteadyTime steady() const = 0;

  /// Sleeps until `steady() >= when`. False, at once, when `stop` is requested first.
  virtual bool sleep_until(SteadyTime when, std::stop_token stop) const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  SystemTime now() const override;
  SteadyTime steady() const override;
  bool sleep_until(SteadyTime when, std::stop_token stop) const override;
};

/// Time that moves only when told to: for tests, and for replaying a recording as of its own day.
/// Both kinds of time advance together. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(SystemTime start) : now_(start) {}

  SystemTime now() const override;
  SteadyTime steady() const override;
  bool sleep_until(SteadyTime when, std::stop_token stop) const override;

  /// Moves time forward and wakes the sleepers it reaches.
  void advance(std::chrono::milliseconds by);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  SystemTime now_;       // guarded by mutex_
  SteadyTime steady_{};  // guarded by mutex_
};

}  // namespace exporter
