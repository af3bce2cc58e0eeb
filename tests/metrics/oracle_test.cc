// Our page against the writer of stock prometheus-cpp, fed with the same figures.
#include <gmock/gmock.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <random>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using model::AssetType;
using model::RowKind;
using samples::AssetRow;
using samples::Row;
using LabelMap = std::map<std::string, std::string>;

// Name and help of a family, and its series with their values.
using Content = std::map<std::pair<std::string, std::string>, std::map<LabelMap, double>>;

Content content(const std::string& text) {
  Content out;
  for (const samples::Family& family : samples::read_families(text)) {
    EXPECT_EQ(family.type, "gauge");
    auto& series = out[{family.name, family.help}];
    for (const samples::Sample& sample : family.samples) {
      EXPECT_TRUE(
          series.emplace(sample.label_map(), std::strtod(sample.value.c_str(), nullptr)).second);
    }
  }
  return out;
}

// The cost families of one source as the catalogue describes them, from the rows themselves.
class Oracle {
 public:
  void add(const Row& row) {
    const std::string what[] = {"cpu",     "memory",        "gpu",    "storage",
                                "network", "load_balancer", "shared", "external"};
    for (std::size_t i = 0; i < model::kResources; ++i) {
      const LabelMap cluster = {{"cluster", row.cluster}, {"resource", what[i]}};
      LabelMap name_space = cluster;
      name_space["namespace"] = row.name_space;
      LabelMap workload = name_space;
      const bool bare = row.controller.empty();
      workload["controller_kind"] = bare ? "pod" : row.controller_kind;
      workload["controller"] = bare ? row.pod : row.controller;
      LabelMap pod = workload;
      pod["pod"] = row.pod;
      pod["node"] = row.node;
      add_money("opencost_cluster_cost", cluster, row.costs.by[i]);
      if (row.kind == RowKind::idle) add_money("opencost_idle_cost", cluster, row.costs.by[i]);
      if (row.kind == RowKind::unmounted) {
        add_money("opencost_unmounted_cost", cluster, row.costs.by[i]);
      }
      if (row.kind != RowKind::workload) continue;
      add_money("opencost_namespace_cost", name_space, row.costs.by[i]);
      add_money("opencost_workload_cost", workload, row.costs.by[i]);
      micros_["opencost_pod_cost_per_hour"][pod] += row.costs.by[i].micros;
    }
    ratios_["opencost_reconciliation_difference_ratio"][{{"cluster", row.cluster}}] = 0;
    for (const model::Period period : model::kPeriods) {
      ratios_["opencost_window_coverage_ratio"]
             [{{"cluster", row.cluster}, {"window", std::string(to_string(period))}}] = 0.5;
    }
  }

  void add(const AssetRow& row) {
    if (row.type == AssetType::node) {
      micros_["opencost_node_cost_per_hour"][{{"cluster", row.cluster},
                                              {"node", row.name},
                                              {"instance_type", row.instance_type},
                                              {"spot", row.spot ? "true" : "false"}}] += row.micros;
    } else {
      micros_["opencost_asset_cost_per_hour"][{{"cluster", row.cluster},
                                               {"asset_type", std::string(to_string(row.type))},
                                               {"name", row.name},
                                               {"provider_id", row.provider_id}}] += row.micros;
    }
  }

  std::string serialize() const {
    prometheus::Registry registry;
    for (const MetricSpec& spec : kCatalogue) {
      if (spec.group != Group::cost) continue;
      auto& family = prometheus::BuildGauge()
                         .Name(std::string(spec.name))
                         .Help(std::string(spec.help))
                         .Register(registry);
      if (const auto found = micros_.find(std::string(spec.name)); found != micros_.end()) {
        for (const auto& [labels, micros] : found->second) {
          if (micros == 0 && !always(labels)) continue;
          family.Add(labels).Set(static_cast<double>(micros) / 1e6);
        }
      } else if (const auto ratios = ratios_.find(std::string(spec.name));
                 ratios != ratios_.end()) {
        for (const auto& [labels, ratio] : ratios->second) family.Add(labels).Set(ratio);
      }
    }
    auto families = registry.Collect();
    families.erase(std::remove_if(families.begin(), families.end(),
                                  [](const auto& family) { return family.metric.empty(); }),
                   families.end());
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  static bool always(const LabelMap& labels) {
    const auto resource = labels.find("resource");
    return resource == labels.end() || resource->second == "cpu" || resource->second == "memory";
  }
  void add_money(const std::string& family, const LabelMap& labels, Cost cost) {
    micros_[family + "_per_hour"][labels] += cost.micros;
    for (const model::Period period : model::kPeriods) {
      micros_[family + "_" + std::string(to_string(period))][labels] += cost.micros;
    }
  }

  std::map<std::string, std::map<LabelMap, std::int64_t>> micros_;
  std::map<std::string, std::map<LabelMap, double>> ratios_;
};

// Whole cents, which sixteen digits hold; some names need escaping.
Row random_row(std::mt19937_64& random, int index) {
  Row row =
      cost::samples::pod("c" + std::to_string(random() % 2),
                         random() % 5 == 0 ? "a\"b\\c\nd" : "ns" + std::to_string(random() % 4),
                         "pod-" + std::to_string(index), 0);
  if (random() % 3 != 0) {
    row = cost::samples::owned(row, random() % 2 == 0 ? "job" : "deployment",
                               "app" + std::to_string(random() % 3));
  }
  if (random() % 2 == 0) row.node = "n" + std::to_string(random() % 3);
  for (Cost& cost : row.costs.by) {
    if (random() % 2 == 0) cost.micros = static_cast<std::int64_t>(random() % 1'000) * 10'000;
  }
  return cost::samples::exact(row);
}

TEST(Page, SaysWhatStockPrometheusWouldSay) {
  std::mt19937_64 random(2026);
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE(round);
    std::vector<Row> rows = {cost::samples::idle("c0", 990'000), cost::samples::idle("c1", 0),
                             cost::samples::unmounted("c0", 30'000)};
    for (int i = 0; i < 40; ++i) rows.push_back(random_row(random, i));
    std::vector<AssetRow> assets;
    assets.reserve(12);
    for (int i = 0; i < 12; ++i) {
      assets.push_back({.type = static_cast<AssetType>(random() % 6),
                        .cluster = "c0",
                        .name = "a" + std::to_string(random() % 4),
                        .provider_id = "p",
                        .instance_type = "t" + std::to_string(random() % 2),
                        .spot = random() % 2 == 0,
                        .micros = static_cast<std::int64_t>(random() % 1'000) * 10'000});
    }
    Oracle oracle;
    for (const Row& row : rows) oracle.add(row);
    for (AssetRow& asset : assets) {
      if (asset.type != AssetType::node) asset.instance_type.clear(), asset.spot = false;
      oracle.add(asset);
    }
    cost::Report report;
    // Without pods of their window nodes have no idle, which inventory_test looks into.
    report.sources.push_back(
        cost::samples::report_of(samples::breakdown(rows), nullptr,
                                 std::make_shared<const cost::Inventory>(cost::take_inventory(
                                     cost::samples::assets(assets), nullptr))));
    for (cost::PeriodCost& period : report.sources[0].periods) period = samples::known(rows, 0.5);
    ASSERT_EQ(content(samples::rendered(report)), content(oracle.serialize()));
  }
}

}  // namespace
}  // namespace exporter::metrics
