// Rows made by hand, and what answers of rows say, as text, for the tests of api/.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "exporter/api/route.h"
#include "tests/cost/tables.h"

namespace exporter::api::samples {

using cost::samples::AssetRow;
using cost::samples::cpu;
using cost::samples::exact;
using cost::samples::idle;
using cost::samples::labelled;
using cost::samples::on_node;
using cost::samples::owned;
using cost::samples::pod;
using cost::samples::Row;
using cost::samples::unmounted;

using Rows = std::vector<Row>;

/// Pods of one deployment, named after it.
inline Row web(std::string cluster, std::string name_space, const std::string& name,
               std::int64_t micros) {
  return owned(pod(std::move(cluster), std::move(name_space), name + "-1", micros), "deployment",
               name);
}

inline std::shared_ptr<model::AllocationTable> in(model::Window window, const Rows& rows) {
  auto table = cost::samples::table(rows);
  table->window = window;
  table->lived = window;
  return table;
}

/// As OpenCost answers for days: pods of a workload and a label set are one row, without a node.
inline std::shared_ptr<const model::AllocationTable> by_workload(model::Window window, Rows rows) {
  for (Row& row : rows) {
    row.pod.clear();
    row.node.clear();
  }
  const std::vector<std::shared_ptr<const model::AllocationTable>> tables = {in(window, rows),
                                                                             in(window, {})};
  return cost::add_up(tables);
}

/// A value as text: money in millionths, null as `-`.
inline std::string text(const Value& value) {
  struct Text {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::string_view view) const { return std::string(view); }
    std::string operator()(Cost cost) const { return std::to_string(cost.micros); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(std::uint64_t count) const { return std::to_string(count); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(SystemTime time) const {
      return model::format_time(std::chrono::floor<std::chrono::seconds>(time));
    }
  };
  return std::visit(Text{}, value);
}

/// The index of a column; columns.size() when there is none.
inline std::size_t column(const Table& table, std::string_view name) {
  std::size_t index = 0;
  while (index < table.columns.size() && table.columns[index].name != name) ++index;
  return index;
}

using Lines = std::vector<std::string>;

inline std::string problem_of(const Answer<Table>& answer) {
  return answer ? "none" : fmt::format("{}: {}", answer.error().code, answer.error().detail);
}

/// These columns of all rows, with a space between values; what a problem says in their place.
inline Lines lines(const Answer<Table>& answer, const std::vector<std::string_view>& columns) {
  if (!answer) return {problem_of(answer)};
  Lines lines;
  for (std::size_t i = 0; i < answer->rows(); ++i) {
    std::string line;
    for (const std::string_view name : columns) {
      const std::size_t at = column(*answer, name);
      if (!line.empty()) line += ' ';
      line += at == answer->columns.size() ? "?" : text(answer->row(i)[at]);
    }
    lines.push_back(line);
  }
  return lines;
}

/// Each source with how much is known of it, as in `prod 2026-03-10T11:00:00Z/… 3600/3600`.
inline Lines windows(const Answer<Table>& answer) {
  if (!answer) return {problem_of(answer)};
  Lines lines;
  for (const SourceWindow& window : answer->windows) {
    lines.push_back(fmt::format("{} {}/{} {}/{}", window.source,
                                model::format_time(window.window.start),
                                model::format_time(window.window.end),
                                window.coverage.known.count(), window.coverage.elapsed.count()));
  }
  return lines;
}

}  // namespace exporter::api::samples
