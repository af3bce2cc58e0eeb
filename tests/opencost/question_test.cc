// What is asked, when, and how a recorded question is recognised.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string window(Query query, Alignment alignment, seconds settle, std::string_view now,
                   std::chrono::milliseconds more = {}) {
  const auto found =
      window_for(query, alignment, settle, {}, SystemTime(*model::parse_time(now)) + more);
  if (!found) return "none";
  return model::format_time(found->start) + " " + model::format_time(found->end);
}

TEST(WindowFor, CurrentEndsOnTheLastSettledMark) {
  const auto current = [](std::string_view now, seconds settle = minutes(10)) {
    return window(Query::current, Alignment::rolling, settle, now);
  };
  EXPECT_EQ(current("2026-10-03T12:10:00Z"), "2026-10-03T11:00:00Z 2026-10-03T12:00:00Z");
  EXPECT_EQ(current("2026-10-03T12:14:59Z"), "2026-10-03T11:00:00Z 2026-10-03T12:00:00Z");
  EXPECT_EQ(current("2026-10-03T12:15:00Z"), "2026-10-03T11:05:00Z 2026-10-03T12:05:00Z");
  EXPECT_EQ(current("2026-10-03T12:09:59Z"), "2026-10-03T10:55:00Z 2026-10-03T11:55:00Z");
  EXPECT_EQ(current("2026-10-03T12:00:00Z", seconds(0)),
            "2026-10-03T11:00:00Z 2026-10-03T12:00:00Z");
  EXPECT_EQ(current("2026-10-03T12:00:00Z", seconds(1)),
            "2026-10-03T10:55:00Z 2026-10-03T11:55:00Z");
  EXPECT_EQ(current("2026-10-03T00:10:00Z"), "2026-10-02T23:00:00Z 2026-10-03T00:00:00Z");
  EXPECT_EQ(current("2026-10-03T00:09:59Z"), "2026-10-02T22:55:00Z 2026-10-02T23:55:00Z");
  EXPECT_EQ(current("2026-10-01T00:30:00Z"), "2026-09-30T23:20:00Z 2026-10-01T00:20:00Z");
  EXPECT_EQ(current("2028-02-29T00:10:00Z"), "2028-02-28T23:00:00Z 2028-02-29T00:00:00Z");
  EXPECT_EQ(current("2028-03-01T00:10:00Z"), "2028-02-29T23:00:00Z 2028-03-01T00:00:00Z");
  EXPECT_EQ(current("2027-03-01T00:10:00Z"), "2027-02-28T23:00:00Z 2027-03-01T00:00:00Z");
  EXPECT_EQ(current("2027-01-01T00:10:00Z"), "2026-12-31T23:00:00Z 2027-01-01T00:00:00Z");
}

TEST(WindowFor, CurrentOfWholeHours) {
  const auto current = [](std::string_view now, seconds settle = minutes(10)) {
    return window(Query::current, Alignment::hour, settle, now);
  };
  EXPECT_EQ(current("2026-10-03T12:10:00Z"), "2026-10-03T11:00:00Z 2026-10-03T12:00:00Z");
  EXPECT_EQ(current("2026-10-03T12:09:59Z"), "2026-10-03T10:00:00Z 2026-10-03T11:00:00Z");
  EXPECT_EQ(current("2026-10-03T13:09:59Z"), "2026-10-03T11:00:00Z 2026-10-03T12:00:00Z");
  EXPECT_EQ(current("2026-10-03T00:10:00Z"), "2026-10-02T23:00:00Z 2026-10-03T00:00:00Z");
  EXPECT_EQ(current("2026-10-03T01:00:00Z", minutes(90)),
            "2026-10-02T22:00:00Z 2026-10-02T23:00:00Z");
}

TEST(WindowFor, AssetsAreAskedForTheSameWindow) {
  for (std::string_view now : {"2026-10-03T12:10:00Z", "2026-10-03T00:00:00Z"}) {
    for (Alignment alignment : {Alignment::rolling, Alignment::hour}) {
      EXPECT_EQ(window(Query::assets, alignment, minutes(10), now),
                window(Query::current, alignment, minutes(10), now));
    }
  }
}

