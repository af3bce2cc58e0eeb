// A stretch of days cut into days, weeks or months. Inside api/ only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "exporter/api/route.h"

namespace exporter::api {

enum class Step : std::uint8_t {
  day,
  week,  // begins on Monday
  month,
};
/// REQUIRES: `day`, `week` or `month`.
Step step_of(std::string_view text);

inline constexpr std::size_t kMostBuckets = 400;
inline constexpr std::chrono::days kLongestAgo{3660};

/// Never empty. One follows the other; the first and the last are cut to what was asked for.
using Buckets = std::vector<model::Days>;

/// Of the parameters `from` and `to`. Without the latter, up to the end of the step that holds
/// today; without the former, 30 days, 12 weeks or 12 months before that. The problem names all
/// that is wrong.
Answer<Buckets> buckets_of(const Parameters& parameters, Step step, std::chrono::local_days today);

}  // namespace exporter::api
