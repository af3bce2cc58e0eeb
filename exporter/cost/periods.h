// Costs over calendar periods, and where a month ends. Part of the door cost.h.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exporter/cost/breakdown.h"

namespace exporter::cost {

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

}  // namespace exporter::cost
