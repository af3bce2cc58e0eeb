// Looks at a page before it is written: how many series it would have, and of which rows. Private
// to metrics/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "exporter/metrics/fold.h"

namespace exporter::metrics {

/// Series of a page.
struct SeriesCounts {
  std::array<std::uint64_t, kFoldables> foldable{};
  std::uint64_t others = 0;

  bool fit(const Caps& caps) const;
};

/// Only counts. Cheap, since it is asked before every page.
class SeriesCounter final : public SeriesSink {
 public:
  void family(const MetricSpec& spec) override {
    const std::size_t index = foldable_index(spec);
    counter_ = index < kFoldables ? &counts_.foldable[index] : &counts_.others;
  }
  void begin() override {}
  void label(std::string_view) override {}
  void sample(std::string_view, double) override { ++*counter_; }

  const SeriesCounts& counts() const { return counts_; }

 private:
  SeriesCounts counts_;
  std::uint64_t* counter_ = &counts_.others;
};

/// The series of a row, or of the row that several would be folded into: a bit for each resource,
/// by family of its kind.
using SeriesBits = std::array<std::uint8_t, kColumns>;

/// What is folded or not, as a whole.
struct FoldItem {
  std::uint64_t key = 0;
  std::size_t within = 0;  // the group of a row, the cluster of a group
  double cost = 0;         // an hour, before any preference
  std::uint8_t rank = kUnranked;
  bool had = false;       // series on the page before
  bool is_other = false;  // it is called what folded ones are, and so must be one of them
  SeriesBits series{};
};

/// Gathers the rows of all families that can be folded.
class Survey final : public SeriesSink {
 public:
  struct Kind {
    std::vector<FoldItem> rows, groups;
    std::vector<SeriesBits> clusters;
    KeyIndex row_keys, group_keys, cluster_keys;
  };

  /// `before` are the series of the page before.
  explicit Survey(std::span<const std::uint64_t> before) : before_(before) {}

  void family(const MetricSpec& spec) override;
  void begin() override;
  void label(std::string_view value) override;
  void sample(std::string_view last_label, double value) override;
  void spent_over(double hours) override { hours_ = hours; }
  /// To be called at the end: adds rows up to groups, and groups to clusters.
  void finish();

  const SeriesCounts& counts() const { return counts_; }
  const Kind& kind(FoldKind which) const { return kinds_[static_cast<std::size_t>(which)]; }

 private:
  FoldItem& row_at_hand();

  KeyIndex before_;
  SeriesCounts counts_;
  std::array<Kind, kFoldKinds> kinds_;

  std::size_t foldable_ = kFoldables;  // the family at hand
  std::uint64_t family_ = 0;
  std::size_t column_ = 0;
  double hours_ = 1;

  std::size_t labels_ = 0;  // of the row at hand, and the hash of all, of its group, of its cluster
  std::uint64_t hash_ = 0, group_ = 0, cluster_ = 0;
  bool is_other_ = false, group_is_other_ = false;
  FoldItem* row_ = nullptr;
};

}  // namespace exporter::metrics
