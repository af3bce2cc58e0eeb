// Who a row is about: properties first, then the key, and OpenCost's special names.
#include <gtest/gtest.h>

#include "tests/opencost/answers.h"

namespace exporter::opencost {
namespace {

// kind cluster|namespace|pod|controller kind|controller|node of the only row; else what was said.
std::string identity(std::string_view key, const Members& members, const Asking& asking = {}) {
  const bool special = key.starts_with("__") || key.find("__unmounted__") != std::string_view::npos;
  std::string rows = keyed(key, members);
  if (special) rows += "," + keyed("z/z/z", row().drop("properties").set("properties", "{}"));
  const auto result = decode(answer(rows), asking);
  if (!result) return describe(result.error());
  if (!result->rejected.examples.empty()) return describe(result->rejected);
  std::string text = describe(result->table->rows.front());
  // Eight costs and the total stand behind it.
  for (int i = 0; i < 9; ++i) text.resize(text.rfind(' '));
  return text;
}

Members named(std::string_view json) { return row().set("properties", json); }

TEST(Names, ComeFromTheProperties) {
  EXPECT_EQ(identity("prod/shop/web-1", row()), "workload prod|shop|web-1|deployment|web|n1");
  EXPECT_EQ(identity("other/words/here", row()), "workload prod|shop|web-1|deployment|web|n1");
  EXPECT_EQ(identity("", row()), "workload prod|shop|web-1|deployment|web|n1");
  EXPECT_EQ(identity("web-1", row()), "workload prod|shop|web-1|deployment|web|n1");
}

TEST(Names, ComeFromTheKeyWhereThePropertiesAreSilent) {
  EXPECT_EQ(identity("c/n/p", named("{}")), "workload c|n|p|||");
  EXPECT_EQ(identity("c/n/p", named("null")), "workload c|n|p|||");
  EXPECT_EQ(identity("c/n/p", row().drop("properties")), "workload c|n|p|||");
  EXPECT_EQ(identity("c/n/p", named(R"({"namespace":"shop"})")), "workload c|shop|p|||");
  EXPECT_EQ(identity("c/n/p", named(R"({"pod":""})")), "workload c|n|p|||");
  EXPECT_EQ(identity("__unallocated__/n/p", named("{}")), "workload |n|p|||");
  EXPECT_EQ(identity("/n/p", named("{}")), "workload |n|p|||");
}

TEST(Names, KeysThatDoNotSayIt) {
  const auto nobody = [](std::string_view key, std::string_view what) {
    EXPECT_EQ(identity(std::string(key), named("{}")),
              fmt::format("empty: none of its 1 rows is a usable workload (1 rejected)"));
    const auto result = decode(answer(keyed(key, named("{}")) + "," + keyed("z/z/z", row())));
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(describe(result->rejected),
              fmt::format("no_identity x1 {}: neither its properties nor its key name its {}", key,
                          what));
  };
  nobody("", "namespace");
  nobody("shop", "namespace");
  nobody("shop/web-1", "namespace");
  nobody("a/b/c/d", "namespace");
  nobody("//", "namespace");
  nobody("c//p", "namespace");
  nobody("c/n/", "pod");
  nobody("c/n/__unallocated__", "pod");
  nobody("c/n/a\\u003cb", "namespace");
  nobody("c/n/a\\/b", "namespace");
}

TEST(Names, EscapesAreUndoneInProperties) {
  EXPECT_EQ(identity("k", named(R"({"namespace":"a\u003cb\u0026","pod":"\u00fc\ud83d\ude00\/"})")),
            "workload |a<b&|\xc3\xbc\xf0\x9f\x98\x80/|||");
  EXPECT_EQ(identity("k", named(R"({"namespace":"q\"q","pod":"b\\"})")), "workload |q\"q|b\\|||");
}

TEST(Names, PropertiesOfTheWrongType) {
  const auto malformed = [](std::string_view json, std::string_view why) {
    const auto result = decode(answer(keyed("k", named(json)) + "," + keyed(row())));
    ASSERT_TRUE(result.has_value()) << describe(result);
    EXPECT_EQ(describe(result->rejected), fmt::format("malformed x1 k: {}", why)) << json;
  };
  malformed(R"({"pod":5,"namespace":"n"})", "its pod is not a string");
  malformed(R"({"pod":null,"namespace":"n"})", "its pod is not a string");
  malformed(R"({"pod":["p"],"namespace":"n"})", "its pod is not a string");
  malformed(R"({"pod":"p","namespace":{"n":"n"}})", "its namespace is not a string");
  malformed(R"({"cluster":true})", "its cluster is not a string");
  malformed(R"({"node":1})", "its node is not a string");
  malformed(R"({"controller":1})", "its controller is not a string");
  malformed(R"({"controllerKind":1})", "its controllerKind is not a string");
  for (std::string_view json : {"5", "\"x\"", "[]", "true"}) {
    EXPECT_EQ(identity("c/n/p", named(json)), "workload c|n|p|||") << json;
  }
}

TEST(Names, LengthAndControlCharacters) {
  const std::string longest(1024, 'n');
  EXPECT_EQ(identity("k", named(properties("shop", longest))),
            "workload prod|shop|" + longest + "|deployment|web|n1");
  const auto invalid = [](std::string_view key, const Members& members, std::string_view why) {
    const auto result = decode(answer(keyed(key, members) + "," + keyed(row())));
    ASSERT_TRUE(result.has_value()) << describe(result);
    ASSERT_EQ(result->rejected.examples.size(), 1u) << why;
    EXPECT_EQ(to_string(result->rejected.examples[0].reason), "invalid_text");
    EXPECT_EQ(result->rejected.examples[0].detail, why);
  };
  invalid("k", named(properties("shop", longest + "n")),
          "its pod is 1025 bytes long, more than 1024");
  invalid("k", named(properties(longest + "n", "p")),
          "its namespace is 1025 bytes long, more than 1024");
  invalid("k", named(properties("shop", "a\\nb")), "its pod \"a\\x0ab\" holds a control character");
  invalid("k", named(properties("a\\u0000b", "p")),
          "its namespace \"a\\x00b\" holds a control character");
  invalid("k", named(properties("shop", "a\x7f")), "its pod \"a\\x7f\" holds a control character");
  // The key is OpenCost's word as well.
  invalid("c/n/" + longest + "n", named("{}"), "its pod is 1025 bytes long, more than 1024");
  invalid("c/a\x7f/p", named("{}"), "its namespace \"a\\x7f\" holds a control character");
  invalid(longest + "n/n/p", named("{}"), "its cluster is 1025 bytes long, more than 1024");
}

TEST(Names, PodsWithTheirUid) {
  EXPECT_EQ(identity("k", named(properties("shop", "web-1 1b4e28ba-2fa1-11d2"))),
            "workload prod|shop|web-1 1b4e28ba-2fa1-11d2|deployment|web|n1");
}

TEST(Names, SpecialRows) {
  EXPECT_EQ(identity("__idle__", named(R"({"cluster":"prod"})")), "idle prod|||||");
  EXPECT_EQ(identity("__idle__", named("{}")), "idle |||||");
  EXPECT_EQ(identity("__idle__", row().drop("properties")), "idle |||||");
  EXPECT_EQ(identity("__idle__", named(R"({"cluster":"prod","node":"n1"})")), "idle prod|||||")
      << "a node there means only that the cluster has one";
  EXPECT_EQ(identity("prod/__unmounted__/__unmounted__",
                     named(properties("__unmounted__", "__unmounted__"))),
            "unmounted prod|__unmounted__|__unmounted__|deployment|web|n1");
  EXPECT_EQ(identity("c/__unmounted__/__unmounted__", named("{}")),
            "unmounted c|__unmounted__|__unmounted__|||");
}

// All that is left when OpenCost's query for pods fails underneath a 200.
TEST(Names, UnmountedVolumesOfANamespaceAreARowButNoWorkload) {
  const std::string volumes = keyed("prod/shop/shop-unmounted-pvcs", row("shop-unmounted-pvcs"));
  const auto alone = decode(answer(volumes));
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().refusal, Refusal::empty);
  EXPECT_EQ(alone.error().detail, "none of its 1 rows is a usable workload (0 rejected)");

