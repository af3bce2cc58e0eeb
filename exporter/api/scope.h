// Which rows a caller may see. The only place that decides it. Inside api/ only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/access/access.h"
#include "exporter/cost/cost.h"
#include "exporter/model/model.h"

namespace exporter::api {

/// An admin sees all rows; a tenant those that the rules in force give to it, row by row, of which
/// a namespace may have some. Idle and unmounted cost, nodes and assets are no tenant's.
class Scope {
 public:
  /// `rules` may be null, and then a tenant sees nothing.
  Scope(const access::Caller& caller, std::shared_ptr<const cost::AttributionRules> rules)
      : caller_(caller), rules_(std::move(rules)) {}

  bool everything() const { return caller_.admin; }
  /// Empty for an admin.
  std::string_view tenant() const { return caller_.tenant; }

  /// Labels that must have been recorded to tell what belongs to the tenant: those of all rules up
  /// to its last one. Where one was not asked for on some day, that day is not known to a tenant:
  /// without it, a row of somebody else might look like its own.
  std::vector<std::string> labels() const;

  /// Whether a row of this table may be seen.
  bool sees(const model::Allocation& row, const model::AllocationTable& table) const;
  /// Whether all rows of a workload in this table may be seen, and there is at least one. What is
  /// said of a workload as a whole (a saving, a verdict) is seen only then.
  bool sees_whole(const cost::WorkloadName& workload, const model::AllocationTable& table) const;

 private:
  const access::Caller& caller_;
  std::shared_ptr<const cost::AttributionRules> rules_;
};

}  // namespace exporter::api
