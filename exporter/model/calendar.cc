#include "exporter/model/calendar.h"

#include <fmt/format.h>

#include <charconv>

#include "exporter/model/model.h"

namespace exporter::model {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

std::string_view to_string(Period period) {
  switch (period) {
    case Period::today:
      return "today";
    case Period::yesterday:
      return "yesterday";
    case Period::last_7_days:
      return "last_7_days";
    case Period::month_to_date:
      return "month_to_date";
    case Period::last_month:
      return "last_month";
  }
  return "";
}

local_days Calendar::date(sys_seconds time) const {
  return local_days(std::chrono::floor<days>(time + utc_offset).time_since_epoch());
}

sys_seconds Calendar::start(local_days date) const {
  return sys_seconds(date.time_since_epoch()) - utc_offset;
}

Window Calendar::window(Days range) const { return {start(range.first), start(range.end)}; }

Window Calendar::day(local_days date) const { return window({date, date + days(1)}); }

Days month_of(local_days date) {
  const year_month_day day(date);
  const auto month = day.year() / day.month();
  return {local_days(month / 1), local_days((month + months(1)) / 1)};
}

Days days_of(Period period, local_days today) {
  switch (period) {
    case Period::today:
      return {today, today + days(1)};
    case Period::yesterday:
      return {today - days(1), today};
    case Period::last_7_days:
      return {today - days(7), today};
    case Period::month_to_date:
      return {month_of(today).first, today + days(1)};
    case Period::last_month:
      return month_of(month_of(today).first - days(1));
  }
  return {today, today};
}

std::string format_date(local_days date) {
  const year_month_day day(date);
  return fmt::format("{:04}-{:02}-{:02}", int(day.year()), unsigned(day.month()),
                     unsigned(day.day()));
}

Result<local_days> parse_date(std::string_view text) {
  const auto wrong = [&] {
    return fail(fmt::format("\"{}\" is not a date such as 2026-02-28", text.substr(0, 40)));
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return wrong();
  int year = 0;
  unsigned month = 0, day = 0;
  const auto read = [&](std::size_t at, std::size_t length, auto& value) {
    const std::string_view digits = text.substr(at, length);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return false;
    return std::from_chars(digits.data(), digits.data() + length, value).ec == std::errc();
  };
  if (!read(0, 4, year) || !read(5, 2, month) || !read(8, 2, day)) return wrong();
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!date.ok()) return wrong();
  return local_days(date);
}

}  // namespace exporter::model
