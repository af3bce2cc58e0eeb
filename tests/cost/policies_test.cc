// When a policy would act, and above all when it would not.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Resource;
using samples::labelled;
using samples::owned;
using samples::pod;
using samples::Row;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr WorkloadName kName = {"c", "dev-ada", "deployment", "till"};

Row till(std::string pod_name, std::int64_t micros,
         std::map<std::string, std::string> labels = {}) {
  return labelled(owned(pod("c", "dev-ada", std::move(pod_name), micros), "deployment", "till"),
                  std::move(labels));
}

Policy policy() {
  Policy out;
  out.name = "nights";
  out.idle_for = 2h;
  out.minimum_per_hour = 0.05;
  return out;
}

/// One workload that has been idle for three hours by the end of its window.
struct Case {
  std::vector<Row> rows = {till("a", 30'000), till("b", 30'000)};
  model::Window window = samples::hour();
  bool known = true;
  std::optional<Seen> seen =
      Seen{samples::hour().end - 9h, samples::hour().end, samples::hour().end - 3h, {}};
  std::optional<Matches::Match> match;

  std::string verdict(const Policy& policy) const {
    const auto table = samples::table(rows);
    table->window = window;
    const Breakdown current = break_down(table);
    std::vector<const model::Allocation*> pods;
    for (const model::Allocation& row : table->rows) pods.push_back(&row);
    return std::string(to_string(judge(policy, kName, pods, current, known, seen ? &*seen : nullptr,
                                       match ? &*match : nullptr)));
  }
};

