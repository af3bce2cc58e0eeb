// Single rows that are rejected from an answer that is accepted, each wrong in one way.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

// Puts the row beside a good one and expects that only the good one is left.
void rejected(const Members& bad, std::string_view why, const Asking& asking = {}) {
  SCOPED_TRACE(bad.text());
  const auto result = decode(answer(keyed("prod/shop/bad", bad) + "," + keyed(row())), asking);
  ASSERT_TRUE(result.has_value()) << describe(result.error());
  ASSERT_EQ(result->table->rows.size(), 1u) << describe(result);
  EXPECT_EQ(result->table->rows[0].pod, "web-1");
  EXPECT_EQ(describe(result->rejected), why);
}

Members bad(std::string_view member, std::string_view json) { return row("bad").set(member, json); }

TEST(Rejections, NumbersThatAreNone) {
  const auto number = [](std::string_view json, std::string_view shown) {
    rejected(bad("cpuCost", json), fmt::format("malformed x1 prod/shop/bad: {}", shown));
  };
  number("\"0.5\"", "\"\"0.5\"\" stands where a number belongs");
  number("\"\"", "\"\"\"\" stands where a number belongs");
  number("1.", "\"1.\" stands where a number belongs");
  number(".5", "\".5\" stands where a number belongs");
  number("01", "\"01\" stands where a number belongs");
  number("-01", "\"-01\" stands where a number belongs");
  number("+1", "\"+1\" stands where a number belongs");
  number("-", "\"-\" stands where a number belongs");
  number("--1", "\"--1\" stands where a number belongs");
  number("1e", "\"1e\" stands where a number belongs");
  number("1e+", "\"1e+\" stands where a number belongs");
  number("0x10", "\"0x10\" stands where a number belongs");
  number("1_000", "\"1_000\" stands where a number belongs");
  number("NaN", "\"NaN\" stands where a number belongs");
  number("Infinity", "\"Infinity\" stands where a number belongs");
  number("-Infinity", "\"-Infinity\" stands where a number belongs");
  number("inf", "\"inf\" stands where a number belongs");
  number("true", "\"true\" stands where a number belongs");
  number("nul", "\"nul\" stands where a number belongs");
  number("nulll", "\"nulll\" stands where a number belongs");
  number("undefined", "\"undefined\" stands where a number belongs");
  number("[1]", "\"[\" stands where a number belongs");
  number("{}", "\"{\" stands where a number belongs");
  number(std::string("1\0", 2), "\"1\\x00\" stands where a number belongs");
  number("1\x01", "\"1\\x01\" stands where a number belongs");
  number("1\v", "\"1\\x0b\" stands where a number belongs");
  number("1.5.5", "\"1.5.5\" stands where a number belongs");
}

TEST(Rejections, EveryNumberIsRead) {
  for (std::string_view member : {"minutes",
                                  "cpuCoreHours",
                                  "cpuCost",
                                  "cpuCostAdjustment",
                                  "gpuHours",
                                  "gpuCost",
                                  "gpuCostAdjustment",
                                  "networkCost",
                                  "networkCostAdjustment",
                                  "loadBalancerCost",
                                  "loadBalancerCostAdjustment",
                                  "pvByteHours",
                                  "pvCost",
                                  "pvCostAdjustment",
                                  "ramByteHours",
                                  "ramCost",
                                  "ramCostAdjustment",
                                  "externalCost",
                                  "sharedCost",
                                  "totalCost"}) {
    rejected(bad(member, "\"x\""),
             "malformed x1 prod/shop/bad: \"\"x\"\" stands where a number belongs");
    rejected(row("bad").add(member, "1"),
             "malformed x1 prod/shop/bad: a member stands in it twice");
  }
}

TEST(Rejections, CostsThatAreNull) {
  for (std::string_view member :
       {"cpuCost", "cpuCostAdjustment", "gpuCost", "gpuCostAdjustment", "networkCost",
        "networkCostAdjustment", "loadBalancerCost", "loadBalancerCostAdjustment", "pvCost",
        "pvCostAdjustment", "ramCost", "ramCostAdjustment", "externalCost", "sharedCost",
        "totalCost"}) {
    rejected(bad(member, "null"), "null_cost x1 prod/shop/bad: one of its costs is null");
  }
}

