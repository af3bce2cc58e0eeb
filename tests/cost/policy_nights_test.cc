// What policies make of hour after hour, and of what OpenCost leaves out, restarts included.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using samples::owned;
using samples::pod;
using samples::Row;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::IsEmpty;
using namespace std::chrono_literals;

/// What OpenCost says of some hours, and what comes of it.
class Nights : public testing::Test {
 protected:
  struct Pod {
    Row row;
    bool idle = true;
  };

  static Pod idle(std::string name_space, std::string name, std::int64_t micros = 100'000) {
    return {pod("c", std::move(name_space), std::move(name), micros), true};
  }
  static Pod busy(std::string name_space, std::string name, std::int64_t micros = 100'000) {
    return {pod("c", std::move(name_space), std::move(name), micros), false};
  }

  std::shared_ptr<model::AllocationTable> table(const std::vector<Pod>& pods) const {
    std::vector<Row> rows = {samples::idle("c", 1), samples::unmounted("c", 1)};
    for (const Pod& pod : pods) rows.push_back(pod.row);
    // Somebody always works, or nothing is measured.
    rows.push_back(pod("z", "busy", "p", 1));
    rows.push_back(pod("c", "busy", "p", 1));
    auto out = samples::table(rows);
    out->window = {samples::hour().start + hour_, samples::hour().end + hour_};
    for (model::Allocation& row : out->rows) {
      row.hours = 1;
      row.cpu = {1, 1, 1};
      row.memory = {1, 1, 1};
      for (const Pod& pod : pods) {
        if (!pod.idle || pod.row.pod != row.pod || pod.row.name_space != row.name_space) continue;
        row.cpu.used = row.memory.used = 0;
      }
    }
    return out;
  }

  /// The next hour: `cluster verdict=count... month; matches`.
  std::string next(const std::shared_ptr<model::AllocationTable>& table) {
    auto current = std::make_shared<const Breakdown>(break_down(table));
    watch_.take(*current, 0.05);
    const PolicyStatus status = apply(policy_, current, watch_, matches_);
    matches_.forget({policy_}, current->window.end);
    hour_ += 1h;
    return text(status);
  }
  std::string next(const std::vector<Pod>& pods) { return next(table(pods)); }

  static std::string text(const PolicyStatus& status) {
    std::string out;
    for (const auto& cluster : status.clusters) {
      if (cluster.cluster == "z") continue;  // as it is not judged here
      out += cluster.cluster;
      for (std::size_t i = 0; i < kVerdicts; ++i) {
        if (cluster.workloads[i] == 0) continue;
        out += " " + std::string(to_string(static_cast<Verdict>(i))) + "=" +
               std::to_string(cluster.workloads[i]);
      }
      out += " " + std::to_string(cluster.per_month.micros) + ";";
    }
    for (const PolicyMatch& match : status.matches) {
      out += " " + std::string(match.workload.name_space) + "/" + std::string(match.workload.name) +
             "@" + std::to_string((match.idle_since - samples::hour().start) / 1h);
    }
    return out;
  }

  std::string match(std::string_view name_space, std::string_view name) const {
    const Matches::Match* const found =
        matches_.find(policy_.name, {"c", name_space, kBarePod, name});
    if (found == nullptr) return "none";
    const auto hours = [](sys_seconds time) {
      return std::to_string((time - samples::hour().start) / 1h);
    };
    return hours(found->since) + " to " + (found->ended ? hours(*found->ended) : "now");
  }

  void restart() {
    const auto kept_watch = watch_.changes(true), kept_matches = matches_.changes(true);
    watch_ = Watch();
    matches_ = Matches();
    EXPECT_EQ(watch_.restore(kept_watch), 0u);
    EXPECT_EQ(matches_.restore(kept_matches), 0u);
  }

  Policy policy_ = [] {
    Policy out;
    out.name = "nights";
    out.idle_for = 2h;
    out.minimum_per_hour = 0.05;
    out.include = {"dev*"};
    return out;
  }();
  Watch watch_;
  Matches matches_;
  seconds hour_{0};
};

constexpr std::string_view kNobody = "c namespace_not_in_scope=1 0;";

