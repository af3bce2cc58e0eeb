// What follows from the answers of a source. Private to poll/.
#pragma once

#include <chrono>
#include <memory>

#include "exporter/cost/cost.h"

namespace exporter::poll {

/// Of one source. Each part is made anew only when what it is made from has changed, so that parts
/// are shared between publications.
class Derived {
 public:
  /// Fills in the forecasts, efficiency, savings and attributions of `report`, whose answers are in
  /// it already. `rules` are compared by address. `month` is the length of the whole month.
  void fill(cost::SourceReport& report, const std::shared_ptr<const cost::AttributionRules>& rules,
            const cost::SavingsOptions& savings, const cost::Watch& watch,
            std::chrono::seconds month);

 private:
  void attribute(cost::SourceReport& report,
                 const std::shared_ptr<const cost::AttributionRules>& rules);
  void project(cost::SourceReport& report, std::chrono::seconds month);
  void find_savings(cost::SourceReport& report, const cost::SavingsOptions& options,
                    const cost::Watch& watch);

  cost::SourceReport last_;  // what was made, and what from
  cost::SavingsOptions savings_options_;
};

}  // namespace exporter::poll
