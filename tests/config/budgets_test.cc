// Budgets: what may be spent, and what counts.
#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kTwo =
    "clusters: [{url: \"http://a\", name: prod-eu}, {url: \"http://b\", name: prod-us}]\n";

void bad_list(const std::string& lines, std::string_view message) {
  SCOPED_TRACE(lines);
  EXPECT_THAT(faults(kOne + lines), ElementsAre(message));
}

/// One more line in the only budget, as line 5.
void bad(const std::string& line, const std::string& message) {
  bad_list("budgets:\n  - name: a\n    monthly: 1\n    " + line + "\n",
           "c.yaml:5: budgets[0]." + message);
}

TEST(Budgets, AreNoneUnlessWritten) {
  EXPECT_THAT(good(kOne).budgets, IsEmpty());
  EXPECT_THAT(good(kOne + "budgets:\n").budgets, IsEmpty());
  EXPECT_THAT(good(kOne + "budgets: []\n").budgets, IsEmpty());
  EXPECT_THAT(good(kOne).schedule.labels, IsEmpty());
}

TEST(Budgets, SayWhatCounts) {
  const Config config = good(kTwo + R"(
budgets:
  - {name: all, monthly: 40000.5}
  - name: payments
    monthly: 12000
    cluster: prod-eu
    namespaces: [payments, "*-payments", pay-*-eu, __unallocated__]
    labels:
      app.kubernetes.io/part-of: shop*
      team: "*"
)");
  EXPECT_THAT(
      config.budgets,
      ElementsAre(
          cost::Budget{
              .name = "all", .monthly = 40000.5, .cluster = "", .namespaces = {}, .labels = {}},
          cost::Budget{.name = "payments",
                       .monthly = 12000,
                       .cluster = "prod-eu",
                       .namespaces = {"payments", "*-payments", "pay-*-eu", "__unallocated__"},
                       .labels = {{"app_kubernetes_io_part_of", "shop*"}, {"team", "*"}}}));
}

TEST(Budgets, AskForTheirLabelsOnce) {
  const Config config = good(kOne + R"(
budgets:
  - {name: a, monthly: 1, labels: {team: x, Team: x, app/name: y}}
  - {name: b, monthly: 1, labels: {team: z, 0-cost: y}}
  - {name: c, monthly: 1}
)");
  EXPECT_THAT(config.schedule.labels, ElementsAre("0_cost", "Team", "app_name", "team"));
}

TEST(Budgets, MayNameAClusterThatOnlyOpenCostKnows) {
  const std::string budget = "budgets: [{name: a, monthly: 1, cluster: anything}]\n";
  EXPECT_EQ(good(kOne + budget).budgets.at(0).cluster, "anything");
  good("clusters: [{url: \"http://a\", name: prod}, {url: \"http://b\"}]\n" + budget);
  EXPECT_THAT(
      faults(kTwo + budget),
      ElementsAre("c.yaml:2: budgets[0].cluster: \"anything\" is not the name of a cluster; "
                  "known are prod-eu, prod-us"));
  EXPECT_THAT(faults(kTwo + "budgets: [{name: a, monthly: 1, cluster: prod-ue}]\n"),
              ElementsAre("c.yaml:2: budgets[0].cluster: \"prod-ue\" is not the name of a cluster; "
                          "did you mean prod-eu?"));
}

TEST(Budgets, AreNotBlamedForTheFaultsOfClusters) {
  const std::string budget = "budgets: [{name: a, monthly: 1, cluster: b}]\n";
  EXPECT_THAT(
      faults("clusters: [{url: \"http://a\", name: \"\"}]\n" + budget),
      ElementsAre("c.yaml:1: clusters[0].name: is empty; write a name or leave the key out"));
  EXPECT_THAT(faults("clusters: [b]\n" + budget),
              ElementsAre("c.yaml:1: clusters[0]: is a value; write a map such as url: "
                          "http://opencost.opencost:9003"));
  EXPECT_THAT(faults(budget),
              ElementsAre("c.yaml: clusters: is missing; write clusters: [{url: "
                          "\"http://opencost.opencost:9003\"}] or set OPENCOST_URL"));
}

TEST(Budgets, AreOfTenants) {
  const Config config = good(kTwo + R"(
tenants: [{name: payments, namespaces: ["pay-*"]}, {name: payments, labels: {team: pay}}]
budgets:
  - {name: a, monthly: 1, tenant: payments}
  - {name: b, monthly: 1, tenant: payments, cluster: prod-eu}
  - {name: c, monthly: 1, tenant: __unallocated__}
)");
  ASSERT_EQ(config.budgets.size(), 3u);
  EXPECT_EQ(config.budgets[0].tenant, "payments");
  EXPECT_EQ(config.budgets[1].cluster, "prod-eu");
  EXPECT_EQ(config.budgets[2].tenant, "__unallocated__");
  EXPECT_FALSE(config.budgets[2].whole_clusters());
}

