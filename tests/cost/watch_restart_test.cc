// What a Watch keeps over a restart.
#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <map>

#include "exporter/cost/watch.h"
#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using samples::DemandRow;
using samples::hours_later;
using samples::kMiB;
using samples::of_deployment;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::Pair;

constexpr double kBelow = 0.05;
constexpr WorkloadName kWeb{"c", "ns", "deployment", "web"};

using Texts = std::map<std::string, std::string>;

// One core and 100 MiB requested, and this used.
DemandRow uses(std::string pod, float cores, float mebibytes = 50) {
  return {.pod = std::move(pod),
          .cpu = {1, 1, cores},
          .memory = {100 * kMiB, 100 * kMiB, mebibytes * kMiB}};
}
DemandRow web(float cores, float mebibytes = 50) {
  return of_deployment(uses("web-1", cores, mebibytes), "web");
}
DemandRow idle_web() { return web(0.015625F, 1); }
DemandRow busy() { return uses("busy", 0.5F); }

void take(Watch& watch, int hour, const std::vector<DemandRow>& rows) {
  watch.take(*samples::demands(rows, hours_later(hour)), kBelow);
}

// The ledger: forgets what has become empty.
void put(Texts& kept, const Texts& changes) {
  for (const auto& [key, text] : changes) {
    if (text.empty()) {
      kept.erase(key);
    } else {
      kept[key] = text;
    }
  }
}

std::string key(std::string_view name, std::string_view kind = "deployment") {
  return "c\x1fns\x1f" + std::string(kind) + "\x1f" + std::string(name);
}

// 2026-03-10 10:00 UTC is 1773136800, and its day the 20522nd.
TEST(WatchKept, IsTextThatSaysAll) {
  Watch watch;
  take(watch, 0, {busy(), idle_web()});
  EXPECT_THAT(watch.changes(false),
              ElementsAre(Pair("", "1773140400"),
                          Pair(key("web"), "1773136800 1773136800 - 20522:0.015625:1048576;"),
                          Pair(key("busy", "pod"), "1773136800 - - 20522:0.5:52428800;")));
  take(watch, 1, {busy(), uses("unseen", -1, -1)});
  EXPECT_THAT(watch.changes(false),
              ElementsAre(Pair("", "1773144000"),
                          Pair(key("web"), "1773136800 - 1773140400 20522:0.015625:1048576;"),
                          Pair(key("unseen", "pod"), "1773140400 - -;")));
  take(watch, 2, {busy(), web(0.5F)});
  EXPECT_THAT(
      watch.changes(false),
      ElementsAre(Pair("", "1773147600"), Pair(key("web"), "1773136800 - - 20522:0.5:52428800;"),
                  Pair(key("unseen", "pod"), "")));
}

TEST(WatchKept, IsEverythingWhenAskedOrWhenNobodyAskedBefore) {
  Watch watch;
  take(watch, 0, {busy(), idle_web()});
  take(watch, 1, {busy(), idle_web()});
  const Texts first = watch.changes(false);
  EXPECT_EQ(first.size(), 3);
  EXPECT_EQ(watch.changes(true), first);
  EXPECT_EQ(watch.changes(true), first);
  EXPECT_THAT(watch.changes(false), ElementsAre(Pair("", "1773144000")));
}

TEST(WatchKept, BarePodsThatComeAndGoLeaveNothing) {
  Watch watch;
  for (int hour = 0; hour < 50; ++hour) {
    take(watch, hour, {uses("pod-" + std::to_string(hour), 0.5F)});
  }
  EXPECT_EQ(watch.changes(false).size(), 2);
}