TEST(Rejections, WhatIsNoRow) {
  const auto whole = [](std::string_view json, std::string_view why) {
    SCOPED_TRACE(std::string(json));
    const auto result = decode(answer(fmt::format("\"prod/shop/bad\":{},{}", json, keyed(row()))));
    ASSERT_TRUE(result.has_value()) << describe(result);
    EXPECT_EQ(describe(result->rejected), why);
    EXPECT_EQ(result->table->rows.size(), 1u);
  };
  for (std::string_view json : {"null", "5", "\"x\"", "[]", "[{}]", "true", "\"a\\\"b\""}) {
    whole(json, "malformed x1 prod/shop/bad: it is not an object");
  }
  whole("{}", "malformed x1 prod/shop/bad: it has no totalCost");
  whole("{\"minutes\":1}", "malformed x1 prod/shop/bad: it has no totalCost");
}

TEST(Rejections, Lives) {
  const auto life = [](std::string_view start, std::string_view end, std::string_view minutes) {
    return bad("start", start).set("end", end).set("minutes", minutes);
  };
  const std::string_view ten = "\"2026-10-03T10:00:00Z\"";
  const std::string_view eleven = "\"2026-10-03T11:00:00Z\"";
  rejected(life(ten, eleven, "-2.45"),
           "negative_minutes x1 prod/shop/bad: it costs something in -2.45 minutes");
  rejected(life(ten, eleven, "0"),
           "negative_minutes x1 prod/shop/bad: it costs something in 0 minutes");
  rejected(life(ten, eleven, "-0.000001"),
           "negative_minutes x1 prod/shop/bad: it costs something in -1e-06 minutes");
  rejected(life(eleven, ten, "60"),
           "negative_minutes x1 prod/shop/bad: it ends at 2026-10-03T10:00:00Z, before it starts "
           "at 2026-10-03T11:00:00Z");
  rejected(life("\"yesterday\"", eleven, "60"),
           "malformed x1 prod/shop/bad: \"yesterday\" is not a time");
  rejected(life(ten, "\"2026-02-30T10:00:00Z\"", "60"),
           "malformed x1 prod/shop/bad: \"2026-02-30T10:00:00Z\" is not a time");
  rejected(life(ten, "\"2026-10-03T10:00:00+02:00\"", "60"),
           "malformed x1 prod/shop/bad: \"2026-10-03T10:00:00+02:00\" is not a time");
  rejected(life("\"\"", eleven, "60"), "malformed x1 prod/shop/bad: \"\" is not a time");
  rejected(life("1791021600", eleven, "60"),
           "malformed x1 prod/shop/bad: \"1791021600\" is not a time");
  rejected(life(ten, "{}", "60"), "malformed x1 prod/shop/bad: \"{\" is not a time");
}

TEST(Rejections, OutsideTheWindowByMoreThanOneResolution) {
  const auto outside = [](std::string_view member, std::string_view time) {
    rejected(bad(member, fmt::format("\"{}\"", time)),
             fmt::format("outside_window x1 prod/shop/bad: {} is outside the window "
                         "2026-10-03T10:00:00Z to 2026-10-03T11:00:00Z",
                         time));
  };
  outside("start", "2026-10-03T09:54:59Z");
  outside("end", "2026-10-03T11:05:01Z");
  outside("start", "2018-09-30T01:33:00Z");
  outside("end", "2027-03-05T05:05:00Z");
  EXPECT_TRUE(decode(answer(keyed(row().set("start", "\"2026-10-03T09:55:00Z\"")))).has_value());
  EXPECT_TRUE(decode(answer(keyed(row().set("end", "\"2026-10-03T11:05:00Z\"")))).has_value());
}

TEST(Rejections, AmountsBelowZero) {
  for (std::string_view member : {"cpuCost", "ramCost", "gpuCost", "pvCost", "networkCost",
                                  "loadBalancerCost", "sharedCost", "externalCost"}) {
    rejected(bad(member, "-0.000101"),
             "negative_cost x1 prod/shop/bad: one of its costs is -0.000101");
    rejected(bad(member, "-5"), "negative_cost x1 prod/shop/bad: one of its costs is -5");
    EXPECT_EQ(describe(decode(answer(keyed(row().set(member, "-0.000100"))))->rejected), "");
  }
  for (std::string_view member : {"cpuCoreHours", "gpuHours", "pvByteHours", "ramByteHours"}) {
    rejected(bad(member, "-0.000001"),
             "negative_usage x1 prod/shop/bad: its hours of use are negative");
    rejected(bad(member, "-1e30"),
             "negative_usage x1 prod/shop/bad: its hours of use are negative");
  }
}

