#include "exporter/api/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <type_traits>

#include "exporter/api/values.h"

namespace exporter::api {
namespace {

using Rows = std::vector<std::uint32_t>;

std::optional<std::size_t> index_of(const Table& table, std::string_view name) {
  const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                               [&](const Column& column) { return column.name == name; });
  if (at == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(at - table.columns.begin());
}

std::string names_of(const Table& table, bool text_only) {
  std::string out;
  for (const Column& column : table.columns) {
    if (text_only && column.kind != Kind::text) continue;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", column.name);
  }
  return out.empty() ? "none" : out;
}

// Money after the rate may stand beside money before it only in different columns.
int compare(const Value& a, const Value& b) {
  return std::visit(
      [&](const auto& left) {
        using T = std::decay_t<decltype(left)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return 0;
        } else {
          const T* const right = std::get_if<T>(&b);
          if (right == nullptr) return a.index() < b.index() ? -1 : 1;
          return left < *right ? -1 : *right < left ? 1 : 0;
        }
      },
      a);
}

struct Key {
  std::size_t column;
  bool descending;
};

bool before(std::span<const Value> a, std::span<const Value> b, const std::vector<Key>& keys) {
  for (const Key& key : keys) {
    const Value& left = a[key.column];
    const Value& right = b[key.column];
    const bool unknown = is_null(left);
    if (unknown != is_null(right)) return !unknown;
    if (unknown) continue;
    const int order = compare(left, right);
    if (order != 0) return key.descending ? order > 0 : order < 0;
  }
  return false;
}

Answer<Rows> matching(const Table& table, const std::vector<Filter>& filters) {
  Rows rows(table.rows());
  std::iota(rows.begin(), rows.end(), 0u);
  for (const Filter& filter : filters) {
    const auto column = index_of(table, filter.column);
    if (!column) {
      return tl::unexpected(Problem{
          "bad_parameter",
          fmt::format("Parameter {} names a column that this answer does not have: its columns of "
                      "text are {}.",
                      filter.column, names_of(table, true))});
    }
    const auto out = [&](std::uint32_t row) {
      const auto* const text = std::get_if<std::string_view>(&table.row(row)[*column]);
      return text == nullptr || !cost::matches_any(filter.patterns, *text);
    };
    rows.erase(std::remove_if(rows.begin(), rows.end(), out), rows.end());
  }
  return rows;
}

// Of what the route sorts by when nobody says, an answer may lack some.
Answer<std::vector<Key>> keys_of(const Table& table, const RowsRoute& route, const Asked& asked) {
  std::vector<Key> keys;
  for (const SortKey& key : asked.sort.empty() ? sort_of(route) : asked.sort) {
    const auto column = index_of(table, key.column);
    if (column) {
      keys.push_back({*column, key.descending});
    } else if (!asked.sort.empty()) {
      return tl::unexpected(
          Problem{"bad_parameter",
                  fmt::format("Parameter sort names {}, which this answer does not have: its "
                              "columns are {}.",
                              key.column, names_of(table, false))});
    }
  }
  return keys;
}

Value total(const Table& table, const Rows& rows, std::size_t column) {
  Cost money{};
  double number = 0;
  bool any_money = false, any_number = false;
  for (const std::uint32_t row : rows) {
    const Value& value = table.row(row)[column];
    if (is_null(value)) continue;
    if (const auto* cost = std::get_if<Cost>(&value)) {
      money += *cost;
      any_money = true;
    } else if (const auto* amount = std::get_if<double>(&value)) {
      number += *amount;
      any_number = true;
    }
  }
  if (any_number) return number;
  if (any_money || rows.empty()) return money;
  return {};
}

// Only what comes before the end of the page is put in order. Indices break ties, so that the
// order is that of a stable sort.
void sort_until(std::size_t end, const Table& table, const std::vector<Key>& keys, Rows& rows) {
  if (keys.empty()) return;
  const auto less = [&](std::uint32_t a, std::uint32_t b) {
    const auto left = table.row(a), right = table.row(b);
    if (before(left, right, keys)) return true;
    return !before(right, left, keys) && a < b;
  };
  if (end < rows.size() / 4) {
    const auto stop = rows.begin() + static_cast<std::ptrdiff_t>(end);
    std::partial_sort(rows.begin(), stop, rows.end(), less);
  } else {
    std::sort(rows.begin(), rows.end(), less);
  }
}

}  // namespace

Answer<Selected> select(const Table& table, const RowsRoute& route, const Asked& asked) {
  auto rows = matching(table, asked.filters);
  if (!rows) return tl::unexpected(rows.error());
  const auto keys = keys_of(table, route, asked);
  if (!keys) return tl::unexpected(keys.error());
  Selected out;
  out.matching = rows->size();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].summed) out.totals.push_back(total(table, *rows, i));
  }
  const std::size_t first =
      static_cast<std::size_t>(std::min<std::uint64_t>(asked.offset, rows->size()));
  const std::size_t end = first + std::min(asked.limit, rows->size() - first);
  sort_until(end, table, *keys, *rows);
  out.rows.assign(rows->begin() + static_cast<std::ptrdiff_t>(first),
                  rows->begin() + static_cast<std::ptrdiff_t>(end));
  out.more = end < rows->size();
  return out;
}

}  // namespace exporter::api