TEST(BadBudgets, AreOfTenantsThatAreNone) {
  const std::string tenants = "tenants: [{name: shop, cluster: x}, {name: payments}]\n";
  const auto check = [&](const std::string& rest, const std::string& message) {
    bad_list(tenants + "budgets: [{name: a, monthly: 1, " + rest + "}]\n",
             "c.yaml:3: budgets[0].tenant: " + message);
  };
  check("tenant: paymets", "\"paymets\" is not the name of a tenant; did you mean payments?");
  check("tenant: Shop", "\"Shop\" is not the name of a tenant; did you mean shop?");
  check("tenant: unallocated",
        "\"unallocated\" is not the name of a tenant; did you mean __unallocated__?");
  check("tenant: marketing",
        "\"marketing\" is not the name of a tenant; known are payments, shop, __unallocated__");
  check("tenant: \"\"", "is empty; write a name or leave the key out");
  check("tenant: shop, namespaces: [a]", "stands beside namespaces; write one of the two");
  check("tenant: shop, labels: {a: b}", "stands beside labels; write one of the two");
  check("tenant: shop, labels: {a: b}, namespaces: [a]",
        "stands beside namespaces; write one of the two");
  for (const std::string name : {"payments", "__unallocated__"}) {
    bad_list("budgets: [{name: a, monthly: 1, tenant: " + name + "}]\n",
             "c.yaml:2: budgets[0].tenant: \"" + name +
                 "\" is the name of a tenant, and there are none; write rules in the section "
                 "tenants");
  }
}

TEST(BadBudgets, AreNotBlamedForTheFaultsOfTenants) {
  const std::string budget = "budgets: [{name: a, monthly: 1, tenant: b}]\n";
  bad_list("tenants: [{name: \"\"}]\n" + budget,
           "c.yaml:2: tenants[0].name: is empty; write a name or leave the key out");
  bad_list("tenants: b\n" + budget,
           "c.yaml:2: tenants: is a value; write a list with one item per rule, such as - name: "
           "payments");
  bad_list("tenants: [b]\n" + budget,
           "c.yaml:2: tenants[0]: is a value; write a map such as name: payments");
}

TEST(BadBudgets, AreNoListOfMaps) {
  bad_list("budgets: {name: a, monthly: 1}\n",
           "c.yaml:2: budgets: is a map; write a list with one item per budget, such as - name: "
           "payments");
  bad_list("budgets: 12000\n",
           "c.yaml:2: budgets: is a value; write a list with one item per budget, such as - name: "
           "payments");
  bad_list("budgets:\n  - payments\n",
           "c.yaml:3: budgets[0]: is a value; write a map such as name: payments");
  bad_list("budgets: [~]\n", "c.yaml:2: budgets[0]: is empty; write a map such as name: payments");
  bad_list("budgets: [[name, a]]\n",
           "c.yaml:2: budgets[0]: is a list; write a map such as name: payments");
  bad_list("budget: [{name: a, monthly: 1}]\n",
           "c.yaml:2: budget: is not a setting; did you mean budgets?");
  bad_list("budgets: []\nbudgets: []\n",
           "c.yaml:3: budgets: stands twice, first in line 2; remove one");
}

TEST(BadBudgets, LackWhatIsRequired) {
  bad_list("budgets:\n  - monthly: 5\n", "c.yaml:3: budgets[0].name: is missing; write payments");
  bad_list("budgets:\n  - name: a\n", "c.yaml:3: budgets[0].monthly: is missing; write 12000");
  EXPECT_THAT(faults(kOne + "budgets: [{}]\n"),
              ElementsAre("c.yaml:2: budgets[0].name: is missing; write payments",
                          "c.yaml:2: budgets[0].monthly: is missing; write 12000"));
  bad_list("budgets: [{name: a, monthly: }]\n",
           "c.yaml:2: budgets[0].monthly: has no value; write one or remove the key");
}

TEST(BadBudgets, HaveKeysNobodyKnows) {
  bad("month: 5", "month: is not a setting; did you mean monthly?");
  bad("namespace: b", "namespace: is not a setting; did you mean namespaces?");
  bad("label: {a: b}", "label: is not a setting; did you mean labels?");
  bad("owner: b",
      "owner: is not a setting; known here are cluster, labels, monthly, name, namespaces, tenant");
  bad("monthly: 2", "monthly: stands twice, first in line 4; remove one");
  bad("namespaces: b", "namespaces: is a value; write a list such as [a, b]");
  bad("namespaces: []", "namespaces: is an empty list; write at least one item or remove the key");
  bad("namespaces: [[b]]", "namespaces[0]: is a list; write one value");
  bad("labels: [team]", "labels: is a list; write a map such as {a: b}");
  bad("labels: {}", "labels: is an empty map; write at least one item or remove the key");
  bad("labels: {team: [b]}", "labels.\"team\": is a list; write one value");
  bad("labels: {team: }", "labels.\"team\": is empty; write one value");
}

