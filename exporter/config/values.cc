#include "exporter/config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "exporter/config/text.h"

namespace exporter::config {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kDurations = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::uint64_t kLongest = 365ull * 86'400'000;

constexpr std::array<Unit, 9> kSizes = {{{"TiB", 1ull << 40},
                                         {"GiB", 1ull << 30},
                                         {"MiB", 1ull << 20},
                                         {"KiB", 1ull << 10},
                                         {"TB", 1'000'000'000'000},
                                         {"GB", 1'000'000'000},
                                         {"MB", 1'000'000},
                                         {"kB", 1'000},
                                         {"B", 1}}};

constexpr std::chrono::minutes kEasternmost = std::chrono::hours(14);
constexpr std::chrono::minutes kWesternmost = std::chrono::hours(12);

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Digits only: no sign, no space, no overflow.
std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !is_digit(text.front())) {
    return std::nullopt;
  }
  return number;
}

template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate predicate) {
  const auto end = std::find_if_not(text.begin(), text.end(), predicate);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

tl::unexpected<Error> not_a_duration(std::string_view text) {
  return fail(
      fmt::format("{} is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d", in_quotes(text)));
}

tl::unexpected<Error> not_a_size(std::string_view text) {
  return fail(fmt::format("{} is not a size; write it as 512MiB, 1GiB, 10MB or a number of bytes",
                          in_quotes(text)));
}

Result<double> finite(std::string_view text, std::string_view example) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number)) {
    return number;
  }
  return fail(fmt::format("{} is not a number; write one such as {}", in_quotes(text), example));
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return not_a_duration(text);
  std::uint64_t total = 0;
  const Unit* last = nullptr;
  for (std::string_view rest = text; !rest.empty();) {
    const auto number = whole_number(take_while(rest, is_digit));
    const std::string_view name = take_while(rest, is_letter);
    const Unit* unit = std::find_if(kDurations.begin(), kDurations.end(),
                                    [&](const Unit& candidate) { return candidate.name == name; });
    if (!number || unit == kDurations.end() || (last && unit <= last)) return not_a_duration(text);
    if (*number > kLongest / unit->factor || total + *number * unit->factor > kLongest) {
      return fail(fmt::format("{} is longer than a year; write 365d or less", in_quotes(text)));
    }
    total += *number * unit->factor;
    last = unit;
  }
  return milliseconds(static_cast<std::int64_t>(total));
}

std::string print_duration(milliseconds duration) {
  auto rest = static_cast<std::uint64_t>(duration.count());
  std::string out;
  for (const Unit& unit : kDurations) {
    if (rest >= unit.factor) out += fmt::format("{}{}", rest / unit.factor, unit.name);
    rest %= unit.factor;
  }
  return out.empty() ? "0s" : out;
}

Result<std::chrono::seconds> parse_seconds(std::string_view text, std::chrono::seconds least,
                                           std::chrono::seconds most) {
  const auto duration = parse_duration(text);
  if (!duration) return tl::unexpected(duration.error());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*duration);
  if (seconds != *duration) {
    return fail(fmt::format("{} is not a number of whole seconds; leave out the milliseconds",
                            in_quotes(text)));
  }
  if (seconds < least) {
    const std::string bound = print_duration(least);
    return fail(
        fmt::format("{} is shorter than {}; write {} or more", in_quotes(text), bound, bound));
  }
  if (seconds > most) {
    const std::string bound = print_duration(most);
    return fail(
        fmt::format("{} is longer than {}; write {} or less", in_quotes(text), bound, bound));
  }
  return seconds;
}

Result<std::chrono::seconds> parse_offset(std::string_view text) {
  const bool shaped = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  const auto hours = shaped ? whole_number(text.substr(1, 2)) : std::nullopt;
  const auto minutes = shaped ? whole_number(text.substr(4, 2)) : std::nullopt;
  if (!hours || !minutes || *minutes > 59) {
    return fail(fmt::format("{} is not an offset; write hours and minutes as +02:00 or -05:30",
                            in_quotes(text)));
  }
  if (*minutes % 5 != 0) {
    return fail(fmt::format("{} is not a multiple of 5 minutes; write one such as {}{:02}:{:02}",
                            in_quotes(text), text[0], *hours, *minutes / 5 * 5));
  }
  const auto distance = std::chrono::minutes(static_cast<int>(*hours * 60 + *minutes));
  const bool east = text[0] == '+';
  if (distance > (east ? kEasternmost : kWesternmost)) {
    return fail(fmt::format("{} is farther from UTC than any zone; write one from -12:00 to +14:00",
                            in_quotes(text)));
  }
  return east ? distance : -distance;
}

