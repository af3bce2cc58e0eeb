#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::AssetType;
using model::Resource;
using samples::AssetRow;
using samples::assets;
using samples::on_node;
using samples::pod;
using samples::Row;
using testing::ElementsAre;
using testing::IsEmpty;

AssetRow node(std::string name, std::int64_t micros, std::string type = "m5") {
  return {
      .cluster = "c", .name = std::move(name), .instance_type = std::move(type), .micros = micros};
}

// name type spot cost idle
std::vector<std::string> nodes(const Inventory& inventory) {
  std::vector<std::string> out;
  for (const NodeCost& row : inventory.nodes) {
    out.push_back(std::string(row.node) + " " + std::string(row.instance_type) +
                  (row.spot ? " spot " : " ") + std::to_string(row.cost.micros) + " " +
                  (row.idle ? std::to_string(row.idle->micros) : "-"));
  }
  return out;
}

Inventory taken(const std::vector<AssetRow>& rows, const std::vector<Row>& pods) {
  return take_inventory(assets(rows), samples::table(pods).get());
}

Row charged(std::string name, std::string where, std::int64_t micros) {
  return on_node(pod("c", "ns", std::move(name), micros), std::move(where));
}

TEST(Inventory, OfNothingIsEmpty) {
  const Inventory inventory = take_inventory(assets({}), nullptr);
  EXPECT_EQ(inventory.window, samples::hour());
  EXPECT_NE(inventory.rows, nullptr);
  EXPECT_THAT(inventory.nodes, IsEmpty());
  EXPECT_THAT(inventory.others, IsEmpty());
}

TEST(Inventory, IdleOfANodeIsWhatItsPodsWereNotCharged) {
  EXPECT_THAT(nodes(taken({node("n1", 100), node("n2", 50)},
                          {charged("a", "n1", 30), charged("b", "n1", 20)})),
              ElementsAre("n1 m5 100 50", "n2 m5 50 50"));
}

TEST(Inventory, IdleIsNeverBelowZero) {
  EXPECT_THAT(nodes(taken({node("n1", 100)}, {charged("a", "n1", 101)})),
              ElementsAre("n1 m5 100 0"));
}

TEST(Inventory, OnlyCpuMemoryAndGpuAreOfTheNode) {
  Row row = charged("a", "n1", 1);
  for (Resource other : {Resource::storage, Resource::network, Resource::load_balancer,
                         Resource::shared, Resource::external}) {
    row.costs[other] = Cost{1000};
  }
  row.costs[Resource::memory] = Cost{2};
  row.costs[Resource::gpu] = Cost{4};
  EXPECT_THAT(nodes(taken({node("n1", 100)}, {row})), ElementsAre("n1 m5 100 93"));
}

TEST(Inventory, ARowWithoutANodeAndIdleItselfAreChargedToNone) {
  Row merged = pod("c", "ns", "a", 30);
  EXPECT_THAT(nodes(taken({node("n1", 100)}, {merged, samples::idle("c", 40)})),
              ElementsAre("n1 m5 100 100"));
}

TEST(Inventory, ANodeOfTheSameNameInAnotherClusterIsAnother) {
  AssetRow far = node("n1", 70);
  far.cluster = "d";
  EXPECT_THAT(nodes(taken({node("n1", 100), far}, {charged("a", "n1", 30)})),
              ElementsAre("n1 m5 100 70", "n1 m5 70 70"));
}

TEST(Inventory, IdleIsUnknownWithoutPods) {
  EXPECT_THAT(nodes(take_inventory(assets({node("n1", 100)}), nullptr)),
              ElementsAre("n1 m5 100 -"));
}

TEST(Inventory, IdleIsUnknownWhenThePodsAreOfAnotherWindow) {
  for (const auto& [start, end] : {std::pair{300, 300}, {0, 300}, {-300, 0}, {-3600, -3600}}) {
    SCOPED_TRACE(testing::Message() << start << " " << end);
    auto pods = samples::table({charged("a", "n1", 30)});
    pods->window.start += std::chrono::seconds(start);
    pods->window.end += std::chrono::seconds(end);
    EXPECT_THAT(nodes(take_inventory(assets({node("n1", 100)}), pods.get())),
                ElementsAre("n1 m5 100 -"));
  }
}

