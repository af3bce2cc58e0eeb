// Cost that serves everybody, split over those it serves. Part of the door cost.h.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/cost/breakdown.h"
#include "exporter/cost/owners.h"

namespace exporter::cost {

enum class Split : std::uint8_t {
  proportional,  // to what each one costs itself
  even,
  weighted,  // by SharedOptions::weights
};
std::string_view to_string(Split split);

enum class Over : std::uint8_t { namespaces, tenants };
std::string_view to_string(Over over);

struct SharedOptions {
  std::vector<std::string> namespaces{};            // patterns: what they cost is shared
  std::map<std::string, double> monthly_amounts{};  // by name, before any currency rate
  bool idle = false;                                // each cluster's idle cost is shared
  Split split = Split::proportional;
  Over over = Over::namespaces;
  std::map<std::string, double> weights{};  // of namespaces or tenants; 1 for all others

  bool any() const { return !namespaces.empty() || !monthly_amounts.empty() || idle; }
  friend bool operator==(const SharedOptions&, const SharedOptions&) = default;
};

/// One share. Views point into the reports and the options it was made from.
struct SharedCost {
  std::string_view cluster, target;  // a namespace or a tenant
  std::string source;                // `namespace/kube-system`, `amount/support`, `idle`
  Cost per_hour;                     // millionths an hour, like no other Cost

  friend bool operator==(const SharedCost&, const SharedCost&) = default;
};

/// Splits `total` by `weights`: floors first, then one millionth each to the largest remainders,
/// the first of equals first. The parts add up to `total` exactly, whatever its sign. Weights that
/// are all 0 count as equal; none is negative. Hamilton's method.
/// REQUIRES: at least one weight, and none below 0 or beyond 2^62.
std::vector<Cost> apportion(Cost total, std::span<const std::int64_t> weights);

struct SourceReport;

/// What is shared, split over all others, in the current window. What a cluster shares, its own
/// namespaces or tenants bear. A monthly amount is borne by those of all sources together, and so
/// by nobody while one of them has no current answer; a tenant is then one however many clusters it
/// is in, which bear its part as they cost it. A tenant all of whose namespaces are shared bears
/// something only where all others are so, too; where nobody is there at all, kUnallocated does.
/// What is rounded is the rate: each source adds up to what was shared, exactly.
/// Sorted by cluster, target and source; shares of nothing are left out.
std::vector<SharedCost> share(std::span<const SourceReport> sources, const SharedOptions& options);

}  // namespace exporter::cost
