#include <optional>
#include <set>

#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

/// The families of one period.
struct PeriodFamilies {
  Period period;
  const MetricSpec &clusters, &namespaces, &workloads, &idle, &unmounted;
};

constexpr PeriodFamilies kPeriodFamilies[] = {
    {Period::today, metric("opencost_cluster_cost_today"), metric("opencost_namespace_cost_today"),
     metric("opencost_workload_cost_today"), metric("opencost_idle_cost_today"),
     metric("opencost_unmounted_cost_today")},
    {Period::yesterday, metric("opencost_cluster_cost_yesterday"),
     metric("opencost_namespace_cost_yesterday"), metric("opencost_workload_cost_yesterday"),
     metric("opencost_idle_cost_yesterday"), metric("opencost_unmounted_cost_yesterday")},
    {Period::last_7_days, metric("opencost_cluster_cost_last_7_days"),
     metric("opencost_namespace_cost_last_7_days"), metric("opencost_workload_cost_last_7_days"),
     metric("opencost_idle_cost_last_7_days"), metric("opencost_unmounted_cost_last_7_days")},
    {Period::month_to_date, metric("opencost_cluster_cost_month_to_date"),
     metric("opencost_namespace_cost_month_to_date"),
     metric("opencost_workload_cost_month_to_date"), metric("opencost_idle_cost_month_to_date"),
     metric("opencost_unmounted_cost_month_to_date")},
    {Period::last_month, metric("opencost_cluster_cost_last_month"),
     metric("opencost_namespace_cost_last_month"), metric("opencost_workload_cost_last_month"),
     metric("opencost_idle_cost_last_month"), metric("opencost_unmounted_cost_last_month")},
};

void write_period(PageWriter& writer, const PeriodFamilies& families, const Report& report,
                  const Options& options) {
  const Part part = in_period(families.period);
  write_breakdowns(writer, families.clusters, report, options, part, &Breakdown::clusters,
                   cluster_labels);
  write_breakdowns(writer, families.namespaces, report, options, part, &Breakdown::namespaces,
                   namespace_labels);
  if (options.workloads) {
    write_breakdowns(writer, families.workloads, report, options, part, &Breakdown::workloads,
                     workload_labels);
  }
  write_breakdowns(writer, families.idle, report, options, part, &Breakdown::idle, cluster_labels);
  write_breakdowns(writer, families.unmounted, report, options, part, &Breakdown::unmounted,
                   cluster_labels);
}

void write_forecasts(PageWriter& writer, const Report& report, const Options& options) {
  const Scale scale = in_window(options);
  writer.family(metric("opencost_cluster_cost_forecast"));
  for (const SourceReport& source : report.sources) {
    if (source.forecast) write_rows(writer, source.forecast->clusters, scale, cluster_labels);
  }
  writer.family(metric("opencost_namespace_cost_forecast"));
  for (const SourceReport& source : report.sources) {
    if (source.forecast) write_rows(writer, source.forecast->namespaces, scale, namespace_labels);
  }
}

// Every cluster a source has spoken of; its own name until it has.
std::set<std::string_view> clusters_of(const SourceReport& source) {
  std::set<std::string_view> names;
  const auto take = [&](const Breakdown* part) {
    if (part == nullptr) return;
    for (const cost::ClusterCost& row : part->clusters) names.insert(row.cluster);
  };
  take(source.current.get());
  for (const cost::PeriodCost& period : source.periods) take(period.costs.get());
  if (names.empty() && !source.name.empty()) names.insert(source.name);
  return names;
}

void write_coverage(PageWriter& writer, const Report& report) {
  writer.family(metric("opencost_window_coverage_ratio"));
  std::set<std::string_view> written;  // a source may be called what another one's cluster is
  for (const SourceReport& source : report.sources) {
    for (std::string_view cluster : clusters_of(source)) {
      if (!written.insert(cluster).second) continue;
      for (Period period : model::kPeriods) {
        const cost::PeriodCost& cost = source.period(period);
        if (cost.coverage.elapsed.count() == 0 && !cost.costs) continue;
        writer.begin();
        writer.label(cluster);
        writer.label(to_string(period));
        writer.sample({}, cost.coverage.ratio());
      }
    }
  }
}

// `figure` says what of a budget is shown; nothing leaves it out.
template <class Figure>
void write_budgets(PageWriter& writer, const MetricSpec& spec, const Report& report,
                   Figure figure) {
  writer.family(spec);
  for (const cost::BudgetStatus& budget : report.budgets) {
    const std::optional<double> value = figure(budget);
    if (!value) continue;
    writer.begin();
    writer.label(budget.name);
    writer.label("month");
    writer.sample({}, *value);
  }
}

void write_budgets(PageWriter& writer, const Report& report, const Options& options) {
  using Status = cost::BudgetStatus;
  const auto money = [scale = in_window(options)](std::optional<Cost> cost) {
    return cost ? std::optional(scale(*cost)) : std::nullopt;
  };
  write_budgets(writer, metric("opencost_budget_limit"), report,
                [](const Status& budget) { return std::optional(budget.limit); });
  write_budgets(writer, metric("opencost_budget_spent"), report,
                [&](const Status& budget) { return money(budget.spent); });
  write_budgets(writer, metric("opencost_budget_forecast"), report,
                [&](const Status& budget) { return money(budget.forecast); });
  write_budgets(writer, metric("opencost_budget_coverage_ratio"), report,
                [](const Status& budget) { return std::optional(budget.coverage); });
}

}  // namespace

void write_periods(PageWriter& writer, const Report& report, const Options& options) {
  for (const PeriodFamilies& families : kPeriodFamilies) {
    write_period(writer, families, report, options);
  }
  write_forecasts(writer, report, options);
  write_coverage(writer, report);
  write_budgets(writer, report, options);
}

}  // namespace exporter::metrics