TEST(Rejections, AbsurdAmounts) {
  const auto absurd = [](std::string_view member, std::string_view json, std::string_view rate) {
    rejected(
        bad(member, json),
        fmt::format("absurd_cost x1 prod/shop/bad: it costs {} an hour, more than 1e+06", rate));
  };
  absurd("cpuCost", "1000000.5", "1e+06");
  absurd("cpuCost", "2e6", "2e+06");
  absurd("cpuCost", "-1.97e+25", "9.22337e+12");
  absurd("cpuCost", "1e400", "9.22337e+12");
  absurd("cpuCost", "-1e400", "9.22337e+12");
  absurd("totalCost", "1e13", "9.22337e+12");
  absurd("ramCostAdjustment", "-2000000", "2e+06");
  EXPECT_TRUE(decode(answer(keyed(row().set("cpuCost", "1000000")))).has_value());

  Asking half_an_hour;
  half_an_hour.window.start += std::chrono::minutes(30);
  const auto later = [](Members members) {
    return members.set("start", "\"2026-10-03T10:30:00Z\"").set("minutes", "30");
  };
  const auto all = [&](std::string_view cost) {
    return decode(answer(keyed(later(row().set("cpuCost", cost)))), half_an_hour);
  };
  EXPECT_TRUE(all("500000").has_value());
  EXPECT_EQ(describe(all("500000.5")),
            "empty: none of its 1 rows is a usable workload (1 rejected)");
}

TEST(Rejections, SumUpWhatTheyCost) {
  const auto result =
      decode(answer(keyed("a", bad("cpuCost", "-5").set("totalCost", "-4.5")) + "," +
                    keyed("b", bad("minutes", "0").set("totalCost", "2")) + "," +
                    keyed("c", bad("cpuCost", "null").set("totalCost", "null")) + "," +
                    keyed("d", bad("cpuCost", "1e30").set("totalCost", "1e30")) + "," +
                    keyed("e", row("web-1").set("totalCost", "0.25")) + "," + keyed(row("web-1"))));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->rejected.total(), 5u);
  EXPECT_DOUBLE_EQ(result->table->rejected_total, -4.5 + 2 + 1)
      << "null and absurd totals are left out; the second web-1 is a duplicate";
}

TEST(Rejections, KeepOneExampleAReason) {
  std::string rows = keyed(row());
  for (int i = 0; i < 5; ++i) {
    rows += "," + keyed(fmt::format("prod/shop/bad-{}", i), bad("totalCost", "null"));
  }
  rows += "," + keyed(std::string(300, 'k'), bad("cpuCost", "-1"));
  const auto result = decode(answer(rows));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(describe(result->rejected),
            "null_cost x5 prod/shop/bad-0: one of its costs is null\n"
            "negative_cost x1 " +
                std::string(200, 'k') + "...: one of its costs is -1");
}

TEST(Rejections, NoUsableWorkloadRefusesTheAnswer) {
  const auto refused = [](std::string_view rows, std::string_view why) {
    EXPECT_EQ(describe(decode(answer(rows))), why);
  };
  refused(keyed(row().set("totalCost", "null")),
          "empty: none of its 1 rows is a usable workload (1 rejected)");
  refused(keyed("__idle__", row()), "empty: none of its 1 rows is a usable workload (0 rejected)");
  refused(keyed("prod/__unmounted__/__unmounted__",
                row().set("properties", properties("__unmounted__", "__unmounted__"))),
          "empty: none of its 1 rows is a usable workload (0 rejected)");
  refused("\"a\":null,\"b\":5", "empty: none of its 2 rows is a usable workload (2 rejected)");
}

/// The names of rejected rows, then how many had none.
std::string names_of(std::string_view rows, const Asking& asking = {}) {
  const auto result = decode(answer(rows), asking);
  if (!result) return describe(result);
  EXPECT_EQ(unsound(*result, asking.query), "");
  std::string out;
  for (const model::Allocation& row : result->table->rejected) {
    out += fmt::format("{}|{}|{}|{}|{} ", row.cluster, row.name_space, row.pod, row.controller_kind,
                       row.controller);
  }
  return out + std::to_string(result->table->rejected_unnamed);
}