TEST(WatchKept, OfWorkloadsAtRestIsNothingNew) {
  std::vector<DemandRow> rows = {busy()};
  for (int i = 0; i < 20'000; ++i) {
    rows.push_back(of_deployment(i % 2 == 0 ? web(0.5F) : idle_web(), "web-" + std::to_string(i)));
    rows.back().pod = rows.back().controller + "-1";
  }
  Watch watch;
  take(watch, 0, rows);
  EXPECT_EQ(watch.changes(false).size(), 20'002);
  for (int hour = 1; hour < 4; ++hour) {
    take(watch, hour, rows);
    ASSERT_EQ(watch.changes(false).size(), 1);
  }
}

TEST(WatchKept, IsPutInThePlaceOfWhatIsKnown) {
  Watch old;
  take(old, 0, {busy(), idle_web()});
  const Texts kept = old.changes(true);
  Watch watch;
  take(watch, 5, {busy(), uses("other", 0.5F)});
  EXPECT_EQ(watch.restore(kept), 0);
  EXPECT_EQ(watch.size(), 2);
  EXPECT_EQ(watch.until(), old.until());
  EXPECT_EQ(*watch.find(kWeb), *old.find(kWeb));
  EXPECT_EQ(watch.changes(true), kept);
  EXPECT_EQ(watch.restore({}), 0);
  EXPECT_EQ(watch.size(), 0);
  EXPECT_EQ(watch.until(), sys_seconds{});
}

TEST(WatchKept, ARestartAfterALongTimeBeginsAnew) {
  Watch old;
  take(old, 0, {busy(), idle_web()});
  Watch watch;
  watch.restore(old.changes(true));
  take(watch, 3, {busy(), idle_web()});
  EXPECT_EQ(watch.find(kWeb)->idle_since, hours_later(0).start) << "exactly the longest gap";
  watch.restore(old.changes(true));
  take(watch, 4, {busy(), idle_web()});
  EXPECT_EQ(watch.find(kWeb)->since, hours_later(4).start);
  EXPECT_EQ(watch.find(kWeb)->idle_since, hours_later(4).start);
  EXPECT_EQ(watch.find(kWeb)->peaks.size(), 1);
}

TEST(WatchKept, WhatCannotBeReadIsLeftOutAndCounted) {
  const std::string good = "1773136800 1773136800 - 20522:0.25:1024;";
  Watch watch;
  ASSERT_EQ(watch.restore({{"", "1773140400"}, {key("web"), good}}), 0);
  ASSERT_EQ(watch.size(), 1);
  const std::vector<std::string> bad = {
      "",
      ";",
      "nonsense",
      "1773136800 - -",
      "1773136800 - -;;",
      "1773136800 - -; ",
      " 1773136800 - -;",
      "1773136800  - -;",
      "1773136800 -;",
      "- - -;",
      "-1 - -;",
      "+1773136800 - -;",
      "01773136800 - -;",
      "1773136800.0 - -;",
      "99999999999999999999 - -;",
      "253402300800 - -;",
      "1773140401 - -;",                    // since after the last window
      "1773136800 1773136799 -;",           // idle before it was seen
      "1773136800 1773140401 -;",           // idle after the last window
      "1773136800 1773136800 1773136800;",  // idle while it was away
      "1773136800 - 1773140401;",           // away after the last window
      "1773136800 - 1773140400;",           // says what goes without saying
      "1773136800 - - 20522:0.25;",
      "1773136800 - - 20522:0.25:;",
      "1773136800 - - 20522::1024;",
      "1773136800 - - :0.25:1024;",
      "1773136800 - - 20522:-0.25:1024;",
      "1773136800 - - 20522:-0:1024;",
      "1773136800 - - 20522:nan:1024;",
      "1773136800 - - 20522:0.25:inf;",
      "1773136800 - - 20522:1e39:1024;",
      "1773136800 - - 20522:0.250:1024;",
      "1773136800 - - 20522:0.25:1024:1;",
      "1773136800 - - 20522:0.25:1024,;",
      "1773136800 - - -1:0.25:1024;",
      "1773136800 - - 99999999999:0.25:1024;",
      "1773136800 - - 20523:0.25:1024;",                  // tomorrow
      "1773136800 - - 20522:0.25:1024 20522:0.25:1024;",  // the same day twice
      "1773136800 - - 20522:0.25:1024 20521:0.25:1024;",  // out of order
      "1773136800 - - 1:1:1 2:1:1 3:1:1 4:1:1 5:1:1 6:1:1 7:1:1 8:1:1 9:1:1;",
  };
  for (const std::string& text : bad) {
    EXPECT_EQ(watch.restore({{"", "1773140400"}, {key("api"), good}, {key("web"), text}}), 1)
        << text;
    EXPECT_EQ(watch.size(), 1) << text;
    EXPECT_EQ(watch.find(kWeb), nullptr) << text;
  }
}

TEST(WatchKept, AKeyIsFourNames) {
  const std::string good = "1773136800 - -;";
  for (const std::string name : {"web",
                                 "c\x1fns\x1f"
                                 "deployment",
                                 "c\x1fns\x1f"
                                 "a\x1f"
                                 "b\x1f"
                                 "c"}) {
    Watch watch;
    EXPECT_EQ(watch.restore({{"", "1773140400"}, {name, good}}), 1) << name;
    EXPECT_EQ(watch.size(), 0);
  }
  Watch watch;
  EXPECT_EQ(watch.restore({{"", "1773140400"}, {"\x1f\x1f\x1f", good}}), 0);
  EXPECT_NE(watch.find({"", "", "", ""}), nullptr);
}

TEST(WatchKept, NothingCanBeReadWithoutTheEndOfTheLastWindow) {
  const std::string good = "1773136800 - -;";
  for (const char* text : {"", "x", "-", "-1", "1773140400;", " 1773140400", "01773140400",
                           "253402300800", "99999999999999999999"}) {
    Watch watch;
    EXPECT_EQ(watch.restore({{"", text}, {key("web"), good}}), 2) << text;
    EXPECT_EQ(watch.size(), 0);
    EXPECT_EQ(watch.until(), sys_seconds{});
  }
  Watch watch;
  EXPECT_EQ(watch.restore({{key("web"), good}}), 1);
  EXPECT_EQ(watch.size(), 0);
}

void expect_sane(const Watch& watch) {
  const Seen* seen = watch.find(kWeb);
  if (seen == nullptr) return;
  EXPECT_LE(seen->since, watch.until());
  EXPECT_LE(seen->until, watch.until());
  if (seen->idle_since) {
    EXPECT_LE(seen->since, *seen->idle_since);
    EXPECT_LE(*seen->idle_since, watch.until());
  }
  EXPECT_LE(seen->peaks.size(), kPeakDays);
  for (std::size_t i = 0; i < seen->peaks.size(); ++i) {
    const Peak& peak = seen->peaks[i];
    EXPECT_TRUE(i == 0 || seen->peaks[i - 1].day < peak.day);
    EXPECT_LE(peak.day, floor<days>(watch.until()));
    EXPECT_TRUE(std::isfinite(peak.cores) && peak.cores >= 0);
    EXPECT_TRUE(std::isfinite(peak.memory_bytes) && peak.memory_bytes >= 0);
  }
}

TEST(WatchKept, CutOffAnywhereItIsNotRead) {
  const std::string text = "1773136800 1773136800 - 20521:1.5e-08:1e+20 20522:0.25:1024;";
  Watch watch;
  ASSERT_EQ(watch.restore({{"", "1773140400"}, {key("web"), text}}), 0);
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(watch.restore({{"", "1773140400"}, {key("web"), text.substr(0, length)}}), 1);
    EXPECT_EQ(watch.size(), 0);
  }
}

