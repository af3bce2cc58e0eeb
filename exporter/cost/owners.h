// Whose money it is: rules that give every row a tenant, and sums by tenant and by label. Part of
// the door cost.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/cost/breakdown.h"

namespace exporter::cost {

/// `*` stands for any text, also for none.
bool matches(std::string_view pattern, std::string_view text);
/// One of them matches.
bool matches_any(const std::vector<std::string>& patterns, std::string_view text);

/// Name -> pattern of the value. Names of annotations begin with model::kAnnotation.
using LabelPatterns = std::map<std::string, std::string>;
/// All of them match a label of the set.
bool matches_all(const LabelPatterns& patterns, const model::LabelSet& labels);
/// One of them does.
bool matches_any(const LabelPatterns& patterns, const model::LabelSet& labels);

/// Whoever matches all that a rule names belongs to its tenant; a rule that names nothing takes
/// all. Several rules may speak of one tenant.
struct TenantRule {
  std::string tenant;
  std::string cluster{};                  // empty: all
  std::vector<std::string> namespaces{};  // patterns, one must match; empty: all
  LabelPatterns labels{};                 // all must match

  friend bool operator==(const TenantRule&, const TenantRule&) = default;
};
/// The first that matches wins.
using TenantRules = std::vector<TenantRule>;

/// The index of the rule that owns such a row; nothing when it is the default tenant's,
/// kUnallocated.
std::optional<std::size_t> owner(const TenantRules& rules, std::string_view cluster,
                                 std::string_view name_space, const model::LabelSet& labels);

/// The tenant of such a row.
std::string_view tenant_of(const TenantRules& rules, std::string_view cluster,
                           std::string_view name_space, const model::LabelSet& labels);

/// What each rule said until one matched, as one clause a rule: all that matched, as
/// in `cluster is "a", namespace "dev-ada" matches "dev-*"` or `names nothing and so takes all`, or
/// else the first that did not: `cluster is "b", not "a"`, `namespace is "x", not "y*" or "z"`,
/// `label team is "shop", not "pay*"`, `has no annotation cost_center`.
struct Explanation {
  std::optional<std::size_t> rule;   // as owner() says
  std::vector<std::string> clauses;  // of rule 0, 1, ...; the last one is the owner's, if any
};
Explanation explain(const TenantRules& rules, std::string_view cluster, std::string_view name_space,
                    const model::LabelSet& labels);

/// 16 hexadecimal digits that change with any change of the rules, and with nothing else. Empty
/// without rules.
std::string hash_of(const TenantRules& rules);

struct AttributionRules {
  TenantRules tenants;
  std::vector<std::string> labels;  // to be summed by their values, as OpenCost names them; sorted,
                                    // each once

  friend bool operator==(const AttributionRules&, const AttributionRules&) = default;
};

struct TenantCost {
  std::string_view cluster, tenant;
  model::Costs costs;
};

struct LabelCost {
  std::string_view cluster, label, value;  // value: kUnallocated without such a label
  model::Costs costs;
};

/// The workload rows of a breakdown by tenant, and by each label. The tenants of a cluster add up
/// to its namespaces, and so do the values of each label. Idle and unmounted cost is nobody's.
/// Without rules there are no tenants.
struct Attribution {
  std::shared_ptr<const Breakdown> of;  // views point into both
  std::shared_ptr<const AttributionRules> rules;
  std::vector<TenantCost> tenants;  // sorted by cluster and tenant
  std::vector<LabelCost> labels;    // sorted by cluster, label and value
};
Attribution attribute(std::shared_ptr<const Breakdown> breakdown,
                      std::shared_ptr<const AttributionRules> rules);

/// Where the month of each tenant ends: as forecast() of periods.h has it for namespaces.
struct TenantForecast {
  std::shared_ptr<const Attribution> month_to_date, current;  // what the views point into
  std::vector<TenantCost> tenants;
};
/// `rest` is the time left of the month or unknown. `month_to_date` may be null, `current` not.
std::shared_ptr<const TenantForecast> forecast(std::shared_ptr<const Attribution> month_to_date,
                                               std::shared_ptr<const Attribution> current,
                                               std::chrono::seconds rest);

}  // namespace exporter::cost
