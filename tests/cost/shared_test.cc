// Who bears what serves everybody.
#include <gmock/gmock.h>

#include <numeric>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using samples::idle;
using samples::pod;
using samples::Row;
using samples::unmounted;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kWeight = std::int64_t{1} << 62;

std::vector<std::int64_t> parts(std::int64_t total, const std::vector<std::int64_t>& weights) {
  std::vector<std::int64_t> out;
  for (Cost part : apportion(Cost{total}, weights)) out.push_back(part.micros);
  return out;
}

TEST(Apportion, FloorsAndThenTheLargestRemainders) {
  EXPECT_THAT(parts(100, {1}), ElementsAre(100));
  EXPECT_THAT(parts(100, {1, 1}), ElementsAre(50, 50));
  EXPECT_THAT(parts(100, {1, 1, 1}), ElementsAre(34, 33, 33)) << "the first of equals";
  EXPECT_THAT(parts(101, {1, 1, 1}), ElementsAre(34, 34, 33));
  EXPECT_THAT(parts(10, {15, 15, 70}), ElementsAre(2, 1, 7));
  EXPECT_THAT(parts(10, {14, 16, 70}), ElementsAre(1, 2, 7));
  EXPECT_THAT(parts(1, {1, 2, 3}), ElementsAre(0, 0, 1));
  EXPECT_THAT(parts(7, {53, 24, 23}), ElementsAre(4, 2, 1));
}

TEST(Apportion, NothingAmongWhoHasNoWeight) {
  EXPECT_THAT(parts(5, {0, 3, 0, 3, 0}), ElementsAre(0, 3, 0, 2, 0));
  EXPECT_THAT(parts(1, {0, 0, 1}), ElementsAre(0, 0, 1));
}

TEST(Apportion, EvenlyAmongWeightsThatAreAllZero) {
  EXPECT_THAT(parts(5, {0, 0}), ElementsAre(3, 2));
  EXPECT_THAT(parts(0, {0, 0}), ElementsAre(0, 0));
  EXPECT_THAT(parts(-5, {0}), ElementsAre(-5));
}

TEST(Apportion, OfNothingAndOfLessThanNothing) {
  EXPECT_THAT(parts(0, {1, 2}), ElementsAre(0, 0));
  EXPECT_THAT(parts(-100, {1, 1, 1}), ElementsAre(-34, -33, -33)) << "as what is above";
  EXPECT_THAT(parts(-1, {1, 2}), ElementsAre(0, -1));
}

TEST(Apportion, AtTheLimits) {
  EXPECT_THAT(parts(kLargest, {kWeight}), ElementsAre(kLargest));
  EXPECT_THAT(parts(kLargest, {kWeight, kWeight}), ElementsAre(kLargest / 2 + 1, kLargest / 2));
  EXPECT_THAT(parts(kLargest, {kWeight, 1}), ElementsAre(kLargest - 2, 2));
  EXPECT_THAT(parts(-kLargest - 1, {kWeight, kWeight}), ElementsAre(-kWeight, -kWeight));
  EXPECT_THAT(parts(-kLargest - 1, {1}), ElementsAre(-kLargest - 1));
  const std::vector<std::int64_t> many(1000, kWeight);
  const auto out = parts(kLargest, many);
  EXPECT_EQ(std::accumulate(out.begin(), out.end(), std::int64_t{0}), kLargest);
}

// Hamilton's method by the book, one millionth at a time: exact where products fit in 64 bits.
TEST(Apportion, AsOneMillionthAfterTheOther) {
  std::mt19937_64 random(62);
  for (int round = 0; round < 20'000 && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    std::vector<std::int64_t> weights(1 + random() % 6);
    std::int64_t whole = 0;
    for (std::int64_t& weight : weights) {
      weight = random() % 4 == 0 ? 0 : static_cast<std::int64_t>(random() % 1000);
      whole += weight;
    }
    const auto total = static_cast<std::int64_t>(random() % 5000);
    auto equal = weights;
    if (whole == 0) {
      equal.assign(weights.size(), 1);
      whole = static_cast<std::int64_t>(weights.size());
    }
    std::vector<std::int64_t> expected, debt;
    std::int64_t left = total;
    for (std::int64_t weight : equal) {
      expected.push_back(total * weight / whole);
      debt.push_back(total * weight % whole);
      left -= expected.back();
    }
    for (; left > 0; --left) {
      const auto next = std::max_element(debt.begin(), debt.end());
      ++expected[static_cast<std::size_t>(next - debt.begin())];
      *next = -1;
    }
    EXPECT_EQ(parts(total, weights), expected);
    for (std::int64_t& part : expected) part = -part;
    EXPECT_EQ(parts(-total, weights), expected);
  }
}

