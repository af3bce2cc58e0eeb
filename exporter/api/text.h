// Foreign text: UTF-8, percent-encoding, and how it is repeated to whoever sent it. Inside api/
// only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace exporter::api {

/// The bytes of the well-formed UTF-8 character that `text` begins with; 0 when it begins with
/// none.
std::size_t character(std::string_view text);
bool is_utf8(std::string_view text);

/// As it is, with U+FFFD in place of each byte that is not UTF-8.
std::string repaired(std::string_view text);

/// Of a name or a value in a query, where `+` is a space. Nothing when a `%` is not followed by two
/// hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);
/// All but unreserved characters (RFC 3986) as %XX.
std::string percent_encoded(std::string_view text);

/// In quotes, without control characters, cut where it is long: for a message.
std::string quoted(std::string_view text);

/// The part of `text` up to `separator`, which is removed from its front together with it.
std::string_view next_part(std::string_view& text, char separator);
/// The parts of `a, b, c`.
std::string_view next_word(std::string_view& list);

}  // namespace exporter::api
