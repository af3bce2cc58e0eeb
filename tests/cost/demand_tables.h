// Pods with what they asked for and used, and the nodes they run on, for the tests of cost/.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/cost/tables.h"

namespace exporter::cost::samples {

inline constexpr float kMiB = 1 << 20;

/// One pod, bare unless it has a controller.
struct DemandRow {
  std::string pod{};
  std::string cluster = "c";
  std::string name_space = "ns";
  std::string controller_kind{}, controller{}, node{};
  model::Costs costs{};
  float hours = 1;
  model::Demand cpu{}, memory{}, gpu{};
  model::RowKind kind = model::RowKind::workload;
};

inline DemandRow of_deployment(DemandRow row, std::string name) {
  row.controller_kind = "deployment";
  row.controller = std::move(name);
  return row;
}

/// Sorted as the table promises.
inline std::shared_ptr<model::AllocationTable> demand_table(const std::vector<DemandRow>& rows,
                                                            model::Window window = hour()) {
  auto out = std::make_shared<model::AllocationTable>();
  out->window = window;
  for (const DemandRow& row : rows) {
    model::Allocation& kept = out->rows.emplace_back();
    kept.kind = row.kind;
    kept.cluster = out->text.store(row.cluster);
    kept.name_space = out->text.store(row.name_space);
    kept.pod = out->text.store(row.pod);
    kept.controller_kind = out->text.store(row.controller_kind);
    kept.controller = out->text.store(row.controller);
    kept.node = out->text.store(row.node);
    kept.costs = row.costs;
    kept.reported_total = row.costs.total();
    kept.hours = row.hours;
    kept.cpu = row.cpu;
    kept.memory = row.memory;
    kept.gpu = row.gpu;
  }
  const auto key = [](const model::Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  std::sort(out->rows.begin(), out->rows.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return out;
}

inline std::shared_ptr<const Breakdown> demands(const std::vector<DemandRow>& rows,
                                                model::Window window = hour()) {
  return std::make_shared<const Breakdown>(break_down(demand_table(rows, window)));
}

/// An hour that ends so many after that of hour().
inline model::Window hours_later(int hours) {
  return {hour().start + std::chrono::hours(hours), hour().end + std::chrono::hours(hours)};
}

struct NodeRow {
  std::string name{};
  std::int64_t micros = 0;
  double cores = 4;
  double memory_bytes = 16.0 * 1024 * kMiB;
  double gpus = 0;
  bool spot = false;
  std::string cluster = "c";
  std::string provider_id{};
};

inline std::shared_ptr<const Inventory> inventory(const std::vector<NodeRow>& rows,
                                                  model::Window window = hour()) {
  std::vector<AssetRow> assets_of;
  assets_of.reserve(rows.size());
  for (const NodeRow& row : rows) {
    assets_of.push_back({.cluster = row.cluster,
                         .name = row.name,
                         .provider_id = row.provider_id,
                         .spot = row.spot,
                         .micros = row.micros});
  }
  auto table = assets(assets_of);
  table->window = window;
  std::map<std::pair<std::string_view, std::string_view>, const NodeRow*> by_name;
  for (const NodeRow& row : rows) by_name[{row.cluster, row.name}] = &row;
  for (model::Asset& asset : table->rows) {
    const NodeRow& row = *by_name.at({asset.cluster, asset.name});
    asset.cores = row.cores;
    asset.memory_bytes = row.memory_bytes;
    asset.gpus = row.gpus;
  }
  return std::make_shared<const Inventory>(take_inventory(table, nullptr));
}

}  // namespace exporter::cost::samples
