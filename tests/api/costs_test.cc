#include <gmock/gmock.h>

#include <numeric>

#include "tests/api/publications.h"

namespace exporter::api {
namespace {

using namespace samples;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Costs, AreThoseOfTheWindow) {
  World world;
  world.current("s", {web("c", "shop", "web", 30), pod("c", "shop", "batch", 5), idle("c", 7)});
  EXPECT_THAT(lines(world.ask(kCostNamespaces, admin()), {"cluster", "namespace", "total_cost"}),
              ElementsAre("c shop 35"));
}

}  // namespace
}  // namespace exporter::api
