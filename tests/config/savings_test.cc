// What counts as a saving; what policies would do; how large families may become.
#include <fmt/format.h>

#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void bad_file(const std::string& lines, std::string_view message) {
  SCOPED_TRACE(lines);
  EXPECT_THAT(faults(kOne + lines), ElementsAre(message));
}

void bad(const std::string& settings, const std::string& message) {
  bad_file("savings: {" + settings + "}\n", "c.yaml:2: savings." + message);
}

TEST(Savings, HaveTheDefaultsOfTheirRoom) { EXPECT_EQ(good(kOne).savings, cost::SavingsOptions{}); }

TEST(Savings, AreReadWithinTheirBounds) {
  const auto savings = good(kOne + R"(
savings:
  {target_cpu_utilisation: 1, target_memory_utilisation: 0.001, minimum_cpu_cores: 1000, minimum_memory_bytes: 1GiB,
   headroom: 0, idle_below: 0.99, idle_for: 0s, minimum_observation: 7d, minimum_per_month: 0, high_per_month: 10,
   medium_per_month: 10, high_share: 1, medium_share: 1}
)")
                           .savings;
  EXPECT_EQ(savings, (cost::SavingsOptions{.target_cpu_utilisation = 1,
                                           .target_memory_utilisation = 0.001,
                                           .minimum_cpu_cores = 1000,
                                           .minimum_memory_bytes = 1 << 30,
                                           .headroom = 0,
                                           .idle_below = 0.99,
                                           .idle_for = std::chrono::seconds(0),
                                           .minimum_observation = std::chrono::hours(168),
                                           .minimum_per_month = 0,
                                           .high_per_month = 10,
                                           .medium_per_month = 10,
                                           .high_share = 1,
                                           .medium_share = 1}));
}

TEST(Savings, AreComparedBeforeTheRate) {
  const auto savings =
      good(kOne + "currency: {rate: 4}\nsavings: {minimum_per_month: 2, high_per_month: 1000}\n")
          .savings;
  EXPECT_EQ(savings.minimum_per_month, 0.5);
  EXPECT_EQ(savings.high_per_month, 250);
  EXPECT_EQ(savings.medium_per_month, 25) << "a default is an amount as well";
}

TEST(BadSavings, AreOutOfTheirBounds) {
  for (const std::string key : {"target_cpu_utilisation", "target_memory_utilisation"}) {
    const std::string example = key == "target_cpu_utilisation" ? "0.65" : "0.8";
    for (const std::string value : {"0", "-0", "-0.5", "1.01", "65"}) {
      bad(fmt::format("{}: {}", key, value),
          fmt::format("{}: \"{}\" is not above 0 and at most 1; write a number such as {}", key,
                      value, example));
    }
  }
  for (const std::string value : {"1", "1.5", "-0.1"}) {
    bad("headroom: " + value,
        "headroom: \"" + value + "\" is not at least 0 and below 1; write a number such as 0.15");
  }
  for (const std::string value : {"0", "1", "-1"}) {
    bad("idle_below: " + value,
        "idle_below: \"" + value + "\" is not above 0 and below 1; write a number such as 0.05");
  }
  bad("high_share: 1.1",
      "high_share: \"1.1\" is not at least 0 and at most 1; write a number such as 0.2");
  bad("medium_share: -1",
      "medium_share: \"-1\" is not at least 0 and at most 1; write a number such as 0.05");
  bad("minimum_cpu_cores: -1",
      "minimum_cpu_cores: \"-1\" is not at least 0 and at most 1000; write a number such as 0.01");
  bad("minimum_cpu_cores: 100m",
      "minimum_cpu_cores: \"100m\" is not a number; write one such as 0.01");
  bad("minimum_memory_bytes: 32Mi",
      "minimum_memory_bytes: \"32Mi\" is not a size; write it as 512MiB, 1GiB, 10MB or a number of "
      "bytes");
  bad("minimum_memory_bytes: 0", "minimum_memory_bytes: \"0\" is less than 1KiB; write more");
  bad("headroom: 15%", "headroom: \"15%\" is not a number; write one such as 0.15");
}

TEST(BadSavings, HaveTimesBeyondWhatIsRemembered) {
  for (const std::string key : {"idle_for", "minimum_observation"}) {
    bad(key + ": 8d", key + ": \"8d\" is longer than 7d; write 7d or less");
    bad(key + ": 7d1s", key + ": \"7d1s\" is longer than 7d; write 7d or less");
    bad(key + ": 1500ms",
        key + ": \"1500ms\" is not a number of whole seconds; leave out the milliseconds");
    bad(key + ": 24", key + ": \"24\" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d");
    bad(key + ": -1h", key + ": \"-1h\" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d");
  }
}

