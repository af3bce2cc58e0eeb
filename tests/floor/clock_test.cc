// Both clocks, and who wakes whom. Nothing here waits for time to pass: a sleeper is woken by
// another thread, and a wait that fails to end is ended by the test's time limit.
#include "exporter/clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace exporter {
namespace {

using namespace std::chrono_literals;

const SystemTime kStart{std::chrono::sys_days(std::chrono::year(2026) / 10 / 3)};

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(kStart);
  EXPECT_EQ(clock.now(), kStart);
  const SteadyTime steady = clock.steady();
  clock.advance(1500ms);
  EXPECT_EQ(clock.now(), kStart + 1500ms);
  EXPECT_EQ(clock.steady(), steady + 1500ms);
  EXPECT_EQ(clock.now(), kStart + 1500ms);
}

TEST(ManualClock, DoesNotSleepPastWhatIsReached) {
  ManualClock clock(kStart);
  std::stop_source stop;
  EXPECT_TRUE(clock.sleep_until(clock.steady(), stop.get_token()));
  EXPECT_TRUE(clock.sleep_until(clock.steady() - 1h, stop.get_token()));
  stop.request_stop();
  EXPECT_FALSE(clock.sleep_until(clock.steady() - 1h, stop.get_token()));
  EXPECT_FALSE(clock.sleep_until(clock.steady() + 1h, stop.get_token()));
}

TEST(ManualClock, WakesTheSleepersItReaches) {
  ManualClock clock(kStart);
  std::stop_source stop;
  const SteadyTime begin = clock.steady();
  auto sooner = std::async(std::launch::async,
                           [&] { return clock.sleep_until(begin + 1s, stop.get_token()); });
  std::atomic<bool> late_is_over = false;
  auto later = std::async(std::launch::async, [&] {
    const bool reached = clock.sleep_until(begin + 10s, stop.get_token());
    late_is_over = true;
    return reached;
  });
  clock.advance(999ms);
  clock.advance(1ms);
  EXPECT_TRUE(sooner.get());
  EXPECT_FALSE(late_is_over);
  clock.advance(9s);
  EXPECT_TRUE(later.get());
}

TEST(ManualClock, AStopEndsTheSleep) {
  ManualClock clock(kStart);
  std::stop_source stop;
  auto sleeper = std::async(
      std::launch::async, [&] { return clock.sleep_until(clock.steady() + 1h, stop.get_token()); });
  clock.advance(1s);
  stop.request_stop();
  EXPECT_FALSE(sleeper.get());
}

TEST(SystemClock, ReadsBothClocksOfTheMachine) {
  const SystemClock clock;
  const auto system_before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto steady_before = std::chrono::steady_clock::now();
  const SystemTime now = clock.now();
  const SteadyTime steady = clock.steady();
  EXPECT_GE(now, system_before);
  EXPECT_LE(now, std::chrono::system_clock::now());
  EXPECT_GE(steady, steady_before);
  EXPECT_LE(steady, std::chrono::steady_clock::now());
}

TEST(SystemClock, SleepsUntilThen) {
  const SystemClock clock;
  std::stop_source stop;
  const SteadyTime when = clock.steady() + 1ms;
  EXPECT_TRUE(clock.sleep_until(when, stop.get_token()));
  EXPECT_GE(clock.steady(), when);
  EXPECT_TRUE(clock.sleep_until(when - 1h, stop.get_token()));
}

TEST(SystemClock, AStopEndsTheSleep) {
  const SystemClock clock;
  std::stop_source stop;
  auto sleeper = std::async(
      std::launch::async, [&] { return clock.sleep_until(clock.steady() + 1h, stop.get_token()); });
  stop.request_stop();
  EXPECT_FALSE(sleeper.get());
  EXPECT_FALSE(clock.sleep_until(clock.steady() + 1h, stop.get_token())) << "at once";
}

}  // namespace
}  // namespace exporter
