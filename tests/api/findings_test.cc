#include <gmock/gmock.h>

#include "tests/api/published.h"
#include "tests/api/rows.h"

namespace exporter::api {
namespace {

using namespace samples;
using cost::Priority;
using cost::SavingKind;
using testing::ElementsAre;
using testing::IsEmpty;

const cost::TenantRules kRules = {{.tenant = "pay", .labels = {{"team", "pay"}}},
                                  {.tenant = "shop", .namespaces = {"shop"}}};

Row paid(Row row) { return labelled(std::move(row), {{"team", "pay"}}); }

/// A saving that belongs to a deployment of cluster `c`.
cost::Saving saving(SavingKind kind, std::string_view name_space, std::string_view name,
                    std::int64_t micros, Priority priority = Priority::low) {
  return {kind, priority, {"c", name_space, "deployment", name}, Cost{micros}, std::nullopt};
}

void put(cost::SourceReport& source, std::vector<cost::Saving> rows,
         std::vector<cost::NodeSaving> nodes = {}) {
  auto savings = std::make_shared<cost::Savings>();
  savings->of = source.current;
  savings->rows = std::move(rows);
  savings->nodes = std::move(nodes);
  source.savings = savings;
}

TEST(Savings, SayWhatTheyRestOn) {
  World world;
  world.current("s", {web("c", "shop", "web", 30)});
  Published published(world);
  cost::Saving cpu = saving(SavingKind::cpu_request, "shop", "web", 5'000'000, Priority::high);
  cpu.evidence = cost::Evidence{4.0000001, 1.5, 2, std::chrono::hours(30)};
  cost::Saving memory = saving(SavingKind::memory_request, "shop", "web", 2'000'000);
  memory.evidence = cost::Evidence{4096, 1024, 2048, std::chrono::hours(30)};
  put(published.source(0), {cpu, memory});
  EXPECT_THAT(
      lines(published.ask(kSavings, admin()),
            {"cluster", "namespace", "controller_kind", "controller", "kind", "priority",
             "saving_per_month", "requested", "recommended", "used", "unit", "observed_seconds",
             "node", "node_saving_per_month"}),
      ElementsAre("c shop deployment web cpu_request high 5000000 4 2 1.5 cores 108000 - -",
                  "c shop deployment web memory_request low 2000000 4096 2048 1024 bytes 108000 - "
                  "-"));
}

TEST(Savings, WhatDoesNotApplyIsNull) {
  World world;
  world.current("s", {web("c", "shop", "web", 30)});
  Published published(world);
  put(published.source(0),
      {saving(SavingKind::idle_workload, "shop", "web", 7),
       {SavingKind::idle_capacity, Priority::medium, {"c", {}, {}, {}}, Cost{9}, std::nullopt}},
      {{"c", "n1", Priority::low, Cost{8}}});
  EXPECT_THAT(
      lines(published.ask(kSavings, admin()),
            {"namespace", "controller_kind", "controller", "kind", "priority", "saving_per_month",
             "requested", "unit", "observed_seconds", "node", "node_saving_per_month"}),
      ElementsAre("shop deployment web idle_workload low 7 - - - - -",
                  "- - - idle_capacity medium 9 - - - - -", "- - - idle_node low - - - - n1 8"));
}

TEST(Savings, NodesArePartOfIdleCapacityAndInNoSum) {
  World world;
  world.current("s", {web("c", "shop", "web", 30)});
  Published published(world);
  put(published.source(0),
      {{SavingKind::idle_capacity, Priority::low, {"c", {}, {}, {}}, Cost{9'000'000}, {}}},
      {{"c", "n1", Priority::low, Cost{8'000'000}}});
  const Json answer = published.json(kSavings, admin());
  EXPECT_EQ(answer["total"], Json({{"saving_per_month", 9}}));
  EXPECT_EQ(answer["rows"][1]["node_saving_per_month"], 8);
  EXPECT_TRUE(answer["rows"][1]["saving_per_month"].is_null());
}

TEST(Savings, TheLargestComeFirstInTheCurrencyThatIsExported) {
  World world;
  world.current("s", {web("c", "shop", "web", 30), web("c", "shop", "api", 30)});
  Published published(world);
  published->currency_rate = 2;
  put(published.source(0), {saving(SavingKind::idle_workload, "shop", "api", 1'000'000),
                            saving(SavingKind::idle_workload, "shop", "web", 3'000'000)});
  const Json answer = published.json(kSavings, admin());
  EXPECT_EQ(answer["rows"][0]["controller"], "web");
  EXPECT_EQ(answer["rows"][0]["saving_per_month"], 6);
  EXPECT_EQ(answer["total"]["saving_per_month"], 8);
  EXPECT_EQ(answer["window"]["name"], "current");
}

/// Workloads of both tenants, one of both, and what belongs to no workload.
std::vector<cost::Saving> everybodys() {
  return {{SavingKind::idle_capacity, Priority::low, {"c", {}, {}, {}}, Cost{1}, {}},
          saving(SavingKind::idle_workload, "shop", "both", 2),
          saving(SavingKind::idle_workload, "shop", "pays", 3),
          saving(SavingKind::idle_workload, "shop", "web", 4),
          saving(SavingKind::idle_workload, "shop", "gone", 5)};
}

Rows both_tenants() {
  Row theirs = paid(web("c", "shop", "both", 30));
  theirs.pod = "both-2";
  return {web("c", "shop", "both", 30), theirs, web("c", "shop", "web", 30),
          paid(web("c", "shop", "pays", 30)), idle("c", 90)};
}

TEST(Savings, TenantsSeeThoseOfWorkloadsThatAreWhollyTheirs) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", both_tenants());
  Published published(world);
  put(published.source(0), everybodys(), {{"c", "n1", Priority::low, Cost{8}}});
  const std::vector<std::string_view> columns = {"controller", "saving_per_month"};
  EXPECT_THAT(lines(published.ask(kSavings, tenant("shop")), columns), ElementsAre("web 4"));
  EXPECT_THAT(lines(published.ask(kSavings, tenant("pay")), columns), ElementsAre("pays 3"));
  EXPECT_THAT(lines(published.ask(kSavings, tenant("nobody")), columns), IsEmpty());
  EXPECT_THAT(windows(published.ask(kSavings, tenant("nobody"))), IsEmpty());
}

TEST(Savings, OfOthersChangeNoByte) {
  World alone;
  alone.rules.tenants = kRules;
  alone.current("s", {web("c", "shop", "web", 30)});
  Published own(alone);
  put(own.source(0), {saving(SavingKind::idle_workload, "shop", "web", 4)});
  World world;
  world.rules.tenants = kRules;
  world.current("s", both_tenants());
  world.current("other", {web("d", "dev", "web", 30)});
  Published all(world);
  put(all.source(0), everybodys(), {{"c", "n1", Priority::low, Cost{8}}});
  put(all.source(1), {{SavingKind::idle_workload,
                       Priority::low,
                       {"d", "dev", "deployment", "web"},
                       Cost{6},
                       std::nullopt}});
  for (const std::string_view query : {"", "controller=pays", "controller=none", "kind=idle_*"}) {
    EXPECT_EQ(all.serve(kSavings, tenant("shop"), query).body,
              own.serve(kSavings, tenant("shop"), query).body)
        << query;
    EXPECT_EQ(all.serve(kSavings, tenant("shop"), query).headers,
              own.serve(kSavings, tenant("shop"), query).headers);
  }
}

TEST(Savings, OfSourcesThatDoNotAnswerAreNotKnown) {
  World world;
  world.silent("s");
  Published published(world);
  EXPECT_THAT(lines(published.ask(kSavings, admin()), {"kind"}), IsEmpty());
  EXPECT_THAT(windows(published.ask(kSavings, admin())), IsEmpty());
}

TEST(Budgets, SayWhatIsSpentAndWhereTheMonthEnds) {
  World world;
  Published published(world);
  published->report.budgets = {
      {"all", 1000, Cost{250'000'000}, Cost{1'500'000'000}, 0.75, {}},
      {"pay", 100, std::nullopt, std::nullopt, 0, "pay"},
  };
  EXPECT_THAT(
      lines(published.ask(kBudgets, admin()), {"budget", "tenant", "limit", "spent", "forecast",
                                               "spent_ratio", "forecast_ratio", "coverage_ratio"}),
      ElementsAre("all - 1000 250000000 1500000000 0.25 1.5 0.75", "pay pay 100 - - - - 0"));
}

TEST(Budgets, LimitsAreInTheCurrencyThatIsExported) {
  World world;
  Published published(world);
  published->currency_rate = 2;
  published->report.budgets = {{"all", 1000, Cost{250'000'000}, Cost{500'000'000}, 1, {}}};
  const Json row = published.json(kBudgets, admin())["rows"][0];
  EXPECT_EQ(row["limit"], 1000);
  EXPECT_EQ(row["spent"], 500);
  EXPECT_EQ(row["spent_ratio"], 0.5);
  EXPECT_EQ(row["forecast"], 1000);
  EXPECT_EQ(row["forecast_ratio"], 1);
}

TEST(Budgets, OfNothingHaveNoRatio) {
  World world;
  Published published(world);
  published->report.budgets = {{"none", 0, Cost{1}, Cost{2}, 1, {}}};
  EXPECT_THAT(lines(published.ask(kBudgets, admin()), {"spent", "spent_ratio", "forecast_ratio"}),
              ElementsAre("1 - -"));
}

TEST(Budgets, AreInNoSumSinceTheyOverlap) {
  World world;
  Published published(world);
  published->report.budgets = {{"all", 1000, Cost{1}, Cost{2}, 1, {}}};
  EXPECT_EQ(published.json(kBudgets, admin())["total"], Json::object());
}

TEST(Budgets, TenantsSeeTheirOwn) {
  World alone;
  alone.rules.tenants = kRules;
  alone.current("s", {web("c", "shop", "web", 30)});
  Published own(alone);
  own->report.budgets = {{"web", 10, Cost{1}, Cost{2}, 1, "shop"}};
  World world;
  world.rules.tenants = kRules;
  world.current("s", both_tenants());
  world.current("other", {web("d", "dev", "web", 30)});
  Published all(world);
  all->report.budgets = {{"everything", 10, Cost{5}, Cost{6}, 0.5, {}},
                         {"web", 10, Cost{1}, Cost{2}, 1, "shop"},
                         {"pay", 10, Cost{3}, Cost{4}, 1, "pay"}};
  EXPECT_THAT(lines(all.ask(kBudgets, tenant("shop")), {"budget"}), ElementsAre("web"));
  EXPECT_THAT(lines(all.ask(kBudgets, tenant("nobody")), {"budget"}), IsEmpty());
  EXPECT_EQ(all.serve(kBudgets, tenant("shop")).body, own.serve(kBudgets, tenant("shop")).body);
}

TEST(Budgets, AreOfTheMonthToDate) {
  World world;
  world.current("s", {web("c", "shop", "web", 30)});
  for (const char* day : {"2026-03-01", "2026-03-02", "2026-03-09"}) {
    world.day("s", day, {web("c", "shop", "web", 1)});
  }
  EXPECT_THAT(windows(world.ask(kBudgets, admin())),
              ElementsAre("s 2026-03-01T00:00:00Z/2026-03-10T12:00:00Z 259200/820800"));
}

void put(cost::SourceReport& source, std::string name, std::vector<cost::PolicyMatch> matches) {
  auto status = std::make_shared<cost::PolicyStatus>();
  status->of = source.current;
  status->policy = std::move(name);
  status->matches = std::move(matches);
  source.policies.push_back(status);
}

cost::PolicyMatch match(std::string_view name, std::int64_t micros) {
  return {{"c", "shop", "deployment", name}, Cost{micros}, at("2026-03-08T20:00:00Z")};
}

TEST(Policies, SayWhatTheyWouldActOn) {
  World world;
  const auto now = at("2026-03-10T12:00:00Z");
  world.current("s", {now - std::chrono::minutes(30), now}, {web("c", "shop", "web", 30)});
  Published published(world);
  published.source(0).policies.push_back(nullptr);
  put(published.source(0), "nights", {match("web", 1'000'000)});
  EXPECT_THAT(
      lines(published.ask(kPolicies, admin()),
            {"policy", "cluster", "namespace", "controller_kind", "controller", "verdict",
             "cost_per_hour", "saving_per_month", "idle_since"}),
      ElementsAre(
          "nights c shop deployment web would_act 2000000 1460000000 2026-03-08T20:00:00Z"));
  EXPECT_EQ(published.json(kPolicies, admin())["total"], Json({{"saving_per_month", 1460}}));
}

TEST(Policies, TenantsSeeWorkloadsThatAreWhollyTheirs) {
  World alone;
  alone.rules.tenants = kRules;
  alone.current("s", {web("c", "shop", "web", 30)});
  Published own(alone);
  put(own.source(0), "nights", {match("web", 10)});
  World world;
  world.rules.tenants = kRules;
  world.current("s", both_tenants());
  Published all(world);
  put(all.source(0), "nights", {match("both", 5), match("pays", 6), match("web", 10)});
  put(all.source(0), "weekends", {match("pays", 6)});
  EXPECT_THAT(lines(all.ask(kPolicies, tenant("shop")), {"policy", "controller"}),
              ElementsAre("nights web"));
  EXPECT_THAT(lines(all.ask(kPolicies, tenant("pay")), {"policy", "controller"}),
              ElementsAre("nights pays", "weekends pays"));
  EXPECT_THAT(lines(all.ask(kPolicies, tenant("nobody")), {"policy"}), IsEmpty());
  for (const std::string_view query : {"", "policy=weekends", "policy=none"}) {
    EXPECT_EQ(all.serve(kPolicies, tenant("shop"), query).body,
              own.serve(kPolicies, tenant("shop"), query).body)
        << query;
  }
}

}  // namespace
}  // namespace exporter::api
