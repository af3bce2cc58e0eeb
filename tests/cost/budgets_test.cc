// What counts towards a budget, and when a figure must be left out rather than be too small.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Period;
using samples::idle;
using samples::pod;
using samples::Row;
using samples::unmounted;
using std::chrono::seconds;
using namespace std::chrono_literals;

constexpr seconds kMonth = 30 * 24h;
constexpr seconds kElapsed = 10 * 24h;

struct Labelled {
  Row row;
  std::map<std::string, std::string> labels{};
};

std::shared_ptr<const Breakdown> breakdown(const std::vector<Labelled>& rows) {
  std::vector<Row> plain;
  plain.reserve(rows.size());
  for (const Labelled& row : rows) plain.push_back(row.row);
  const auto table = samples::table(plain);
  for (model::Allocation& row : table->rows) {
    for (const Labelled& from : rows) {
      if (from.row.pod != row.pod || from.row.cluster != row.cluster) continue;
      row.label_set = static_cast<std::uint32_t>(table->label_sets.size());
      model::LabelSet& set = table->label_sets.emplace_back();
      for (const auto& [name, value] : from.labels) {
        set.push_back({table->text.store(name), table->text.store(value)});
      }
    }
  }
  return std::make_shared<const Breakdown>(break_down(table));
}

/// A source of which `known` of the ten days that have elapsed is known; pods cost what they do in
/// the month to date, and a thousandth of it in the current hour.
SourceReport source(const std::vector<Labelled>& rows, seconds known = kElapsed,
                    const std::map<std::string, seconds>& by_label = {}) {
  SourceReport report;
  std::vector<Labelled> hour = rows;
  for (Labelled& row : hour) {
    for (Cost& cost : row.row.costs.by) cost.micros /= 1000;
  }
  report.current = breakdown(hour);
  PeriodCost& month = report.periods[static_cast<std::size_t>(Period::month_to_date)];
  month.costs = breakdown(rows);
  month.coverage = {known, kElapsed};
  for (const auto& [name, time] : by_label) month.by_label[name] = {time, kElapsed};
  return report;
}

PeriodCost& month_of(SourceReport& report) {
  return report.periods[static_cast<std::size_t>(Period::month_to_date)];
}

std::string micros(const std::optional<Cost>& cost) {
  return cost ? std::to_string(cost->micros) : "absent";
}

/// `spent forecast coverage`
std::string checked(const Budget& budget, const std::vector<SourceReport>& sources,
                    const TenantRules& rules = {}) {
  const BudgetStatus status = check(budget, rules, sources, kMonth);
  EXPECT_EQ(status.name, budget.name);
  EXPECT_EQ(status.limit, budget.monthly);
  std::string coverage = std::to_string(status.coverage);
  return micros(status.spent) + " " + micros(status.forecast) + " " + coverage.substr(0, 4);
}

Budget budget() {
  Budget out;
  out.name = "b";
  out.monthly = 500;
  return out;
}
Budget of_cluster(std::string cluster) {
  Budget out = budget();
  out.cluster = std::move(cluster);
  return out;
}
Budget of_namespaces(std::vector<std::string> patterns, std::string cluster = {}) {
  Budget out = of_cluster(std::move(cluster));
  out.namespaces = std::move(patterns);
  return out;
}
Budget of_labels(std::map<std::string, std::string> labels) {
  Budget out = budget();
  out.labels = std::move(labels);
  return out;
}
Budget of_tenant(std::string tenant, std::string cluster = {}) {
  Budget out = of_cluster(std::move(cluster));
  out.tenant = std::move(tenant);
  return out;
}

// Twenty of thirty days are left: 480 hours of a thousandth make 0.48 on top.
const std::vector<Labelled> kEu = {{pod("eu", "shop", "a", 1'000'000), {{"team", "web"}}},
                                   {pod("eu", "shop-test", "b", 2'000'000), {{"team", "qa"}}},
                                   {pod("eu", "data", "c", 4'000'000)},
                                   {idle("eu", 8'000'000)},
                                   {unmounted("eu", 16'000'000)}};
const std::vector<Labelled> kUs = {{pod("us", "shop", "d", 32'000'000), {{"team", "web"}}},
                                   {idle("us", 64'000'000)}};

TEST(Budgets, OfEverythingHoldIdleAndUnmounted) {
  EXPECT_TRUE(budget().whole_clusters());
  EXPECT_EQ(checked(budget(), {source(kEu)}), "31000000 45880000 1.00");
  EXPECT_EQ(checked(budget(), {source(kEu), source(kUs)}), "127000000 187960000 1.00");
}

