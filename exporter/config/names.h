// Names that must be unique, and names that must be known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/loading.h"

namespace exporter::config {

/// A fault at the `name` of each item of a section whose name an earlier one has. Empty ones are
/// passed over.
void check_unique(Loading& loading, std::string_view section,
                  const std::vector<std::string_view>& names);

/// A fault at the `cluster` of each item of a section that names none of the configured clusters.
/// Empty ones are passed over, and all of them while OpenCost may give a cluster any name, as it
/// does where none is configured.
void check_clusters(Loading& loading, std::string_view section,
                    const std::vector<std::string_view>& clusters);

/// The tenants that rules name, sorted; none while some of the names were refused.
std::vector<std::string> known_tenants(const Loading& loading);
enum class Rest { counts, does_not };
/// A fault at `path` unless `name` is a tenant of a rule or, where that counts, the one of all that
/// no rule takes, which is there once there are rules. REQUIRES: the rules were read.
void check_tenant(Loading& loading, const std::string& path, const std::string& name,
                  Rest rest = Rest::counts);

}  // namespace exporter::config
