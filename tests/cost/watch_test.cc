#include "exporter/cost/watch.h"

#include <gmock/gmock.h>

#include <chrono>

#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Demand;
using samples::DemandRow;
using samples::hours_later;
using samples::kMiB;
using samples::of_deployment;
using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kBelow = 0.05;
constexpr WorkloadName kWeb{"c", "ns", "deployment", "web"};
constexpr WorkloadName kBare{"c", "ns", "pod", "bare"};

// One core and 100 MiB requested, and this used.
DemandRow uses(std::string pod, float cores, float mebibytes = 50) {
  return {.pod = std::move(pod),
          .cpu = {1, 1, cores},
          .memory = {100 * kMiB, 100 * kMiB, mebibytes * kMiB}};
}
DemandRow idle(std::string pod) { return uses(std::move(pod), 0.01F, 1); }
DemandRow web(float cores) { return of_deployment(uses("web-1", cores), "web"); }
DemandRow idle_web() { return of_deployment(idle("web-1"), "web"); }
// Keeps the usage of the cluster a measurement.
DemandRow busy() { return uses("busy", 0.5F); }

sys_seconds at(int hour) { return hours_later(hour).start; }

// What was seen after each of these hours, the first of which is hour().
class Life {
 public:
  Life& hour(const std::vector<DemandRow>& rows) { return in(hours_later(next_++), rows); }
  Life& in(model::Window window, const std::vector<DemandRow>& rows) {
    watch_.take(*samples::demands(rows, window), kBelow);
    return *this;
  }
  Life& skip(int hours) {
    next_ += hours;
    return *this;
  }
  const Seen& of(const WorkloadName& name) const {
    static const Seen kNothing;
    const Seen* const seen = watch_.find(name);
    EXPECT_NE(seen, nullptr) << name.name;
    return seen == nullptr ? kNothing : *seen;
  }
  const Watch& watch() const { return watch_; }

 private:
  Watch watch_;
  int next_ = 0;
};

bool is_idle(const std::vector<DemandRow>& rows, double below = kBelow) {
  const auto table = samples::demand_table(rows);
  std::vector<const model::Allocation*> pods;
  for (const model::Allocation& row : table->rows) pods.push_back(&row);
  return cost::is_idle(pods, below);
}

DemandRow demand(Demand cpu, Demand memory = {}, Demand gpu = {}) {
  return {.pod = "a", .cpu = cpu, .memory = memory, .gpu = gpu};
}

TEST(Idle, IsLessThanTheShareOfEachResourceRequested) {
  EXPECT_TRUE(is_idle({demand({100, 100, 4.999F}, {100, 100, 4.999F})}));
  EXPECT_FALSE(is_idle({demand({100, 100, 5}, {100, 100, 4.999F})}));
  EXPECT_FALSE(is_idle({demand({100, 100, 4.999F}, {100, 100, 5})}));
  EXPECT_TRUE(is_idle({demand({100, 100, 0}, {100, 100, 0})}));
}

TEST(Idle, ExactlyTheShareIsNotIdle) {
  for (const float requested : {20.F, 60.F, 100.F, 140.F, 700.F}) {
    EXPECT_FALSE(is_idle({demand({requested, requested, requested / 20})})) << requested;
  }
  EXPECT_FALSE(is_idle({demand({1, 1, 0})}, 0));
}

TEST(Idle, OnlyWhatIsRequestedCounts) {
  EXPECT_TRUE(is_idle({demand({1, 1, 0}, {9, 0, 9})}));
  EXPECT_TRUE(is_idle({demand({9, 0, 9}, {1, 1, 0})}));
  EXPECT_TRUE(is_idle({demand({1, 1, 0}, {0, 0, -1})}));
  EXPECT_FALSE(is_idle({demand({1, 1, 0}, {}, {1, 1, 1})}));
  EXPECT_TRUE(is_idle({demand({1, 1, 0}, {}, {1, 1, 0.04F})}));
}

