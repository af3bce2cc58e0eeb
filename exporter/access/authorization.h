// The Authorization header: what somebody presents.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "exporter/access/access.h"

namespace exporter::access {

inline constexpr std::size_t kLongestToken = std::size_t{8} << 10;
inline constexpr std::size_t kLongestPassword = std::size_t{1} << 10;  // with the user's name

struct Bearer {
  std::string token;  // b64token of RFC 6750
};
struct Basic {
  std::string user;
  std::string password;  // neither holds control characters
};
using Presented = std::variant<Bearer, Basic>;

/// Refused as absent or malformed; the detail never repeats the header.
Result<Presented, Refused> parse_authorization(std::string_view header);

}  // namespace exporter::access
