#include "exporter/metrics/fold.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include "exporter/metrics/survey.h"

namespace exporter::metrics {
namespace {

std::uint64_t count(std::uint8_t series) {
  return static_cast<std::uint64_t>(std::popcount(series));
}

/// What is taken of a kind's caps.
class Room {
 public:
  void take(const SeriesBits& series) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      by_family_[i] += count(series[i]);
      all_ += count(series[i]);
    }
  }
  void take(std::size_t column, std::uint64_t series) {
    by_family_[column] += series;
    all_ += series;
  }
  bool fits(const SeriesBits& series, const Caps& caps) const {
    Room with = *this;
    with.take(series);
    return with.within(caps);
  }
  bool within(const Caps& caps) const {
    return all_ <= caps.all && std::all_of(by_family_.begin(), by_family_.end(),
                                           [&](std::uint64_t n) { return n <= caps.family; });
  }

 private:
  std::array<std::uint64_t, kColumns> by_family_{};
  std::uint64_t all_ = 0;
};

// Whether something that needs this room must be folded. It begins when it does not fit, and ends
// when there is room to spare.
bool must_fold(const Room& needed, const Caps& caps, bool before) {
  return !needed.within(before ? caps.entry() : caps);
}

// From the dearest on, each that still fits; `room` is what is taken already. By key where nothing
// else tells them apart, so that the order in which they came does not matter.
void keep_best(const std::vector<FoldItem>& items, const std::vector<bool>& allowed, Room room,
               const Caps& caps, KeyIndex& kept) {
  struct Candidate {
    double worth;
    const FoldItem* item;
  };
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const FoldItem& item = items[i];
    if (allowed[i]) candidates.push_back({item.had ? item.cost * kPreference : item.cost, &item});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.worth != b.worth) return a.worth > b.worth;
    if (a.item->had != b.item->had) return a.item->had;
    return a.item->key < b.item->key;
  });
  const Caps entry = caps.entry();
  for (const Candidate& candidate : candidates) {
    const FoldItem& item = *candidate.item;
    if (!room.fits(item.series, item.had ? caps : entry)) continue;
    room.take(item.series);
    kept.add(item.key);
  }
}

// The groups that have a row of their own for what is folded, and the room these rows take: of all
// their resources, since it is not known yet which rows they will hold.
Room keep_groups(const Survey::Kind& survey, bool can_fold, const Caps& caps, FoldState& state,
                 KindFold& fold) {
  Room all;
  for (const FoldItem& group : survey.groups) all.take(group.series);
  state.groups = can_fold && must_fold(all, caps, state.groups);
  fold.groups_folded = state.groups;
  if (!state.groups) {
    for (const FoldItem& group : survey.groups) fold.groups.add(group.key);
    return all;
  }
  Room room;
  for (const SeriesBits& cluster : survey.clusters) room.take(cluster);
  std::vector<bool> allowed;
  allowed.reserve(survey.groups.size());
  for (const FoldItem& group : survey.groups) allowed.push_back(!group.is_other);
  keep_best(survey.groups, allowed, room, caps, fold.groups);
  for (const FoldItem& group : survey.groups) {
    if (fold.groups.contains(group.key)) room.take(group.series);
  }
  return room;
}

// Of a kind of which not all rows can be shown.
void keep_rows(const Survey::Kind& survey, bool groups_fold, const Caps& caps, FoldState& state,
               KindFold& fold) {
  const Room room = keep_groups(survey, groups_fold, caps, state, fold);
  std::vector<bool> allowed;
  allowed.reserve(survey.rows.size());
  for (const FoldItem& row : survey.rows) {
    allowed.push_back(!row.is_other && fold.groups.contains(survey.groups[row.within].key));
  }
  fold.active = true;
  keep_best(survey.rows, allowed, room, caps, fold.kept);
}