TEST_F(Nights, CountEveryWorkloadOnce) {
  next({idle("dev", "a"), idle("dev", "b"), busy("dev", "d"), idle("dev", "e", 10)});
  EXPECT_EQ(next({idle("dev", "a"), idle("dev", "b", 200'000), busy("dev", "d"),
                  idle("dev", "e", 10), idle("prod", "f")}),
            "c would_act=2 namespace_not_in_scope=2 not_idle=1 cost_below_minimum=1 219000000; "
            "dev/a@0 dev/b@0");
  EXPECT_EQ(match("dev", "a"), "1 to now");
  EXPECT_EQ(match("dev", "d"), "none");
  EXPECT_EQ(match("prod", "f"), "none");
}

TEST_F(Nights, AMonthIs730HoursWhateverTheWindow) {
  next({idle("dev", "a")});
  auto longer = table({idle("dev", "a", 250'000)});
  longer->window.end += 1h;
  EXPECT_EQ(next(longer), "c would_act=1 namespace_not_in_scope=1 91250000; dev/a@0");
}

TEST_F(Nights, RejectedPodsOfAWorkload) {
  next({idle("dev", "a"), idle("dev", "b")});
  const auto rejecting = [&](std::string_view name_space, std::string_view name,
                             std::string_view cluster = "c") {
    auto out = table({idle("dev", "a"), idle("dev", "b")});
    model::Allocation& row = out->rejected.emplace_back();
    row.cluster = cluster;
    row.name_space = name_space;
    row.pod = name;
    return out;
  };
  EXPECT_EQ(next(rejecting("dev", "a")),
            "c would_act=1 namespace_not_in_scope=1 cost_unknown=1 73000000; dev/b@0");
  EXPECT_EQ(next(rejecting("prod", "a")),
            "c would_act=2 namespace_not_in_scope=2 146000000; "
            "dev/a@0 dev/b@0");
  EXPECT_EQ(next(rejecting("dev", "gone")),
            "c would_act=2 namespace_not_in_scope=1 cost_unknown=1 146000000; dev/a@0 dev/b@0")
      << "what was rejected as a whole is one, too";
  const std::string nobody = "c namespace_not_in_scope=1 cost_unknown=2 0;";
  EXPECT_EQ(next(rejecting("dev", "")), nobody) << "whose it is, is not said";
  EXPECT_EQ(next(rejecting("", "a")), nobody);
  EXPECT_EQ(next(rejecting("dev", "a", "")), nobody);
}

TEST_F(Nights, RejectedRowsWithoutAName) {
  next({idle("dev", "a")});
  auto unnamed = table({idle("dev", "a")});
  unnamed->rejected_unnamed = 1;
  EXPECT_EQ(next(unnamed), "c namespace_not_in_scope=1 cost_unknown=1 0;");
}

TEST_F(Nights, RejectedIdleAndUnmountedCostIsNoWorkloads) {
  next({idle("dev", "a")});
  auto odd = table({idle("dev", "a")});
  odd->rejected.emplace_back().kind = model::RowKind::idle;
  odd->rejected.emplace_back().kind = model::RowKind::unmounted;
  EXPECT_EQ(next(odd), "c would_act=1 namespace_not_in_scope=1 73000000; dev/a@0");
}

// One of the pods of a deployment was rejected: what is left of it may be idle and cheap.
TEST_F(Nights, RejectedPodsByTheirController) {
  Pod one{owned(pod("c", "dev", "a-1", 100'000), "deployment", "a"), true};
  next({one});
  auto half = table({one});
  model::Allocation& row = half->rejected.emplace_back();
  row.cluster = "c", row.name_space = "dev", row.pod = "a-2";
  row.controller_kind = "deployment", row.controller = "a";
  EXPECT_EQ(next(half), "c namespace_not_in_scope=1 cost_unknown=1 0;");
}

TEST_F(Nights, SumsOfMonthsAreCapped) {
  std::vector<Pod> pods;
  pods.reserve(9);
  for (int i = 0; i < 9; ++i) {
    pods.push_back(idle("dev", "p" + std::to_string(i), std::int64_t{1} << 53));
  }
  next(pods);
  EXPECT_THAT(next(pods),
              testing::StartsWith("c would_act=9 namespace_not_in_scope=1 9223372036854775807; "));
}

TEST_F(Nights, MatchesEndWhenAWorkloadComesToLife) {
  policy_.cooldown = 3h;
  next({idle("dev", "a")});
  EXPECT_EQ(match("dev", "a"), "none") << "not for long enough";
  next({idle("dev", "a")});
  next({idle("dev", "a")});
  EXPECT_EQ(match("dev", "a"), "1 to now");
  EXPECT_EQ(next({busy("dev", "a")}), "c namespace_not_in_scope=1 not_idle=1 0;");
  EXPECT_EQ(match("dev", "a"), "1 to 4");
  EXPECT_EQ(next({idle("dev", "a")}), "c namespace_not_in_scope=1 in_cooldown=1 0;");
  EXPECT_EQ(next({idle("dev", "a")}), "c namespace_not_in_scope=1 in_cooldown=1 0;");
  EXPECT_EQ(match("dev", "a"), "1 to 4");
  EXPECT_EQ(next({idle("dev", "a")}), "c would_act=1 namespace_not_in_scope=1 73000000; dev/a@4");
  EXPECT_EQ(match("dev", "a"), "6 to now");
}

TEST_F(Nights, MatchesEndWhenAWorkloadIsGone) {
  policy_.cooldown = 9h;
  next({idle("dev", "a")}), next({idle("dev", "a")});
  EXPECT_EQ(next(std::vector<Pod>{}), kNobody);
  EXPECT_EQ(match("dev", "a"), "1 to 3");
}

TEST_F(Nights, MatchesEndForWhateverReason) {
  policy_.cooldown = 9h;
  next({idle("dev", "a"), idle("dev", "b")}), next({idle("dev", "a"), idle("dev", "b")});
  ASSERT_EQ(match("dev", "a"), "1 to now");
  auto unnamed = table({idle("dev", "a"), idle("dev", "b", 1)});
  unnamed->rejected_unnamed = 1;
  next(unnamed);
  EXPECT_EQ(match("dev", "a"), "1 to 3");
  EXPECT_EQ(match("dev", "b"), "1 to 3");
}

TEST_F(Nights, OfOtherPoliciesAreLeftAlone) {
  next({idle("dev", "a")}), next({idle("dev", "a")});
  matches_.began("other", {"c", "dev", kBarePod, "a"}, samples::hour().start);
  auto current = std::make_shared<const Breakdown>(break_down(table({busy("dev", "a")})));
  watch_.take(*current, 0.05);
  apply(policy_, current, watch_, matches_);
  EXPECT_EQ(match("dev", "a"), "1 to 3");
  EXPECT_EQ(matches_.find("other", {"c", "dev", kBarePod, "a"})->ended, std::nullopt);
}

// Hours in which nobody looked are not idle ones.
TEST_F(Nights, GapsAreNotIdle) {
  next({idle("dev", "a")});
  hour_ += 5h;
  EXPECT_EQ(next({idle("dev", "a")}), "c namespace_not_in_scope=1 not_idle=1 0;");
  EXPECT_EQ(next({idle("dev", "a")}), "c would_act=1 namespace_not_in_scope=1 73000000; dev/a@6");
}

// A Watch that has not taken the window in does not know it.
TEST_F(Nights, WindowsNobodyWatched) {
  next({idle("dev", "a")}), next({idle("dev", "a")});
  auto current = std::make_shared<const Breakdown>(break_down(table({idle("dev", "a")})));
  EXPECT_EQ(text(apply(policy_, current, watch_, matches_)),
            "c namespace_not_in_scope=1 not_idle=1 0;");
  EXPECT_EQ(text(apply(policy_, current, Watch(), matches_)),
            "c namespace_not_in_scope=1 not_idle=1 0;");
}

TEST_F(Nights, OfAnEmptyAnswer) {
  const auto empty = std::make_shared<const Breakdown>(break_down(samples::table({})));
  const PolicyStatus status = apply(policy_, empty, watch_, matches_);
  EXPECT_EQ(status.policy, "nights");
  EXPECT_EQ(status.of, empty);
  EXPECT_THAT(status.clusters, IsEmpty());
  EXPECT_THAT(status.matches, IsEmpty());
}

// The same hours with a restart after each of some of them: not a word differs.
TEST_F(Nights, RestartsChangeNothing) {
  policy_.cooldown = 3h;
  std::mt19937_64 random(24);
  int acted = 0, cooled = 0;
  for (int round = 0; round < 300 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    std::vector<std::vector<Pod>> hours(12);
    for (auto& pods : hours) {
      for (const char* name : {"a", "b", "d"}) {
        if (random() % 8 == 0) continue;
        pods.push_back(random() % 5 == 0 ? busy("dev", name) : idle("dev", name));
        pods.back().row = owned(pods.back().row, "deployment", name);
      }
    }
    const auto run = [&](std::uint64_t restarts) {
      watch_ = Watch();
      matches_ = Matches();
      hour_ = 0h;
      std::vector<std::string> out;
      for (std::size_t i = 0; i < hours.size(); ++i) {
        out.push_back(next(hours[i]));
        for (const WorkloadName& name : matches_.open("nights")) out.emplace_back(name.name);
        if ((restarts >> i & 1) != 0) restart();
      }
      return out;
    };
    const auto expected = run(0);
    EXPECT_EQ(run(random()), expected);
    EXPECT_EQ(run(~0u), expected);
    for (const std::string& line : expected) {
      acted += line.find("would_act") == std::string::npos ? 0 : 1;
      cooled += line.find("in_cooldown") == std::string::npos ? 0 : 1;
    }
  }
  EXPECT_GT(acted, 500);
  EXPECT_GT(cooled, 500);
}

// What is kept piece by piece is what is kept whole.
TEST_F(Nights, ChangesAddUp) {
  policy_.cooldown = 2h;
  std::mt19937_64 random(25);
  std::map<std::string, std::string> kept = matches_.changes(false);
  std::size_t most = 0, forgotten = 0;
  for (int i = 0; i < 500 && !HasFailure(); ++i) {
    std::vector<Pod> pods;
    for (const char* name : {"a", "b", "d"}) {
      pods.push_back(random() % 4 == 0 ? busy("dev", name) : idle("dev", name));
    }
    next(pods);
    for (const auto& [key, value] : matches_.changes(false)) {
      if (!value.empty()) {
        kept[key] = value;
        continue;
      }
      EXPECT_EQ(kept.erase(key), 1u);
      ++forgotten;
    }
    most = std::max(most, kept.size());
    EXPECT_EQ(matches_.changes(true), kept);
    EXPECT_THAT(matches_.changes(false), IsEmpty());
  }
  EXPECT_EQ(most, 3u);
  EXPECT_GT(forgotten, 10u);
}

}  // namespace
}  // namespace exporter::cost
