// Tables made by hand or at random, for the tests of cost/.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "exporter/cost/cost.h"

namespace exporter::cost::samples {

/// 2026-03-10 10:00 to 11:00 UTC.
inline model::Window hour() {
  const std::chrono::sys_seconds start =
      std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(10);
  return {start, start + std::chrono::hours(1)};
}

/// A row before it is put into a table; unlike a model::Allocation it owns its text.
struct Row {
  model::RowKind kind = model::RowKind::workload;
  std::string cluster{}, name_space{}, pod{}, controller_kind{}, controller{}, node{};
  model::Costs costs{};
  Cost reported{};
  std::map<std::string, std::string> labels{};
};

inline model::Costs cpu(std::int64_t micros) {
  model::Costs costs;
  costs[model::Resource::cpu] = Cost{micros};
  return costs;
}

/// A row whose reported total is its sum.
inline Row exact(Row row) {
  row.reported = row.costs.total();
  return row;
}

inline Row pod(std::string cluster, std::string name_space, std::string name, std::int64_t micros) {
  return exact({.cluster = std::move(cluster),
                .name_space = std::move(name_space),
                .pod = std::move(name),
                .costs = cpu(micros)});
}

inline Row owned(Row row, std::string kind, std::string controller) {
  row.controller_kind = std::move(kind);
  row.controller = std::move(controller);
  return row;
}

inline Row on_node(Row row, std::string node) {
  row.node = std::move(node);
  return row;
}

inline Row idle(std::string cluster, std::int64_t micros) {
  return exact({.kind = model::RowKind::idle, .cluster = std::move(cluster), .costs = cpu(micros)});
}

inline Row unmounted(std::string cluster, std::int64_t micros) {
  Row row{.kind = model::RowKind::unmounted,
          .cluster = std::move(cluster),
          .name_space = "__unmounted__",
          .pod = "__unmounted__"};
  row.costs[model::Resource::storage] = Cost{micros};
  return exact(row);
}

inline Row labelled(Row row, std::map<std::string, std::string> labels) {
  row.labels = std::move(labels);
  return row;
}

/// The index of these labels in the table, which gets them when it lacks them.
inline std::uint32_t label_set(model::AllocationTable& table,
                               const std::map<std::string, std::string>& labels) {
  model::LabelSet set;
  for (const auto& [name, value] : labels) {
    set.push_back({table.text.store(name), table.text.store(value)});
  }
  const auto at = std::find(table.label_sets.begin(), table.label_sets.end(), set);
  const auto index = static_cast<std::uint32_t>(at - table.label_sets.begin());
  if (at == table.label_sets.end()) table.label_sets.push_back(std::move(set));
  return index;
}

/// Sorted as the table promises.
inline std::shared_ptr<model::AllocationTable> table(const std::vector<Row>& rows,
                                                     double rejected_total = 0) {
  auto out = std::make_shared<model::AllocationTable>();
  out->window = hour();
  out->rejected_total = rejected_total;
  for (const Row& row : rows) {
    const auto keep = [&](const std::string& text) { return out->text.store(text); };
    model::Allocation& kept = out->rows.emplace_back();
    kept.kind = row.kind;
    kept.cluster = keep(row.cluster);
    kept.name_space = keep(row.name_space);
    kept.pod = keep(row.pod);
    kept.controller_kind = keep(row.controller_kind);
    kept.controller = keep(row.controller);
    kept.node = keep(row.node);
    kept.costs = row.costs;
    kept.reported_total = row.reported;
    kept.label_set = label_set(*out, row.labels);
  }
  const auto key = [](const model::Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  std::sort(out->rows.begin(), out->rows.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return out;
}

/// A source of which only this is known; any may be null.
inline SourceReport report_of(std::shared_ptr<const Breakdown> current,
                              std::shared_ptr<const Breakdown> today = nullptr,
                              std::shared_ptr<const Inventory> assets = nullptr) {
  SourceReport report;
  report.current = std::move(current);
  report.assets = std::move(assets);
  report.periods[static_cast<std::size_t>(model::Period::today)].costs = std::move(today);
  return report;
}

inline Breakdown broken_down(const std::vector<Row>& rows, double rejected_total = 0) {
  return break_down(table(rows, rejected_total));
}

struct AssetRow {
  model::AssetType type = model::AssetType::node;
  std::string cluster{}, name{}, provider_id{}, instance_type{};
  bool spot = false;
  std::int64_t micros = 0;
};

inline std::shared_ptr<model::AssetTable> assets(const std::vector<AssetRow>& rows) {
  auto out = std::make_shared<model::AssetTable>();
  out->window = hour();
  for (const AssetRow& row : rows) {
    const auto keep = [&](const std::string& text) { return out->text.store(text); };
    model::Asset& kept = out->rows.emplace_back();
    kept.type = row.type;
    kept.cluster = keep(row.cluster);
    kept.name = keep(row.name);
    kept.provider_id = keep(row.provider_id);
    kept.instance_type = keep(row.instance_type);
    kept.spot = row.spot;
    kept.total = Cost{row.micros};
  }
  const auto key = [](const model::Asset& row) {
    return std::tie(row.type, row.cluster, row.name, row.provider_id);
  };
  std::sort(out->rows.begin(), out->rows.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return out;
}

}  // namespace exporter::cost::samples
