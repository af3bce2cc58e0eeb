// All sources together, or nothing at all.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Period;
using model::Resource;
using samples::idle;
using samples::pod;
using samples::Row;
using samples::unmounted;
using std::chrono::seconds;
using namespace std::chrono_literals;

constexpr seconds kMonth = 30 * 24h;

std::shared_ptr<const Breakdown> breakdown(const std::vector<Row>& rows, seconds window = 1h) {
  const auto table = samples::table(rows);
  table->window.end = table->window.start + window;
  return std::make_shared<const Breakdown>(break_down(table));
}

SourceReport source(const std::vector<Row>& current, const std::vector<Row>& month,
                    seconds window = 1h) {
  SourceReport report;
  report.current = breakdown(current, window);
  PeriodCost& to_date = report.periods[static_cast<std::size_t>(Period::month_to_date)];
  to_date.costs = breakdown(month);
  to_date.coverage = {kMonth - 2h, kMonth - 2h};
  report.forecast = forecast(to_date, report.current, kMonth);
  return report;
}

PeriodCost& month_of(SourceReport& report) {
  return report.periods[static_cast<std::size_t>(Period::month_to_date)];
}

std::string total(const std::optional<model::Costs>& costs) {
  return costs ? std::to_string(costs->total().micros) : "absent";
}

/// `per_hour month_to_date forecast`
std::string fleet(const std::vector<SourceReport>& sources) {
  const Fleet sum = add_up(sources);
  return total(sum.per_hour) + " " + total(sum.month_to_date) + " " + total(sum.forecast);
}

SourceReport eu() {
  return source({pod("eu", "a", "p", 100), idle("eu", 20), unmounted("eu", 3)},
                {pod("eu", "a", "p", 5000)});
}
SourceReport us() { return source({pod("us", "a", "p", 1000)}, {pod("us", "a", "p", 40'000)}); }

TEST(FleetSum, IsOfAllClustersIdleAndUnmountedIncluded) {
  EXPECT_EQ(fleet({eu(), us()}), "1123 45000 47246");
  EXPECT_EQ(fleet({us(), eu()}), "1123 45000 47246");
  EXPECT_EQ(fleet({eu(), us(), us()}), "2123 85000 89246");
}

TEST(FleetSum, IsOfOneSourceAsWellButNotOfNone) {
  EXPECT_EQ(fleet({}), "absent absent absent");
  EXPECT_EQ(fleet({eu()}), "123 5000 5246");
  EXPECT_EQ(fleet({source({pod("a", "x", "p", 1), pod("b", "x", "p", 1)}, {})}), "2 0 4")
      << "and of all it answers for";
}

TEST(FleetSum, OfTwoSourcesOfSeveralClusters) {
  EXPECT_EQ(fleet({source({pod("a", "x", "p", 1), pod("b", "x", "p", 2)}, {}), us()}),
            "1003 40000 42006");
}

TEST(FleetSum, LeavesOutWhatOneLacks) {
  SourceReport silent = us();
  silent.current = nullptr;
  EXPECT_EQ(fleet({eu(), silent}), "absent 45000 47246");
  EXPECT_EQ(fleet({silent, eu()}), "absent 45000 47246");
  SourceReport young = us();
  month_of(young).costs = nullptr;
  EXPECT_EQ(fleet({eu(), young}), "1123 absent 47246");
  SourceReport unknown = us();
  month_of(unknown).coverage.known = 0s;
  EXPECT_EQ(fleet({eu(), unknown}), "1123 absent 47246");
  SourceReport adrift = us();
  adrift.forecast = nullptr;
  EXPECT_EQ(fleet({eu(), adrift}), "1123 45000 absent");
  EXPECT_EQ(fleet({eu(), us(), SourceReport{}}), "absent absent absent");
}

TEST(FleetSum, IsOfAnHourWhateverTheWindows) {
  EXPECT_EQ(fleet({source({pod("a", "x", "p", 100)}, {}, 30min),
                   source({pod("b", "x", "p", 300)}, {}, 3h)}),
            "300 0 600");
  EXPECT_EQ(total(add_up(std::vector{source({pod("a", "x", "p", 3)}, {}, 2h),
                                     source({pod("b", "x", "p", 5)}, {}, 2h)})
                      .per_hour),
            "5")
      << "1.5 and 2.5, each rounded";
}

TEST(FleetSum, KeepsResourcesApart) {
  Row disk = pod("eu", "a", "p", 7);
  disk.costs[Resource::storage] = Cost{5};
  const std::vector<SourceReport> sources = {source({disk}, {disk}), us()};
  const Fleet sum = add_up(sources);
  ASSERT_TRUE(sum.per_hour && sum.month_to_date);
  EXPECT_EQ((*sum.per_hour)[Resource::cpu], Cost{1007});
  EXPECT_EQ((*sum.per_hour)[Resource::storage], Cost{5});
  EXPECT_EQ((*sum.month_to_date)[Resource::cpu], Cost{40'007});
  EXPECT_EQ((*sum.month_to_date)[Resource::storage], Cost{5});
}

TEST(FleetSum, OfClustersThatCostNothingIsZeroAndNotAbsent) {
  EXPECT_EQ(fleet({source({}, {}), source({}, {})}), "0 0 0");
}

TEST(FleetSum, OfHugeCosts) {
  const std::int64_t huge = std::int64_t{1} << 60;
  const std::vector<SourceReport> sources = {source({pod("a", "x", "p", huge)}, {}),
                                             source({pod("b", "x", "p", huge + 1)}, {})};
  EXPECT_EQ(total(add_up(sources).per_hour), std::to_string(2 * huge + 1));
}

}  // namespace
}  // namespace exporter::cost
