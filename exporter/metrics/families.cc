// One family, one function: what a report looks like on the page.
#include <algorithm>

#include "exporter/metrics/writer.h"

namespace exporter::metrics {
namespace {

using cost::Breakdown;
using cost::Report;
using cost::SourceReport;

/// Money to print: the window's length and the currency rate in one factor.
struct Scale {
  double factor = 1;
  double operator()(Cost cost) const { return cost.amount() * factor; }
};

Scale per_hour(const model::Window& window, const Options& options) {
  return {options.currency_rate / window.hours()};
}

Scale in_window(const Options& options) { return {options.currency_rate}; }

// CPU and memory always, the other resources where they cost something.
void write_costs(PageWriter& writer, const model::Costs& costs, Scale scale) {
  for (std::size_t i = 0; i < model::kResources; ++i) {
    const auto resource = static_cast<model::Resource>(i);
    const bool always = resource == model::Resource::cpu || resource == model::Resource::memory;
    if (!always && costs.by[i] == Cost{}) continue;
    writer.sample(model::kResourceNames[i], scale(costs.by[i]));
  }
}

// `rows` picks a list out of a breakdown, `labels` writes a row's labels but for the resource.
template <class Rows, class Labels>
void write_breakdowns(PageWriter& writer, const MetricSpec& spec, const Report& report,
                      std::shared_ptr<const Breakdown> SourceReport::*part, const Options& options,
                      Rows rows, Labels labels) {
  writer.family(spec);
  for (const SourceReport& source : report.sources) {
    const Breakdown* const breakdown = (source.*part).get();
    if (breakdown == nullptr) continue;
    const Scale scale =
        part == &SourceReport::current ? per_hour(breakdown->window, options) : in_window(options);
    for (const auto& row : rows(*breakdown)) {
      writer.begin();
      labels(row);
      write_costs(writer, row.costs, scale);
    }
  }
}

void write_clusters(PageWriter& writer, const MetricSpec& spec, const Report& report,
                    std::shared_ptr<const Breakdown> SourceReport::*part, const Options& options,
                    std::vector<cost::ClusterCost> Breakdown::*list) {
  write_breakdowns(
      writer, spec, report, part,
      options, [&](const Breakdown& breakdown) -> const auto& { return breakdown.*list; },
      [&](const cost::ClusterCost& row) { writer.label(row.cluster); });
}

void write_namespaces(PageWriter& writer, const MetricSpec& spec, const Report& report,
                      std::shared_ptr<const Breakdown> SourceReport::*part,
                      const Options& options) {
  write_breakdowns(
      writer, spec, report, part, options,
      [](const Breakdown& breakdown) -> const auto& { return breakdown.namespaces; },
      [&](const cost::NamespaceCost& row) {
        writer.label(row.cluster);
        writer.label(row.name_space);
      });
}

void write_workloads(PageWriter& writer, const MetricSpec& spec, const Report& report,
                     std::shared_ptr<const Breakdown> SourceReport::*part, const Options& options) {
  write_breakdowns(
      writer, spec, report, part, options,
      [](const Breakdown& breakdown) -> const auto& { return breakdown.workloads; },
      [&](const cost::WorkloadCost& row) {
        writer.label(row.cluster);
        writer.label(row.name_space);
        writer.label(row.kind);
        writer.label(row.name);
      });
}

void write_pods(PageWriter& writer, const Report& report, const Options& options) {
  writer.family(metric("opencost_pod_cost_per_hour"));
  for (const SourceReport& source : report.sources) {
    if (!source.current) continue;
    const Scale scale = per_hour(source.current->window, options);
    for (const model::Allocation& row : source.current->rows->rows) {
      if (row.kind != model::RowKind::workload) continue;
      writer.begin();
      writer.label(row.cluster);
      writer.label(row.name_space);
      writer.label(row.pod);
      writer.label(row.controller.empty() ? cost::kBarePod : row.controller_kind);
      writer.label(row.controller.empty() ? row.pod : row.controller);
      writer.label(row.node);
      write_costs(writer, row.costs, scale);
    }
  }
}

void write_reconciliation(PageWriter& writer, const Report& report) {
  writer.family(metric("opencost_reconciliation_difference_ratio"));
  for (const SourceReport& source : report.sources) {
    if (!source.current) continue;
    for (const auto& [cluster, ratio] : source.current->reconciliation) {
      writer.begin();
      writer.label(cluster);
      writer.sample({}, ratio);
    }
  }
}

enum class NodeFigure { cost, idle };

void write_nodes(PageWriter& writer, const MetricSpec& spec, const Report& report,
                 const Options& options, NodeFigure figure) {
  writer.family(spec);
  for (const SourceReport& source : report.sources) {
    if (!source.assets) continue;
    const Scale scale = per_hour(source.assets->window, options);
    for (const cost::NodeCost& node : source.assets->nodes) {
      if (figure == NodeFigure::idle && !node.idle) continue;
      writer.begin();
      writer.label(node.cluster);
      writer.label(node.node);
      writer.label(node.instance_type);
      writer.label(node.spot ? "true" : "false");
      writer.sample({}, scale(figure == NodeFigure::idle ? *node.idle : node.cost));
    }
  }
}

void write_assets(PageWriter& writer, const Report& report, const Options& options) {
  writer.family(metric("opencost_asset_cost_per_hour"));
  for (const SourceReport& source : report.sources) {
    if (!source.assets) continue;
    const Scale scale = per_hour(source.assets->window, options);
    for (const cost::AssetCost& asset : source.assets->others) {
      writer.begin();
      writer.label(asset.cluster);
      writer.label(to_string(asset.type));
      writer.label(asset.name);
      writer.label(asset.provider_id);
      writer.sample({}, scale(asset.cost));
    }
  }
}

}  // namespace

Page render(const Report& report, const Options& options) {
  PageWriter writer;
  constexpr auto kCurrent = &SourceReport::current;
  constexpr auto kToday = &SourceReport::today;
  write_clusters(writer, metric("opencost_cluster_cost_per_hour"), report, kCurrent, options,
                 &Breakdown::clusters);
  write_namespaces(writer, metric("opencost_namespace_cost_per_hour"), report, kCurrent, options);
  if (options.workloads) {
    write_workloads(writer, metric("opencost_workload_cost_per_hour"), report, kCurrent, options);
  }
  if (options.pods) write_pods(writer, report, options);
  write_clusters(writer, metric("opencost_idle_cost_per_hour"), report, kCurrent, options,
                 &Breakdown::idle);
  write_clusters(writer, metric("opencost_unmounted_cost_per_hour"), report, kCurrent, options,
                 &Breakdown::unmounted);
  write_nodes(writer, metric("opencost_node_cost_per_hour"), report, options, NodeFigure::cost);
  write_nodes(writer, metric("opencost_node_idle_cost_per_hour"), report, options,
              NodeFigure::idle);
  write_assets(writer, report, options);
  write_clusters(writer, metric("opencost_cluster_cost_today"), report, kToday, options,
                 &Breakdown::clusters);
  write_namespaces(writer, metric("opencost_namespace_cost_today"), report, kToday, options);
  if (options.workloads) {
    write_workloads(writer, metric("opencost_workload_cost_today"), report, kToday, options);
  }
  write_clusters(writer, metric("opencost_idle_cost_today"), report, kToday, options,
                 &Breakdown::idle);
  write_clusters(writer, metric("opencost_unmounted_cost_today"), report, kToday, options,
                 &Breakdown::unmounted);
  write_reconciliation(writer, report);
  return writer.finish();
}

}  // namespace exporter::metrics
