#include "exporter/api/text.h"

#include <algorithm>
#include <charconv>

namespace exporter::api {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::size_t kQuoted = 64;

bool within(char byte, unsigned char low, unsigned char high) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= low && value <= high;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

// The table of well-formed byte sequences of the Unicode standard (3-7): what the second byte may
// be depends on the first, so that nothing is overlong, a surrogate or beyond U+10FFFF.
std::size_t character(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80, high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  }
  if (length == 0 || text.size() < length || !within(text[1], low, high)) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!within(text[i], 0x80, 0xbf)) return 0;
  }
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character(text);
    out += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned value = 0;
    const auto end = digits.data() + digits.size();
    if (digits.size() < 2 || std::from_chars(digits.data(), end, value, 16).ptr != end) {
      return std::nullopt;
    }
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[value >> 4];
    out += kDigits[value & 0xf];
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  const std::string clean = repaired(text);
  std::string_view rest = clean;
  while (!rest.empty()) {
    const std::size_t length = character(rest);
    if (out.size() + length > kQuoted + 1) {
      out += "...";
      break;
    }
    const bool control = length == 1 && (within(rest[0], 0, 0x1f) || rest[0] == 0x7f);
    out += control ? kReplacement : rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return out + '"';
}

std::string_view next_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

std::string_view next_word(std::string_view& list) {
  const std::string_view word = next_part(list, ',');
  while (list.starts_with(' ')) list.remove_prefix(1);
  return word;
}

}  // namespace exporter::api
