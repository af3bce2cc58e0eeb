// Rules of tenants: whose cost is whose.
#include <fmt/format.h>

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

/// One more line in the only rule, as line 4.
void bad(const std::string& line, const std::string& message) {
  bad_list("tenants:\n  - name: a\n    " + line + "\n", "c.yaml:4: tenants[0]." + message);
}

/// The second of two rules, as line 4, which lacks its place in `message`.
void bad_pair(const std::string& first, const std::string& second, const std::string& message) {
  bad_list("tenants:\n  - {" + first + "}\n  - {" + second + "}\n",
           "c.yaml:4: tenants[1]: " + message);
}

TEST(Tenants, AreNoneUnlessWritten) {
  EXPECT_THAT(good(kOne).tenants, IsEmpty());
  EXPECT_THAT(good(kOne + "tenants:\n").tenants, IsEmpty());
  EXPECT_THAT(good(kOne + "tenants: []\n").tenants, IsEmpty());
}

TEST(Tenants, HaveRulesInTheirOrder) {
  const Config config = good(kTwo + R"(
tenants:
  - name: payments
    cluster: prod-eu
    namespaces: ["pay-*", __unallocated__]
    labels: {app.kubernetes.io/part-of: shop*, team: "*"}
    annotations: {example.org/cost-center: "4711", owner: "Ada L., *"}
  - {name: shop, labels: {team: shop}}
  - {name: payments, namespaces: [billing]}
  - {name: everything else}
)");
  EXPECT_THAT(
      config.tenants,
      ElementsAre(cost::TenantRule{.tenant = "payments",
                                   .cluster = "prod-eu",
                                   .namespaces = {"pay-*", "__unallocated__"},
                                   .labels = {{"annotation:example_org_cost_center", "4711"},
                                              {"annotation:owner", "Ada L., *"},
                                              {"app_kubernetes_io_part_of", "shop*"},
                                              {"team", "*"}}},
                  cost::TenantRule{.tenant = "shop", .labels = {{"team", "shop"}}},
                  cost::TenantRule{.tenant = "payments", .namespaces = {"billing"}},
                  cost::TenantRule{.tenant = "everything else"}));
}

TEST(Tenants, MayHaveALabelAndAnAnnotationOfOneName) {
  EXPECT_THAT(good(kOne + "tenants: [{name: a, labels: {x: b}, annotations: {x: c}}]\n")
                  .tenants.at(0)
                  .labels,
              ElementsAre(testing::Pair("annotation:x", "c"), testing::Pair("x", "b")));
}

TEST(Labels, AreAskedForOnceWhoeverWantsThem) {
  const Config config = good(kOne + R"(
tenants:
  - {name: a, labels: {team: x, b/c: y}, annotations: {cost-center: "1"}}
  - {name: b, labels: {team: z}, annotations: {z: "1"}}
policies: [{name: p, labels: {env: dev}, exclude: {labels: {keep: "*"}, annotations: {keep: "*"}}}]
budgets: [{name: b, monthly: 1, labels: {env: x, Team: y}}]
metrics: {labels: [team, app]}
)");
  EXPECT_THAT(config.schedule.labels,
              ElementsAre("Team", "annotation:cost_center", "annotation:keep", "annotation:z",
                          "app", "b_c", "env", "keep", "team"));
  EXPECT_THAT(
      good(kOne + "tenants: [{name: a, namespaces: [b]}]\npolicies: [{name: p}]\n").schedule.labels,
      IsEmpty());
}

TEST(Tenants, MayOverlapWhileSomethingIsLeft) {
  for (const char* rules : {"[{name: a, namespaces: [x]}, {name: b}]",
                            "[{name: a, namespaces: [\"x*\"]}, {name: b, namespaces: [xy]}]",
                            "[{name: a, labels: {t: \"*\"}}, {name: b}]",
                            "[{name: a, annotations: {t: x}}, {name: b, labels: {t: x}}]",
                            "[{name: a, cluster: x}, {name: b, cluster: y}, {name: c}]",
                            "[{name: a, cluster: x, namespaces: [y]}, {name: b, cluster: x}]"}) {
    SCOPED_TRACE(rules);
    EXPECT_THAT(faults(kOne + "tenants: " + rules), IsEmpty());
  }
}

