// Answers of assets: what is read from each type, and whole answers that are refused.
#include <gtest/gtest.h>

#include "tests/opencost/asset_answers.h"

namespace exporter::opencost {
namespace {

std::string read(std::string_view text, const Asking& asking = {}) {
  return describe(decode_assets(text, asking));
}

const std::string kNode = "node prod|n1|aws:///i-1|m5.large|spot 1400000\n";

TEST(Assets, Nodes) {
  EXPECT_EQ(read(assets(keyed("prod/n1", node()))), kNode);
  for (std::string_view preemptible : {"0.000000", "-0.000000", "0", "null"}) {
    EXPECT_EQ(read(assets(keyed("n", node().set("preemptible", preemptible)))),
              "node prod|n1|aws:///i-1|m5.large|- 1400000\n");
  }
  EXPECT_EQ(read(assets(keyed("n", node().drop("preemptible").drop("nodeType")))),
            "node prod|n1|aws:///i-1||- 1400000\n");
}

// Discounts and adjustments are in totalCost already; the parts are not added up again.
TEST(Assets, TotalCostIsAuthoritative) {
  EXPECT_EQ(read(assets(keyed("n", node().set("discount", "0.9").set("cpuCost", "null")))), kNode);
  EXPECT_EQ(read(assets(keyed("n", node().set("adjustment", "-9").set("ramCost", "7")))), kNode);
  EXPECT_EQ(read(assets(keyed("n", node().set("totalCost", "0.000000")))),
            "node prod|n1|aws:///i-1|m5.large|spot 0\n");
  EXPECT_EQ(read(assets(keyed("n", node().set("totalCost", "-0.0001")))),
            "node prod|n1|aws:///i-1|m5.large|spot 0\n");
}

TEST(Assets, OtherTypes) {
  const auto typed = [](std::string_view type) {
    return read(assets(keyed("k", asset(type).set("properties", R"({"cluster":"c","name":"x"})"))));
  };
  EXPECT_EQ(typed("Disk"), "disk c|x|||- 250000\n");
  EXPECT_EQ(typed("LoadBalancer"), "load_balancer c|x|||- 250000\n");
  EXPECT_EQ(typed("ClusterManagement"), "cluster_management c|x|||- 250000\n");
  EXPECT_EQ(typed("Network"), "network c|x|||- 250000\n");
  EXPECT_EQ(typed("Cloud"), "other c|x|||- 250000\n");
  EXPECT_EQ(typed("Shared"), "other c|x|||- 250000\n");
  EXPECT_EQ(typed("node"), "other c|x|||- 250000\n") << "types are case-sensitive";
  EXPECT_EQ(read(assets(keyed("k", asset("Disk").drop("type")))), "other prod|d1|||- 250000\n");
  EXPECT_EQ(read(assets(keyed("k", asset("ClusterManagement").set("properties", "{}")))),
            "cluster_management ||||- 250000\n");
  EXPECT_EQ(
      read(assets(keyed("k", asset("Disk").set("nodeType", "\"x\"").set("preemptible", "1")))),
      "disk prod|d1|||- 250000\n")
      << "only nodes are of a type and spot";
}

TEST(Assets, MembersOfAllKindsAreSkipped) {
  auto members = node();
  members.set("labels", R"({"a":"}]","totalCost":9,"b":{"totalCost":[9]}})")
      .set("cpuBreakdown", R"({"idle":0.9,"other":null,"system":-0.0,"user":0.1})")
      .set("overhead", R"({"CpuOverheadFraction":0.1})")
      .set("GPUHours", "0.000000")
      .set("local", "1.0")
      .set("unknown", "[[],{},\"\\\"\"]");
  EXPECT_EQ(read(assets(keyed("n", members))), kNode);
  std::reverse(members.list().begin(), members.list().end());
  EXPECT_EQ(read(assets(keyed("n", members))), kNode);
}