TEST(Apportion, AddsUpWhateverTheNumbers) {
  std::mt19937_64 random(63);
  for (int round = 0; round < 20'000 && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const auto number = [&] { return static_cast<std::int64_t>(random() >> random() % 64); };
    std::vector<std::int64_t> weights(1 + random() % 9);
    for (std::int64_t& weight : weights) weight = std::min(number() & kLargest, kWeight);
    const std::int64_t total = number();
    std::int64_t sum = 0;
    const auto out = parts(total, weights);
    ASSERT_EQ(out.size(), weights.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      sum += out[i];
      EXPECT_TRUE(out[i] == 0 || (out[i] < 0) == (total < 0)) << out[i] << " of " << total;
      const bool none = std::count(weights.begin(), weights.end(), 0) == std::ssize(weights);
      EXPECT_TRUE(weights[i] > 0 || none || out[i] == 0) << out[i] << " of " << total;
    }
    EXPECT_EQ(sum, total);
  }
}

// Sources

SourceReport source(const std::vector<Row>& rows, const TenantRules& tenants = {},
                    std::chrono::seconds window = std::chrono::hours(1)) {
  const auto table = samples::table(rows);
  table->window.end = table->window.start + window;
  SourceReport report;
  report.current = std::make_shared<const Breakdown>(break_down(table));
  report.attribution = std::make_shared<const Attribution>(attribute(
      report.current, std::make_shared<const AttributionRules>(AttributionRules{tenants, {}})));
  return report;
}

std::vector<std::string> shares(const std::vector<SourceReport>& sources,
                                const SharedOptions& options) {
  std::vector<std::string> out;
  for (const SharedCost& share : share(sources, options)) {
    out.push_back(std::string(share.cluster) + "/" + std::string(share.target) + " " +
                  share.source + " " + std::to_string(share.per_hour.micros));
  }
  return out;
}

SharedOptions of_namespaces(std::vector<std::string> patterns, Split split = Split::proportional,
                            Over over = Over::namespaces) {
  SharedOptions options;
  options.namespaces = std::move(patterns);
  options.split = split;
  options.over = over;
  return options;
}

SharedOptions of_amount(double monthly, Split split = Split::proportional,
                        Over over = Over::namespaces) {
  SharedOptions options = of_namespaces({}, split, over);
  options.monthly_amounts["support"] = monthly;
  return options;
}

const std::vector<Row> kEu = {pod("eu", "kube-system", "dns", 100), pod("eu", "shop", "a", 300),
                              pod("eu", "data", "b", 100), idle("eu", 50), unmounted("eu", 7)};
const std::vector<Row> kUs = {pod("us", "kube-system", "dns", 10), pod("us", "shop", "c", 600),
                              idle("us", 20)};

TEST(Shared, NamespacesAreBorneByAllOthersOfTheirCluster) {
  EXPECT_THAT(shares({source(kEu), source(kUs)}, of_namespaces({"kube-*"})),
              ElementsAre("eu/data namespace/kube-system 25", "eu/shop namespace/kube-system 75",
                          "us/shop namespace/kube-system 10"));
  EXPECT_THAT(shares({source(kEu)}, of_namespaces({"kube-system"}, Split::even)),
              ElementsAre("eu/data namespace/kube-system 50", "eu/shop namespace/kube-system 50"));
}