TEST(Idle, WhatRequestsNeitherCpuNorMemoryIsNot) {
  EXPECT_FALSE(is_idle({}));
  EXPECT_FALSE(is_idle({demand({0, 0, 0}, {0, 0, 0})}));
  EXPECT_FALSE(is_idle({demand({}, {}, {1, 1, 0})}));
}

TEST(Idle, UnknownUsageIsNot) {
  EXPECT_FALSE(is_idle({demand({1, 1, -1})}));
  EXPECT_FALSE(is_idle({demand({1, 1, 0}, {1, 1, -1})}));
  EXPECT_FALSE(is_idle({demand({1, 1, 0}, {}, {1, 1, -1})}));
  EXPECT_FALSE(is_idle({demand({1, 1, 0}), demand({1, 1, -1})}));
}

TEST(Idle, PodsAreAddedUp) {
  EXPECT_TRUE(is_idle({demand({1, 1, 0.08F}), demand({1, 1, 0.01F})}));
  EXPECT_FALSE(is_idle({demand({1, 1, 0.10F}), demand({1, 1, 0.01F})}));
}

TEST(PodsByWorkload, StandUnderTheirWorkloadInTheOrderOfTheTable) {
  DemandRow nobody = uses("x", 1);
  nobody.kind = model::RowKind::unmounted;
  const auto table = samples::demand_table({of_deployment(uses("p1", 1), "web"), uses("p2", 1),
                                            of_deployment(uses("p3", 1), "web"),
                                            of_deployment(uses("p0", 1), "api"), nobody});
  const PodsByWorkload workloads(*table);
  std::vector<std::string> found;
  for (const auto& [name, pods] : workloads.all()) {
    std::string& text = found.emplace_back(std::string(name.kind) + " " + std::string(name.name));
    for (const model::Allocation* pod : pods) text += " " + std::string(pod->pod);
  }
  EXPECT_THAT(found, ElementsAre("deployment api p0", "deployment web p1 p3", "pod p2 p2"));
}

TEST(Watch, HasSeenNothingAtFirst) {
  Watch watch;
  EXPECT_EQ(watch.size(), 0);
  EXPECT_EQ(watch.find(kWeb), nullptr);
  EXPECT_EQ(watch.until(), sys_seconds{});
  EXPECT_THAT(watch.changes(true), IsEmpty());
}

TEST(Watch, RemembersSinceWhenAndHowLong) {
  Life life;
  life.hour({busy()}).hour({busy(), web(0.5F)}).hour({busy(), web(0.5F)});
  EXPECT_EQ(life.of(kWeb).since, at(1));
  EXPECT_EQ(life.of(kWeb).until, at(3));
  EXPECT_EQ(life.of(kWeb).idle_since, std::nullopt);
  EXPECT_EQ(life.watch().until(), at(3));
  EXPECT_EQ(life.watch().size(), 2);
}

TEST(Watch, LeavesOutAWindowThatDoesNotEndAfterTheLast) {
  Life life;
  life.hour({busy(), idle_web()});
  life.in(hours_later(0), {busy(), web(0.9F)}).in(hours_later(-2), {web(0.9F)});
  EXPECT_EQ(life.watch().until(), at(1));
  EXPECT_EQ(life.watch().size(), 2);
  EXPECT_EQ(life.of(kWeb).idle_since, at(0));
  EXPECT_EQ(life.of(kWeb).highest().cores, 0.01F);
}

TEST(Watch, BeginsAnewWhenAClockThatWasAheadIsSetRight) {
  Life life;
  life.hour({busy(), idle_web()});
  life.in(hours_later(-3), {busy(), idle_web()});
  EXPECT_EQ(life.watch().until(), at(-2));
  EXPECT_EQ(life.of(kWeb).idle_since, at(-3));
  EXPECT_EQ(life.of(kWeb).since, at(-3));
}

TEST(Watch, IsIdleSinceTheFirstOfItsIdleWindows) {
  Life life;
  life.hour({busy(), web(0.5F)}).hour({busy(), idle_web()}).hour({busy(), idle_web()});
  EXPECT_EQ(life.of(kWeb).idle_since, at(1));
  life.hour({busy(), web(0.5F)});
  EXPECT_EQ(life.of(kWeb).idle_since, std::nullopt);
  life.hour({busy(), idle_web()});
  EXPECT_EQ(life.of(kWeb).idle_since, at(4));
}

