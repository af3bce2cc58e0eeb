// From OpenCost's rows to the figures people ask for. Pure arithmetic on whole millionths.
//
// Conservation, exactly: the pods of a namespace add up to it, the workloads too; namespaces +
// idle + unmounted add up to the cluster. A row is in exactly one of the three.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
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

/// How much of a period is known. Elapsed time is the period up to the present; what OpenCost said
/// nothing about, or was not asked for, is not known.
struct Coverage {
  std::chrono::seconds known{0};
  std::chrono::seconds elapsed{0};

  /// 1 when all is known; 0 when nothing is, or nothing has elapsed.
  double ratio() const;
  Coverage& operator+=(Coverage other);
  friend bool operator==(Coverage, Coverage) = default;
};

/// The time a window is known for, given the first and last sample: all of it when these are
/// within two steps of OpenCost's grid of its bounds.
std::chrono::seconds known_time(model::Window window, model::Window lived);

/// The cost of a calendar period, as far as it is known.
struct PeriodCost {
  std::shared_ptr<const Breakdown> costs;  // null: nothing is known
  Coverage coverage;
  /// The same for the days that recorded a label of this name.
  std::map<std::string, Coverage> by_label;

  friend bool operator==(const PeriodCost&, const PeriodCost&) = default;
};

/// One table out of several, their windows together: rows of one workload and label set added up.
/// REQUIRES: at least one table, none null.
std::shared_ptr<const model::AllocationTable> add_up(
    std::span<const std::shared_ptr<const model::AllocationTable>> tables);

/// Where a month ends: what is known of it, and the current run rate for the rest, which is the
/// time left and the time nothing is known of. docs/cost-model.md has a worked example.
struct Forecast {
  std::vector<NamespaceCost> namespaces;
  std::vector<ClusterCost> clusters;                        // idle and unmounted included
  std::shared_ptr<const Breakdown> month_to_date, current;  // what the views point into
};
/// `month` is the length of the whole month.
std::shared_ptr<const Forecast> forecast(const PeriodCost& month_to_date,
                                         std::shared_ptr<const Breakdown> current,
                                         std::chrono::seconds month);

/// What is known about one source right now. Null: never answered, or too old to be shown.
struct SourceReport {
  std::shared_ptr<const Breakdown> current;
  std::shared_ptr<const Inventory> assets;
  std::array<PeriodCost, model::kPeriods.size()> periods;  // by Period
  std::shared_ptr<const Forecast> forecast;
  std::string name;  // stands for the cluster while no answer has named it

  const PeriodCost& period(model::Period which) const {
    return periods[static_cast<std::size_t>(which)];
  }
  friend bool operator==(const SourceReport&, const SourceReport&) = default;
};

/// An amount a month, and what counts towards it. Patterns may hold `*`.
struct Budget {
  std::string name;
  double monthly = 0;                           // in the currency that is exported
  std::string cluster{};                        // empty: all clusters
  std::vector<std::string> namespaces{};        // patterns; empty: all
  std::map<std::string, std::string> labels{};  // name -> pattern of the value; all must match

  /// Idle and unmounted cost belong to a cluster and to nobody in it, so they count only here.
  bool whole_clusters() const { return namespaces.empty() && labels.empty(); }
  friend bool operator==(const Budget&, const Budget&) = default;
};

struct BudgetStatus {
  std::string name;
  double limit = 0;  // in the currency that is exported
  /// Absent while nothing at all is known of one of the clusters that count: a smaller sum must
  /// never look like a saving.
  std::optional<Cost> spent;
  /// Absent while one of them has no run rate.
  std::optional<Cost> forecast;
  double coverage = 0;  // of the month to date; the least of the clusters that count

  friend bool operator==(const BudgetStatus&, const BudgetStatus&) = default;
};
BudgetStatus check(const Budget& budget, std::span<const SourceReport> sources,
                   std::chrono::seconds month);

/// `*` stands for any text, also for none.
bool matches(std::string_view pattern, std::string_view text);

/// All sources, in configuration order. Parts are shared between reports and never change.
struct Report {
  std::vector<SourceReport> sources;
  std::vector<BudgetStatus> budgets;

  /// The same parts, not equal ones: cheap, and true when nothing was decoded in between.
  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace exporter::cost
