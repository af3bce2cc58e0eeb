// What becomes of a page that would have too many series, on small reports.
#include "exporter/metrics/fold.h"

#include <gmock/gmock.h>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using cost::samples::cpu;
using cost::samples::on_node;
using cost::samples::owned;
using cost::samples::pod;
using samples::rendered;
using samples::Row;
using samples::series;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t kMany = 1'000'000;

// Shares

std::array<std::uint64_t, 4> shared(std::uint64_t room, std::array<std::uint64_t, 4> wanted) {
  return shares(room, wanted);
}

TEST(Shares, GiveWhoWantsLessAllItWants) {
  // What one wants beyond its share does not matter.
  EXPECT_THAT(shared(100, {0, 0, 0, 0}), ElementsAre(100, 100, 100, 100));
  EXPECT_THAT(shared(100, {10, 20, 1'000, 1'000}), ElementsAre(26, 30, 35, 35));
  EXPECT_THAT(shared(100, {10, 20, 30, 1'000}), ElementsAre(26, 30, 35, 40));
  EXPECT_THAT(shared(100, {1'000, 1'000, 1'000, 1'000}), ElementsAre(25, 25, 25, 25));
  EXPECT_THAT(shared(0, {1, 1, 1, 1}), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(shared(3, {9, 9, 9, 9}), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(shared(5, {0, 0, 9, 9}), ElementsAre(1, 1, 2, 2));
}

TEST(Shares, AreNeverMoreThanThereIs) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 5'000; ++round) {
    std::array<std::uint64_t, 4> wanted{};
    for (auto& want : wanted) want = random() % (1 + random() % 100);
    const std::uint64_t room = random() % 200;
    const auto got = shared(room, wanted);
    std::uint64_t used = 0, all = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      used += std::min(got[i], wanted[i]);
      all += wanted[i];
      EXPECT_GE(got[i], std::min(wanted[i], room / 4));
    }
    EXPECT_LE(used, room);
    EXPECT_TRUE(all > room || used == all);
  }
}

// Pods

/// Pods of a namespace that cost so many millionths, p0 first; two series each.
std::vector<Row> pods(const std::string& name_space, const std::vector<std::int64_t>& micros) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < micros.size(); ++i) {
    rows.push_back(on_node(pod("c", name_space, "p" + std::to_string(i), micros[i]), "n"));
  }
  return rows;
}

