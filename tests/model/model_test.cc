// Times, sums and text.
#include "exporter/model/model.h"

#include <gtest/gtest.h>

#include <random>

namespace exporter::model {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

TEST(Times, AreReadAndWritten) {
  const auto row = [](std::string_view text, std::chrono::sys_seconds time) {
    const auto read = parse_time(text);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, time) << text;
    EXPECT_EQ(format_time(time), text);
  };
  row("1970-01-01T00:00:00Z", {});
  row("2026-10-03T09:58:00Z", sys_days(2026y / 10 / 3) + 9h + 58min);
  row("2028-02-29T23:59:59Z", sys_days(2028y / 2 / 29) + 23h + 59min + 59s);
  row("2000-02-29T00:00:00Z", sys_days(2000y / 2 / 29));
  row("1969-12-31T23:59:59Z", std::chrono::sys_seconds(-1s));
  row("0000-01-01T00:00:00Z", sys_days(0y / 1 / 1));
  row("9999-12-31T23:59:59Z", sys_days(9999y / 12 / 31) + 24h - 1s);
}

TEST(Times, FractionsAreCutOff) {
  const auto whole = *parse_time("2026-10-03T09:58:59Z");
  for (std::string_view text : {"2026-10-03T09:58:59.0Z", "2026-10-03T09:58:59.999999999Z",
                                "2026-10-03T09:58:59.99999999999999999999Z"}) {
    const auto read = parse_time(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, whole);
  }
}

TEST(Times, WhatIsNone) {
  for (std::string_view text : {"",
                                "Z",
                                "null",
                                "2026-10-03",
                                "2026-10-03T09:58:00",
                                "2026-10-03T09:58Z",
                                "2026-10-03 09:58:00Z",
                                "2026-10-03t09:58:00Z",
                                "2026-10-03T09:58:00z",
                                "2026-10-03T09:58:00ZZ",
                                "2026-10-03T09:58:00 Z",
                                " 2026-10-03T09:58:00Z",
                                "2026-10-03T09:58:00+00:00",
                                "2026-10-03T09:58:00.Z",
                                "2026-10-03T09:58:00.",
                                "2026-10-03T09:58:00.5",
                                "2026-10-03T09:58:00.5xZ",
                                "2026-10-03T09:58:00,5Z",
                                "2026-13-03T09:58:00Z",
                                "2026-00-03T09:58:00Z",
                                "2026-10-00T09:58:00Z",
                                "2026-10-32T09:58:00Z",
                                "2026-09-31T09:58:00Z",
                                "2026-02-29T09:58:00Z",
                                "1900-02-29T09:58:00Z",
                                "2026-10-03T24:00:00Z",
                                "2026-10-03T09:60:00Z",
                                "2026-10-03T09:58:60Z",
                                "20261003T095800Z",
                                "26-10-03T09:58:00Z",
                                "-026-10-03T09:58:00Z",
                                "2026-1a-03T09:58:00Z",
                                "2026/10/03T09:58:00Z",
                                "2026-10-03T09-58-00Z",
                                "2026-10-03T09:58:0 Z",
                                "1791021600",
                                "+2026-10-03T09:58:00Z"}) {
    const auto read = parse_time(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().message,
              "\"" + std::string(text) + "\" is not a time like 2026-01-02T03:04:05Z");
  }
  EXPECT_EQ(parse_time(std::string(500, 'x')).error().message.size(),
            64 + std::string_view("\"\" is not a time like 2026-01-02T03:04:05Z").size());
  EXPECT_EQ(parse_time("a\nb").error().message,
            "\"a\\nb\" is not a time like 2026-01-02T03:04:05Z");
}

TEST(Times, EverySecondOfSomeDaysComesBack) {
  for (auto day : {2026y / 12 / 31, 2028y / 2 / 28, 1999y / 12 / 31}) {
    for (auto time = std::chrono::sys_seconds(sys_days(day)); time < sys_days(day) + 48h;
         time += 61s) {
      EXPECT_EQ(parse_time(format_time(time)).value_or(std::chrono::sys_seconds{}), time);
    }
  }
}

TEST(Windows, AreMeasuredInHours) {
  const auto start = *parse_time("2026-10-03T00:00:00Z");
  EXPECT_DOUBLE_EQ((Window{start, start + 1h}.hours()), 1);
  EXPECT_DOUBLE_EQ((Window{start, start + 5min}.hours()), 1.0 / 12);
  EXPECT_DOUBLE_EQ((Window{start, start}.hours()), 0);
  EXPECT_LT((Window{start, start + 1h}), (Window{start, start + 2h}));
}

TEST(Amounts, AddUpByResource) {
  Costs a, b;
  a[Resource::cpu] = Cost{1};
  a[Resource::external] = Cost{-5};
  b[Resource::cpu] = Cost{2};
  b[Resource::storage] = Cost{7};
  a += b;
  EXPECT_EQ(a[Resource::cpu], Cost{3});
  EXPECT_EQ(a[Resource::storage], Cost{7});
  EXPECT_EQ(a[Resource::external], Cost{-5});
  EXPECT_EQ(a[Resource::gpu], Cost{0});
  EXPECT_EQ(a.total(), Cost{5});
  EXPECT_NE(a, b);
  EXPECT_EQ(Costs{}.total(), Cost{0});
}

// What a sum of doubles would not do.
TEST(Amounts, DoNotDependOnTheirOrder) {
  std::mt19937_64 random(1);
  std::vector<Costs> rows(1000);
  for (Costs& row : rows) {
    for (Cost& cost : row.by) cost = Cost{static_cast<std::int64_t>(random() % 1'000'000'000'000)};
  }
  Costs forwards, backwards;
  for (const Costs& row : rows) forwards += row;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) backwards += *row;
  EXPECT_EQ(forwards, backwards);
}

TEST(Words, AreLabelValues) {
  EXPECT_EQ(to_string(AssetType::node), "node");
  EXPECT_EQ(to_string(AssetType::disk), "disk");
  EXPECT_EQ(to_string(AssetType::load_balancer), "load_balancer");
  EXPECT_EQ(to_string(AssetType::cluster_management), "cluster_management");
  EXPECT_EQ(to_string(AssetType::network), "network");
  EXPECT_EQ(to_string(AssetType::other), "other");
  EXPECT_EQ(kResourceNames[static_cast<std::size_t>(Resource::load_balancer)], "load_balancer");
  EXPECT_EQ(kResourceNames.back(), "external");
}

}  // namespace
}  // namespace exporter::model
