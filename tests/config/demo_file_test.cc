// What the demo is set up with.
#include "tests/config/reading.h"

namespace exporter::config {
namespace {

using testing::ElementsAre;
using testing::Pair;

Config demo() {
  Invocation invocation;
  invocation.command = Command::demo;
  auto config = load(invocation, variables({{"OPENCOST_URL", "http://127.0.0.1:1"}}));
  if (config) return *config;
  ADD_FAILURE() << testing::PrintToString(config.error());
  return {};
}

std::optional<std::string> owner(const Config& config, std::string_view name_space,
                                 const model::LabelSet& labels) {
  const auto rule = cost::owner(config.tenants, "demo", name_space, labels);
  if (!rule) return std::nullopt;
  return config.tenants.at(*rule).tenant;
}

TEST(Demo, HasATenantForMostOfIt) {
  const Config config = demo();
  EXPECT_EQ(owner(config, "payments", {{"team", "payments"}}), "payments");
  EXPECT_EQ(owner(config, "dev-grace", {{"team", "payments"}}), "payments");
  EXPECT_EQ(owner(config, "checkout", {{"team", "shop"}}), "shop");
  EXPECT_EQ(owner(config, "ml", {{"annotation:cost_center", "4711"}}), "data");
  EXPECT_EQ(owner(config, "ml", {{"team", "data"}}), "data");
  EXPECT_EQ(owner(config, "search", {{"team", "discovery"}}), std::nullopt);
}

TEST(Demo, ShowsEveryFamily) {
  const Config config = demo();
  EXPECT_EQ(config.shared.over, cost::Over::tenants);
  EXPECT_THAT(config.shared.namespaces, ElementsAre("kube-system", "monitoring"));
  EXPECT_THAT(config.shared.monthly_amounts, ElementsAre(Pair("support", 300)));
  EXPECT_EQ(config.savings.minimum_observation, std::chrono::hours(1));
  EXPECT_EQ(config.savings.idle_for, std::chrono::hours(1));
  EXPECT_EQ(config.policies.size(), 2u);
  EXPECT_EQ(config.budgets.back().tenant, "shop");
  for (const auto& budget : config.budgets) EXPECT_EQ(budget.cluster, "") << "it may have any name";
  EXPECT_THAT(config.metric_labels, ElementsAre("app", "team"));
  EXPECT_THAT(config.schedule.labels,
              ElementsAre("annotation:cost_center", "app", "environment", "team"));
}

TEST(Demo, IsNotMixedWithAFileThatIsGiven) {
  Invocation invocation;
  invocation.command = Command::demo;
  invocation.config_file = "/dev/null";
  const auto config = load(invocation, variables({{"OPENCOST_URL", "http://127.0.0.1:1"}}));
  ASSERT_TRUE(config) << testing::PrintToString(config.error());
  EXPECT_TRUE(config->tenants.empty());
  EXPECT_TRUE(config->budgets.empty());
}

}  // namespace
}  // namespace exporter::config
