// What may not be asked of history, days that lack labels, and a ledger that cannot be read.
#include <gmock/gmock.h>

#include "exporter/sqlite/sqlite.h"
#include "tests/api/publications.h"
#include "tests/http/temporary_directory.h"

namespace exporter::api {
namespace {

using namespace samples;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

using Given = World::Given;

const std::vector<std::string_view> kTotals = {"start", "total_cost", "coverage_ratio"};

TEST(Trends, RefuseWhatIsNoStretchOfDays) {
  World world;
  const auto refused = [&](const Given& given) {
    return problem_of(world.ask(kCostTrends, admin(), given));
  };
  EXPECT_EQ(refused({{"from", "2026-03-05"}, {"to", "2026-03-04"}}),
            "bad_parameter: `from` is 2026-03-05, which is not before `to`, 2026-03-04.");
  EXPECT_EQ(refused({{"from", "2026-03-05"}, {"to", "2026-03-05"}}),
            "bad_parameter: `from` is 2026-03-05, which is not before `to`, 2026-03-05.");
  EXPECT_EQ(refused({{"from", "2026-03-11"}}),
            "bad_parameter: `from` is 2026-03-11, which is not before `to`, 2026-03-11.")
      << "without `to`, today is the last day";
  EXPECT_EQ(refused({{"from", "2026-02-30"}}),
            "bad_parameter: `from`: \"2026-02-30\" is not a date such as 2026-02-28.");
  EXPECT_EQ(refused({{"from", "yesterday"}, {"to", "2026"}}),
            "bad_parameter: `from`: \"yesterday\" is not a date such as 2026-02-28. `to`: \"2026\" "
            "is not a date such as 2026-02-28.");
  EXPECT_EQ(refused({{"from", "2016-03-01"}, {"step", "month"}}),
            "bad_parameter: `from` is 2016-03-01, and the earliest that may be asked for is "
            "2016-03-02.");
  EXPECT_EQ(refused({{"from", "2016-03-02"}, {"step", "month"}}), "none");
  EXPECT_EQ(refused({{"from", "0000-01-01"}, {"to", "9999-12-31"}}),
            "bad_parameter: `from` is 0000-01-01, and the earliest that may be asked for is "
            "2016-03-02. From 0000-01-01 to 9999-12-31 are more than 400 rows by `step` day; ask "
            "for a shorter time or a longer step.");
  EXPECT_EQ(refused({{"aggregate", "label:team"}}),
            "bad_parameter: `aggregate` names the label \"team\", which is not asked for; none is "
            "asked for yet; others go into `metrics.labels` of the configuration.");
}

TEST(Trends, AreOfFourHundredStepsAtMost) {
  World world;
  const Given most = {{"from", "2025-01-01"}, {"to", "2026-02-05"}};
  EXPECT_THAT(lines(world.ask(kCostTrends, admin(), most), kTotals), SizeIs(400));
  EXPECT_EQ(
      problem_of(world.ask(kCostTrends, admin(), {{"from", "2025-01-01"}, {"to", "2026-02-06"}})),
      "bad_parameter: From 2025-01-01 to 2026-02-06 are more than 400 rows by `step` day; ask "
      "for a shorter time or a longer step.");
}

/// Of four days the second did not record `team`.
struct LabelledWorld : World {
  LabelledWorld() {
    rules = {.tenants = {{.tenant = "pay", .labels = {{"team", "pay"}}},
                         {.tenant = "shop", .namespaces = {"shop"}}},
             .labels = {"team"}};
    const Row books = labelled(web("c", "shop", "books", 100), {{"team", "pay"}});
    const Row front = web("c", "shop", "front", 1);
    const Row unlabelled = web("c", "shop", "books", 100);
    recorded_today = {"app", "team"};
    today("s", {books, front});
    day("s", "2026-03-06", {books, front}, {"team"});
    day("s", "2026-03-07", {unlabelled, front}, {"app"});
    day("s", "2026-03-08", {books, front}, {"app", "team"});
    day("s", "2026-03-09", {books, front}, {"app", "team"});
  }
};

const Given kFourDays = {{"from", "2026-03-06"}, {"to", "2026-03-11"}};

TEST(Trends, OfATenantLeaveOutDaysThatCannotTellWhatIsItsOwn) {
  LabelledWorld world;
  EXPECT_THAT(lines(world.ask(kCostTrends, tenant("shop"), kFourDays), kTotals),
              ElementsAre("2026-03-06 1 1", "2026-03-07 - 0", "2026-03-08 1 1", "2026-03-09 1 1",
                          "2026-03-10 1 1"));
  Given week = kFourDays;
  week["step"] = "week";
  EXPECT_THAT(lines(world.ask(kCostTrends, tenant("shop"), week), kTotals),
              ElementsAre("2026-03-06 2 0.6666666666666666", "2026-03-09 2 1"));
  EXPECT_THAT(lines(world.ask(kCostTrends, admin(), week), kTotals),
              ElementsAre("2026-03-06 303 1", "2026-03-09 202 1"))
      << "who sees all needs no label";
}

TEST(Trends, ByTenantOrLabelLeaveOutDaysThatDidNotRecordIt) {
  LabelledWorld world;
  const auto by = [&](const char* aggregate, const std::vector<std::string_view>& columns) {
    Given given = kFourDays;
    given["step"] = "month";
    given["aggregate"] = aggregate;
    return lines(world.ask(kCostTrends, admin(), given), columns);
  };
  EXPECT_THAT(by("tenant", {"cluster", "tenant", "total_cost", "coverage_ratio"}),
              ElementsAre("c pay 400 0.7777777777777778", "c shop 4 0.7777777777777778"));
  EXPECT_THAT(
      by("label:team", {"label", "value", "total_cost", "coverage_ratio"}),
      ElementsAre("team __unallocated__ 4 0.7777777777777778", "team pay 400 0.7777777777777778"));
  EXPECT_THAT(by("label:app", {"label", "value", "total_cost"}),
              ElementsAre("app __unallocated__ 404"));
  EXPECT_THAT(by("namespace", {"namespace", "total_cost"}), ElementsAre("shop 505"));
}

TEST(Trends, OfTodayNeedItsLabelsToo) {
  LabelledWorld world;
  world.recorded_today = {"app"};
  EXPECT_THAT(
      lines(world.ask(kCostTrends, tenant("pay"), {{"from", "2026-03-09"}, {"to", "2026-03-11"}}),
            kTotals),
      ElementsAre("2026-03-09 100 1", "2026-03-10 - 0"));
}

TEST(Trends, SayWhyDaysCannotBeReadToAdminsAlone) {
  const http::TemporaryDirectory folder;
  const std::string path = folder.file("ledger.db");
  {
    World world("2026-03-10T12:30:00Z", {}, path);
    world.day("s", "2026-01-05", {web("c", "shop", "front", 10)});
    world.day("s", "2026-03-09", {web("c", "shop", "front", 1)});
  }
  auto file = sqlite::Database::open(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->execute("UPDATE cost SET cpu = cpu + 1 WHERE cpu = 10"));
  file = tl::unexpected(sqlite::Failure{});
  for (const bool is_admin : {true, false}) {
    World world("2026-03-10T12:30:00Z", {}, path);
    world.rules = {.tenants = {{.tenant = "shop", .namespaces = {"shop"}}}, .labels = {}};
    world.silent("s");
    const auto caller = is_admin ? admin() : tenant("shop");
    EXPECT_THAT(lines(world.ask(kCostTrends, caller, {{"from", "2026-03-09"}}), kTotals),
                ElementsAre("2026-03-09 1 1", "2026-03-10 - 0"));
    const std::string said =
        problem_of(world.ask(kCostMonthly, caller, {{"from", "2026-01-01"}, {"to", "2026-02-01"}}));
    if (is_admin) {
      EXPECT_THAT(said, AllOf(StartsWith("internal: Finished days cannot be read: "),
                              HasSubstr(path), HasSubstr("2026-01-05"), EndsWith(".")));
    } else {
      EXPECT_EQ(said,
                "internal: Finished days cannot be read at present; their administrator can see "
                "why.");
    }
  }
}

}  // namespace
}  // namespace exporter::api
