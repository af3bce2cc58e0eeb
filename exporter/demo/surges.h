// Costs that jump when they are told to: what /demo/surge is asked, and what it says.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "exporter/demo/demo.h"
#include "exporter/demo/routes.h"

namespace exporter::demo {

/// `namespace`, `pods` and `from` of a request, and `until` unless it goes on.
Result<Surge> read_surge(const Request& request, const Cluster& cluster);

/// Ends at `now` what would last longer. None is taken out of the list, since those after it are
/// drawn from what chance has left.
void end_surges(std::vector<Surge>& surges, std::chrono::sys_seconds now);

/// A line for each that has any time.
std::string surge_list(const std::vector<Surge>& surges);

}  // namespace exporter::demo