TEST(BadTenants, CanNeverTakeAnything) {
  const std::string all = "takes nothing, since tenants[0] before it takes all; move it up";
  bad_pair("name: a", "name: b",
           "takes nothing, since tenants[0] matches the same and stands "
           "before it; leave one out");
  bad_pair("name: a", "name: b, namespaces: [x]", all);
  bad_pair("name: a", "name: a, labels: {x: y}", all);
  bad_pair("name: a", "name: b, annotations: {x: y}", all);
  bad_pair("name: a", "name: b, cluster: x", all);
  bad_pair("name: a, namespaces: [x, \"*\"]", "name: b, namespaces: [x]", all);
  bad_pair("name: a, namespaces: [\"**\"]", "name: b", all);
  bad_pair("name: a, cluster: x", "name: b, cluster: x, namespaces: [y]",
           "takes nothing, since tenants[0] before it takes all of the cluster \"x\"; move it up");
  EXPECT_THAT(
      faults(kOne + "tenants:\n  - {name: a, namespaces: [x]}\n  - name: b\n  - {name: c, cluster: "
                    "y}\n  - {name: a, namespaces: [x]}\n"),
      ElementsAre("c.yaml:5: tenants[2]: takes nothing, since tenants[1] before it takes all; move "
                  "it up",
                  "c.yaml:6: tenants[3]: is the same as tenants[0]; leave one out"));
}

TEST(BadTenants, StandTwice) {
  bad_pair("name: a", "name: a", "is the same as tenants[0]; leave one out");
  bad_pair("name: a, labels: {x/y: b}", "name: a, labels: {x_y: b}",
           "is the same as tenants[0]; leave one out");
  bad_pair("name: a, namespaces: [x, y]", "name: a, namespaces: [y, x]",
           "is the same as tenants[0]; leave one out");
  bad_pair("name: a, annotations: {x: b}", "name: b, annotations: {x: b}",
           "takes nothing, since tenants[0] matches the same and stands before it; leave one out");
}

TEST(BadTenants, AreNotBlamedForWhatWasRefused) {
  bad_list("tenants: [{name: a, namespaces: [X]}, {name: b, labels: {x: y}}]\n",
           "c.yaml:2: tenants[0].namespaces[0]: \"X\" matches no namespace; write lower-case "
           "letters, digits, dashes and *, such as payments-*");
  bad_list("tenants: [{name: a, namespaces: x}, {name: b, labels: {x: y}}]\n",
           "c.yaml:2: tenants[0].namespaces: is a value; write a list such as [a, b]");
  bad_list("tenants: [{name: a, namespace: x}, {name: b, labels: {x: y}}]\n",
           "c.yaml:2: tenants[0].namespace: is not a setting; did you mean namespaces?");
  bad_list("tenants: [{name: a, labels: {x: \"\"}}, {name: b}]\n",
           "c.yaml:2: tenants[0].labels.\"x\": \"\" matches no value of a label; write letters, "
           "digits, dashes, dots, underscores and *, such as payments-*");
  bad_list("tenants: [a, {name: b}]\n",
           "c.yaml:2: tenants[0]: is a value; write a map such as name: payments");
}

TEST(BadTenants, AreNoListOfMaps) {
  bad_list("tenants: {name: a}\n",
           "c.yaml:2: tenants: is a map; write a list with one item per rule, such as - name: "
           "payments");
  bad_list("tenants: [~]\n", "c.yaml:2: tenants[0]: is empty; write a map such as name: payments");
  bad_list("tenant: [{name: a}]\n", "c.yaml:2: tenant: is not a setting; did you mean tenants?");
  bad_list("tenants:\n  - labels: {a: b}\n",
           "c.yaml:3: tenants[0].name: is missing; write payments");
  bad("labels: [team]", "labels: is a list; write a map such as {a: b}");
  bad("labels: {}", "labels: is an empty map; write at least one item or remove the key");
  bad("annotations: {a: [b]}", "annotations.\"a\": is a list; write one value");
  bad("annotations: {a: }", "annotations.\"a\": is empty; write one value");
  bad("namespaces: []", "namespaces: is an empty list; write at least one item or remove the key");
  bad("tenant: b",
      "tenant: is not a setting; known here are annotations, cluster, labels, name, namespaces");
  bad("annotation: {a: b}", "annotation: is not a setting; did you mean annotations?");
}

