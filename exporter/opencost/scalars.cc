#include "exporter/opencost/scalars.h"

#include <algorithm>
#include <charconv>

namespace exporter::opencost {
namespace {

constexpr std::int64_t kLargestMicros = 9'000'000'000'000'000'000;  // still inside 63 bits

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

// How far a number's point moves to the right. `text` is what stands behind the `e`.
std::int64_t exponent(std::string_view text) {
  constexpr int kFarAway = 1'000'000'000;  // further than any token is long
  if (text.front() == '+') text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc()) return std::clamp(value, -kFarAway, kFarAway);
  return text.front() == '-' ? -kFarAway : kFarAway;
}

// Digit by digit: amounts with an exponent, or too long for the way below.
Number parse_slowly(std::string_view text, std::int64_t& micros) {
  if (text == "null") return Number::null;
  if (!is_json_number(text)) return Number::malformed;
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  const bool negative = mantissa.front() == '-';
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  // How many digits from here on belong to the whole millionths.
  auto wanted = static_cast<std::int64_t>(point - (negative ? 1 : 0)) + 6;
  if (e < text.size()) wanted += exponent(text.substr(e + 1));
  std::int64_t value = 0;
  const auto append = [&](int digit) {
    if (value > (kLargestMicros - digit) / 10) return false;
    value = value * 10 + digit;
    return true;
  };
  for (char c : mantissa) {
    if (!is_digit(c)) continue;
    if (wanted-- > 0) {
      if (!append(c - '0')) return Number::too_large;
    } else {
      if (wanted == -1 && c >= '5') ++value;
      break;
    }
  }
  for (; wanted > 0 && value > 0; --wanted) {
    if (!append(0)) return Number::too_large;
  }
  micros = negative ? -value : value;
  return Number::ok;
}

}  // namespace

std::string_view trimmed(std::string_view token) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  return token;
}

Number parse_micros(std::string_view token, std::int64_t& micros) {
  token = trimmed(token);
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
