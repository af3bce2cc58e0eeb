// One answer rolled up, and one inventory. Part of the door cost.h.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/model/model.h"
#include "exporter/units.h"

namespace exporter::cost {

/// The kind under which a pod without a controller is its own workload.
inline constexpr std::string_view kBarePod = "pod";
/// OpenCost's word for what lacks the property asked for. Names the bare pods of a namespace where
/// OpenCost merged them (today's workloads).
inline constexpr std::string_view kUnallocated = "__unallocated__";

/// What tells workloads apart. Views: kept alive by what they came from.
struct WorkloadName {
  std::string_view cluster, name_space, kind, name;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that `<` compares with for one
  friend auto operator<=>(const WorkloadName&, const WorkloadName&) = default;
};
/// The workload a row belongs to; see kBarePod and kUnallocated.
WorkloadName workload_of(const model::Allocation& row);

struct NamespaceName {
  std::string_view cluster, name_space;

  // NOLINTNEXTLINE(modernize-use-nullptr): as above
  friend auto operator<=>(const NamespaceName&, const NamespaceName&) = default;
};

struct WorkloadCost {
  std::string_view cluster, name_space, kind, name;
  model::Costs costs;
};

struct NamespaceCost {
  std::string_view cluster, name_space;
  model::Costs costs;
};

struct ClusterCost {
  std::string_view cluster;
  model::Costs costs;
};

/// Costs over one window, rolled up. Views point into `rows`, which is kept alive.
struct Breakdown {
  model::Window window;
  std::shared_ptr<const model::AllocationTable> rows;  // the pods, for `current`
  std::vector<WorkloadCost> workloads;                 // sorted by their names, as all of these
  std::vector<NamespaceCost> namespaces;
  std::vector<ClusterCost> idle;
  std::vector<ClusterCost> unmounted;
  std::vector<ClusterCost> clusters;
  /// (our sum - OpenCost's own totalCost) / OpenCost's; per cluster; 0 where OpenCost says 0 too.
  std::vector<std::pair<std::string_view, double>> reconciliation;
};

Breakdown break_down(std::shared_ptr<const model::AllocationTable> table);

struct NodeCost {
  std::string_view cluster, node, instance_type;
  bool spot = false;
  Cost cost;
  /// cost - the CPU, memory and GPU its pods were charged, at least 0. Absent when the allocations
  /// at hand are of another window.
  std::optional<Cost> idle;
};

struct AssetCost {
  model::AssetType type = model::AssetType::other;
  std::string_view cluster, name, provider_id;
  Cost cost;
};

/// Assets over one window. Rows that would carry the same labels are added up.
struct Inventory {
  model::Window window;
  std::shared_ptr<const model::AssetTable> rows;  // what the views point into
  std::vector<NodeCost> nodes;
  std::vector<AssetCost> others;
};

/// `pods` may be null; only rows of the assets' own window give nodes their idle cost.
Inventory take_inventory(std::shared_ptr<const model::AssetTable> assets,
                         const model::AllocationTable* pods);

}  // namespace exporter::cost
