// Cost that serves everybody.
#include <fmt/format.h>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::Pair;

void bad_file(const std::string& lines, std::string_view message) {
  SCOPED_TRACE(lines);
  EXPECT_THAT(faults(kOne + lines), ElementsAre(message));
}

void bad(const std::string& settings, const std::string& message) {
  bad_file("shared: {" + settings + "}\n", "c.yaml:2: shared." + message);
}

TEST(Shared, IsNothingUnlessWritten) {
  EXPECT_EQ(good(kOne).shared, cost::SharedOptions{});
  EXPECT_FALSE(good(kOne + "shared: {over: namespaces, split: even}\n").shared.any());
}

TEST(Shared, SaysWhatAndHow) {
  EXPECT_EQ(good(kOne + "shared: {namespaces: [kube-system, \"mon*\"], monthly_amounts: {support: "
                        "300, \"audit fee\": 0.5}, idle: true, split: even}\n")
                .shared,
            (cost::SharedOptions{.namespaces = {"kube-system", "mon*"},
                                 .monthly_amounts = {{"audit fee", 0.5}, {"support", 300}},
                                 .idle = true,
                                 .split = cost::Split::even}));
  EXPECT_EQ(good(kOne + "shared: {split: weighted, weights: {payments: 2, x: 0, y: 1000000, z: "
                        "-0}}\n")
                .shared.weights,
            (std::map<std::string, double>{{"payments", 2}, {"x", 0}, {"y", 1e6}, {"z", 0}}));
}

TEST(Shared, GoesOverTenants) {
  const auto shared = good(kOne + R"(
tenants: [{name: Shop & more, namespaces: [a]}, {name: pay}]
shared: {over: tenants, split: weighted, weights: {Shop & more: 0.5, __unallocated__: 0}}
)")
                          .shared;
  EXPECT_EQ(shared.over, cost::Over::tenants);
  EXPECT_THAT(shared.weights, ElementsAre(Pair("Shop & more", 0.5), Pair("__unallocated__", 0)));
}

TEST(Shared, HasAmountsBeforeTheRate) {
  const Config config =
      good(kOne + "currency: {rate: 0.5}\nshared: {monthly_amounts: {support: 300}}\n");
  EXPECT_THAT(config.shared.monthly_amounts, ElementsAre(Pair("support", 600)));
}

TEST(BadShared, HasKeysNobodyKnows) {
  bad("namespace: [a]", "namespace: is not a setting; did you mean namespaces?");
  bad("idel: true", "idel: is not a setting; did you mean idle?");
  bad("tenants: [a]",
      "tenants: is not a setting; known here are idle, monthly_amounts, namespaces, over, split, "
      "weights");
  bad("weights: [2]", "weights: is a list; write a map such as {a: b}");
  bad("monthly_amounts: 300", "monthly_amounts: is a value; write a map such as {a: b}");
  bad("monthly_amounts: {}",
      "monthly_amounts: is an empty map; write at least one item or remove the key");
  bad("monthly_amounts: {a: }", "monthly_amounts.\"a\": is empty; write one value");
  bad("namespaces: []", "namespaces: is an empty list; write at least one item or remove the key");
  bad_file("shared: [kube-system]\n",
           "c.yaml:2: shared: is a list; write a map with idle, monthly_amounts, namespaces, over, "
           "split, weights");
}

TEST(BadShared, HasWordsNobodyKnows) {
  bad("split: fair",
      "split: \"fair\" is not one of proportional, even, weighted; write one of them");
  bad("split: Even",
      "split: \"Even\" is not one of proportional, even, weighted; write one of them");
  bad("over: clusters", "over: \"clusters\" is not one of namespaces, tenants; write one of them");
  bad("over: \"\"", "over: \"\" is not one of namespaces, tenants; write one of them");
  bad("idle: some", "idle: \"some\" is neither true nor false; write one of them");
  bad("namespaces: [Kube]",
      "namespaces[0]: \"Kube\" matches no namespace; write lower-case letters, digits, dashes and "
      "*, such as payments-*");
  bad("namespaces: [a, a]", "namespaces[1]: \"a\" stands twice; leave one out");
}

TEST(BadShared, HasAmountsThatAreNone) {
  for (const std::string amount : {"", "lots", "1,5", "nan", "inf", "1e999", "+1", "5 EUR"}) {
    bad("monthly_amounts: {a: \"" + amount + "\"}",
        "monthly_amounts.\"a\": \"" + amount + "\" is not a number; write one such as 300");
  }
  for (const std::string amount : {"0", "-0", "-300"}) {
    bad("monthly_amounts: {a: " + amount + "}",
        "monthly_amounts.\"a\": \"" + amount + "\" is not above zero; write a number such as 300");
  }
  bad("monthly_amounts: {a: 1e13}",
      "monthly_amounts.\"a\": is 1e+13 before currency.rate, which is more than anybody spends; "
      "write at most 1e+12");
  EXPECT_THAT(
      faults(kOne + "currency: {rate: 1e-300}\nshared: {monthly_amounts: {a: 1e300}}\n"
                    "savings: {minimum_per_month: 0, medium_per_month: 0, high_per_month: 0}\n"),
      ElementsAre("c.yaml:3: shared.monthly_amounts.\"a\": is inf before currency.rate, which is "
                  "more than anybody spends; write at most 1e-288"));
}

