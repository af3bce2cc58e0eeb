// What a request for polls says. Inside api/ only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/result.h"

namespace exporter::api {

inline constexpr std::size_t kMostSources = 100;

/// The sources that are to be asked; empty: all. The body is empty, or JSON such as
/// `{"sources": ["prod-eu"]}`. The error has a sentence for each fault.
Result<std::vector<std::string>> parse_collection_body(std::string_view body);

}  // namespace exporter::api
