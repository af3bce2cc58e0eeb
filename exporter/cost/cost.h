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
#include <vector>

#include "exporter/cost/breakdown.h"
#include "exporter/cost/efficiency.h"
#include "exporter/cost/owners.h"
#include "exporter/cost/periods.h"
#include "exporter/cost/policies.h"
#include "exporter/cost/savings.h"
#include "exporter/cost/shared.h"
#include "exporter/cost/watch.h"
#include "exporter/model/model.h"
#include "exporter/units.h"

namespace exporter::cost {

/// What is known about one source right now. Null: never answered, or too old to be shown.
struct SourceReport {
  std::shared_ptr<const Breakdown> current;
  std::shared_ptr<const Inventory> assets;
  std::array<PeriodCost, model::kPeriods.size()> periods;  // by Period
  std::shared_ptr<const Forecast> forecast;
  // Of `current`; null without it.
  std::shared_ptr<const Efficiency> efficiency;
  std::shared_ptr<const Savings> savings;
  std::shared_ptr<const Attribution> attribution;
  std::vector<std::shared_ptr<const PolicyStatus>> policies;  // in the order of the configuration
  std::array<std::shared_ptr<const Attribution>, model::kPeriods.size()> period_attribution;
  std::shared_ptr<const TenantForecast> tenant_forecast;
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
  std::string tenant{};                         // instead of the two above; empty: none

  /// Idle and unmounted cost belong to a cluster and to nobody in it, so they count only here.
  bool whole_clusters() const { return namespaces.empty() && labels.empty() && tenant.empty(); }
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
  double coverage = 0;   // of the month to date; the least of the clusters that count
  std::string tenant{};  // whose budget it is; empty: of none

  friend bool operator==(const BudgetStatus&, const BudgetStatus&) = default;
};
/// `rules` say what belongs to a tenant.
BudgetStatus check(const Budget& budget, const TenantRules& rules,
                   std::span<const SourceReport> sources, std::chrono::seconds month);

/// All sources together, each figure only while every one of them has it: a sum that lacks a
/// cluster must never look like a saving.
struct Fleet {
  std::optional<model::Costs> per_hour, month_to_date, forecast;

  friend bool operator==(const Fleet&, const Fleet&) = default;
};
/// The current windows may differ in length, so `per_hour` is rounded to millionths an hour.
Fleet add_up(std::span<const SourceReport> sources);

/// All sources, in configuration order. Parts are shared between reports and never change.
struct Report {
  std::vector<SourceReport> sources;
  std::vector<BudgetStatus> budgets{};
  std::vector<SharedCost> shared{};  // sorted by cluster, target and source
  bool shared_over_tenants = false;
  Fleet fleet{};
  /// Names this report, in every answer made from it: when it was made, in milliseconds since 1970,
  /// or a little more, so that no two are alike. 0 where nobody said.
  std::uint64_t snapshot = 0;

  /// The same parts, not equal ones: cheap, and true when nothing was decoded in between.
  friend bool operator==(const Report&, const Report&) = default;
};

}  // namespace exporter::cost
