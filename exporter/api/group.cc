#include "exporter/api/group.h"

#include <algorithm>
#include <cmath>

namespace exporter::api {
namespace {

using model::Allocation;
using model::AllocationTable;
using model::RowKind;

constexpr std::string_view kLabelPrefix = "label:";

std::string_view value_of(std::string_view name, const model::LabelSet& labels) {
  const auto at = std::find_if(labels.begin(), labels.end(),
                               [&](const model::Label& label) { return label.name == name; });
  return at == labels.end() ? cost::kUnallocated : at->value;
}

Names names_of(const Allocation& row, const AllocationTable& table, const Grouping& grouping,
               std::string_view tenant) {
  switch (grouping.by) {
    case By::total:
      return {};
    case By::cluster:
      return {row.cluster};
    case By::name_space:
      return {row.cluster, row.name_space};
    case By::workload: {
      const cost::WorkloadName workload = cost::workload_of(row);
      return {workload.cluster, workload.name_space, workload.kind, workload.name};
    }
    case By::pod:
      return {row.cluster, row.name_space, row.pod, row.controller_kind, row.controller, row.node};
    case By::node:
      return {row.cluster, row.node.empty() ? cost::kUnallocated : row.node};
    case By::tenant:
      return {row.cluster, tenant};
    case By::label:
      return {row.cluster, grouping.label,
              value_of(grouping.label, table.label_sets[row.label_set])};
  }
  return {};
}

/// What rules say of a row. Rows come sorted, and those beside each other are often alike.
class Owners {
 public:
  Owners(const AllocationTable& table, const Scope& scope, const cost::AttributionRules& rules,
         bool tenants)
      : table_(table), scope_(scope), rules_(rules), tenants_(tenants) {}

  void look(const Allocation& row) {
    if (last_ != nullptr && last_->label_set == row.label_set &&
        last_->name_space == row.name_space && last_->cluster == row.cluster) {
      return;
    }
    last_ = &row;
    seen = scope_.sees(row, table_);
    if (!seen || !tenants_) return;
    tenant = cost::tenant_of(rules_.tenants, row.cluster, row.name_space,
                             table_.label_sets[row.label_set]);
  }

  bool seen = false;
  std::string_view tenant{};

 private:
  const AllocationTable& table_;
  const Scope& scope_;
  const cost::AttributionRules& rules_;
  const bool tenants_;
  const Allocation* last_ = nullptr;
};

void add(Group& to, const Group& other) {
  to.costs += other.costs;
  if (to.per_hour && other.per_hour) {
    *to.per_hour += *other.per_hour;
  } else {
    to.per_hour.reset();
  }
}

}  // namespace

Grouping grouping_of(std::string_view aggregate) {
  if (aggregate.starts_with(kLabelPrefix)) {
    return {By::label, std::string(aggregate.substr(kLabelPrefix.size()))};
  }
  if (aggregate == "cluster") return {By::cluster};
  if (aggregate == "namespace") return {By::name_space};
  if (aggregate == "workload") return {By::workload};
  if (aggregate == "pod") return {By::pod};
  if (aggregate == "node") return {By::node};
  if (aggregate == "tenant") return {By::tenant};
  return {By::total};
}

std::vector<Group> group(const AllocationTable& table, const Grouping& grouping, const Scope& scope,
                         const cost::AttributionRules& rules) {
  std::vector<Group> groups;
  const bool tenants = grouping.by == By::tenant;
  if (tenants && rules.tenants.empty()) return groups;
  const bool everything = grouping.by == By::total && scope.everything();
  Owners owners(table, scope, rules, tenants);
  for (const Allocation& row : table.rows) {
    if (!everything) {
      if (row.kind != RowKind::workload) continue;
      owners.look(row);
      if (!owners.seen) continue;
    }
    const Names names = names_of(row, table, grouping, owners.tenant);
    if (groups.empty() || groups.back().names != names) groups.push_back({names, {}, {}});
    groups.back().costs += row.costs;
  }
  merge(groups);
  return groups;
}

void merge(std::vector<Group>& groups) {
  const auto before = [](const Group& a, const Group& b) { return a.names < b.names; };
  if (!std::is_sorted(groups.begin(), groups.end(), before)) {
    std::sort(groups.begin(), groups.end(), before);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (kept > 0 && groups[kept - 1].names == groups[i].names) {
      add(groups[kept - 1], groups[i]);
    } else {
      groups[kept++] = groups[i];
    }
  }
  groups.resize(kept);
}

std::optional<Cost> per_hour(Cost cost, std::chrono::seconds time) {
  if (time.count() <= 0) return std::nullopt;
  return Cost{std::llround(static_cast<long double>(cost.micros) * 3600 / time.count())};
}

void add_names(Table& table, const Group& group, std::size_t names) {
  for (std::size_t i = 0; i < names; ++i) {
    const std::string_view name = group.names[i];
    const bool absent =
        name.empty() && table.columns[table.cells.size() % table.columns.size()].nullable;
    table.cells.push_back(absent ? Value{} : Value{name});
  }
}

void add_money(Table& table, const model::Costs& costs) {
  table.cells.emplace_back(costs.total());
  for (const Cost cost : costs.by) table.cells.emplace_back(cost);
}

}  // namespace exporter::api
