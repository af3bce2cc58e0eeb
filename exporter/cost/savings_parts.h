// What the parts of find_savings share. Private to cost/.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "exporter/cost/savings.h"

namespace exporter::cost {

/// Rounded half away from zero; what does not fit is as much as fits.
Cost whole(long double micros);
/// What `micros` over the window are in 730 hours. REQUIRES: the window is not empty.
Cost monthly(long double micros, model::Window window);
/// CPU, memory and GPU: what a node is paid for.
Cost of_nodes(const model::Costs& costs);

/// What was shown before; all may be missing.
class Shown {
 public:
  explicit Shown(const Savings* before) : before_(before) {}
  std::optional<Priority> find(SavingKind kind, const WorkloadName& of) const;
  std::optional<Priority> find(std::string_view cluster, std::string_view node) const;

 private:
  const Savings* before_;
};

/// Which amounts are worth showing, and how much they matter.
class Thresholds {
 public:
  /// Waste is of a month, by cluster.
  Thresholds(const SavingsOptions& options, std::map<std::string_view, Cost> waste);

  /// Nothing for what is too little. `shown` is the priority it had.
  std::optional<Priority> rank(Cost per_month, std::string_view cluster,
                               std::optional<Priority> shown) const;

 private:
  const SavingsOptions& options_;
  std::map<std::string_view, Cost> waste_;
};

/// Idle workloads, requests and volumes that nobody mounts, of every amount and without priority.
std::vector<Saving> workload_savings(const Breakdown& current, const PeriodCost& last_week,
                                     const Watch& watch, const SavingsOptions& options);

/// `needed` is brought up to date. REQUIRES: neither window is empty.
std::vector<NodeSaving> node_savings(const Breakdown& current, const Inventory& assets,
                                     const SavingsOptions& options, const Thresholds& thresholds,
                                     const Shown& shown, Needed& needed);

}  // namespace exporter::cost
