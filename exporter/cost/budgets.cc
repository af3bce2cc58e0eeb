#include <algorithm>
#include <set>

#include "exporter/cost/cost.h"
#include "exporter/cost/portions.h"
#include "exporter/cost/run_rate.h"

namespace exporter::cost {
namespace {

using model::Period;

bool counts(const Budget& budget, const TenantRules& rules, const Portion& portion) {
  if (!budget.cluster.empty() && portion.cluster != budget.cluster) return false;
  if (!budget.tenant.empty()) {
    return tenant_of(rules, portion.cluster, portion.name_space, *portion.labels) == budget.tenant;
  }
  if (!budget.namespaces.empty() && !matches_any(budget.namespaces, portion.name_space)) {
    return false;
  }
  return matches_all(budget.labels, *portion.labels);
}

Cost cost_of(const Budget& budget, const TenantRules& rules, const Breakdown& breakdown) {
  Cost sum;
  if (budget.whole_clusters()) {
    for (const ClusterCost& cluster : breakdown.clusters) {
      if (budget.cluster.empty() || cluster.cluster == budget.cluster) sum += cluster.costs.total();
    }
    return sum;
  }
  for (const Portion& portion : portions(*breakdown.rows)) {
    if (counts(budget, rules, portion)) sum += portion.costs.total();
  }
  return sum;
}

bool speaks_of(const SourceReport& source, std::string_view cluster) {
  const auto in = [&](const Breakdown* part) {
    return part != nullptr &&
           std::any_of(part->clusters.begin(), part->clusters.end(),
                       [&](const ClusterCost& row) { return row.cluster == cluster; });
  };
  return in(source.current.get()) ||
         std::any_of(source.periods.begin(), source.periods.end(),
                     [&](const PeriodCost& period) { return in(period.costs.get()); });
}

// What must have been recorded to tell what counts. A rule that comes before the tenant's last one
// could have taken some of it away.
std::set<std::string> labels_of(const Budget& budget, const TenantRules& rules) {
  std::set<std::string> names;
  if (budget.tenant.empty()) {
    for (const auto& [name, pattern] : budget.labels) names.insert(name);
    return names;
  }
  auto end = rules.end();
  if (budget.tenant != kUnallocated) {
    end = std::find_if(rules.rbegin(), rules.rend(), [&](const TenantRule& rule) {
            return rule.tenant == budget.tenant;
          }).base();
  }
  for (auto rule = rules.begin(); rule != end; ++rule) {
    for (const auto& [name, pattern] : rule->labels) names.insert(name);
  }
  return names;
}

// Of the month to date, as far as these labels were recorded.
Coverage coverage_of(const std::set<std::string>& labels, const PeriodCost& month) {
  Coverage least = month.coverage;
  for (const std::string& name : labels) {
    const auto recorded = month.by_label.find(name);
    if (recorded == month.by_label.end()) return {std::chrono::seconds(0), month.coverage.elapsed};
    if (recorded->second.known < least.known) least = recorded->second;
  }
  return least;
}

}  // namespace

BudgetStatus check(const Budget& budget, const TenantRules& rules,
                   std::span<const SourceReport> sources, std::chrono::seconds month) {
  BudgetStatus status{budget.name, budget.monthly, Cost{}, Cost{}, 1, budget.tenant};
  const std::set<std::string> labels = labels_of(budget, rules);
  bool any = false;
  for (const SourceReport& source : sources) {
    if (!budget.cluster.empty() && !speaks_of(source, budget.cluster)) continue;
    any = true;
    const PeriodCost& to_date = source.period(Period::month_to_date);
    const Coverage coverage = coverage_of(labels, to_date);
    status.coverage = std::min(status.coverage, coverage.ratio());
    const Cost spent = to_date.costs ? cost_of(budget, rules, *to_date.costs) : Cost{};
    if (coverage.known.count() == 0) status.spent.reset();
    if (status.spent) *status.spent += spent;
    if (!source.current) status.forecast.reset();
    if (status.forecast) {
      const model::Window window = source.current->window;
      const RunRate rest{window.end - window.start,
                         std::max(month - coverage.known, std::chrono::seconds(0))};
      *status.forecast += spent + rest.of(cost_of(budget, rules, *source.current));
    }
  }
  if (!any) return {budget.name, budget.monthly, std::nullopt, std::nullopt, 0};
  return status;
}

}  // namespace exporter::cost
