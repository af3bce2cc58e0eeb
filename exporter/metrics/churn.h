// Which series came and which went. Private to metrics/.
#pragma once

#include <cstdint>
#include <span>

namespace exporter::metrics {

struct Churn {
  std::uint64_t added = 0, removed = 0;
};

/// The difference of two pages, given the hashes of their series in the order of the page. Exact in
/// any order, and fast while most series stand where they stood: these cancel out in one pass, and
/// only the rest is sorted. Two series of one hash would count as one that stayed.
Churn difference(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after);

}  // namespace exporter::metrics
