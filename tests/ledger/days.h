// Days made by hand or at random, for the tests of ledger/, and a sum of them that is too simple to
// be wrong.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "exporter/ledger/ledger.h"

namespace exporter::ledger::samples {

/// The `number`th day from 2026-03-01.
inline model::Window day(int number) {
  const std::chrono::sys_seconds start =
      std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + std::chrono::days(number);
  return {start, start + std::chrono::days(1)};
}

/// From the beginning of a day to the beginning of another.
inline model::Window days(int first, int end) { return {day(first).start, day(end).start}; }

using Labels = std::vector<std::pair<std::string, std::string>>;

/// A row that owns its text and its labels; the key comes first, so that rows sort by it.
struct Row {
  std::string cluster{}, name_space{}, controller_kind{}, controller{};
  model::RowKind kind = model::RowKind::workload;
  Labels labels{};
  std::array<std::int64_t, model::kResources> costs{};
  std::int64_t reported = 0;

  auto key() const {
    return std::tie(cluster, name_space, controller_kind, controller, kind, labels);
  }
  friend bool operator==(const Row&, const Row&) = default;
  friend void PrintTo(const Row& row, std::ostream* out) {
    *out << row.cluster << '/' << row.name_space << '/' << row.controller_kind << '/'
         << row.controller << " kind " << static_cast<int>(row.kind);
    for (const auto& [name, value] : row.labels) *out << ' ' << name << '=' << value;
    for (const std::int64_t cost : row.costs) *out << ' ' << cost;
    *out << " of " << row.reported;
  }
};

using Rows = std::vector<Row>;

inline void sort(Rows& rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key() < b.key(); });
}

inline Row cpu(std::string name_space, std::string controller, std::int64_t micros) {
  return {.cluster = "c1",
          .name_space = std::move(name_space),
          .controller_kind = "deployment",
          .controller = std::move(controller),
          .costs = {micros},
          .reported = micros};
}

using Table = std::shared_ptr<const model::AllocationTable>;

inline Table table(model::Window window, Rows rows) {
  sort(rows);
  auto out = std::make_shared<model::AllocationTable>();
  out->window = window;
  out->lived = window;
  std::map<Labels, std::uint32_t> sets = {{{}, 0}};
  for (const Row& row : rows) {
    const auto keep = [&](const std::string& text) { return out->text.store(text); };
    const auto [set, is_new] =
        sets.try_emplace(row.labels, static_cast<std::uint32_t>(out->label_sets.size()));
    if (is_new) {
      auto& labels = out->label_sets.emplace_back();
      for (const auto& [name, value] : row.labels) labels.push_back({keep(name), keep(value)});
    }
    model::Allocation& made = out->rows.emplace_back();
    made.kind = row.kind;
    made.cluster = keep(row.cluster);
    made.name_space = keep(row.name_space);
    made.controller_kind = keep(row.controller_kind);
    made.controller = keep(row.controller);
    for (std::size_t i = 0; i < model::kResources; ++i) made.costs.by[i].micros = row.costs[i];
    made.reported_total.micros = row.reported;
    made.label_set = set->second;
  }
  return out;
}

/// What a table says, in its own order; rows that differ only in their labels are put in order.
inline Rows rows_of(const model::AllocationTable& table) {
  Rows rows;
  for (const model::Allocation& made : table.rows) {
    Row& row = rows.emplace_back();
    row.kind = made.kind;
    row.cluster = made.cluster;
    row.name_space = made.name_space;
    row.controller_kind = made.controller_kind;
    row.controller = made.controller;
    for (const model::Label& label : table.label_sets.at(made.label_set)) {
      row.labels.emplace_back(label.name, label.value);
    }
    for (std::size_t i = 0; i < model::kResources; ++i) row.costs[i] = made.costs.by[i].micros;
    row.reported = made.reported_total.micros;
  }
  return rows;
}

inline Rows naive_sum(const std::vector<Rows>& tables) {
  Rows all, sum;
  for (const Rows& rows : tables) all.insert(all.end(), rows.begin(), rows.end());
  sort(all);
  for (const Row& row : all) {
    if (sum.empty() || sum.back().key() != row.key()) {
      sum.push_back(row);
      continue;
    }
    for (std::size_t i = 0; i < model::kResources; ++i) sum.back().costs[i] += row.costs[i];
    sum.back().reported += row.reported;
  }
  return sum;
}

inline std::int64_t total(const Rows& rows) {
  std::int64_t sum = 0;
  for (const Row& row : rows) {
    for (const std::int64_t cost : row.costs) sum += cost;
  }
  return sum;
}

/// Workloads of few names, so that days share them, with labels that change from day to day.
inline Rows random_rows(std::mt19937& random, std::size_t count) {
  const auto below = [&](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  Rows rows;
  while (rows.size() < count) {
    Row row;
    row.cluster = "c" + std::to_string(below(2));
    row.kind = static_cast<model::RowKind>(below(12) == 0 ? below(3) : 0);
    if (row.kind == model::RowKind::unmounted) row.name_space = "__unmounted__";
    if (row.kind == model::RowKind::workload) {
      row.name_space = "n" + std::to_string(below(5));
      row.controller_kind = below(2) == 0 ? "deployment" : "statefulset";
      row.controller = "w" + std::to_string(rows.size() + static_cast<std::size_t>(below(8)));
      if (below(3) != 0) row.labels = {{"team", "t" + std::to_string(below(3))}};
      if (below(5) == 0) row.labels.emplace_back("tier", "");
    }
    for (std::int64_t& cost : row.costs) cost = below(3) == 0 ? 0 : below(100'000'000) - 1000;
    row.reported = below(800'000'000);
    const auto twin = [&](const Row& other) {
      return std::tie(row.cluster, row.name_space, row.controller_kind, row.controller, row.kind) ==
             std::tie(other.cluster, other.name_space, other.controller_kind, other.controller,
                      other.kind);
    };
    if (std::none_of(rows.begin(), rows.end(), twin)) rows.push_back(row);
    // There are few rows but workloads, and looking for more would not end.
    if (row.kind != model::RowKind::workload) --count;
  }
  sort(rows);
  return rows;
}

inline Entry recorded(model::Window window) {
  Entry entry;
  entry.window = window;
  entry.answered_at = window.end + std::chrono::minutes(15);
  entry.lived = window;
  return entry;
}

/// As the ledger gives it back.
inline Entry with(Entry entry, const Rows& rows) {
  entry.rows = rows.size();
  entry.total = Cost{total(rows)};
  return entry;
}

inline std::optional<Failure> record(Ledger& ledger, model::Window window, const Rows& rows,
                                     const std::string& source = "s") {
  return ledger.record(source, recorded(window), table(window, rows).get());
}

/// The rows of a window that must be readable.
inline Rows read(Ledger& ledger, model::Window window, const std::string& source = "s") {
  const auto sum = ledger.sum(source, window);
  if (!sum) return {cpu("failed", sum.error().detail, 0)};
  return rows_of(**sum);
}

}  // namespace exporter::ledger::samples

namespace exporter::ledger {

inline void PrintTo(const Failure& failure, std::ostream* out) {
  *out << to_string(failure.trouble) << ": " << failure.detail;
}

}  // namespace exporter::ledger
