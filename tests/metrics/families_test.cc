#include <gmock/gmock.h>

#include <algorithm>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using cost::samples::owned;
using cost::samples::pod;
using samples::Family;
using samples::read_families;
using samples::rendered;
using samples::series;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> catalogued(Group group) {
  std::vector<std::string> names;
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group == group) names.emplace_back(spec.name);
  }
  return names;
}

const MetricSpec& spec_of(const std::string& name) {
  const auto* const found = std::find_if(std::begin(kCatalogue), std::end(kCatalogue),
                                         [&](const MetricSpec& spec) { return spec.name == name; });
  if (found == std::end(kCatalogue)) throw std::runtime_error(name + " is not in the catalogue");
  return *found;
}

TEST(Render, OfNothingIsEmpty) {
  cost::Report silent;
  silent.sources.resize(2);
  for (const cost::Report& report : {cost::Report{}, silent, samples::current({})}) {
    const Page page = render(report, {});
    EXPECT_THAT(page.text(), IsEmpty());
    EXPECT_EQ(page.text_bytes, 0u);
    EXPECT_EQ(page.crc32, 0u);
    EXPECT_EQ(page.series, 0u);
  }
}

TEST(Render, WritesEveryCostFamilyInTheOrderOfTheCatalogue) {
  // What is shared is shared over namespaces or over tenants.
  cost::Report report = samples::every_family();
  for (const char* absent :
       {"opencost_tenant_shared_cost_per_hour", "opencost_namespace_shared_cost_per_hour"}) {
    auto expected = catalogued(Group::cost);
    expected.erase(std::remove(expected.begin(), expected.end(), absent), expected.end());
    EXPECT_EQ(samples::names_of(read_families(rendered(report))), expected);
    report.shared_over_tenants = true;
  }
}

TEST(Render, WritesHelpTypeAndLabelsOfTheCatalogue) {
  for (const Family& family : read_families(rendered(samples::every_family({"b", "a"})))) {
    SCOPED_TRACE(family.name);
    const MetricSpec& spec = spec_of(family.name);
    EXPECT_EQ(family.help, spec.help);
    EXPECT_EQ(family.type, "gauge");
    for (const samples::Sample& sample : family.samples) {
      EXPECT_EQ(sample.name, family.name);
      ASSERT_EQ(sample.labels.size(), spec.label_count());
      for (std::size_t i = 0; i < spec.label_count(); ++i) {
        EXPECT_EQ(sample.labels[i].first, spec.labels[i]);
      }
    }
  }
}

TEST(Render, IsWhatPrometheusTakes) {
  EXPECT_THAT(samples::faults_of(rendered(samples::every_family({"b", "a"}))), IsEmpty());
}

TEST(Render, CountsItsSeries) {
  const Page page = render(samples::every_family({"b", "a"}), {});
  std::uint64_t count = 0;
  for (const Family& family : read_families(samples::joined(page.text()))) {
    count += family.samples.size();
  }
  EXPECT_EQ(page.series, count);
}

TEST(Render, TwiceGivesTheSameBytes) {
  const cost::Report report = samples::every_family({"b", "a"});
  EXPECT_EQ(rendered(report), rendered(report));
  EXPECT_EQ(render(report, {}).deflated, render(samples::every_family({"b", "a"}), {}).deflated);
}

TEST(Render, LeavesZeroesOutExceptCpuAndMemory) {
  EXPECT_THAT(series(rendered(samples::current({pod("c", "ns", "p", 0)})),
                     "opencost_namespace_cost_per_hour"),
              ElementsAre("c ns cpu 0", "c ns memory 0"));
}

TEST(Render, WritesEveryResourceThatCostsSomething) {
  samples::Row row = pod("c", "ns", "p", 0);
  for (std::size_t i = 0; i < model::kResources; ++i) {
    row.costs.by[i] = Cost{static_cast<std::int64_t>(i)};
  }
  EXPECT_THAT(series(rendered(samples::current({row})), "opencost_pod_cost_per_hour"),
              ElementsAre("c ns p pod p  cpu 0", "c ns p pod p  memory 1e-06",
                          "c ns p pod p  gpu 2e-06", "c ns p pod p  storage 3e-06",
                          "c ns p pod p  network 4e-06", "c ns p pod p  load_balancer 5e-06",
                          "c ns p pod p  shared 6e-06", "c ns p pod p  external 7e-06"));
}

TEST(Render, WritesANegativeAmountAsItIs) {
  EXPECT_THAT(series(rendered(samples::current({pod("c", "ns", "p", -2'500'000)})),
                     "opencost_cluster_cost_per_hour"),
              ElementsAre("c cpu -2.5", "c memory 0"));
}

TEST(Render, ARateIsTheCostOverTheLengthOfItsOwnWindow) {
  for (const auto& [minutes, rate] : {std::pair{60, "2"}, {30, "4"}, {120, "1"}, {5, "24"}}) {
    SCOPED_TRACE(minutes);
    auto table = cost::samples::table({pod("c", "ns", "p", 2'000'000)});
    table->window.end = table->window.start + std::chrono::minutes(minutes);
    cost::Report report;
    const auto down = std::make_shared<const cost::Breakdown>(cost::break_down(table));
    report.sources.push_back(cost::samples::report_of(down, down));
    const std::string text = rendered(report);
    EXPECT_EQ(series(text, "opencost_cluster_cost_per_hour").at(0), "c cpu " + std::string(rate));
    EXPECT_EQ(series(text, "opencost_cluster_cost_today").at(0), "c cpu 2");
  }
}

