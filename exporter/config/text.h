// What faults show of a text the user wrote, and which known word was probably meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exporter::config {

/// In quotes, control characters escaped, shortened to 80 bytes, and without what may be a secret:
/// whatever stands before an `@` and after a `?`, keys in PEM and bcrypt hashes.
std::string in_quotes(std::string_view text);

/// Where `text` stops being UTF-8, if it does.
std::optional<std::size_t> invalid_utf8(std::string_view text);
bool has_control_character(std::string_view text);

/// The candidate that a typing error turned into `word`, if one is near enough.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

std::string lower(std::string_view text);
std::string upper(std::string_view text);
std::string join(const std::vector<std::string>& words, std::string_view separator);

}  // namespace exporter::config
