// The parameter `window` of routes of cost, and the answers it leads to. Inside api/ only.
#pragma once

#include <string>
#include <string_view>

#include "exporter/api/route.h"
#include "exporter/api/windows.h"

namespace exporter::api {

inline constexpr Parameter kWindow{
    .name = "window",
    .type = "choice",
    .default_value = "current",
    .choices = "current, today, yesterday, last_7_days, month_to_date, last_month",
    .meaning =
        "What the money was spent in: the latest window of OpenCost, or a period of the "
        "calendar that days are counted by.",
    .example = "month_to_date"};

/// REQUIRES: a choice of the parameter.
inline Stretch stretch_of(std::string_view window) {
  for (const model::Period period : model::kPeriods) {
    if (to_string(period) == window) return period;
  }
  return std::nullopt;
}

/// An answer without rows yet, which may point into the publication.
inline Table table_of(const Question& question, const std::string& window,
                      std::span<const Column> columns) {
  Table table;
  table.columns = columns;
  table.window_name = window;
  table.windows = windows_of(question, stretch_of(window));
  table.keep.push_back(question.held);
  return table;
}

}  // namespace exporter::api
