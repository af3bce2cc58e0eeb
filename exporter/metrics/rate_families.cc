// What things cost an hour.
#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

constexpr Part<cost::Attribution> kAttributed{
    [](const SourceReport& source, Period) -> const cost::Attribution* {
      return source.attribution.get();
    },
    true};

void write_pods(SeriesSink& sink, const Content& content) {
  sink.family(metric("opencost_pod_cost_per_hour"));
  for (const SourceReport& source : content.report.sources) {
    if (!source.current) continue;
    write_rows(sink, source.current->rows->rows, per_hour(source.current->window, content.options),
               content.shown(FoldKind::pods));
  }
}

enum class NodeFigure { cost, idle };

void write_nodes(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                 NodeFigure figure) {
  sink.family(spec);
  for (const SourceReport& source : content.report.sources) {
    if (!source.assets) continue;
    const Scale scale = per_hour(source.assets->window, content.options);
    for (const cost::NodeCost& node : source.assets->nodes) {
      if (figure == NodeFigure::idle && !node.idle) continue;
      write_sample(sink,
                   {node.cluster, node.node, node.instance_type, node.spot ? "true" : "false"},
                   scale(figure == NodeFigure::idle ? *node.idle : node.cost));
    }
  }
}

void write_assets(SeriesSink& sink, const Content& content) {
  sink.family(metric("opencost_asset_cost_per_hour"));
  for (const SourceReport& source : content.report.sources) {
    if (!source.assets) continue;
    const Scale scale = per_hour(source.assets->window, content.options);
    for (const cost::AssetCost& asset : source.assets->others) {
      write_sample(sink, {asset.cluster, to_string(asset.type), asset.name, asset.provider_id},
                   scale(asset.cost));
    }
  }
}

// Shares are rates already, whatever the window they were made from.
void write_shared(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                  bool over_tenants) {
  sink.family(spec);
  if (content.report.shared_over_tenants != over_tenants) return;
  const Scale scale = in_window(content.options);
  for (const cost::SharedCost& share : content.report.shared) {
    write_sample(sink, {share.cluster, share.target, share.source}, scale(share.per_hour));
  }
}

}  // namespace

void write_rates(SeriesSink& sink, const Content& content) {
  write_part(sink, metric("opencost_cluster_cost_per_hour"), content, kCurrent,
             &Breakdown::clusters);
  write_part(sink, metric("opencost_namespace_cost_per_hour"), content, kCurrent,
             &Breakdown::namespaces, content.shown(FoldKind::namespaces));
  if (content.options.workloads) {
    write_part(sink, metric("opencost_workload_cost_per_hour"), content, kCurrent,
               &Breakdown::workloads, content.shown(FoldKind::workloads));
  }
  if (content.options.pods) write_pods(sink, content);
  write_part(sink, metric("opencost_idle_cost_per_hour"), content, kCurrent, &Breakdown::idle);
  write_part(sink, metric("opencost_unmounted_cost_per_hour"), content, kCurrent,
             &Breakdown::unmounted);
  write_nodes(sink, metric("opencost_node_cost_per_hour"), content, NodeFigure::cost);
  write_nodes(sink, metric("opencost_node_idle_cost_per_hour"), content, NodeFigure::idle);
  write_assets(sink, content);
  write_fleet(sink, metric("opencost_fleet_cost_per_hour"), content, content.report.fleet.per_hour);
  write_part(sink, metric("opencost_tenant_cost_per_hour"), content, kAttributed,
             &cost::Attribution::tenants);
  write_part(sink, metric("opencost_label_cost_per_hour"), content, kAttributed,
             &cost::Attribution::labels, content.shown(FoldKind::labels));
  write_shared(sink, metric("opencost_namespace_shared_cost_per_hour"), content, false);
  write_shared(sink, metric("opencost_tenant_shared_cost_per_hour"), content, true);
}

void write_reconciliation(SeriesSink& sink, const Content& content) {
  sink.family(metric("opencost_reconciliation_difference_ratio"));
  for (const SourceReport& source : content.report.sources) {
    if (!source.current) continue;
    for (const auto& [cluster, ratio] : source.current->reconciliation) {
      write_sample(sink, {cluster}, ratio);
    }
  }
}

}  // namespace exporter::metrics
