// Reports made by hand, for the tests of metrics/.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "exporter/metrics/metrics.h"
#include "tests/cost/tables.h"

namespace exporter::metrics::samples {

using cost::samples::AssetRow;
using cost::samples::Row;

inline std::shared_ptr<const cost::Breakdown> breakdown(const std::vector<Row>& rows) {
  return std::make_shared<const cost::Breakdown>(cost::samples::broken_down(rows));
}

inline std::shared_ptr<const cost::Inventory> inventory(const std::vector<AssetRow>& rows,
                                                        const std::vector<Row>& pods) {
  return std::make_shared<const cost::Inventory>(
      cost::take_inventory(cost::samples::assets(rows), cost::samples::table(pods).get()));
}

inline cost::Report current(const std::vector<Row>& rows) {
  cost::Report report;
  report.sources.push_back(cost::samples::report_of(breakdown(rows)));
  return report;
}

/// A period whose cost is that of `rows` and of which `share` of ten days is known.
inline cost::PeriodCost known(const std::vector<Row>& rows, double share) {
  constexpr std::chrono::seconds kElapsed = std::chrono::days(10);
  const std::chrono::seconds time(
      static_cast<std::int64_t>(share * static_cast<double>(kElapsed.count())));
  return {.costs = breakdown(rows), .coverage = {time, kElapsed}, .by_label = {}};
}

/// Something of every family: pods of all sorts, idle, unmounted, nodes, other assets.
inline std::vector<Row> every_row(const std::string& cluster) {
  using namespace cost::samples;
  Row web = owned(on_node(pod(cluster, "shop", "web-1", 1'500'000), "n1"), "deployment", "web");
  for (std::size_t i = 1; i < model::kResources; ++i) {
    web.costs.by[i] = Cost{static_cast<std::int64_t>(i) * 1'000};
  }
  return {exact(web), on_node(pod(cluster, "kube-system", "etcd", 123'457), "n1"),
          pod(cluster, "shop", "batch", 0), idle(cluster, 700'000), unmounted(cluster, 42'000)};
}

inline std::vector<AssetRow> every_asset(const std::string& cluster) {
  using model::AssetType;
  return {{.cluster = cluster,
           .name = "n1",
           .provider_id = "i-1",
           .instance_type = "m5.large",
           .spot = true,
           .micros = 4'000'000},
          {.type = AssetType::disk,
           .cluster = cluster,
           .name = "pvc-1",
           .provider_id = "vol-1",
           .micros = 9'001},
          {.type = AssetType::load_balancer,
           .cluster = cluster,
           .name = "shop/lb",
           .provider_id = "arn:lb",
           .micros = 25'000}};
}

/// Efficiency, tenants, savings and a policy of a source with a current answer: of each something.
inline void add_findings(cost::SourceReport& source) {
  const auto& current = source.current;
  const std::string_view cluster = current->clusters.at(0).cluster;
  const auto& workload = current->workloads.at(0);
  const cost::WorkloadName name = {cluster, workload.name_space, workload.kind, workload.name};
  source.efficiency = std::make_shared<const cost::Efficiency>(cost::measure(current));
  auto attribution = std::make_shared<cost::Attribution>();
  attribution->of = current;
  attribution->tenants = {{cluster, "shop", cost::samples::cpu(1'000'000)}};
  attribution->labels = {{cluster, "team", "shop", cost::samples::cpu(1'000'000)}};
  source.attribution = attribution;
  source.period_attribution.fill(attribution);
  auto forecast = std::make_shared<cost::TenantForecast>();
  forecast->tenants = attribution->tenants;
  source.tenant_forecast = forecast;

  auto savings = std::make_shared<cost::Savings>();
  savings->of = current;
  for (const auto kind : {cost::SavingKind::cpu_request, cost::SavingKind::memory_request}) {
    savings->rows.push_back({kind, cost::Priority::high, name, Cost{5'000'000},
                             cost::Evidence{4, 1.5, 2, std::chrono::hours(30)}});
  }
  savings->nodes = {{cluster, "n1", cost::Priority::low, Cost{3'000'000}}};
  savings->totals = {{cluster, Cost{10'000'000}}};
  savings->waste = {{cluster, Cost{20'000'000}}};
  source.savings = savings;

  auto policy = std::make_shared<cost::PolicyStatus>();
  policy->of = current;
  policy->policy = "nights";
  policy->clusters = {{cluster, {2, 1}, Cost{7'000'000}}};
  source.policies = {policy};
}

inline cost::Report every_family(const std::vector<std::string>& clusters = {"c"}) {
  cost::Report report;
  const model::Costs all = cost::samples::cpu(9'000'000);
  report.fleet = {all, all, all};
  report.snapshot = 1'795'363'200'123;
  for (const std::string& cluster : clusters) {
    const auto rows = every_row(cluster);
    const auto table = cost::samples::table(rows);
    for (model::Allocation& row : table->rows) row.cpu = {.charged = 2, .requested = 2, .used = 1};
    const auto current = std::make_shared<const cost::Breakdown>(cost::break_down(table));
    cost::SourceReport& source = report.sources.emplace_back(
        cost::samples::report_of(current, nullptr, inventory(every_asset(cluster), rows)));
    for (cost::PeriodCost& period : source.periods) period = known(rows, 0.5);
    source.forecast = cost::forecast(source.period(model::Period::month_to_date), source.current,
                                     std::chrono::days(31));
    add_findings(source);
    report.shared.push_back({current->clusters.at(0).cluster, "shop", "idle", Cost{500'000}});
    report.budgets.push_back(
        {cluster + " budget", 1000, Cost{400'000'000}, Cost{1'200'000'000}, 1});
  }
  return report;
}

/// So many pods that the page has many blocks.
inline cost::Report large(int pods) {
  std::mt19937_64 random(11);
  std::vector<Row> rows;
  for (int i = 0; i < pods; ++i) {
    Row row = cost::samples::pod("cluster", "namespace-" + std::to_string(i % 37),
                                 "pod-" + std::to_string(i) + "-" + std::to_string(random()), 0);
    for (Cost& cost : row.costs.by) cost.micros = static_cast<std::int64_t>(random() % 1'000'000);
    rows.push_back(cost::samples::exact(row));
  }
  return current(rows);
}

inline std::string joined(const std::vector<std::string>& blocks) {
  std::string out;
  for (const std::string& block : blocks) out += block;
  return out;
}

inline std::string rendered(const cost::Report& report, const Options& options = {}) {
  return joined(render(report, options).text());
}

}  // namespace exporter::metrics::samples
