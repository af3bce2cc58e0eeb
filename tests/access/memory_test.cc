#include "exporter/access/memory.h"

#include <gtest/gtest.h>

#include "tests/access/outcomes.h"

namespace exporter::access {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kNothing = "look it up";

Digest key(int number) { return sha256(std::to_string(number)); }
Caller caller(int number) { return {.name = std::to_string(number)}; }

TEST(Memory, RecallsWhatItWasToldUntilItIsOutOfDate) {
  ManualClock clock{SystemTime{}};
  Memory memory(clock);
  memory.remember(key(1), caller(1), 60s);
  memory.remember(key(2), tl::unexpected<Refused>(Refused{.detail = "no"}), 10s);
  EXPECT_EQ(say(memory.recall(key(3))), kNothing);
  clock.advance(9'999ms);
  EXPECT_EQ(say(memory.recall(key(1))), "1");
  EXPECT_EQ(say(memory.recall(key(2))), "absent: no");
  clock.advance(1ms);
  EXPECT_EQ(say(memory.recall(key(1))), "1");
  EXPECT_EQ(say(memory.recall(key(2))), kNothing);
  clock.advance(50s);
  EXPECT_EQ(say(memory.recall(key(1))), kNothing);
}

TEST(Memory, TheLastWordCounts) {
  ManualClock clock{SystemTime{}};
  Memory memory(clock);
  memory.remember(key(1), caller(1), 60s);
  memory.remember(key(1), caller(2), 10s);
  EXPECT_EQ(say(memory.recall(key(1))), "2");
  clock.advance(10s);
  EXPECT_EQ(say(memory.recall(key(1))), kNothing);
}

TEST(Memory, ForgetsWhatIsOutOfDateFirst) {
  ManualClock clock{SystemTime{}};
  Memory memory(clock, 3);
  memory.remember(key(1), caller(1), 60s);
  clock.advance(1s);
  memory.remember(key(2), caller(2), 10s);
  clock.advance(1s);
  memory.remember(key(3), caller(3), 60s);
  clock.advance(10s);
  memory.remember(key(4), caller(4), 60s);
  EXPECT_EQ(say(memory.recall(key(1))), "1");
  EXPECT_EQ(say(memory.recall(key(3))), "3");
  EXPECT_EQ(say(memory.recall(key(4))), "4");
}

TEST(Memory, ThenTheOldest) {
  ManualClock clock{SystemTime{}};
  Memory memory(clock, 3);
  for (int i = 1; i <= 4; ++i) {
    memory.remember(key(i), caller(i), 60s);
    clock.advance(1s);
  }
  EXPECT_EQ(say(memory.recall(key(1))), kNothing);
  for (int i = 2; i <= 4; ++i) EXPECT_EQ(say(memory.recall(key(i))), std::to_string(i));
}

TEST(Memory, HoldsNoMoreThanItMay) {
  ManualClock clock{SystemTime{}};
  Memory memory(clock, 100);
  for (int i = 0; i < 1'000; ++i) {
    memory.remember(key(i), caller(i), 60s);
    clock.advance(1ms);
  }
  int held = 0;
  for (int i = 0; i < 1'000; ++i) held += memory.recall(key(i)) ? 1 : 0;
  EXPECT_GE(held, 90);
  EXPECT_LE(held, 100);
  EXPECT_EQ(say(memory.recall(key(999))), "999");
}

}  // namespace
}  // namespace exporter::access
