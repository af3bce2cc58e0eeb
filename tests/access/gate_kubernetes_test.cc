// Kubernetes' word for a token: whom it makes of it, and how long it counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/access/rig.h"

namespace exporter::access {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

constexpr char kUnknown[] = "unknown: no such token or user, or a wrong password";
constexpr char kUnavailable[] = "unavailable, 5 s: Kubernetes could not be asked about the token";

Options asking(std::vector<Subject> subjects, std::vector<std::string> audiences = {}) {
  return {.kubernetes = {
              .enabled = true, .audiences = std::move(audiences), .subjects = std::move(subjects)}};
}
Review somebody(const std::string& user, std::vector<std::string> groups = {},
                std::vector<std::string> audiences = {}) {
  return {.authenticated = true,
          .user = user,
          .groups = std::move(groups),
          .audiences = std::move(audiences)};
}

TEST(GateKubernetes, TheFirstSubjectThatMatchesWins) {
  Rig rig(asking({{.user = "system:serviceaccount:payments:root", .admin = true},
                  {.user = "system:serviceaccount:payments:*", .tenant = "payments"},
                  {.group = "finops", .admin = true},
                  {.group = "team-*", .tenant = "teams"},
                  {.user = "ada", .tenant = "too-late"},
                  {.user = "eve", .tenant = "eves"}}));
  auto is = [&](const Review& review, const std::string& caller) {
    rig.cluster.people["t"] = review;
    EXPECT_EQ(rig.ask(Area::api, bearer("t")), caller);
    rig.clock.advance(1min);
  };
  is(somebody("system:serviceaccount:payments:root", {"team-a"}),
     "kubernetes system:serviceaccount:payments:root, admin");
  is(somebody("system:serviceaccount:payments:grafana", {"finops"}),
     "kubernetes system:serviceaccount:payments:grafana, tenant payments");
  is(somebody("ada", {"team-a", "finops"}), "kubernetes ada, admin");
  is(somebody("ada", {"others", "team-a"}), "kubernetes ada, tenant teams");
  is(somebody("ada"), "kubernetes ada, tenant too-late");
  is(somebody("eve", {"team", "Finops"}), "kubernetes eve, tenant eves");
  is(somebody("bob", {"others"}), "forbidden: no subject of the configuration is bob");
  is(somebody("finops"), "forbidden: no subject of the configuration is finops");
  is(somebody("mallory", {"ada"}), "forbidden: no subject of the configuration is mallory");
}

TEST(GateKubernetes, WithoutSubjectsNobodyGetsIn) {
  Rig rig(asking({}));
  rig.cluster.people["t"] = somebody("ada", {"system:masters"});
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), "forbidden: no subject of the configuration is ada");
}

TEST(GateKubernetes, WhoIsNotAuthenticatedIsUnknown) {
  Rig rig(asking({{.user = "*", .admin = true}}));
  rig.cluster.people["t"] = {.authenticated = false, .user = "ada"};
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), kUnknown);
}

TEST(GateKubernetes, ATokenMustBeForOneOfTheAudiences) {
  Rig rig(asking({{.user = "*", .admin = true}}, {"exporter", "costs"}));
  auto is = [&](std::vector<std::string> audiences, const std::string& outcome) {
    rig.cluster.people["t"] = somebody("ada", {}, std::move(audiences));
    EXPECT_EQ(rig.ask(Area::api, bearer("t")), outcome);
    rig.clock.advance(1min);
  };
  is({"exporter"}, "kubernetes ada, admin");
  is({"others", "costs"}, "kubernetes ada, admin");
  is({}, kUnknown);
  is({"https://kubernetes.default.svc"}, kUnknown);
  is({"Exporter", "exporter "}, kUnknown);
  is({"*"}, kUnknown);
}

TEST(GateKubernetes, WithoutAudiencesAllAreGood) {
  Rig rig(asking({{.user = "*", .admin = true}}));
  rig.cluster.people["t"] = somebody("ada", {}, {"https://kubernetes.default.svc"});
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), "kubernetes ada, admin");
}

TEST(GateKubernetes, ItsTenantsSeeNoPagesAndItsAdminsDo) {
  Options options = asking({{.user = "ada", .admin = true}, {.user = "*", .tenant = "shop"}});
  Rig rig(options, {bob()});
  rig.cluster.people = {{"a", somebody("ada")}, {"b", somebody("bo")}};
  EXPECT_EQ(rig.ask(Area::pages, bearer("a")), "kubernetes ada, admin");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(rig.ask(Area::pages, bearer("b")),
              "forbidden: kubernetes bo sees the tenant shop only, and this shows all");
  }
  EXPECT_EQ(rig.known(Area::api, bearer("b")), "kubernetes bo, tenant shop");
  EXPECT_THAT(rig.cluster.asked, ElementsAre("a", "b"));
}

TEST(GateKubernetes, ThePasswordOfAUserNeverGoesThere) {
  Rig rig(asking({{.user = "*", .admin = true}}), {ada()});
  EXPECT_EQ(rig.ask(Area::api, basic("ada:wrong")), kUnknown);
  EXPECT_EQ(rig.ask(Area::api, basic("ada:correct horse")), "user ada, admin");
  EXPECT_THAT(rig.cluster.asked, SizeIs(0));
}

TEST(GateKubernetes, WhatCannotBeAskedIsNotRemembered) {
  Rig rig(asking({{.user = "*", .admin = true}}));
  rig.cluster.people["t"] = somebody("ada");
  rig.cluster.broken = true;
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), kUnavailable);
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), kUnavailable);
  EXPECT_EQ(rig.known(Area::api, bearer("t")), "look it up");
  rig.cluster.broken = false;
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), "kubernetes ada, admin");
  EXPECT_THAT(rig.cluster.asked, SizeIs(3));
}

