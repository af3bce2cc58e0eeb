// Whose a row is, and what tenants and the values of labels cost.
#include <gmock/gmock.h>

#include <set>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::LabelSet;
using samples::idle;
using samples::labelled;
using samples::pod;
using samples::Row;
using samples::unmounted;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

const LabelSet kShopLabels = {{"annotation:cost_center", "42"}, {"app", "shop"}, {"team", "web"}};

std::string owner_of(const TenantRules& rules, std::string_view cluster = "eu",
                     std::string_view name_space = "shop", const LabelSet& labels = kShopLabels) {
  const auto rule = owner(rules, cluster, name_space, labels);
  const std::string_view tenant = tenant_of(rules, cluster, name_space, labels);
  EXPECT_EQ(tenant, rule ? std::string_view(rules[*rule].tenant) : kUnallocated);
  return rule ? std::to_string(*rule) : "nobody";
}

TEST(Owners, MatchAllThatTheirRuleNames) {
  EXPECT_EQ(owner_of({{.tenant = "t"}}), "0");
  EXPECT_EQ(owner_of({{.tenant = "t", .cluster = "eu"}}), "0");
  EXPECT_EQ(owner_of({{.tenant = "t", .namespaces = {"x", "sh*"}}}), "0");
  EXPECT_EQ(owner_of({{.tenant = "t", .labels = {{"team", "web"}}}}), "0");
  EXPECT_EQ(owner_of({{.tenant = "t", .labels = {{"annotation:cost_center", "4*"}}}}), "0");
  EXPECT_EQ(owner_of({{.tenant = "t",
                       .cluster = "eu",
                       .namespaces = {"shop"},
                       .labels = {{"app", "*"}, {"team", "w*"}}}}),
            "0");
}

TEST(Owners, MatchNothingLess) {
  const TenantRule all = {.tenant = "t",
                          .cluster = "eu",
                          .namespaces = {"shop"},
                          .labels = {{"app", "shop"}, {"team", "web"}}};
  ASSERT_EQ(owner_of({all}), "0");
  EXPECT_EQ(owner_of({all}, "us"), "nobody");
  EXPECT_EQ(owner_of({all}, "EU"), "nobody");
  EXPECT_EQ(owner_of({all}, ""), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", "shops"), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", ""), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", "shop", {}), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", "shop", {{"team", "web"}}), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", "shop", {{"app", "shop"}, {"team", "ops"}}), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", "shop", {{"app", "web"}, {"team", "shop"}}), "nobody");
  EXPECT_EQ(owner_of({all}, "eu", "shop", {{"annotation:app", "shop"}, {"team", "web"}}), "nobody");
}

TEST(Owners, ClustersAreNoPatterns) {
  EXPECT_EQ(owner_of({{.tenant = "t", .cluster = "*"}}), "nobody");
  EXPECT_EQ(owner_of({{.tenant = "t", .cluster = "e*"}}), "nobody");
  EXPECT_EQ(owner_of({{.tenant = "t", .cluster = "*"}}, "*"), "0");
}

TEST(Owners, NamesOfLabelsAreNoPatterns) {
  EXPECT_EQ(owner_of({{.tenant = "t", .labels = {{"*", "web"}}}}), "nobody");
  EXPECT_EQ(owner_of({{.tenant = "t", .labels = {{"", "*"}}}}), "nobody");
  EXPECT_EQ(owner_of({{.tenant = "t", .labels = {{"cost_center", "42"}}}}), "nobody")
      << "that is an annotation";
}

TEST(Owners, AreTheFirstThatMatch) {
  const TenantRules rules = {{.tenant = "a", .namespaces = {"data"}},
                             {.tenant = "b", .labels = {{"team", "web"}}},
                             {.tenant = "c", .namespaces = {"shop"}},
                             {.tenant = "b"}};
  EXPECT_EQ(owner_of(rules), "1");
  EXPECT_EQ(owner_of(rules, "eu", "data"), "0");
  EXPECT_EQ(owner_of(rules, "eu", "shop", {}), "2");
  EXPECT_EQ(owner_of(rules, "", "", {}), "3");
}

TEST(Owners, AreNobodyWithoutRules) { EXPECT_EQ(owner_of({}), "nobody"); }

TEST(LabelPatterns, AllOrAny) {
  EXPECT_TRUE(matches_all({}, {}));
  EXPECT_TRUE(matches_all({}, kShopLabels));
  EXPECT_FALSE(matches_any(LabelPatterns{}, kShopLabels));
  EXPECT_FALSE(matches_any(LabelPatterns{{"team", "*"}}, {}));
  const LabelPatterns both = {{"app", "shop"}, {"team", "ops"}};
  EXPECT_FALSE(matches_all(both, kShopLabels));
  EXPECT_TRUE(matches_any(both, kShopLabels));
  EXPECT_FALSE(matches_any(LabelPatterns{{"app", "web"}, {"team", "shop"}}, kShopLabels));
  EXPECT_TRUE(matches_all({{"team", ""}}, {{"team", ""}}));
  EXPECT_FALSE(matches_all({{"team", ""}}, kShopLabels));
  EXPECT_TRUE(matches_all({{"team", "*"}}, {{"team", ""}}));
}

