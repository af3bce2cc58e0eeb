// What each rule says of a row, word by word.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::LabelSet;
using testing::ElementsAre;
using testing::IsEmpty;

const LabelSet kLabels = {{"annotation:cost_center", "42"}, {"app", "till"}, {"team", "shop"}};

std::string clause(const TenantRule& rule, std::string_view cluster = "a",
                   std::string_view name_space = "dev-ada", const LabelSet& labels = kLabels) {
  const Explanation out = explain({rule}, cluster, name_space, labels);
  EXPECT_EQ(out.rule, owner({rule}, cluster, name_space, labels));
  EXPECT_EQ(out.clauses.size(), 1u);
  return (out.rule ? "yes: " : "no: ") + out.clauses.at(0);
}

TEST(Explain, RulesThatMatch) {
  EXPECT_EQ(clause({.tenant = "t"}), "yes: names nothing and so takes all");
  EXPECT_EQ(clause({.tenant = "t", .cluster = "a"}), R"(yes: cluster is "a")");
  EXPECT_EQ(clause({.tenant = "t", .namespaces = {"x", "dev-*", "*"}}),
            R"(yes: namespace "dev-ada" matches "dev-*")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"team", "sh*"}}}),
            R"(yes: label team "shop" matches "sh*")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"annotation:cost_center", "42"}}}),
            R"(yes: annotation cost_center "42" matches "42")");
  EXPECT_EQ(clause({.tenant = "t",
                    .cluster = "a",
                    .namespaces = {"dev-ada"},
                    .labels = {{"annotation:cost_center", "*"}, {"app", "till"}, {"team", "*"}}}),
            R"(yes: cluster is "a", namespace "dev-ada" matches "dev-ada", )"
            R"(annotation cost_center "42" matches "*", label app "till" matches "till", )"
            R"(label team "shop" matches "*")");
}

TEST(Explain, RulesThatDoNot) {
  EXPECT_EQ(clause({.tenant = "t", .cluster = "a"}, "b"), R"(no: cluster is "b", not "a")");
  EXPECT_EQ(clause({.tenant = "t", .cluster = "a*"}), R"(no: cluster is "a", not "a*")");
  EXPECT_EQ(clause({.tenant = "t", .namespaces = {"prod-*"}}),
            R"(no: namespace is "dev-ada", not "prod-*")");
  EXPECT_EQ(clause({.tenant = "t", .namespaces = {"prod-*", "dev", ""}}),
            R"(no: namespace is "dev-ada", not "prod-*" or "dev" or "")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"team", "pay*"}}}),
            R"(no: label team is "shop", not "pay*")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"tier", "*"}}}), "no: has no label tier");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"annotation:cost_center", "7"}}}),
            R"(no: annotation cost_center is "42", not "7")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"annotation:team", "shop"}}}),
            "no: has no annotation team");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"cost_center", "42"}}}),
            "no: has no label cost_center");
}

TEST(Explain, TellsTheFirstConditionThatFails) {
  TenantRule rule = {
      .tenant = "t", .cluster = "b", .namespaces = {"x"}, .labels = {{"app", "x"}, {"tier", "x"}}};
  EXPECT_EQ(clause(rule), R"(no: cluster is "a", not "b")");
  rule.cluster = "a";
  EXPECT_EQ(clause(rule), R"(no: namespace is "dev-ada", not "x")");
  rule.namespaces = {"dev-*"};
  EXPECT_EQ(clause(rule), R"(no: label app is "till", not "x")");
  rule.labels["app"] = "till";
  EXPECT_EQ(clause(rule), "no: has no label tier");
}

TEST(Explain, OddNamesAreQuoted) {
  EXPECT_EQ(clause({.tenant = "t", .cluster = "a\"b"}, ""), R"(no: cluster is "", not "a\"b")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"l", "x"}}}, "a", "n", {{"l", "a\nb"}}),
            R"(no: label l is "a\nb", not "x")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"l", "x"}}}, "a", "n", {{"l", ""}}),
            R"(no: label l is "", not "x")");
  EXPECT_EQ(clause({.tenant = "t", .labels = {{"l", "*"}}}, "a", "n", {{"l", "\xff"}}),
            R"(yes: label l "\xff" matches "*")");
}

TEST(Explain, EndsWithTheOwner) {
  const TenantRules rules = {
      {.tenant = "a", .cluster = "z"}, {.tenant = "b", .namespaces = {"dev-*"}}, {.tenant = "c"}};
  const Explanation dev = explain(rules, "a", "dev-ada", kLabels);
  EXPECT_EQ(dev.rule, 1u);
  EXPECT_THAT(dev.clauses,
              ElementsAre(R"(cluster is "a", not "z")", R"(namespace "dev-ada" matches "dev-*")"));
  const Explanation prod = explain(rules, "a", "prod", {});
  EXPECT_EQ(prod.rule, 2u);
  EXPECT_THAT(prod.clauses,
              ElementsAre(R"(cluster is "a", not "z")", R"(namespace is "prod", not "dev-*")",
                          "names nothing and so takes all"));
}

TEST(Explain, EveryRuleWhereNoneMatches) {
  const Explanation none = explain(
      {{.tenant = "a", .cluster = "z"}, {.tenant = "b", .labels = {{"team", "x"}}}}, "a", "n", {});
  EXPECT_EQ(none.rule, std::nullopt);
  EXPECT_THAT(none.clauses, ElementsAre(R"(cluster is "a", not "z")", "has no label team"));
  const Explanation nothing = explain({}, "a", "n", kLabels);
  EXPECT_EQ(nothing.rule, std::nullopt);
  EXPECT_THAT(nothing.clauses, IsEmpty());
}

}  // namespace
}  // namespace exporter::cost
