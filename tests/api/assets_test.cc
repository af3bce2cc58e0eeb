// What there is in clusters, and what it costs.
#include <gmock/gmock.h>

#include "tests/api/publications.h"

namespace exporter::api {
namespace {

using namespace samples;
using model::AssetType;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<AssetRow> kAssets = {
    {.cluster = "c", .name = "n1", .provider_id = "i-1", .instance_type = "m5", .micros = 400},
    {.cluster = "c",
     .name = "n2",
     .provider_id = "i-2",
     .instance_type = "m5",
     .spot = true,
     .micros = 100},
    {.type = AssetType::disk, .cluster = "c", .name = "vol", .provider_id = "v-1", .micros = 9},
    {.type = AssetType::load_balancer, .cluster = "c", .name = "lb", .micros = 25}};

const std::vector<std::string_view> kNodeColumns = {
    "cluster", "node", "instance_type", "spot", "total_cost", "idle_cost", "cost_per_hour"};
const std::vector<std::string_view> kAssetColumns = {
    "cluster", "asset_type", "name",      "provider_id",  "instance_type",
    "spot",    "total_cost", "idle_cost", "cost_per_hour"};

TEST(Assets, OfTypeNodeHaveTheirIdleCost) {
  World world;
  world.current("s", {on_node(web("c", "shop", "front", 300), "n1")});
  world.assets("s", kAssets);
  const auto answer = world.ask(kCostNodes, admin());
  EXPECT_THAT(lines(answer, kNodeColumns),
              ElementsAre("c n1 m5 false 400 100 400", "c n2 m5 true 100 100 100"));
  EXPECT_THAT(windows(answer),
              ElementsAre("s 2026-03-10T11:00:00Z/2026-03-10T12:00:00Z 3600/3600"));
}

TEST(Assets, OfAllTypesStandInOneList) {
  World world;
  world.current("s", {on_node(web("c", "shop", "front", 300), "n1")});
  world.assets("s", kAssets);
  EXPECT_THAT(
      lines(world.ask(kCostByResource, admin()), kAssetColumns),
      ElementsAre("c disk vol v-1 - - 9 - 9", "c load_balancer lb - - - 25 - 25",
                  "c node n1 i-1 m5 false 400 100 400", "c node n2 i-2 m5 true 100 100 100"));
}

TEST(Assets, WithoutPodsOfTheirWindowHaveNoIdleCost) {
  World world;
  world.assets("s", {kAssets[0]});
  EXPECT_THAT(lines(world.ask(kCostNodes, admin()), kNodeColumns),
              ElementsAre("c n1 m5 false 400 - 400"));
}

TEST(Assets, ThatWereReplacedUnderTheirNameHaveNoOneProviderId) {
  World world;
  world.assets("s", {kAssets[0],
                     {.cluster = "c", .name = "n1", .provider_id = "i-9", .micros = 50},
                     {.cluster = "d", .name = "n1", .provider_id = "i-3", .micros = 7}});
  EXPECT_THAT(lines(world.ask(kCostByResource, admin()), kAssetColumns),
              ElementsAre("c node n1 - - false 50 - 50", "c node n1 - m5 false 400 - 400",
                          "d node n1 i-3 - false 7 - 7"));
}

TEST(Assets, OfSourcesStandTogether) {
  World world;
  world.assets("b", {{.cluster = "b", .name = "n", .micros = 2}});
  world.assets("a", {{.cluster = "a", .name = "n", .micros = 1}});
  world.silent("none");
  world.assets("empty", {});
  const auto answer = world.ask(kCostNodes, admin());
  EXPECT_THAT(lines(answer, {"cluster", "node"}), ElementsAre("a n", "b n"));
  EXPECT_THAT(windows(answer),
              ElementsAre("b 2026-03-10T10:00:00Z/2026-03-10T11:00:00Z 3600/3600",
                          "a 2026-03-10T10:00:00Z/2026-03-10T11:00:00Z 3600/3600"));
}

TEST(Assets, AreNoneWhereNothingIsPublished) {
  World world;
  world.conflict("s");
  for (const RowsRoute* route : {&kCostNodes, &kCostByResource}) {
    EXPECT_THAT(lines(world.ask(*route, admin()), {"cluster"}), IsEmpty());
    EXPECT_THAT(windows(world.ask(*route, admin())), IsEmpty());
  }
}

}  // namespace
}  // namespace exporter::api
