#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "exporter/http/http.h"

namespace exporter::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr RetryPolicy kPolicy{.retries = 3, .first = 1s, .longest = 10s};
constexpr double kLeastJitter = 0;
constexpr double kMostJitter = 1;

Failure with_status(int status, std::optional<std::chrono::seconds> retry_after = std::nullopt) {
  return {.kind = FailureKind::http_status, .status = status, .retry_after = retry_after};
}

TEST(FailureKind, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kFailureKinds; ++i) {
    names.insert(to_string(static_cast<FailureKind>(i)));
  }
  EXPECT_EQ(names.size(), kFailureKinds);
  EXPECT_EQ(names.count(""), 0U);
  EXPECT_EQ(to_string(FailureKind::resolve), "resolve");
  EXPECT_EQ(to_string(FailureKind::http_status), "http_status");
  EXPECT_EQ(to_string(FailureKind::cancelled), "cancelled");
}

TEST(RetryDelay, GivesUpWhereTryingAgainCannotHelp) {
  auto gives_up = [](const Failure& failure, int attempt) {
    SCOPED_TRACE(fmt::format("{} {} attempt {}", to_string(failure.kind), failure.status, attempt));
    EXPECT_EQ(retry_delay(kPolicy, failure, attempt, kLeastJitter), std::nullopt);
  };

  gives_up({.kind = FailureKind::tls}, 1);
  gives_up({.kind = FailureKind::timeout}, 1);
  gives_up({.kind = FailureKind::too_large}, 1);
  gives_up({.kind = FailureKind::redirect}, 1);
  gives_up({.kind = FailureKind::encoding}, 1);
  gives_up({.kind = FailureKind::credentials}, 1);
  gives_up({.kind = FailureKind::cancelled}, 1);
  gives_up(with_status(100), 1);
  gives_up(with_status(204), 1);
  gives_up(with_status(304), 1);
  gives_up(with_status(400), 1);
  gives_up(with_status(401), 1);
  gives_up(with_status(404), 1);
  gives_up(with_status(428), 1);
  gives_up(with_status(499), 1);
  gives_up(with_status(600), 1);
  gives_up(with_status(400, 5s), 1);
  gives_up(with_status(503), 4);
  gives_up({.kind = FailureKind::connect}, 4);
  gives_up({.kind = FailureKind::connect}, std::numeric_limits<int>::max());
}

TEST(RetryDelay, NeverWaitsLongerThanThePolicyBecauseOfTheServer) {
  auto gives_up = [](std::chrono::seconds retry_after) {
    SCOPED_TRACE(retry_after.count());
    EXPECT_EQ(retry_delay(kPolicy, with_status(503, retry_after), 1, kLeastJitter), std::nullopt);
  };

  gives_up(11s);
  gives_up(1h);
  gives_up(std::chrono::seconds::max());
}

TEST(RetryDelay, HonoursRetryAfter) {
  auto waits = [](int status, std::chrono::seconds retry_after, milliseconds expected) {
    SCOPED_TRACE(fmt::format("{} {}", status, retry_after.count()));
    EXPECT_EQ(retry_delay(kPolicy, with_status(status, retry_after), 1, kMostJitter), expected);
  };

  waits(429, -5s, 1s);
  waits(429, 0s, 1s);
  waits(429, 1s, 1s);
  waits(429, 7s, 7s);
  waits(503, 10s, 10s);
}

TEST(RetryDelay, DoublesUpToTheLongest) {
  auto waits = [](const Failure& failure, int attempt, double jitter, milliseconds expected) {
    SCOPED_TRACE(fmt::format("{} attempt {} jitter {}", to_string(failure.kind), attempt, jitter));
    const RetryPolicy patient{.retries = 1'000, .first = 1s, .longest = 10s};
    EXPECT_EQ(retry_delay(patient, failure, attempt, jitter), expected);
  };

  waits({.kind = FailureKind::resolve}, 1, kMostJitter, 1s);
  waits({.kind = FailureKind::connect}, 2, kMostJitter, 2s);
  waits({.kind = FailureKind::reset}, 3, kMostJitter, 4s);
  waits(with_status(429), 4, kMostJitter, 8s);
  waits(with_status(500), 5, kMostJitter, 10s);
  waits(with_status(599), 1'000, kMostJitter, 10s);
  waits(with_status(500), 1, kLeastJitter, 500ms);
  waits(with_status(500), 1, 0.5, 750ms);
  waits(with_status(500), 5, kLeastJitter, 5s);
}

TEST(RetryDelay, SurvivesStrangePolicies) {
  auto waits = [](RetryPolicy policy, int attempt, std::optional<milliseconds> expected) {
    SCOPED_TRACE(fmt::format("first {} longest {}", policy.first.count(), policy.longest.count()));
    EXPECT_EQ(retry_delay(policy, {.kind = FailureKind::reset}, attempt, kMostJitter), expected);
  };

  waits({.retries = 0, .first = 1s, .longest = 10s}, 1, std::nullopt);
  waits({.retries = -1, .first = 1s, .longest = 10s}, 1, std::nullopt);
  waits({.retries = 3, .first = 0ms, .longest = 10s}, 3, 0ms);
  waits({.retries = 3, .first = 20s, .longest = 10s}, 1, 10s);
  waits({.retries = 200, .first = 1ms, .longest = 876'000h}, 200, milliseconds(876'000h));
}

TEST(Breaker, WaitsEverLongerUntilASuccess) {
  Breaker breaker(10s, 60s);
  EXPECT_EQ(breaker.consecutive_failures(), 0);
  for (const auto expected : {10s, 20s, 40s, 60s, 60s}) {
    EXPECT_EQ(breaker.failed(), expected);
  }
  EXPECT_EQ(breaker.consecutive_failures(), 5);

  breaker.succeeded();
  EXPECT_EQ(breaker.consecutive_failures(), 0);
  EXPECT_EQ(breaker.failed(), 10s);
}

TEST(Breaker, NeverOverflows) {
  Breaker breaker(1ms, milliseconds::max());
  milliseconds last{};
  for (int i = 0; i < 1'000; ++i) {
    const milliseconds wait = breaker.failed();
    ASSERT_GE(wait, last);
    last = wait;
  }
  EXPECT_EQ(last, milliseconds::max());
}

TEST(Breaker, SurvivesStrangeLimits) {
  EXPECT_EQ(Breaker(0ms, 60s).failed(), 0ms);
  EXPECT_EQ(Breaker(60s, 10s).failed(), 10s);
}

}  // namespace
}  // namespace exporter::http
