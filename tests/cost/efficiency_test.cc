#include "exporter/cost/efficiency.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>

#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Demand;
using model::Resource;
using samples::DemandRow;
using samples::of_deployment;
using testing::ElementsAre;
using testing::IsEmpty;

// Its CPU costs `micros`.
DemandRow asks(std::string pod, std::int64_t micros, Demand cpu) {
  return {.pod = std::move(pod), .costs = samples::cpu(micros), .cpu = cpu};
}

Demands priced(const DemandRow& row) { return price(samples::demand_table({row})->rows.front()); }

// requested/used of each resource.
std::string text(const Demands& demands) {
  std::string out;
  for (const PricedDemand& demand : demands.by) {
    out += (out.empty() ? "" : " ") + std::to_string(demand.requested.micros) + "/" +
           std::to_string(demand.used.micros);
  }
  return out;
}

std::string text(const WorkloadName& name) {
  return std::string(name.cluster) + "/" + std::string(name.name_space) + "/" +
         std::string(name.kind) + "/" + std::string(name.name);
}
std::string text(const NamespaceName& name) {
  return std::string(name.cluster) + "/" + std::string(name.name_space);
}
std::string text(std::string_view name) { return std::string(name); }

template <class Rows>
std::vector<std::string> texts(const Rows& rows) {
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(text(row.name) + " " + text(row.demands));
  return out;
}

TEST(Price, IsThatOfTheRowItself) {
  EXPECT_EQ(text(priced(asks("a", 1000, {2, 2, 0.5F}))), "1000/250 0/0 0/0");
  EXPECT_EQ(text(priced(asks("a", 1000, {4, 1, 4}))), "250/1000 0/0 0/0");
}

TEST(Price, OfEachResourceIsItsOwn) {
  DemandRow row = asks("a", 100, {1, 1, 0.5F});
  row.costs[Resource::memory] = Cost{2000};
  row.costs[Resource::gpu] = Cost{30000};
  row.memory = {1024, 512, 256};
  row.gpu = {2, 2, 2};
  EXPECT_EQ(text(priced(row)), "100/50 1000/500 30000/30000");
}

TEST(Price, IsRoundedToTheNearestMillionth) {
  EXPECT_EQ(text(priced(asks("a", 1, {2, 1, 0.5F}))), "1/0 0/0 0/0");
  EXPECT_EQ(text(priced(asks("a", 3, {4, 3, 1}))), "2/1 0/0 0/0");
}

TEST(Price, LeavesOutWhatSaysNothing) {
  const std::map<std::string, DemandRow> rows = {
      {"usage is unknown", asks("a", 1000, {2, 2, -1})},
      {"nothing is requested", asks("a", 1000, {2, 0, 2})},
      {"less than nothing is requested", asks("a", 1000, {2, -1, 2})},
      {"nothing is charged", asks("a", 1000, {0, 2, 1})},
      {"less than nothing is charged", asks("a", 1000, {-2, 2, 1})},
      {"it is free", asks("a", 0, {2, 2, 1})},
      {"it costs less than nothing", asks("a", -1000, {2, 2, 1})},
      {"request is not a number", asks("a", 1000, {2, std::nanf(""), 1})},
      {"charge is not a number", asks("a", 1000, {std::nanf(""), 2, 1})},
      {"usage is not a number", asks("a", 1000, {2, 2, std::nanf("")})},
  };
  for (const auto& [why, row] : rows) EXPECT_EQ(text(priced(row)), "0/0 0/0 0/0") << why;
}

TEST(Price, UsingNothingIsKnown) {
  EXPECT_EQ(text(priced(asks("a", 1000, {2, 2, 0}))), "1000/0 0/0 0/0");
}

TEST(Price, OfAnAbsurdDemandStaysANumber) {
  const float most = std::numeric_limits<float>::max();
  const float least = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(text(priced(asks("a", 1000, {least, most, most}))),
            "1000000000000000/1000000000000000 0/0 0/0");
}

TEST(Ratio, IsNothingWhereNothingIsRequested) {
  EXPECT_EQ(PricedDemand{}.ratio(), std::nullopt);
  EXPECT_EQ((PricedDemand{{0}, {5}}.ratio()), std::nullopt);
  EXPECT_EQ((PricedDemand{{4}, {0}}.ratio()), 0);
  EXPECT_EQ((PricedDemand{{4}, {3}}.ratio()), 0.75);
  EXPECT_EQ((PricedDemand{{4}, {6}}.ratio()), 1.5);
}

TEST(Efficiency, OfNothingIsEmpty) {
  const auto current = samples::demands({});
  const Efficiency efficiency = measure(current);
  EXPECT_EQ(efficiency.of, current);
  EXPECT_THAT(efficiency.workloads, IsEmpty());
  EXPECT_THAT(efficiency.namespaces, IsEmpty());
  EXPECT_THAT(efficiency.clusters, IsEmpty());
}

