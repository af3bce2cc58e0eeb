#include "exporter/http/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace exporter::http {
namespace {

constexpr std::array<std::string_view, kFailureKinds> kNames = {
    "resolve",  "connect",     "tls",      "timeout",     "reset",     "too_large",
    "redirect", "http_status", "encoding", "credentials", "cancelled",
};

template <class Predicate>
std::string escape(std::string_view text, Predicate needs_escape) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (needs_escape(byte)) {
      fmt::format_to(std::back_inserter(escaped), "\\x{:02x}", byte);
    } else {
      escaped += c;
    }
  }
  return escaped;
}

constexpr bool is_control(unsigned char byte) { return byte < 0x20 || byte == 0x7f; }

}  // namespace

std::string_view to_string(FailureKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

std::optional<FailureKind> failure_kind(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<FailureKind>(found - kNames.begin());
}

std::string printable(std::string_view text) { return escape(text, is_control); }

std::string excerpt(std::string_view text) {
  return escape(text.substr(0, kExcerptBytes),
                [](unsigned char byte) { return is_control(byte) || byte >= 0x80; });
}

}  // namespace exporter::http
