// What goes on as it did in a window. Private to cost/.
#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

#include "exporter/model/model.h"
#include "exporter/units.h"

namespace exporter::cost {

/// What `time` costs at the rate of a window, each amount rounded to millionths on its own.
struct RunRate {
  std::chrono::seconds window;  // above 0
  std::chrono::seconds time;

  Cost of(Cost in_window) const {
    const long double share = static_cast<long double>(time.count()) / window.count();
    return {std::llround(static_cast<long double>(in_window.micros) * share)};
  }
  model::Costs of(const model::Costs& in_window) const {
    model::Costs costs;
    for (std::size_t i = 0; i < model::kResources; ++i) costs.by[i] = of(in_window.by[i]);
    return costs;
  }
};

inline RunRate per_hour(model::Window window) {
  return {window.end - window.start, std::chrono::hours(1)};
}

/// What was spent, and what the rest costs: of rows in either. Both are sorted by `key`, as the
/// result is.
template <class Row, class Key>
std::vector<Row> project(const std::vector<Row>& spent, const std::vector<Row>& rates, RunRate rest,
                         Key key) {
  std::vector<Row> out;
  auto rate = rates.begin();
  const auto add_rate = [&](Row row) {
    row.costs = rest.of(row.costs);
    out.push_back(row);
  };
  for (const Row& row : spent) {
    while (rate != rates.end() && key(*rate) < key(row)) add_rate(*rate++);
    out.push_back(row);
    if (rate != rates.end() && key(*rate) == key(row)) out.back().costs += rest.of((rate++)->costs);
  }
  while (rate != rates.end()) add_rate(*rate++);
  return out;
}

}  // namespace exporter::cost
