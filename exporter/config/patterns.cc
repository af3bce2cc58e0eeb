#include "exporter/config/patterns.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "exporter/config/text.h"

namespace exporter::config {
namespace {

constexpr std::size_t kMostBytes = 128;      // of a pattern; what it matches has at most 63
constexpr std::size_t kMostNameBytes = 317;  // a domain's 253, a slash, and 63

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Predicate>
bool holds(std::string_view text, std::size_t most, Predicate fits) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), fits);
}

// What OpenCost makes of a name, if it can be the name of a label or an annotation at all.
std::optional<std::string> sanitised(std::string_view text) {
  const auto fits = [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '_' || c == '.' ||
           c == '/';
  };
  if (!holds(text, kMostNameBytes, fits)) return std::nullopt;
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.' || c == '/'; }, '_');
  return name;
}

}  // namespace

Result<std::string> parse_namespace_pattern(std::string_view text) {
  const auto fits = [](char c) {
    return is_lower(c) || is_digit(c) || c == '-' || c == '_' || c == '*';
  };
  if (holds(text, kMostBytes, fits)) return std::string(text);
  return fail(
      fmt::format("{} matches no namespace; write lower-case letters, digits, dashes and "
                  "*, such as payments-*",
                  in_quotes(text)));
}

Result<std::string> parse_namespace(std::string_view text) {
  if (text.find('*') == std::string_view::npos && parse_namespace_pattern(text)) {
    return std::string(text);
  }
  return fail(
      fmt::format("{} is not the name of a namespace; write lower-case letters, digits and dashes, "
                  "such as payments",
                  in_quotes(text)));
}

Result<std::string> parse_label_name(std::string_view text) {
  if (auto name = sanitised(text)) return std::move(*name);
  return fail(
      fmt::format("{} is not the name of a label; write one such as team or app.kubernetes.io/name",
                  in_quotes(text)));
}

Result<std::string> parse_label_pattern(std::string_view text) {
  const auto fits = [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '_' || c == '.' ||
           c == '*';
  };
  if (holds(text, kMostBytes, fits)) return std::string(text);
  return fail(
      fmt::format("{} matches no value of a label; write letters, digits, dashes, dots, "
                  "underscores and *, such as payments-*",
                  in_quotes(text)));
}

Result<std::string> parse_annotation_name(std::string_view text) {
  if (auto name = sanitised(text)) return std::move(*name);
  return fail(fmt::format(
      "{} is not the name of an annotation; write one such as cost-center or example.org/owner",
      in_quotes(text)));
}

Result<std::string> parse_annotation_pattern(std::string_view text) {
  if (!text.empty() && text.size() <= kMostBytes && !invalid_utf8(text) &&
      !has_control_character(text)) {
    return std::string(text);
  }
  return fail(
      fmt::format("{} is not the pattern of an annotation; write 1 to {} bytes of plain text, such "
                  "as cc-*",
                  in_quotes(text), kMostBytes));
}

}  // namespace exporter::config
