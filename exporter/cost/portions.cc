#include "exporter/cost/portions.h"

#include <cstddef>

namespace exporter::cost {

std::vector<Portion> portions(const model::AllocationTable& table) {
  std::vector<Portion> out;
  // Where the portion of each label set stands, counted from 1; at most `begun` when it is one of
  // a namespace before.
  std::vector<std::size_t> place(table.label_sets.size(), 0);
  std::size_t begun = 0;
  const model::Allocation* last = nullptr;
  for (const model::Allocation& row : table.rows) {
    if (row.kind != model::RowKind::workload) continue;
    if (last == nullptr || last->name_space != row.name_space || last->cluster != row.cluster) {
      begun = out.size();
    }
    last = &row;
    std::size_t& at = place[row.label_set];
    if (at <= begun) {
      out.push_back({row.cluster, row.name_space, &table.label_sets[row.label_set], {}});
      at = out.size();
    }
    out[at - 1].costs += row.costs;
  }
  return out;
}

}  // namespace exporter::cost
