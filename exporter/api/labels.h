// Which labels may be asked by. Inside api/ only.
#pragma once

#include <optional>
#include <string_view>

#include "exporter/api/route.h"

namespace exporter::api {

/// What is wrong with asking for this label, given as `parameter`. Legal are those whose values are
/// summed, and those of any row the caller sees; for an admin, also those that rules look at or
/// days recorded. Only an admin is told which.
std::optional<Problem> check_label(const Question& question, std::string_view parameter,
                                   std::string_view label);

}  // namespace exporter::api
