// Idle capacity, what nobody mounts, priorities and totals. Requests and idle workloads stand in
// savings_requests_test.cc.
#include "exporter/cost/savings.h"

#include <gmock/gmock.h>

#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Resource;
using samples::DemandRow;
using testing::ElementsAre;
using testing::IsEmpty;

// What is so many millionths an hour is this much a month.
constexpr std::int64_t kMonth = 730;

DemandRow idle(std::int64_t micros, std::string cluster = "c") {
  return {.cluster = std::move(cluster),
          .name_space = "",
          .costs = samples::cpu(micros),
          .kind = model::RowKind::idle};
}

DemandRow unmounted(std::int64_t storage, std::int64_t load_balancer, std::string cluster = "c") {
  DemandRow row{.pod = "__unmounted__",
                .cluster = std::move(cluster),
                .name_space = "__unmounted__",
                .kind = model::RowKind::unmounted};
  row.costs[Resource::storage] = Cost{storage};
  row.costs[Resource::load_balancer] = Cost{load_balancer};
  return row;
}

// Charged, of which nobody knows what was used.
DemandRow pod(std::string name, std::int64_t micros, std::string cluster = "c") {
  return {.pod = std::move(name), .cluster = std::move(cluster), .costs = samples::cpu(micros)};
}

SavingsOptions all_of_them() {
  SavingsOptions options;
  options.minimum_per_month = 0;
  return options;
}

Savings found(const std::vector<DemandRow>& rows, const SavingsOptions& options = all_of_them(),
              const Savings* before = nullptr, model::Window window = samples::hour()) {
  return find_savings(samples::demands(rows, window), nullptr, {}, Watch(), options, before);
}

std::vector<std::string> texts(const Savings& savings) {
  std::vector<std::string> out;
  for (const Saving& row : savings.rows) {
    std::string& text = out.emplace_back(row.of.cluster);
    for (const auto part : {row.of.name_space, row.of.kind, row.of.name, to_string(row.kind),
                            to_string(row.priority)}) {
      if (!part.empty()) text += " " + std::string(part);
    }
    text += " " + std::to_string(row.per_month.micros);
  }
  return out;
}

std::vector<std::string> texts(const std::vector<std::pair<std::string_view, Cost>>& sums) {
  std::vector<std::string> out;
  for (const auto& [cluster, cost] : sums) {
    out.push_back(std::string(cluster) + " " + std::to_string(cost.micros));
  }
  return out;
}

TEST(SavingNames, AreThoseOfTheLabels) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kSavingKinds; ++i) {
    names.push_back(to_string(static_cast<SavingKind>(i)));
  }
  EXPECT_THAT(names, ElementsAre("cpu_request", "memory_request", "idle_workload",
                                 "unmounted_storage", "idle_load_balancer", "idle_capacity"));
  EXPECT_EQ(to_string(Priority::high), "high");
  EXPECT_EQ(to_string(Priority::medium), "medium");
  EXPECT_EQ(to_string(Priority::low), "low");
}

TEST(Savings, OfNothingAreNone) {
  const Savings savings = found({});
  EXPECT_NE(savings.of, nullptr);
  EXPECT_EQ(savings.assets, nullptr);
  EXPECT_THAT(savings.rows, IsEmpty());
  EXPECT_THAT(savings.nodes, IsEmpty());
  EXPECT_THAT(savings.totals, IsEmpty());
  EXPECT_THAT(savings.waste, IsEmpty());
}

TEST(Savings, OfAnEmptyWindowAreNone) {
  const auto start = samples::hour().start;
  const Savings savings =
      found({idle(1000), pod("a", 1000)}, all_of_them(), nullptr, {start, start});
  EXPECT_THAT(savings.rows, IsEmpty());
  EXPECT_THAT(texts(savings.totals), ElementsAre("c 0"));
}

