// What clusters cost with all that is nobody's, and that nothing is lost or found on the way.
#include <gmock/gmock.h>

#include <map>

#include "tests/api/random_world.h"

namespace exporter::api {
namespace {

using namespace samples;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string_view> kFigures = {"cluster", "allocated_cost", "idle_cost",
                                                "unmounted_cost", "total_cost"};
const std::vector<std::string_view> kByType = {"cluster",   "resource",       "allocated_cost",
                                               "idle_cost", "unmounted_cost", "total_cost"};

struct ClustersWorld : World {
  ClustersWorld() {
    rules = {.tenants = {{.tenant = "shop", .namespaces = {"shop"}}}, .labels = {}};
    current("a", {web("a", "shop", "front", 10), web("a", "pay", "books", 3), idle("a", 400),
                  unmounted("a", 5000)});
    current("b", {web("b", "pay", "books", 2), idle("b", 30)});
  }
};

TEST(Totals, HoldIdleAndUnmountedCostBesideWhatIsAllocated) {
  ClustersWorld world;
  EXPECT_THAT(lines(world.ask(kCostTotal, admin()), kFigures),
              ElementsAre("a 13 400 5000 5413", "b 2 30 0 32"));
}

TEST(Totals, OfATenantAreOfItsWorkloadsAlone) {
  ClustersWorld world;
  EXPECT_THAT(lines(world.ask(kCostTotal, tenant("shop")), kFigures), ElementsAre("a 10 - - 10"));
  EXPECT_THAT(lines(world.ask(kCostTotal, tenant("nobody")), kFigures), IsEmpty());
}

TEST(Totals, ByTypeLeaveOutWhatCostsNothing) {
  ClustersWorld world;
  EXPECT_THAT(lines(world.ask(kCostByType, admin()), kByType),
              ElementsAre("a cpu 13 400 0 413", "a memory 0 0 0 0", "a storage 0 0 5000 5000",
                          "b cpu 2 30 0 32", "b memory 0 0 0 0"));
  EXPECT_THAT(lines(world.ask(kCostByType, tenant("shop")), kByType),
              ElementsAre("a cpu 10 - - 10", "a memory 0 - - 0"))
      << "what is unmounted is not even named";
}

TEST(Totals, OfIdleCostWithoutAClusterAreOfTheOnlyOne) {
  World world;
  world.current("s", {web("a", "shop", "front", 10), idle("", 400)});
  EXPECT_THAT(lines(world.ask(kCostTotal, admin()), kFigures), ElementsAre("a 10 400 0 410"));
}

using Sums = std::map<std::string, std::vector<std::int64_t>>;

/// What each row costs by resource, by all that tells it apart; added to `sums`.
void add(Sums& sums, const Answer<Table>& answer) {
  ASSERT_TRUE(answer) << problem_of(answer);
  for (std::size_t i = 0; i < answer->rows(); ++i) {
    std::string key;
    std::vector<std::int64_t> costs;
    for (std::size_t c = 0; c < answer->columns.size(); ++c) {
      const Value& value = answer->row(i)[c];
      if (answer->columns[c].summed) {
        costs.push_back(std::get<Cost>(value).micros);
      } else if (answer->columns[c].name != "cost_per_hour") {
        key += text(value) + '/';
      }
    }
    auto& sum = sums[key];
    sum.resize(costs.size());
    for (std::size_t c = 0; c < costs.size(); ++c) sum[c] += costs[c];
  }
}

/// What an admin sees is what tenants see together.
void expect_conserved(World& world, const RowsRoute& route, const World::Given& given) {
  SCOPED_TRACE(testing::PrintToString(given));
  Sums all, parts;
  add(all, world.ask(route, admin(), given));
  for (const char* who : {"a", "b", "c", "rest"}) add(parts, world.ask(route, tenant(who), given));
  EXPECT_FALSE(all.empty());
  EXPECT_EQ(all, parts);
}

TEST(Conservation, HoldsForEveryAggregateAndWindow) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    RandomWorld world(seed);
    world.rules.tenants.push_back({.tenant = "rest"});
    for (const char* by :
         {"cluster", "namespace", "workload", "pod", "node", "tenant", "label:team"}) {
      expect_conserved(world, kCostsCurrent, {{"aggregate", by}});
    }
    for (const auto period : model::kPeriods) {
      const std::string window(to_string(period));
      for (const RowsRoute* route : {&kCostNamespaces, &kCostWorkloads, &kCostTenants}) {
        expect_conserved(world, *route, {{"window", window}});
      }
      expect_conserved(world, kCostLabels, {{"window", window}, {"label", "team"}});
    }
    for (const char* by : {"cluster", "namespace", "workload", "tenant", "label:team"}) {
      for (const char* step : {"day", "week", "month"}) {
        expect_conserved(world, kCostTrends, {{"aggregate", by}, {"step", step}});
      }
    }
  }
}