// attribute()

std::shared_ptr<const Breakdown> breakdown(const std::vector<Row>& rows, seconds window = 1h) {
  const auto table = samples::table(rows);
  table->window.end = table->window.start + window;
  return std::make_shared<const Breakdown>(break_down(table));
}

std::shared_ptr<const Attribution> attributed(const std::vector<Row>& rows,
                                              const AttributionRules& rules, seconds window = 1h) {
  return std::make_shared<const Attribution>(
      attribute(breakdown(rows, window), std::make_shared<const AttributionRules>(rules)));
}

std::vector<std::string> texts(const std::vector<TenantCost>& tenants) {
  std::vector<std::string> out;
  out.reserve(tenants.size());
  for (const TenantCost& row : tenants) {
    out.push_back(std::string(row.cluster) + "/" + std::string(row.tenant) + " " +
                  std::to_string(row.costs.total().micros));
  }
  return out;
}

std::vector<std::string> texts(const std::vector<LabelCost>& labels) {
  std::vector<std::string> out;
  out.reserve(labels.size());
  for (const LabelCost& row : labels) {
    out.push_back(std::string(row.cluster) + "/" + std::string(row.label) + "=" +
                  std::string(row.value) + " " + std::to_string(row.costs.total().micros));
  }
  return out;
}

const std::vector<Row> kRows = {labelled(pod("eu", "shop", "a", 1), {{"team", "web"}}),
                                labelled(pod("eu", "shop", "b", 2), {{"team", "ops"}}),
                                pod("eu", "shop", "c", 4),
                                labelled(pod("eu", "data", "d", 8), {{"team", "web"}}),
                                labelled(pod("us", "shop", "e", 16), {{"team", "web"}}),
                                idle("eu", 32),
                                unmounted("eu", 64)};
const TenantRules kTeams = {{.tenant = "web", .labels = {{"team", "web"}}},
                            {.tenant = "shop", .namespaces = {"shop"}}};

TEST(Attributed, TenantsAreSums) {
  EXPECT_THAT(texts(attributed(kRows, {kTeams, {}})->tenants),
              ElementsAre("eu/shop 6", "eu/web 9", "us/web 16"));
  EXPECT_THAT(
      texts(attributed(kRows, {{{.tenant = "web", .labels = {{"team", "web"}}}}, {}})->tenants),
      ElementsAre("eu/__unallocated__ 6", "eu/web 9", "us/web 16"));
}

TEST(Attributed, LabelsAreSumsByValue) {
  const auto out = attributed(kRows, {{}, {"app", "team"}});
  EXPECT_THAT(out->tenants, IsEmpty()) << "there are no rules";
  EXPECT_THAT(texts(out->labels),
              ElementsAre("eu/app=__unallocated__ 15", "eu/team=__unallocated__ 4", "eu/team=ops 2",
                          "eu/team=web 9", "us/app=__unallocated__ 16", "us/team=web 16"));
  EXPECT_THAT(attributed(kRows, {kTeams, {}})->labels, IsEmpty());
}

TEST(Attributed, SeveralRulesOfOneTenantAreOne) {
  const TenantRules rules = {{.tenant = "t", .cluster = "us"},
                             {.tenant = "u", .namespaces = {"data"}},
                             {.tenant = "t", .labels = {{"team", "*"}}}};
  EXPECT_THAT(texts(attributed(kRows, {rules, {}})->tenants),
              ElementsAre("eu/__unallocated__ 4", "eu/t 3", "eu/u 8", "us/t 16"));
}

TEST(Attributed, NamesThatAreTheDefaultTenantsMeetIt) {
  const TenantRules rules = {{.tenant = "__unallocated__", .namespaces = {"data"}},
                             {.tenant = "web", .labels = {{"team", "web"}}}};
  EXPECT_THAT(texts(attributed(kRows, {rules, {}})->tenants),
              ElementsAre("eu/__unallocated__ 14", "eu/web 1", "us/web 16"));
  const std::vector<Row> rows = {labelled(pod("c", "n", "a", 1), {{"team", "__unallocated__"}}),
                                 pod("c", "n", "b", 2)};
  EXPECT_THAT(texts(attributed(rows, {{}, {"team"}})->labels),
              ElementsAre("c/team=__unallocated__ 3"));
}