std::string print_offset(std::chrono::seconds offset) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(offset).count();
  const auto distance = std::abs(minutes);
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  const auto number = whole_number(take_while(rest, is_digit));
  const std::string_view name = rest.empty() ? "B" : rest;
  const Unit* unit = std::find_if(kSizes.begin(), kSizes.end(),
                                  [&](const Unit& candidate) { return candidate.name == name; });
  if (!number || unit == kSizes.end()) return not_a_size(text);
  constexpr std::uint64_t kLeast = 1ull << 10;
  constexpr std::uint64_t kMost = 1ull << 40;
  if (*number > kMost / unit->factor) {
    return fail(fmt::format("{} is more than 1TiB; write less", in_quotes(text)));
  }
  if (*number * unit->factor < kLeast) {
    return fail(fmt::format("{} is less than 1KiB; write more", in_quotes(text)));
  }
  return *number * unit->factor;
}

std::string print_size(std::uint64_t bytes) {
  for (const Unit& unit : kSizes) {
    if (bytes >= unit.factor && bytes % unit.factor == 0) {
      return fmt::format("{}{}", bytes / unit.factor, unit.name);
    }
  }
  return "0B";
}

Result<bool> parse_boolean(std::string_view text) {
  const std::string word = lower(text);
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (word == no) return false;
  }
  return fail(fmt::format("{} is neither true nor false; write one of them", in_quotes(text)));
}

std::string print_boolean(bool value) { return value ? "true" : "false"; }

Result<std::uint64_t> parse_integer(std::string_view text, std::uint64_t least,
                                    std::uint64_t most) {
  const auto number = text.empty() ? std::nullopt : whole_number(text);
  if (number && *number >= least && *number <= most) return *number;
  return fail(fmt::format("{} is not a whole number from {} to {}; write one", in_quotes(text),
                          least, most));
}

Result<double> parse_positive(std::string_view text, std::string_view example) {
  auto number = finite(text, example);
  if (!number || *number > 0) return number;
  return fail(
      fmt::format("{} is not above zero; write a number such as {}", in_quotes(text), example));
}

Result<double> parse_number(std::string_view text, const Range& range, std::string_view example) {
  auto number = finite(text, example);
  if (!number) return number;
  const bool low = range.above_least ? *number <= range.least : *number < range.least;
  const bool high = range.below_most ? *number >= range.most : *number > range.most;
  if (!low && !high) return *number + 0.0;  // a zero has no sign from here on
  const std::string least =
      fmt::format("{} {}", range.above_least ? "above" : "at least", range.least);
  const std::string most =
      range.most == Range().most
          ? ""
          : fmt::format(" and {} {}", range.below_most ? "below" : "at most", range.most);
  return fail(fmt::format("{} is not {}{}; write a number such as {}", in_quotes(text), least, most,
                          example));
}

std::string print_number(double number) { return fmt::format("{}", number); }

Result<std::string> parse_currency(std::string_view text) {
  if (text.size() < 3 || text.size() > 10 || !std::all_of(text.begin(), text.end(), is_letter)) {
    return fail(fmt::format("{} is not a currency code; write 3 to 10 letters, such as EUR",
                            in_quotes(text)));
  }
  return upper(text);
}

Result<std::string> parse_name(std::string_view text) {
  constexpr std::size_t kMost = 128;
  if (text.empty()) return fail("is empty; write a name or leave the key out");
  if (text.size() > kMost) {
    return fail(
        fmt::format("{} has {} bytes; write at most {}", in_quotes(text), text.size(), kMost));
  }
  if (invalid_utf8(text)) {
    return fail(fmt::format("{} is not UTF-8; write the name in UTF-8", in_quotes(text)));
  }
  if (has_control_character(text)) {
    return fail(fmt::format("{} holds a control character; write letters, digits and dashes",
                            in_quotes(text)));
  }
  return std::string(text);
}

Result<std::string> parse_file(std::string_view text) {
  if (text.empty()) return fail("is empty; write the path of a file or leave the key out");
  if (has_control_character(text)) {
    return fail("holds a control character; write the path of a file");
  }
  return std::string(text);
}

Result<std::string> parse_header_name(std::string_view text) {
  // The characters of a token in RFC 9110, 5.6.2.
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto fits = [&](char c) {
    return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos;
  };
  if (text.empty() || !std::all_of(text.begin(), text.end(), fits)) {
    return fail(fmt::format("{} is not the name of a header; write one such as X-Scope-OrgID",
                            in_quotes(text)));
  }
  return std::string(text);
}

Result<std::string> parse_username(std::string_view text) {
  if (text.empty()) return fail("is empty; write the user's name");
  if (has_control_character(text) || invalid_utf8(text) ||
      text.find(':') != std::string_view::npos) {
    return fail(
        "holds a colon or a control character, which basic authentication cannot send; write "
        "another name");
  }
  return std::string(text);
}

}  // namespace exporter::config