TEST(Budgets, OfAClusterHoldNoOther) {
  EXPECT_EQ(checked(of_cluster("eu"), {source(kEu), source(kUs)}), "31000000 45880000 1.00");
  EXPECT_EQ(checked(of_cluster("us"), {source(kEu), source(kUs)}), "96000000 142080000 1.00");
}

// One OpenCost may answer for several clusters.
TEST(Budgets, OfOneClusterOfASource) {
  std::vector<Labelled> both = kEu;
  both.insert(both.end(), kUs.begin(), kUs.end());
  EXPECT_EQ(checked(of_cluster("us"), {source(both)}), "96000000 142080000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop"}, "us"), {source(both)}), "32000000 47360000 1.00");
}

TEST(Budgets, OfNamespacesHoldNeitherIdleNorUnmounted) {
  EXPECT_FALSE(of_namespaces({"*"}).whole_clusters());
  EXPECT_EQ(checked(of_namespaces({"*"}), {source(kEu)}), "7000000 10360000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop"}), {source(kEu)}), "1000000 1480000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop*"}), {source(kEu)}), "3000000 4440000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop", "data"}), {source(kEu)}), "5000000 7400000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop", "sh*"}), {source(kEu)}), "3000000 4440000 1.00")
      << "what two patterns match is counted once";
  EXPECT_EQ(checked(of_namespaces({"shop"}), {source(kEu), source(kUs)}), "33000000 48840000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop"}, "eu"), {source(kEu), source(kUs)}),
            "1000000 1480000 1.00");
}

TEST(Budgets, OfNamespacesThatAreNotThereHaveSpentNothing) {
  for (const char* pattern :
       {"", "Shop", "sho", "hop", "shop-", "*x", "__unmounted__", "__idle__"}) {
    EXPECT_EQ(checked(of_namespaces({pattern}), {source(kEu)}), "0 0 1.00") << pattern;
  }
}

TEST(Budgets, OfLabelsHoldWhatHasThemAll) {
  const auto eu = source(kEu, kElapsed, {{"team", kElapsed}, {"app", kElapsed}});
  EXPECT_FALSE(of_labels({{"team", "*"}}).whole_clusters());
  EXPECT_EQ(checked(of_labels({{"team", "web"}}), {eu}), "1000000 1480000 1.00");
  EXPECT_EQ(checked(of_labels({{"team", "*"}}), {eu}), "3000000 4440000 1.00")
      << "a pod without the label does not match";
  EXPECT_EQ(checked(of_labels({{"team", "we"}}), {eu}), "0 0 1.00");
  EXPECT_EQ(checked(of_labels({{"team", "web"}, {"app", "*"}}), {eu}), "0 0 1.00");
  EXPECT_EQ(checked(of_labels({{"app", "web"}}), {eu}), "0 0 1.00");
}

TEST(Budgets, OfNamespacesAndLabelsHoldWhatIsBoth) {
  Budget both = of_namespaces({"shop*"});
  both.labels = {{"team", "qa"}};
  const auto eu = source(kEu, kElapsed, {{"team", kElapsed}});
  EXPECT_EQ(checked(both, {eu}), "2000000 2960000 1.00");
  both.namespaces = {"shop"};
  EXPECT_EQ(checked(both, {eu}), "0 0 1.00");
  both.labels = {{"team", "w*b"}};
  both.cluster = "eu";
  EXPECT_EQ(checked(both, {eu}), "1000000 1480000 1.00");
}

// Six of ten days known: 24 days of the run rate, 576 hours.
TEST(Budgets, TakeTheRunRateForUnknownTime) {
  EXPECT_EQ(checked(of_namespaces({"shop"}), {source(kEu, 6 * 24h)}), "1000000 1576000 0.60");
  EXPECT_EQ(checked(budget(), {source(kEu, 6 * 24h)}), "31000000 48856000 0.60");
}

TEST(Budgets, OfAMonthThatIsKnownForecastWhatWasSpent) {
  EXPECT_EQ(checked(of_namespaces({"shop"}), {source(kEu, kMonth)}), "1000000 1000000 1.00");
  EXPECT_EQ(checked(of_namespaces({"shop"}), {source(kEu, kMonth + 1h)}), "1000000 1000000 1.00");
}

