#include "exporter/api/scope.h"

#include <algorithm>
#include <tuple>

namespace exporter::api {

std::vector<std::string> Scope::labels() const {
  std::vector<std::string> out;
  if (everything() || !rules_) return out;
  const cost::TenantRules& rules = rules_->tenants;
  // Whether a row is the tenant's depends on no rule behind its last one.
  const auto last = std::find_if(rules.rbegin(), rules.rend(), [&](const cost::TenantRule& rule) {
    return rule.tenant == tenant();
  });
  for (auto rule = rules.begin(); rule != last.base(); ++rule) {
    for (const auto& [name, pattern] : rule->labels) out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool Scope::sees(const model::Allocation& row, const model::AllocationTable& table) const {
  if (everything()) return true;
  if (!rules_ || tenant().empty() || row.kind != model::RowKind::workload) return false;
  const auto rule =
      cost::owner(rules_->tenants, row.cluster, row.name_space, table.label_sets[row.label_set]);
  return rule && rules_->tenants[*rule].tenant == tenant();
}

bool Scope::sees_whole(const cost::WorkloadName& workload,
                       const model::AllocationTable& table) const {
  // The rows of a namespace are next to each other.
  const auto less = [](const model::Allocation& a, const model::Allocation& b) {
    return std::tie(a.cluster, a.name_space) < std::tie(b.cluster, b.name_space);
  };
  model::Allocation name;
  name.cluster = workload.cluster;
  name.name_space = workload.name_space;
  const auto [first, end] = std::equal_range(table.rows.begin(), table.rows.end(), name, less);
  bool any = false;
  for (auto row = first; row != end; ++row) {
    if (row->kind != model::RowKind::workload || cost::workload_of(*row) != workload) continue;
    if (!sees(*row, table)) return false;
    any = true;
  }
  return any;
}

}  // namespace exporter::api
