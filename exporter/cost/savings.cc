#include "exporter/cost/savings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "exporter/cost/cost.h"
#include "exporter/cost/savings_parts.h"

namespace exporter::cost {
namespace {

using model::Resource;

using ByCluster = std::map<std::string_view, Cost>;

// The share of `amount`, or of what keeps it once it was shown, from which on it counts.
bool reaches(Cost per_month, long double micros, bool shown) {
  return per_month >= whole(shown ? micros * static_cast<long double>(kSticky) : micros);
}

ByCluster waste_of(const Breakdown& current) {
  ByCluster spent;
  for (const ClusterCost& cluster : current.clusters) spent[cluster.cluster];
  for (const auto* costs : {&current.idle, &current.unmounted}) {
    for (const ClusterCost& cluster : *costs) {
      spent[cluster.cluster] += std::max(cluster.costs.total(), Cost{});
    }
  }
  for (const model::Allocation& row : current.rows->rows) {
    if (row.kind != model::RowKind::workload) continue;
    for (const PricedDemand& demand : price(row).by) {
      spent[row.cluster] += std::max(demand.requested - demand.used, Cost{});
    }
  }
  for (auto& [cluster, cost] : spent) {
    cost = monthly(static_cast<long double>(cost.micros), current.window);
  }
  return spent;
}

void add_unmounted(const Breakdown& current, std::vector<Saving>& out) {
  constexpr std::array kKinds = {
      std::pair{SavingKind::unmounted_storage, Resource::storage},
      std::pair{SavingKind::idle_load_balancer, Resource::load_balancer}};
  for (const ClusterCost& cluster : current.unmounted) {
    for (const auto& [kind, resource] : kKinds) {
      const auto micros = static_cast<long double>(cluster.costs[resource].micros);
      out.push_back({kind, {}, {cluster.cluster, {}, {}, {}}, monthly(micros, current.window), {}});
    }
  }
}

void add_idle_capacity(const Breakdown& current, double headroom, std::vector<Saving>& out) {
  ByCluster charged;
  for (const NamespaceCost& row : current.namespaces) {
    charged[row.cluster] += of_nodes(row.costs);
  }
  for (const ClusterCost& cluster : current.idle) {
    const Cost idle = of_nodes(cluster.costs);
    const Cost all = idle + charged[cluster.cluster];
    const long double beyond =
        static_cast<long double>(idle.micros) -
        static_cast<long double>(headroom) * static_cast<long double>(all.micros);
    out.push_back({SavingKind::idle_capacity,
                   {},
                   {cluster.cluster, {}, {}, {}},
                   monthly(beyond, current.window),
                   {}});
  }
}

void keep_what_matters(std::vector<Saving>& rows, const Thresholds& thresholds,
                       const Shown& shown) {
  std::size_t kept = 0;
  for (Saving& row : rows) {
    const auto priority =
        thresholds.rank(row.per_month, row.of.cluster, shown.find(row.kind, row.of));
    if (!priority) continue;
    row.priority = *priority;
    rows[kept++] = row;
  }
  rows.resize(kept);
  std::sort(rows.begin(), rows.end(), [](const Saving& a, const Saving& b) {
    return std::tie(a.of, a.kind) < std::tie(b.of, b.kind);
  });
}

}  // namespace

std::string_view to_string(SavingKind kind) {
  constexpr std::array<std::string_view, kSavingKinds> kNames = {
      "cpu_request",       "memory_request",     "idle_workload",
      "unmounted_storage", "idle_load_balancer", "idle_capacity"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Priority priority) {
  constexpr std::array<std::string_view, 3> kNames = {"high", "medium", "low"};
  return kNames[static_cast<std::size_t>(priority)];
}

Cost whole(long double micros) {
  constexpr long double kMost = 9e18L;
  return {std::llround(std::clamp(micros, -kMost, kMost))};
}

Cost monthly(long double micros, model::Window window) {
  constexpr auto kMonth = static_cast<long double>(kHoursPerMonth * 3600);
  return whole(micros * kMonth / static_cast<long double>((window.end - window.start).count()));
}

Cost of_nodes(const model::Costs& costs) {
  return costs[Resource::cpu] + costs[Resource::memory] + costs[Resource::gpu];
}

std::optional<Priority> Shown::find(SavingKind kind, const WorkloadName& of) const {
  if (before_ == nullptr) return std::nullopt;
  const auto wanted = std::tie(of, kind);
  const auto at = std::lower_bound(
      before_->rows.begin(), before_->rows.end(), wanted,
      [](const Saving& row, const auto& key) { return std::tie(row.of, row.kind) < key; });
  if (at == before_->rows.end() || std::tie(at->of, at->kind) != wanted) return std::nullopt;
  return at->priority;
}

std::optional<Priority> Shown::find(std::string_view cluster, std::string_view node) const {
  if (before_ == nullptr) return std::nullopt;
  const auto wanted = std::tie(cluster, node);
  const auto at = std::lower_bound(
      before_->nodes.begin(), before_->nodes.end(), wanted,
      [](const NodeSaving& row, const auto& key) { return std::tie(row.cluster, row.node) < key; });
  if (at == before_->nodes.end() || std::tie(at->cluster, at->node) != wanted) return std::nullopt;
  return at->priority;
}

Thresholds::Thresholds(const SavingsOptions& options, ByCluster waste)
    : options_(options), waste_(std::move(waste)) {}

std::optional<Priority> Thresholds::rank(Cost per_month, std::string_view cluster,
                                         std::optional<Priority> shown) const {
  const auto micros = [](double amount) { return static_cast<long double>(amount) * 1e6L; };
  if (per_month.micros <= 0) return std::nullopt;
  if (!reaches(per_month, micros(options_.minimum_per_month), shown.has_value())) {
    return std::nullopt;
  }
  const auto waste = waste_.find(cluster);
  const auto is = [&](Priority priority, double amount, double share) {
    const bool sticky = shown && *shown <= priority;
    if (reaches(per_month, micros(amount), sticky)) return true;
    if (waste == waste_.end() || waste->second.micros <= 0) return false;
    const auto all = static_cast<long double>(waste->second.micros);
    return reaches(per_month, static_cast<long double>(share) * all, sticky);
  };
  if (is(Priority::high, options_.high_per_month, options_.high_share)) return Priority::high;
  if (is(Priority::medium, options_.medium_per_month, options_.medium_share)) {
    return Priority::medium;
  }
  return Priority::low;
}

Savings find_savings(std::shared_ptr<const Breakdown> current,
                     std::shared_ptr<const Inventory> assets, const PeriodCost& last_week,
                     const Watch& watch, const SavingsOptions& options, const Savings* before) {
  Savings savings;
  ByCluster totals;
  for (const ClusterCost& cluster : current->clusters) totals[cluster.cluster];
  if (current->window.end > current->window.start) {
    const ByCluster waste = waste_of(*current);
    savings.waste.assign(waste.begin(), waste.end());
    const Thresholds thresholds(options, waste);
    const Shown shown(before);
    savings.rows = workload_savings(*current, last_week, watch, options);
    add_unmounted(*current, savings.rows);
    add_idle_capacity(*current, options.headroom, savings.rows);
    keep_what_matters(savings.rows, thresholds, shown);
    for (const Saving& row : savings.rows) totals[row.of.cluster] += row.per_month;
    if (before != nullptr) savings.needed = before->needed;
    if (assets && assets->window.end > assets->window.start) {
      savings.nodes = node_savings(*current, *assets, options, thresholds, shown, savings.needed);
    }
  }
  savings.totals.assign(totals.begin(), totals.end());
  savings.of = std::move(current);
  savings.assets = std::move(assets);
  return savings;
}

}  // namespace exporter::cost
