#include "exporter/demo/window.h"

#include <fmt/format.h>

#include <charconv>

namespace exporter::demo {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

struct Duration {
  std::int64_t count = 0;
  seconds unit{};
};

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = whole_number(text.substr(0, text.size() - 1));
  if (!count || *count > 100000) return std::nullopt;
  switch (text.back()) {
    case 'm':
      return Duration{*count, minutes(1)};
    case 'h':
      return Duration{*count, hours(1)};
    case 'd':
      return Duration{*count, days(1)};
    case 'w':
      return Duration{*count * 7, days(1)};
    default:
      return std::nullopt;
  }
}

std::optional<model::Window> parse_named(std::string_view text, sys_seconds now) {
  const auto today = std::chrono::floor<days>(now);
  const std::chrono::year_month_day date(today);
  const auto month = std::chrono::sys_days(date.year() / date.month() / 1);
  const auto previous = std::chrono::year_month(date.year(), date.month()) - std::chrono::months(1);
  const auto sunday = today - (std::chrono::weekday(today) - std::chrono::Sunday);
  if (text == "today") return model::Window{today, today + days(1)};
  if (text == "yesterday") return model::Window{today - days(1), today};
  if (text == "week") return model::Window{sunday, now};
  if (text == "lastweek") return model::Window{sunday - days(7), sunday};
  if (text == "month") return model::Window{month, now};
  if (text == "lastmonth") return model::Window{std::chrono::sys_days(previous / 1), month};
  return std::nullopt;
}

}  // namespace

std::optional<sys_seconds> parse_bound(std::string_view text) {
  if (const auto unix_time = whole_number(text)) return sys_seconds(seconds(*unix_time));
  if (const auto time = model::parse_time(text)) return *time;
  return std::nullopt;
}

Result<model::Window> parse_window(std::string_view text, sys_seconds now) {
  if (const auto named = parse_named(text, now)) return *named;
  if (const auto duration = parse_duration(text)) {
    const seconds past = now.time_since_epoch() % duration->unit;
    const sys_seconds end = now - past + duration->unit;
    return model::Window{end - duration->count * duration->unit, end};
  }
  const std::size_t comma = text.find(',');
  if (comma != std::string_view::npos) {
    const auto start = parse_bound(text.substr(0, comma));
    const auto end = parse_bound(text.substr(comma + 1));
    if (start && end) return model::Window{*start, *end};
  }
  return fail(fmt::format("illegal window: {}", text));
}

Result<seconds> parse_step(std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration || duration->count == 0) return fail(fmt::format("cannot read {:?}", text));
  return duration->count * duration->unit;
}

std::vector<model::Window> split(model::Window window, seconds step) {
  std::vector<model::Window> pieces;
  for (sys_seconds start = window.start; start < window.end; start += step) {
    pieces.push_back({start, start + step});
  }
  return pieces;
}

}  // namespace exporter::demo