TEST(WindowFor, TodayBeginsAtMidnight) {
  const auto today = [](std::string_view now, Alignment alignment = Alignment::rolling,
                        seconds settle = minutes(10)) {
    return window(Query::today, alignment, settle, now);
  };
  EXPECT_EQ(today("2026-10-03T12:34:56Z"), "2026-10-03T00:00:00Z 2026-10-03T12:20:00Z");
  EXPECT_EQ(today("2026-10-03T23:59:59Z"), "2026-10-03T00:00:00Z 2026-10-03T23:45:00Z");
  EXPECT_EQ(today("2026-10-03T00:00:00Z"), "none");
  EXPECT_EQ(today("2026-10-03T00:14:59Z"), "none");
  EXPECT_EQ(today("2026-10-03T00:15:00Z"), "2026-10-03T00:00:00Z 2026-10-03T00:05:00Z");
  EXPECT_EQ(today("2028-02-29T00:15:00Z"), "2028-02-29T00:00:00Z 2028-02-29T00:05:00Z");
  EXPECT_EQ(today("2026-10-03T00:04:59Z", Alignment::rolling, seconds(0)), "none");
  EXPECT_EQ(today("2026-10-03T00:05:00Z", Alignment::rolling, seconds(0)),
            "2026-10-03T00:00:00Z 2026-10-03T00:05:00Z");
  EXPECT_EQ(today("2026-10-03T01:09:59Z", Alignment::hour), "none");
  EXPECT_EQ(today("2026-10-03T01:10:00Z", Alignment::hour),
            "2026-10-03T00:00:00Z 2026-10-03T01:00:00Z");
  EXPECT_EQ(today("2026-10-03T12:34:56Z", Alignment::hour),
            "2026-10-03T00:00:00Z 2026-10-03T12:00:00Z");
  EXPECT_EQ(today("2026-10-03T03:00:00Z", Alignment::rolling, std::chrono::hours(4)), "none");
}

TEST(WindowFor, PartsOfASecondDoNotSettle) {
  const auto almost = std::chrono::milliseconds(-1);
  EXPECT_EQ(window(Query::current, Alignment::rolling, minutes(10), "2026-10-03T12:10:00Z", almost),
            "2026-10-03T10:55:00Z 2026-10-03T11:55:00Z");
  EXPECT_EQ(window(Query::today, Alignment::rolling, minutes(10), "2026-10-03T00:00:00Z", almost),
            "2026-10-02T00:00:00Z 2026-10-02T23:45:00Z");
}

TEST(WindowFor, NeverReachesIntoTheFutureOrOffTheGrid) {
  const auto start = *model::parse_time("2028-02-28T22:00:00Z");
  for (auto now = start; now < start + std::chrono::hours(28); now += seconds(37)) {
    for (Query query : {Query::current, Query::assets, Query::today}) {
      for (Alignment alignment : {Alignment::rolling, Alignment::hour}) {
        const auto found = window_for(query, alignment, minutes(10), {}, SystemTime(now));
        if (!found) continue;
        const seconds grid = alignment == Alignment::hour ? seconds(3600) : kResolution;
        EXPECT_LE(found->end + minutes(10), now);
        EXPECT_GT(found->end + minutes(10) + grid, now);
        EXPECT_EQ(found->end.time_since_epoch() % grid, seconds(0));
        EXPECT_LT(found->start, found->end);
        EXPECT_EQ(found->start.time_since_epoch() % kResolution, seconds(0));
      }
    }
  }
}

const Question kCurrent{Query::current, asked_window()};

TEST(Url, IsWhatOpenCostReads) {
  constexpr std::string_view kWindow = "window=2026-10-03T10%3A00%3A00Z%2C2026-10-03T11%3A00%3A00Z";
  EXPECT_EQ(url("http://opencost:9003", kCurrent),
            fmt::format("http://opencost:9003/allocation?{}&aggregate=cluster%2Cnamespace%2Cpod"
                        "&includeIdle=true",
                        kWindow));
  EXPECT_EQ(url("http://opencost:9003", {Query::today, asked_window()}),
            fmt::format("http://opencost:9003/allocation?{}&aggregate=cluster%2Cnamespace%2C"
                        "controllerKind%2Ccontroller&includeIdle=true",
                        kWindow));
  EXPECT_EQ(url("http://opencost:9003", {Query::assets, asked_window()}),
            fmt::format("http://opencost:9003/assets?{}", kWindow));
  for (std::string_view base : {"https://h/model", "https://h/model/", "https://h/model//"}) {
    EXPECT_EQ(url(base, {Query::assets, asked_window()}),
              fmt::format("https://h/model/assets?{}", kWindow));
  }
}

TEST(ParseUrl, IsTheInverse) {
  for (std::string_view base : {"http://opencost:9003", "https://h:1/model/", ""}) {
    for (Query query : {Query::current, Query::assets, Query::today}) {
      const Question question{query, asked_window()};
      const auto read = parse_url(url(base, question));
      ASSERT_TRUE(read.has_value()) << read.error().message;
      EXPECT_EQ(*read, question);
    }
  }
}

