// What could be saved of what workloads are charged.
#include <gmock/gmock.h>

#include <chrono>
#include <cmath>

#include "exporter/cost/savings.h"
#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Resource;
using samples::DemandRow;
using samples::hours_later;
using samples::kMiB;
using samples::of_deployment;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kMonth = 730;
constexpr seconds kDay = std::chrono::hours(24);

// A core that costs a million millionths an hour.
DemandRow web(float used, float requested = 1, std::string pod = "web-1") {
  const float charged = std::max(used, requested);
  return of_deployment({.pod = std::move(pod),
                        .costs = samples::cpu(std::llround(charged * 1e6F)),
                        .cpu = {charged, requested, used}},
                       "web");
}

// A MiB that costs ten thousand millionths an hour. Its CPU is free.
DemandRow memory(float used, float requested) {
  DemandRow row = web(0.5F);
  row.costs = {};
  row.costs[Resource::memory] = Cost{std::llround(requested * 1e4F)};
  row.memory = {requested * kMiB, requested * kMiB, used * kMiB};
  return row;
}

// Keeps the usage of the cluster a measurement, and is free.
DemandRow busy() { return {.pod = "busy", .cpu = {1, 1, 1}}; }

SavingsOptions all_of_them() {
  SavingsOptions options;
  options.minimum_per_month = 0;
  options.idle_below = 0;  // nothing is idle but where a test says so
  return options;
}

// Has seen `rows` for so many hours, the last of which is hour().
Watch watched(const std::vector<DemandRow>& rows, int hours = 24, double idle_below = 0) {
  Watch watch;
  for (int hour = 1 - hours; hour <= 0; ++hour) {
    std::vector<DemandRow> all = rows;
    all.push_back(busy());
    watch.take(*samples::demands(all, hours_later(hour)), idle_below);
  }
  return watch;
}

Savings find(const std::vector<DemandRow>& now, const Watch& watch,
             const SavingsOptions& options = all_of_them(), const PeriodCost& week = {}) {
  return find_savings(samples::demands(now), nullptr, week, watch, options, nullptr);
}

// As they are after a day.
Savings after_a_day(const std::vector<DemandRow>& rows) { return find(rows, watched(rows)); }

std::vector<std::string> texts(const Savings& savings) {
  std::vector<std::string> out;
  for (const Saving& row : savings.rows) {
    out.push_back(std::string(row.of.name) + " " + std::string(to_string(row.kind)) + " " +
                  std::to_string(row.per_month.micros));
  }
  return out;
}

std::string cpu(std::int64_t per_hour) {
  return "web cpu_request " + std::to_string(per_hour * kMonth);
}

