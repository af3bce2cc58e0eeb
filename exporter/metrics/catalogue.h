// Every metric this program exposes, once. Emitters refer to a row by its name, checked at compile
// time; docs/metrics.md and the checks of dashboards and alerts are made from these rows. To add a
// metric, add a row to the part that has its kin. Part of the door metrics.h.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "exporter/metrics/catalogue_exporter.h"
#include "exporter/metrics/catalogue_findings.h"
#include "exporter/metrics/catalogue_periods.h"
#include "exporter/metrics/catalogue_rates.h"
#include "exporter/metrics/metric_spec.h"

namespace exporter::metrics {

template <std::size_t... kRows>
consteval auto joined(const MetricSpec (&... parts)[kRows]) {
  std::array<MetricSpec, (kRows + ...)> all;
  std::size_t next = 0;
  const auto take = [&](std::span<const MetricSpec> part) {
    for (const MetricSpec& row : part) all[next++] = row;
  };
  (take(parts), ...);
  return all;
}

/// In the order of the page.
inline constexpr auto kCatalogue = joined(kRates, kPeriodAmounts, kFindings, kExporterItself);

/// The row of that name; a name that is not in the catalogue does not compile.
consteval const MetricSpec& metric(std::string_view name) {
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.name == name) return spec;
  }
  throw "no metric of this name in the catalogue";
}

/// snake_case, counters and only they end in _total, help is one full sentence that needs no
/// escaping, no name twice, no reserved label.
consteval bool well_formed(std::span<const MetricSpec> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const MetricSpec& row = rows[i];
    for (char c : row.name) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    if (row.name.ends_with("_total") != (row.type == Type::counter)) return false;
    if (row.help.empty() || row.help.back() != '.') return false;
    if (row.help.find_first_of("\"\\\n") != std::string_view::npos) return false;
    for (std::size_t l = 0; l < row.label_count(); ++l) {
      if (row.labels[l] == "job" || row.labels[l] == "instance" || row.labels[l] == "le")
        return false;
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (rows[j].name == row.name) return false;
    }
  }
  return true;
}
static_assert(well_formed(kCatalogue));

}  // namespace exporter::metrics
