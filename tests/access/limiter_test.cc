// Buckets that empty and fill, and what is forgotten.
#include <gtest/gtest.h>

#include <thread>

#include "exporter/access/access.h"

namespace exporter::access {
namespace {

using namespace std::chrono_literals;

constexpr auto kPasses = std::nullopt;

TEST(Limiter, LetsABurstThroughAndThenAtItsRate) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 2, 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("a"), 1s);
  clock.advance(499ms);
  EXPECT_EQ(limiter.take("a"), 1s);
  clock.advance(1ms);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("a"), 1s);
  clock.advance(1s);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("a"), 1s);
}

TEST(Limiter, FillsUpToItsBurstAndNoFurther) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 1, 2);
  EXPECT_EQ(limiter.take("a"), kPasses);
  clock.advance(1h);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_NE(limiter.take("a"), kPasses);
}

TEST(Limiter, KeysAreApart) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 1, 1);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("b"), kPasses);
  EXPECT_EQ(limiter.take(""), kPasses);
  EXPECT_NE(limiter.take("a"), kPasses);
  EXPECT_NE(limiter.take(""), kPasses);
}

TEST(Limiter, LookingCostsNothing) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 1, 1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.look("a"), kPasses);
  EXPECT_EQ(limiter.take("a"), kPasses);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.look("a"), 1s);
  clock.advance(1s);
  EXPECT_EQ(limiter.look("a"), kPasses);
}

TEST(Limiter, WhoIsRefusedDoesNotWaitLongerForIt) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 1, 1);
  EXPECT_EQ(limiter.take("a"), kPasses);
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(limiter.take("a"), 1s);
    clock.advance(100ms);
  }
  clock.advance(100ms);
  EXPECT_EQ(limiter.take("a"), kPasses);
}

TEST(Limiter, TheWaitIsInWholeSecondsAndBounded) {
  ManualClock clock{SystemTime{}};
  auto wait = [&](double rate) {
    Limiter limiter(clock, rate, 1);
    EXPECT_EQ(limiter.take("a"), kPasses);
    return limiter.take("a").value_or(0s);
  };
  EXPECT_EQ(wait(1000), 1s);
  EXPECT_EQ(wait(0.4), 3s);
  EXPECT_EQ(wait(0.25), 4s);
  EXPECT_EQ(wait(1e-9), 1h);
  EXPECT_EQ(wait(0), 1h);
}

TEST(Limiter, ForgetsTheFullestFirst) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 0.001, 3, 3);
  for (const char* key : {"c", "b", "b", "a", "a", "a"}) EXPECT_EQ(limiter.take(key), kPasses);
  EXPECT_EQ(limiter.take("d"), kPasses);  // c is forgotten
  EXPECT_NE(limiter.look("a"), kPasses);
  EXPECT_EQ(limiter.take("b"), kPasses);
  EXPECT_NE(limiter.take("b"), kPasses);
  EXPECT_EQ(limiter.take("c"), kPasses);  // and now d, since c was as new
  EXPECT_EQ(limiter.take("c"), kPasses);
  EXPECT_EQ(limiter.take("c"), kPasses);
  EXPECT_NE(limiter.take("c"), kPasses);
}

TEST(Limiter, AFloodOfKeysDoesNotFreeWhoIsLimited) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 0.001, 2, 100);
  EXPECT_EQ(limiter.take("attacker"), kPasses);
  EXPECT_EQ(limiter.take("attacker"), kPasses);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(limiter.take(std::to_string(i)), kPasses);
  EXPECT_NE(limiter.take("attacker"), kPasses);
}

TEST(Limiter, HoldsAtLeastOneKey) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 1, 1, 1);
  EXPECT_EQ(limiter.take("a"), kPasses);
  EXPECT_NE(limiter.take("a"), kPasses);
  EXPECT_EQ(limiter.take("b"), kPasses);
  EXPECT_NE(limiter.take("b"), kPasses);
  EXPECT_EQ(limiter.take("a"), kPasses);
}

TEST(Limiter, SharesOneBucketAmongThreads) {
  ManualClock clock{SystemTime{}};
  Limiter limiter(clock, 1, 100);
  std::array<int, 4> passed{};
  {
    std::vector<std::jthread> threads;
    threads.reserve(passed.size());
    for (int& count : passed) {
      threads.emplace_back([&limiter, &count] {
        for (int i = 0; i < 50; ++i) count += limiter.take("a") ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(passed[0] + passed[1] + passed[2] + passed[3], 100);
}

}  // namespace
}  // namespace exporter::access
