// How often somebody may ask, and how often somebody may be wrong.
#include <gtest/gtest.h>

#include "tests/access/rig.h"

namespace exporter::access {
namespace {

using namespace std::chrono_literals;

constexpr char kUnknown[] = "unknown: no such token or user, or a wrong password";
constexpr char kTooManyAttempts[] = "limited, 1 s: too many failed attempts from this address";

Options tokens() {
  return {.tokens = {token("a", "t0ken-a"), token("b", "t0ken-b", "shop")},
          .requests_per_second = 2};
}
/// Twenty failures.
void use_up(Rig& rig, const std::string& address = "192.0.2.1") {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(rig.ask(Area::api, bearer("wrong"), address), kUnknown);
}

TEST(GateLimits, ACallerMayAskSoOftenWhereverFrom) {
  Rig rig(tokens());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-a"), std::to_string(i)), "token a, admin") << i;
  }
  EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-a")), "limited, 1 s: too many requests of token a");
  EXPECT_EQ(rig.look_up(Area::api, bearer("t0ken-a")),
            "limited, 1 s: too many requests of token a");
  EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-b")), "token b, tenant shop");
  rig.clock.advance(500ms);
  EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-a")), "token a, admin");
  EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-a")), "limited, 1 s: too many requests of token a");
}

TEST(GateLimits, ARequestThatIsLookedUpCountsOnce) {
  Options options = tokens();
  options.kubernetes = {.enabled = true, .subjects = {{.user = "*", .admin = true}}};
  Rig rig(options, {ada()});
  rig.cluster.people["t"] = {.authenticated = true, .user = "kube"};
  for (const auto& [header, caller] : {std::pair(bearer("t"), "kubernetes kube"),
                                       std::pair(basic("ada:correct horse"), "user ada")}) {
    EXPECT_EQ(rig.known(Area::api, header), "look it up");
    EXPECT_EQ(rig.look_up(Area::api, header), std::string(caller) + ", admin");
    for (int i = 1; i < 20; ++i) {
      EXPECT_EQ(rig.ask(Area::api, header), std::string(caller) + ", admin");
    }
    EXPECT_EQ(rig.ask(Area::api, header),
              "limited, 1 s: too many requests of " + std::string(caller));
  }
}

TEST(GateLimits, OnlyTheApiIsCounted) {
  Rig rig(tokens(), {ada()});
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(rig.ask(Area::pages, bearer("t0ken-a")), "token a, admin");
    ASSERT_EQ(rig.ask(Area::open, ""), "anonymous");
  }
  EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-a")), "token a, admin");
}

TEST(GateLimits, AnybodyIsCountedAsOne) {
  Rig rig({.requests_per_second = 0.5});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(rig.ask(Area::api, ""), "anonymous, admin");
  EXPECT_EQ(rig.ask(Area::api, "", "198.51.100.9"), "limited, 2 s: too many requests of anonymous");
  EXPECT_EQ(rig.ask(Area::pages, ""), "anonymous, admin");
}

TEST(GateLimits, AVerySlowRateStillLetsOneThrough) {
  Rig rig({.requests_per_second = 0.01});
  EXPECT_EQ(rig.ask(Area::api, ""), "anonymous, admin");
  EXPECT_EQ(rig.ask(Area::api, ""), "limited, 100 s: too many requests of anonymous");
}

TEST(GateLimits, AnAddressMayBeWrongSoOften) {
  Rig rig(tokens());
  use_up(rig);
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong")), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, bearer("other")), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, "nonsense"), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, basic("ada:x")), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, bearer("t0ken-a")), "token a, admin");
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong"), "192.0.2.2"), kUnknown);
  rig.clock.advance(1s);
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong")), kUnknown);
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong")), kTooManyAttempts);
}

TEST(GateLimits, WhoAsksWithoutCredentialsIsNotWrong) {
  Rig rig(tokens());
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(rig.ask(Area::api, ""),
              "absent: needs an Authorization header, Bearer with a token or Basic");
  }
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong")), kUnknown);
  use_up(rig, "192.0.2.2");
  EXPECT_EQ(rig.ask(Area::api, "", "192.0.2.2"),
            "absent: needs an Authorization header, Bearer with a token or Basic");
}