TEST(Judge, WouldActOnWhatIsIdleAndWorthIt) {
  EXPECT_EQ(Case().verdict(policy()), "would_act");
  Policy all = policy();
  all.include = {"prod", "dev-*"};
  all.exclude = {"dev-bob", "*-critical"};
  all.labels = {{"env", "dev*"}};
  all.exclude_labels = {{"keep", "*"}, {"annotation:keep", "yes"}};
  Case labels;
  labels.rows = {till("a", 30'000, {{"env", "dev"}, {"annotation:keep", "no"}}),
                 till("b", 30'000, {{"env", "develop"}})};
  EXPECT_EQ(labels.verdict(all), "would_act");
}

TEST(Judge, NamespacesOutOfScope) {
  const auto verdict = [](std::vector<std::string> include, std::vector<std::string> exclude) {
    Policy scoped = policy();
    scoped.include = std::move(include);
    scoped.exclude = std::move(exclude);
    return Case().verdict(scoped);
  };
  EXPECT_EQ(verdict({"dev-*"}, {}), "would_act");
  EXPECT_EQ(verdict({}, {"x"}), "would_act");
  for (const auto& include : {"", "dev", "dev-", "Dev-ada", "dev-ada-*", "ada"}) {
    EXPECT_EQ(verdict({include}, {}), "namespace_not_in_scope") << include;
  }
  for (const auto& exclude : {"dev-ada", "*", "*-ada"}) {
    EXPECT_EQ(verdict({"dev-*"}, {exclude}), "namespace_not_in_scope") << exclude;
    EXPECT_EQ(verdict({}, {exclude}), "namespace_not_in_scope") << exclude;
  }
}

TEST(Judge, LabelsThatOnePodLacks) {
  Policy labels = policy();
  labels.labels = {{"env", "dev"}, {"tier", "*"}};
  Case found;
  const std::map<std::string, std::string> good = {{"env", "dev"}, {"tier", "x"}};
  found.rows = {till("a", 30'000, good), till("b", 30'000, good)};
  EXPECT_EQ(found.verdict(labels), "would_act");
  for (const std::map<std::string, std::string>& bad :
       {std::map<std::string, std::string>{},
        {{"env", "dev"}},
        {{"tier", "x"}},
        {{"env", "prod"}, {"tier", "x"}},
        {{"annotation:env", "dev"}, {"tier", "x"}}}) {
    found.rows = {till("a", 30'000, good), till("b", 30'000, bad)};
    EXPECT_EQ(found.verdict(labels), "label_mismatch") << testing::PrintToString(bad);
    std::swap(found.rows[0].labels, found.rows[1].labels);
    EXPECT_EQ(found.verdict(labels), "label_mismatch") << testing::PrintToString(bad);
  }
}

TEST(Judge, WhatOnePodExcludes) {
  Policy exclude = policy();
  exclude.exclude_labels = {{"keep", "y*"}, {"annotation:cost", "fixed"}};
  Case found;
  for (const std::map<std::string, std::string>& bad :
       {std::map<std::string, std::string>{{"keep", "yes"}},
        {{"annotation:cost", "fixed"}},
        {{"keep", "no"}, {"annotation:cost", "fixed"}}}) {
    found.rows = {till("a", 30'000), till("b", 30'000, bad)};
    EXPECT_EQ(found.verdict(exclude), "excluded") << testing::PrintToString(bad);
  }
  found.rows[1].labels = {{"keep", "no"}, {"cost", "fixed"}};
  EXPECT_EQ(found.verdict(exclude), "would_act");
}

TEST(Judge, WithinTheCooldown) {
  Policy cooling = policy();
  cooling.cooldown = 4h;
  const sys_seconds end = samples::hour().end;
  Case found;
  found.match = Matches::Match{end - 20h, end - 4h};
  EXPECT_EQ(found.verdict(cooling), "would_act");
  found.match->ended = end - 4h + 1s;
  EXPECT_EQ(found.verdict(cooling), "in_cooldown");
  found.match->ended = end;
  EXPECT_EQ(found.verdict(cooling), "in_cooldown");
  found.match->ended = end + 1h;
  EXPECT_EQ(found.verdict(cooling), "in_cooldown");
  EXPECT_EQ(found.verdict(policy()), "in_cooldown") << "it has not even ended";
  found.match->ended = end;
  EXPECT_EQ(found.verdict(policy()), "would_act") << "there is no cooldown";
  found.match->ended.reset();
  EXPECT_EQ(found.verdict(cooling), "would_act") << "it goes on";
}

TEST(Judge, NotIdleOrNobodyKnows) {
  Case found;
  found.seen->idle_since = samples::hour().end - 2h;
  EXPECT_EQ(found.verdict(policy()), "would_act");
  found.seen->idle_since = samples::hour().end - 2h + 1s;
  EXPECT_EQ(found.verdict(policy()), "not_idle");
  found.seen->idle_since.reset();
  EXPECT_EQ(found.verdict(policy()), "not_idle");
  Policy at_once = policy();
  at_once.idle_for = 0s;
  EXPECT_EQ(found.verdict(at_once), "not_idle") << "it must be known to be so";
  found = Case();
  for (const seconds off : {-5min, 5min}) {
    found.seen->until = samples::hour().end + off;
    EXPECT_EQ(found.verdict(at_once), "not_idle") << "that is another window";
  }
  found.seen.reset();
  EXPECT_EQ(found.verdict(policy()), "not_idle");
  EXPECT_EQ(found.verdict(at_once), "not_idle");
}

TEST(Judge, CostsOfCpuMemoryAndGpuAnHour) {
  Case found;
  found.rows = {till("a", 49'999)};
  EXPECT_EQ(found.verdict(policy()), "cost_below_minimum");
  found.rows = {till("a", 50'000)};
  EXPECT_EQ(found.verdict(policy()), "would_act");
  found.window.start -= 1h;
  EXPECT_EQ(found.verdict(policy()), "cost_below_minimum") << "in two hours";
  found.window.start += 90min;
  found.rows = {till("a", 25'000)};
  EXPECT_EQ(found.verdict(policy()), "would_act") << "in half an hour";
  found = Case();
  for (Resource resource : {Resource::storage, Resource::network, Resource::load_balancer,
                            Resource::shared, Resource::external}) {
    found.rows = {till("a", 0)};
    found.rows[0].costs[resource] = Cost{1'000'000};
    EXPECT_EQ(found.verdict(policy()), "cost_below_minimum");
    found.rows = {till("a", 60'000)};
    found.rows[0].costs[resource] = Cost{-1'000'000};
    EXPECT_EQ(found.verdict(policy()), "would_act") << "these stay as they are";
  }
  for (Resource resource : {Resource::cpu, Resource::memory, Resource::gpu}) {
    found.rows = {till("a", 0)};
    found.rows[0].costs[resource] = Cost{50'000};
    EXPECT_EQ(found.verdict(policy()), "would_act");
  }
  Policy any = policy();
  any.minimum_per_hour = 0;
  found.rows = {till("a", 0)};
  EXPECT_EQ(found.verdict(any), "would_act");
}

TEST(Judge, CostsNobodyKnows) {
  Case found;
  found.known = false;
  EXPECT_EQ(found.verdict(policy()), "cost_unknown");
  found = Case();
  Policy any = policy();
  any.minimum_per_hour = 0;
  for (Resource resource : {Resource::cpu, Resource::memory, Resource::gpu}) {
    found.rows = {till("a", 60'000), till("b", 60'000)};
    found.rows[1].costs[resource] = Cost{-60'001};
    EXPECT_EQ(found.verdict(any), "cost_unknown") << "an adjustment";
  }
  found.rows = {till("a", -100'000)};
  EXPECT_EQ(found.verdict(policy()), "cost_unknown") << "that is not a small cost but none";
  found.rows = {till("a", 60'000), till("b", -10'000)};
  EXPECT_EQ(found.verdict(policy()), "would_act") << "together they are sane";
  const std::int64_t huge = std::int64_t{1} << 62;
  found.rows = {till("a", huge), till("b", huge / 2), till("d", huge / 4)};
  EXPECT_EQ(found.verdict(policy()), "cost_unknown");
  found.rows = {till("a", huge / 128)};
  EXPECT_EQ(found.verdict(policy()), "cost_unknown") << "a month of it is more than can be counted";
  found.rows = {till("a", huge / 512)};
  EXPECT_EQ(found.verdict(policy()), "would_act");
  found = Case();
  found.window.start = found.window.end;
  EXPECT_EQ(found.verdict(policy()), "cost_unknown") << "no time at all";
  found.rows.clear();
  EXPECT_EQ(found.verdict(policy()), "cost_unknown") << "no pod at all";
}

TEST(Judge, TellsTheFirstReason) {
  Policy all = policy();
  all.include = {"x"};
  all.labels = {{"env", "dev"}};
  all.exclude_labels = {{"keep", "*"}};
  all.cooldown = 9h;
  Case found;
  found.rows = {till("a", 1, {{"keep", "yes"}})};
  found.known = false;
  found.seen.reset();
  found.match = Matches::Match{samples::hour().start, samples::hour().end};
  EXPECT_EQ(found.verdict(all), "namespace_not_in_scope");
  all.include.clear();
  EXPECT_EQ(found.verdict(all), "label_mismatch");
  all.labels.clear();
  EXPECT_EQ(found.verdict(all), "excluded");
  all.exclude_labels.clear();
  EXPECT_EQ(found.verdict(all), "in_cooldown");
  found.match.reset();
  EXPECT_EQ(found.verdict(all), "not_idle");
  found.seen = Case().seen;
  EXPECT_EQ(found.verdict(all), "cost_below_minimum");
  all.minimum_per_hour = 0;
  EXPECT_EQ(found.verdict(all), "cost_unknown");
  found.known = true;
  EXPECT_EQ(found.verdict(all), "would_act");
}

// Every condition by itself, in every combination: only the one where all is well acts.
TEST(Judge, FailsClosed) {
  int acts = 0;
  for (unsigned bad = 0; bad < 1u << 8; ++bad) {
    Policy one = policy();
    one.cooldown = 1h;
    Case found;
    if (bad & 1) one.exclude = {"*"};
    if (bad & 2) one.labels = {{"env", "*"}};
    if (bad & 4) one.exclude_labels = {{"keep", "*"}}, found.rows[1].labels = {{"keep", ""}};
    if (bad & 8) found.match = Matches::Match{samples::hour().start, samples::hour().end};
    if (bad & 16) found.seen->until -= 5min;
    if (bad & 32) one.minimum_per_hour = 1;
    if (bad & 64) found.known = false;
    if (bad & 128) found.rows[0].costs[Resource::gpu] = Cost{-1};
    const bool would_act = found.verdict(one) == "would_act";
    EXPECT_EQ(would_act, bad == 0) << bad;
    acts += would_act ? 1 : 0;
  }
  EXPECT_EQ(acts, 1);
}

TEST(Verdicts, HaveNames) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kVerdicts; ++i) names.push_back(to_string(static_cast<Verdict>(i)));
  EXPECT_THAT(names,
              ElementsAre("would_act", "namespace_not_in_scope", "label_mismatch", "excluded",
                          "in_cooldown", "not_idle", "cost_below_minimum", "cost_unknown"));
  EXPECT_EQ(to_string(Verdict::cost_unknown), "cost_unknown");
}

}  // namespace
}  // namespace exporter::cost