std::vector<Row> joined(std::vector<Row> rows, const std::vector<Row>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

const std::string kPods = "opencost_pod_cost_per_hour";

TEST(Folding, TheCheapestPodsOfANamespaceBecomeOne) {
  const auto report =
      samples::current(joined(pods("a", {500'000, 1'000'000, 7, 9}), pods("b", {2'000'000})));
  const Options options = {.workloads = false, .max_family_series = 8};
  EXPECT_THAT(
      series(rendered(report, options), kPods),
      ElementsAre("c a __other__ __other__ __other__  cpu 0.500016",
                  "c a __other__ __other__ __other__  memory 0", "c a p1 pod p1 n cpu 1",
                  "c a p1 pod p1 n memory 0", "c b p0 pod p0 n cpu 2", "c b p0 pod p0 n memory 0"))
      << "two of eight are for what is folded of b, whether there is any or not";
  EXPECT_THAT(series(rendered(report, options), "opencost_namespace_cost_per_hour"),
              ElementsAre("c a cpu 1.500016", "c a memory 0", "c b cpu 2", "c b memory 0"));
}

TEST(Folding, IsCountedByFamily) {
  const auto report = samples::current(joined(pods("a", {5, 4, 3, 2}), pods("b", {9})));
  const Page page = render(report, {.workloads = false, .max_family_series = 8});
  for (const auto& [family, folded] : page.folded) {
    EXPECT_EQ(folded, family == kPods ? 6u : 0u) << family;
  }
}

TEST(Folding, WhatFitsIsLeftAsItIs) {
  const auto report = samples::every_family({"a", "b"});
  const Page whole = render(report, {});
  std::uint64_t largest = 0;
  for (const auto& [family, folded] : whole.folded) {
    EXPECT_EQ(folded, 0u);
    largest =
        std::max<std::uint64_t>(largest, series(samples::joined(whole.text()), family).size());
  }
  const std::string fits =
      rendered(report, {.max_series = whole.series, .max_family_series = largest});
  EXPECT_EQ(fits, samples::joined(whole.text()));
  for (const auto& [all, family] :
       {std::pair{whole.series - 1, largest}, std::pair{whole.series, largest - 1}}) {
    EXPECT_NE(rendered(report, {.max_series = all, .max_family_series = family}), fits);
  }
}

TEST(Folding, TheFoldedRowStandsWhereItsNameBelongs) {
  const std::vector<Row> rows = {pod("c", "a", "A", 9'000'000), pod("c", "a", "Z", 1),
                                 pod("c", "a", "a", 2), pod("c", "a", "z", 8'000'000)};
  EXPECT_THAT(
      series(rendered(samples::current(rows), {.workloads = false, .max_family_series = 6}), kPods),
      ElementsAre("c a A pod A  cpu 9", "c a A pod A  memory 0",
                  "c a __other__ __other__ __other__  cpu 3e-06",
                  "c a __other__ __other__ __other__  memory 0", "c a z pod z  cpu 8",
                  "c a z pod z  memory 0"));
}

TEST(Folding, ARowOfThatNameIsOneOfThem) {
  std::vector<Row> rows = pods("a", {6'000'000, 5'000'000, 1});
  rows.push_back(owned(pod("c", "a", "__other__", 9'000'000), "__other__", "__other__"));
  const auto report = samples::current(rows);
  EXPECT_THAT(series(rendered(report, {.workloads = false}), kPods),
              Contains("c a __other__ __other__ __other__  cpu 9"));
  EXPECT_THAT(
      series(rendered(report, {.workloads = false, .max_family_series = 6}), kPods),
      ElementsAre("c a __other__ __other__ __other__  cpu 9.000001",
                  "c a __other__ __other__ __other__  memory 0", "c a p0 pod p0 n cpu 6",
                  "c a p0 pod p0 n memory 0", "c a p1 pod p1 n cpu 5", "c a p1 pod p1 n memory 0"));
}

TEST(Folding, ResourcesOfTheFoldedAreShown) {
  std::vector<Row> rows = pods("a", {9'000'000, 0, 0, 0});
  rows[1].costs[model::Resource::gpu] = Cost{3};
  rows[2].costs[model::Resource::gpu] = Cost{4};
  rows[3].costs[model::Resource::storage] = Cost{5};
  EXPECT_THAT(
      series(rendered(samples::current(rows), {.workloads = false, .max_family_series = 7}), kPods),
      ElementsAre("c a __other__ __other__ __other__  cpu 0",
                  "c a __other__ __other__ __other__  memory 0",
                  "c a __other__ __other__ __other__  gpu 7e-06",
                  "c a __other__ __other__ __other__  storage 5e-06", "c a p0 pod p0 n cpu 9",
                  "c a p0 pod p0 n memory 0"));
}

TEST(Folding, TheEfficiencyOfTheFoldedIsWeighedWithCost) {
  auto table = cost::samples::table(pods("a", {9'000'000, 3'000'000, 1'000'000}));
  table->rows[0].cpu = {.charged = 1, .requested = 1, .used = 1};
  table->rows[1].cpu = {.charged = 1, .requested = 1, .used = 0.5};
  table->rows[2].cpu = {.charged = 2, .requested = 1, .used = 2};
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  source.current = std::make_shared<const cost::Breakdown>(cost::break_down(table));
  source.efficiency = std::make_shared<const cost::Efficiency>(cost::measure(source.current));
  const std::string text = rendered(report, {.workloads = false, .max_family_series = 5});
  // (3 x 0.5 + 0.5 x 2) / (3 + 0.5)
  EXPECT_THAT(series(text, "opencost_pod_efficiency_ratio"),
              ElementsAre("c a __other__ __other__ __other__  cpu 0.7142857142857143",
                          "c a p0 pod p0 n cpu 1"));
}

// Workloads

TEST(Folding, TheWorkloadsThatAreShownAreTheSameInAllFamilies) {
  const auto owned_by = [](const char* name, std::int64_t micros) {
    return owned(pod("c", "ns", std::string(name) + "-1", micros), "deployment", name);
  };
  cost::Report report = samples::current(
      {owned_by("a", 5), owned_by("b", 4'000'000), owned_by("c", 3'000'000), owned_by("e", 7)});
  // What ran today and does not now ranks by what it cost an hour.
  report.sources[0].periods[0].costs =
      samples::breakdown({owned_by("a", 900'000'000), owned_by("b", 1), owned_by("d", 9'000'000)});
  const std::string text = rendered(report, {.pods = false, .max_family_series = 7});
  const std::string other = "c ns __other__ __other__ ", deployment = "c ns deployment ";
  EXPECT_THAT(
      series(text, "opencost_workload_cost_per_hour"),
      ElementsAre(other + "cpu 1.2e-05", other + "memory 0", deployment + "b cpu 4",
                  deployment + "b memory 0", deployment + "c cpu 3", deployment + "c memory 0"));
  EXPECT_THAT(
      series(text, "opencost_workload_cost_today"),
      ElementsAre(other + "cpu 900", other + "memory 0", deployment + "b cpu 1e-06",
                  deployment + "b memory 0", deployment + "d cpu 9", deployment + "d memory 0"));
}

// Labels, namespaces, and caps that are smaller than that

TEST(Folding, ValuesOfALabelBecomeOne) {
  cost::Report report;
  auto attribution = std::make_shared<cost::Attribution>();
  attribution->of = samples::breakdown({});
  attribution->labels = {{"c", "app", "one", cpu(9'000'000)},
                         {"c", "team", "a", cpu(1)},
                         {"c", "team", "b", cpu(8'000'000)},
                         {"c", "team", "c", cpu(2)}};
  report.sources.emplace_back().attribution = attribution;
  EXPECT_THAT(series(rendered(report, {.max_family_series = 7}), "opencost_label_cost_per_hour"),
              ElementsAre("c app one cpu 9", "c app one memory 0", "c team __other__ cpu 8.000003",
                          "c team __other__ memory 0"));
  EXPECT_THAT(series(rendered(report, {.max_family_series = 1}), "opencost_label_cost_per_hour"),
              ElementsAre("c app __other__ cpu 9", "c app __other__ memory 0",
                          "c team __other__ cpu 8.000003", "c team __other__ memory 0"));
}

TEST(Folding, NamespacesBecomeOneOfTheirClusterWhereEvenTheyAreTooMany) {
  const auto report = samples::current(
      joined(joined(pods("a", {1, 2}), pods("b", {5'000'000, 3})), pods("d", {4'000'000, 6})));
  const std::string text = rendered(report, {.workloads = false, .max_family_series = 5});
  EXPECT_THAT(series(text, "opencost_namespace_cost_per_hour"),
              ElementsAre("c __other__ cpu 4.000009", "c __other__ memory 0", "c b cpu 5.000003",
                          "c b memory 0"));
  EXPECT_THAT(series(text, kPods),
              ElementsAre("c __other__ __other__ __other__ __other__  cpu 4.000009",
                          "c __other__ __other__ __other__ __other__  memory 0",
                          "c b __other__ __other__ __other__  cpu 5.000003",
                          "c b __other__ __other__ __other__  memory 0"));
}

TEST(Folding, CapsOfOneAndNoneLeaveARowOfEachCluster) {
  const auto report =
      samples::current({pod("c", "a", "p", 1'000'000), pod("c", "b", "p", 2'000'000),
                        pod("d", "a", "p", 4'000'000)});
  for (const std::uint64_t cap : {0u, 1u}) {
    for (const Options& options : {Options{.max_series = cap}, Options{.max_family_series = cap}}) {
      const std::string text = rendered(report, options);
      EXPECT_THAT(samples::faults_of(text), SizeIs(0));
      EXPECT_THAT(series(text, "opencost_cluster_cost_per_hour"), SizeIs(4));
      EXPECT_THAT(series(text, "opencost_namespace_cost_per_hour"),
                  ElementsAre("c __other__ cpu 3", "c __other__ memory 0", "d __other__ cpu 4",
                              "d __other__ memory 0"));
      EXPECT_THAT(series(text, kPods),
                  ElementsAre("c __other__ __other__ __other__ __other__  cpu 3",
                              "c __other__ __other__ __other__ __other__  memory 0",
                              "d __other__ __other__ __other__ __other__  cpu 4",
                              "d __other__ __other__ __other__ __other__  memory 0"));
    }
  }
}

TEST(Folding, NodesAndAssetsAreLeftAlone) {
  const auto report = samples::every_family({"a", "b"});
  const std::string whole = rendered(report), folded = rendered(report, {.max_series = 1});
  for (const char* family : {"opencost_node_cost_per_hour", "opencost_asset_cost_per_hour",
                             "opencost_tenant_cost_today", "opencost_savings_per_month"}) {
    EXPECT_EQ(series(whole, family), series(folded, family));
  }
  EXPECT_LT(folded.size(), whole.size());
}

// From page to page

std::vector<std::string> names_shown(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string& line : series(text, kPods)) {
    if (line.find(" cpu ") != std::string::npos)
      names.push_back(line.substr(4, line.find(' ', 4) - 4));
  }
  return names;
}

class Pages {
 public:
  explicit Pages(std::uint64_t family_cap) { options_.max_family_series = family_cap; }

  std::vector<std::string> shown(const std::vector<std::int64_t>& micros) {
    const Page page = renderer_.render(samples::current(pods("a", micros)), options_);
    return names_shown(samples::joined(page.text()));
  }

 private:
  Renderer renderer_;
  Options options_ = {.workloads = false, .max_series = kMany};
};

TEST(Hysteresis, RowsThatWereShownStayWhileTheyFit) {
  Pages pages(20);
  // All ten fit, and then one more does not: with what is folded there is room for nine.
  EXPECT_THAT(pages.shown({10, 11, 12, 13, 14, 15, 16, 17, 18, 19}), SizeIs(10));
  EXPECT_THAT(pages.shown({10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 12}),
              ElementsAre("__other__", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"));
  // What is much dearer than the cheapest takes its place, as long as nine tenths are not full.
  EXPECT_THAT(pages.shown({10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 99}),
              ElementsAre("__other__", "p10", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"));
}

TEST(Hysteresis, ANewRowMustBeAQuarterDearer) {
  Pages pages(6);
  EXPECT_THAT(pages.shown({100, 100}), ElementsAre("p0", "p1"));
  EXPECT_THAT(pages.shown({100, 100, 1, 1}), ElementsAre("__other__", "p0", "p1"));
  EXPECT_THAT(pages.shown({100, 100, 120, 120}), ElementsAre("__other__", "p0", "p1"));
  EXPECT_THAT(pages.shown({100, 101, 130, 1}), ElementsAre("__other__", "p1", "p2"));
  EXPECT_THAT(pages.shown({100, 101, 130, 1}), ElementsAre("__other__", "p1", "p2"));
}

TEST(Hysteresis, FoldingEndsWhenThereIsRoomToSpare) {
  Pages pages(20);
  const std::vector<std::int64_t> eleven(11, 5), ten(10, 5), nine(9, 5);
  EXPECT_THAT(pages.shown(ten), SizeIs(10));
  EXPECT_THAT(pages.shown(eleven), Contains("__other__"));
  EXPECT_THAT(pages.shown(ten), Contains("__other__")) << "they would fit, but barely";
  EXPECT_THAT(pages.shown(nine), Not(Contains("__other__")));
  EXPECT_THAT(pages.shown(ten), Not(Contains("__other__")));
}

TEST(Hysteresis, RowsOfEqualCostStayWhatTheyAre) {
  for (const std::int64_t micros : {0, 7}) {
    Pages pages(20);
    const auto first = pages.shown(std::vector<std::int64_t>(40, micros));
    EXPECT_THAT(first, Contains("__other__"));
    EXPECT_THAT(first, SizeIs(9)) << "new rows fill nine tenths";
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(pages.shown(std::vector<std::int64_t>(40, micros)), first);
    }
  }
}

}  // namespace
}  // namespace exporter::metrics