TEST(Savings, AreOf730HoursWhateverTheWindow) {
  const auto start = samples::hour().start;
  for (const int minutes : {60, 10, 1440}) {
    const Savings savings = found({unmounted(60 * minutes, 0)}, all_of_them(), nullptr,
                                  {start, start + std::chrono::minutes(minutes)});
    EXPECT_THAT(texts(savings), ElementsAre("c unmounted_storage high 2628000")) << minutes;
  }
}

TEST(Savings, OfWhatNobodyMountsAreStorageAndLoadBalancers) {
  DemandRow row = unmounted(100, 20);
  row.costs[Resource::network] = Cost{5};
  EXPECT_THAT(texts(found({row, unmounted(0, 7, "d"), unmounted(3, 0, "e")})),
              ElementsAre("c unmounted_storage high 73000", "c idle_load_balancer medium 14600",
                          "d idle_load_balancer high 5110", "e unmounted_storage high 2190"));
}

TEST(Savings, OfVolumesInANamespaceStandThere) {
  DemandRow volumes = pod("ns-unmounted-pvcs", 0);
  volumes.costs[Resource::storage] = Cost{100};
  DemandRow owned = samples::of_deployment(volumes, "web");
  owned.name_space = "own";
  owned.pod = "own-unmounted-pvcs";
  DemandRow foreign = volumes;
  foreign.name_space = "other";
  DemandRow mounted = volumes;
  mounted.pod = "db-0";
  DemandRow longer = volumes;
  longer.pod = "ns-2-unmounted-pvcs";
  EXPECT_THAT(texts(found({volumes, owned, foreign, mounted, longer})),
              ElementsAre("c ns pod ns-unmounted-pvcs unmounted_storage low 73000"));
}

TEST(Savings, OfIdleCapacityLeaveTheHeadroom) {
  // 15 % of 1000 stay idle.
  EXPECT_THAT(texts(found({idle(400), pod("a", 600)})),
              ElementsAre("c idle_capacity high " + std::to_string(250 * kMonth)));
  EXPECT_THAT(texts(found({idle(150), pod("a", 850)})), IsEmpty());
  EXPECT_THAT(texts(found({idle(149), pod("a", 851)})), IsEmpty());
  EXPECT_THAT(texts(found({idle(151), pod("a", 849)})), ElementsAre("c idle_capacity low 730"));
}