TEST(BadSavings, HaveAmountsThatAreNone) {
  bad("minimum_per_month: -1",
      "minimum_per_month: \"-1\" is not at least 0; write a number such as 1");
  bad("high_per_month: inf", "high_per_month: \"inf\" is not a number; write one such as 500");
  bad("medium_per_month: \"\"", "medium_per_month: \"\" is not a number; write one such as 100");
  bad("high_per_month: 1e13",
      "high_per_month: is 1e+13 before currency.rate, which is more than anybody spends; write at "
      "most 1e+12");
}

TEST(BadSavings, HaveAMediumAboveTheHigh) {
  bad("medium_per_month: 600",
      "medium_per_month: 600 is more than savings.high_per_month, 500 by default; write 500 or "
      "less");
  bad("medium_per_month: 60, high_per_month: 50",
      "medium_per_month: 60 is more than savings.high_per_month, 50; write 50 or less");
  bad("high_per_month: 50",
      "high_per_month: 50 is less than savings.medium_per_month, 100 by default; set "
      "savings.medium_per_month to 50 or less");
  bad("medium_share: 0.3",
      "medium_share: 0.3 is more than savings.high_share, 0.2 by default; write 0.2 or less");
  bad("high_share: 0",
      "high_share: 0 is less than savings.medium_share, 0.05 by default; set savings.medium_share "
      "to 0 or less");
  bad("high_per_month: much, medium_per_month: 600",
      "high_per_month: \"much\" is not a number; write one such as 500");
  EXPECT_THAT(faults(kOne + "savings: {high_per_month: 50}\n",
                     {{"OPENCOST_EXPORTER_SAVINGS_MEDIUM_PER_MONTH", "51"}}),
              ElementsAre("environment OPENCOST_EXPORTER_SAVINGS_MEDIUM_PER_MONTH: 51 is more than "
                          "savings.high_per_month, 50; write 50 or less"));
}

TEST(BadSavings, HaveKeysNobodyKnows) {
  bad("target_cpu_utilization: 0.5",
      "target_cpu_utilization: is not a setting; did you mean target_cpu_utilisation?");
  bad("observation: 1h",
      "observation: is not a setting; known here are headroom, high_per_month, high_share, "
      "idle_below, idle_for, medium_per_month, medium_share, minimum_cpu_cores, "
      "minimum_memory_bytes, minimum_observation, minimum_per_month, target_cpu_utilisation, "
      "target_memory_utilisation");
}

void bad_policy(const std::string& settings, const std::string& message) {
  bad_file("policies:\n  - name: a\n    " + settings + "\n", "c.yaml:4: policies[0]." + message);
}

TEST(Policies, AreReadWithTheirDefaults) {
  EXPECT_THAT(good(kOne).policies, IsEmpty());
  EXPECT_THAT(good(kOne + R"(
currency: {rate: 0.5}
policies:
  - name: weekend-dev
    namespaces: {include: ["dev-*", x], exclude: ["*-critical"]}
    labels: {env: dev, app/name: "*"}
    exclude: {labels: {keep: "*"}, annotations: {example.org/keep: "true"}}
    idle_for: 30d
    minimum_per_hour: 0.05
    cooldown: 1h
  - {name: all}
)")
                  .policies,
              ElementsAre(cost::Policy{.name = "weekend-dev",
                                       .include = {"dev-*", "x"},
                                       .exclude = {"*-critical"},
                                       .labels = {{"app_name", "*"}, {"env", "dev"}},
                                       .exclude_labels = {{"annotation:example_org_keep", "true"},
                                                          {"keep", "*"}},
                                       .idle_for = std::chrono::hours(24 * 30),
                                       .minimum_per_hour = 0.1,
                                       .cooldown = std::chrono::hours(1)},
                          cost::Policy{.name = "all"}));
}

TEST(BadPolicies, HaveNamesThatAreNone) {
  bad_file("policies: [{idle_for: 1h}]\n",
           "c.yaml:2: policies[0].name: is missing; write weekend-dev");
  bad_file("policies: [{name: \"\"}]\n",
           "c.yaml:2: policies[0].name: is empty; write a name or leave the key out");
  bad_file("policies: [{name: a}, {name: b}, {name: a, idle_for: 2h}]\n",
           "c.yaml:2: policies[2].name: \"a\" is the name of policies[0] as well; give each its "
           "own");
  bad_file("policies: {name: a}\n",
           "c.yaml:2: policies: is a map; write a list with one item per policy, such as - name: "
           "weekend-dev");
  bad_file("polices: [{name: a}]\n", "c.yaml:2: polices: is not a setting; did you mean policies?");
}

TEST(BadPolicies, HaveTheWrongShape) {
  bad_policy("namespaces: [a]", "namespaces: is a list; write a map with exclude, include");
  bad_policy("namespaces: {include: a}",
             "namespaces.include: is a value; write a list such as [a, b]");
  bad_policy("namespaces: {include: []}",
             "namespaces.include: is an empty list; write at least one item or remove the key");
  bad_policy("namespaces: {only: [a]}",
             "namespaces.only: is not a setting; known here are exclude, include");
  bad_policy("exclude: [a]", "exclude: is a list; write a map with annotations, labels");
  bad_policy("exclude: {namespaces: [a]}",
             "exclude.namespaces: is not a setting; known here are annotations, labels");
  bad_policy("labels: [a]", "labels: is a list; write a map such as {a: b}");
  bad_policy("annotations: {a: b}",
             "annotations: is not a setting; known here are cooldown, exclude, idle_for, labels, "
             "minimum_per_hour, name, namespaces");
}

