// Rows of workloads by what they are asked for by, and what they cost together. Inside api/ only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/api/scope.h"
#include "exporter/api/table.h"
#include "exporter/cost/cost.h"

namespace exporter::api {

enum class By : std::uint8_t {
  total,  // all in one
  cluster,
  name_space,
  workload,
  pod,
  node,
  tenant,  // of a cluster
  label,   // the values of one, in a cluster
};

struct Grouping {
  By by = By::total;
  std::string label{};  // of By::label
};
/// `namespace`, `label:team`: as aggregates are asked for. REQUIRES: it is one.
Grouping grouping_of(std::string_view aggregate);

/// The names of a group in the order of its columns, see columns.h; the rest is empty.
using Names = std::array<std::string_view, 6>;

/// Views point into the table it was made from.
struct Group {
  Names names{};
  model::Costs costs{};
  std::optional<Cost> per_hour{};
};

/// The rows of workloads that the caller may see, by their names; sorted. Without rules there are
/// no tenants. Of By::total, an admin sees all there is: idle and unmounted cost, too.
std::vector<Group> group(const model::AllocationTable& table, const Grouping& grouping,
                         const Scope& scope, const cost::AttributionRules& rules);

/// Sorts, and adds up those of the same names, which several sources may have. What has no rate in
/// one has none.
void merge(std::vector<Group>& groups);

/// What a cost over some time is an hour; nothing of no time. Rounded to millionths.
std::optional<Cost> per_hour(Cost cost, std::chrono::seconds time);

/// Appends the names of a group, and its costs as kMoney has them.
void add_names(Table& table, const Group& group, std::size_t names);
void add_money(Table& table, const model::Costs& costs);

}  // namespace exporter::api