// One OpenCost may answer for several clusters.
TEST(Shared, ClustersOfOneSourceAreApart) {
  std::vector<Row> both = kEu;
  both.insert(both.end(), kUs.begin(), kUs.end());
  SharedOptions options = of_namespaces({"kube-*"});
  options.idle = true;
  EXPECT_EQ(shares({source(both)}, options), shares({source(kEu), source(kUs)}, options));
}

TEST(Shared, SeveralNamespacesAreSourcesOfTheirOwn) {
  EXPECT_THAT(shares({source(kEu)}, of_namespaces({"kube-system", "data"})),
              ElementsAre("eu/shop namespace/data 100", "eu/shop namespace/kube-system 100"));
}

TEST(Shared, NothingWithoutAnythingToShare) {
  EXPECT_FALSE(SharedOptions{}.any());
  EXPECT_THAT(shares({source(kEu)}, SharedOptions{}), IsEmpty());
  EXPECT_THAT(shares({source(kEu)}, of_namespaces({"kube", "Kube-system", ""})), IsEmpty());
  EXPECT_THAT(shares({}, of_amount(730)), IsEmpty());
  EXPECT_THAT(
      shares({source({idle("eu", 0), pod("eu", "a", "p", 1)})}, SharedOptions{.idle = true}),
      IsEmpty())
      << "shares of nothing are left out";
  EXPECT_THAT(shares({source(kEu)}, of_amount(0)), IsEmpty());
}

TEST(Shared, IdleOnlyWhenAsked) {
  EXPECT_THAT(shares({source(kEu)}, SharedOptions{.idle = true}),
              ElementsAre("eu/data idle 10", "eu/kube-system idle 10", "eu/shop idle 30"));
  EXPECT_THAT(shares({source(kEu)}, SharedOptions{.idle = true, .split = Split::even}),
              ElementsAre("eu/data idle 17", "eu/kube-system idle 17", "eu/shop idle 16"));
}

TEST(Shared, RatesAreOfAnHourWhateverTheWindow) {
  const auto half = source(kEu, {}, std::chrono::minutes(30));
  EXPECT_THAT(shares({half}, of_namespaces({"kube-*"})),
              ElementsAre("eu/data namespace/kube-system 50", "eu/shop namespace/kube-system 150"));
  const auto two =
      source({pod("a", "x", "p", 3), pod("a", "y", "p", 8)}, {}, std::chrono::hours(2));
  EXPECT_THAT(shares({two}, of_namespaces({"x"})), ElementsAre("a/y namespace/x 2"))
      << "1.5, rounded once";
}

// 1460 a month are 2 an hour: 2,000,000 millionths over 110 + 500 + 600.
TEST(Shared, MonthlyAmountsAreBorneByAllSourcesTogether) {
  EXPECT_THAT(shares({source(kEu), source(kUs)}, of_amount(1460)),
              ElementsAre("eu/data amount/support 180180", "eu/kube-system amount/support 180180",
                          "eu/shop amount/support 540541", "us/kube-system amount/support 18018",
                          "us/shop amount/support 1081081"));
  EXPECT_THAT(shares({source(kEu), source(kUs)}, of_amount(0.00073 * 5, Split::even)),
              ElementsAre("eu/data amount/support 1", "eu/kube-system amount/support 1",
                          "eu/shop amount/support 1", "us/kube-system amount/support 1",
                          "us/shop amount/support 1"));
}

// An hour of the one is worth as much as an hour of the other.
TEST(Shared, AmountsGoByRatesWhereWindowsDiffer) {
  const auto eu = source({pod("eu", "a", "p", 100)});
  const auto us = source({pod("us", "a", "p", 300)}, {}, std::chrono::hours(3));
  EXPECT_THAT(shares({eu, us}, of_amount(0.00073 * 10)),
              ElementsAre("eu/a amount/support 5", "us/a amount/support 5"));
}

TEST(Shared, AmountsNeedEverySource) {
  SourceReport silent;
  EXPECT_THAT(shares({source(kUs), silent}, of_amount(730)), IsEmpty());
  EXPECT_THAT(shares({silent, source(kUs)}, of_amount(730)), IsEmpty());
  SharedOptions both = of_namespaces({"kube-*"});
  both.monthly_amounts["support"] = 730;
  EXPECT_THAT(shares({silent, source(kUs)}, both), ElementsAre("us/shop namespace/kube-system 10"))
      << "what a cluster shares needs no other";
  EXPECT_THAT(shares({silent}, both), IsEmpty());
}