TEST(BadBudgets, HaveNamesThatAreNone) {
  const auto check = [](const std::string& name, const std::string& message) {
    bad_list("budgets: [{monthly: 1, name: " + name + "}]\n",
             "c.yaml:2: budgets[0].name: " + message);
  };
  check("\"\"", "is empty; write a name or leave the key out");
  check("\"a\\nb\"", "\"a\\x0ab\" holds a control character; write letters, digits and dashes");
  check(std::string(129, 'n'),
        "\"" + std::string(80, 'n') + "...\" has 129 bytes; write at most 128");
  bad_list("budgets: [{name: a, monthly: 1}, {name: b, monthly: 1}, {name: a, monthly: 2}]\n",
           "c.yaml:2: budgets[2].name: \"a\" is the name of budgets[0] as well; give each its own");
  bad("cluster: \"\"", "cluster: is empty; write a name or leave the key out");
}

TEST(BadBudgets, HaveAmountsThatAreNone) {
  const auto check = [](const std::string& amount, const std::string& message) {
    bad_list("budgets: [{name: a, monthly: \"" + amount + "\"}]\n",
             "c.yaml:2: budgets[0].monthly: \"" + amount + "\" " + message);
  };
  for (const char* amount : {"", "lots", "12.000,50", "12 000", "12000 EUR", "$1", "0x10", "nan",
                             "inf", "1e999", "+5", "1e", "12_000"}) {
    check(amount, "is not a number; write one such as 12000");
  }
  for (const char* amount : {"0", "-0", "-1", "0.0", "-12000"}) {
    check(amount, "is not above zero; write a number such as 12000");
  }
}

TEST(BadBudgets, HavePatternsThatMatchNothing) {
  for (const std::string pattern : {"", "Payments", "a b", "a.b", "a/b", "pay?", "[a]", "zürich"}) {
    bad("namespaces: [\"" + pattern + "\"]",
        "namespaces[0]: \"" + pattern +
            "\" matches no namespace; write lower-case letters, digits, dashes and *, such as "
            "payments-*");
  }
  bad("namespaces: [" + std::string(129, 'n') + "]",
      "namespaces[0]: \"" + std::string(80, 'n') +
          "...\" matches no namespace; write lower-case letters, digits, dashes and *, such as "
          "payments-*");
  bad("namespaces: [b, c, b]", "namespaces[2]: \"b\" stands twice; leave one out");
  for (const std::string pattern : {"", "a b", "a/b", "a=b", "^a$", "zürich"}) {
    bad("labels: {team: \"" + pattern + "\"}",
        "labels.\"team\": \"" + pattern +
            "\" matches no value of a label; write letters, digits, dashes, dots, underscores and "
            "*, such as payments-*");
  }
}

TEST(BadBudgets, HaveLabelsThatAreNone) {
  const auto check = [](const std::string& name) {
    bad("labels: {" + name + ": b}",
        "labels." + name + ": " + name +
            " is not the name of a label; write one such as team or app.kubernetes.io/name");
  };
  for (const char* name :
       {"\"\"", "\"a b\"", "\"team*\"", "\"label:team\"", "\"a=b\"", "\"größe\""}) {
    check(name);
  }
  bad("labels: {app.name: b, app_name: c}",
      "labels.\"app_name\": \"app_name\" is app_name in OpenCost's answers, as another label here "
      "is; leave one out");
  bad("labels: {app_name: b, app/name: c}",
      "labels.\"app/name\": \"app/name\" is app_name in OpenCost's answers, as another label here "
      "is; leave one out");
  bad("labels: {team: b, team: c}",
      "labels.\"team\": \"team\" is team in OpenCost's answers, as another label here is; leave "
      "one "
      "out");
}

TEST(BadBudgets, SayAllTheirFaultsAtOnce) {
  EXPECT_THAT(
      faults(kTwo + "budgets:\n"
                    "  - name: a\n"
                    "    monthly: much\n"
                    "    cluster: staging\n"
                    "  - name: a\n"
                    "    monthly: 5\n"
                    "    namespaces: [b, B]\n"),
      ElementsAre("c.yaml:4: budgets[0].monthly: \"much\" is not a number; write one such "
                  "as 12000",
                  "c.yaml:5: budgets[0].cluster: \"staging\" is not the name of a cluster; "
                  "known are prod-eu, prod-us",
                  "c.yaml:6: budgets[1].name: \"a\" is the name of budgets[0] as well; give "
                  "each its own",
                  "c.yaml:8: budgets[1].namespaces[1]: \"B\" matches no namespace; write "
                  "lower-case letters, digits, dashes and *, such as payments-*"));
}

}  // namespace
}  // namespace exporter::config
