// What things cost in calendar periods, how much of these is known, and what budgets say to it.
#include <optional>
#include <set>

#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

/// The families of one period.
struct PeriodFamilies {
  Period period;
  const MetricSpec &clusters, &namespaces, &workloads, &idle, &unmounted, &tenants;
};

constexpr PeriodFamilies kPeriodFamilies[] = {
    {Period::today, metric("opencost_cluster_cost_today"), metric("opencost_namespace_cost_today"),
     metric("opencost_workload_cost_today"), metric("opencost_idle_cost_today"),
     metric("opencost_unmounted_cost_today"), metric("opencost_tenant_cost_today")},
    {Period::yesterday, metric("opencost_cluster_cost_yesterday"),
     metric("opencost_namespace_cost_yesterday"), metric("opencost_workload_cost_yesterday"),
     metric("opencost_idle_cost_yesterday"), metric("opencost_unmounted_cost_yesterday"),
     metric("opencost_tenant_cost_yesterday")},
    {Period::last_7_days, metric("opencost_cluster_cost_last_7_days"),
     metric("opencost_namespace_cost_last_7_days"), metric("opencost_workload_cost_last_7_days"),
     metric("opencost_idle_cost_last_7_days"), metric("opencost_unmounted_cost_last_7_days"),
     metric("opencost_tenant_cost_last_7_days")},
    {Period::month_to_date, metric("opencost_cluster_cost_month_to_date"),
     metric("opencost_namespace_cost_month_to_date"),
     metric("opencost_workload_cost_month_to_date"), metric("opencost_idle_cost_month_to_date"),
     metric("opencost_unmounted_cost_month_to_date"), metric("opencost_tenant_cost_month_to_date")},
    {Period::last_month, metric("opencost_cluster_cost_last_month"),
     metric("opencost_namespace_cost_last_month"), metric("opencost_workload_cost_last_month"),
     metric("opencost_idle_cost_last_month"), metric("opencost_unmounted_cost_last_month"),
     metric("opencost_tenant_cost_last_month")},
};

constexpr Part<cost::Attribution> attributed_in(Period period) {
  return {[](const SourceReport& source, Period which) -> const cost::Attribution* {
            return source.period_attribution[static_cast<std::size_t>(which)].get();
          },
          false, period};
}

void write_period(SeriesSink& sink, const PeriodFamilies& families, const Content& content) {
  const Part<Breakdown> part = in_period(families.period);
  write_part(sink, families.clusters, content, part, &Breakdown::clusters);
  write_part(sink, families.namespaces, content, part, &Breakdown::namespaces,
             content.shown(FoldKind::namespaces));
  if (content.options.workloads) {
    write_part(sink, families.workloads, content, part, &Breakdown::workloads,
               content.shown(FoldKind::workloads));
  }
  write_part(sink, families.idle, content, part, &Breakdown::idle);
  write_part(sink, families.unmounted, content, part, &Breakdown::unmounted);
  write_part(sink, families.tenants, content, attributed_in(families.period),
             &cost::Attribution::tenants);
  if (families.period == Period::month_to_date) {
    write_fleet(sink, metric("opencost_fleet_cost_month_to_date"), content,
                content.report.fleet.month_to_date);
  }
}

template <class Forecast, class Row>
void write_forecast(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                    std::shared_ptr<const Forecast> SourceReport::*forecast,
                    std::vector<Row> Forecast::*rows, Shown shown = {}) {
  sink.family(spec);
  for (const SourceReport& source : content.report.sources) {
    const Forecast* const of = (source.*forecast).get();
    if (of != nullptr) write_rows(sink, of->*rows, in_window(content.options), shown);
  }
}

void write_forecasts(SeriesSink& sink, const Content& content) {
  write_forecast(sink, metric("opencost_cluster_cost_forecast"), content, &SourceReport::forecast,
                 &cost::Forecast::clusters);
  write_forecast(sink, metric("opencost_namespace_cost_forecast"), content, &SourceReport::forecast,
                 &cost::Forecast::namespaces, content.shown(FoldKind::namespaces));
  write_forecast(sink, metric("opencost_tenant_cost_forecast"), content,
                 &SourceReport::tenant_forecast, &cost::TenantForecast::tenants);
  write_fleet(sink, metric("opencost_fleet_cost_forecast"), content, content.report.fleet.forecast);
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

void write_coverage(SeriesSink& sink, const Content& content) {
  sink.family(metric("opencost_window_coverage_ratio"));
  std::set<std::string_view> written;  // a source may be called what another one's cluster is
  for (const SourceReport& source : content.report.sources) {
    for (std::string_view cluster : clusters_of(source)) {
      if (!written.insert(cluster).second) continue;
      for (Period period : model::kPeriods) {
        const cost::PeriodCost& cost = source.period(period);
        if (cost.coverage.elapsed.count() == 0 && !cost.costs) continue;
        write_sample(sink, {cluster, to_string(period)}, cost.coverage.ratio());
      }
    }
  }
}

// `figure` says what of a budget is shown; nothing leaves it out.
template <class Figure>
void write_budget_figure(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                         Figure figure) {
  sink.family(spec);
  for (const cost::BudgetStatus& budget : content.report.budgets) {
    const std::optional<double> value = figure(budget);
    if (value) write_sample(sink, {budget.name, "month"}, *value);
  }
}

}  // namespace

void write_periods(SeriesSink& sink, const Content& content) {
  for (const PeriodFamilies& families : kPeriodFamilies) write_period(sink, families, content);
  write_forecasts(sink, content);
  write_coverage(sink, content);
}

void write_budgets(SeriesSink& sink, const Content& content) {
  using Status = cost::BudgetStatus;
  const auto money = [scale = in_window(content.options)](std::optional<Cost> cost) {
    return cost ? std::optional(scale(*cost)) : std::nullopt;
  };
  write_budget_figure(sink, metric("opencost_budget_limit"), content,
                      [](const Status& budget) { return std::optional(budget.limit); });
  write_budget_figure(sink, metric("opencost_budget_spent"), content,
                      [&](const Status& budget) { return money(budget.spent); });
  write_budget_figure(sink, metric("opencost_budget_forecast"), content,
                      [&](const Status& budget) { return money(budget.forecast); });
  write_budget_figure(sink, metric("opencost_budget_coverage_ratio"), content,
                      [](const Status& budget) { return std::optional(budget.coverage); });
}

}  // namespace exporter::metrics