TEST(Shared, WeightsCountAndOneIsTheDefault) {
  SharedOptions options = of_namespaces({"kube-*"}, Split::weighted);
  options.weights = {{"shop", 3}, {"nobody", 100}};
  EXPECT_THAT(shares({source(kEu)}, options),
              ElementsAre("eu/data namespace/kube-system 25", "eu/shop namespace/kube-system 75"));
  options.weights = {{"shop", 0.25}};
  EXPECT_THAT(shares({source(kEu)}, options),
              ElementsAre("eu/data namespace/kube-system 80", "eu/shop namespace/kube-system 20"));
  options.weights = {{"shop", 0}};
  EXPECT_THAT(shares({source(kEu)}, options), ElementsAre("eu/data namespace/kube-system 100"));
  options.weights = {{"shop", 0}, {"data", 0}};
  EXPECT_THAT(shares({source(kEu)}, options),
              ElementsAre("eu/data namespace/kube-system 50", "eu/shop namespace/kube-system 50"));
  options.weights = {{"shop", 1e300}, {"data", 1e300}};
  EXPECT_THAT(shares({source(kEu)}, options),
              ElementsAre("eu/data namespace/kube-system 50", "eu/shop namespace/kube-system 50"));
}

TEST(Shared, ByNobodyElseIsUnallocated) {
  const auto lonely = source({pod("eu", "kube-system", "dns", 100), idle("eu", 5)});
  SharedOptions options = of_namespaces({"*"});
  options.idle = true;
  options.monthly_amounts["support"] = 0.0073;
  EXPECT_THAT(shares({lonely}, options),
              ElementsAre("eu/__unallocated__ amount/support 10", "eu/__unallocated__ idle 5",
                          "eu/__unallocated__ namespace/kube-system 100"));
  // Nobody is there does not mean that nobody is elsewhere.
  options.namespaces = {"kube-*"};
  EXPECT_THAT(
      shares({lonely, source({pod("us", "shop", "a", 1)})}, options),
      ElementsAre("eu/__unallocated__ idle 5", "eu/__unallocated__ namespace/kube-system 100",
                  "us/shop amount/support 10"));
  EXPECT_THAT(shares({source({})}, of_amount(730)),
              ElementsAre("/__unallocated__ amount/support 1000000"));
}

TEST(Shared, IdleOfNoClusterIsNobodys) {
  std::vector<Row> both = {pod("eu", "a", "p", 1), pod("us", "a", "p", 1), idle("", 5)};
  EXPECT_THAT(shares({source(both)}, SharedOptions{.idle = true}),
              ElementsAre("/__unallocated__ idle 5"));
}

TEST(Shared, NamespacesThatEarnBearNothing) {
  std::vector<Row> rows = kEu;
  rows.push_back(pod("eu", "refunded", "r", -1000));
  EXPECT_THAT(shares({source(rows)}, of_namespaces({"kube-*"})),
              ElementsAre("eu/data namespace/kube-system 25", "eu/shop namespace/kube-system 75"));
  EXPECT_THAT(
      shares({source({pod("a", "x", "p", -10), pod("a", "y", "p", 0)})}, of_namespaces({"x"})),
      ElementsAre("a/y namespace/x -10"))
      << "and what is shared may be a refund";
}

TEST(Shared, NamesThatMeetInTwoSourcesAreOne) {
  const auto one = source({pod("eu", "a", "p", 1), idle("eu", 3)});
  EXPECT_THAT(shares({one, one}, SharedOptions{.idle = true}), ElementsAre("eu/a idle 6"));
}

TEST(Shared, HugeCosts) {
  const std::int64_t huge = std::int64_t{1} << 61;
  EXPECT_THAT(
      shares({source({pod("a", "s", "p", huge), pod("a", "x", "p", huge),
                      pod("a", "y", "p", huge / 2)})},
             of_namespaces({"s"})),
      ElementsAre("a/x namespace/s 1537228672809129301", "a/y namespace/s 768614336404564651"));
}