TEST(Watch, IsNotIdleWhileNobodyKnows) {
  for (const auto& [what, row] : {std::pair{"unknown", of_deployment(uses("web-1", -1), "web")},
                                  std::pair{"no hours", [] {
                                              DemandRow row = idle_web();
                                              row.hours = 0;
                                              return row;
                                            }()}}) {
    Life life;
    life.hour({busy(), idle_web()}).hour({busy(), row});
    EXPECT_EQ(life.of(kWeb).idle_since, std::nullopt) << what;
  }
}

TEST(Watch, IsNotIdleWhereNobodyUsesAnyCpu) {
  DemandRow far = busy();
  far.cluster = "d";
  Life life;
  life.hour({idle_web(), busy()});
  EXPECT_EQ(life.of(kWeb).idle_since, at(0));
  life.hour({web(0), uses("busy", 0), far});
  EXPECT_EQ(life.of(kWeb).idle_since, std::nullopt);
  EXPECT_EQ(life.of(kWeb).since, at(0));
  EXPECT_EQ(life.of(kWeb).until, at(2));
  life.hour({idle_web(), far});
  EXPECT_EQ(life.of(kWeb).idle_since, at(2));
}

TEST(Watch, HasNoPeaksWhereNobodyUsesAnyCpu) {
  Life life;
  life.hour({web(0)}).hour({web(-1)});
  EXPECT_THAT(life.of(kWeb).peaks, IsEmpty());
  EXPECT_EQ(life.of(kWeb).since, at(0));
  // Nothing was observed of it before.
  life.hour({web(0), busy()});
  EXPECT_THAT(life.of(kWeb).peaks, ElementsAre(Peak{sys_days(days(20522)), 0, 50 * kMiB}));
  EXPECT_EQ(life.of(kWeb).since, at(2));
  life.hour({web(0)}).hour({web(0), busy()});
  EXPECT_EQ(life.of(kWeb).since, at(2));
}

TEST(Watch, UsageOfWhatIsNoPodIsNoMeasurement) {
  DemandRow other = uses("", 1);
  other.kind = model::RowKind::idle;
  Life life;
  life.hour({web(0), other});
  EXPECT_THAT(life.of(kWeb).peaks, IsEmpty());
  EXPECT_EQ(life.watch().size(), 1);
}

TEST(Watch, KeepsTheHighestHourlyMeanOfAnyPod) {
  DemandRow brief = of_deployment(uses("web-2", 0.25F, 10), "web");
  brief.hours = 0.25F;
  DemandRow none = of_deployment(uses("web-3", 9, 900), "web");
  none.hours = 0;
  DemandRow unknown = of_deployment(uses("web-4", -1, -1), "web");
  Life life;
  life.hour({web(0.75F), brief, none, unknown});
  EXPECT_THAT(life.of(kWeb).peaks, ElementsAre(Peak{sys_days(days(20522)), 1, 50 * kMiB}));
  life.hour({web(0.5F)});
  EXPECT_THAT(life.of(kWeb).peaks, ElementsAre(Peak{sys_days(days(20522)), 1, 50 * kMiB}));
  life.hour({of_deployment(uses("web-1", 0.5F, 60), "web")});
  EXPECT_THAT(life.of(kWeb).peaks, ElementsAre(Peak{sys_days(days(20522)), 1, 60 * kMiB}));
}

TEST(Watch, TheHourBeforeMidnightIsOfTheDayThatEnds) {
  Life life;
  life.in(hours_later(13), {web(0.5F)}).in(hours_later(14), {web(0.25F)});
  EXPECT_THAT(life.of(kWeb).peaks, ElementsAre(Peak{sys_days(days(20522)), 0.5F, 50 * kMiB},
                                               Peak{sys_days(days(20523)), 0.25F, 50 * kMiB}));
  EXPECT_EQ(life.of(kWeb).highest(), (Peak{sys_days(days(20523)), 0.5F, 50 * kMiB}));
}

