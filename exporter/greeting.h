// What the demo says on a terminal. Part of the program, not of a room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/poll/poll.h"

namespace exporter {

/// Where a person looks: metrics, landing page, readiness, the API, and the fake OpenCost itself.
std::string where_to_look(const std::vector<std::string>& addresses, const config::Config& config,
                          bool tls, std::string_view opencost_url);

/// The first figures, once every cluster's current costs are known; nothing before.
std::optional<std::string> first_figures(const poll::Publication* publication);

}  // namespace exporter
