// How much of what was requested was used.
#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

void write_demands(SeriesSink& sink, const cost::Demands& demands) {
  for (std::size_t i = 0; i < cost::kRequested.size(); ++i) {
    const std::optional<double> ratio = demands.by[i].ratio();
    const auto resource = static_cast<std::size_t>(cost::kRequested[i]);
    if (ratio) sink.sample(model::kResourceNames[resource], *ratio);
  }
}

template <class Row, class DemandsOf>
void write_ratios(SeriesSink& sink, const std::vector<Row>& rows, Shown shown,
                  DemandsOf demands_of) {
  each_shown(rows, shown, demands_of, [&](const auto& labels, const cost::Demands& demands) {
    write_labels(sink, labels);
    write_demands(sink, demands);
  });
}

template <class Row>
void write_measured(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                    std::vector<Row> cost::Efficiency::*rows, Shown shown = {}) {
  sink.family(spec);
  for (const SourceReport& source : content.report.sources) {
    if (!source.efficiency) continue;
    write_ratios(sink, (*source.efficiency).*rows, shown,
                 [](const Row& row) -> const cost::Demands& { return row.demands; });
  }
}

void write_pods(SeriesSink& sink, const Content& content) {
  sink.family(metric("opencost_pod_efficiency_ratio"));
  for (const SourceReport& source : content.report.sources) {
    if (!source.efficiency) continue;
    write_ratios(sink, source.efficiency->of->rows->rows, content.shown(FoldKind::pods),
                 [](const model::Allocation& row) { return cost::price(row); });
  }
}

}  // namespace

void write_efficiency(SeriesSink& sink, const Content& content) {
  write_measured(sink, metric("opencost_cluster_efficiency_ratio"), content,
                 &cost::Efficiency::clusters);
  write_measured(sink, metric("opencost_namespace_efficiency_ratio"), content,
                 &cost::Efficiency::namespaces, content.shown(FoldKind::namespaces));
  if (content.options.workloads) {
    write_measured(sink, metric("opencost_workload_efficiency_ratio"), content,
                   &cost::Efficiency::workloads, content.shown(FoldKind::workloads));
  }
  if (content.options.pods) write_pods(sink, content);
}

}  // namespace exporter::metrics