Members named(std::string_view json) {
  return row().set("properties", json).set("totalCost", "null");
}

TEST(Rejections, KeepTheNamesOfTheirRows) {
  const std::string good = "," + keyed(row());
  EXPECT_EQ(names_of(keyed(row())), "0");
  EXPECT_EQ(names_of(keyed("z", named(properties("shop", "z"))) + good + "," +
                     keyed("a", row("a").set("cpuCost", "-5"))),
            "prod|shop|a|deployment|web prod|shop|z|deployment|web 0")
      << "sorted";
  EXPECT_EQ(names_of(keyed("c/n/p", named("{}")) + good), "c|n|p|| 0") << "by the key";
  EXPECT_EQ(names_of(keyed("c/n/p", row().drop("properties").drop("totalCost")) + good),
            "c|n|p|| 0");
  EXPECT_EQ(names_of(keyed("k", row("b").set("cpuCost", "\"x\"")) + good),
            "prod|shop|b|deployment|web 0");
  EXPECT_EQ(names_of(keyed("__idle__", named(R"({"cluster":"prod"})")) + good), "prod|||| 0");
  Asking today;
  today.query = Query::today;
  EXPECT_EQ(names_of(keyed("c/n/job/job:j", named("{}")) + good, today), "c|n||job|j 0");
}

TEST(Rejections, OfRowsWithoutNamesAreCounted) {
  const std::string good = "," + keyed(row());
  EXPECT_EQ(names_of(keyed("k", named("{}")) + good), "1");
  EXPECT_EQ(names_of(keyed("k", row().set("properties", "{}")) + good), "1") << "for that alone";
  EXPECT_EQ(names_of("\"c/n/p\":null,\"c/n/q\":5" + good), "2") << "no rows at all";
  EXPECT_EQ(names_of(keyed("c/n/p", named(R"({"pod":7})")) + good), "1");
  EXPECT_EQ(names_of(keyed("c/n/p", named(R"({"cluster":["c"]})")) + good), "1");
  EXPECT_EQ(
      names_of(keyed("k", named(R"({"namespace":"n","pod":"p","controller":"a\nb"})")) + good), "1")
      << "its workload may be any";
  EXPECT_EQ(names_of(keyed("k", named(R"({"namespace":"n","pod":"p","node":5})")) + good),
            "|n|p|| 0")
      << "workloads do not go by nodes";
  EXPECT_EQ(names_of(keyed(std::string("c/n/") + std::string(1025, 'p'), named("{}")) + good), "1");
}

// What was kept of it stands.
TEST(Rejections, OfDuplicatesAreNotNamed) {
  EXPECT_EQ(names_of(keyed(row()) + "," + keyed(row()) + "," + keyed(row())), "0");
  EXPECT_EQ(names_of(keyed(row()) + "," + keyed(row()) + "," + keyed("k", named("{}"))), "1");
}

TEST(Rejections, GoByTheConfiguredClusterAndDoNotCountAsOne) {
  Asking ours;
  ours.cluster = "ours";
  EXPECT_EQ(names_of(keyed("k", named(R"({"cluster":"west","namespace":"n","pod":"p"})")) + "," +
                         keyed(row()),
                     ours),
            "ours|n|p|| 0");
}

TEST(Rejections, KeepTenThousandNames) {
  std::string rows = keyed(row());
  for (int i = 0; i < 10'003; ++i) {
    rows += fmt::format(",\"c/n/p{:05}\":{{}}", 20'000 - i);
  }
  const auto result = decode(answer(rows));
  ASSERT_TRUE(result.has_value()) << describe(result);
  EXPECT_EQ(unsound(*result, Query::current), "");
  EXPECT_EQ(result->table->rejected.size(), 10'000u);
  EXPECT_EQ(result->table->rejected_unnamed, 3u);
  EXPECT_EQ(result->table->rejected.front().pod, "p10001") << "the first to come are kept";
  EXPECT_EQ(result->table->rejected.back().pod, "p20000");
}

}  // namespace
}  // namespace exporter::opencost