TEST(Attributed, RulesThatNeverMatchHaveNoRow) {
  const TenantRules rules = {{.tenant = "none", .namespaces = {"nothing-*"}},
                             {.tenant = "idle", .namespaces = {"", "__idle__", "__unmounted__"}}};
  EXPECT_THAT(texts(attributed(kRows, {rules, {}})->tenants),
              ElementsAre("eu/__unallocated__ 15", "us/__unallocated__ 16"));
}

TEST(Attributed, OddValues) {
  const std::vector<Row> rows = {
      labelled(pod("c", "n", "a", 1), {{"team", "*"}}),
      labelled(pod("c", "n", "b", 2), {{"team", ""}}),
      labelled(pod("c", "n", "d", 4), {{"team", "a*b"}, {"annotation:team", "x"}}),
      labelled(pod("c", "n", "e", 8), {{"annotation:team", "*"}})};
  EXPECT_THAT(texts(attributed(rows, {{}, {"annotation:team", "team"}})->labels),
              ElementsAre("c/annotation:team=* 8", "c/annotation:team=__unallocated__ 3",
                          "c/annotation:team=x 4", "c/team= 2", "c/team=* 1",
                          "c/team=__unallocated__ 8", "c/team=a*b 4"));
}

TEST(Attributed, OfNothingIsNothing) {
  const auto out = attributed({}, {kTeams, {"team"}});
  EXPECT_THAT(out->tenants, IsEmpty());
  EXPECT_THAT(out->labels, IsEmpty());
  const auto costless = attributed({idle("eu", 1), unmounted("eu", 2)}, {kTeams, {"team"}});
  EXPECT_THAT(costless->tenants, IsEmpty());
  EXPECT_THAT(costless->labels, IsEmpty());
}

TEST(Attributed, ZeroAndHugeCosts) {
  const std::int64_t huge = std::int64_t{1} << 62;
  const std::vector<Row> rows = {labelled(pod("c", "n", "a", huge), {{"team", "web"}}),
                                 labelled(pod("c", "n", "b", huge - 1), {{"team", "web"}}),
                                 labelled(pod("c", "n", "d", -huge), {{"team", "ops"}}),
                                 labelled(pod("c", "n", "e", 0), {{"team", "zero"}})};
  EXPECT_THAT(texts(attributed(rows, {kTeams, {"team"}})->labels),
              ElementsAre("c/team=ops -4611686018427387904", "c/team=web 9223372036854775807",
                          "c/team=zero 0"));
}

TEST(Attributed, OutlivesWhatItIsMadeOf) {
  const auto out = attributed({labelled(pod("a-cluster-of-some-length", "n", "p", 1),
                                        {{"team", "a-value-of-some-length"}})},
                              {{{.tenant = "a-tenant-of-some-length"}}, {"team"}});
  EXPECT_THAT(texts(out->tenants),
              ElementsAre("a-cluster-of-some-length/a-tenant-of-some-length 1"));
  EXPECT_THAT(texts(out->labels),
              ElementsAre("a-cluster-of-some-length/team=a-value-of-some-length 1"));
}

// forecast()

std::vector<std::string> forecast_of(const std::vector<Row>& month, const std::vector<Row>& current,
                                     seconds rest, seconds window = 1h) {
  const AttributionRules rules = {kTeams, {}};
  return texts(
      forecast(attributed(month, rules), attributed(current, rules, window), rest)->tenants);
}

TEST(TenantsForecast, IsTheMonthToDateAndTheRunRateForTheRest) {
  EXPECT_THAT(forecast_of({pod("eu", "shop", "a", 100)}, {pod("eu", "shop", "a", 2)}, 10h),
              ElementsAre("eu/shop 120"));
  EXPECT_THAT(forecast_of({pod("eu", "shop", "a", 100)}, {pod("eu", "shop", "a", 2)}, 10h, 30min),
              ElementsAre("eu/shop 140"));
  EXPECT_THAT(forecast_of(kRows, kRows, 3h), ElementsAre("eu/shop 24", "eu/web 36", "us/web 64"));
}

TEST(TenantsForecast, HasTenantsOfEither) {
  EXPECT_THAT(forecast_of({pod("eu", "other", "a", 5), pod("us", "shop", "b", 7)},
                          {pod("eu", "shop", "a", 2), pod("us", "shop", "b", 1)}, 10h),
              ElementsAre("eu/__unallocated__ 5", "eu/shop 20", "us/shop 17"));
}

TEST(TenantsForecast, HasNoTimeBelowZero) {
  EXPECT_THAT(forecast_of({pod("eu", "shop", "a", 5)}, {pod("eu", "shop", "a", 2)}, -1h),
              ElementsAre("eu/shop 5"));
  EXPECT_THAT(forecast_of({pod("eu", "shop", "a", 5)}, {pod("eu", "shop", "a", 2)}, 0s),
              ElementsAre("eu/shop 5"));
}

