#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/demo/answers.h"

namespace exporter::demo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view kSaturday = "2026-10-03T00:00:00Z";
const std::vector<std::string_view> kAggregates = {
    kPodRows, kWorkloadRows, "namespace", "cluster", "node", "controller", "label:team", "", "foo"};

double hundredths_of_a_cent(Cost a, Cost b) { return std::abs((a - b).amount()) * 1e4; }

TEST(Cluster, IsAFunctionOfItsOptions) {
  const auto window = hours(kSaturday, 1);
  const Cluster one({.seed = 7});
  const Cluster same({.seed = 7});
  const Cluster other({.seed = 8});
  EXPECT_EQ(one.allocation_json(window, kPodRows, true),
            same.allocation_json(window, kPodRows, true));
  EXPECT_EQ(one.assets_json(window), same.assets_json(window));
  EXPECT_NE(one.allocation_json(window, kPodRows, true),
            other.allocation_json(window, kPodRows, true));
}

TEST(Cluster, EveryAggregateParsesAndItsTotalsHold) {
  const Cluster cluster({});
  for (std::string_view aggregate : kAggregates) {
    SCOPED_TRACE(aggregate);
    const auto rows = read_rows(cluster.allocation_json(hours(kSaturday, 24), aggregate, true));
    EXPECT_THAT(rows, Not(SizeIs(0)));
    for (const ReadRow& row : rows) {
      // Each of six parts and the total is off by half of the last digit at most.
      EXPECT_NEAR(row.costs.total().amount(), row.total, 3.5e-5 + 1e-9) << row.key;
    }
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(),
                               [](const auto& a, const auto& b) { return a.key < b.key; }));
  }
}

TEST(Cluster, SumsAreWhatAReaderAddsUp) {
  const Cluster cluster({.pods = 300});
  for (std::string_view aggregate : {kPodRows, kWorkloadRows}) {
    for (int length : {1, 24, 72}) {
      SCOPED_TRACE(std::string(aggregate) + " " + std::to_string(length));
      const auto window = hours("2026-10-03T09:35:00Z", length);
      const auto rows = read_rows(cluster.allocation_json(window, aggregate, true));
      EXPECT_EQ(add_up(rows), cluster.namespace_costs(window, aggregate));
      EXPECT_EQ(find_row(rows, "__idle__")->costs, cluster.idle_costs(window));
      model::Costs unmounted;
      for (const ReadRow& row : rows) {
        if (row.name_space == "__unmounted__") unmounted += row.costs;
      }
      EXPECT_EQ(unmounted, cluster.unmounted_costs(window));
      EXPECT_GT(unmounted[model::Resource::storage].micros, 0);
      EXPECT_GT(unmounted[model::Resource::load_balancer].micros, 0);
    }
  }
}

TEST(Cluster, NodesPayForWorkloadsAndIdle) {
  for (const ClusterOptions& options :
       {ClusterOptions{}, ClusterOptions{.seed = 1, .nodes = 1, .pods = 1},
        ClusterOptions{.seed = 2, .nodes = 40, .pods = 500}}) {
    const Cluster cluster(options);
    for (int hour = 0; hour < 168; hour += 5) {
      const auto window = hours(kSaturday, 1);
      const model::Window at{window.start + std::chrono::hours(hour),
                             window.end + std::chrono::hours(hour)};
      const model::Costs idle = cluster.idle_costs(at);
      double compute = 0;
      std::size_t rows = 1;
      for (auto resource : {model::Resource::cpu, model::Resource::memory, model::Resource::gpu}) {
        EXPECT_GE(idle[resource].micros, 0);
        compute += idle[resource].amount();
        for (const auto& [name, costs] : cluster.namespace_costs(at)) {
          compute += costs[resource].amount();
        }
      }
      rows += read_rows(cluster.allocation_json(at, kPodRows, false)).size();
      double nodes = 0;
      for (const auto& [name, cost] : cluster.node_costs(at)) nodes += cost.amount();
      EXPECT_GT(idle[model::Resource::cpu].micros, 0);
      EXPECT_NEAR(compute, nodes, 3 * 5e-6 * static_cast<double>(rows));
    }
  }
}

