#include <algorithm>
#include <numeric>

#include "exporter/cost/shared.h"

namespace exporter::cost {
namespace {

// Holds any cost times any weight.
__extension__ typedef unsigned __int128 Wide;

struct Part {
  std::uint64_t floor = 0;
  Wide remainder = 0;
};

}  // namespace

std::vector<Cost> apportion(Cost total, std::span<const std::int64_t> weights) {
  const Wide whole = std::accumulate(
      weights.begin(), weights.end(), Wide(0),
      [](Wide sum, std::int64_t weight) { return sum + static_cast<std::uint64_t>(weight); });
  if (whole == 0) return apportion(total, std::vector<std::int64_t>(weights.size(), 1));
  const auto amount = static_cast<std::uint64_t>(total.micros);
  const std::uint64_t magnitude = total.micros < 0 ? 0 - amount : amount;
  std::vector<Part> parts;
  parts.reserve(weights.size());
  std::uint64_t left = magnitude;
  for (std::int64_t weight : weights) {
    const Wide product = static_cast<Wide>(magnitude) * static_cast<std::uint64_t>(weight);
    parts.push_back({static_cast<std::uint64_t>(product / whole), product % whole});
    left -= parts.back().floor;
  }
  std::vector<std::size_t> order(parts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return parts[a].remainder > parts[b].remainder;
  });
  for (std::size_t i = 0; i < left; ++i) ++parts[order[i]].floor;
  std::vector<Cost> out;
  out.reserve(parts.size());
  for (const Part& part : parts) {
    out.push_back({static_cast<std::int64_t>(total.micros < 0 ? 0 - part.floor : part.floor)});
  }
  return out;
}

}  // namespace exporter::cost
