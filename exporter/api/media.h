// Which of its forms an answer is wanted in. Inside api/ only.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exporter::api {

enum class Media : std::uint8_t { json, csv };

/// By the rules of RFC 9110, q values and wildcards included; JSON where both are as welcome.
/// Nothing when neither is. `csv` says whether there is such a form.
std::optional<Media> negotiate(std::string_view accept, bool csv);

}  // namespace exporter::api
