// What the families of the cost page have in common. Private to metrics/.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "exporter/metrics/folded_rows.h"
#include "exporter/metrics/metrics.h"
#include "exporter/metrics/series.h"

namespace exporter::metrics {

using cost::Breakdown;
using cost::Report;
using cost::SourceReport;
using model::Period;

/// What a page is made from.
struct Content {
  const Report& report;
  const Options& options;
  const Folding& folding;

  Shown shown(FoldKind kind) const { return {folding, kind}; }
};

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
inline void write_costs(SeriesSink& sink, const model::Costs& costs, Scale scale) {
  for (std::size_t i = 0; i < model::kResources; ++i) {
    const auto resource = static_cast<model::Resource>(i);
    const bool always = resource == model::Resource::cpu || resource == model::Resource::memory;
    if (!always && costs.by[i] == Cost{}) continue;
    sink.sample(model::kResourceNames[i], scale(costs.by[i]));
  }
}

/// Begins a group of series with these labels.
template <class Labels>
void write_labels(SeriesSink& sink, const Labels& labels) {
  sink.begin();
  for (std::string_view label : labels) sink.label(label);
}

inline void write_sample(SeriesSink& sink, std::initializer_list<std::string_view> labels,
                         double value) {
  write_labels(sink, labels);
  sink.sample({}, value);
}

/// Which figures of a source a family shows, and over what time they were spent.
template <class Figures>
struct Part {
  const Figures* (*of)(const SourceReport& source, Period period);
  bool rate = false;
  Period period = Period::today;

  const Figures* operator()(const SourceReport& source) const { return of(source, period); }
  Scale scale(const model::Window& window, const Options& options) const {
    return rate ? per_hour(window, options) : in_window(options);
  }
};

inline constexpr Part<Breakdown> kCurrent{
    [](const SourceReport& source, Period) -> const Breakdown* { return source.current.get(); },
    true};

constexpr Part<Breakdown> in_period(Period period) {
  return {[](const SourceReport& source, Period which) -> const Breakdown* {
            return source.period(which).costs.get();
          },
          false, period};
}

/// The window of some figures.
inline const model::Window& window_of(const Breakdown& breakdown) { return breakdown.window; }
inline const model::Window& window_of(const cost::Attribution& attribution) {
  return attribution.of->window;
}

template <class Row>
void write_rows(SeriesSink& sink, const std::vector<Row>& rows, Scale scale, Shown shown = {}) {
  each_shown(
      rows, shown, [](const Row& row) -> const model::Costs& { return row.costs; },
      [&](const auto& labels, const model::Costs& costs) {
        write_labels(sink, labels);
        write_costs(sink, costs, scale);
      });
}

template <class Figures, class Row>
void write_part(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                Part<Figures> part, std::vector<Row> Figures::*rows, Shown shown = {}) {
  sink.family(spec);
  for (const SourceReport& source : content.report.sources) {
    const Figures* const figures = part(source);
    if (figures == nullptr) continue;
    const model::Window& window = window_of(*figures);
    sink.spent_over(part.rate ? 1 : window.hours());
    write_rows(sink, figures->*rows, part.scale(window, content.options), shown);
  }
}

/// What all clusters cost together; nothing where that is not known.
inline void write_fleet(SeriesSink& sink, const MetricSpec& spec, const Content& content,
                        const std::optional<model::Costs>& costs) {
  sink.family(spec);
  if (!costs) return;
  sink.begin();
  write_costs(sink, *costs, in_window(content.options));
}

/// Whole pages of families, each in the order of the catalogue.
void write_rates(SeriesSink& sink, const Content& content);
void write_periods(SeriesSink& sink, const Content& content);
void write_budgets(SeriesSink& sink, const Content& content);
void write_efficiency(SeriesSink& sink, const Content& content);
void write_savings(SeriesSink& sink, const Content& content);
void write_policies(SeriesSink& sink, const Content& content);
void write_reconciliation(SeriesSink& sink, const Content& content);

/// All of them.
void write_families(SeriesSink& sink, const Content& content);

}  // namespace exporter::metrics