void count_folded(const Survey::Kind& survey, FoldKind kind, Folding& folding) {
  for (const FoldItem& row : survey.rows) {
    if (folding.of(kind).kept.contains(row.key)) continue;
    for (std::size_t i = 0; i < kFoldables; ++i) {
      if (kFoldable[i].kind == kind) folding.folded[i] += count(row.series[column_of(i)]);
    }
  }
}

// The series of a kind if nothing is folded.
Room needed(const SeriesCounts& counts, FoldKind kind) {
  Room room;
  for (std::size_t i = 0; i < kFoldables; ++i) {
    if (kFoldable[i].kind == kind) room.take(column_of(i), counts.foldable[i]);
  }
  return room;
}

// What a kind has however much of it is folded.
std::uint64_t least_series(const Survey::Kind& survey, bool groups_fold) {
  std::uint64_t least = 0;
  const auto take = [&](const SeriesBits& series) {
    for (const std::uint8_t bits : series) least += count(bits);
  };
  if (groups_fold) {
    for (const SeriesBits& cluster : survey.clusters) take(cluster);
  } else {
    for (const FoldItem& group : survey.groups) take(group.series);
  }
  return least;
}

}  // namespace

bool KindFold::keeps(std::span<const std::string_view> labels) const {
  std::uint64_t key = 0;
  for (std::string_view label : labels) key = chained(key, label);
  return kept.contains(key);
}

void KindFold::rename(const KindSpec& kind, std::span<std::string_view> labels) const {
  std::size_t own = kind.grouped;
  if (groups_folded) {
    std::uint64_t key = 0;
    for (std::string_view label : labels.first(kind.grouped)) key = chained(key, label);
    if (!groups.contains(key)) own = 1;
  }
  for (std::size_t i = own; i < labels.size(); ++i) labels[i] = label_of_other(kind, i);
}

std::array<std::uint64_t, kFoldKinds> shares(std::uint64_t room,
                                             const std::array<std::uint64_t, kFoldKinds>& wanted) {
  std::array<std::uint64_t, kFoldKinds> out{};
  for (std::size_t i = 0; i < kFoldKinds; ++i) {
    auto others = wanted;
    others[i] = std::numeric_limits<std::uint64_t>::max();
    std::sort(others.begin(), others.end());
    std::uint64_t left = room;
    for (std::size_t j = 0; j + 1 < kFoldKinds; ++j) {
      const std::uint64_t equal = left / (kFoldKinds - j);
      if (others[j] > equal) {
        left = equal;
        break;
      }
      left -= others[j];
    }
    out[i] = left;
  }
  return out;
}

Folding choose(const Survey& survey, const Caps& caps, FoldStates& states) {
  const SeriesCounts& counts = survey.counts();
  std::array<std::uint64_t, kFoldKinds> least{}, wanted{};
  for (std::size_t i = 0; i < kFoldables; ++i) {
    wanted[static_cast<std::size_t>(kFoldable[i].kind)] +=
        std::min(counts.foldable[i], caps.family);
  }
  std::uint64_t room = caps.all - std::min(caps.all, counts.others);
  for (std::size_t i = 0; i < kFoldKinds; ++i) {
    least[i] = least_series(survey.kind(static_cast<FoldKind>(i)), kKindSpecs[i].groups_fold);
    wanted[i] -= std::min(wanted[i], least[i]);
    room -= std::min(room, least[i]);
  }
  const auto share = shares(room, wanted);
  Folding folding;
  for (std::size_t i = 0; i < kFoldKinds; ++i) {
    const auto kind = static_cast<FoldKind>(i);
    const Caps own = {caps.family, least[i] + share[i]};
    FoldState& state = states[i];
    state.rows = must_fold(needed(counts, kind), own, state.rows);
    if (!state.rows) {
      state.groups = false;
      continue;
    }
    keep_rows(survey.kind(kind), spec_of(kind).groups_fold, own, state, folding.kinds[i]);
    count_folded(survey.kind(kind), kind, folding);
  }
  return folding;
}

}  // namespace exporter::metrics
