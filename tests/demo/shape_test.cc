// Members and their order, against a list that always stands here and against real answers where
// they are at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/demo/answers.h"

namespace exporter::demo {
namespace {

using Names = std::vector<std::string>;

const Names kMembers = {"name",
                        "properties",
                        "window",
                        "start",
                        "end",
                        "minutes",
                        "cpuCores",
                        "cpuCoreRequestAverage",
                        "cpuCoreLimitAverage",
                        "cpuCoreUsageAverage",
                        "cpuCoreHours",
                        "cpuCost",
                        "cpuCostAdjustment",
                        "cpuCostIdle",
                        "cpuEfficiency",
                        "gpuCount",
                        "gpuHours",
                        "gpuCost",
                        "gpuCostAdjustment",
                        "gpuCostIdle",
                        "gpuEfficiency",
                        "networkTransferBytes",
                        "networkReceiveBytes",
                        "networkCost",
                        "networkCrossZoneCost",
                        "networkCrossRegionCost",
                        "networkInternetCost",
                        "networkNatGatewayEgressCost",
                        "networkNatGatewayIngressCost",
                        "networkCostAdjustment",
                        "loadBalancerCost",
                        "loadBalancerCostAdjustment",
                        "pvBytes",
                        "pvByteHours",
                        "pvCost",
                        "pvs",
                        "pvCostAdjustment",
                        "ramBytes",
                        "ramByteRequestAverage",
                        "ramByteLimitAverage",
                        "ramByteUsageAverage",
                        "ramByteHours",
                        "ramCost",
                        "ramCostAdjustment",
                        "ramCostIdle",
                        "ramEfficiency",
                        "externalCost",
                        "sharedCost",
                        "totalCost",
                        "totalEfficiency",
                        "rawAllocationOnly",
                        "proportionalAssetResourceCosts",
                        "lbAllocations",
                        "sharedCostBreakdown",
                        "gpuAllocation"};

const Names kProperties = {"cluster",        "node",      "container",   "controller",
                           "controllerKind", "namespace", "pod",         "services",
                           "providerID",     "labels",    "annotations", "namespaceLabels"};

Names without(Names names, const Names& gone) {
  names.erase(std::remove_if(names.begin(), names.end(),
                             [&](const std::string& name) {
                               return std::find(gone.begin(), gone.end(), name) != gone.end();
                             }),
              names.end());
  return names;
}

Names names_of(simdjson::dom::object object) {
  Names names;
  for (const auto member : object) names.emplace_back(member.key);
  return names;
}

const Names kIdleOnly = {"proportionalAssetResourceCosts", "sharedCostBreakdown"};
const Names kIdleMembers = without(kMembers, {"rawAllocationOnly"});
const Names kSingleMembers = without(kMembers, kIdleOnly);
const Names kMergedMembers = without(kSingleMembers, {"rawAllocationOnly"});

model::Window an_hour() { return hours("2026-10-03T09:00:00Z", 1); }

TEST(Shape, RowsHaveOpenCostsMembersInItsOrder) {
  const Cluster cluster({});
  for (std::string_view aggregate : {kPodRows, kWorkloadRows}) {
    for (const ReadRow& row : read_rows(cluster.allocation_json(an_hour(), aggregate, true))) {
      if (row.key == "__idle__") {
        EXPECT_EQ(row.members, kIdleMembers);
      } else {
        EXPECT_TRUE(row.members == kSingleMembers || row.members == kMergedMembers) << row.key;
      }
    }
  }
}

TEST(Shape, PropertiesStandInOrder) {
  const Cluster cluster({});
  const std::string body = cluster.allocation_json(an_hour(), kPodRows, true);
  simdjson::dom::parser parser;
  std::size_t longest = 0;
  for (const auto row : simdjson::dom::object(parser.parse(body)["data"].at(0))) {
    const Names names = names_of(row.value["properties"]);
    longest = std::max(longest, names.size());
    auto at = kProperties.begin();
    for (const std::string& name : names) {
      at = std::find(at, kProperties.end(), name);
      ASSERT_NE(at, kProperties.end()) << row.key << " " << name;
    }
  }
  EXPECT_EQ(longest, kProperties.size());
}

TEST(Shape, LabelsAreSortedAndUnique) {
  const Cluster cluster({});
  const std::string body = cluster.allocation_json(an_hour(), kPodRows, true);
  simdjson::dom::parser parser;
  std::size_t labelled = 0;
  for (const auto row : simdjson::dom::object(parser.parse(body)["data"].at(0))) {
    simdjson::dom::object labels;
    if (row.value["properties"]["labels"].get(labels) != simdjson::SUCCESS) continue;
    ++labelled;
    const Names names = names_of(labels);
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end(), std::greater_equal<>()), names.end());
  }
  EXPECT_GT(labelled, 20u);
}