  const auto beside = decode(answer(volumes + "," + keyed("a", row("a"))));
  ASSERT_TRUE(beside.has_value());
  ASSERT_EQ(beside->table->rows.size(), 2u);
  EXPECT_EQ(beside->table->rows[1].pod, "shop-unmounted-pvcs");
}

TEST(Names, WorkloadsOfToday) {
  Asking today;
  today.query = Query::today;
  const auto workload = [&](std::string_view key, std::string_view json) {
    return identity(key, named(json), today);
  };
  EXPECT_EQ(workload("prod/shop/deployment/deployment:web",
                     R"({"cluster":"prod","namespace":"shop","controllerKind":"deployment",)"
                     R"("controller":"web"})"),
            "workload prod|shop||deployment|web|");
  EXPECT_EQ(workload("prod/shop/__unallocated__/__unallocated__",
                     R"({"cluster":"prod","namespace":"shop"})"),
            "workload prod|shop||||");
  EXPECT_EQ(workload("c/n/__unallocated__/__unallocated__", "{}"), "workload c|n||||");
  EXPECT_EQ(workload("c/n/deployment/deployment:web", "{}"), "workload c|n||deployment|web|");
  EXPECT_EQ(workload("c/n/deployment/web", "{}"), "workload c|n||deployment|web|");
  EXPECT_EQ(workload("shop", R"({"namespace":"shop","pod":"web-1"})"), "workload |shop||||")
      << "rows of a coarser aggregate are whole namespaces, their pods unsaid";
}

TEST(Names, ConfiguredCluster) {
  Asking ours;
  ours.cluster = "ours";
  EXPECT_EQ(identity("k", row(), ours), "workload ours|shop|web-1|deployment|web|n1");
  EXPECT_EQ(identity("c/n/p", named("{}"), ours), "workload ours|n|p|||");
  EXPECT_EQ(identity("__idle__", named("{}"), ours), "idle ours|||||");

  const auto two = [&](std::string_view a, std::string_view b) {
    return describe(decode(
        answer(
            keyed("k", named(fmt::format(R"({{"cluster":"{}","namespace":"n","pod":"p"}})", a))) +
            "," +
            keyed("l", named(fmt::format(R"({{"cluster":"{}","namespace":"n","pod":"q"}})", b)))),
        ours));
  };
  EXPECT_EQ(two("east", "west"),
            "shape: it speaks of the clusters \"east\" and \"west\", but the configuration names "
            "this source \"ours\"; remove its `name`");
  EXPECT_TRUE(two("east", "east").starts_with("workload ours|n|p|"));
  EXPECT_TRUE(two("east", "").starts_with("workload ours|n|p|"));
}

TEST(Names, OfSeveralClustersStayApart) {
  const auto result =
      decode(answer(keyed("east/n/p", named("{}")) + "," + keyed("west/n/p", named("{}"))));
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->table->rows.size(), 2u);
  EXPECT_EQ(result->table->rows[0].cluster, "east");
  EXPECT_EQ(result->table->rows[1].cluster, "west");
}

TEST(Names, RowsAreSortedAndTheFirstOfTwoIsKept) {
  const auto result =
      decode(answer(keyed("b", row("b")) + "," + keyed("a", row("a").set("cpuCost", "0.1")) + "," +
                    keyed("B", row("B")) + "," + keyed("again", row("a").set("cpuCost", "0.2"))));
  ASSERT_TRUE(result.has_value());
  std::vector<std::string_view> pods;
  for (const auto& kept : result->table->rows) pods.push_back(kept.pod);
  EXPECT_EQ(pods, (std::vector<std::string_view>{"B", "a", "b"}));
  EXPECT_EQ(result->table->rows[1].costs[model::Resource::cpu].micros, 100'000);
  EXPECT_EQ(describe(result->rejected),
            "duplicate x1 prod/shop/aweb: it stands in the answer twice");
}

}  // namespace
}  // namespace exporter::opencost