TEST(Requests, AreJudgedByTheHighestUsageOverTheTarget) {
  const Savings savings = after_a_day({web(0.325F)});
  ASSERT_THAT(texts(savings), ElementsAre(cpu(500'000)));
  const Saving& row = savings.rows.front();
  EXPECT_EQ(row.of, (WorkloadName{"c", "ns", "deployment", "web"}));
  ASSERT_TRUE(row.evidence);
  EXPECT_EQ(row.evidence->requested, 1);
  EXPECT_EQ(row.evidence->used, static_cast<double>(0.325F));
  EXPECT_EQ(row.evidence->recommended, 0.5);
  EXPECT_EQ(row.evidence->observed, kDay);
}

TEST(Requests, AtTheRecommendationAreNotTooLarge) {
  EXPECT_THAT(texts(after_a_day({web(0.325F, 0.5F)})), IsEmpty());
  EXPECT_THAT(texts(after_a_day({web(0.325F, 0.4F)})), IsEmpty());
  EXPECT_THAT(texts(after_a_day({web(0.325F, 0.501F)})), ElementsAre(cpu(1'000)));
  for (const float requested : {0.1F, 0.2F, 0.3F, 0.6F, 0.7F, 1.9F}) {
    EXPECT_THAT(texts(after_a_day({web(requested * 0.65F, requested)})), IsEmpty()) << requested;
  }
}

TEST(Requests, OfMemoryAreInWholeMebibytes) {
  EXPECT_THAT(texts(after_a_day({memory(80, 100)})), IsEmpty());
  EXPECT_THAT(texts(after_a_day({memory(80, 101)})),
              ElementsAre("web memory_request " + std::to_string(10'000 * kMonth)));
  const Savings savings = after_a_day({memory(80.5F, 200)});
  ASSERT_THAT(texts(savings),
              ElementsAre("web memory_request " + std::to_string(990'000 * kMonth)));
  EXPECT_EQ(savings.rows.front().evidence->recommended, 101.0 * (1 << 20));
  EXPECT_EQ(savings.rows.front().evidence->requested, 200.0 * (1 << 20));
}

TEST(Requests, AreRecommendedInWholeThousandthsRoundedUp) {
  const Savings savings = after_a_day({web(0.3251F)});
  ASSERT_THAT(texts(savings), ElementsAre(cpu(499'000)));
  EXPECT_EQ(savings.rows.front().evidence->recommended, 0.501);
}

TEST(Requests, AreNotRecommendedBelowTheMinimum) {
  SavingsOptions options = all_of_them();
  options.minimum_cpu_cores = 0.5;
  options.minimum_memory_bytes = 100.0 * (1 << 20);
  EXPECT_THAT(texts(after_a_day({web(0)})), ElementsAre(cpu(990'000)));
  EXPECT_EQ(after_a_day({web(0)}).rows.front().evidence->recommended, 0.01);
  EXPECT_THAT(texts(find({web(0)}, watched({web(0)}), options)), ElementsAre(cpu(500'000)));
  EXPECT_THAT(texts(find({web(0, 0.5F)}, watched({web(0, 0.5F)}), options)), IsEmpty());
  EXPECT_EQ(after_a_day({memory(1, 100)}).rows.front().evidence->recommended, 32.0 * (1 << 20));
  EXPECT_THAT(texts(find({memory(1, 100)}, watched({memory(1, 100)}), options)), IsEmpty());
}

TEST(Requests, RestOnPeaksLongAfter) {
  Watch watch = watched({web(0.65F)}, 1);
  for (int hour = 1; hour <= 48; ++hour) {
    watch.take(*samples::demands({web(0.1F), busy()}, hours_later(hour)), 0);
  }
  const Savings savings = find({web(0.1F, 4)}, watch);
  ASSERT_THAT(texts(savings), ElementsAre(cpu(3'000'000)));
  EXPECT_EQ(savings.rows.front().evidence->observed, seconds(49 * 3600));
  EXPECT_EQ(savings.rows.front().evidence->recommended, 1);
}

TEST(Requests, RestOnThisWindowToo) {
  EXPECT_THAT(texts(find({web(0.65F, 4)}, watched({web(0.1F)}))), ElementsAre(cpu(3'000'000)));
}

TEST(Requests, NeedADayOfObservation) {
  EXPECT_THAT(texts(find({web(0.1F)}, watched({web(0.1F)}, 23))), IsEmpty());
  EXPECT_THAT(texts(find({web(0.1F)}, Watch())), IsEmpty());
  SavingsOptions options = all_of_them();
  options.minimum_observation = kDay + seconds(1);
  EXPECT_THAT(texts(find({web(0.325F)}, watched({web(0.325F)}), options)), IsEmpty());
  options.minimum_observation = kDay;
  EXPECT_THAT(texts(find({web(0.325F)}, watched({web(0.325F)}), options)),
              ElementsAre(cpu(500'000)));
}

TEST(Requests, NeedKnownUsageOfEveryPod) {
  const Watch watch = watched({web(0.1F), web(0.1F, 1, "web-2")});
  EXPECT_THAT(texts(find({web(-1)}, watch)), IsEmpty());
  EXPECT_THAT(texts(find({web(0.1F), web(-1, 1, "web-2")}, watch)), IsEmpty());
}

TEST(Requests, NeedUsageThatWasMeasured) {
  // Nobody in the cluster uses any CPU, so what is said is no measurement.
  Watch watch;
  for (int hour = -23; hour <= 0; ++hour) {
    watch.take(*samples::demands({web(0)}, hours_later(hour)), 0);
  }
  EXPECT_THAT(texts(find({web(0)}, watch)), IsEmpty());
  watch.take(*samples::demands({web(0), busy()}, hours_later(1)), 0);
  EXPECT_THAT(texts(find({web(0)}, watch)), IsEmpty()) << "it is observed since then";
}

TEST(Requests, OfMemoryThatNobodyUsesAreNotJudged) {
  EXPECT_THAT(texts(after_a_day({memory(0, 100)})), IsEmpty());
}

TEST(Requests, OfWhatIsFreeSaveNothing) {
  DemandRow row = web(0.1F);
  row.costs = {};
  EXPECT_THAT(texts(after_a_day({row})), IsEmpty());
  row = web(0.1F);
  row.costs = samples::cpu(-1000);
  EXPECT_THAT(texts(after_a_day({row})), IsEmpty());
  row = web(0.1F);
  row.cpu.charged = 0;
  EXPECT_THAT(texts(after_a_day({row})), IsEmpty());
}

TEST(Requests, OfPodsAreAddedUpWhereTheyAreTooLarge) {
  DemandRow brief = web(0.08125F, 0.5F, "web-2");  // 0.325 of 2 cores, for a quarter of an hour
  brief.hours = 0.25F;
  DemandRow never = web(0.1F, 8, "web-5");
  never.hours = 0;
  const Savings savings =
      after_a_day({web(0.325F), brief, web(0.1F, 0.5F, "web-3"), web(0.1F, 0, "web-4"), never});
  ASSERT_THAT(texts(savings), ElementsAre(cpu(500'000 + 375'000)));
  EXPECT_EQ(savings.rows.front().evidence->requested, 2);
  EXPECT_EQ(savings.rows.front().evidence->used, static_cast<double>(0.325F));
}

TEST(Requests, DoNotFreeWhatIsUsedBeyondThem) {
  SavingsOptions options = all_of_them();
  options.target_cpu_utilisation = 2;
  EXPECT_THAT(texts(find({web(0.5F)}, watched({web(0.5F)}), options)), ElementsAre(cpu(500'000)));
}

TEST(Requests, OfBothKindsStandSideBySide) {
  DemandRow row = memory(80, 160);
  row.costs += web(0.325F).costs;
  row.cpu = web(0.325F).cpu;
  EXPECT_THAT(texts(after_a_day({row})),
              ElementsAre(cpu(500'000), "web memory_request " + std::to_string(600'000 * kMonth)));
}

TEST(Requests, OfWhatIsNoPodAreNotJudged) {
  DemandRow row = web(0.1F);
  row.kind = model::RowKind::unmounted;
  EXPECT_THAT(texts(after_a_day({row})), IsEmpty());
}

DemandRow idle_web() {
  DemandRow row = web(0.0078125F);
  row.costs[Resource::memory] = Cost{20'000};
  row.costs[Resource::gpu] = Cost{3'000};
  row.costs[Resource::storage] = Cost{400};
  row.costs[Resource::load_balancer] = Cost{50};
  row.memory = {100 * kMiB, 100 * kMiB, 2 * kMiB};
  return row;
}

std::string idle(std::int64_t per_hour) {
  return "web idle_workload " + std::to_string(per_hour * kMonth);
}

TEST(IdleWorkloads, SaveAllButVolumesAndLoadBalancersInPlaceOfTheirRequests) {
  const Savings savings = find({idle_web()}, watched({idle_web()}, 24, 0.05));
  ASSERT_THAT(texts(savings), ElementsAre(idle(1'023'000)));
  EXPECT_FALSE(savings.rows.front().evidence);
}

TEST(IdleWorkloads, MustHaveBeenIdleForLongEnough) {
  SavingsOptions options = all_of_them();
  const Watch watch = watched({idle_web()}, 24, 0.05);
  options.idle_for = kDay + seconds(1);
  EXPECT_THAT(texts(find({idle_web()}, watch, options)),
              ElementsAre(cpu(987'000), "web memory_request " + std::to_string(13'600 * kMonth)));
  options.idle_for = kDay;
  EXPECT_THAT(texts(find({idle_web()}, watch, options)), ElementsAre(idle(1'023'000)));
}

TEST(IdleWorkloads, UseLessThanTheShare) {
  const DemandRow at = web(0.05F), below = web(0.0499F);
  EXPECT_THAT(texts(find({at}, watched({at}, 24, 0.05))), ElementsAre(cpu(923'000)));
  EXPECT_THAT(texts(find({below}, watched({below}, 24, 0.05))), ElementsAre(idle(1'000'000)));
}

TEST(IdleWorkloads, NeedNoLongerObservationThanTheirOwn) {
  SavingsOptions options = all_of_them();
  options.idle_for = std::chrono::hours(1);
  EXPECT_THAT(texts(find({idle_web()}, watched({idle_web()}, 1, 0.05), options)),
              ElementsAre(idle(1'023'000)));
}

// The last seven days, of which so many are known.
PeriodCost week(const std::vector<DemandRow>& rows, seconds known = 7 * kDay) {
  PeriodCost out;
  out.costs = samples::demands(rows);
  out.coverage = {known, 7 * kDay};
  return out;
}

// What workloads cost in a week.
DemandRow merged(std::int64_t micros) {
  DemandRow row = web(0.1F);
  row.pod.clear();
  row.costs = samples::cpu(micros);
  return row;
}

std::vector<std::string> scaled(const PeriodCost& last_week) {
  return texts(find({web(0.325F)}, watched({web(0.325F)}), all_of_them(), last_week));
}

TEST(LastWeek, AJobOfAnHourADayIsNotCountedForADay) {
  EXPECT_THAT(scaled(week({merged(7'000'000)})),
              ElementsAre("web cpu_request " + std::to_string(std::llround(500'000.0 * 730 / 24))));
}

TEST(LastWeek, NeverRaisesWhatIsNow) {
  EXPECT_THAT(scaled(week({merged(168'000'000)})), ElementsAre(cpu(500'000)));
  EXPECT_THAT(scaled(week({merged(999'000'000)})), ElementsAre(cpu(500'000)));
  EXPECT_THAT(scaled(week({merged(84'000'000)})), ElementsAre(cpu(250'000)));
}

TEST(LastWeek, OnlyTheTimeThatIsKnownCounts) {
  EXPECT_THAT(scaled(week({merged(24'000'000)}, 2 * kDay)), ElementsAre(cpu(250'000)));
  EXPECT_THAT(scaled(week({merged(12'000'000)}, kDay)), ElementsAre(cpu(250'000)));
  EXPECT_THAT(scaled(week({merged(12'000'000)}, kDay - seconds(1))), ElementsAre(cpu(500'000)));
  EXPECT_THAT(scaled(week({merged(12'000'000)}, seconds(0))), ElementsAre(cpu(500'000)));
}

TEST(LastWeek, WithoutTheWorkloadSaysNothingOfIt) {
  PeriodCost none;
  none.coverage = {7 * kDay, 7 * kDay};
  EXPECT_THAT(scaled(none), ElementsAre(cpu(500'000)));
  EXPECT_THAT(scaled(week({})), ElementsAre(cpu(500'000)));
  DemandRow other = merged(1);
  other.name_space = "other";
  EXPECT_THAT(scaled(week({other})), ElementsAre(cpu(500'000)));
}

TEST(LastWeek, WithoutCostLeavesNothing) {
  EXPECT_THAT(scaled(week({merged(0)})), IsEmpty());
  EXPECT_THAT(scaled(week({merged(-5)})), IsEmpty());
}

TEST(LastWeek, DoesNotTellBarePodsApart) {
  DemandRow bare = web(0.325F);
  bare.controller_kind = bare.controller = "";
  const Watch watch = watched({bare});
  EXPECT_THAT(texts(find({bare}, watch, all_of_them(), week({bare}))),
              ElementsAre("web-1 cpu_request " + std::to_string(500'000 * kMonth)));
}

TEST(LastWeek, ScalesEachResourceByItself) {
  DemandRow now = memory(80, 160), then = merged(84'000'000);
  now.costs += web(0.325F).costs;
  now.cpu = web(0.325F).cpu;
  then.costs[Resource::memory] = Cost{168L * 400'000};
  EXPECT_THAT(texts(find({now}, watched({now}), all_of_them(), week({then}))),
              ElementsAre(cpu(250'000), "web memory_request " + std::to_string(150'000 * kMonth)));
}

TEST(LastWeek, ScalesIdleWorkloadsByTheirSum) {
  DemandRow then = merged(168L * 500'000);
  then.costs[Resource::gpu] = Cost{168L * 11'500};
  then.costs[Resource::storage] = Cost{168L * 900'000};
  EXPECT_THAT(
      texts(find({idle_web()}, watched({idle_web()}, 24, 0.05), all_of_them(), week({then}))),
      ElementsAre(idle(511'500)));
}

}  // namespace
}  // namespace exporter::cost
