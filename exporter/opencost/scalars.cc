#include "exporter/opencost/scalars.h"

#include <charconv>
#include <cmath>

namespace exporter::opencost {
namespace {

constexpr double kLargest = 9.0e12;  // times 1e6 still fits into 63 bits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// JSON's grammar is narrower than from_chars': no `inf`, no leading zeros or points.
bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

Number parse_slowly(std::string_view text, std::int64_t& micros) {
  if (text == "null") return Number::null;
  if (!is_json_number(text)) return Number::malformed;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too small reads as zero; too large has a positive exponent.
    const std::size_t e = text.find_first_of("eE");
    if (e == std::string_view::npos || text[e + 1] != '-') return Number::too_large;
    value = 0;
  }
  if (std::abs(value) > kLargest) return Number::too_large;
  micros = std::llround(value * 1e6);
  return Number::ok;
}

}  // namespace

Number parse_micros(std::string_view token, std::int64_t& micros) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  if (token.size() == 1 && is_digit(token[0])) {
    micros = (token[0] - '0') * std::int64_t{1'000'000};
    return Number::ok;
  }
  std::size_t at = !token.empty() && token[0] == '-' ? 1 : 0;
  const bool negative = at == 1;
  const std::size_t whole_from = at;
  std::int64_t value = 0;
  while (at < token.size() && at - whole_from < 13 && is_digit(token[at])) {
    value = value * 10 + (token[at++] - '0');
  }
  const std::size_t whole = at - whole_from;
  if (whole == 0 || whole > 12 || (whole > 1 && token[whole_from] == '0')) {
    return parse_slowly(token, micros);
  }
  int decimals = 0;
  if (at < token.size() && token[at] == '.') {
    ++at;
    for (; at < token.size() && decimals < 6 && is_digit(token[at]); ++decimals) {
      value = value * 10 + (token[at++] - '0');
    }
    if (decimals == 0) return Number::malformed;
  }
  for (int i = decimals; i < 6; ++i) value *= 10;
  if (at < token.size() && decimals == 6 && is_digit(token[at])) {
    if (token[at] >= '5') ++value;
    while (at < token.size() && is_digit(token[at])) ++at;
  }
  if (at != token.size()) return parse_slowly(token, micros);
  micros = negative ? -value : value;
  return Number::ok;
}

}  // namespace exporter::opencost
