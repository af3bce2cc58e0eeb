// What of a page is folded, so that it does not have more series than it may. Private to metrics/.
//
// A row that is folded has no series of its own, and its amounts are added to those of a row kOther
// of its group: namespaces of a cluster, workloads and pods of a namespace, values of a label of a
// cluster. If even these are too many, whole groups of workloads and pods become one row of their
// cluster; less than that a page never has, whatever its caps. Sums stay exact.
//
// Families of one kind show the same rows. Which ones is decided by what rows cost, and so that it
// stays as it is while it can: see kEntry and kPreference.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "exporter/metrics/foldable.h"
#include "exporter/metrics/keys.h"
#include "exporter/metrics/series.h"

namespace exporter::metrics {

/// A row that had series counts as so much dearer than one that had none.
inline constexpr double kPreference = 1.25;

/// Series at most, of each family and of all of a kind or a page.
struct Caps {
  std::uint64_t family = 0, all = 0;

  /// What rows that had no series may fill, and what all must fit into for folding to end: nine
  /// tenths.
  Caps entry() const { return {family - family / 10, all - all / 10}; }
};

/// The rows of one kind that are shown. Rows are known by the hashes of their labels: two that
/// share one are both shown, or both folded.
class KindFold {
 public:
  bool active = false;         // else all are shown
  bool groups_folded = false;  // some groups have no row kOther of their own
  KeyIndex kept, groups;       // rows, and groups that have

  bool keeps(std::span<const std::string_view> labels) const;
  /// Puts the labels of the row it is folded into in the place of a row's own.
  void rename(const KindSpec& kind, std::span<std::string_view> labels) const;
};

struct Folding {
  std::array<KindFold, kFoldKinds> kinds;
  std::array<std::uint64_t, kFoldables> folded{};  // series, by kFoldable

  const KindFold& of(FoldKind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
};

/// What is remembered of a kind from page to page, besides the series that it had.
struct FoldState {
  bool rows = false, groups = false;  // were folded
};
using FoldStates = std::array<FoldState, kFoldKinds>;

class Survey;

/// Decides for a page that is known by its survey, and notes it for the next.
Folding choose(const Survey& survey, const Caps& caps, FoldStates& states);

/// What each kind could have of `room` if it wanted all of it: who wants less than an equal share
/// gets what it wants, and the others share the rest equally.
std::array<std::uint64_t, kFoldKinds> shares(std::uint64_t room,
                                             const std::array<std::uint64_t, kFoldKinds>& wanted);

}  // namespace exporter::metrics
