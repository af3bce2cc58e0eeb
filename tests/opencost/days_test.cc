// Finished days: their question, days OpenCost knows nothing of, and how much of one it knows.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

using std::chrono::seconds;
using namespace std::chrono_literals;

model::Window window(std::string_view start, std::string_view end) {
  return {*model::parse_time(start), *model::parse_time(end)};
}

std::string written(const model::Window& window) {
  return model::format_time(window.start) + " " + model::format_time(window.end);
}

const model::Window kDay = window("2026-10-02T00:00:00Z", "2026-10-03T00:00:00Z");

std::string asked(Query query, seconds utc_offset, std::string_view now,
                  Alignment alignment = Alignment::rolling, seconds settle = 10min) {
  const auto found = window_for(query, alignment, settle, model::Calendar{utc_offset},
                                SystemTime(*model::parse_time(now)));
  return found ? written(*found) : "none";
}

TEST(DayWindow, IsYesterdayAllDayLong) {
  for (std::string_view now :
       {"2026-10-03T00:00:00Z", "2026-10-03T12:34:56Z", "2026-10-03T23:59:59Z"}) {
    for (Alignment alignment : {Alignment::rolling, Alignment::hour}) {
      EXPECT_EQ(asked(Query::day, 0s, now, alignment), written(kDay)) << now;
    }
  }
  EXPECT_EQ(asked(Query::day, 0s, "2024-03-01T00:00:00Z"),
            "2024-02-29T00:00:00Z 2024-03-01T00:00:00Z");
  EXPECT_EQ(asked(Query::day, 0s, "2027-01-01T10:00:00Z"),
            "2026-12-31T00:00:00Z 2027-01-01T00:00:00Z");
}

TEST(DayWindow, IsYesterdayWhereItIs) {
  EXPECT_EQ(asked(Query::day, 1h, "2026-10-02T22:59:59Z"),
            "2026-09-30T23:00:00Z 2026-10-01T23:00:00Z");
  EXPECT_EQ(asked(Query::day, 1h, "2026-10-02T23:00:00Z"),
            "2026-10-01T23:00:00Z 2026-10-02T23:00:00Z");
  EXPECT_EQ(asked(Query::day, -8h, "2026-10-03T07:59:59Z"),
            "2026-10-01T08:00:00Z 2026-10-02T08:00:00Z");
  EXPECT_EQ(asked(Query::day, -8h, "2026-10-03T08:00:00Z"),
            "2026-10-02T08:00:00Z 2026-10-03T08:00:00Z");
  EXPECT_EQ(asked(Query::day, 5h + 45min, "2026-10-03T00:00:00Z"),
            "2026-10-01T18:15:00Z 2026-10-02T18:15:00Z");
}

TEST(TodayWindow, BeginsWithTheLocalDay) {
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-03T12:34:56Z"),
            "2026-10-02T22:00:00Z 2026-10-03T12:20:00Z");
  EXPECT_EQ(asked(Query::today, -5h, "2026-10-03T04:59:59Z"),
            "2026-10-02T05:00:00Z 2026-10-03T04:45:00Z");
  EXPECT_EQ(asked(Query::today, -3h - 30min, "2026-10-03T12:00:00Z"),
            "2026-10-03T03:30:00Z 2026-10-03T11:50:00Z");
}

TEST(TodayWindow, IsNoneJustAfterLocalMidnight) {
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-03T21:59:59Z"),
            "2026-10-02T22:00:00Z 2026-10-03T21:45:00Z");
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-03T22:00:00Z"), "none");
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-03T22:14:59Z"), "none");
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-03T22:15:00Z"),
            "2026-10-03T22:00:00Z 2026-10-03T22:05:00Z");
  EXPECT_EQ(asked(Query::today, -5h, "2026-10-03T05:00:00Z"), "none");
  EXPECT_EQ(asked(Query::today, -5h, "2026-10-03T05:14:59Z"), "none");
  EXPECT_EQ(asked(Query::today, 5h + 45min, "2026-10-03T18:15:00Z"), "none");
  EXPECT_EQ(asked(Query::today, 5h + 45min, "2026-10-03T18:30:00Z"),
            "2026-10-03T18:15:00Z 2026-10-03T18:20:00Z");
  // UTC's midnight is nothing there.
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-03T00:00:00Z"),
            "2026-10-02T22:00:00Z 2026-10-02T23:50:00Z");
}

