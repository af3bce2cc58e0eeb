// Rows as they are shown: each under its own name, or added up. Private to metrics/.
#pragma once

#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "exporter/cost/cost.h"
#include "exporter/metrics/fold.h"

namespace exporter::metrics {

/// The values of a row's labels but for the resource, in the order of its families' labels.
inline std::array<std::string_view, 1> labels_of(const cost::ClusterCost& row) {
  return {row.cluster};
}
inline std::array<std::string_view, 1> labels_of(const cost::DemandsOf<std::string_view>& row) {
  return {row.name};
}
inline std::array<std::string_view, 2> labels_of(const cost::NamespaceCost& row) {
  return {row.cluster, row.name_space};
}
inline std::array<std::string_view, 2> labels_of(const cost::DemandsOf<cost::NamespaceName>& row) {
  return {row.name.cluster, row.name.name_space};
}
inline std::array<std::string_view, 2> labels_of(const cost::TenantCost& row) {
  return {row.cluster, row.tenant};
}
inline std::array<std::string_view, 3> labels_of(const cost::LabelCost& row) {
  return {row.cluster, row.label, row.value};
}
inline std::array<std::string_view, 4> labels_of(const cost::WorkloadName& name) {
  return {name.cluster, name.name_space, name.kind, name.name};
}
inline std::array<std::string_view, 4> labels_of(const cost::WorkloadCost& row) {
  return {row.cluster, row.name_space, row.kind, row.name};
}
inline std::array<std::string_view, 4> labels_of(const cost::DemandsOf<cost::WorkloadName>& row) {
  return labels_of(row.name);
}
/// A pod.
inline std::array<std::string_view, 6> labels_of(const model::Allocation& row) {
  const bool bare = row.controller.empty();
  return {row.cluster,
          row.name_space,
          row.pod,
          bare ? cost::kBarePod : row.controller_kind,
          bare ? row.pod : row.controller,
          row.node};
}

/// Whether a row is one of its family at all.
template <class Row>
bool belongs(const Row&) {
  return true;
}
inline bool belongs(const model::Allocation& row) { return row.kind == model::RowKind::workload; }

/// What of a kind's rows is shown; of all that cannot be folded, everything.
struct Shown {
  const KindFold* fold = nullptr;
  const KindSpec* kind = nullptr;

  Shown() = default;
  Shown(const Folding& folding, FoldKind which) : fold(&folding.of(which)), kind(&spec_of(which)) {}
  bool all() const { return fold == nullptr || !fold->active; }
};

/// Calls `write(labels, amounts)` for each row that is shown, sorted by labels as `rows` are.
/// `amounts_of(row)` gives what is added up where rows are folded.
template <class Row, class AmountsOf, class Write>
void each_shown(const std::vector<Row>& rows, Shown shown, AmountsOf amounts_of, Write write) {
  if (shown.all()) {
    for (const Row& row : rows) {
      if (belongs(row)) write(labels_of(row), amounts_of(row));
    }
    return;
  }
  using Labels = decltype(labels_of(rows.front()));
  using Amounts = std::decay_t<decltype(amounts_of(rows.front()))>;
  std::vector<const Row*> kept;
  std::map<Labels, Amounts> others;
  auto last = others.end();
  for (const Row& row : rows) {
    if (!belongs(row)) continue;
    Labels labels = labels_of(row);
    if (shown.fold->keeps(labels)) {
      kept.push_back(&row);
      continue;
    }
    shown.fold->rename(*shown.kind, labels);
    if (last == others.end() || last->first != labels) last = others.try_emplace(labels).first;
    last->second += amounts_of(row);
  }
  auto other = others.begin();
  for (const Row* row : kept) {
    const Labels labels = labels_of(*row);
    for (; other != others.end() && other->first < labels; ++other) {
      write(other->first, other->second);
    }
    write(labels, amounts_of(*row));
  }
  for (; other != others.end(); ++other) write(other->first, other->second);
}

}  // namespace exporter::metrics