TEST(Budgets, AreAsWellCoveredAsTheirLabels) {
  const auto eu = source(kEu, kElapsed, {{"team", 24h}, {"app", 48h}});
  EXPECT_EQ(checked(budget(), {eu}), "31000000 45880000 1.00") << "no label is asked for";
  EXPECT_EQ(checked(of_labels({{"app", "*"}}), {eu}).substr(4), "0.20");
  Budget team = of_labels({{"team", "web"}});
  // 29 days at a thousandth an hour.
  EXPECT_EQ(checked(team, {eu}), "1000000 1696000 0.10");
  team.labels["app"] = "*";
  EXPECT_EQ(checked(team, {eu}), "0 0 0.10") << "the least of its labels";
}

TEST(Budgets, OfALabelThatNoDayRecordedHaveNoSpending) {
  const auto eu = source(kEu, kElapsed, {{"app", kElapsed}});
  const std::string found = checked(of_labels({{"team", "web"}}), {eu});
  EXPECT_TRUE(found.starts_with("absent ")) << found;
  EXPECT_TRUE(found.ends_with(" 0.00")) << found;
}

TEST(Budgets, OfAClusterNobodySpeaksOfSayNothing) {
  for (const std::string cluster : {"asia", "EU", "e", "eu ", "*"}) {
    EXPECT_EQ(checked(of_cluster(cluster), {source(kEu), source(kUs)}), "absent absent 0.00");
    EXPECT_EQ(checked(of_namespaces({"*"}, cluster), {source(kEu)}), "absent absent 0.00");
  }
  EXPECT_EQ(checked(of_cluster("eu"), {}), "absent absent 0.00");
  EXPECT_EQ(checked(budget(), {}), "absent absent 0.00");
  SourceReport silent;
  silent.name = "eu";
  EXPECT_EQ(checked(of_cluster("eu"), {silent}), "absent absent 0.00");
}

TEST(Budgets, LeaveTheForecastOutWithoutARunRate) {
  SourceReport us = source(kUs);
  us.current = nullptr;
  EXPECT_EQ(checked(budget(), {source(kEu), us}), "127000000 absent 1.00");
  EXPECT_EQ(checked(budget(), {us, source(kEu)}), "127000000 absent 1.00");
  EXPECT_EQ(checked(of_cluster("eu"), {source(kEu), us}), "31000000 45880000 1.00")
      << "another cluster does not count";
  EXPECT_EQ(checked(of_cluster("us"), {source(kEu), us}), "96000000 absent 1.00");
  EXPECT_EQ(checked(of_namespaces({"data"}), {source(kEu), us}), "4000000 absent 1.00")
      << "who knows what runs there";
}

TEST(Budgets, LeaveSpendingOutWhereNothingIsKnownOfAMember) {
  SourceReport us = source(kUs, 0s);
  month_of(us).costs = nullptr;
  // 720 hours of the run rate.
  EXPECT_EQ(checked(of_cluster("us"), {us}), "absent 69120000 0.00");
  EXPECT_EQ(checked(budget(), {source(kEu), us}), "absent 115000000 0.00");
  EXPECT_EQ(checked(budget(), {us, source(kEu)}), "absent 115000000 0.00");
  EXPECT_EQ(checked(of_cluster("eu"), {source(kEu), us}), "31000000 45880000 1.00");
  SourceReport nothing;
  EXPECT_EQ(checked(budget(), {source(kEu), nothing}), "absent absent 0.00");
}

TEST(Budgets, AreAsWellCoveredAsTheirWorstCluster) {
  const auto coverage = [](seconds eu, seconds us) {
    const std::string text = checked(budget(), {source(kEu, eu), source(kUs, us)});
    return text.substr(text.rfind(' ') + 1);
  };
  EXPECT_EQ(coverage(kElapsed, kElapsed), "1.00");
  EXPECT_EQ(coverage(kElapsed, 12h), "0.05");
  EXPECT_EQ(coverage(12h, kElapsed), "0.05");
  EXPECT_EQ(coverage(24h, 48h), "0.10");
  EXPECT_EQ(coverage(0s, kElapsed), "0.00");
}

TEST(Budgets, OfAClusterOnlyItsPastSpeaksOf) {
  SourceReport eu = source(kEu);
  eu.current = nullptr;
  EXPECT_EQ(checked(of_cluster("eu"), {eu}), "31000000 absent 1.00");
  SourceReport last_month;
  last_month.periods[static_cast<std::size_t>(Period::last_month)].costs = breakdown(kEu);
  EXPECT_EQ(checked(of_cluster("eu"), {last_month}), "absent absent 0.00");
}