TEST(WatchKept, WithAnyByteChangedIsSaneOrNotRead) {
  int read = 0;
  for (const std::string text : {"1773136800 1773136800 - 20521:1.5e-08:1e+20 20522:0.25:1024;",
                                 "1773136800 - 1773136900 20522:0.25:1024;"}) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string mutated = text;
        mutated[i] = static_cast<char>(byte);
        Watch watch;
        const std::size_t unreadable = watch.restore({{"", "1773140400"}, {key("web"), mutated}});
        ASSERT_EQ(watch.size() + unreadable, 1) << mutated;
        expect_sane(watch);
        ASSERT_FALSE(testing::Test::HasFailure()) << mutated;
        read += unreadable == 0 ? 1 : 0;
        take(watch, 1, {busy(), idle_web()});
        expect_sane(watch);
      }
    }
  }
  EXPECT_GT(read, 100) << "some are times and amounts that might have been";
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }

 private:
  std::mt19937_64 random_;
};

DemandRow random_row(Dice& dice, int i) {
  DemandRow row = uses("p" + std::to_string(i), 0);
  const float used = static_cast<float>(dice.upto(64)) / 64;
  row.cpu.used = dice.one_in(20) ? -1 : dice.one_in(2) ? 0.015625F : used;
  row.memory.used = dice.one_in(20) ? -1 : dice.one_in(2) ? kMiB : used * 100 * kMiB;
  if (dice.one_in(30)) row.hours = 0;
  row.cluster = i % 3 == 0 ? "c" : "d";
  if (i % 4 != 0) row = of_deployment(row, "app" + std::to_string(i % 5));
  return row;
}

