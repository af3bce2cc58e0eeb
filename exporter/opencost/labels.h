// The labels of allocations that somebody asked for. Private to opencost/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "exporter/opencost/rows.h"

namespace exporter::opencost {

/// Reads `labels` objects into the label sets of a table, each distinct set once.
class LabelReader {
 public:
  /// `wanted` is sorted. All must outlive the reader.
  LabelReader(const std::vector<std::string>& wanted, Names& names,
              std::vector<model::LabelSet>& sets)
      : wanted_(wanted), names_(names), sets_(sets) {}

  /// `set` receives the index of what was found. A value that is no string, or no good as one, is
  /// as good as none: a label must never cost a row its money.
  simdjson::error_code read(json::value& value, const Limits& limits, std::uint32_t& set);

 private:
  const std::vector<std::string>& wanted_;
  Names& names_;
  std::vector<model::LabelSet>& sets_;
  std::map<model::LabelSet, std::uint32_t> known_;
};

}  // namespace exporter::opencost