TEST(TodayWindow, OfWholeHoursEndsOnTheHour) {
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-02T23:09:59Z", Alignment::hour), "none");
  EXPECT_EQ(asked(Query::today, 2h, "2026-10-02T23:10:00Z", Alignment::hour),
            "2026-10-02T22:00:00Z 2026-10-02T23:00:00Z");
}

TEST(CurrentWindow, KnowsNoDays) {
  for (seconds offset : {seconds(0), seconds(2h), seconds(-5h), seconds(5h + 45min)}) {
    EXPECT_EQ(asked(Query::current, offset, "2026-10-03T22:00:00Z"),
              "2026-10-03T20:50:00Z 2026-10-03T21:50:00Z");
    EXPECT_EQ(asked(Query::assets, offset, "2026-10-03T00:00:00Z"),
              "2026-10-02T22:50:00Z 2026-10-02T23:50:00Z");
  }
}

TEST(DayUrl, IsThatOfTodayOverAWholeDay) {
  EXPECT_EQ(url("http://opencost:9003", {Query::day, kDay}),
            "http://opencost:9003/allocation?window=2026-10-02T00%3A00%3A00Z%2C2026-10-03T00%3A00"
            "%3A00Z&aggregate=cluster%2Cnamespace%2CcontrollerKind%2Ccontroller&includeIdle=true");
}

TEST(LabelUrl, AsksForAllLabelsAndNamesNone) {
  const Question plain{Query::today, asked_window()};
  const Question labels{Query::today, asked_window(), {"app", "team"}};
  EXPECT_EQ(url("http://h", labels), url("http://h", plain) + "&includeAggregatedMetadata=true");
  EXPECT_EQ(url("http://h", {Query::day, kDay, {"app"}}),
            url("http://h", {Query::day, kDay}) + "&includeAggregatedMetadata=true");
  EXPECT_EQ(url("http://h", {Query::current, asked_window(), {"app"}}),
            url("http://h", {Query::current, asked_window()}) + "&includeAggregatedMetadata=true");
  EXPECT_EQ(url("http://h", {Query::assets, asked_window(), {"app"}}),
            url("http://h", {Query::assets, asked_window()}));
}

std::string read(const Question& question) {
  const auto parsed = parse_url(url("http://h:9003/model", question));
  if (!parsed) return parsed.error().message;
  EXPECT_TRUE(parsed->labels.empty());
  return fmt::format("{} {}", to_string(parsed->query), written(parsed->window));
}

TEST(ParseUrl, TellsADayFromTodayByItsLength) {
  EXPECT_EQ(read({Query::day, kDay}), "day " + written(kDay));
  EXPECT_EQ(read({Query::day, kDay, {"app"}}), "day " + written(kDay));
  const auto moved = [](seconds by) { return model::Window{kDay.start + by, kDay.end + by}; };
  EXPECT_EQ(read({Query::day, moved(-2h)}), "day " + written(moved(-2h)));
  EXPECT_EQ(read({Query::day, moved(5h + 45min)}), "day " + written(moved(5h + 45min)));
  for (seconds length : {seconds(5min), seconds(1h), seconds(12h), seconds(24h - 5min),
                         seconds(24h - 1s), seconds(24h + 1s), seconds(48h)}) {
    const model::Window other{kDay.start, kDay.start + length};
    EXPECT_EQ(read({Query::today, other}), "today " + written(other));
  }
  EXPECT_EQ(read({Query::current, kDay}), "current " + written(kDay));
  EXPECT_EQ(read({Query::assets, kDay}), "assets " + written(kDay));
}

// Whole days of allocations.

Asking day(Query query = Query::day) {
  Asking asking;
  asking.query = query;
  asking.window = kDay;
  return asking;
}

Members day_row(std::string_view start = "2026-10-02T00:00:00Z",
                std::string_view end = "2026-10-03T00:00:00Z") {
  const auto length = *model::parse_time(end) - *model::parse_time(start);
  return row()
      .set("start", fmt::format("\"{}\"", start))
      .set("end", fmt::format("\"{}\"", end))
      .set("minutes", fmt::format("{}", static_cast<double>(length.count()) / 60));
}