TEST(ParseUrl, OtherSpellings) {
  const auto read = [](std::string_view text) {
    const auto question = parse_url(text);
    EXPECT_TRUE(question.has_value()) << question.error().message;
    return question.value_or(Question{});
  };
  EXPECT_EQ(read("/allocation?aggregate=cluster,namespace,pod&window=2026-10-03T10:00:00Z,"
                 "2026-10-03T11:00:00Z"),
            kCurrent);
  EXPECT_EQ(read("http://h/x/allocation?x=1&&y&window=2026-10-03T10%3a00:00Z%2c2026-10-03T11:00:00Z"
                 "&aggregate=cluster%2cnamespace%2cpod&filter="),
            kCurrent);
  EXPECT_EQ(read("/assets?xwindow=1&window=2026-10-03T10:00:00Z,2026-10-03T11:00:00Z").query,
            Query::assets);
}

TEST(ParseUrl, WhatWeNeverAsked) {
  const auto wrong = [](std::string_view text, std::string_view why) {
    const auto read = parse_url(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().message, fmt::format("\"{}\" is not a question of ours: {}", text, why));
  };
  const std::string window = "window=2026-10-03T10:00:00Z,2026-10-03T11:00:00Z";
  wrong("", "it has no query");
  wrong("http://h/allocation", "it has no query");
  wrong("http://h/?" + window, "its path ends in neither /allocation nor /assets");
  wrong("http://h/allocation/summary?" + window,
        "its path ends in neither /allocation nor /assets");
  wrong("http://h/assets/?" + window, "its path ends in neither /allocation nor /assets");
  wrong("http://h/allocation?" + window, "its aggregate is \"\"");
  wrong("http://h/allocation?aggregate=namespace&" + window, "its aggregate is \"namespace\"");
  wrong("http://h/allocation?aggregate=cluster%2Cnamespace%2Cpo%64s&" + window,
        "its aggregate is \"cluster,namespace,pods\"");
  wrong("http://h/allocation?aggregate=a%zz%4&" + window, "its aggregate is \"a%zz%4\"");
  wrong("http://h/assets?", "its window has no comma");
  wrong("http://h/assets?window", "its window has no comma");
  wrong("http://h/assets?window=1h", "its window has no comma");
  wrong("http://h/assets?window=,", "\"\" is not a time like 2026-01-02T03:04:05Z");
  wrong("http://h/assets?window=2026-10-03T10:00:00Z,now",
        "\"now\" is not a time like 2026-01-02T03:04:05Z");
  wrong("http://h/assets?window=2026-10-03T10:00:00Z,2026-10-03T10:00:00Z", "its window is empty");
  wrong("http://h/assets?window=2026-10-03T11:00:00Z,2026-10-03T10:00:00Z", "its window is empty");
  const auto long_one = parse_url("http://h/" + std::string(1000, 'x') + "\n");
  EXPECT_EQ(long_one.error().message.size(), 300 + std::string_view("\"...\" is not a question of "
                                                                    "ours: it has no query")
                                                       .size());
}

TEST(ContentType, OnlyJsonPasses) {
  for (std::string_view type :
       {"", "application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
        "application/json ;charset=utf-8", "application/problem+json"}) {
    EXPECT_FALSE(check_content_type(type).has_value()) << type;
  }
  for (std::string_view type :
       {"text/html", "text/plain; charset=utf-8", "application/jsonx", "application/xml", "json",
        "application/octet-stream", "text/html;application/json", "application/json-seq", ","}) {
    const auto fault = check_content_type(type);
    ASSERT_TRUE(fault.has_value()) << type;
    EXPECT_EQ(describe(*fault),
              fmt::format("content_type: the answer is \"{}\", not JSON; is a login page or proxy "
                          "in between?",
                          type));
  }
}

TEST(Words, AreLabelValues) {
  EXPECT_EQ(to_string(Query::current), "current");
  EXPECT_EQ(to_string(Query::assets), "assets");
  EXPECT_EQ(to_string(Query::today), "today");
  EXPECT_EQ(to_string(Query::day), "day");
  EXPECT_EQ(to_string(Alignment::rolling), "rolling");
  EXPECT_EQ(to_string(Alignment::hour), "hour");
  std::string words;
  for (std::size_t i = 0; i < kRefusals; ++i) {
    words += std::string(to_string(static_cast<Refusal>(i))) + " ";
  }
  EXPECT_EQ(words, "content_type parse envelope shape empty implausible ");
  words.clear();
  for (std::size_t i = 0; i < kRejections; ++i) {
    words += std::string(to_string(static_cast<Rejection>(i))) + " ";
  }
  EXPECT_EQ(words,
            "malformed no_identity duplicate null_cost negative_minutes outside_window "
            "negative_cost negative_usage absurd_cost invalid_text ");
}

}  // namespace
}  // namespace exporter::opencost
