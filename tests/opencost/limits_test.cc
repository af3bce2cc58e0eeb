// Limits, each at N and N + 1.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

std::string rows(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    const std::string pod = fmt::format("web-{}", i);
    out += keyed(pod_key(pod), row(pod));
  }
  return out;
}

// Objects and lists in turn, `levels` of them.
std::string nested(int levels) {
  std::string out;
  for (int i = 0; i < levels; ++i) out += i % 2 == 0 ? "[" : "{\"a\":";
  out += "1";
  for (int i = levels - 1; i >= 0; --i) out += i % 2 == 0 ? "]" : "}";
  return out;
}

TEST(Limits, Rows) {
  Asking asking;
  asking.limits.max_rows = 3;
  EXPECT_EQ(decode(answer(rows(3)), asking)->table->rows.size(), 3u);
  EXPECT_EQ(describe(decode(answer(rows(4)), asking)), "implausible: more than 3 rows");
  EXPECT_EQ(describe(decode(answer("\"a\":1,\"b\":2,\"c\":3,\"d\":4"), asking)),
            "implausible: more than 3 rows")
      << "rejected ones count";
}

TEST(Limits, Depth) {
  // The envelope, the list, the set and the row are four of them.
  const auto deep = [](int levels) {
    return answer(keyed(row().set("extra", nested(levels - 4))));
  };
  EXPECT_TRUE(decode(deep(64)).has_value());
  EXPECT_EQ(describe(decode(deep(65))),
            fmt::format("parse: nested deeper than 64 levels at byte {}", deep(65).find("1]") - 1));
  Asking asking;
  asking.limits.max_depth = 7;
  EXPECT_TRUE(decode(deep(7), asking).has_value());
  EXPECT_EQ(describe(decode(deep(8), asking)),
            fmt::format("parse: nested deeper than 7 levels at byte {}", deep(8).find("1}") - 5));
  asking.limits.max_depth = 1000;
  EXPECT_TRUE(decode(deep(64), asking).has_value());
  EXPECT_FALSE(decode(deep(65), asking).has_value()) << "64 is the most there is";
}

TEST(Limits, DepthOutsideTheRows) {
  const auto beside = [](int levels) {
    return fmt::format(R"({{"code":200,"meta":{},"data":[{{{}}}]}})", nested(levels - 1),
                       keyed(row()));
  };
  EXPECT_TRUE(decode(beside(64)).has_value());
  EXPECT_EQ(describe(decode(beside(65))).substr(0, 35), "parse: nested deeper than 64 levels");
  EXPECT_EQ(describe(decode("{\"a\":" + std::string(100'000, '['))),
            "parse: nested deeper than 64 levels at byte 68");
}

TEST(Limits, EnvelopeBytes) {
  Asking asking;
  asking.limits.max_envelope_bytes = 4096;
  const auto padded = [](std::size_t bytes) {
    const std::string set = "\"data\":[{" + keyed(row()) + "}]}";
    // What is left of the answer when the row is out: both brackets of the set stay.
    const std::size_t rest = std::string_view("{\"code\":200,\"x\":\"\",\"data\":[{}]}").size();
    return fmt::format("{{\"code\":200,\"x\":\"{}\",{}", std::string(bytes - rest, 'x'), set);
  };
  EXPECT_TRUE(decode(padded(4096), asking).has_value());
  EXPECT_EQ(describe(decode(padded(4096 + 64 * 2), asking)),
            "shape: more than 4096 bytes are outside the rows of `data`");
  EXPECT_EQ(describe(decode("{\"code\":200,\"x\":\"" + std::string(1 << 21, 'x'))),
            "shape: more than 1048576 bytes are outside the rows of `data`");
  EXPECT_EQ(describe(decode("<html>" + std::string(1 << 21, 'x'))),
            "parse: the answer is not a JSON object but begins with \"<html>" +
                std::string(74, 'x') + "...\"");
  EXPECT_EQ(describe(decode(std::string(1 << 21, ' '))), "parse: the answer is empty");
}

TEST(Limits, RowBytes) {
  Asking asking;
  asking.limits.max_row_bytes = 512 << 10;
  const auto long_row = [](std::size_t bytes) {
    return answer(keyed(row().set("extra", "\"" + std::string(bytes, 'x') + "\"")));
  };
  EXPECT_TRUE(decode(long_row(400 << 10), asking).has_value());
  const std::string why = describe(decode(long_row(2 << 20), asking));
  EXPECT_EQ(why, "parse: a row near byte 20 is longer than 524288 bytes");
  EXPECT_EQ(describe(decode(answer("\"a\":\"" + std::string(2 << 20, 'x') + "\""), asking)), why);
}

TEST(Limits, Names) {
  Asking asking;
  asking.limits.max_name_bytes = 5;
  EXPECT_EQ(
      decode(answer(keyed("a/b/c", row("web-1").set("properties", R"({"pod":"web-1"})"))), asking)
          ->table->rows.size(),
      1u);
  EXPECT_EQ(describe(decode(answer(keyed("a", row())), asking)),
            "empty: none of its 1 rows is a usable workload (1 rejected)");
}

TEST(Limits, SumsBeyondAnyBill) {
  Asking asking;
  asking.limits.max_cost_per_hour = 1e12;
  const auto costing = [](std::string_view first, std::string_view second) {
    return answer(keyed("a", row("a").set("cpuCost", first).set("ramCost", "0")) + "," +
                  keyed("b", row("b").set("cpuCost", second).set("ramCost", "0")));
  };
  EXPECT_TRUE(decode(costing("500000000000", "499999999998"), asking).has_value());
  EXPECT_EQ(describe(decode(costing("500000000000", "600000000000"), asking)),
            "implausible: its rows add up to 1.1e+12");
}

TEST(Limits, RowsFarFewerThanBefore) {
  EXPECT_FALSE(check_row_count(0, 0).has_value());
  EXPECT_FALSE(check_row_count(0, 9).has_value()) << "small clusters may empty";
  EXPECT_FALSE(check_row_count(2, 10).has_value()) << "a fifth is not below a fifth";
  EXPECT_FALSE(check_row_count(20, 100).has_value());
  EXPECT_FALSE(check_row_count(100, 10).has_value());
  const auto implausible = [](std::size_t now, std::size_t previous, std::string_view why) {
    const auto fault = check_row_count(now, previous);
    ASSERT_TRUE(fault.has_value()) << why;
    EXPECT_EQ(describe(*fault), why);
  };
  implausible(1, 10, "implausible: 1 rows where the last answer had 10");
  implausible(0, 10, "implausible: 0 rows where the last answer had 10");
  implausible(19, 100, "implausible: 19 rows where the last answer had 100");
}

}  // namespace
}  // namespace exporter::opencost