std::string workload(std::string_view name, const Members& members) {
  return keyed(
      fmt::format("prod/shop/deployment/{}", name),
      Members(members).set("properties", fmt::format(R"({{"cluster":"prod","namespace":"shop",)"
                                                     R"("controllerKind":"deployment",)"
                                                     R"("controller":"{}"}})",
                                                     name)));
}

std::string unmounted() {
  return keyed("prod/__unmounted__/__unmounted__/__unmounted__",
               day_row().set("properties", R"({"cluster":"prod","namespace":"__unmounted__"})"));
}
std::string idle() { return keyed("__idle__", day_row().drop("properties")); }
std::string rejected() { return workload("web", day_row().set("totalCost", "null")); }
std::string unborn() {
  Members members = day_row().set("minutes", "0");
  for (auto& [name, value] : members.list()) {
    if (name.ends_with("Cost")) value = "0";
  }
  return workload("new", members);
}

const std::pair<std::string, std::string> kNothing[] = {
    {R"({"code":200,"data":[]})", "`data` is an empty list"},
    {R"({"code":200,"data":[{}]})", "`data` is [{}]: no rows in the window"},
    {R"({"code":200,"data":[ { } ]})", "`data` is [{}]: no rows in the window"},
    {R"({"code":200,"data":[null]})", "`data` is [null]: no rows in the window"},
    {answer(unmounted()), "none of its 1 rows is a usable workload (0 rejected)"},
    {answer(idle()), "none of its 1 rows is a usable workload (0 rejected)"},
    {answer(unmounted() + "," + idle()), "none of its 2 rows is a usable workload (0 rejected)"},
    {answer(unborn()), "none of its 1 rows is a usable workload (0 rejected)"},
};

TEST(EmptyDays, AreAnswersWithoutRows) {
  for (const auto& [text, why] : kNothing) {
    for (const std::size_t chunk : {std::string::npos, std::size_t{1}, std::size_t{64}}) {
      Asking asking = day();
      asking.chunk = chunk;
      const auto result = decode(text, asking);
      ASSERT_TRUE(result.has_value()) << text << describe(result);
      EXPECT_TRUE(result->table->rows.empty()) << text;
      EXPECT_EQ(result->table->window, kDay);
      EXPECT_EQ(result->table->lived, (model::Window{kDay.start, kDay.start})) << text;
      EXPECT_EQ(result->rejected.total(), 0u);
      EXPECT_EQ(result->table->rejected_total, 0);
    }
  }
}

TEST(EmptyDays, AreRefusedOfEveryOtherQuestion) {
  for (const auto& [text, why] : kNothing) {
    for (Query query : {Query::current, Query::today}) {
      const auto result = decode(text, day(query));
      ASSERT_FALSE(result.has_value()) << text;
      EXPECT_EQ(result.error().refusal, Refusal::empty) << text;
      // The keys of `current` have three parts, so it rejects these rows.
      if (query == Query::today) {
        EXPECT_EQ(describe(result), "empty: " + why) << text;
      }
    }
  }
}

TEST(EmptyDays, WithRejectedRowsAreRefused) {
  const auto refused = [](std::string_view rows, std::string_view why) {
    EXPECT_EQ(describe(decode(answer(rows), day())), why);
  };
  refused(rejected(), "empty: none of its 1 rows is a usable workload (1 rejected)");
  refused(rejected() + "," + unmounted(),
          "empty: none of its 2 rows is a usable workload (1 rejected)");
  refused(idle() + "," + rejected(), "empty: none of its 2 rows is a usable workload (1 rejected)");
  refused(unborn() + "," + rejected(),
          "empty: none of its 2 rows is a usable workload (1 rejected)");
  refused("\"a\":5", "empty: none of its 1 rows is a usable workload (1 rejected)");
  refused("\"a\":null", "empty: none of its 1 rows is a usable workload (1 rejected)");
  refused(workload("web", day_row("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")),
          "empty: none of its 1 rows is a usable workload (1 rejected)");
  refused(unmounted() + "," + unmounted(),
          "empty: none of its 2 rows is a usable workload (1 rejected)");
}