TEST(Cluster, WindowsAddUp) {
  const Cluster cluster({});
  const auto whole = hours(kSaturday, 24);
  const auto cut = whole.start + std::chrono::hours(9) + std::chrono::minutes(35);
  const auto all = cluster.namespace_costs(whole);
  const auto first = cluster.namespace_costs({whole.start, cut});
  auto second = cluster.namespace_costs({cut, whole.end});
  for (const auto& [name, costs] : first) second[name] += costs;
  EXPECT_THAT(second, SizeIs(all.size()));
  for (const auto& [name, costs] : all) {
    EXPECT_LT(hundredths_of_a_cent(costs.total(), second[name].total()), 30) << name;
  }
}

TEST(Cluster, PodsAddUpToTheirNamespace) {
  const Cluster cluster({});
  const auto window = hours(kSaturday, 24);
  const auto by_pod = cluster.namespace_costs(window, kPodRows);
  const auto by_namespace = cluster.namespace_costs(window, "namespace");
  ASSERT_THAT(by_pod, SizeIs(by_namespace.size()));
  for (const auto& [name, costs] : by_namespace) {
    EXPECT_LT(hundredths_of_a_cent(costs.total(), by_pod.at(name).total()), 20) << name;
  }
}

TEST(Cluster, HasAtLeastThePodsAskedForAndNodesForThem) {
  for (int pods : {1, 60, 1000, 5000}) {
    const Cluster cluster({.nodes = 6, .pods = pods});
    const auto window = hours(kSaturday, 1);
    const auto rows = read_rows(cluster.allocation_json(window, kPodRows, false));
    EXPECT_GE(rows.size(), static_cast<std::size_t>(pods));
    EXPECT_LT(rows.size(), static_cast<std::size_t>(pods) * 3 / 2 + 120);
    EXPECT_GE(cluster.node_costs(window).size(), 6u);
    if (pods >= 1000) {
      EXPECT_GT(cluster.node_costs(window).size(), 20u);
    }
  }
}

TEST(Cluster, RowsAreAsLargeAsOpenCosts) {
  const std::string body =
      Cluster({.pods = 2000}).allocation_json(hours(kSaturday, 1), kPodRows, false);
  const std::size_t rows = read_rows(body).size();
  EXPECT_GT(body.size() / rows, 1800u);
  EXPECT_LT(body.size() / rows, 3000u);
}

TEST(Cluster, PodsOfJobsAndRolloutsLiveForPartOfTheWindow) {
  const Cluster cluster({});
  const auto rows = read_rows(cluster.allocation_json(hours(kSaturday, 48), kPodRows, false));
  std::size_t reports = 0;
  std::size_t replaced = 0;
  for (const ReadRow& row : rows) {
    EXPECT_GT(row.minutes, 0);
    EXPECT_LE(row.minutes, 48 * 60);
    EXPECT_GE(row.start, "2026-10-03T00:00:00Z");
    EXPECT_LE(row.end, "2026-10-05T00:00:00Z");
    if (row.pod.starts_with("report-")) {
      ++reports;
      EXPECT_EQ(row.minutes, 10);
    }
    if (row.pod.starts_with("storefront-") && row.minutes < 48 * 60) ++replaced;
  }
  EXPECT_EQ(reports, 48u);
  const auto month = read_rows(cluster.allocation_json(hours(kSaturday, 24 * 30), kPodRows, false));
  const auto storefronts = std::count_if(month.begin(), month.end(), [](const ReadRow& row) {
    return row.pod.starts_with("storefront-");
  });
  EXPECT_GE(storefronts, 3 * 7) << "a rollout every four days, " << replaced << " in two days";
}

TEST(Cluster, UsageMovesWithTheHour) {
  const Cluster cluster({});
  const auto at = [&](std::string_view time) {
    return cluster.namespace_costs(hours(time, 1)).at("payments")[model::Resource::network].micros;
  };
  EXPECT_GT(at("2026-10-01T19:00:00Z"), 2 * at("2026-10-01T07:00:00Z"));
}

TEST(Cluster, HasNoRowsBeforeItExisted) {
  const Cluster cluster({});
  const auto window = hours("2019-06-01T00:00:00Z", 24);
  EXPECT_EQ(cluster.allocation_json(window, kPodRows, true), "{\"code\":200,\"data\":[{}]}\n");
  EXPECT_EQ(cluster.assets_json(window), "{\"code\":200,\"data\":{}}\n");
  EXPECT_TRUE(cluster.namespace_costs(window).empty());
  EXPECT_EQ(cluster.idle_costs(window), model::Costs{});
  EXPECT_TRUE(cluster.node_costs(window).empty());
}