const TenantRules kTeams = {{.tenant = "data", .cluster = "eu", .namespaces = {"data"}},
                            {.tenant = "web", .labels = {{"team", "web"}}},
                            {.tenant = "shop", .namespaces = {"shop*"}},
                            {.tenant = "web", .labels = {{"app", "*"}}}};
const std::map<std::string, seconds> kAllLabels = {{"team", kElapsed}, {"app", kElapsed}};

TEST(BudgetsOfTenants, HoldWhatTheirRulesGiveThem) {
  const std::vector<SourceReport> both = {source(kEu, kElapsed, kAllLabels),
                                          source(kUs, kElapsed, kAllLabels)};
  EXPECT_FALSE(of_tenant("web").whole_clusters());
  EXPECT_EQ(checked(of_tenant("web"), both, kTeams), "33000000 48840000 1.00");
  EXPECT_EQ(checked(of_tenant("shop"), both, kTeams), "2000000 2960000 1.00")
      << "what an earlier rule takes is not theirs";
  EXPECT_EQ(checked(of_tenant("data"), both, kTeams), "4000000 5920000 1.00");
  EXPECT_EQ(checked(of_tenant("web", "eu"), both, kTeams), "1000000 1480000 1.00");
  EXPECT_EQ(checked(of_tenant("shop", "us"), both, kTeams), "0 0 1.00");
}

TEST(BudgetsOfTenants, OfTheDefaultTenantHoldTheRest) {
  const std::vector<SourceReport> eu = {source(kEu, kElapsed, kAllLabels)};
  EXPECT_EQ(checked(of_tenant("__unallocated__"), eu, kTeams), "0 0 1.00");
  EXPECT_EQ(checked(of_tenant("__unallocated__"), eu, {kTeams[1]}), "6000000 8880000 1.00");
  EXPECT_EQ(checked(of_tenant("__unallocated__"), eu), "7000000 10360000 1.00")
      << "everything but idle and unmounted cost";
}

TEST(BudgetsOfTenants, OfNobodyHoldNothing) {
  const std::vector<SourceReport> eu = {source(kEu, kElapsed, kAllLabels)};
  for (const char* name : {"web", "Shop", "*", "sho*"}) {
    EXPECT_EQ(checked(of_tenant(name), eu, {kTeams[0], kTeams[2]}), "0 0 1.00") << name;
  }
  EXPECT_EQ(checked(of_tenant("web", "asia"), eu, kTeams), "absent absent 0.00");
}

// Instead of namespaces and labels, not besides them.
TEST(BudgetsOfTenants, LookAtNothingElse) {
  Budget budget = of_tenant("shop");
  budget.namespaces = {"data"};
  budget.labels = {{"team", "web"}};
  EXPECT_EQ(checked(budget, {source(kEu, kElapsed, kAllLabels)}, kTeams), "2000000 2960000 1.00");
}

TEST(BudgetsOfTenants, AreAsWellCoveredAsTheLabelsOfTheRules) {
  const auto eu = source(kEu, kElapsed, {{"team", 48h}, {"app", 24h}});
  const auto coverage = [&](const char* tenant) {
    const std::string text = checked(of_tenant(tenant), {eu}, kTeams);
    return text.substr(text.rfind(' ') + 1);
  };
  EXPECT_EQ(coverage("data"), "1.00") << "no label comes before it";
  EXPECT_EQ(coverage("shop"), "0.20") << "a label decides what is left to it";
  EXPECT_EQ(coverage("web"), "0.10") << "the least of its own";
  EXPECT_EQ(coverage("__unallocated__"), "0.10") << "what no rule takes is after them all";
  EXPECT_EQ(coverage("nobody"), "1.00");
  // 28 days at a thousandth an hour, as two are known.
  EXPECT_EQ(checked(of_tenant("shop"), {eu}, kTeams), "2000000 3344000 0.20");
}

TEST(BudgetsOfTenants, OfALabelThatNoDayRecordedHaveNoSpending) {
  const auto eu = source(kEu, kElapsed, {{"team", kElapsed}});
  EXPECT_EQ(checked(of_tenant("web"), {eu}, kTeams), "absent 1720000 0.00");
  EXPECT_EQ(checked(of_tenant("shop"), {eu}, kTeams), "2000000 2960000 1.00");
  EXPECT_EQ(checked(of_tenant("data"), {source(kEu)}, kTeams), "4000000 5920000 1.00");
}

}  // namespace
}  // namespace exporter::cost
