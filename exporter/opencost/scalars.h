// Single values as OpenCost prints them. Private to opencost/.
#pragma once

#include <cstdint>
#include <string_view>

namespace exporter::opencost {

enum class Number : std::uint8_t {
  ok,
  null,       // NaN or infinity at OpenCost's end
  too_large,  // beyond what fits into millionths
  malformed,
};

/// Without the white space behind it. Only JSON's: any other control character makes the token
/// wrong.
std::string_view trimmed(std::string_view token);

/// Reads a JSON number into whole millionths, rounding half away from zero; digits beyond the sixth
/// matter for that only. `token` may have white space behind it.
Number parse_micros(std::string_view token, std::int64_t& micros);

}  // namespace exporter::opencost
