#include <gmock/gmock.h>

#include "tests/api/published.h"
#include "tests/api/rows.h"

namespace exporter::api {
namespace {

using namespace samples;
using testing::ElementsAre;
using testing::IsEmpty;

const cost::TenantRules kRules = {{.tenant = "pay", .namespaces = {"pay"}},
                                  {.tenant = "shop", .namespaces = {"shop"}}};
const std::vector<std::string_view> kFigures = {
    "tenant",        "cost_per_hour", "today",    "yesterday",           "last_7_days",
    "month_to_date", "last_month",    "forecast", "shared_cost_per_hour"};

Rows shop(std::int64_t micros, const std::string& cluster = "c") {
  return {web(cluster, "shop", "web", micros)};
}
Rows both(std::int64_t micros, std::int64_t others, const std::string& cluster = "c") {
  return {web(cluster, "shop", "web", micros), web(cluster, "pay", "web", others)};
}

TEST(Tenants, CostWhatTheirRowsCost) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", both(30, 7));
  world.today("s", both(100, 8));
  world.day("s", "2026-03-09", both(1000, 9));
  world.day("s", "2026-02-28", both(20000, 10));
  Published published(world);
  cost::SourceReport& source = published.source(0);
  source.tenant_forecast =
      cost::forecast(source.period_attribution[3], source.attribution, std::chrono::hours(10));
  EXPECT_THAT(lines(published.ask(kTenants, admin()), kFigures),
              ElementsAre("pay 7 8 9 9 17 10 87 -", "shop 30 100 1000 1000 1100 20000 1400 -"));
}

TEST(Tenants, AreAddedUpOverClusters) {
  World world;
  world.rules.tenants = kRules;
  const auto now = at("2026-03-10T12:00:00Z");
  world.current("s", shop(30));
  world.current("t", {now - std::chrono::minutes(30), now}, shop(5, "d"));
  world.today("s", shop(100));
  world.today("t", shop(11, "d"));
  EXPECT_THAT(lines(world.ask(kTenants, admin()), {"tenant", "cost_per_hour", "today"}),
              ElementsAre("shop 40 111"));
}

TEST(Tenants, ASumThatLacksAClusterIsNone) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", both(30, 7));
  world.today("s", both(100, 8));
  world.today("t", shop(11, "d"));
  EXPECT_THAT(lines(world.ask(kTenants, admin()), {"tenant", "cost_per_hour", "today"}),
              ElementsAre("pay 7 8", "shop - 111"));
}

TEST(Tenants, WhatIsKnownAndCostsNothingIsZero) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", shop(30));
  world.today("s", both(100, 8));
  EXPECT_THAT(
      lines(world.ask(kTenants, admin()), {"tenant", "cost_per_hour", "today", "yesterday"}),
      ElementsAre("pay 0 8 -", "shop 30 100 -"));
}

TEST(Tenants, WithoutRulesThereAreNone) {
  World world;
  world.current("s", both(30, 7));
  EXPECT_THAT(lines(world.ask(kTenants, admin()), {"tenant"}), IsEmpty());
  EXPECT_THAT(lines(world.ask(kTenants, tenant("shop")), {"tenant"}), IsEmpty());
}

TEST(Tenants, WhatNoRuleTakesIsAPart) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", {web("c", "shop", "web", 3), web("c", "dev", "web", 4), idle("c", 100)});
  EXPECT_THAT(lines(world.ask(kTenants, admin()), {"tenant", "cost_per_hour"}),
              ElementsAre("__unallocated__ 4", "shop 3"));
  EXPECT_THAT(lines(world.ask(kTenants, tenant("shop")), {"tenant", "cost_per_hour"}),
              ElementsAre("shop 3"));
}

TEST(Tenants, SeeThemselvesAndNoTraceOfOthers) {
  World alone;
  alone.rules.tenants = kRules;
  alone.current("s", shop(30));
  alone.today("s", shop(100));
  World world;
  world.rules.tenants = kRules;
  world.current("s", both(30, 7));
  world.today("s", both(100, 8));
  world.current("pays", {web("d", "pay", "web", 5)});  // and nothing of today
  world.silent("away");
  Published own(alone), all(world);
  for (const std::string_view query : {"", "tenant=pay", "tenant=none", "tenant=*"}) {
    EXPECT_EQ(all.serve(kTenants, tenant("shop"), query).body,
              own.serve(kTenants, tenant("shop"), query).body)
        << query;
  }
  EXPECT_EQ(all.serve(kTenants, tenant("shop"), {}, "text/csv").body,
            own.serve(kTenants, tenant("shop"), {}, "text/csv").body);
}

TEST(Tenants, HaveAShareOfCommonCost) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", both(30, 7));
  Published published(world);
  published->report.shared = {{"c", "shop", "idle", Cost{3}}, {"c", "shop", "amount/a", Cost{4}}};
  published->report.shared_over_tenants = true;
  const std::vector<std::string_view> columns = {"tenant", "shared_cost_per_hour"};
  EXPECT_THAT(lines(published.ask(kTenants, admin()), columns), ElementsAre("pay 0", "shop 7"));
  EXPECT_THAT(lines(published.ask(kTenants, tenant("shop")), columns), ElementsAre("shop 7"));
  published->report.shared_over_tenants = false;
  EXPECT_THAT(lines(published.ask(kTenants, admin()), columns), ElementsAre("pay -", "shop -"));
}

TEST(Tenants, TheirShareIsNotKnownWhileAClusterIsNot) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", shop(30));
  world.silent("away");
  Published published(world);
  published->report.shared = {{"c", "shop", "idle", Cost{3}}};
  published->report.shared_over_tenants = true;
  EXPECT_THAT(lines(published.ask(kTenants, admin()), {"shared_cost_per_hour"}), ElementsAre("-"));
}

// Without the label, what belongs to pay would look like shop's.
TEST(Tenants, AreNotToldOfPeriodsThatLackTheLabelsOfTheirRules) {
  World world;
  world.rules.tenants = {{.tenant = "pay", .labels = {{"team", "pay"}}},
                         {.tenant = "shop", .namespaces = {"shop"}}};
  const Rows rows = {labelled(web("c", "shop", "pays", 7), {{"team", "pay"}}),
                     web("c", "shop", "web", 30)};
  world.current("s", rows);
  world.day("s", "2026-03-09", rows, {"team"});
  world.day("s", "2026-03-08", {web("c", "shop", "pays", 7), web("c", "shop", "web", 30)});
  Published published(world);
  cost::SourceReport& source = published.source(0);
  source.tenant_forecast =
      cost::forecast(source.period_attribution[3], source.attribution, std::chrono::hours(1));
  const std::vector<std::string_view> columns = {"tenant", "cost_per_hour", "yesterday",
                                                 "last_7_days", "forecast"};
  EXPECT_THAT(lines(published.ask(kTenants, tenant("shop")), columns),
              ElementsAre("shop 30 30 - -"));
  EXPECT_THAT(lines(published.ask(kTenants, tenant("pay")), columns), ElementsAre("pay 7 7 - -"));
  EXPECT_THAT(lines(published.ask(kTenants, admin()), columns),
              ElementsAre("pay 7 7 7 14", "shop 30 30 67 97"));
}

TEST(Tenants, AreInNoSum) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", both(30, 7));
  Published published(world);
  EXPECT_EQ(published.json(kTenants, admin())["total"], Json::object());
}

}  // namespace
}  // namespace exporter::api