// What no rule gives to a tenant is nobody's, and stands there under that name.
TEST(Conservation, LeavesToNobodyWhatNoRuleTakes) {
  RandomWorld world(4);
  const World::Given tenants = {{"aggregate", "tenant"}};
  Sums all, parts;
  add(all, world.ask(kCostsCurrent, admin(), tenants));
  for (const char* who : {"a", "b", "c"})
    add(parts, world.ask(kCostsCurrent, tenant(who), tenants));
  for (const char* cluster : {"c1", "c2"}) {
    const std::string nobody = std::string(cluster) + "/__unallocated__/";
    ASSERT_TRUE(all.contains(nobody));
    all.erase(nobody);
  }
  EXPECT_EQ(all, parts);
}

/// The rows of a route as a report has them: names and total.
template <class Rows, class Name>
Lines reported(const poll::Publication& publication, Rows rows, Name name) {
  Lines out;
  for (const cost::SourceReport& source : publication.report.sources) {
    for (const auto& row : rows(source)) {
      out.push_back(name(row) + ' ' + std::to_string(row.costs.total().micros));
    }
  }
  return out;
}

std::string join(std::initializer_list<std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "" : " ") + std::string(name);
  return out;
}

TEST(Conservation, OfAnAdminIsThatOfTheReport) {
  RandomWorld world(7);
  const poll::Publication& publication = *world.publication();
  for (const auto period : model::kPeriods) {
    const World::Given given = {{"window", std::string(to_string(period))}, {"label", "team"}};
    const auto index = static_cast<std::size_t>(period);
    const auto costs = [&](const auto& source) -> const auto& {
      return *source.periods[index].costs;
    };
    const auto attribution = [&](const auto& source) -> const auto& {
      return *source.period_attribution[index];
    };
    EXPECT_EQ(
        lines(world.ask(kCostNamespaces, admin(), given), {"cluster", "namespace", "total_cost"}),
        reported(
            publication, [&](const auto& s) { return costs(s).namespaces; },
            [](const auto& row) {
              return join({row.cluster, row.name_space});
            }));
    EXPECT_EQ(lines(world.ask(kCostWorkloads, admin(), given),
                    {"cluster", "namespace", "controller_kind", "controller", "total_cost"}),
              reported(
                  publication, [&](const auto& s) { return costs(s).workloads; },
                  [](const auto& row) {
                    return join({row.cluster, row.name_space, row.kind, row.name});
                  }));
    EXPECT_EQ(lines(world.ask(kCostTotal, admin(), given), {"cluster", "total_cost"}),
              reported(
                  publication, [&](const auto& s) { return costs(s).clusters; },
                  [](const auto& row) { return join({row.cluster}); }));
    EXPECT_EQ(lines(world.ask(kCostTenants, admin(), given), {"cluster", "tenant", "total_cost"}),
              reported(
                  publication, [&](const auto& s) { return attribution(s).tenants; },
                  [](const auto& row) {
                    return join({row.cluster, row.tenant});
                  }));
    EXPECT_EQ(
        lines(world.ask(kCostLabels, admin(), given), {"cluster", "label", "value", "total_cost"}),
        reported(
            publication, [&](const auto& s) { return attribution(s).labels; },
            [](const auto& row) {
              return join({row.cluster, row.label, row.value});
            }));
  }
}

}  // namespace
}  // namespace exporter::api
