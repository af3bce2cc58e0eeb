// The savings example of docs/cost-model.md, figure by figure, and that of shared cost.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using model::Resource;
using namespace std::chrono_literals;

constexpr float kGiB = 1024.0F * 1024 * 1024;
// 0.8 GiB, to the last bit below it: single precision has none that is equal.
constexpr float kMost = 0.7999999F;
constexpr auto kTen = std::chrono::sys_days(2026y / 3 / 11) + 10h;

struct Use {
  float requested, used;
};

model::Demand demand(Use use, float unit = 1) {
  return {std::max(use.requested, use.used) * unit, use.requested * unit, use.used * unit};
}

// A core costs 0.04 an hour, a GiB 0.005.
model::Allocation pod(std::string_view name_space, std::string_view name,
                      std::string_view controller, std::string_view node, Use cores, Use gib) {
  model::Allocation row;
  row.cluster = "prod";
  row.name_space = name_space;
  row.pod = name;
  row.controller_kind = "deployment";
  row.controller = controller;
  row.node = node;
  row.hours = 1;
  row.cpu = demand(cores);
  row.memory = demand(gib, kGiB);
  row.gpu.used = -1;
  row.costs[Resource::cpu] = {std::lround(row.cpu.charged * 40'000)};
  row.costs[Resource::memory] = {std::lround(row.memory.charged / kGiB * 5'000)};
  row.reported_total = row.costs.total();
  return row;
}

// The hour that begins at `start`, its indexer using so many cores, and without the legacy cart's
// usage where nobody knows it.
std::shared_ptr<const Breakdown> hour(std::chrono::sys_seconds start, float indexer,
                                      bool legacy_idle) {
  auto table = std::make_shared<model::AllocationTable>();
  table->window = table->lived = {start, start + 1h};
  const Use legacy{1, legacy_idle ? 0.01F : 0.5F};
  table->rows = {pod("checkout", "legacy-1", "legacy", "a", legacy, {2, 0.05F}),
                 pod("checkout", "web-1", "web", "a", {0.5F, 0.35F}, {1, 0.9F}),
                 pod("checkout", "web-2", "web", "b", {0.5F, 0.35F}, {1, 0.9F}),
                 pod("search", "indexer-1", "indexer", "a", {2, indexer}, {4, kMost}),
                 pod("search", "indexer-2", "indexer", "b", {2, indexer}, {4, kMost})};
  model::Allocation idle;
  idle.kind = model::RowKind::idle;
  idle.cluster = "prod";
  idle.costs[Resource::cpu] = {660'000};
  model::Allocation unmounted;
  unmounted.kind = model::RowKind::unmounted;
  unmounted.cluster = "prod";
  unmounted.name_space = unmounted.pod = "__unmounted__";
  unmounted.costs[Resource::storage] = {10'000};
  unmounted.costs[Resource::load_balancer] = {20'000};
  table->rows.insert(table->rows.begin(), idle);
  table->rows.insert(table->rows.begin() + 1, unmounted);
  return std::make_shared<const Breakdown>(break_down(table));
}

std::shared_ptr<const Inventory> nodes(const Breakdown& current) {
  auto assets = std::make_shared<model::AssetTable>();
  assets->window = current.window;
  for (const char* name : {"a", "b"}) {
    model::Asset& node = assets->rows.emplace_back();
    node.type = model::AssetType::node;
    node.cluster = "prod";
    node.name = name;
    node.cores = 8;
    node.memory_bytes = 32.0 * kGiB;
    node.total = {480'000};
  }
  return std::make_shared<const Inventory>(take_inventory(assets, current.rows.get()));
}

struct WorkedSavings : testing::Test {
  WorkedSavings() {
    // 30 hours before: the indexer was once busier, the legacy cart has been idle since then.
    for (int i = 31; i > 0; --i) {
      watch.take(*hour(kTen - i * 1h, i == 20 ? 0.26F : 0.2F, i <= 30), options.idle_below);
    }
    current = hour(kTen, 0.2F, true);
    watch.take(*current, options.idle_below);
    savings = find_savings(current, nodes(*current), {}, watch, options, nullptr);
  }

  SavingsOptions options;
  Watch watch;
  std::shared_ptr<const Breakdown> current;
  Savings savings;
};

TEST_F(WorkedSavings, Efficiency) {
  const Efficiency efficiency = measure(current);
  std::map<std::string, std::pair<double, double>> found;
  const auto take = [&](std::string_view name, const Demands& demands) {
    found[std::string(name)] = {*demands.by[0].ratio(), *demands.by[1].ratio()};
  };
  for (const auto& row : efficiency.workloads) take(row.name.name, row.demands);
  for (const auto& row : efficiency.namespaces) take(row.name.name_space, row.demands);
  for (const auto& row : efficiency.clusters) take(row.name, row.demands);
  const auto expect = [&](const char* name, double cpu, double memory) {
    EXPECT_NEAR(found.at(name).first, cpu, 1e-4) << name;
    EXPECT_NEAR(found.at(name).second, memory, 1e-4) << name;
  };
  expect("indexer", 0.1, 0.2);
  expect("checkout", 0.355, 0.4625);
  expect("prod", 0.185, 0.2875);
}

TEST_F(WorkedSavings, EachAmountAndPriority) {
  std::map<std::string, std::pair<double, std::string_view>> found;
  for (const Saving& row : savings.rows) {
    found[std::string(row.of.name) + " " + std::string(to_string(row.kind))] = {
        row.per_month.amount(), to_string(row.priority)};
  }
  const std::map<std::string, std::pair<double, std::string_view>> expected = {
      {"indexer cpu_request", {93.44, "medium"}},  {"indexer memory_request", {21.90, "low"}},
      {"legacy idle_workload", {36.50, "medium"}}, {" unmounted_storage", {7.30, "low"}},
      {" idle_load_balancer", {14.60, "low"}},     {" idle_capacity", {376.68, "high"}}};
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, saving] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_NEAR(found[name].first, saving.first, 0.01) << name;
    EXPECT_EQ(found[name].second, saving.second) << name;
  }
}

TEST_F(WorkedSavings, EvidenceTotalWasteAndTheNode) {
  for (const Saving& row : savings.rows) {
    if (row.kind == SavingKind::cpu_request) {
      EXPECT_NEAR(row.evidence->recommended, 0.4, 1e-9);
      EXPECT_NEAR(row.evidence->used, 0.26, 1e-6);
      EXPECT_NEAR(row.evidence->requested, 2, 1e-6);
      EXPECT_EQ(row.evidence->observed, 32h);
    }
    if (row.kind == SavingKind::memory_request) {
      EXPECT_NEAR(row.evidence->recommended / kGiB, 1, 1e-6);
    }
  }
  ASSERT_EQ(savings.totals.size(), 1U);
  EXPECT_NEAR(savings.totals.front().second.amount(), 550.42, 0.01);
  EXPECT_NEAR(savings.waste.front().second.amount(), 677.6955, 0.01);
  ASSERT_EQ(savings.nodes.size(), 1U);
  EXPECT_NEAR(savings.nodes.front().per_month.amount(), 350.40, 0.01);
}

TEST(WorkedShares, LargestRemainders) {
  using std::vector;
  const auto parts = [](std::int64_t total, vector<std::int64_t> weights) {
    vector<std::int64_t> out;
    for (const Cost part : apportion({total}, weights)) out.push_back(part.micros);
    return out;
  };
  EXPECT_EQ(parts(50'000, {100'000, 200'000}), (vector<std::int64_t>{16'667, 33'333}));
  EXPECT_EQ(parts(50'000, {1, 1}), (vector<std::int64_t>{25'000, 25'000}));
  EXPECT_EQ(parts(50'000, {3, 1}), (vector<std::int64_t>{37'500, 12'500}));
  EXPECT_EQ(std::llround(300 / kHoursPerMonth * 1e6), 410'959);
  EXPECT_EQ(parts(410'959, {100'000, 200'000}), (vector<std::int64_t>{136'986, 273'973}));
}

}  // namespace
}  // namespace exporter::cost
