// Which families can be folded, and what their rows are called then. Private to metrics/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exporter/metrics/catalogue.h"
#include "exporter/metrics/metrics.h"

namespace exporter::metrics {

/// What a row is. Families of one kind show the same rows.
enum class FoldKind : std::uint8_t { namespaces, workloads, pods, labels };
inline constexpr std::size_t kFoldKinds = 4;

/// How rows of a kind are told apart, and folded into their group; where the groups themselves are
/// too many, into their cluster.
struct KindSpec {
  std::size_t labels;   // that tell rows apart; the resource follows
  std::size_t grouped;  // of these, shared by all of a group
  bool groups_fold;
  bool last_is_blank;  // in the label set of what was folded: it is on no node
};

inline constexpr std::array<KindSpec, kFoldKinds> kKindSpecs = {{
    {2, 1, false, false},  // cluster
    {4, 2, true, false},   // cluster and namespace
    {6, 2, true, true},    // the same
    {3, 2, false, false},  // cluster and name of the label
}};

constexpr const KindSpec& spec_of(FoldKind kind) {
  return kKindSpecs[static_cast<std::size_t>(kind)];
}

/// A label of the row into which one is folded whose first `kept` labels it shares.
constexpr std::string_view label_of_other(const KindSpec& kind, std::size_t label) {
  return kind.last_is_blank && label + 1 == kind.labels ? std::string_view() : kOther;
}

struct Foldable {
  const MetricSpec* family;
  FoldKind kind;
  /// What a row costs is what the family of the lowest rank says that has the row; families of
  /// kUnranked do not say.
  std::uint8_t rank;
};
inline constexpr std::uint8_t kUnranked = 255;

/// In the order of the catalogue.
inline constexpr Foldable kFoldable[] = {
    {&metric("opencost_namespace_cost_per_hour"), FoldKind::namespaces, 0},
    {&metric("opencost_workload_cost_per_hour"), FoldKind::workloads, 0},
    {&metric("opencost_pod_cost_per_hour"), FoldKind::pods, 0},
    {&metric("opencost_label_cost_per_hour"), FoldKind::labels, 0},
    {&metric("opencost_namespace_cost_today"), FoldKind::namespaces, 4},
    {&metric("opencost_workload_cost_today"), FoldKind::workloads, 4},
    {&metric("opencost_namespace_cost_yesterday"), FoldKind::namespaces, 5},
    {&metric("opencost_workload_cost_yesterday"), FoldKind::workloads, 5},
    {&metric("opencost_namespace_cost_last_7_days"), FoldKind::namespaces, 3},
    {&metric("opencost_workload_cost_last_7_days"), FoldKind::workloads, 3},
    {&metric("opencost_namespace_cost_month_to_date"), FoldKind::namespaces, 1},
    {&metric("opencost_workload_cost_month_to_date"), FoldKind::workloads, 1},
    {&metric("opencost_namespace_cost_last_month"), FoldKind::namespaces, 2},
    {&metric("opencost_workload_cost_last_month"), FoldKind::workloads, 2},
    {&metric("opencost_namespace_cost_forecast"), FoldKind::namespaces, kUnranked},
    {&metric("opencost_namespace_efficiency_ratio"), FoldKind::namespaces, kUnranked},
    {&metric("opencost_workload_efficiency_ratio"), FoldKind::workloads, kUnranked},
    {&metric("opencost_pod_efficiency_ratio"), FoldKind::pods, kUnranked},
};
inline constexpr std::size_t kFoldables = std::size(kFoldable);

/// Families of one kind at most.
inline constexpr std::size_t kColumns = 8;

/// The place of a family among those of its kind.
constexpr std::size_t column_of(std::size_t foldable) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < foldable; ++i) {
    column += kFoldable[i].kind == kFoldable[foldable].kind ? 1 : 0;
  }
  return column;
}

consteval bool foldable_is_well_formed() {
  for (std::size_t i = 0; i < kFoldables; ++i) {
    const MetricSpec& family = *kFoldable[i].family;
    if (i > 0 && &family <= kFoldable[i - 1].family) return false;
    if (column_of(i) >= kColumns) return false;
    const std::size_t labels = spec_of(kFoldable[i].kind).labels;
    if (family.label_count() != labels + 1 || family.labels[labels] != "resource") return false;
  }
  return true;
}
static_assert(foldable_is_well_formed());

/// The index of a family in kFoldable; kFoldables for all others.
constexpr std::size_t foldable_index(const MetricSpec& family) {
  for (std::size_t i = 0; i < kFoldables; ++i) {
    if (kFoldable[i].family == &family) return i;
  }
  return kFoldables;
}

}  // namespace exporter::metrics
