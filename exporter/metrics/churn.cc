#include "exporter/metrics/churn.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace exporter::metrics {
namespace {

using Hashes = std::span<const std::uint64_t>;

// How far ahead the next series that both have is looked for. Pods that come and go do so in
// fours or eights; where more are in a row, sorting them costs little.
constexpr std::size_t kAhead = 32;

// Where `hash` stands among the next ones; kAhead when it does not.
std::size_t distance_to(std::uint64_t hash, Hashes hashes) {
  const Hashes near = hashes.first(std::min(kAhead, hashes.size()));
  const auto found = std::find(near.begin(), near.end(), hash);
  return found == near.end() ? kAhead : static_cast<std::size_t>(found - near.begin());
}

Churn difference_of_sorted(Hashes before, Hashes after) {
  Churn churn;
  auto old = before.begin();
  for (auto now = after.begin(); now != after.end(); ++now) {
    for (; old != before.end() && *old < *now; ++old) ++churn.removed;
    if (old != before.end() && *old == *now) {
      ++old;
    } else {
      ++churn.added;
    }
  }
  churn.removed += static_cast<std::uint64_t>(before.end() - old);
  return churn;
}

}  // namespace

Churn difference(Hashes before, Hashes after) {
  std::vector<std::uint64_t> gone, come;  // unless it only stands elsewhere
  const auto leave = [](std::vector<std::uint64_t>& rest, Hashes& hashes, std::size_t count) {
    rest.insert(rest.end(), hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(count));
    hashes = hashes.subspan(count);
  };
  while (!before.empty() && !after.empty()) {
    if (before.front() == after.front()) {
      before = before.subspan(1);
      after = after.subspan(1);
      continue;
    }
    const std::size_t came = distance_to(before.front(), after);
    const std::size_t went = distance_to(after.front(), before);
    if (came == kAhead && went == kAhead) {
      leave(gone, before, 1);
      leave(come, after, 1);
    } else if (came <= went) {
      leave(come, after, came);
    } else {
      leave(gone, before, went);
    }
  }
  leave(gone, before, before.size());
  leave(come, after, after.size());
  std::sort(gone.begin(), gone.end());
  std::sort(come.begin(), come.end());
  return difference_of_sorted(gone, come);
}

}  // namespace exporter::metrics
