#include "exporter/cost/policies.h"

#include <algorithm>
#include <limits>
#include <set>

#include "exporter/cost/run_rate.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::AllocationTable;
using model::Resource;
using Pods = std::span<const Allocation* const>;

constexpr std::array kCharged = {Resource::cpu, Resource::memory, Resource::gpu};
constexpr std::chrono::seconds kMonth = std::chrono::hours(730);
constexpr auto kMost = static_cast<long double>(std::numeric_limits<std::int64_t>::max());

/// Rows that were rejected, by whose they were.
class Rejected {
 public:
  explicit Rejected(const AllocationTable& table) : anybodys_(table.rejected_unnamed > 0) {
    const bool clusters =
        std::any_of(table.rows.begin(), table.rows.end(),
                    [](const Allocation& row) { return is_workload(row) && !row.cluster.empty(); });
    for (const Allocation& row : table.rejected) {
      if (!is_workload(row)) continue;
      const bool named = !row.name_space.empty() && !(row.pod.empty() && row.controller.empty()) &&
                         !(row.cluster.empty() && clusters);
      if (named) names_.insert(workload_of(row));
      anybodys_ = anybodys_ || !named;
    }
  }

  bool none_of(const WorkloadName& name) const { return !anybodys_ && names_.count(name) == 0; }
  const std::set<WorkloadName>& names() const { return names_; }

 private:
  static bool is_workload(const Allocation& row) { return row.kind == model::RowKind::workload; }

  bool anybodys_;
  std::set<WorkloadName> names_;
};

bool in_scope(const Policy& policy, std::string_view name_space) {
  return (policy.include.empty() || matches_any(policy.include, name_space)) &&
         !matches_any(policy.exclude, name_space);
}

/// CPU, memory and GPU. Nothing where one of them is below zero, or a month of them more than can
/// be counted.
std::optional<Cost> sane_cost(Pods pods, model::Window window) {
  if (window.end <= window.start) return std::nullopt;
  long double sum = 0;
  for (Resource resource : kCharged) {
    long double part = 0;
    for (const Allocation* pod : pods)
      part += static_cast<long double>(pod->costs[resource].micros);
    if (part < 0) return std::nullopt;
    sum += part;
  }
  if (sum * kMonth.count() / (window.end - window.start).count() >= kMost) return std::nullopt;
  return Cost{static_cast<std::int64_t>(sum)};
}

bool is_idle_long_enough(const Seen* seen, const Policy& policy, model::Window window) {
  return seen != nullptr && seen->idle_since && seen->until == window.end &&
         seen->until - *seen->idle_since >= policy.idle_for;
}

/// The tally of each cluster.
class Clusters {
 public:
  PolicyStatus::OfCluster& of(std::string_view name) {
    PolicyStatus::OfCluster& cluster = clusters_[name];
    cluster.cluster = name;
    return cluster;
  }
  void count(std::string_view name, Verdict verdict) {
    ++of(name).workloads[static_cast<std::size_t>(verdict)];
  }
  std::vector<PolicyStatus::OfCluster> list() const {
    std::vector<PolicyStatus::OfCluster> out;
    for (const auto& [name, cluster] : clusters_) out.push_back(cluster);
    return out;
  }

 private:
  std::map<std::string_view, PolicyStatus::OfCluster> clusters_;
};

Cost capped_sum(Cost a, Cost b) {
  constexpr std::int64_t kLimit = std::numeric_limits<std::int64_t>::max();
  return a.micros > kLimit - b.micros ? Cost{kLimit} : a + b;
}

void keep_up(Matches& matches, const PolicyStatus& status) {
  const model::Window window = status.of->window;
  for (const PolicyMatch& match : status.matches) {
    matches.began(status.policy, match.workload, window.start);
  }
  for (const WorkloadName& name : matches.open(status.policy)) {
    const auto at = std::lower_bound(status.matches.begin(), status.matches.end(), name,
                                     [](const PolicyMatch& match, const WorkloadName& wanted) {
                                       return match.workload < wanted;
                                     });
    if (at == status.matches.end() || at->workload != name) {
      matches.ended(status.policy, name, window.end);
    }
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::string_view, kVerdicts> kNames = {
      "would_act", "namespace_not_in_scope", "label_mismatch", "excluded", "in_cooldown",
      "not_idle",  "cost_below_minimum",     "cost_unknown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Verdict judge(const Policy& policy, const WorkloadName& name, Pods pods, const Breakdown& current,
              bool known, const Seen* seen, const Matches::Match* match) {
  const auto any_pod = [&](auto is) {
    return std::any_of(pods.begin(), pods.end(), [&](const Allocation* pod) {
      return is(current.rows->label_sets[pod->label_set]);
    });
  };
  if (!in_scope(policy, name.name_space)) return Verdict::namespace_not_in_scope;
  // There is nothing to look at.
  if (pods.empty()) return Verdict::cost_unknown;
  if (any_pod([&](const auto& labels) { return !matches_all(policy.labels, labels); })) {
    return Verdict::label_mismatch;
  }
  if (any_pod([&](const auto& labels) { return matches_any(policy.exclude_labels, labels); })) {
    return Verdict::excluded;
  }
  if (match != nullptr && match->ended && current.window.end < *match->ended + policy.cooldown) {
    return Verdict::in_cooldown;
  }
  if (!is_idle_long_enough(seen, policy, current.window)) return Verdict::not_idle;
  const std::optional<Cost> cost = sane_cost(pods, current.window);
  if (cost && mean_rate(*cost, current.window.hours()).per_hour < policy.minimum_per_hour) {
    return Verdict::cost_below_minimum;
  }
  return known && cost ? Verdict::would_act : Verdict::cost_unknown;
}

PolicyStatus apply(const Policy& policy, std::shared_ptr<const Breakdown> current,
                   const Watch& watch, Matches& matches) {
  PolicyStatus status;
  status.of = std::move(current);
  status.policy = policy.name;
  const model::Window window = status.of->window;
  const RunRate month{window.end - window.start, kMonth};
  const Rejected rejected(*status.of->rows);
  const PodsByWorkload workloads(*status.of->rows);
  std::set<WorkloadName> unseen = rejected.names();
  Clusters clusters;
  for (const auto& [name, pods] : workloads.all()) {
    unseen.erase(name);
    const Seen* const seen = watch.find(name);
    const Verdict verdict = judge(policy, name, pods, *status.of, rejected.none_of(name), seen,
                                  matches.find(policy.name, name));
    clusters.count(name.cluster, verdict);
    if (verdict != Verdict::would_act) continue;
    const Cost cost = *sane_cost(pods, window);
    Cost& per_month = clusters.of(name.cluster).per_month;
    per_month = capped_sum(per_month, month.of(cost));
    status.matches.push_back({name, cost, *seen->idle_since});
  }
  for (const WorkloadName& name : unseen) {
    clusters.count(name.cluster, judge(policy, name, {}, *status.of, false, nullptr, nullptr));
  }
  status.clusters = clusters.list();
  keep_up(matches, status);
  return status;
}

}  // namespace exporter::cost
