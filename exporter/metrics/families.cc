#include "exporter/metrics/families.h"

namespace exporter::metrics {

namespace {

void write_snapshot(SeriesSink& sink, const Content& content) {
  sink.family(metric("opencost_snapshot_id"));
  if (content.report.snapshot == 0) return;
  write_sample(sink, {}, static_cast<double>(content.report.snapshot));
}

}  // namespace

void write_families(SeriesSink& sink, const Content& content) {
  write_rates(sink, content);
  write_periods(sink, content);
  write_budgets(sink, content);
  write_efficiency(sink, content);
  write_savings(sink, content);
  write_policies(sink, content);
  write_reconciliation(sink, content);
  write_snapshot(sink, content);
}

}  // namespace exporter::metrics