TEST(GateKubernetes, IsAskedTheStopTokenToo) {
  ManualClock clock{kStart};
  std::stop_source stop;
  Gate gate(clock, [](const Kubernetes&, std::string_view, const std::stop_token& given) {
    return given.stop_requested() ? Result<Review>(fail("cancelled")) : Review{};
  });
  gate.adopt(asking({}), {});
  stop.request_stop();
  EXPECT_EQ(say(gate.look_up(Area::api, {bearer("t"), ""}, stop.get_token())), kUnavailable);
}

TEST(GateKubernetes, GoodTokensAreRememberedForAMinute) {
  Rig rig(asking({{.user = "*", .admin = true}}));
  rig.cluster.people["t"] = somebody("ada");
  EXPECT_EQ(rig.known(Area::api, bearer("t")), "look it up");
  EXPECT_EQ(rig.look_up(Area::api, bearer("t")), "kubernetes ada, admin");
  rig.cluster.people.clear();
  rig.clock.advance(59'999ms);
  EXPECT_EQ(rig.known(Area::api, bearer("t")), "kubernetes ada, admin");
  EXPECT_EQ(rig.look_up(Area::api, "bearer  t"), "kubernetes ada, admin");
  EXPECT_THAT(rig.cluster.asked, SizeIs(1));
  rig.clock.advance(1ms);
  EXPECT_EQ(rig.known(Area::api, bearer("t")), "look it up");
  EXPECT_EQ(rig.look_up(Area::api, bearer("t")), kUnknown);
  EXPECT_THAT(rig.cluster.asked, SizeIs(2));
}

TEST(GateKubernetes, RefusedTokensAreRememberedForTenSeconds) {
  Rig rig(asking({{.user = "ada", .admin = true}}));
  rig.cluster.people["b"] = somebody("bob");
  const std::string forbidden = "forbidden: no subject of the configuration is bob";
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), kUnknown);
  EXPECT_EQ(rig.ask(Area::api, bearer("b")), forbidden);
  rig.cluster.people = {{"t", somebody("ada")}, {"b", somebody("ada")}};
  rig.clock.advance(9'999ms);
  EXPECT_EQ(rig.known(Area::api, bearer("t")), kUnknown);
  EXPECT_EQ(rig.look_up(Area::api, bearer("b")), forbidden);
  EXPECT_THAT(rig.cluster.asked, ElementsAre("t", "b"));
  rig.clock.advance(1ms);
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), "kubernetes ada, admin");
  EXPECT_EQ(rig.ask(Area::api, bearer("b")), "kubernetes ada, admin");
}

TEST(GateKubernetes, PasswordsAreRememberedWhenRight) {
  Rig rig({}, {ada()});
  EXPECT_EQ(rig.known(Area::api, basic("ada:correct horse")), "look it up");
  EXPECT_EQ(rig.look_up(Area::api, basic("ada:correct horse")), "user ada, admin");
  EXPECT_EQ(rig.known(Area::api, basic("ada:correct horse")), "user ada, admin");
  EXPECT_EQ(rig.known(Area::pages, basic("ada:correct horse")), "user ada, admin");
  EXPECT_EQ(rig.look_up(Area::api, basic("ada:wrong")), kUnknown);
  EXPECT_EQ(rig.known(Area::api, basic("ada:wrong")), "look it up");
  // The name and the password, not what they are together.
  EXPECT_EQ(rig.known(Area::api, basic("ad:acorrect horse")), "look it up");
  rig.clock.advance(60s);
  EXPECT_EQ(rig.known(Area::api, basic("ada:correct horse")), "look it up");
}

TEST(GateKubernetes, ATokenIsNotAPassword) {
  Rig rig(asking({{.user = "*", .admin = true}}), {ada()});
  rig.cluster.people["ada"] = somebody("kube");
  EXPECT_EQ(rig.ask(Area::api, bearer("ada")), "kubernetes kube, admin");
  EXPECT_EQ(rig.known(Area::api, basic("ada:")), "look it up");
}

TEST(GateKubernetes, AdoptingForgetsWhatWasRemembered) {
  const Options options = asking({{.user = "ada", .admin = true}});
  Rig rig(options, {ada()});
  rig.cluster.people["t"] = somebody("ada");
  EXPECT_EQ(rig.ask(Area::api, bearer("t")), "kubernetes ada, admin");
  EXPECT_EQ(rig.ask(Area::api, bearer("bad")), kUnknown);
  EXPECT_EQ(rig.ask(Area::api, basic("ada:correct horse")), "user ada, admin");
  rig.gate.adopt(options, {ada()});
  for (const auto& header : {bearer("t"), bearer("bad"), basic("ada:correct horse")}) {
    EXPECT_EQ(rig.known(Area::api, header), "look it up");
  }
}

TEST(GateKubernetes, WhatWasAskedBeforeAdoptingIsNotRememberedAfter) {
  ManualClock clock{kStart};
  const Options options = asking({{.user = "*", .admin = true}});
  Gate* gate = nullptr;
  Gate under_test(clock, [&](const Kubernetes&, std::string_view, const std::stop_token&) {
    gate->adopt(options, {});
    return Result<Review>(somebody("ada"));
  });
  gate = &under_test;
  gate->adopt(options, {});
  EXPECT_EQ(say(gate->look_up(Area::api, {bearer("t"), ""}, {})), "kubernetes ada, admin");
  EXPECT_EQ(say(gate->known(Area::api, {bearer("t"), ""})), "look it up");
}

}  // namespace
}  // namespace exporter::access