TEST(Inventory, ANodeReplacedUnderItsNameTakesItsChargesInTurn) {
  const std::vector<AssetRow> rows = {node("n1", 100, "m5"), node("n1", 40, "m6")};
  EXPECT_THAT(nodes(taken(rows, {charged("a", "n1", 30)})),
              ElementsAre("n1 m5 100 70", "n1 m6 40 40"));
  EXPECT_THAT(nodes(taken(rows, {charged("a", "n1", 120)})),
              ElementsAre("n1 m5 100 0", "n1 m6 40 20"));
  EXPECT_THAT(nodes(taken(rows, {charged("a", "n1", 500)})),
              ElementsAre("n1 m5 100 0", "n1 m6 40 0"));
}

TEST(Inventory, SpotAndOnDemandOfOneNameStayApart) {
  AssetRow spot = node("n1", 10);
  spot.spot = true;
  EXPECT_THAT(nodes(taken({spot, node("n1", 100)}, {})),
              ElementsAre("n1 m5 100 100", "n1 m5 spot 10 10"));
}

TEST(Inventory, RowsOfTheSameLabelsAreAddedUpBeforeTheirIdle) {
  AssetRow again = node("n1", 40);
  again.provider_id = "i-2";  // not a label of a node
  EXPECT_THAT(nodes(taken({node("n1", 100), again}, {charged("a", "n1", 120)})),
              ElementsAre("n1 m5 140 20"));
}

TEST(Inventory, OtherAssetsKeepTheirTypeAndProvider) {
  const auto other = [](AssetType type, std::string name, std::string provider,
                        std::int64_t micros) {
    return AssetRow{.type = type,
                    .cluster = "c",
                    .name = std::move(name),
                    .provider_id = std::move(provider),
                    .micros = micros};
  };
  const Inventory inventory =
      taken({other(AssetType::load_balancer, "lb", "arn", 1), other(AssetType::disk, "d", "v1", 2),
             other(AssetType::disk, "d", "v2", 4), other(AssetType::disk, "d", "v2", 8),
             other(AssetType::other, "d", "v1", 16), other(AssetType::network, "d", "v1", 32),
             other(AssetType::cluster_management, "", "", 64)},
            {});
  std::vector<std::string> found;
  for (const AssetCost& row : inventory.others) {
    found.push_back(std::string(to_string(row.type)) + " " + std::string(row.name) + " " +
                    std::string(row.provider_id) + " " + std::to_string(row.cost.micros));
  }
  EXPECT_THAT(found, ElementsAre("disk d v1 2", "disk d v2 12", "load_balancer lb arn 1",
                                 "cluster_management   64", "network d v1 32", "other d v1 16"));
  EXPECT_THAT(inventory.nodes, IsEmpty());
}

TEST(Inventory, NodesAndOthersKeepEveryMillionth) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<AssetRow> rows;
    Cost sum;
    for (int i = 0; i < 30; ++i) {
      AssetRow row{.type = static_cast<AssetType>(random() % 6), .cluster = "c"};
      row.name = "n" + std::to_string(random() % 4);
      row.instance_type = "t" + std::to_string(random() % 2);
      row.spot = random() % 2 == 0;
      row.micros = static_cast<std::int64_t>(random() % 1'000'000);
      sum += Cost{row.micros};
      rows.push_back(row);
    }
    const Inventory inventory = taken(rows, {});
    Cost found;
    for (const NodeCost& row : inventory.nodes) found += row.cost;
    for (const AssetCost& row : inventory.others) found += row.cost;
    ASSERT_EQ(found.micros, sum.micros);
  }
}

}  // namespace
}  // namespace exporter::cost
