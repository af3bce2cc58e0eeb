// Which windows are asked for. Private to backfill/.
#pragma once

#include <chrono>
#include <cstdint>

#include "exporter/backfill/backfill.h"

namespace exporter::backfill {

/// Windows of equal length, one right behind the other.
struct Span {
  std::chrono::sys_seconds from{};
  std::chrono::sys_seconds to{};
  std::chrono::seconds step{3600};

  std::uint64_t count() const { return static_cast<std::uint64_t>((to - from) / step); }
  model::Window window(std::uint64_t index) const {
    const auto start = from + step * static_cast<std::int64_t>(index);
    return {start, start + step};
  }
};

/// The span of `options`, both ends on the marks of its step, all of it settled at `now`. Errors
/// begin with the name of the option.
Result<Span> resolve(const Options& options, const Setup& setup, SystemTime now);

/// Whether each can stand on a series: a name as Prometheus wants it, a value, no name twice.
Result<void> check_labels(const Options& options);

}  // namespace exporter::backfill