TEST(Efficiency, IsWeighedWithCostAndNoMeanOfRatios) {
  const Efficiency efficiency =
      measure(samples::demands({of_deployment(asks("a", 900, {1, 1, 1}), "web"),
                                of_deployment(asks("b", 100, {1, 1, 0}), "web")}));
  ASSERT_THAT(texts(efficiency.workloads), ElementsAre("c/ns/deployment/web 1000/900 0/0 0/0"));
  EXPECT_EQ(efficiency.workloads.front().demands.by[0].ratio(), 0.9);
}

TEST(Efficiency, AddsUpToWorkloadsNamespacesAndClusters) {
  DemandRow far = asks("z", 40, {1, 1, 1});
  far.cluster = "b";
  DemandRow other = asks("y", 20, {1, 1, 1});
  other.name_space = "db";
  const Efficiency efficiency = measure(samples::demands(
      {of_deployment(asks("p1", 100, {1, 1, 0.5F}), "web"), asks("p2", 10, {1, 1, 0.1F}),
       of_deployment(asks("p3", 100, {1, 1, 0.25F}), "web"), far, other}));
  EXPECT_THAT(texts(efficiency.workloads),
              ElementsAre("b/ns/pod/z 40/40 0/0 0/0", "c/db/pod/y 20/20 0/0 0/0",
                          "c/ns/deployment/web 200/75 0/0 0/0", "c/ns/pod/p2 10/1 0/0 0/0"));
  EXPECT_THAT(texts(efficiency.namespaces),
              ElementsAre("b/ns 40/40 0/0 0/0", "c/db 20/20 0/0 0/0", "c/ns 210/76 0/0 0/0"));
  EXPECT_THAT(texts(efficiency.clusters), ElementsAre("b 40/40 0/0 0/0", "c 230/96 0/0 0/0"));
}

TEST(Efficiency, LeavesOutWhatIsNoPodAndWhatSaysNothing) {
  DemandRow idle = asks("", 1000, {1, 1, 1});
  idle.kind = model::RowKind::idle;
  DemandRow unmounted = asks("__unmounted__", 1000, {1, 1, 1});
  unmounted.kind = model::RowKind::unmounted;
  const Efficiency efficiency =
      measure(samples::demands({idle, unmounted, asks("a", 1000, {1, 1, -1})}));
  EXPECT_THAT(efficiency.workloads, IsEmpty());
  EXPECT_THAT(efficiency.namespaces, IsEmpty());
  EXPECT_THAT(efficiency.clusters, IsEmpty());
}

TEST(Efficiency, IsTheSameHoweverItsRowsStand) {
  std::mt19937_64 random(11);
  const auto upto = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int round = 0; round < 500; ++round) {
    std::vector<DemandRow> rows;
    std::map<std::string, PricedDemand> expected;
    for (int i = upto(30); i >= 0; --i) {
      DemandRow row = asks("p" + std::to_string(i), upto(1'000'000), {});
      row.name_space = "ns" + std::to_string(upto(2));
      if (upto(2) > 0) row = of_deployment(row, "app" + std::to_string(upto(2)));
      const auto quarters = [&] { return static_cast<float>(upto(8)) / 4; };
      row.cpu = {2, quarters(), upto(5) == 0 ? -1 : quarters()};
      rows.push_back(row);
      if (row.cpu.requested <= 0 || row.cpu.used < 0 || row.costs[Resource::cpu].micros == 0) {
        continue;
      }
      const auto cost = static_cast<double>(row.costs[Resource::cpu].micros);
      PricedDemand& sum = expected[row.controller.empty()
                                       ? "c/" + row.name_space + "/pod/" + row.pod
                                       : "c/" + row.name_space + "/deployment/" + row.controller];
      sum.requested.micros += std::llround(cost * static_cast<double>(row.cpu.requested) / 2);
      sum.used.micros += std::llround(cost * static_cast<double>(row.cpu.used) / 2);
    }
    std::vector<std::string> wanted;
    for (const auto& [name, demand] : expected) {
      Demands demands;
      demands.by[0] = demand;
      wanted.push_back(name + " " + text(demands));
    }
    ASSERT_EQ(texts(measure(samples::demands(rows)).workloads), wanted) << round;
    auto unsorted = samples::demand_table(rows);
    std::shuffle(unsorted->rows.begin(), unsorted->rows.end(), random);
    Breakdown breakdown;
    breakdown.rows = unsorted;
    const Efficiency again = measure(std::make_shared<const Breakdown>(breakdown));
    ASSERT_EQ(texts(again.workloads), wanted) << round;
    ASSERT_EQ(texts(again.namespaces), texts(measure(samples::demands(rows)).namespaces));
  }
}

}  // namespace
}  // namespace exporter::cost
