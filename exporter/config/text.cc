#include "exporter/config/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace exporter::config {
namespace {

constexpr std::size_t kShown = 80;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// A password may hold any of `/?#:`, so no URL is parsed here: all up to the last `@` goes. Behind
// these marks there are keys and hashes of passwords.
std::string without_secrets(std::string_view text) {
  for (const std::string_view mark : {"-----BEGIN", "$2"}) {
    if (const auto at = text.find(mark); at != std::string_view::npos) {
      return without_secrets(text.substr(0, at)) + "***";
    }
  }
  std::string result;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto scheme = text.find("://");
    if (scheme != std::string_view::npos && scheme < at) result = text.substr(0, scheme + 3);
    result += "***";
    text.remove_prefix(at);
  }
  const auto query = text.find_first_of("?#");
  const bool url = text.find("://") != std::string_view::npos || !result.empty();
  if (url && query != std::string_view::npos) {
    result += text.substr(0, query + 1);
    return result + "***";
  }
  return result + std::string(text);
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
}

bool second_byte_fits(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:  // else overlong
      return second >= 0xA0;
    case 0xED:  // else a surrogate
      return second < 0xA0;
    case 0xF0:  // else overlong
      return second >= 0x90;
    case 0xF4:  // else beyond U+10FFFF
      return second < 0x90;
    default:
      return true;
  }
}

// Levenshtein's, where swapping two neighbours counts as one step as well.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string in_quotes(std::string_view text) {
  const std::string shown = without_secrets(text);
  std::string out = "\"";
  for (std::size_t i = 0; i < shown.size();) {
    if (out.size() > kShown) return out + "...\"";
    const char c = shown[i];
    if (is_control(c) || c == '"' || c == '\\') {
      if (c == '"' || c == '\\') {
        out += {'\\', c};
      } else {
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
      }
      ++i;
      continue;
    }
    const std::size_t length = sequence_length(static_cast<unsigned char>(c));
    if (length == 0 || invalid_utf8(shown.substr(i, length))) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
      ++i;
    } else {
      out += shown.substr(i, length);
      i += length;
    }
  }
  return out + '"';
}

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(byte(i));
    if (length == 0 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0u) != 0x80u) return i;
    }
    if (length > 1 && !second_byte_fits(byte(i), byte(i + 1))) return i;
    i += length;
  }
  return std::nullopt;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  std::size_t best_steps = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t allowed = std::max<std::size_t>(1, candidate.size() / 3);
    if (word.size() > candidate.size() + allowed) continue;
    const std::size_t steps = distance(word, candidate);
    if (steps <= allowed && (!best || steps < best_steps)) {
      best = candidate;
      best_steps = steps;
    }
  }
  return best;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

}  // namespace exporter::config