TEST(BadTenants, HaveNamesThatAreNone) {
  const auto check = [](const std::string& name, const std::string& message) {
    bad_list("tenants: [{name: " + name + "}]\n", "c.yaml:2: tenants[0].name: " + message);
  };
  check("\"\"", "is empty; write a name or leave the key out");
  check("\"a\\nb\"", "\"a\\x0ab\" holds a control character; write letters, digits and dashes");
  check("__unallocated__",
        "\"__unallocated__\" is a name the exporter gives itself; write another");
  check("__other__", "\"__other__\" is a name the exporter gives itself; write another");
  check(std::string(129, 'n'),
        "\"" + std::string(80, 'n') + "...\" has 129 bytes; write at most 128");
  bad("cluster: \"\"", "cluster: is empty; write a name or leave the key out");
  EXPECT_THAT(faults(kTwo + "tenants: [{name: a, cluster: prod-ue}]\n"),
              ElementsAre("c.yaml:2: tenants[0].cluster: \"prod-ue\" is not the name of a cluster; "
                          "did you mean prod-eu?"));
  EXPECT_THAT(faults(kTwo + "tenants: [{name: a, cluster: staging}]\n"),
              ElementsAre("c.yaml:2: tenants[0].cluster: \"staging\" is not the name of a cluster; "
                          "known are prod-eu, prod-us"));
}

TEST(BadTenants, HavePatternsThatMatchNothing) {
  for (const std::string pattern : {"", "Pay", "a b", "a.b", "a/b", "pay?", "zürich"}) {
    bad("namespaces: [\"" + pattern + "\"]",
        "namespaces[0]: \"" + pattern +
            "\" matches no namespace; write lower-case letters, digits, dashes and *, such as "
            "payments-*");
  }
  bad("namespaces: [b, c, b]", "namespaces[2]: \"b\" stands twice; leave one out");
  for (const std::string pattern : {"", "a b", "a/b", "a=b"}) {
    bad("labels: {team: \"" + pattern + "\"}",
        "labels.\"team\": \"" + pattern +
            "\" matches no value of a label; write letters, digits, dashes, dots, underscores and "
            "*, such as payments-*");
  }
  const std::string end =
      " is not the pattern of an annotation; write 1 to 128 bytes of plain text, such as cc-*";
  bad("annotations: {a: \"\"}", "annotations.\"a\": \"\"" + end);
  bad("annotations: {a: \"b\\nc\"}", "annotations.\"a\": \"b\\x0ac\"" + end);
  bad("annotations: {a: " + std::string(129, 'n') + "}",
      "annotations.\"a\": \"" + std::string(80, 'n') + "...\"" + end);
}

TEST(BadTenants, HaveLabelsAndAnnotationsThatAreNone) {
  for (const std::string name : {"\"\"", "\"a b\"", "\"team*\"", "\"label:team\"", "\"größe\""}) {
    bad("labels: {" + name + ": b}",
        fmt::format("labels.{0}: {0} is not the name of a label; write one such as team or "
                    "app.kubernetes.io/name",
                    name));
    bad("annotations: {" + name + ": b}",
        fmt::format("annotations.{0}: {0} is not the name of an annotation; write one such as "
                    "cost-center or example.org/owner",
                    name));
  }
  bad("labels: {a.b: c, a-b: d}",
      "labels.\"a-b\": \"a-b\" is a_b in OpenCost's answers, as another label here is; leave one "
      "out");
  bad("annotations: {a.b: c, a/b: d}",
      "annotations.\"a/b\": \"a/b\" is a_b in OpenCost's answers, as another annotation here is; "
      "leave one out");
}

}  // namespace
}  // namespace exporter::config
