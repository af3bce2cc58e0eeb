// What can be said of an answer without understanding JSON, one byte at a time, and what holds of
// everything that was read from one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "tests/opencost/answers.h"

namespace exporter::opencost {

/// A backslash hides a quote outside of strings as well, as it does for simdjson.
///
/// How many members stand in the objects at `depth`, counted by their colons. An answer of
/// allocations has its rows at depth 3, an object of assets at depth 2.
inline std::uint64_t count_members(std::string_view text, int depth) {
  std::uint64_t members = 0;
  int level = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      const bool hides = i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
      i += hides ? 1 : 0;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      continue;
    } else if (c == '{' || c == '[') {
      ++level;
    } else if (c == '}' || c == ']') {
      --level;
    } else if (c == ':' && level == depth) {
      ++members;
    }
  }
  return members;
}

/// `charged/requested/used`, `?` for what is not known.
inline std::string describe(const model::Demand& demand) {
  return fmt::format("{:g}/{:g}/{}", demand.charged, demand.requested,
                     demand.known() ? fmt::format("{:g}", demand.used) : "?");
}

/// Every digit of it, unlike the one before.
inline std::string exactly(const model::Demand& demand) {
  return fmt::format(" {:a} {:a} {:a}", demand.charged, demand.requested, demand.used);
}

/// Everything an answer says: describe(), and what stands beside the costs of its rows. What two
/// ways of reading an answer are compared by.
inline std::string everything(const Result<AllocationAnswer, Fault>& result) {
  std::string out = describe(result);
  if (!result) return out;
  const model::AllocationTable& table = *result->table;
  out += fmt::format("\nlived {} {}", model::format_time(table.lived.start),
                     model::format_time(table.lived.end));
  for (const auto& row : table.rows) {
    out += fmt::format("\n{:a}", row.hours) + exactly(row.cpu) + exactly(row.memory) +
           exactly(row.gpu);
    for (const auto& [name, value] : table.label_sets.at(row.label_set)) {
      out.append(" ").append(name).append("=").append(value);
    }
  }
  for (const auto& row : table.rejected) out += "\nrejected " + describe(row);
  return out + fmt::format("\nunnamed {}", table.rejected_unnamed);
}

inline std::string everything(const Result<AssetAnswer, Fault>& result) {
  std::string out = describe(result);
  if (!result) return out;
  for (const auto& row : result->table->rows) {
    out += fmt::format("\n{:a} {:a} {:a}", row.cores, row.memory_bytes, row.gpus);
  }
  return out;
}

inline bool plain(const model::Allocation& row) {
  return row.hours == 0 && row.cpu == model::Demand{} && row.memory == model::Demand{} &&
         row.gpu == model::Demand{};
}

inline bool sane(const model::Demand& demand) {
  return std::isfinite(demand.charged) && demand.charged >= 0 && std::isfinite(demand.requested) &&
         demand.requested >= 0 && std::isfinite(demand.used) &&
         (demand.used >= 0 || demand.used == -1);
}

/// The first thing that is wrong with what is said of usage and of rejected rows; empty if nothing
/// is.
inline std::string_view unsound(const AllocationAnswer& answer, Query query) {
  const model::AllocationTable& table = *answer.table;
  for (const auto& row : table.rows) {
    const bool pod = row.kind == model::RowKind::workload && query == Query::current;
    if (!pod && !plain(row)) return "a row that is no pod says what it used";
    if (!sane(row.cpu) || !sane(row.memory) || !sane(row.gpu)) return "usage that cannot be";
    if (!(row.hours >= 0 && row.hours <= table.window.hours() + 0.17)) return "hours beyond it";
    if (row.hours == 0 && (row.cpu.known() || row.memory.known())) return "usage in no time";
    if (row.memory.used == 0) return "a pod that uses no memory";
  }
  for (const auto& row : table.rejected) {
    const bool only_names = plain(row) && row.costs == model::Costs{} &&
                            row.reported_total == Cost{} && row.label_set == 0;
    if (!only_names) return "more than the names of a rejected row";
    if (row.kind != model::RowKind::idle && row.name_space.empty()) return "a name that is none";
  }
  const auto key = [](const model::Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  if (!std::is_sorted(table.rejected.begin(), table.rejected.end(),
                      [&](const auto& a, const auto& b) { return key(a) < key(b); })) {
    return "rejected rows out of order";
  }
  const auto twice = answer.rejected.counts[static_cast<std::size_t>(Rejection::duplicate)];
  if (table.rejected.size() + table.rejected_unnamed + twice != answer.rejected.total()) {
    return "rejected rows that are neither named nor counted";
  }
  return {};
}

}  // namespace exporter::opencost