TEST(EmptyDays, AreNoExcuseForAnythingElse) {
  const auto refused = [](std::string_view text, std::string_view why) {
    EXPECT_EQ(describe(decode(text, day())), why);
  };
  refused("", "parse: the answer is empty");
  refused("{}", "shape: the envelope has no `code`");
  refused(R"({"code":200})", "shape: the envelope has no `data`");
  refused(R"({"code":500,"data":[{}]})", "envelope: the envelope says code 500: no message");
  refused(R"({"code":200,"data":{}})",
          "shape: `data` is an object where a list of sets was expected");
  refused(R"({"code":200,"data":[{},{}]})",
          "shape: `data` holds 2 sets where one window was asked for");
  refused(R"({"code":200,"data":[[]]})", "shape: `data` holds a list where a set was expected");
  refused(R"({"code":200,"data":[5]})", "shape: `data` holds a number where a set was expected");
  refused(R"({"code":200,"data":[{})", "parse: the answer is cut off after 22 bytes");
}

TEST(FullDays, KeepTheirIdleAndUnmounted) {
  const auto result = decode(
      answer(workload("web", day_row()) + "," + idle() + "," + unmounted() + "," + rejected()),
      day());
  ASSERT_TRUE(result.has_value()) << describe(result);
  EXPECT_EQ(result->table->rows.size(), 3u);
  EXPECT_EQ(result->rejected.total(), 1u);
}

std::string lived(std::string_view rows, const Asking& asking = day()) {
  const auto result = decode(answer(rows), asking);
  return result ? written(result->table->lived) : describe(result);
}

TEST(Lived, IsTheSpanOfAllRunningRows) {
  EXPECT_EQ(lived(workload("web", day_row())), written(kDay));
  EXPECT_EQ(lived(workload("a", day_row("2026-10-02T03:00:00Z", "2026-10-02T04:00:00Z"))),
            "2026-10-02T03:00:00Z 2026-10-02T04:00:00Z");
  EXPECT_EQ(lived(workload("a", day_row("2026-10-02T20:00:00Z", "2026-10-03T00:00:00Z")) + "," +
                  workload("b", day_row("2026-10-02T03:00:00Z", "2026-10-02T04:00:00Z"))),
            "2026-10-02T03:00:00Z 2026-10-03T00:00:00Z");
}

// OpenCost forgets from the far end.
TEST(Lived, IsShorterWhereOpenCostHasForgotten) {
  EXPECT_EQ(lived(workload("a", day_row("2026-10-02T14:25:00Z")) + "," +
                  workload("b", day_row("2026-10-02T14:30:00Z"))),
            "2026-10-02T14:25:00Z 2026-10-03T00:00:00Z");
}

TEST(Lived, EndsWithTheWindow) {
  EXPECT_EQ(lived(workload("a", day_row("2026-10-01T23:57:00Z", "2026-10-03T00:03:00Z"))),
            written(kDay));
}

TEST(Lived, IsAllOfItWhereRowsSayNothing) {
  EXPECT_EQ(lived(workload("a", day_row().drop("start").drop("end"))), written(kDay));
  EXPECT_EQ(lived(workload("a", day_row("2026-10-02T05:00:00Z").drop("end"))),
            "2026-10-02T05:00:00Z 2026-10-03T00:00:00Z");
  EXPECT_EQ(lived(workload("a", day_row().set("start", "null").set("end", "null"))), written(kDay));
}

TEST(Lived, DoesNotCountWhatDoesNotRun) {
  const std::string late = workload("a", day_row("2026-10-02T20:00:00Z"));
  const std::string span = "2026-10-02T20:00:00Z 2026-10-03T00:00:00Z";
  EXPECT_EQ(lived(late), span);
  EXPECT_EQ(lived(late + "," + idle()), span);
  EXPECT_EQ(lived(late + "," + unmounted()), span);
  EXPECT_EQ(lived(late + "," + rejected()), span);
  EXPECT_EQ(lived(late + "," + unborn()), span);
  EXPECT_EQ(
      lived(late + "," + workload("b", day_row("2026-10-01T00:00:00Z", "2026-10-02T12:00:00Z"))),
      span)
      << "a row outside the window is rejected";
}

TEST(Lived, IsKnownOfEveryAllocationQuestion) {
  Asking asking;
  EXPECT_EQ(lived(keyed(row()), asking), written(asked_window()));
  EXPECT_EQ(lived(keyed(row()
                            .set("start", "\"2026-10-03T10:20:00Z\"")
                            .set("end", "\"2026-10-03T10:55:00Z\"")
                            .set("minutes", "35")),
                  asking),
            "2026-10-03T10:20:00Z 2026-10-03T10:55:00Z");
}

}  // namespace
}  // namespace exporter::opencost
