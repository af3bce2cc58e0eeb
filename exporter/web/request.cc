#include <algorithm>

#include "exporter/web/answer.h"

namespace exporter::web {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A `%` that starts no escape stands for itself.
std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void skip_any(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

}  // namespace

std::vector<std::string> parameters(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (decode(pair.substr(0, equals)) != name) continue;
    values.push_back(decode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return values;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  constexpr std::string_view kBetween = " \t,";
  std::string_view rest = if_none_match;
  skip_any(rest, kBetween);
  if (rest.starts_with('*')) return rest.find_first_not_of(" \t", 1) == std::string_view::npos;
  while (!rest.empty()) {
    if (rest.starts_with("W/")) rest.remove_prefix(2);
    const std::size_t close = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
    if (close == std::string_view::npos) return false;
    if (rest.substr(0, close + 1) == etag) return true;
    rest.remove_prefix(close + 1);
    skip_any(rest, kBetween);
  }
  return false;
}

}  // namespace exporter::web
