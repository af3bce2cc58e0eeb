// What workloads cost in windows: by what they are asked for, and for whom.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "tests/api/publications.h"

namespace exporter::api {
namespace {

using namespace samples;
using testing::ElementsAre;
using testing::IsEmpty;

/// pay has what is labelled so, also in namespaces of others; ops has kube-system and dev-*.
cost::AttributionRules label_rules() {
  return {.tenants = {{.tenant = "pay", .labels = {{"team", "pay"}}},
                      {.tenant = "ops", .namespaces = {"kube-system", "dev-*"}},
                      {.tenant = "shop", .namespaces = {"shop"}}},
          .labels = {"team"}};
}

Rows shared_namespace(const std::string& cluster) {
  return {labelled(on_node(web(cluster, "shop", "checkout", 100), "n1"), {{"team", "pay"}}),
          labelled(on_node(web(cluster, "shop", "front", 20), "n1"), {{"team", "shop"}}),
          on_node(pod(cluster, "shop", "batch", 3), "n2"),
          on_node(web(cluster, "kube-system", "dns", 4), "n2"),
          pod(cluster, "stray", "lost", 1000),
          idle(cluster, 50000),
          unmounted(cluster, 600000)};
}

struct SharedWorld : World {
  SharedWorld() {
    rules = label_rules();
    recorded_today = {"team"};
    current("s", shared_namespace("c"));
  }
};

const std::vector<std::string_view> kTotals = {"cluster", "namespace", "total_cost"};

TEST(Costs, OfAnAdminAreAllButIdleAndUnmounted) {
  SharedWorld world;
  EXPECT_THAT(lines(world.ask(kCostNamespaces, admin()), kTotals),
              ElementsAre("c kube-system 4", "c shop 123", "c stray 1000"));
}

TEST(Costs, OfATenantAreItsOwnRowsOfANamespaceItShares) {
  SharedWorld world;
  EXPECT_THAT(lines(world.ask(kCostNamespaces, tenant("pay")), kTotals), ElementsAre("c shop 100"));
  EXPECT_THAT(lines(world.ask(kCostNamespaces, tenant("shop")), kTotals), ElementsAre("c shop 23"));
  EXPECT_THAT(lines(world.ask(kCostNamespaces, tenant("nobody")), kTotals), IsEmpty());
  EXPECT_THAT(windows(world.ask(kCostNamespaces, tenant("nobody"))), IsEmpty());
}

TEST(Costs, AreAskedForByAnyName) {
  SharedWorld world;
  const auto by = [&](const char* aggregate, const std::vector<std::string_view>& columns) {
    return lines(world.ask(kCostsCurrent, admin(), {{"aggregate", aggregate}}), columns);
  };
  EXPECT_THAT(by("cluster", {"cluster", "total_cost"}), ElementsAre("c 1127"));
  EXPECT_THAT(by("workload", {"namespace", "controller_kind", "controller", "total_cost"}),
              ElementsAre("kube-system deployment dns 4", "shop deployment checkout 100",
                          "shop deployment front 20", "shop pod batch 3", "stray pod lost 1000"));
  EXPECT_THAT(by("node", {"cluster", "node", "total_cost"}),
              ElementsAre("c __unallocated__ 1000", "c n1 120", "c n2 7"));
  EXPECT_THAT(by("tenant", {"cluster", "tenant", "total_cost"}),
              ElementsAre("c __unallocated__ 1000", "c ops 4", "c pay 100", "c shop 23"));
  EXPECT_THAT(by("label:team", {"cluster", "label", "value", "total_cost"}),
              ElementsAre("c team __unallocated__ 1007", "c team pay 100", "c team shop 20"));
  EXPECT_THAT(by("namespace", {"pod", "node", "tenant", "value"}),
              ElementsAre("? ? ? ?", "? ? ? ?", "? ? ? ?"));
}

TEST(Costs, OfPodsSayWhatRunsThemAndWhere) {
  SharedWorld world;
  const std::vector<std::string_view> columns = {"namespace",  "pod",  "controller_kind",
                                                 "controller", "node", "total_cost"};
  EXPECT_THAT(lines(world.ask(kCostPods, tenant("shop")), columns),
              ElementsAre("shop batch - - n2 3", "shop front-1 deployment front n1 20"));
  EXPECT_THAT(lines(world.ask(kCostPods, admin()), columns).back(), "stray lost - - - 1000");
}

TEST(Costs, AreToldApartByResource) {
  World world;
  Row row = web("c", "shop", "front", 0);
  for (std::size_t i = 0; i < model::kResources; ++i) {
    row.costs.by[i] = Cost{static_cast<std::int64_t>(1) << i};
  }
  world.current("s", {row});
  EXPECT_THAT(lines(world.ask(kCostNamespaces, admin()),
                    {"total_cost", "cpu_cost", "memory_cost", "gpu_cost", "storage_cost",
                     "network_cost", "load_balancer_cost", "shared_cost", "external_cost"}),
              ElementsAre("255 1 2 4 8 16 32 64 128"));
}

TEST(Costs, AnHourAreOverTheHoursThatAreKnown) {
  World world;
  const auto now = at("2026-03-10T12:00:00Z");
  world.current("s", {now - std::chrono::minutes(45), now}, {web("c", "shop", "front", 30)});
  world.today("s", {web("c", "shop", "front", 100)});
  world.day("s", "2026-03-09", {web("c", "shop", "front", 1000)});
  const auto rate = [&](const char* window) {
    return lines(world.ask(kCostNamespaces, admin(), {{"window", window}}), {"cost_per_hour"});
  };
  EXPECT_THAT(rate("current"), ElementsAre("40"));
  EXPECT_THAT(rate("today"), ElementsAre("8")) << "100 / 12, rounded";
  EXPECT_THAT(rate("yesterday"), ElementsAre("42")) << "1000 / 24, rounded";
  EXPECT_THAT(rate("month_to_date"), ElementsAre("31")) << "1100 / 36 hours known of 228";
}

TEST(Costs, OfSourcesWithDifferentWindowsStandTogetherEachAtItsRate) {
  World world;
  const auto now = at("2026-03-10T12:00:00Z");
  world.current("a", {now - std::chrono::hours(1), now}, {web("a", "shop", "front", 10)});
  world.current("b", {now - std::chrono::hours(3), now - std::chrono::hours(1)},
                {web("b", "shop", "front", 10)});
  const auto answer = world.ask(kCostNamespaces, admin());
  EXPECT_THAT(lines(answer, {"cluster", "total_cost", "cost_per_hour"}),
              ElementsAre("a 10 10", "b 10 5"));
  EXPECT_THAT(windows(answer),
              ElementsAre("a 2026-03-10T11:00:00Z/2026-03-10T12:00:00Z 3600/3600",
                          "b 2026-03-10T09:00:00Z/2026-03-10T11:00:00Z 7200/7200"));
}

TEST(Costs, NameOnlySourcesInWhichATenantHasRows) {
  World world;
  world.rules = {.tenants = {{.tenant = "shop", .namespaces = {"shop"}}}, .labels = {}};
  world.current("a", {web("a", "shop", "front", 10)});
  world.current("b", {web("b", "pay", "books", 10)});
  world.silent("c");
  EXPECT_THAT(windows(world.ask(kCostPods, tenant("shop"))),
              ElementsAre("a 2026-03-10T11:00:00Z/2026-03-10T12:00:00Z 3600/3600"));
}

TEST(Costs, AreEmptyWhereNothingIsPublished) {
  World empty;
  World conflicting;
  conflicting.conflict("s");
  World silent;
  silent.silent("s");
  for (World* world : {&empty, &conflicting, &silent}) {
    for (const RowsRoute* route : {&kCostsCurrent, &kCostNamespaces, &kCostWorkloads, &kCostPods,
                                   &kCostTenants, &kCostTotal, &kCostByType}) {
      EXPECT_THAT(lines(world->ask(*route, admin()), {"cluster"}), IsEmpty());
      EXPECT_THAT(lines(world->ask(*route, tenant("pay"), {{"window", "today"}}), {"cluster"}),
                  IsEmpty());
    }
  }
}

TEST(Costs, WithoutACurrentAnswerAreStillThoseOfToday) {
  World world;
  world.rules = {.tenants = {{.tenant = "shop", .namespaces = {"shop"}}}, .labels = {}};
  world.today("s", {web("c", "shop", "front", 12), web("c", "pay", "books", 5)});
  EXPECT_THAT(lines(world.ask(kCostNamespaces, tenant("shop")), kTotals), IsEmpty());
  EXPECT_THAT(windows(world.ask(kCostNamespaces, tenant("shop"))),
              ElementsAre("s 2026-03-10T11:00:00Z/2026-03-10T12:00:00Z 0/3600"));
  EXPECT_THAT(lines(world.ask(kCostNamespaces, tenant("shop"), {{"window", "today"}}), kTotals),
              ElementsAre("c shop 12"));
}

// Of the rules up to its last one, pay needs the label, and so does shop, which comes behind pay:
// what has no label then might be the other's. Nobody needs it before them.
TEST(Costs, OfPeriodsThatLackALabelAreNotKnownToATenant) {
  World world;
  world.rules = label_rules();
  world.rules.tenants.insert(world.rules.tenants.begin(),
                             {.tenant = "first", .namespaces = {"kube-system"}});
  world.recorded_today = {"team"};
  world.current("s", shared_namespace("c"));
  world.today("s", shared_namespace("c"));
  world.day("s", "2026-03-09",
            {web("c", "shop", "checkout", 100), web("c", "kube-system", "dns", 4)});
  const auto ask = [&](const char* who, const char* window) {
    return lines(world.ask(kCostNamespaces, tenant(who), {{"window", window}}), kTotals);
  };
  EXPECT_THAT(ask("shop", "today"), ElementsAre("c shop 23"));
  EXPECT_THAT(ask("shop", "yesterday"), IsEmpty());
  EXPECT_THAT(ask("pay", "yesterday"), IsEmpty());
  EXPECT_THAT(ask("shop", "month_to_date"), IsEmpty());
  EXPECT_THAT(ask("first", "yesterday"), ElementsAre("c kube-system 4"));
  EXPECT_THAT(ask("first", "month_to_date"), ElementsAre("c kube-system 8"));
  EXPECT_THAT(windows(world.ask(kCostNamespaces, tenant("shop"), {{"window", "yesterday"}})),
              ElementsAre("s 2026-03-09T00:00:00Z/2026-03-10T00:00:00Z 0/86400"));
  EXPECT_THAT(windows(world.ask(kCostNamespaces, admin(), {{"window", "yesterday"}})),
              ElementsAre("s 2026-03-09T00:00:00Z/2026-03-10T00:00:00Z 86400/86400"));
}

TEST(Costs, ByALabelNobodyAskedForAreRefused) {
  World world;
  world.rules = label_rules();
  world.rules.tenants.push_back({.tenant = "apps", .labels = {{"app", "*"}}});
  Rows rows = shared_namespace("c");
  rows.push_back(labelled(web("c", "stray", "found", 1), {{"stage", "dev"}, {"team", "pay"}}));
  rows.push_back(labelled(web("c", "stray", "other", 1), {{"secret", "x"}}));
  world.current("s", rows);
  world.day("s", "2026-03-09", rows, {"once", "team"});
  const auto refused = [&](const access::Caller& who, const std::string& label) {
    return problem_of(world.ask(kCostLabels, who, {{"label", label}}));
  };
  EXPECT_EQ(
      refused(admin(), "owner"),
      "bad_parameter: `label` names the label \"owner\", which is not asked for; legal are "
      "app, once, secret, stage, team; others go into `metrics.labels` of the configuration.");
  EXPECT_EQ(refused(tenant("pay"), "owner"),
            "bad_parameter: `label` names the label \"owner\", which is not asked for; give one "
            "that your workloads have.");
  EXPECT_EQ(refused(tenant("pay"), "secret"),
            "bad_parameter: `label` names the label \"secret\", which is not asked for; give one "
            "that your workloads have.")
      << "only others have it, which is not to be told";
  EXPECT_EQ(problem_of(world.ask(kCostsCurrent, admin(), {{"aggregate", "label:"}})),
            "bad_parameter: `aggregate` lacks the name of a label; legal are app, once, secret, "
            "stage, team; others go into `metrics.labels` of the configuration.");
  EXPECT_EQ(refused(admin(), "secret"), "none");
  EXPECT_EQ(refused(tenant("pay"), "stage"), "none");
  EXPECT_EQ(refused(tenant("nobody"), "team"), "none") << "the configuration says so to everybody";
}

TEST(Costs, ByALabelSayThatNoneIsKnown) {
  World world;
  world.current("s", {web("c", "shop", "front", 1)});
  EXPECT_EQ(
      problem_of(world.ask(kCostLabels, admin(), {{"label", "team"}})),
      "bad_parameter: `label` names the label \"team\", which is not asked for; none is asked "
      "for yet; others go into `metrics.labels` of the configuration.");
}

TEST(Costs, WithoutRulesHaveNoTenants) {
  World world;
  world.current("s", {web("c", "shop", "front", 1)});
  EXPECT_THAT(lines(world.ask(kCostTenants, admin()), {"tenant"}), IsEmpty());
}

TEST(Costs, OutliveThePublicationTheyPointInto) {
  Answer<Table> answer = [] {
    SharedWorld world;
    return world.ask(kCostLabels, admin(), {{"label", "team"}});
  }();
  EXPECT_THAT(lines(answer, {"label", "value", "total_cost"}),
              ElementsAre("team __unallocated__ 1007", "team pay 100", "team shop 20"));
}

}  // namespace
}  // namespace exporter::api