TEST(Cluster, KeysRowsAsOpenCostDoes) {
  const Cluster cluster({});
  const auto keys = [&](std::string_view aggregate) {
    std::set<std::string> all;
    for (const auto& row : read_rows(cluster.allocation_json(hours(kSaturday, 1), aggregate, true)))
      all.insert(row.key);
    return all;
  };
  const auto has = [&](std::string_view aggregate, const std::string& key) {
    EXPECT_EQ(keys(aggregate).count(key), 1u) << aggregate << " " << key;
  };
  has(kWorkloadRows, "__idle__");
  has(kWorkloadRows, "demo/checkout/deployment/deployment:cart");
  has(kWorkloadRows, "demo/data/__unallocated__/__unallocated__");
  has(kWorkloadRows, "demo/__unmounted__/__unallocated__/__unallocated__");
  has(kPodRows, "demo/payments/ledger-db-0");
  has(kPodRows, "demo/__unmounted__/__unmounted__");
  has(kPodRows, "demo/data/data-unmounted-pvcs");
  has("Namespace", "checkout");
  has("NAMESPACE,foo", "checkout");
  has("label:app.kubernetes.io/part-of", "checkout");
  has("team,controllerkind", "shop/deployment");
  has("statefulset", "__unallocated__");
  has("statefulset", "kafka");
  has("annotation:any", "__unallocated__");
  EXPECT_EQ(keys("foo"), (std::set<std::string>{"", "__idle__"}));
  EXPECT_EQ(keys("all"), (std::set<std::string>{"", "__idle__"}));
}

TEST(Cluster, MergedRowsKeepWhatTheyHaveInCommon) {
  const Cluster cluster({.nodes = 3});
  const std::string body = cluster.allocation_json(hours(kSaturday, 1), kWorkloadRows, false);
  simdjson::dom::parser parser;
  const auto row = parser.parse(body)["data"].at(0)["demo/checkout/deployment/deployment:cart"];
  EXPECT_EQ(text_or_empty(row["properties"]["controller"]), "cart");
  EXPECT_EQ(text_or_empty(row["properties"]["container"]), "cart");
  EXPECT_EQ(text_or_empty(row["properties"]["pod"]), "");
  EXPECT_EQ(row["properties"]["services"].error(), simdjson::NO_SUCH_FIELD);
  EXPECT_EQ(row["properties"]["labels"].error(), simdjson::NO_SUCH_FIELD);
  EXPECT_EQ(text_or_empty(row["properties"]["namespaceLabels"]["team"]), "shop");
  EXPECT_EQ(row["rawAllocationOnly"].error(), simdjson::NO_SUCH_FIELD);
}

TEST(Cluster, PodsAreAnnotatedWhereTheyHaveACostCenter) {
  const Cluster cluster({});
  const std::string body = cluster.allocation_json(hours(kSaturday, 1), kPodRows, true);
  simdjson::dom::parser parser;
  std::map<std::string, std::set<std::string>> centers;
  for (const auto row : simdjson::dom::object(parser.parse(body)["data"].at(0))) {
    simdjson::dom::object annotations;
    if (row.value["properties"]["annotations"].get(annotations) != simdjson::SUCCESS) continue;
    EXPECT_THAT(annotations, SizeIs(1));
    centers[text_or_empty(row.value["properties"]["namespace"])].insert(
        text_or_empty(annotations["cost_center"]));
  }
  const std::map<std::string, std::set<std::string>> expected = {{"data", {"4711"}},
                                                                 {"ml", {"4712"}}};
  EXPECT_EQ(centers, expected);
}

TEST(Cluster, RowsAreKeyedByAnnotations) {
  const auto rows =
      read_rows(Cluster({}).allocation_json(hours(kSaturday, 1), "annotation:cost-center", false));
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[0].key, "4711");
  EXPECT_EQ(rows[1].key, "4712");
  EXPECT_EQ(rows[2].key, "__unallocated__");
  const auto labelled =
      read_rows(Cluster({}).allocation_json(hours(kSaturday, 1), "label:cost_center", false));
  EXPECT_THAT(labelled, SizeIs(1)) << "it is no label";
}

TEST(Cluster, EscapesNames) {
  const Cluster cluster({.name = "a<b>&\"c\""});
  const std::string body = cluster.allocation_json(hours(kSaturday, 1), kPodRows, false);
  EXPECT_THAT(body, HasSubstr(R"("a\u003cb\u003e\u0026\"c\"/checkout/)"));
  EXPECT_FALSE(read_rows(body).empty());
}

}  // namespace
}  // namespace exporter::demo