TEST(Render, AssetsHaveAWindowOfTheirOwn) {
  auto assets = cost::samples::assets(samples::every_asset("c"));
  assets->window.end = assets->window.start + std::chrono::hours(2);
  cost::Report report = samples::every_family();
  report.sources[0].assets =
      std::make_shared<const cost::Inventory>(cost::take_inventory(assets, nullptr));
  const std::string text = rendered(report);
  EXPECT_THAT(series(text, "opencost_node_cost_per_hour"), ElementsAre("c n1 m5.large true 2"));
  EXPECT_THAT(series(text, "opencost_node_idle_cost_per_hour"), IsEmpty());
}

TEST(Render, TheCurrencyRateIsOnMoneyOnly) {
  const cost::Report report = samples::every_family();
  const std::string plain = rendered(report), twice = rendered(report, {.currency_rate = 2});
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group != Group::cost) continue;
    SCOPED_TRACE(spec.name);
    const auto before = series(plain, spec.name), after = series(twice, spec.name);
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double was = std::stod(before[i].substr(before[i].rfind(' ') + 1));
      const double is = std::stod(after[i].substr(after[i].rfind(' ') + 1));
      // What a budget allows is written in the exported currency as it is.
      const bool money = spec.unit.starts_with("currency") && spec.name != "opencost_budget_limit";
      EXPECT_EQ(is, money ? 2 * was : was);
    }
  }
}

TEST(Render, TheSnapshotIsWholeAndWithoutLabels) {
  cost::Report report;
  for (const std::uint64_t id : {1'795'363'200'123u, 1'795'363'000'000u}) {
    report.snapshot = id;
    EXPECT_TRUE(
        rendered(report).ends_with(" gauge\nopencost_snapshot_id " + std::to_string(id) + "\n"))
        << rendered(report);
  }
  report.snapshot = 0;
  EXPECT_EQ(rendered(report), "");
}

TEST(Render, PodsAndWorkloadsCanBeLeftOut) {
  const auto has = [](const Options& options, const std::string& name) {
    const auto names = samples::names_of(read_families(rendered(samples::every_family(), options)));
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  EXPECT_FALSE(has({.pods = false}, "opencost_pod_cost_per_hour"));
  EXPECT_FALSE(has({.pods = false}, "opencost_pod_efficiency_ratio"));
  EXPECT_TRUE(has({.pods = false}, "opencost_workload_efficiency_ratio"));
  EXPECT_TRUE(has({.pods = false}, "opencost_workload_cost_per_hour"));
  EXPECT_FALSE(has({.workloads = false}, "opencost_workload_cost_per_hour"));
  EXPECT_FALSE(has({.workloads = false}, "opencost_workload_cost_today"));
  EXPECT_FALSE(has({.workloads = false}, "opencost_workload_efficiency_ratio"));
  EXPECT_TRUE(has({.workloads = false}, "opencost_pod_efficiency_ratio"));
  EXPECT_TRUE(has({.workloads = false}, "opencost_recommended_cpu_request_cores"));
  EXPECT_TRUE(has({.workloads = false}, "opencost_pod_cost_per_hour"));
  EXPECT_TRUE(has({.workloads = false}, "opencost_namespace_cost_today"));
}

TEST(Render, PodsCarryTheWorkloadTheyBelongTo) {
  const std::string text = rendered(samples::current(
      {owned(pod("c", "ns", "web-1", 1), "deployment", "web"), pod("c", "ns", "bare", 1)}));
  EXPECT_THAT(
      series(text, "opencost_pod_cost_per_hour"),
      ElementsAre("c ns bare pod bare  cpu 1e-06", "c ns bare pod bare  memory 0",
                  "c ns web-1 deployment web  cpu 1e-06", "c ns web-1 deployment web  memory 0"));
}

TEST(Render, IdleAndUnmountedAreNoPods) {
  const std::string text =
      rendered(samples::current({cost::samples::idle("c", 1), cost::samples::unmounted("c", 1)}));
  EXPECT_THAT(series(text, "opencost_pod_cost_per_hour"), IsEmpty());
  EXPECT_THAT(series(text, "opencost_namespace_cost_per_hour"), IsEmpty());
}

TEST(Render, SourcesStandInTheOrderOfTheConfiguration) {
  EXPECT_THAT(series(rendered(samples::every_family({"b", "a"})), "opencost_node_cost_per_hour"),
              ElementsAre("b n1 m5.large true 4", "a n1 m5.large true 4"));
}

TEST(Render, ASourceMayLackAnyPart) {
  const cost::Report whole = samples::every_family();
  for (int part = 0; part < 3; ++part) {
    SCOPED_TRACE(part);
    cost::Report report;
    report.sources.push_back({});
    report.sources.push_back(whole.sources[0]);
    if (part == 0) report.sources[1].current = nullptr;
    if (part == 1) report.sources[1].periods = {};
    if (part == 2) report.sources[1].assets = nullptr;
    const std::string text = rendered(report);
    EXPECT_THAT(samples::faults_of(text), IsEmpty());
    EXPECT_EQ(series(text, "opencost_cluster_cost_per_hour").empty(), part == 0);
    EXPECT_EQ(series(text, "opencost_cluster_cost_today").empty(), part == 1);
    EXPECT_EQ(series(text, "opencost_asset_cost_per_hour").empty(), part == 2);
  }
}

}  // namespace
}  // namespace exporter::metrics