// The members of the rows of a captured answer must be ones that we print, in the same order.
TEST(Shape, RealRowsHaveTheSameMembers) {
  const std::filesystem::path folder =
      std::filesystem::path(EXPORTER_SHARED_DIR) / "samples" / "opencost-1.121.3";
  std::error_code none;
  for (std::string_view file :
       {"allocation-namespace-idle.json", "allocation-pod-filtered-namespace.json",
        "allocation-pod-60m-first3rows.excerpt.json"}) {
    if (!std::filesystem::exists(folder / file, none)) continue;
    std::ifstream in(folder / file);
    const std::string body{std::istreambuf_iterator<char>(in), {}};
    for (const ReadRow& row : read_rows(body)) {
      EXPECT_TRUE(row.members == kIdleMembers || row.members == kSingleMembers ||
                  row.members == kMergedMembers)
          << file << " " << row.key;
    }
  }
}

TEST(Shape, NodeAssetsAddUp) {
  const Cluster cluster({.nodes = 12});
  const std::string body = cluster.assets_json(an_hour());
  const auto expected = cluster.node_costs(an_hour());
  simdjson::dom::parser parser;
  std::map<std::string, Cost> totals;
  std::set<std::string> types;
  std::size_t spot = 0;
  std::size_t discounted = 0;
  for (const auto asset : simdjson::dom::object(parser.parse(body)["data"])) {
    types.insert(text_or_empty(asset.value["type"]));
    if (text_or_empty(asset.value["type"]) != "Node") continue;
    const auto number = [&](std::string_view member) { return double(asset.value[member]); };
    totals[text_or_empty(asset.value["properties"]["name"])] = printed_cost(number("totalCost"));
    if (number("preemptible") != 0) ++spot;
    if (number("discount") != 0) ++discounted;
    EXPECT_NEAR(number("totalCost"),
                (number("cpuCost") + number("ramCost")) * (1 - number("discount")) +
                    number("gpuCost") + number("adjustment"),
                3e-6);
  }
  EXPECT_EQ(totals, expected);
  EXPECT_EQ(types, (std::set<std::string>{"ClusterManagement", "Disk", "LoadBalancer", "Node"}));
  EXPECT_GT(spot, 0u);
  EXPECT_GT(discounted, 0u);
}

TEST(Shape, AssetsHaveOpenCostsMembersInItsOrder) {
  const Cluster cluster({});
  const std::string body = cluster.assets_json(an_hour());
  const Names common = {"type", "properties", "labels", "window", "start", "end", "minutes"};
  std::map<std::string, Names> expected = {
      {"Node",
       {"nodeType", "pool", "cpuCores", "ramBytes", "cpuCoreHours", "ramByteHours", "GPUHours",
        "cpuBreakdown", "ramBreakdown", "preemptible", "discount", "cpuCost", "gpuCost", "gpuCount",
        "ramCost", "adjustment", "totalCost"}},
      {"Disk",
       {"byteHours", "bytes", "byteHoursUsed", "byteUsageMax", "breakdown", "adjustment",
        "totalCost", "storageClass", "volumeName", "claimName", "local", "claimNamespace"}},
      {"LoadBalancer", {"adjustment", "totalCost", "private", "ip"}},
      {"ClusterManagement", {"totalCost"}}};
  simdjson::dom::parser parser;
  for (const auto asset : simdjson::dom::object(parser.parse(body)["data"])) {
    Names names = common;
    const Names& own = expected[text_or_empty(asset.value["type"])];
    names.insert(names.end(), own.begin(), own.end());
    EXPECT_EQ(names_of(asset.value), names) << asset.key;
  }
}

TEST(Shape, AssetNumbersHaveSixDecimals) {
  const std::string body = Cluster({}).assets_json(an_hour());
  for (std::string member : {"\"minutes\":", "\"totalCost\":", "\"bytes\":", "\"cpuCores\":"}) {
    std::size_t found = 0;
    for (auto at = body.find(member); at != std::string::npos;
         at = body.find(member, at), ++found) {
      at += member.size();
      const std::string text = body.substr(at, body.find_first_of(",}", at) - at);
      EXPECT_EQ(text.size() - text.find('.'), 7u) << member << text;
    }
    EXPECT_GT(found, 0u) << member;
  }
}

}  // namespace
}  // namespace exporter::demo