TEST(BadPolicies, HaveValuesThatAreNone) {
  bad_policy("namespaces: {exclude: [A]}",
             "namespaces.exclude[0]: \"A\" matches no namespace; write lower-case letters, digits, "
             "dashes and *, such as payments-*");
  bad_policy("namespaces: {exclude: [a, a]}",
             "namespaces.exclude[1]: \"a\" stands twice; leave one out");
  bad_policy("exclude: {labels: {a.b: c, a_b: d}}",
             "exclude.labels.\"a_b\": \"a_b\" is a_b in OpenCost's answers, as another label here "
             "is; leave one out");
  bad_policy(
      "exclude: {annotations: {a b: c}}",
      "exclude.annotations.\"a b\": \"a b\" is not the name of an annotation; write one such "
      "as cost-center or example.org/owner");
  bad_policy("labels: {env: dev!}",
             "labels.\"env\": \"dev!\" matches no value of a label; write letters, digits, dashes, "
             "dots, underscores and *, such as payments-*");
  bad_policy("idle_for: 31d", "idle_for: \"31d\" is longer than 30d; write 30d or less");
  bad_policy("cooldown: 31d", "cooldown: \"31d\" is longer than 30d; write 30d or less");
  bad_policy("cooldown: never",
             "cooldown: \"never\" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d");
  bad_policy("minimum_per_hour: -0.01",
             "minimum_per_hour: \"-0.01\" is not at least 0; write a number such as 0.05");
  bad_policy("minimum_per_hour: 1e300",
             "minimum_per_hour: is 1e+300 before currency.rate, which is more than anybody spends; "
             "write at most 1e+12");
}

TEST(MetricLabels, AreAsOpenCostNamesThem) {
  EXPECT_THAT(good(kOne).metric_labels, IsEmpty());
  const Config config = good(kOne + "metrics: {labels: [team, app.kubernetes.io/name, Team]}\n");
  EXPECT_THAT(config.metric_labels, ElementsAre("Team", "app_kubernetes_io_name", "team"));
  EXPECT_EQ(config.schedule.labels, config.metric_labels);
}

void bad_metrics(const std::string& settings, const std::string& message) {
  bad_file("metrics: {" + settings + "}\n", "c.yaml:2: metrics." + message);
}

TEST(BadMetrics, HaveLabelsThatAreNone) {
  bad_metrics("labels: [a, b, a]",
              "labels[2]: \"a\" is a in OpenCost's answers, as another label here is; leave one "
              "out");
  bad_metrics("labels: [app.name, app/name]",
              "labels[1]: \"app/name\" is app_name in OpenCost's answers, as another label here "
              "is; leave one out");
  for (const std::string name : {"", "a b", "team*", "label:team"}) {
    bad_metrics("labels: [\"" + name + "\"]",
                "labels[0]: \"" + name +
                    "\" is not the name of a label; write one such as team or "
                    "app.kubernetes.io/name");
  }
  bad_metrics("labels: {team: a}", "labels: is a map; write a list such as [a, b]");
  bad_metrics("labels: []", "labels: is an empty list; write at least one item or remove the key");
}

TEST(MaxSeries, IsAtLeastThatOfAFamily) {
  const auto options =
      good(kOne + "metrics: {max_series: 1000, max_family_series: 1000}\n").metrics;
  EXPECT_EQ(options.max_series, 1000u);
  EXPECT_EQ(options.max_family_series, 1000u);
  bad_metrics("max_family_series: 200001",
              "max_family_series: 200001 is more than metrics.max_series, 200000 by default; write "
              "200000 or less");
  bad_metrics("max_family_series: 1001, max_series: 1000",
              "max_family_series: 1001 is more than metrics.max_series, 1000; write 1000 or less");
  bad_metrics("max_series: 1000",
              "max_series: 1000 is less than metrics.max_family_series, 100000 by default; set "
              "metrics.max_family_series to 1000 or less");
}

TEST(BadMetrics, HaveSeriesOutOfTheirBounds) {
  for (const std::string number : {"999", "10000001", "-1", "many", "1e5", ""}) {
    bad_metrics(
        "max_series: \"" + number + "\"",
        "max_series: \"" + number + "\" is not a whole number from 1000 to 10000000; write one");
  }
  for (const std::string number : {"99", "10000001"}) {
    bad_metrics("max_family_series: " + number,
                "max_family_series: \"" + number +
                    "\" is not a whole number from 100 to 10000000; write one");
  }
}

}  // namespace
}  // namespace exporter::config
