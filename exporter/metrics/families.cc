// One family, one function: what a report looks like on the page.
#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

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
  write_breakdowns(writer, metric("opencost_cluster_cost_per_hour"), report, options, kCurrent,
                   &Breakdown::clusters, cluster_labels);
  write_breakdowns(writer, metric("opencost_namespace_cost_per_hour"), report, options, kCurrent,
                   &Breakdown::namespaces, namespace_labels);
  if (options.workloads) {
    write_breakdowns(writer, metric("opencost_workload_cost_per_hour"), report, options, kCurrent,
                     &Breakdown::workloads, workload_labels);
  }
  if (options.pods) write_pods(writer, report, options);
  write_breakdowns(writer, metric("opencost_idle_cost_per_hour"), report, options, kCurrent,
                   &Breakdown::idle, cluster_labels);
  write_breakdowns(writer, metric("opencost_unmounted_cost_per_hour"), report, options, kCurrent,
                   &Breakdown::unmounted, cluster_labels);
  write_nodes(writer, metric("opencost_node_cost_per_hour"), report, options, NodeFigure::cost);
  write_nodes(writer, metric("opencost_node_idle_cost_per_hour"), report, options,
              NodeFigure::idle);
  write_assets(writer, report, options);
  write_periods(writer, report, options);
  write_reconciliation(writer, report);
  return writer.finish();
}

}  // namespace exporter::metrics