TEST(BadShared, HasAmountsWithoutAName) {
  bad("monthly_amounts: {\"\": 1}",
      "monthly_amounts.\"\": is empty; write a name or leave the key out");
  bad("monthly_amounts: {a/b: 1}",
      "monthly_amounts.\"a/b\": \"a/b\" holds a slash; write another name");
  bad("monthly_amounts: {\"a\\tb\": 1}",
      "monthly_amounts.\"a\\x09b\": \"a\\x09b\" holds a control character; write letters, digits "
      "and dashes");
  bad("monthly_amounts: {" + std::string(129, 'n') + ": 1}",
      "monthly_amounts.\"" + std::string(80, 'n') + "...\": \"" + std::string(80, 'n') +
          "...\" has 129 bytes; write at most 128");
  bad("monthly_amounts: {a: 1, a: 2}", "monthly_amounts.\"a\": \"a\" stands twice; leave one out");
}

TEST(BadShared, HasWeightsThatAreNone) {
  const auto check = [](const std::string& weight, const std::string& message) {
    bad("split: weighted, weights: {a: \"" + weight + "\"}",
        "weights.\"a\": \"" + weight + "\" " + message);
  };
  for (const char* weight : {"", "x", "nan", "inf", "1/2", "50%"}) {
    check(weight, "is not a number; write one such as 2");
  }
  for (const char* weight : {"-1", "-0.001", "1000001", "1e300"}) {
    check(weight, "is not at least 0 and at most 1000000; write a number such as 2");
  }
  bad("split: weighted, weights: {a: 1, a: 2}", "weights.\"a\": \"a\" stands twice; leave one out");
  for (const std::string name : {"Payments", "pay-*", "a b"}) {
    bad("split: weighted, weights: {\"" + name + "\": 1}",
        fmt::format("weights.\"{0}\": \"{0}\" is not the name of a namespace; write lower-case "
                    "letters, digits and dashes, such as payments",
                    name));
  }
}

TEST(BadShared, HasWeightsAndASplitThatDisagree) {
  const std::string end =
      ", which does not go by them; write shared.split: weighted or leave them out";
  bad("weights: {a: 1}", "weights: stand beside the split proportional" + end);
  bad("split: even, weights: {a: 1}", "weights: stand beside the split even" + end);
  bad("split: weighted",
      "split: weighted goes by weights, and there are none; write shared.weights, such as "
      "{payments: 2}");
  bad("split: wieghted, weights: {a: 1}",
      "split: \"wieghted\" is not one of proportional, even, weighted; write one of them");
  EXPECT_THAT(faults(kOne, {{"OPENCOST_EXPORTER_SHARED_SPLIT", "weighted"}}),
              ElementsAre("environment OPENCOST_EXPORTER_SHARED_SPLIT: weighted goes by weights, "
                          "and there are none; write shared.weights, such as {payments: 2}"));
}

TEST(BadShared, GoesOverTenantsThatAreNone) {
  bad("over: tenants",
      "over: tenants are to bear it, and there are none; write rules in the section tenants, or "
      "namespaces here");
  bad_file(
      "shared:\n  over: tenants\n  split: weighted\n  weights:\n    pya: 2\n"
      "tenants: [{name: pay}]\n",
      "c.yaml:6: shared.weights.\"pya\": \"pya\" is not the name of a tenant; did you mean "
      "pay?");
  bad_file(
      "shared: {over: tenants, split: weighted, weights: {marketing: 2}}\n"
      "tenants: [{name: pay}]\n",
      "c.yaml:2: shared.weights.\"marketing\": \"marketing\" is not the name of a tenant; "
      "known are pay, __unallocated__");
  bad_file(
      "shared: {over: tenants, split: weighted, weights: {pay: 2}}\n"
      "tenants: [{name: \"\"}]\n",
      "c.yaml:3: tenants[0].name: is empty; write a name or leave the key out");
  EXPECT_THAT(
      faults(kOne + "tenants: [{name: pay}]\nshared: {split: weighted, weights: {pay: 1}}\n",
             {{"OPENCOST_EXPORTER_SHARED_OVER", "tenants"},
              {"OPENCOST_EXPORTER_SHARED_WEIGHTS", "shop=2"}}),
      ElementsAre("environment OPENCOST_EXPORTER_SHARED_WEIGHTS: \"shop\" is not the name "
                  "of a tenant; known are pay, __unallocated__"));
}

}  // namespace
}  // namespace exporter::config