TEST(Savings, HeadroomIsOfWhatNodesCost) {
  DemandRow row = pod("a", 100);
  row.costs[Resource::memory] = Cost{200};
  row.costs[Resource::gpu] = Cost{300};
  for (const Resource other : {Resource::storage, Resource::network, Resource::load_balancer,
                               Resource::shared, Resource::external}) {
    row.costs[other] = Cost{100'000};
  }
  EXPECT_THAT(texts(found({idle(400), row, unmounted(0, 0), pod("z", 100'000, "d")})),
              ElementsAre("c idle_capacity high " + std::to_string(250 * kMonth)));
}

TEST(Savings, HeadroomMayBeNothingOrAll) {
  SavingsOptions options = all_of_them();
  options.headroom = 0;
  EXPECT_THAT(texts(found({idle(7), pod("a", 9)}, options)),
              ElementsAre("c idle_capacity high 5110"));
  options.headroom = 1;
  EXPECT_THAT(texts(found({idle(7), pod("a", 0)}, options)), IsEmpty());
}

TEST(Savings, IdleBelowZeroIsNone) {
  EXPECT_THAT(texts(found({idle(-100), pod("a", 100)})), IsEmpty());
}

TEST(Savings, IdleWithoutAClusterIsOfTheOnlyOne) {
  EXPECT_THAT(texts(found({idle(400, ""), pod("a", 600)})),
              ElementsAre("c idle_capacity high " + std::to_string(250 * kMonth)));
}

TEST(Savings, AClusterWithoutANameIsOneAsWell) {
  const Savings savings = found({idle(400, ""), unmounted(10, 0, ""), pod("a", 600, "")});
  EXPECT_THAT(texts(savings),
              ElementsAre(" unmounted_storage low 7300", " idle_capacity high 182500"));
  EXPECT_THAT(texts(savings.totals), ElementsAre(" 189800"));
}

TEST(Savings, TotalsAreOfEveryCluster) {
  const Savings savings =
      found({idle(400), pod("a", 600), unmounted(10, 20), pod("a", 5, "b"), idle(1000, "d")});
  EXPECT_THAT(texts(savings.totals), ElementsAre("b 0", "c 204400", "d 620500"));
}

TEST(Savings, WasteIsIdleUnmountedAndRequestsBeyondUsage) {
  DemandRow row = pod("a", 1000);
  row.cpu = {2, 2, 0.5F};
  DemandRow more = pod("b", 1000);  // what it uses beyond its request makes up for nothing
  more.cpu = {4, 1, 4};
  more.costs[Resource::memory] = Cost{100};
  more.memory = {1, 1, 0.5F};
  DemandRow external = unmounted(3, 5);
  external.costs[Resource::external] = Cost{7};
  EXPECT_THAT(texts(found({row, more, pod("unknown", 1000), idle(100), external,
                           pod("a", 1000, "b"), idle(-100, "e"), idle(9, "e")})
                        .waste),
              ElementsAre("b 0", "c " + std::to_string((750 + 50 + 100 + 15) * kMonth), "e 0"));
}

TEST(Savings, BelowTheMinimumAreNotShown) {
  SavingsOptions options;
  options.minimum_per_month = 7.3;
  EXPECT_THAT(texts(found({unmounted(9'999, 0)}, options)), IsEmpty());
  EXPECT_THAT(texts(found({unmounted(10'000, 0)}, options)),
              ElementsAre("c unmounted_storage high 7300000"));
  EXPECT_THAT(texts(found({unmounted(9'999, 0)}, options).totals), ElementsAre("c 0"));
}

TEST(Savings, OnceShownStayUntilFarBelowTheMinimum) {
  SavingsOptions options;
  options.minimum_per_month = 7.3;
  const Savings first = found({unmounted(10'000, 0)}, options);
  const Savings second = found({unmounted(8'000, 0)}, options, &first);
  EXPECT_THAT(texts(second), ElementsAre("c unmounted_storage high 5840000"));
  EXPECT_THAT(texts(found({unmounted(8'000, 0)}, options, &second)),
              ElementsAre("c unmounted_storage high 5840000"));
  const Savings third = found({unmounted(7'999, 0)}, options, &second);
  EXPECT_THAT(texts(third), IsEmpty());
  EXPECT_THAT(texts(found({unmounted(9'999, 0)}, options, &third)), IsEmpty());
}

TEST(Savings, StickToTheirOwnKindAndPlaceOnly) {
  SavingsOptions options;
  options.minimum_per_month = 7.3;
  const Savings before = found({unmounted(10'000, 0)}, options);
  EXPECT_THAT(texts(found({unmounted(0, 9'000)}, options, &before)), IsEmpty());
  EXPECT_THAT(texts(found({unmounted(9'000, 0, "d")}, options, &before)), IsEmpty());
  DemandRow volumes = pod("ns-unmounted-pvcs", 0);
  volumes.costs[Resource::storage] = Cost{9'000};
  EXPECT_THAT(texts(found({volumes}, options, &before)), IsEmpty());
}

TEST(Savings, OfNothingAreNotShownEvenWithoutAMinimum) {
  EXPECT_THAT(texts(found({unmounted(0, 0)})), IsEmpty());
  EXPECT_THAT(texts(found({unmounted(-5, 0)})), IsEmpty());
}

// A saving of 730 millionths for each of `micros`, in a cluster that wastes 730 000 of them.
Savings of_waste(std::int64_t micros, const SavingsOptions& options,
                 const Savings* before = nullptr) {
  DemandRow rest = pod("a", 1'000'000 - micros);
  rest.cpu = {1, 1, 0};
  return found({unmounted(micros, 0), rest}, options, before);
}

Priority priority(const Savings& savings) {
  EXPECT_EQ(savings.rows.size(), 1);
  return savings.rows.empty() ? Priority::low : savings.rows.front().priority;
}

TEST(Priorities, FollowTheShareOfTheWaste) {
  const SavingsOptions options = all_of_them();
  ASSERT_THAT(texts(of_waste(1, options).waste), ElementsAre("c 730000000"));
  EXPECT_EQ(priority(of_waste(200'000, options)), Priority::high);
  EXPECT_EQ(priority(of_waste(199'999, options)), Priority::medium);
  EXPECT_EQ(priority(of_waste(50'000, options)), Priority::medium);
  EXPECT_EQ(priority(of_waste(49'999, options)), Priority::low);
}

TEST(Priorities, FollowTheAmount) {
  SavingsOptions options = all_of_them();
  options.high_share = options.medium_share = 2;
  options.high_per_month = 7.3;
  options.medium_per_month = 0.73;
  EXPECT_EQ(priority(of_waste(10'000, options)), Priority::high);
  EXPECT_EQ(priority(of_waste(9'999, options)), Priority::medium);
  EXPECT_EQ(priority(of_waste(1'000, options)), Priority::medium);
  EXPECT_EQ(priority(of_waste(999, options)), Priority::low);
}

TEST(Priorities, StickToTheirShare) {
  const SavingsOptions options = all_of_them();
  const Savings high = of_waste(200'000, options), medium = of_waste(50'000, options),
                low = of_waste(1, options);
  EXPECT_EQ(priority(of_waste(160'000, options, &high)), Priority::high);
  EXPECT_EQ(priority(of_waste(159'999, options, &high)), Priority::medium);
  EXPECT_EQ(priority(of_waste(199'999, options, &medium)), Priority::medium);
  EXPECT_EQ(priority(of_waste(200'000, options, &medium)), Priority::high);
  EXPECT_EQ(priority(of_waste(40'000, options, &medium)), Priority::medium);
  EXPECT_EQ(priority(of_waste(39'999, options, &medium)), Priority::low);
  EXPECT_EQ(priority(of_waste(40'000, options, &high)), Priority::medium);
  EXPECT_EQ(priority(of_waste(49'999, options, &low)), Priority::low);
  EXPECT_EQ(priority(of_waste(50'000, options, &low)), Priority::medium);
}

TEST(Priorities, StickToTheirAmount) {
  SavingsOptions options = all_of_them();
  options.high_share = options.medium_share = 2;
  options.high_per_month = 7.3;
  options.medium_per_month = 0.73;
  const Savings high = of_waste(10'000, options), medium = of_waste(1'000, options);
  EXPECT_EQ(priority(of_waste(8'000, options, &high)), Priority::high);
  EXPECT_EQ(priority(of_waste(7'999, options, &high)), Priority::medium);
  EXPECT_EQ(priority(of_waste(9'999, options, &medium)), Priority::medium);
  EXPECT_EQ(priority(of_waste(800, options, &medium)), Priority::medium);
  EXPECT_EQ(priority(of_waste(799, options, &medium)), Priority::low);
}

TEST(Priorities, OfAClusterThatWastesNothingFollowTheAmountOnly) {
  SavingsOptions options = all_of_them();
  DemandRow volumes = pod("ns-unmounted-pvcs", 0);
  volumes.costs[Resource::storage] = Cost{100};
  EXPECT_EQ(priority(found({volumes}, options)), Priority::low);
  options.high_per_month = 0.073;
  EXPECT_EQ(priority(found({volumes}, options)), Priority::high);
}

TEST(Priorities, AbsurdThresholdsAreNeverReached) {
  SavingsOptions options = all_of_them();
  options.high_per_month = options.medium_per_month = 1e300;
  options.high_share = options.medium_share = 1e300;
  EXPECT_EQ(priority(of_waste(999'999, options)), Priority::low);
  options.minimum_per_month = 1e300;
  EXPECT_THAT(texts(of_waste(999'999, options)), IsEmpty());
}

}  // namespace
}  // namespace exporter::cost
