// What the families of the cost page have in common. Private to metrics/.
#pragma once

#include <vector>

#include "exporter/metrics/writer.h"

namespace exporter::metrics {

using cost::Breakdown;
using cost::Report;
using cost::SourceReport;
using model::Period;

/// Money to print: the window's length and the currency rate in one factor.
struct Scale {
  double factor = 1;
  double operator()(Cost cost) const { return cost.amount() * factor; }
};

inline Scale per_hour(const model::Window& window, const Options& options) {
  return {options.currency_rate / window.hours()};
}

inline Scale in_window(const Options& options) { return {options.currency_rate}; }

// CPU and memory always, the other resources where they cost something.
inline void write_costs(PageWriter& writer, const model::Costs& costs, Scale scale) {
  for (std::size_t i = 0; i < model::kResources; ++i) {
    const auto resource = static_cast<model::Resource>(i);
    const bool always = resource == model::Resource::cpu || resource == model::Resource::memory;
    if (!always && costs.by[i] == Cost{}) continue;
    writer.sample(model::kResourceNames[i], scale(costs.by[i]));
  }
}

/// Which breakdown of a source a family shows, and how its money is scaled.
struct Part {
  const Breakdown* (*of)(const SourceReport& source, Period period);
  bool rate = false;
  Period period = Period::today;

  const Breakdown* operator()(const SourceReport& source) const { return of(source, period); }
  Scale scale(const Breakdown& breakdown, const Options& options) const {
    return rate ? per_hour(breakdown.window, options) : in_window(options);
  }
};

inline constexpr Part kCurrent{
    [](const SourceReport& source, Period) -> const Breakdown* { return source.current.get(); },
    true};

constexpr Part in_period(Period period) {
  return {[](const SourceReport& source, Period which) -> const Breakdown* {
            return source.period(which).costs.get();
          },
          false, period};
}

// `labels` writes a row's labels but for the resource.
template <class Row, class Labels>
void write_rows(PageWriter& writer, const std::vector<Row>& rows, Scale scale, Labels labels) {
  for (const Row& row : rows) {
    writer.begin();
    labels(writer, row);
    write_costs(writer, row.costs, scale);
  }
}

template <class Row, class Labels>
void write_breakdowns(PageWriter& writer, const MetricSpec& spec, const Report& report,
                      const Options& options, Part part, std::vector<Row> Breakdown::*rows,
                      Labels labels) {
  writer.family(spec);
  for (const SourceReport& source : report.sources) {
    const Breakdown* const breakdown = part(source);
    if (breakdown == nullptr) continue;
    write_rows(writer, breakdown->*rows, part.scale(*breakdown, options), labels);
  }
}

inline void cluster_labels(PageWriter& writer, const cost::ClusterCost& row) {
  writer.label(row.cluster);
}

inline void namespace_labels(PageWriter& writer, const cost::NamespaceCost& row) {
  writer.label(row.cluster);
  writer.label(row.name_space);
}

inline void workload_labels(PageWriter& writer, const cost::WorkloadCost& row) {
  writer.label(row.cluster);
  writer.label(row.name_space);
  writer.label(row.kind);
  writer.label(row.name);
}

/// Everything about calendar periods, in the order of the catalogue.
void write_periods(PageWriter& writer, const Report& report, const Options& options);

}  // namespace exporter::metrics