TEST(GateLimits, EveryKindOfFailureCounts) {
  Options options = tokens();
  options.tokens[0].expires = std::chrono::floor<std::chrono::seconds>(kStart);
  options.kubernetes.enabled = true;
  Rig rig(options, {ada()});
  rig.cluster.people["nobody"] = {.authenticated = true, .user = "nobody"};
  int sender = 0;
  for (const auto& header : {bearer("t0ken-a"), bearer("wrong"), bearer("nobody"),
                             basic("ada:wrong"), basic("eve:wrong"), std::string("nonsense")}) {
    SCOPED_TRACE(header);
    const std::string address = "192.0.2." + std::to_string(++sender);
    for (int i = 0; i < 20; ++i) {
      EXPECT_NE(rig.ask(Area::api, header, address), kTooManyAttempts);
    }
    EXPECT_EQ(rig.known(Area::api, header, address), kTooManyAttempts);
    EXPECT_EQ(rig.look_up(Area::api, header, address), kTooManyAttempts);
  }
}

TEST(GateLimits, WhoHasBeenWrongTooOftenIsNotLookedUp) {
  Options options = tokens();
  options.kubernetes = {.enabled = true, .subjects = {{.user = "*", .admin = true}}};
  Rig rig(options, {ada()});
  rig.cluster.people["t"] = {.authenticated = true, .user = "kube"};
  use_up(rig);
  const std::size_t asked = rig.cluster.asked.size();
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), kTooManyAttempts);
  EXPECT_EQ(rig.look_up(Area::api, bearer("t")), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, basic("ada:correct horse")), kTooManyAttempts);
  EXPECT_EQ(rig.cluster.asked.size(), asked);
  // Once remembered it is as good as a token of the configuration.
  EXPECT_EQ(rig.ask(Area::api, bearer("t"), "192.0.2.2"), "kubernetes kube, admin");
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), "kubernetes kube, admin");
}

TEST(GateLimits, WhatIsGoodOrForbiddenOrUnavailableCostsNothing) {
  Options options = tokens();
  options.requests_per_second = 1000;
  options.kubernetes.enabled = true;
  Rig rig(options, {ada()});
  rig.cluster.broken = true;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(rig.ask(Area::api, bearer("t0ken-a")), "token a, admin");
    ASSERT_EQ(rig.ask(Area::api, basic("ada:correct horse")), "user ada, admin");
    ASSERT_EQ(rig.ask(Area::pages, bearer("t0ken-b")),
              "forbidden: token b sees the tenant shop only, and this shows all");
    ASSERT_EQ(rig.ask(Area::api, bearer("t")),
              "unavailable, 5 s: Kubernetes could not be asked about the token");
  }
  rig.cluster.broken = false;
  use_up(rig);
}

TEST(GateLimits, NeighboursInANetworkAreOne) {
  Rig rig(tokens());
  use_up(rig, "2001:db8::1");
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong"), "2001:db8::ffff:1"), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong"), "2001:db8:0:1::1"), kUnknown);
  use_up(rig, "::ffff:192.0.2.1");
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong"), "192.0.2.1"), kTooManyAttempts);
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong"), "192.0.2.2"), kUnknown);
}

TEST(GateLimits, AdoptingDoesNotForgiveFailures) {
  Rig rig(tokens());
  use_up(rig);
  rig.gate.adopt(tokens(), {});
  EXPECT_EQ(rig.ask(Area::api, bearer("wrong")), kTooManyAttempts);
}

TEST(GateLimits, AdoptingChangesTheRate) {
  Rig rig({.requests_per_second = 0.1});
  EXPECT_EQ(rig.ask(Area::api, ""), "anonymous, admin");
  EXPECT_EQ(rig.ask(Area::api, ""), "limited, 10 s: too many requests of anonymous");
  rig.gate.adopt({.requests_per_second = 0.3}, {});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.ask(Area::api, ""), "anonymous, admin");
  EXPECT_EQ(rig.ask(Area::api, ""), "limited, 4 s: too many requests of anonymous");
}

}  // namespace
}  // namespace exporter::access
