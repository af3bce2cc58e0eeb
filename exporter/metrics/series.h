// Where the series of a page go, and what tells one from another. Private to metrics/.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "exporter/metrics/catalogue.h"

namespace exporter::metrics {

/// Takes the series of a page in its order: family(), then for each group of series that shares its
/// leading labels begin(), label() for each, and sample() for each series.
class SeriesSink {
 public:
  SeriesSink() = default;
  virtual ~SeriesSink() = default;
  SeriesSink(const SeriesSink&) = delete;
  SeriesSink& operator=(const SeriesSink&) = delete;

  virtual void family(const MetricSpec& spec) = 0;
  virtual void begin() = 0;
  virtual void label(std::string_view value) = 0;
  /// One series: the labels so far and, unless empty, one more of the last name.
  virtual void sample(std::string_view last_label, double value) = 0;
  /// Until it is said again, amounts of this family were spent in so many hours; 1 for rates.
  virtual void spent_over([[maybe_unused]] double hours) {}
};

/// The hash of a sequence of texts, one after the other. Sequences collide as numbers drawn at
/// random would; who uses these hashes says what happens then.
inline std::uint64_t chained(std::uint64_t before, std::string_view text) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15u;
  const auto step = [](std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * kOdd;
    return hash ^ hash >> 32;
  };
  const auto load = [](const char* at, std::size_t bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, bytes);
    return word;
  };
  std::uint64_t hash = step(before, text.size() + 1);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, at += 8) hash = step(hash, load(at, 8));
  if (left >= 4) {
    // The two halves overlap where there are less than eight.
    hash = step(hash, load(at, 4) | load(at + left - 4, 4) << 32);
  } else if (left > 0) {
    hash = step(hash, load(at, 1) | load(at + left / 2, 1) << 8 | load(at + left - 1, 1) << 16);
  }
  return hash;
}

/// Of a series: the hash chained over its leading labels, its family's and its last label.
inline std::uint64_t series_hash(std::uint64_t labels, std::uint64_t family,
                                 std::string_view last_label) {
  return chained(labels ^ (family << 1 | 1), last_label);
}

inline std::uint64_t family_hash(const MetricSpec& spec) { return chained(0, spec.name); }

}  // namespace exporter::metrics
