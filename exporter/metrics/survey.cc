#include "exporter/metrics/survey.h"

#include <algorithm>

#include "exporter/model/model.h"

namespace exporter::metrics {
namespace {

std::uint8_t bit_of(std::string_view resource) {
  std::size_t index = 0;
  while (index < model::kResources && model::kResourceNames[index] != resource) ++index;
  return static_cast<std::uint8_t>(1u << index);
}

void add(SeriesBits& to, const SeriesBits& bits) {
  for (std::size_t i = 0; i < kColumns; ++i) to[i] |= bits[i];
}

// Whether the row that others are folded into was on the page before.
bool had_other(std::uint64_t group, FoldKind kind, const KeyIndex& before) {
  const KindSpec& spec = spec_of(kind);
  std::uint64_t key = group;
  for (std::size_t label = spec.grouped; label < spec.labels; ++label) {
    key = chained(key, label_of_other(spec, label));
  }
  return std::any_of(std::begin(kFoldable), std::end(kFoldable), [&](const Foldable& foldable) {
    if (foldable.kind != kind) return false;
    const std::uint64_t family = family_hash(*foldable.family);
    return before.contains(series_hash(key, family, model::kResourceNames[0]));
  });
}

}  // namespace

bool SeriesCounts::fit(const Caps& caps) const {
  std::uint64_t all = others;
  for (const std::uint64_t count : foldable) {
    if (count > caps.family) return false;
    all += count;
  }
  return all <= caps.all;
}

void Survey::family(const MetricSpec& spec) {
  foldable_ = foldable_index(spec);
  if (foldable_ == kFoldables) return;
  family_ = family_hash(spec);
  column_ = column_of(foldable_);
  hours_ = 1;
}

void Survey::begin() {
  labels_ = 0;
  hash_ = 0;
  row_ = nullptr;
  is_other_ = true;
}

void Survey::label(std::string_view value) {
  if (foldable_ == kFoldables) return;
  const KindSpec& kind = spec_of(kFoldable[foldable_].kind);
  hash_ = chained(hash_, value);
  if (labels_ >= kind.grouped) is_other_ = is_other_ && value == label_of_other(kind, labels_);
  ++labels_;
  if (labels_ == 1) cluster_ = hash_;
  if (labels_ == kind.grouped) {
    group_ = hash_;
    group_is_other_ = value == kOther;
  }
}

FoldItem& Survey::row_at_hand() {
  Kind& kind = kinds_[static_cast<std::size_t>(kFoldable[foldable_].kind)];
  const std::size_t index = kind.row_keys.add(hash_);
  if (index < kind.rows.size()) return kind.rows[index];
  FoldItem& row = kind.rows.emplace_back();
  row.key = hash_;
  row.is_other = is_other_;
  row.within = kind.group_keys.add(group_);
  if (row.within == kind.groups.size()) {
    FoldItem& group = kind.groups.emplace_back();
    group.key = group_;
    group.is_other = group_is_other_;
    group.within = kind.cluster_keys.add(cluster_);
  }
  return row;
}

void Survey::sample(std::string_view last_label, double value) {
  if (foldable_ == kFoldables) {
    ++counts_.others;
    return;
  }
  ++counts_.foldable[foldable_];
  if (row_ == nullptr) row_ = &row_at_hand();
  FoldItem& row = *row_;
  row.series[column_] |= bit_of(last_label);
  if (!row.had) row.had = before_.contains(series_hash(hash_, family_, last_label));
  const std::uint8_t rank = kFoldable[foldable_].rank;
  if (rank == kUnranked || rank > row.rank) return;
  if (rank < row.rank) row.cost = 0;
  row.rank = rank;
  row.cost += value / hours_;
}

void Survey::finish() {
  for (std::size_t i = 0; i < kFoldKinds; ++i) {
    Kind& kind = kinds_[i];
    for (FoldItem& row : kind.rows) {
      if (!(row.cost > 0)) row.cost = 0;  // not a number either
      FoldItem& group = kind.groups[row.within];
      group.cost += row.cost;
      group.had = group.had || row.had;
      add(group.series, row.series);
    }
    kind.clusters.assign(kind.cluster_keys.size(), {});
    for (FoldItem& group : kind.groups) {
      group.had = group.had || had_other(group.key, static_cast<FoldKind>(i), before_);
      add(kind.clusters[group.within], group.series);
    }
  }
}

}  // namespace exporter::metrics
