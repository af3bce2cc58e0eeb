// Days, months and the periods money is added up over.
#include "exporter/model/calendar.h"

#include <gtest/gtest.h>

#include "exporter/model/model.h"

namespace exporter::model {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::seconds;
using namespace std::chrono_literals;

local_days day(std::string_view text) {
  const auto date = parse_date(text);
  EXPECT_TRUE(date.has_value()) << text;
  return date.value_or(local_days{});
}

// `first end`, both as dates.
std::string written(Days range) { return format_date(range.first) + " " + format_date(range.end); }
std::string period(Period which, std::string_view today) {
  return written(days_of(which, day(today)));
}

std::string date_at(seconds utc_offset, std::string_view time) {
  return format_date(Calendar{utc_offset}.date(*parse_time(time)));
}
std::string start_at(seconds utc_offset, std::string_view date) {
  return format_time(Calendar{utc_offset}.start(day(date)));
}

TEST(Dates, AreReadAndWritten) {
  const auto row = [](std::string_view text, std::chrono::year_month_day date) {
    const auto read = parse_date(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, local_days(date)) << text;
    EXPECT_EQ(format_date(local_days(date)), text);
  };
  row("1970-01-01", 1970y / 1 / 1);
  row("2026-02-28", 2026y / 2 / 28);
  row("2024-02-29", 2024y / 2 / 29);
  row("2000-02-29", 2000y / 2 / 29);
  row("2026-12-31", 2026y / 12 / 31);
  row("0000-01-01", 0y / 1 / 1);
  row("9999-12-31", 9999y / 12 / 31);
}

TEST(Dates, WhatIsNone) {
  for (std::string_view text : {"",
                                "2026",
                                "2026-02",
                                "2026-2-28",
                                "2026-02-2",
                                "26-02-28",
                                "20260228",
                                "2026/02/28",
                                "2026-02/28",
                                "2026 02 28",
                                "2026-02-29",
                                "2023-02-29",
                                "2100-02-29",
                                "1900-02-29",
                                "2024-02-30",
                                "2026-04-31",
                                "2026-06-31",
                                "2026-09-31",
                                "2026-11-31",
                                "2026-01-32",
                                "2026-00-10",
                                "2026-13-10",
                                "2026-10-00",
                                "2026-10-99",
                                "2026-99-10",
                                "-026-10-01",
                                "+026-10-01",
                                "2026--1-01",
                                "2026-+1-01",
                                "2026-10--1",
                                "2026- 1-01",
                                "2026-01- 1",
                                "2026-01-1 ",
                                "2026-1a-01",
                                "2o26-10-01",
                                "0x26-10-01",
                                "2026-10-01 ",
                                " 2026-10-01",
                                "2026-10-01Z",
                                "2026-10-01T00:00:00Z",
                                "02026-10-01",
                                "12026-10-01",
                                "today",
                                "yesterday!",
                                "----------"}) {
    const auto read = parse_date(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().message,
              "\"" + std::string(text) + "\" is not a date such as 2026-02-28");
  }
  EXPECT_EQ(parse_date(std::string(500, 'x')).error().message,
            "\"" + std::string(40, 'x') + "\" is not a date such as 2026-02-28");
}

TEST(Months, EndWhereTheyEnd) {
  const auto month = [](std::string_view date) { return written(month_of(day(date))); };
  EXPECT_EQ(month("2026-01-01"), "2026-01-01 2026-02-01");
  EXPECT_EQ(month("2026-01-31"), "2026-01-01 2026-02-01");
  EXPECT_EQ(month("2026-02-01"), "2026-02-01 2026-03-01");
  EXPECT_EQ(month("2026-02-28"), "2026-02-01 2026-03-01");
  EXPECT_EQ(month("2024-02-29"), "2024-02-01 2024-03-01");
  EXPECT_EQ(month("2026-12-31"), "2026-12-01 2027-01-01");
  EXPECT_EQ(month("2027-01-01"), "2027-01-01 2027-02-01");
  const auto length = [](std::string_view date) {
    const Days range = month_of(day(date));
    return (range.end - range.first).count();
  };
  EXPECT_EQ(length("2024-02-29"), 29);
  EXPECT_EQ(length("2023-02-14"), 28);
  EXPECT_EQ(length("2000-02-14"), 29);
  EXPECT_EQ(length("2100-02-14"), 28);
  EXPECT_EQ(length("2026-04-30"), 30);
  EXPECT_EQ(length("2026-12-31"), 31);
}

TEST(Periods, OnAnOrdinaryDay) {
  EXPECT_EQ(period(Period::today, "2026-10-15"), "2026-10-15 2026-10-16");
  EXPECT_EQ(period(Period::yesterday, "2026-10-15"), "2026-10-14 2026-10-15");
  EXPECT_EQ(period(Period::last_7_days, "2026-10-15"), "2026-10-08 2026-10-15");
  EXPECT_EQ(period(Period::month_to_date, "2026-10-15"), "2026-10-01 2026-10-16");
  EXPECT_EQ(period(Period::last_month, "2026-10-15"), "2026-09-01 2026-10-01");
}

TEST(Periods, OnTheFirst) {
  EXPECT_EQ(period(Period::today, "2026-10-01"), "2026-10-01 2026-10-02");
  EXPECT_EQ(period(Period::yesterday, "2026-10-01"), "2026-09-30 2026-10-01");
  EXPECT_EQ(period(Period::last_7_days, "2026-10-01"), "2026-09-24 2026-10-01");
  EXPECT_EQ(period(Period::month_to_date, "2026-10-01"), "2026-10-01 2026-10-02");
  EXPECT_EQ(period(Period::last_month, "2026-10-01"), "2026-09-01 2026-10-01");
}

TEST(Periods, OnTheLastOfAMonth) {
  EXPECT_EQ(period(Period::today, "2026-03-31"), "2026-03-31 2026-04-01");
  EXPECT_EQ(period(Period::yesterday, "2026-03-31"), "2026-03-30 2026-03-31");
  EXPECT_EQ(period(Period::last_7_days, "2026-03-31"), "2026-03-24 2026-03-31");
  EXPECT_EQ(period(Period::month_to_date, "2026-03-31"), "2026-03-01 2026-04-01");
  // A month back from the 31st there is no such day.
  EXPECT_EQ(period(Period::last_month, "2026-03-31"), "2026-02-01 2026-03-01");
}

TEST(Periods, OnTheLeapDay) {
  EXPECT_EQ(period(Period::today, "2024-02-29"), "2024-02-29 2024-03-01");
  EXPECT_EQ(period(Period::yesterday, "2024-02-29"), "2024-02-28 2024-02-29");
  EXPECT_EQ(period(Period::last_7_days, "2024-02-29"), "2024-02-22 2024-02-29");
  EXPECT_EQ(period(Period::month_to_date, "2024-02-29"), "2024-02-01 2024-03-01");
  EXPECT_EQ(period(Period::last_month, "2024-02-29"), "2024-01-01 2024-02-01");
}

TEST(Periods, OnTheFirstOfMarch) {
  EXPECT_EQ(period(Period::yesterday, "2024-03-01"), "2024-02-29 2024-03-01");
  EXPECT_EQ(period(Period::yesterday, "2023-03-01"), "2023-02-28 2023-03-01");
  EXPECT_EQ(period(Period::yesterday, "2100-03-01"), "2100-02-28 2100-03-01");
  EXPECT_EQ(period(Period::last_7_days, "2024-03-01"), "2024-02-23 2024-03-01");
  EXPECT_EQ(period(Period::last_7_days, "2023-03-01"), "2023-02-22 2023-03-01");
  EXPECT_EQ(period(Period::last_month, "2024-03-01"), "2024-02-01 2024-03-01");
  EXPECT_EQ(period(Period::month_to_date, "2024-03-01"), "2024-03-01 2024-03-02");
}

TEST(Periods, AroundNewYear) {
  EXPECT_EQ(period(Period::today, "2026-12-31"), "2026-12-31 2027-01-01");
  EXPECT_EQ(period(Period::month_to_date, "2026-12-31"), "2026-12-01 2027-01-01");
  EXPECT_EQ(period(Period::last_month, "2026-12-31"), "2026-11-01 2026-12-01");
  EXPECT_EQ(period(Period::yesterday, "2027-01-01"), "2026-12-31 2027-01-01");
  EXPECT_EQ(period(Period::last_7_days, "2027-01-01"), "2026-12-25 2027-01-01");
  EXPECT_EQ(period(Period::month_to_date, "2027-01-01"), "2027-01-01 2027-01-02");
  EXPECT_EQ(period(Period::last_month, "2027-01-01"), "2026-12-01 2027-01-01");
  EXPECT_EQ(period(Period::last_month, "2027-01-31"), "2026-12-01 2027-01-01");
}

TEST(Periods, FitTogetherOnEveryDay) {
  for (local_days today = day("1999-12-01"); today < day("2033-01-01"); today += days(1)) {
    const auto of = [&](Period which) { return days_of(which, today); };
    EXPECT_EQ(of(Period::today), (Days{today, today + days(1)}));
    EXPECT_EQ(of(Period::yesterday).end, today);
    EXPECT_EQ(of(Period::yesterday), days_of(Period::today, today - days(1)));
    EXPECT_EQ(of(Period::last_7_days).end, today);
    EXPECT_EQ(of(Period::last_7_days).end - of(Period::last_7_days).first, days(7));
    EXPECT_EQ(of(Period::month_to_date).end, today + days(1));
    EXPECT_EQ(of(Period::last_month).end, of(Period::month_to_date).first);
    EXPECT_EQ(format_date(of(Period::month_to_date).first).substr(7), "-01");
    EXPECT_EQ(format_date(of(Period::last_month).first).substr(7), "-01");
    const auto length = of(Period::last_month).end - of(Period::last_month).first;
    EXPECT_TRUE(length >= days(28) && length <= days(31)) << format_date(today);
  }
}

TEST(Calendars, InUtc) {
  EXPECT_EQ(date_at(0s, "2026-10-03T00:00:00Z"), "2026-10-03");
  EXPECT_EQ(date_at(0s, "2026-10-03T23:59:59Z"), "2026-10-03");
  EXPECT_EQ(date_at(0s, "2026-10-02T23:59:59Z"), "2026-10-02");
  EXPECT_EQ(date_at(0s, "1969-12-31T23:59:59Z"), "1969-12-31");
  EXPECT_EQ(date_at(0s, "2024-02-29T12:00:00Z"), "2024-02-29");
  EXPECT_EQ(start_at(0s, "2026-10-03"), "2026-10-03T00:00:00Z");
}

TEST(Calendars, AheadOfUtcDaysBeginTheEveningBefore) {
  EXPECT_EQ(start_at(1h, "2026-10-03"), "2026-10-02T23:00:00Z");
  EXPECT_EQ(date_at(1h, "2026-10-02T22:59:59Z"), "2026-10-02");
  EXPECT_EQ(date_at(1h, "2026-10-02T23:00:00Z"), "2026-10-03");
  EXPECT_EQ(start_at(5h + 30min, "2026-10-03"), "2026-10-02T18:30:00Z");
  EXPECT_EQ(date_at(5h + 30min, "2026-10-02T18:29:59Z"), "2026-10-02");
  EXPECT_EQ(date_at(5h + 30min, "2026-10-02T18:30:00Z"), "2026-10-03");
  EXPECT_EQ(start_at(5h + 45min, "2026-01-01"), "2025-12-31T18:15:00Z");
  EXPECT_EQ(date_at(5h + 45min, "2025-12-31T18:14:59Z"), "2025-12-31");
  EXPECT_EQ(date_at(5h + 45min, "2025-12-31T18:15:00Z"), "2026-01-01");
  EXPECT_EQ(start_at(14h, "2024-03-01"), "2024-02-29T10:00:00Z");
  EXPECT_EQ(date_at(14h, "2024-02-29T09:59:59Z"), "2024-02-29");
}

TEST(Calendars, BehindUtcDaysBeginTheMorningAfter) {
  EXPECT_EQ(start_at(-8h, "2026-10-03"), "2026-10-03T08:00:00Z");
  EXPECT_EQ(date_at(-8h, "2026-10-03T07:59:59Z"), "2026-10-02");
  EXPECT_EQ(date_at(-8h, "2026-10-03T08:00:00Z"), "2026-10-03");
  EXPECT_EQ(start_at(-3h - 30min, "2026-10-03"), "2026-10-03T03:30:00Z");
  EXPECT_EQ(date_at(-3h - 30min, "2026-10-03T03:29:59Z"), "2026-10-02");
  EXPECT_EQ(start_at(-9h - 45min, "2027-01-01"), "2027-01-01T09:45:00Z");
  EXPECT_EQ(date_at(-9h - 45min, "2027-01-01T09:44:59Z"), "2026-12-31");
  EXPECT_EQ(date_at(-14h, "2024-03-01T13:59:59Z"), "2024-02-29");
  EXPECT_EQ(date_at(-14h, "1970-01-01T00:00:00Z"), "1969-12-31");
}

TEST(Calendars, EveryDayBeginsAndEndsInItself) {
  for (const seconds offset :
       {seconds(0), seconds(1h), seconds(-1h), seconds(5h + 30min), seconds(-3h - 30min),
        seconds(5h + 45min), seconds(12h + 45min), seconds(14h), seconds(-12h), seconds(-14h)}) {
    const Calendar calendar{offset};
    for (local_days date = day("2019-12-25"); date < day("2032-03-05"); date += days(1)) {
      const Window window = calendar.day(date);
      ASSERT_EQ(calendar.date(calendar.start(date)), date);
      ASSERT_EQ(calendar.date(window.start), date);
      ASSERT_EQ(calendar.date(window.end - 1s), date);
      ASSERT_EQ(calendar.date(window.end), date + days(1));
      ASSERT_EQ(calendar.date(window.start - 1s), date - days(1));
      ASSERT_EQ(window.hours(), 24);
      ASSERT_EQ(window.end, calendar.start(date + days(1)));
      ASSERT_EQ(window.start.time_since_epoch() % 300s, 0s);
    }
  }
}

TEST(Calendars, AWindowIsItsDaysTogether) {
  const Calendar calendar{-2h - 30min};
  const Days month = month_of(day("2024-02-10"));
  EXPECT_EQ(format_time(calendar.window(month).start), "2024-02-01T02:30:00Z");
  EXPECT_EQ(format_time(calendar.window(month).end), "2024-03-01T02:30:00Z");
  EXPECT_EQ(calendar.window(month).hours(), 29 * 24);
  EXPECT_EQ(calendar.window({month.first, month.first}).hours(), 0);
}

TEST(Words, OfPeriodsAreEndsOfMetricNames) {
  std::string words;
  for (const Period which : kPeriods) words += std::string(to_string(which)) + " ";
  EXPECT_EQ(words, "today yesterday last_7_days month_to_date last_month ");
}

}  // namespace
}  // namespace exporter::model
