// What days, weeks and months cost: what is known, what is not, and whose it is.
#include <gmock/gmock.h>

#include "tests/api/publications.h"

namespace exporter::api {
namespace {

using namespace samples;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Given = World::Given;

const std::vector<std::string_view> kTotals = {"start", "end", "total_cost", "coverage_ratio"};
const std::vector<std::string_view> kNamespaces = {"start", "cluster", "namespace", "total_cost",
                                                   "coverage_ratio"};

Row front(std::int64_t micros) { return web("c", "shop", "front", micros); }

cost::AttributionRules by_namespace() {
  return {.tenants = {{.tenant = "shop", .namespaces = {"shop"}},
                      {.tenant = "pay", .namespaces = {"pay"}}},
          .labels = {}};
}

/// Tuesday, 2026-03-10, 12:30.
struct MarchWorld : World {
  MarchWorld() {
    rules = by_namespace();
    today("s", {front(5), idle("c", 50)});
    day("s", "2026-03-09", {front(10), idle("c", 100), unmounted("c", 1000)});
    day("s", "2026-03-08", {front(20), web("c", "pay", "books", 7)});
    absent("s", "2026-03-07");
  }
};

TEST(Trends, OfAnAdminHoldIdleAndUnmountedCostAndShowGaps) {
  MarchWorld world;
  const auto answer = world.ask(kCostTrends, admin(), {{"from", "2026-03-06"}});
  EXPECT_THAT(lines(answer, kTotals),
              ElementsAre("2026-03-06 2026-03-07 - 0", "2026-03-07 2026-03-08 - 0",
                          "2026-03-08 2026-03-09 27 1", "2026-03-09 2026-03-10 1110 1",
                          "2026-03-10 2026-03-11 55 1"));
  EXPECT_EQ(answer->window_name, "2026-03-06/2026-03-11");
  EXPECT_THAT(windows(answer),
              ElementsAre("s 2026-03-06T00:00:00Z/2026-03-10T12:00:00Z 216000/388800"));
}

TEST(Trends, OfATenantAreItsOwnRows) {
  MarchWorld world;
  const Given given = {{"from", "2026-03-07"}};
  EXPECT_THAT(lines(world.ask(kCostTrends, tenant("shop"), given), kTotals),
              ElementsAre("2026-03-07 2026-03-08 - 0", "2026-03-08 2026-03-09 20 1",
                          "2026-03-09 2026-03-10 10 1", "2026-03-10 2026-03-11 5 1"));
  EXPECT_THAT(lines(world.ask(kCostTrends, tenant("pay"), given), kTotals),
              ElementsAre("2026-03-07 2026-03-08 - 0", "2026-03-08 2026-03-09 7 1",
                          "2026-03-09 2026-03-10 0 1", "2026-03-10 2026-03-11 0 1"))
      << "known, and nothing was spent";
}

TEST(Trends, OfATenantWithoutRowsAreThoseWithoutAnyCluster) {
  MarchWorld world;
  World empty;
  const auto answer = world.ask(kCostTrends, tenant("nobody"));
  EXPECT_THAT(windows(answer), IsEmpty());
  EXPECT_EQ(lines(answer, kTotals), lines(empty.ask(kCostTrends, tenant("nobody")), kTotals));
  EXPECT_THAT(lines(answer, {"total_cost", "coverage_ratio"}), AllOf(SizeIs(30), Each("- 0")));
}

TEST(Trends, OfAnAggregateHaveNoRowsWhereNothingIsKnown) {
  MarchWorld world;
  EXPECT_THAT(
      lines(world.ask(kCostTrends, admin(), {{"from", "2026-03-06"}, {"aggregate", "namespace"}}),
            kNamespaces),
      ElementsAre("2026-03-08 c pay 7 1", "2026-03-08 c shop 20 1", "2026-03-09 c shop 10 1",
                  "2026-03-10 c shop 5 1"));
}

TEST(Trends, AreOnlyOfTodayWhereNothingElseIsAskedFor) {
  MarchWorld world;
  EXPECT_THAT(
      lines(world.ask(kCostTrends, admin(), {{"from", "2026-03-10"}, {"aggregate", "cluster"}}),
            {"start", "cluster", "total_cost"}),
      ElementsAre("2026-03-10 c 5"));
}

TEST(Trends, SayNothingOfDaysToCome) {
  MarchWorld world;
  EXPECT_THAT(lines(world.ask(kCostTrends, admin(), {{"from", "2026-03-10"}, {"to", "2026-03-20"}}),
                    kTotals),
              ElementsAre("2026-03-10 2026-03-11 55 1"));
  const auto later =
      world.ask(kCostTrends, admin(), {{"from", "2026-04-01"}, {"to", "2026-05-01"}});
  EXPECT_THAT(lines(later, kTotals), IsEmpty());
  EXPECT_THAT(windows(later), ElementsAre("s 2026-04-01T00:00:00Z/2026-04-01T00:00:00Z 0/0"));
}

TEST(Trends, OfWeeksBeginOnMondayAlsoOverTheEndOfAYear) {
  World world("2026-01-08T12:30:00Z");
  for (const char* day : {"2025-12-28", "2025-12-29", "2025-12-31", "2026-01-01", "2026-01-04",
                          "2026-01-05", "2026-01-07"}) {
    world.day("s", day, {front(1)});
  }
  EXPECT_THAT(
      lines(world.ask(kCostTrends, admin(), {{"step", "week"}, {"from", "2025-12-26"}}),
            {"start", "end", "total_cost"}),
      ElementsAre("2025-12-26 2025-12-29 1", "2025-12-29 2026-01-05 4", "2026-01-05 2026-01-12 2"))
      << "the first is cut to what was asked for";
  const auto weeks = lines(world.ask(kCostTrends, admin(), {{"step", "week"}}), {"start"});
  EXPECT_THAT(weeks, SizeIs(12));
  EXPECT_EQ(weeks.front(), "2025-10-20");
}

TEST(Trends, HaveALeapDay) {
  World world("2028-03-02T12:30:00Z");
  world.day("s", "2028-02-28", {front(1)});
  world.day("s", "2028-02-29", {front(2)});
  world.day("s", "2028-03-01", {front(4)});
  EXPECT_THAT(lines(world.ask(kCostTrends, admin(), {{"from", "2028-02-28"}, {"to", "2028-03-02"}}),
                    kTotals),
              ElementsAre("2028-02-28 2028-02-29 1 1", "2028-02-29 2028-03-01 2 1",
                          "2028-03-01 2028-03-02 4 1"));
  EXPECT_THAT(lines(world.ask(kCostMonthly, admin(), {{"from", "2028-02-01"}}),
                    {"start", "end", "total_cost"}),
              ElementsAre("2028-02-01 2028-03-01 3", "2028-03-01 2028-04-01 4"));
}

TEST(Monthly, BeginsWhereTheCalendarSays) {
  // Days begin at 23:00 UTC of the day before.
  World world("2026-03-10T12:30:00Z", {std::chrono::hours(1)});
  world.day("s", "2026-02-28", {front(1)});
  world.day("s", "2026-03-01", {front(20)});
  world.day_of("s", {at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")}, {front(4000)});
  EXPECT_THAT(lines(world.ask(kCostMonthly, admin(), {{"from", "2026-02-01"}}),
                    {"start", "namespace", "total_cost"}),
              ElementsAre("2026-02-01 shop 1", "2026-03-01 shop 20"))
      << "a day of another calendar is none of this one's";
}

TEST(Monthly, OfThisMonthIsTheMonthToDate) {
  MarchWorld world;
  const auto month = world.ask(kCostMonthly, admin(), {{"from", "2026-03-01"}});
  const auto period = world.ask(kCostNamespaces, admin(), {{"window", "month_to_date"}});
  const std::vector<std::string_view> columns = {"cluster", "namespace", "total_cost", "cpu_cost"};
  EXPECT_EQ(lines(month, columns), lines(period, columns));
  EXPECT_EQ(windows(month), windows(period));
}

TEST(Monthly, IsOfTwelveMonthsByDefault) {
  MarchWorld world;
  const auto answer = world.ask(kCostMonthly, admin(), {{"aggregate", "total"}});
  EXPECT_THAT(lines(answer, {"start"}), SizeIs(12));
  EXPECT_EQ(answer->window_name, "2025-04-01/2026-04-01");
}

// Until its own answer comes, the last one of that day stands for it.
TEST(Trends, HaveYesterdayRightAfterMidnight) {
  World world("2026-03-10T00:05:00Z");
  world.rules = by_namespace();
  world.yesterday("s", {front(9)});
  const Given given = {{"from", "2026-03-09"}, {"to", "2026-03-11"}};
  EXPECT_THAT(lines(world.ask(kCostTrends, tenant("shop"), given), kTotals),
              ElementsAre("2026-03-09 2026-03-10 9 1", "2026-03-10 2026-03-11 - 0"));
}

TEST(Trends, AddUpSourcesAndTellHowMuchOfThemIsKnown) {
  MarchWorld world;
  world.day("other", "2026-03-09", {web("d", "shop", "front", 1)});
  world.conflict("hidden");
  world.day("hidden", "2026-03-09", {web("c", "shop", "front", 5000)});
  world.silent("never");
  EXPECT_THAT(lines(world.ask(kCostTrends, admin(), {{"from", "2026-03-08"}, {"to", "2026-03-10"}}),
                    kTotals),
              ElementsAre("2026-03-08 2026-03-09 27 0.5", "2026-03-09 2026-03-10 1111 1"));
  EXPECT_THAT(
      lines(world.ask(kCostTrends, tenant("pay"), {{"from", "2026-03-08"}, {"to", "2026-03-10"}}),
            kTotals),
      ElementsAre("2026-03-08 2026-03-09 7 1", "2026-03-09 2026-03-10 0 1"))
      << "it has nothing in the other";
}

}  // namespace
}  // namespace exporter::api
