// Sums by tenant and by label, and where the month of a tenant ends.
#include <algorithm>
#include <map>
#include <tuple>

#include "exporter/cost/owners.h"
#include "exporter/cost/portions.h"
#include "exporter/cost/run_rate.h"

namespace exporter::cost {
namespace {

std::string_view value_of(std::string_view name, const model::LabelSet& labels) {
  const auto at = std::find_if(labels.begin(), labels.end(),
                               [&](const model::Label& label) { return label.name == name; });
  return at == labels.end() ? kUnallocated : at->value;
}

}  // namespace

Attribution attribute(std::shared_ptr<const Breakdown> breakdown,
                      std::shared_ptr<const AttributionRules> rules) {
  std::map<std::tuple<std::string_view, std::string_view>, model::Costs> tenants;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, model::Costs> labels;
  for (const auto& [cluster, name_space, set, costs] : portions(*breakdown->rows)) {
    if (!rules->tenants.empty()) {
      tenants[{cluster, tenant_of(rules->tenants, cluster, name_space, *set)}] += costs;
    }
    for (const std::string& name : rules->labels) {
      labels[{cluster, name, value_of(name, *set)}] += costs;
    }
  }
  Attribution out;
  for (const auto& [names, costs] : tenants) {
    out.tenants.push_back({std::get<0>(names), std::get<1>(names), costs});
  }
  for (const auto& [names, costs] : labels) {
    out.labels.push_back({std::get<0>(names), std::get<1>(names), std::get<2>(names), costs});
  }
  out.of = std::move(breakdown);
  out.rules = std::move(rules);
  return out;
}

std::shared_ptr<const TenantForecast> forecast(std::shared_ptr<const Attribution> month_to_date,
                                               std::shared_ptr<const Attribution> current,
                                               std::chrono::seconds rest) {
  auto out = std::make_shared<TenantForecast>();
  const model::Window window = current->of->window;
  const RunRate rate{window.end - window.start, std::max(rest, std::chrono::seconds(0))};
  const std::vector<TenantCost> nothing;
  out->tenants = project(month_to_date ? month_to_date->tenants : nothing, current->tenants, rate,
                         [](const TenantCost& row) { return std::tie(row.cluster, row.tenant); });
  out->month_to_date = std::move(month_to_date);
  out->current = std::move(current);
  return out;
}

}  // namespace exporter::cost
