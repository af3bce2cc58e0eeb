#include <algorithm>
#include <cmath>
#include <tuple>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::AllocationTable;
using model::RowKind;

WorkloadCost cost_of(const Allocation& row) {
  const auto [cluster, name_space, kind, name] = workload_of(row);
  return {cluster, name_space, kind, name, row.costs};
}

auto names(const WorkloadCost& workload) {
  return std::tie(workload.cluster, workload.name_space, workload.kind, workload.name);
}

// Rows come sorted by cluster and namespace, so a namespace is a run of them and only a run's
// workloads need sorting.
void add_workloads(const Allocation* from, const Allocation* to, std::vector<WorkloadCost>& out) {
  const auto first = static_cast<std::ptrdiff_t>(out.size());
  for (const Allocation* row = from; row != to; ++row) {
    const WorkloadCost workload = cost_of(*row);
    if (out.size() > static_cast<std::size_t>(first) && names(out.back()) == names(workload)) {
      out.back().costs += workload.costs;
    } else {
      out.push_back(workload);
    }
  }
  std::sort(out.begin() + first, out.end(),
            [](const WorkloadCost& a, const WorkloadCost& b) { return names(a) < names(b); });
  auto last = out.begin() + first;
  for (auto it = last; it != out.end(); ++it) {
    if (it != last && names(*last) == names(*it)) {
      last->costs += it->costs;
    } else if (it != out.begin() + first) {
      *++last = *it;
    }
  }
  if (last != out.end()) out.erase(last + 1, out.end());
}

model::Costs& of_cluster(std::vector<ClusterCost>& costs, std::string_view cluster) {
  const auto at = std::lower_bound(
      costs.begin(), costs.end(), cluster,
      [](const ClusterCost& row, std::string_view name) { return row.cluster < name; });
  if (at != costs.end() && at->cluster == cluster) return at->costs;
  return costs.insert(at, ClusterCost{cluster, {}})->costs;
}

// OpenCost states its idle without a cluster when it answers for several; with only one other, it
// can be no other's. Where pods lack theirs too, it may be theirs.
std::string_view only_cluster(const AllocationTable& table) {
  std::string_view only;
  for (const Allocation& row : table.rows) {
    if (row.cluster.empty() && row.kind == RowKind::workload) return {};
    if (row.cluster.empty() || row.cluster == only) continue;
    if (!only.empty()) return {};
    only = row.cluster;
  }
  return only;
}

double difference(Cost ours, double theirs) {
  if (std::abs(theirs) < 1e-9) return std::abs(ours.amount()) < 1e-9 ? 0 : 1;
  return (ours.amount() - theirs) / std::abs(theirs);
}

void reconcile(const AllocationTable& table, std::string_view lone, Breakdown& breakdown) {
  for (const ClusterCost& cluster : breakdown.clusters) {
    Cost reported;
    for (const Allocation& row : table.rows) {
      if ((row.cluster.empty() ? lone : row.cluster) == cluster.cluster) {
        reported += row.reported_total;
      }
    }
    // A rejected row may lack its cluster, so it is laid at the door of the only one.
    const double rejected = breakdown.clusters.size() == 1 ? table.rejected_total : 0;
    breakdown.reconciliation.emplace_back(
        cluster.cluster, difference(cluster.costs.total(), reported.amount() + rejected));
  }
}

}  // namespace

WorkloadName workload_of(const Allocation& row) {
  if (!row.controller.empty()) {
    return {row.cluster, row.name_space, row.controller_kind, row.controller};
  }
  return {row.cluster, row.name_space, kBarePod, row.pod.empty() ? kUnallocated : row.pod};
}

Breakdown break_down(std::shared_ptr<const AllocationTable> table) {
  Breakdown breakdown;
  breakdown.window = table->window;
  const std::string_view lone = only_cluster(*table);
  const Allocation* const end = table->rows.data() + table->rows.size();
  for (const Allocation* row = table->rows.data(); row != end;) {
    const Allocation* const from = row;
    model::Costs costs;
    while (row != end && row->kind == from->kind && row->cluster == from->cluster &&
           row->name_space == from->name_space) {
      costs += row->costs;
      ++row;
    }
    const std::string_view cluster = from->cluster.empty() ? lone : from->cluster;
    of_cluster(breakdown.clusters, cluster) += costs;
    if (from->kind == RowKind::idle) {
      of_cluster(breakdown.idle, cluster) += costs;
    } else if (from->kind == RowKind::unmounted) {
      of_cluster(breakdown.unmounted, cluster) += costs;
    } else {
      breakdown.namespaces.push_back({from->cluster, from->name_space, costs});
      add_workloads(from, row, breakdown.workloads);
    }
  }
  reconcile(*table, lone, breakdown);
  breakdown.rows = std::move(table);
  return breakdown;
}

}  // namespace exporter::cost