std::vector<DemandRow> random_rows(Dice& dice) {
  std::vector<DemandRow> rows;
  for (int i = 0; i < 12; ++i) {
    if (!dice.one_in(4)) rows.push_back(random_row(dice, i));
  }
  if (dice.one_in(15)) {  // the metrics are gone
    for (DemandRow& row : rows) row.cpu.used = 0;
  }
  return rows;
}

int next_hour(Dice& dice) {
  if (dice.one_in(60)) return 24 * dice.upto(9) + 4;
  if (dice.one_in(20)) return dice.upto(6) - 2;  // a gap, or no next window at all
  return 1;
}

void expect_equal(const Watch& a, const Watch& b) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.until(), b.until());
  for (int i = 0; i < 12; ++i) {
    const std::string app = "app" + std::to_string(i % 5), pod = "p" + std::to_string(i);
    for (const char* cluster : {"c", "d"}) {
      for (const WorkloadName& name :
           {WorkloadName{cluster, "ns", "deployment", app}, {cluster, "ns", "pod", pod}}) {
        const Seen* const left = a.find(name);
        const Seen* const right = b.find(name);
        ASSERT_EQ(left == nullptr, right == nullptr);
        if (left == nullptr) continue;
        ASSERT_EQ(*left, *right);
      }
    }
  }
}

TEST(WatchKept, ALifeWithRestartsIsTheSameAsOneWithout) {
  for (std::uint64_t seed = 0; seed < 60 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Watch steady, restarted;
    Texts kept;
    restarted.restore(kept);
    int hour = 0;
    for (int i = 0; i < 120 && !testing::Test::HasFailure(); ++i) {
      hour += next_hour(dice);
      const std::vector<DemandRow> rows = random_rows(dice);
      take(steady, hour, rows);
      take(restarted, hour, rows);
      if (dice.one_in(8)) {
        kept = restarted.changes(true);
      } else if (!dice.one_in(5)) {  // else later: several windows at once
        put(kept, restarted.changes(false));
      } else {
        continue;
      }
      if (dice.one_in(3)) {
        restarted = Watch();
        ASSERT_EQ(restarted.restore(kept), 0);
      }
      expect_equal(steady, restarted);
    }
  }
}

// Killed at any moment, it knows what it had offered last and not a second more.
TEST(WatchKept, IdlenessIsNeitherInventedNorForgotten) {
  for (std::uint64_t seed = 0; seed < 60 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Watch watch;
    Texts kept;
    watch.restore(kept);
    std::optional<Seen> offered;
    for (int hour = 0; hour < 60; ++hour) {
      take(watch, hour, {busy(), dice.one_in(8) ? web(0.5F) : idle_web()});
      if (dice.one_in(2)) {
        put(kept, watch.changes(false));
        offered = *watch.find(kWeb);
      }
      Watch after;
      ASSERT_EQ(after.restore(kept), 0);
      ASSERT_EQ(after.find(kWeb) == nullptr, !offered);
      if (!offered) continue;
      ASSERT_EQ(*after.find(kWeb), *offered);
    }
  }
}

}  // namespace
}  // namespace exporter::cost