TEST(TenantsForecast, RoundsHalfAwayFromZero) {
  EXPECT_THAT(forecast_of({}, {pod("eu", "shop", "a", 3)}, 30min), ElementsAre("eu/shop 2"));
  EXPECT_THAT(forecast_of({}, {pod("eu", "shop", "a", -3)}, 30min), ElementsAre("eu/shop -2"));
}

TEST(TenantsForecast, WithoutAMonthIsTheRunRate) {
  const auto current = attributed(kRows, {kTeams, {}});
  const auto out = forecast(nullptr, current, 2h);
  EXPECT_THAT(texts(out->tenants), ElementsAre("eu/shop 12", "eu/web 18", "us/web 32"));
  EXPECT_EQ(out->month_to_date, nullptr);
  EXPECT_EQ(out->current, current);
}

// One tenant a namespace: the same arithmetic.
TEST(TenantsForecast, OfEachNamespaceIsThatOfItsNamespace) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 500 && !testing::Test::HasFailure(); ++round) {
    const auto rows = [&] {
      std::vector<Row> out;
      for (int n = 0; n < 4; ++n) {
        if (random() % 3 == 0) continue;
        out.push_back(pod("c", "ns" + std::to_string(n), "p",
                          static_cast<std::int64_t>(random() % 1'000'000'007)));
      }
      return out;
    };
    AttributionRules rules;
    for (const char* name : {"ns0", "ns1", "ns2", "ns3"}) {
      rules.tenants.push_back({.tenant = name, .namespaces = {name}});
    }
    const seconds known(300 * static_cast<std::int64_t>(random() % 9000));
    const seconds window(300 * static_cast<std::int64_t>(1 + random() % 24));
    const auto month = rows(), now = rows();
    const auto plain = forecast(PeriodCost{breakdown(month), {known, known}, {}},
                                breakdown(now, window), 31 * 24h);
    const auto ours =
        forecast(attributed(month, rules), attributed(now, rules, window), 31 * 24h - known);
    ASSERT_EQ(ours->tenants.size(), plain->namespaces.size());
    for (std::size_t i = 0; i < ours->tenants.size(); ++i) {
      EXPECT_EQ(ours->tenants[i].tenant, plain->namespaces[i].name_space);
      EXPECT_EQ(ours->tenants[i].costs, plain->namespaces[i].costs);
    }
  }
}

// hash_of()

TEST(RulesHash, IsEmptyWithoutRules) { EXPECT_EQ(hash_of({}), ""); }

// FNV-1a by hand over eight octets a number, the least significant first, and the texts.
TEST(RulesHash, IsWhatItWas) {
  EXPECT_EQ(hash_of({TenantRule{}}), "0c8210784d8af5a5");
  EXPECT_EQ(hash_of({{.tenant = "web", .namespaces = {"shop"}, .labels = {{"team", "web"}}}}),
            "bd16403ae6fe5d28");
}

TEST(RulesHash, ChangesWithAnyChange) {
  const TenantRule one = {
      .tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh"}, .labels = {{"ij", "kl"}}};
  const TenantRule two = {.tenant = "mn"};
  const std::vector<TenantRules> all = {
      {},
      {TenantRule{}},
      {TenantRule{}, TenantRule{}},
      {one},
      {two},
      {one, two},
      {two, one},
      {one, one},
      {{.tenant = "abc", .cluster = "d", .namespaces = {"ef", "gh"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "a", .cluster = "bcd", .namespaces = {"ef", "gh"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "abcd", .namespaces = {"ef", "gh"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "", .cluster = "abcd", .namespaces = {"ef", "gh"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"gh", "ef"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"efg", "h"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"efgh"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh", ""}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh", "ij", "kl"}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh"}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh"}, .labels = {{"kl", "ij"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh"}, .labels = {{"i", "jkl"}}}},
      {{.tenant = "ab", .cluster = "cd", .namespaces = {"ef", "gh"}, .labels = {{"ij", ""}}}},
      {{.tenant = "ab",
        .cluster = "cd",
        .namespaces = {"ef", "gh"},
        .labels = {{"", ""}, {"ij", "kl"}}}},
      {{.tenant = "AB", .cluster = "cd", .namespaces = {"ef", "gh"}, .labels = {{"ij", "kl"}}}},
      {{.tenant = "ab"}, {.tenant = "", .cluster = "cd"}},
      {{.tenant = std::string("\0ab", 3)}},
  };
  std::set<std::string> hashes;
  for (const TenantRules& rules : all) {
    const std::string hash = hash_of(rules);
    EXPECT_EQ(hash, hash_of(TenantRules(rules)));
    EXPECT_TRUE(hashes.insert(hash).second) << hash;
    if (rules.empty()) continue;
    EXPECT_EQ(hash.size(), 16u);
    EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos) << hash;
  }
}

}  // namespace
}  // namespace exporter::cost
