// How a map of what strangers sent stays bounded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace exporter::access {

/// Makes room in a map that has `most` entries: erases the tenth with the lowest ranks, at least
/// one. A tenth rather than one, so that a flood of new keys does not rank all of them each time.
template <class Map, class Rank>
void make_room(Map& map, std::size_t most, Rank rank) {
  if (map.empty() || map.size() < most) return;
  using Entry = typename Map::iterator;
  using Ranked = std::pair<decltype(rank(map.begin()->second)), Entry>;
  std::vector<Ranked> ranked;
  ranked.reserve(map.size());
  for (Entry entry = map.begin(); entry != map.end(); ++entry) {
    ranked.emplace_back(rank(entry->second), entry);
  }
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(1 + (ranked.size() - 1) / 10);
  std::nth_element(ranked.begin(), end - 1, ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.first < b.first; });
  for (auto lowest = ranked.begin(); lowest != end; ++lowest) map.erase(lowest->second);
}

}  // namespace exporter::access
