#include "exporter/demo/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace exporter::demo {

namespace {

// Whole numbers below this have at most 15 digits, so their decimals are the shortest ones, too.
constexpr double kShortIsExact = 1e15;

// What follows the decimal point of `units` parts of a whole, `digits` of them.
void append_fraction(std::string& out, std::uint64_t part, int digits) {
  std::array<char, 8> text{};
  for (int i = digits - 1; i >= 0; --i, part /= 10) {
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + part % 10);
  }
  out.append(text.data(), static_cast<std::size_t>(digits));
}

void append_whole(std::string& out, std::uint64_t value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

// Go writes 1e-7 where C++ writes 1e-07, and both write 1e+21.
void append_exponent(std::string& out, double value) {
  std::array<char, 40> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  const std::string_view all(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::size_t zero = all.rfind("e-0");
  if (zero == std::string_view::npos) {
    out.append(all);
  } else {
    out.append(all.substr(0, zero + 2)).append(all.substr(zero + 3));
  }
}

// Large whole numbers: the shortest digits, then zeros, where std::to_chars would print them all.
void append_large(std::string& out, double value) {
  std::array<char, 40> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  const std::string_view all(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::size_t mark = all.find('e');
  const int exponent = std::atoi(std::string(all.substr(mark + 1)).c_str());
  std::string digits;
  for (char c : all.substr(0, mark)) {
    if (c != '.') digits += c;
  }
  const auto wanted = static_cast<std::size_t>(exponent) + (value < 0 ? 2u : 1u);
  const std::size_t point = std::min(digits.size(), wanted);
  out.append(digits, 0, point).append(wanted - point, '0');
  if (point < digits.size()) out.append(".").append(digits, point);
}

}  // namespace

std::int64_t hundred_thousandths(double value) { return std::llround(value * 100000); }
std::int64_t millionths(double value) { return std::llround(value * 1000000); }

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  const double size = std::abs(value);
  if (size != 0 && (size < 1e-6 || size >= 1e21)) {
    append_exponent(out, value);
  } else if (size >= kShortIsExact) {
    append_large(out, value);
  } else {
    std::array<char, 40> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    out.append(text.data(), end);
  }
}

void append_rounded(std::string& out, double value) {
  const double scaled = std::round(value * 100000);
  if (!(std::abs(scaled) < kShortIsExact) || scaled == 0) {
    append_number(out, scaled / 100000);
    return;
  }
  const auto units = static_cast<std::uint64_t>(std::abs(scaled));
  if (scaled < 0) out += '-';
  append_whole(out, units / 100000);
  std::uint64_t part = units % 100000;
  if (part == 0) return;
  int digits = 5;
  for (; part % 10 == 0; part /= 10) --digits;
  out += '.';
  append_fraction(out, part, digits);
}

void append_fixed(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  if (std::abs(value) < kShortIsExact / 1e6) {
    const std::int64_t units = millionths(value);
    if (std::signbit(value)) out += '-';
    const auto size = static_cast<std::uint64_t>(std::abs(units));
    append_whole(out, size / 1000000);
    out += '.';
    append_fraction(out, size % 1000000, 6);
    return;
  }
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 6).ptr;
  out.append(text.data(), end);
}

namespace {

bool plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
  }
}

// Length of the well-formed sequence at the start of `text`, 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = at(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    std::size_t run = i;
    while (run < text.size() && plain(static_cast<unsigned char>(text[run]))) ++run;
    out.append(text, i, run - i);
    if (run == text.size()) break;
    i = run;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      append_escape(out, c);
      ++i;
      continue;
    }
    const std::size_t length = sequence_length(text.substr(i));
    const std::string_view sequence = text.substr(i, length);
    if (length == 0) {
      out += "\\ufffd";
    } else if (sequence == "\u2028" || sequence == "\u2029") {
      out += sequence == "\u2028" ? "\\u2028" : "\\u2029";
    } else {
      out.append(sequence);
    }
    i += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

void append_time(std::string& out, std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto two = [&](std::int64_t value) {
    append_fraction(out, static_cast<std::uint64_t>(value), 2);
  };
  out += '"';
  append_fraction(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  two(static_cast<unsigned>(date.month()));
  out += '-';
  two(static_cast<unsigned>(date.day()));
  out += 'T';
  two(clock.hours().count());
  out += ':';
  two(clock.minutes().count());
  out += ':';
  two(clock.seconds().count());
  out += "Z\"";
}

}  // namespace exporter::demo
