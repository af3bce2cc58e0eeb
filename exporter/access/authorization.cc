#include "exporter/access/authorization.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace exporter::access {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

tl::unexpected<Refused> malformed(std::string detail) {
  return tl::unexpected<Refused>(
      Refused{.refusal = Refusal::malformed, .detail = std::move(detail)});
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_scheme(std::string_view text, std::string_view scheme) {
  return std::equal(text.begin(), text.end(), scheme.begin(), scheme.end(),
                    [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_b64token(std::string_view token) {
  while (!token.empty() && token.back() == '=') token.remove_suffix(1);
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
    return kBase64.find(c) != std::string_view::npos || c == '-' || c == '.' || c == '_' ||
           c == '~';
  });
}

/// Strictly: whole groups of four, and no bits that nothing was put into.
std::optional<std::string> base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(static_cast<unsigned char>(bits >> held));
  }
  if ((bits & ((1u << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

Result<Presented, Refused> parse_bearer(std::string_view token) {
  if (token.empty()) return malformed("the bearer token is empty");
  if (token.size() > kLongestToken) {
    return malformed(fmt::format("the bearer token is longer than {} bytes", kLongestToken));
  }
  if (!is_b64token(token)) {
    return malformed("the bearer token holds a character that none may hold");
  }
  return Bearer{std::string(token)};
}

Result<Presented, Refused> parse_basic(std::string_view text) {
  // Four characters for three bytes, and the last of them may be padding.
  if (text.size() > (kLongestPassword + 2) / 3 * 4) {
    return malformed(fmt::format("user and password are longer than {} bytes", kLongestPassword));
  }
  const auto pair = base64(text);
  if (!pair) return malformed("user and password are not base64");
  if (pair->size() > kLongestPassword) {
    return malformed(fmt::format("user and password are longer than {} bytes", kLongestPassword));
  }
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos) {
    return malformed("there is no colon between user and password");
  }
  // RFC 7617 forbids them, and crypt(3) would read a password up to a NUL only.
  if (std::any_of(pair->begin(), pair->end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return malformed("user or password holds a control character");
  }
  return Basic{pair->substr(0, colon), pair->substr(colon + 1)};
}

}  // namespace

Result<Presented, Refused> parse_authorization(std::string_view header) {
  header = trimmed(header);
  if (header.empty()) {
    return tl::unexpected<Refused>(
        Refused{.refusal = Refusal::absent,
                .detail = "needs an Authorization header, Bearer with a token or Basic"});
  }
  const std::size_t space = std::min(header.find(' '), header.size());
  const std::string_view scheme = header.substr(0, space);
  const std::string_view rest = trimmed(header.substr(space));
  if (is_scheme(scheme, "bearer")) return parse_bearer(rest);
  if (is_scheme(scheme, "basic")) return parse_basic(rest);
  return malformed("the Authorization header is neither Bearer nor Basic");
}

}  // namespace exporter::access
