// What could be saved, and what that rests on.
#include <cmath>

#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

using cost::Saving;
using cost::SavingKind;
using cost::Savings;

// `write` is called with the savings of each source that has some figures of them.
template <class Write>
void write_each(SeriesSink& sink, const MetricSpec& spec, const Content& content, Write write) {
  sink.family(spec);
  for (const SourceReport& source : content.report.sources) {
    if (source.savings) write(*source.savings);
  }
}

void write_amounts(SeriesSink& sink, const Content& content) {
  const Scale scale = in_window(content.options);
  const auto by_cluster = [&](const auto& amounts) {
    for (const auto& [cluster, cost] : amounts) write_sample(sink, {cluster}, scale(cost));
  };
  write_each(sink, metric("opencost_savings_per_month"), content, [&](const Savings& savings) {
    for (const Saving& row : savings.rows) {
      write_sample(sink,
                   {row.of.cluster, row.of.name_space, row.of.kind, row.of.name,
                    to_string(row.kind), to_string(row.priority)},
                   scale(row.per_month));
    }
  });
  write_each(sink, metric("opencost_savings_total_per_month"), content,
             [&](const Savings& savings) { by_cluster(savings.totals); });
  write_each(sink, metric("opencost_waste_per_month"), content,
             [&](const Savings& savings) { by_cluster(savings.waste); });
  write_each(sink, metric("opencost_idle_node_savings_per_month"), content,
             [&](const Savings& savings) {
               for (const cost::NodeSaving& node : savings.nodes) {
                 write_sample(sink, {node.cluster, node.node, to_string(node.priority)},
                              scale(node.per_month));
               }
             });
}

// OpenCost's own five decimals, which single precision has drowned in digits; bytes are whole.
double as_stated(double amount) { return std::round(amount * 1e5) / 1e5; }

void write_evidence(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                    SavingKind kind, double cost::Evidence::*figure) {
  write_each(sink, spec, content, [&](const Savings& savings) {
    for (const Saving& row : savings.rows) {
      if (row.kind != kind || !row.evidence) continue;
      write_labels(sink, labels_of(row.of));
      sink.sample({}, as_stated((*row.evidence).*figure));
    }
  });
}

// Both requests of a workload were observed for as long.
void write_observation(SeriesSink& sink, const Content& content) {
  write_each(sink, metric("opencost_observation_seconds"), content, [&](const Savings& savings) {
    const cost::WorkloadName* last = nullptr;
    for (const Saving& row : savings.rows) {
      if (!row.evidence || (last != nullptr && *last == row.of)) continue;
      write_labels(sink, labels_of(row.of));
      sink.sample({}, static_cast<double>(row.evidence->observed.count()));
      last = &row.of;
    }
  });
}

}  // namespace

void write_savings(SeriesSink& sink, const Content& content) {
  using cost::Evidence;
  write_amounts(sink, content);
  write_evidence(sink, metric("opencost_recommended_cpu_request_cores"), content,
                 SavingKind::cpu_request, &Evidence::recommended);
  write_evidence(sink, metric("opencost_recommended_memory_request_bytes"), content,
                 SavingKind::memory_request, &Evidence::recommended);
  write_evidence(sink, metric("opencost_observed_cpu_request_cores"), content,
                 SavingKind::cpu_request, &Evidence::requested);
  write_evidence(sink, metric("opencost_observed_cpu_usage_cores"), content,
                 SavingKind::cpu_request, &Evidence::used);
  write_evidence(sink, metric("opencost_observed_memory_request_bytes"), content,
                 SavingKind::memory_request, &Evidence::requested);
  write_evidence(sink, metric("opencost_observed_memory_usage_bytes"), content,
                 SavingKind::memory_request, &Evidence::used);
  write_observation(sink, content);
}

}  // namespace exporter::metrics