TEST(Assets, EscapesAreUndone) {
  EXPECT_EQ(
      read(assets(keyed(
          "k", asset("Disk").set("properties",
                                 R"({"cluster":"\u003c","name":"a\/b","providerID":"\""})")))),
      "disk <|a/b|\"||- 250000\n");
}

TEST(Assets, SortedByTypeClusterAndName) {
  const auto named = [](std::string_view type, std::string_view name) {
    return keyed(name, asset(type).set("properties", fmt::format(R"({{"name":"{}"}})", name)));
  };
  EXPECT_EQ(read(assets(named("Disk", "b") + "," + named("Node", "z") + "," + named("Disk", "a"))),
            "node |z|||- 250000\ndisk |a|||- 250000\ndisk |b|||- 250000\n");
}

TEST(Assets, ListOfMaps) {
  const std::string rows = keyed("prod/n1", node());
  EXPECT_EQ(read(fmt::format(R"({{"code":200,"data":[{{{}}}]}})", rows)), kNode);
  EXPECT_EQ(read(fmt::format(R"({{"code":200,"data":[{{{}}},{{}}]}})", rows)),
            "shape: `data` holds 2 sets where one window was asked for");
}

TEST(Assets, ConfiguredCluster) {
  Asking ours;
  ours.cluster = "ours";
  EXPECT_EQ(read(assets(keyed("k", node())), ours),
            "node ours|n1|aws:///i-1|m5.large|spot 1400000\n");
  EXPECT_EQ(read(assets(keyed("k", node()) + "," +
                        keyed("l", asset("Disk").set("properties", R"({"cluster":"west"})"))),
                 ours),
            "shape: it speaks of the clusters \"prod\" and \"west\", but the configuration names "
            "this source \"ours\"; remove its `name`");
}

TEST(Assets, RefusedAsAWhole) {
  const auto data = [](std::string_view json) {
    return read(fmt::format(R"({{"code":200,"data":{}}})", json));
  };
  EXPECT_EQ(read(""), "parse: the answer is empty");
  EXPECT_EQ(read("Error getting assets: [a, b)\n"),
            "parse: the answer is not a JSON object but begins with \"Error getting assets: [a, "
            "b)\\x0a\"");
  EXPECT_EQ(read(R"({"code":500,"message":"Internal Server Error"})"),
            "envelope: the envelope says code 500: Internal Server Error");
  EXPECT_EQ(data("null"), "empty: `data` is null");
  EXPECT_EQ(data("{}"), "empty: `data` is {}: no assets in the window");
  EXPECT_EQ(data("[]"), "empty: `data` is an empty list");
  EXPECT_EQ(data("[{}]"), "empty: `data` is [{}]: no rows in the window");
  EXPECT_EQ(data("[null]"), "empty: `data` is [null]: no rows in the window");
  EXPECT_EQ(data("7"), "shape: `data` is a number where an object of assets was expected");
  EXPECT_EQ(data("\"x\""), "shape: `data` is a string where an object of assets was expected");
  EXPECT_EQ(data("{\"a\":null}"), "empty: none of its 1 assets is usable (1 rejected)");
  EXPECT_EQ(data("{" + keyed("k", node()) + "}").substr(0, 4), "node");
  EXPECT_EQ(read(assets(keyed("k", node()) + ",")).substr(0, 34),
            "parse: broken JSON near row 1: The");
  EXPECT_EQ(read(assets(keyed("k", node())) + "{}").substr(0, 42),
            "parse: the answer is not one JSON document");
}

// Strings are not escaped there: a storage class with a quote breaks the answer.
TEST(Assets, UnescapedStrings) {
  EXPECT_EQ(read(assets(keyed("k", asset("Disk").set("storageClass", "\"a\"b\"")))).substr(0, 24),
            "parse: the answer is cut");
  EXPECT_EQ(
      read(assets(keyed("k", asset("Disk").set("storageClass", "\"a\"b\"c\"")))).substr(0, 29),
      "parse: broken JSON near row 1");
  EXPECT_EQ(read(assets(keyed("k", asset("Disk").set("storageClass", "\"a\\\"")))).substr(0, 24),
            "parse: the answer is cut");
  EXPECT_EQ(read(assets(keyed("k", asset("Disk").set("storageClass", "\"a\nb\"")))).substr(0, 29),
            "parse: broken JSON near row 0");
}

TEST(Assets, SumsBeyondAnyBill) {
  Asking asking;
  asking.limits.max_cost_per_hour = 1e12;
  const auto costing = [](std::string_view total) {
    return keyed(total, asset("Disk")
                            .set("properties", fmt::format(R"({{"name":"{}"}})", total))
                            .set("totalCost", total));
  };
  EXPECT_EQ(read(assets(costing("600000000000") + "," + costing("500000000000")), asking),
            "implausible: its assets add up to 1.1e+12");
  asking.limits.max_rows = 1;
  EXPECT_EQ(read(assets(costing("1") + "," + costing("2")), asking),
            "implausible: more than 1 rows");
}

/// Cores, bytes and GPUs of the only asset; its money must be there.
std::string capacity(const Members& members) {
  const auto result = decode_assets(assets(keyed("k", members)));
  if (!result) return describe(result.error());
  EXPECT_EQ(result->rejected.total(), 0u) << members.text();
  const model::Asset& row = result->table->rows.at(0);
  EXPECT_GT(row.total.micros, 0) << members.text();
  return fmt::format("{} {} {}", row.cores, row.memory_bytes, row.gpus);
}

TEST(Assets, CapacityOfNodes) {
  const auto sized = node().set("ramBytes", "8589934592.000000").set("gpuCount", "4.000000");
  EXPECT_EQ(capacity(sized), "2 8589934592 4");
  EXPECT_EQ(capacity(node()), "2 0 0");
  EXPECT_EQ(capacity(node().drop("cpuCores")), "0 0 0");
  EXPECT_EQ(capacity(node().set("cpuCores", "0.5").set("ramBytes", "1.5e10")), "0.5 15000000000 0");
  for (std::string_view bad : {"null", "-1.000000", "-0.000001", "1e400", "1e14", "\"2\"", "{}",
                               R"([2,{"a":1}])", "true", "NaN", "1.", "02"}) {
    EXPECT_EQ(capacity(Members(sized).set("cpuCores", bad)), "0 8589934592 4") << bad;
    EXPECT_EQ(capacity(Members(sized).set("ramBytes", bad)), "2 0 4") << bad;
    EXPECT_EQ(capacity(Members(sized).set("gpuCount", bad)), "2 8589934592 0") << bad;
  }
  EXPECT_EQ(capacity(Members(sized).set("type", "\"Disk\"")), "0 0 0") << "only nodes have any";
}

}  // namespace
}  // namespace exporter::opencost
