// The labels and annotations of allocations that somebody asked for. Private to opencost/.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/opencost/rows.h"

namespace exporter::opencost {

/// Reads the `labels` and `annotations` of rows into the label sets of a table, each distinct set
/// once.
class LabelReader {
 public:
  enum class Of : std::uint8_t { labels, annotations };

  /// `wanted` is as in Question. All must outlive the reader.
  LabelReader(const std::vector<std::string>& wanted, Names& names,
              std::vector<model::LabelSet>& sets);

  /// One object of a row. A value that is no string, or no good as one, is as good as none: a label
  /// must never cost a row its money.
  simdjson::error_code read(json::value& value, Of of, const Limits& limits);
  /// The index of what was read since the last call, which ends a row.
  std::uint32_t take_set();

 private:
  /// Of the one or the other object.
  struct Part {
    std::size_t prefix = 0;                // bytes of a wanted name that the object does not have
    std::vector<std::string_view> wanted;  // sorted
    model::LabelSet found;
  };

  Names& names_;
  std::vector<model::LabelSet>& sets_;
  std::array<Part, 2> parts_;
  std::map<model::LabelSet, std::uint32_t> known_;
};

}  // namespace exporter::opencost