TEST(Watch, ForgetsThePeaksOfDaysLongGone) {
  Life life;
  life.hour({web(0.9F)});
  for (int hour = 1; hour < 7 * 24 + 14; ++hour) life.hour({web(0.5F)});
  EXPECT_EQ(life.of(kWeb).peaks.size(), kPeakDays);
  EXPECT_EQ(life.of(kWeb).highest().cores, 0.9F);
  life.hour({web(0)});  // an hour of the ninth day; what was is forgotten, measured or not
  EXPECT_EQ(life.of(kWeb).peaks.size(), kPeakDays - 1);
  EXPECT_EQ(life.of(kWeb).highest().cores, 0.5F);
}

TEST(Watch, BeginsAnewAfterAGapAndKeepsThePeaks) {
  Life life;
  life.hour({busy(), idle_web()}).skip(2).hour({busy(), idle_web()});
  EXPECT_EQ(life.of(kWeb).since, at(0)) << "exactly the longest gap";
  EXPECT_EQ(life.of(kWeb).idle_since, at(0));
  const model::Window late{at(6) + seconds(1), at(7) + seconds(1)};
  life.in(late, {busy(), idle_web()});
  EXPECT_EQ(life.of(kWeb).since, late.start) << "a second more";
  EXPECT_EQ(life.of(kWeb).idle_since, late.start);
  EXPECT_EQ(life.of(kWeb).peaks.size(), 1);
}

TEST(Watch, BeginsAnewOfWhatIsAwayToo) {
  Life life;
  life.hour({busy(), web(0.5F)}).skip(3).hour({busy()}).hour({busy(), web(0.25F)});
  EXPECT_EQ(life.of(kWeb).since, at(4));
  EXPECT_EQ(life.of(kWeb).highest().cores, 0.5F);
}

TEST(Watch, AJobThatWasAwayWhileItWasWatchedIsTheSame) {
  Life life;
  life.hour({busy(), idle_web()});
  for (int hour = 0; hour < 30; ++hour) life.hour({busy()});
  EXPECT_EQ(life.of(kWeb).until, at(1));
  EXPECT_EQ(life.of(kWeb).idle_since, std::nullopt);
  life.hour({busy(), idle_web()});
  EXPECT_EQ(life.of(kWeb).since, at(0));
  EXPECT_EQ(life.of(kWeb).idle_since, at(31)) << "there was nothing that could be idle";
}

TEST(Watch, ForgetsABarePodThatIsGone) {
  Life life;
  life.hour({busy(), uses("bare", 0.5F)}).hour({busy()});
  EXPECT_EQ(life.watch().find(kBare), nullptr);
  life.hour({busy(), uses("bare", 0.25F)});
  EXPECT_EQ(life.of(kBare).since, at(2));
  EXPECT_EQ(life.of(kBare).highest().cores, 0.25F);
}

TEST(Watch, ForgetsOtherWorkloadsAfterDays) {
  Life life;
  life.hour({busy(), web(0.5F)});
  for (int hour = 0; hour < 8 * 24; ++hour) life.hour({busy()});
  EXPECT_EQ(life.of(kWeb).until, at(1));
  life.hour({busy()});
  EXPECT_EQ(life.watch().find(kWeb), nullptr);
  EXPECT_EQ(life.watch().size(), 1);
}

TEST(Watch, TellsWorkloadsApartByAllTheirNames) {
  DemandRow other_cluster = web(0.5F);
  other_cluster.cluster = "d";
  DemandRow other_namespace = web(0.5F);
  other_namespace.name_space = "other";
  DemandRow other_kind = web(0.5F);
  other_kind.controller_kind = "statefulset";
  other_kind.pod = "web-2";
  Life life;
  life.hour({other_cluster, other_namespace, other_kind, busy()}).hour({busy(), web(0.5F)});
  EXPECT_EQ(life.watch().size(), 5);
  EXPECT_EQ(life.of(kWeb).since, at(1));
  EXPECT_EQ(life.of({"d", "ns", "deployment", "web"}).until, at(1));
}

}  // namespace
}  // namespace exporter::cost
