// Single assets that are rejected, each wrong in one way.
#include <gtest/gtest.h>

#include "tests/opencost/asset_answers.h"
#include "tests/opencost/oracle.h"

namespace exporter::opencost {
namespace {

void rejected(const Members& bad, std::string_view why, const Asking& asking = {}) {
  SCOPED_TRACE(bad.text());
  const auto result =
      decode_assets(assets(keyed("bad", bad) + "," + keyed("good", asset("Network"))), asking);
  ASSERT_TRUE(result.has_value()) << describe(result.error());
  ASSERT_EQ(result->table->rows.size(), 1u) << describe(result);
  EXPECT_EQ(result->table->rows[0].type, model::AssetType::network);
  EXPECT_EQ(describe(result->rejected), why);
}

TEST(AssetRejections, Totals) {
  const auto total = [](std::string_view json, std::string_view why) {
    rejected(node().set("totalCost", json), why);
  };
  total("null", "null_cost x1 bad: its totalCost is null");
  total("NaN", "malformed x1 bad: \"NaN\" stands where a number belongs");
  total("\"1.4\"", "malformed x1 bad: \"\"1.4\"\" stands where a number belongs");
  total("{}", "malformed x1 bad: \"{\" stands where a number belongs");
  total("-0.000101", "negative_cost x1 bad: its totalCost is -0.000101");
  total("-7", "negative_cost x1 bad: its totalCost is -7");
  total("1000000.5", "absurd_cost x1 bad: it costs 1e+06 an hour, more than 1e+06");
  total("-1e30", "absurd_cost x1 bad: it costs 9.22337e+12 an hour, more than 1e+06");
  total("1" + std::string(300, '0') + ".000000",
        "absurd_cost x1 bad: it costs 9.22337e+12 an hour, more than 1e+06");
  rejected(node().drop("totalCost"), "malformed x1 bad: it has no totalCost");
  rejected(node().add("totalCost", "1.5"), "malformed x1 bad: a member stands in it twice");
  EXPECT_EQ(decode_assets(assets(keyed("k", node().set("totalCost", "1000000"))))->rejected.total(),
            0u);
}

TEST(AssetRejections, Lives) {
  rejected(node().set("minutes", "-1"),
           "negative_minutes x1 bad: it costs something in -1 minutes");
  rejected(node().set("minutes", "0"), "negative_minutes x1 bad: it costs something in 0 minutes");
  rejected(node().set("minutes", "x"), "malformed x1 bad: \"x\" stands where a number belongs");
  rejected(node().set("end", "\"2026-10-03T09:59:59Z\""),
           "negative_minutes x1 bad: it ends at 2026-10-03T09:59:59Z, before it starts at "
           "2026-10-03T10:00:00Z");
  rejected(node().set("start", "\"2026-10-03T09:54:59Z\""),
           "outside_window x1 bad: 2026-10-03T09:54:59Z is outside the window "
           "2026-10-03T10:00:00Z to 2026-10-03T11:00:00Z");
  rejected(node().set("end", "\"2026-10-03T11:05:01Z\""),
           "outside_window x1 bad: 2026-10-03T11:05:01Z is outside the window "
           "2026-10-03T10:00:00Z to 2026-10-03T11:00:00Z");
  rejected(node().set("start", "\"now\""), "malformed x1 bad: \"now\" is not a time");
  rejected(node().set("start", "7"), "malformed x1 bad: \"7\" is not a time");
}

TEST(AssetRejections, Names) {
  const std::string long_name(1025, 'n');
  rejected(node().set("properties", R"({"cluster":"prod"})"),
           "no_identity x1 bad: it is a node without a name");
  rejected(node().drop("properties"), "no_identity x1 bad: it is a node without a name");
  rejected(node().set("properties", "null"), "no_identity x1 bad: it is a node without a name");
  rejected(node().set("properties", R"({"name":5})"), "malformed x1 bad: its name is not a string");
  rejected(node().set("properties", R"({"name":"n","cluster":null})"),
           "malformed x1 bad: its cluster is not a string");
  rejected(node().set("properties", R"({"name":"n","providerID":[]})"),
           "malformed x1 bad: its providerID is not a string");
  rejected(node().set("properties", fmt::format(R"({{"name":"{}"}})", long_name)),
           "invalid_text x1 bad: its name is 1025 bytes long, more than 1024");
  rejected(node().set("properties", R"({"name":"a\tb"})"),
           "invalid_text x1 bad: its name \"a\\x09b\" holds a control character");
  rejected(node().set("nodeType", "\"a\\u0001\""),
           "invalid_text x1 bad: its nodeType \"a\\x01\" holds a control character");
  rejected(node().set("type", fmt::format("\"{}\"", long_name)),
           "invalid_text x1 bad: its type is 1025 bytes long, more than 1024");
  rejected(node().set("type", "5"), "malformed x1 bad: its type is not a string");
  rejected(node().set("preemptible", "true"),
           "malformed x1 bad: \"true\" stands where a number belongs");
}

TEST(AssetRejections, WhatIsNoAsset) {
  for (std::string_view json : {"null", "5", "[]", "\"x\"", "false"}) {
    const auto result =
        decode_assets(assets(fmt::format("\"bad\":{},{}", json, keyed("good", asset("Network")))));
    ASSERT_TRUE(result.has_value()) << describe(result);
    EXPECT_EQ(describe(result->rejected), "malformed x1 bad: it is not an object") << json;
  }
}

TEST(AssetRejections, Duplicates) {
  const auto result = decode_assets(
      assets(keyed("a", node()) + "," + keyed("b", node().set("totalCost", "9")) + "," +
             keyed("c", asset("Disk").set("properties", R"({"name":"n1","cluster":"prod"})"))));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(describe(result),
            "node prod|n1|aws:///i-1|m5.large|spot 1400000\n"
            "disk prod|n1|||- 250000\n"
            "duplicate x1 prod/node/n1: it stands in the answer twice");
}

// A missing value must not swallow the assets behind it: the answer ends in the very bracket that
// would then be missing.
TEST(AssetRejections, NoAssetIsLostUnsaid) {
  const std::string last = "," + keyed("last", asset("Network"));
  const std::string first = keyed("first", node()) + ",";
  for (const std::string& broken :
       {std::string("\"k\":{\"labels\":,\"totalCost\":1}"), std::string("\"k\":\"x\":1"),
        std::string("\"k\":{\"labels\":\"x\":\"y\"}"), std::string("\"k\":{\"labels\":}"),
        std::string("\"k\":,\"l\":{}"), std::string("\"k\":::{}"), std::string("\"k\":"),
        std::string("\"k\":{\"properties\":{\"category\":,\"name\":\"n\"},\"totalCost\":1}"),
        std::string("\"k\":{\"properties\":{\"name\":,\"cluster\":\"n\"},\"totalCost\":1}")}) {
    for (std::string_view behind : {std::string_view(last), std::string_view()}) {
      const std::string text = assets(fmt::format("{}{}{}", first, broken, behind));
      for (std::size_t chunk : {std::string::npos, std::size_t{1}, std::size_t{7}}) {
        Asking asking;
        asking.chunk = chunk;
        const auto result = decode_assets(text, asking);
        ASSERT_FALSE(result.has_value()) << text << "\n" << describe(result);
        EXPECT_EQ(result.error().refusal, Refusal::parse) << text;
      }
    }
  }
}

TEST(AssetRejections, MutationsLoseNothing) {
  const std::string good = assets(keyed("a", node()) + "," + keyed("b", asset("Disk")));
  for (char with : {'"', '\\', '{', '}', '[', ',', ':', ' ', '\0', '0'}) {
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string text = good;
      text[at] = with;
      const auto result = decode_assets(text);
      if (!result) continue;
      EXPECT_EQ(result->table->rows.size() + result->rejected.total(), count_members(text, 2))
          << text;
    }
  }
  for (std::size_t length = 0; length < good.size() - 1; ++length) {
    EXPECT_FALSE(decode_assets(good.substr(0, length)).has_value()) << good.substr(0, length);
  }
}

}  // namespace
}  // namespace exporter::opencost
