// An answer before it is JSON or CSV: named columns and rows of values. Inside api/ only.
//
// Every route of rows fills one Table; filters, sorting, paging, totals, JSON, CSV, the OpenAPI
// schema and the documentation know nothing else of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "exporter/clock.h"
#include "exporter/cost/cost.h"
#include "exporter/model/model.h"
#include "exporter/units.h"

namespace exporter::api {

enum class Kind {
  text,   // can be filtered by
  money,  // in the currency of the answer, at most six decimals
  number,
  count,  // a whole number, 0 or more
  truth,
  time,  // RFC 3339, UTC
  date,  // 2026-11-22, of the calendar's days
};

struct Column {
  std::string_view name;  // snake_case; the JSON member, and the parameter that filters text
  Kind kind = Kind::text;
  std::string_view meaning;  // one sentence
  bool nullable = false;     // null: not known, or not applicable; never zero in its place
  bool summed = false;       // money that stands in `total` as the sum of all matching rows
  std::string_view
      focus{};  // the FOCUS column it is in CSV; empty: `x_` and the name in Pascal case
  std::string_view
      example{};  // of text, for the OpenAPI document; other kinds have one of their own
};

/// Views point into what Table::keep holds, or into its `texts`.
using Value = std::variant<std::monostate,    // null
                           std::string_view,  // text, date
                           Cost,              // money before the currency rate
                           double,            // number; money after the rate
                           std::uint64_t,     // count
                           bool,              // truth
                           SystemTime>;       // time

/// How a stretch of time is known, for one source.
struct SourceWindow {
  std::string_view source;
  model::Window window;
  cost::Coverage coverage;
};

struct Table {
  std::span<const Column> columns;
  std::vector<Value>
      cells;  // row after row, columns.size() each; in the natural order of the route
  /// What the money is of: `current`, `month_to_date`, `2026-10-01/2026-11-01`; empty when the
  /// answer has no window.
  std::string window_name{};
  /// Of the sources that have any rows the caller may see. The answer's window is the stretch from
  /// the first start to the last end, its coverage the sum.
  std::vector<SourceWindow> windows{};
  std::unique_ptr<model::TextArena> texts = std::make_unique<model::TextArena>();  // never null
  std::vector<std::shared_ptr<const void>> keep{};

  std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
  std::span<const Value> row(std::size_t index) const {
    return std::span(cells).subspan(index * columns.size(), columns.size());
  }
  /// Appends one row. REQUIRES: as many values as columns.
  void add(std::initializer_list<Value> row) { cells.insert(cells.end(), row); }
};

}  // namespace exporter::api
