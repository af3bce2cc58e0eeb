// Words about failures: names of kinds, and foreign text made fit for one line of a log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "exporter/http/http.h"

namespace exporter::http {

/// The kind that to_string() calls `name`.
std::optional<FailureKind> failure_kind(std::string_view name);

inline tl::unexpected<Failure> failure(FailureKind kind, std::string detail) {
  return tl::unexpected<Failure>(Failure{.kind = kind, .detail = std::move(detail)});
}

/// Control characters as `\x0a`; everything else, UTF-8 included, as it is. Idempotent.
std::string printable(std::string_view text);

/// The first 200 bytes of text that nobody vouches for, in printable ASCII.
std::string excerpt(std::string_view text);
inline constexpr std::size_t kExcerptBytes = 200;

}  // namespace exporter::http
