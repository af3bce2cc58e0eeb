// How the exporter's own counters are written. Private to metrics/.
#pragma once

#include <prometheus/client_metric.h>

#include <string>
#include <vector>

#include "exporter/metrics/metrics.h"

namespace exporter::metrics {

/// Header and series, the latter sorted by labels. Nothing for a family without series.
void append_family(std::string& out, const MetricSpec& spec, Format format,
                   std::vector<prometheus::ClientMetric> metrics);

}  // namespace exporter::metrics
