#include <algorithm>

#include "exporter/cost/cost.h"
#include "exporter/cost/run_rate.h"

namespace exporter::cost {
namespace {

// Nothing unless all `have` it; `of` are the clusters of one.
template <class Have, class Of>
std::optional<model::Costs> sum(std::span<const SourceReport> sources, Have have, Of of) {
  if (!std::all_of(sources.begin(), sources.end(), have)) return std::nullopt;
  model::Costs costs;
  for (const SourceReport& source : sources) costs += of(source);
  return costs;
}

model::Costs sum(const std::vector<ClusterCost>& clusters) {
  model::Costs costs;
  for (const ClusterCost& cluster : clusters) costs += cluster.costs;
  return costs;
}

const PeriodCost& month_of(const SourceReport& source) {
  return source.period(model::Period::month_to_date);
}

}  // namespace

Fleet add_up(std::span<const SourceReport> sources) {
  if (sources.empty()) return {};
  Fleet fleet;
  fleet.per_hour = sum(
      sources, [](const SourceReport& source) { return source.current != nullptr; },
      [](const SourceReport& source) {
        return per_hour(source.current->window).of(sum(source.current->clusters));
      });
  fleet.month_to_date = sum(
      sources,
      [](const SourceReport& source) {
        return month_of(source).costs != nullptr && month_of(source).coverage.known.count() > 0;
      },
      [](const SourceReport& source) { return sum(month_of(source).costs->clusters); });
  fleet.forecast = sum(
      sources, [](const SourceReport& source) { return source.forecast != nullptr; },
      [](const SourceReport& source) { return sum(source.forecast->clusters); });
  return fleet;
}

}  // namespace exporter::cost
