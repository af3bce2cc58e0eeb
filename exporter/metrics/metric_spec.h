// What a row of the catalogue says. Part of the door metrics.h.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace exporter::metrics {

enum class Type { gauge, counter, histogram };

/// Which half of the page a family is on; the values of `collect[]`.
enum class Group {
  cost,      // cost data: rendered once per publication
  exporter,  // ourselves: live at scrape time
};

inline constexpr std::size_t kMaxLabels = 8;

struct MetricSpec {
  std::string_view name{};
  Type type = Type::gauge;
  Group group = Group::cost;
  std::string_view unit{};  // prose for the docs: "currency per hour", "seconds"; empty for counts
  std::string_view help{};  // one sentence; no quotes, backslashes or line breaks
  std::array<std::string_view, kMaxLabels> labels{};  // in the order they are written
  std::string_view since = "0.1.0";

  constexpr std::size_t label_count() const {
    std::size_t count = 0;
    while (count < kMaxLabels && !labels[count].empty()) ++count;
    return count;
  }
};

}  // namespace exporter::metrics