// Tenants

const TenantRules kTeams = {{.tenant = "web", .namespaces = {"shop*", "monitoring"}},
                            {.tenant = "ops", .namespaces = {"kube-*"}}};

TEST(SharedOverTenants, TheyBearByWhatIsTheirs) {
  std::vector<Row> rows = kEu;
  rows.push_back(pod("eu", "shop-test", "t", 100));
  rows.push_back(pod("eu", "monitoring", "m", 900));
  EXPECT_THAT(shares({source(rows, kTeams)},
                     of_namespaces({"kube-*", "monitoring"}, Split::proportional, Over::tenants)),
              ElementsAre("eu/__unallocated__ namespace/kube-system 20",
                          "eu/__unallocated__ namespace/monitoring 180",
                          "eu/web namespace/kube-system 80", "eu/web namespace/monitoring 720"))
      << "ops has shared namespaces only, and what is shared is no basis";
}

TEST(SharedOverTenants, WhoHasOnlySharedNamespacesBearsWhereNobodyElseIs) {
  const std::vector<Row> rows = {pod("eu", "kube-system", "a", 30),
                                 pod("eu", "monitoring", "b", 5)};
  EXPECT_THAT(
      shares({source(rows, kTeams)}, of_namespaces({"*"}, Split::proportional, Over::tenants)),
      ElementsAre("eu/ops namespace/kube-system 15", "eu/ops namespace/monitoring 3",
                  "eu/web namespace/kube-system 15", "eu/web namespace/monitoring 2"));
}

TEST(SharedOverTenants, WithoutRulesNobodyBears) {
  EXPECT_THAT(shares({source(kEu)}, of_namespaces({"kube-*"}, Split::even, Over::tenants)),
              ElementsAre("eu/__unallocated__ namespace/kube-system 100"));
  SourceReport bare = source(kEu);
  bare.attribution = nullptr;
  EXPECT_THAT(shares({bare}, of_namespaces({"kube-*"}, Split::even, Over::tenants)),
              ElementsAre("eu/__unallocated__ namespace/kube-system 100"));
}

// A tenant of two clusters is one, and so is its weight.
TEST(SharedOverTenants, AmountsAreSplitByTenantAndThenByCluster) {
  const TenantRules rules = {{.tenant = "web", .namespaces = {"shop"}},
                             {.tenant = "data", .namespaces = {"data"}}};
  const std::vector<SourceReport> sources = {
      source({pod("eu", "shop", "a", 300), pod("eu", "data", "b", 100)}, rules),
      source({pod("us", "shop", "c", 600)}, rules)};
  EXPECT_THAT(shares(sources, of_amount(0.073, Split::even, Over::tenants)),
              ElementsAre("eu/data amount/support 50", "eu/web amount/support 17",
                          "us/web amount/support 33"));
  EXPECT_THAT(shares(sources, of_amount(0.073, Split::proportional, Over::tenants)),
              ElementsAre("eu/data amount/support 10", "eu/web amount/support 30",
                          "us/web amount/support 60"));
  SharedOptions weighted = of_amount(0.073, Split::weighted, Over::tenants);
  weighted.weights = {{"data", 4}};
  EXPECT_THAT(shares(sources, weighted),
              ElementsAre("eu/data amount/support 80", "eu/web amount/support 7",
                          "us/web amount/support 13"));
  EXPECT_THAT(shares(sources, of_amount(0.073, Split::even, Over::namespaces)),
              ElementsAre("eu/data amount/support 34", "eu/shop amount/support 33",
                          "us/shop amount/support 33"))
      << "namespaces of one name are not one";
}

TEST(SharedNames, AreTheirs) {
  EXPECT_EQ(to_string(Split::proportional), "proportional");
  EXPECT_EQ(to_string(Split::even), "even");
  EXPECT_EQ(to_string(Split::weighted), "weighted");
  EXPECT_EQ(to_string(Over::namespaces), "namespaces");
  EXPECT_EQ(to_string(Over::tenants), "tenants");
}

}  // namespace
}  // namespace exporter::cost
