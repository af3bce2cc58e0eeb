#include <algorithm>
#include <cmath>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::Period;

bool counts(const Budget& budget, const Allocation& row, const model::LabelSet& labels) {
  const auto any = [&](std::string_view text) {
    return std::any_of(budget.namespaces.begin(), budget.namespaces.end(),
                       [&](const std::string& pattern) { return matches(pattern, text); });
  };
  if (!budget.namespaces.empty() && !any(row.name_space)) return false;
  return std::all_of(budget.labels.begin(), budget.labels.end(), [&](const auto& wanted) {
    return std::any_of(labels.begin(), labels.end(), [&](const model::Label& label) {
      return label.name == wanted.first && matches(wanted.second, label.value);
    });
  });
}

Cost cost_of(const Budget& budget, const Breakdown& breakdown) {
  Cost sum;
  if (budget.whole_clusters()) {
    for (const ClusterCost& cluster : breakdown.clusters) {
      if (budget.cluster.empty() || cluster.cluster == budget.cluster) sum += cluster.costs.total();
    }
    return sum;
  }
  const model::AllocationTable& table = *breakdown.rows;
  for (const Allocation& row : table.rows) {
    if (row.kind != model::RowKind::workload) continue;
    if (!budget.cluster.empty() && row.cluster != budget.cluster) continue;
    if (counts(budget, row, table.label_sets[row.label_set])) sum += row.costs.total();
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

// Of the month to date, as far as the labels of the budget were recorded.
Coverage coverage_of(const Budget& budget, const PeriodCost& month) {
  Coverage least = month.coverage;
  for (const auto& [name, pattern] : budget.labels) {
    const auto recorded = month.by_label.find(name);
    if (recorded == month.by_label.end()) return {std::chrono::seconds(0), month.coverage.elapsed};
    if (recorded->second.known < least.known) least = recorded->second;
  }
  return least;
}

// The run rate of `current` over `rest`.
Cost projected(const Budget& budget, const Breakdown& current, std::chrono::seconds rest) {
  const auto window = current.window.end - current.window.start;
  const long double share =
      static_cast<long double>(std::max(rest, std::chrono::seconds(0)).count()) / window.count();
  return {std::llround(static_cast<long double>(cost_of(budget, current).micros) * share)};
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  // The earliest place for each part leaves the most text to the next.
  for (std::size_t next; (next = pattern.find('*')) != std::string_view::npos;) {
    const std::size_t at = text.find(pattern.substr(0, next));
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + next);
    pattern.remove_prefix(next + 1);
  }
  return text.ends_with(pattern);
}

BudgetStatus check(const Budget& budget, const TenantRules& /*rules*/,
                   std::span<const SourceReport> sources, std::chrono::seconds month) {
  BudgetStatus status{budget.name, budget.monthly, Cost{}, Cost{}, 1};
  bool any = false;
  for (const SourceReport& source : sources) {
    if (!budget.cluster.empty() && !speaks_of(source, budget.cluster)) continue;
    any = true;
    const PeriodCost& to_date = source.period(Period::month_to_date);
    const Coverage coverage = coverage_of(budget, to_date);
    status.coverage = std::min(status.coverage, coverage.ratio());
    const Cost spent = to_date.costs ? cost_of(budget, *to_date.costs) : Cost{};
    if (coverage.known.count() == 0) status.spent.reset();
    if (status.spent) *status.spent += spent;
    if (!source.current) status.forecast.reset();
    if (status.forecast) {
      *status.forecast += spent + projected(budget, *source.current, month - coverage.known);
    }
  }
  if (!any) return {budget.name, budget.monthly, std::nullopt, std::nullopt, 0};
  return status;
}

}  // namespace exporter::cost
