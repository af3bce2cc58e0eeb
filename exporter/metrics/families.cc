#include "exporter/metrics/families.h"

namespace exporter::metrics {

void write_families(SeriesSink& sink, const Content& content) {
  write_rates(sink, content);
  write_periods(sink, content);
  write_budgets(sink, content);
  write_efficiency(sink, content);
  write_savings(sink, content);
  write_policies(sink, content);
  write_reconciliation(sink, content);
}

}  // namespace exporter::metrics
