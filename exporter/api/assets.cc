// What there is in clusters and what it costs, whoever uses it.
#include <algorithm>
#include <tuple>

#include "exporter/api/columns.h"
#include "exporter/api/group.h"
#include "exporter/api/handlers.h"

namespace exporter::api {
namespace {

constexpr Column kInstanceType{.name = "instance_type",
                               .meaning = "The provider's name for the kind of machine.",
                               .nullable = true,
                               .example = "m5.2xlarge"};
constexpr Column kSpot{.name = "spot",
                       .kind = Kind::truth,
                       .meaning = "Whether the provider may take the node back.",
                       .nullable = true};
constexpr Column kIdleCost{.name = "idle_cost",
                           .kind = Kind::money,
                           .meaning =
                               "Of a node, what nobody reserved of it; null while OpenCost's "
                               "pods are of another window than its assets.",
                           .nullable = true};
constexpr Column kTotalCost{.name = "total_cost",
                            .kind = Kind::money,
                            .meaning = "What the asset cost in the window, discounts included.",
                            .summed = true,
                            .focus = "EffectiveCost"};

constexpr std::array kNodeColumns = {kCluster,   kNode,     kInstanceType, kSpot,
                                     kTotalCost, kIdleCost, kCostPerHour};
constexpr std::array kAssetColumns = {
    kCluster,
    Column{.name = "asset_type",
           .meaning = "node, disk, load_balancer, cluster_management, network or other.",
           .focus = "ResourceType",
           .example = "disk"},
    Column{.name = "name",
           .meaning = "The name of the asset.",
           .focus = "ResourceName",
           .example = "pvc-0b6f7a52-ledger"},
    Column{.name = "provider_id",
           .meaning = "What the provider calls it. Null where nobody said, and for a node that was "
                      "replaced under its own name.",
           .nullable = true,
           .focus = "ResourceId",
           .example = "vol-02671b5dbc7f43875"},
    kInstanceType,
    kSpot,
    kTotalCost,
    kIdleCost,
    kCostPerHour};

Value text(std::string_view value) { return value.empty() ? Value{} : Value{value}; }
Value amount(std::optional<Cost> cost) { return cost ? Value{*cost} : Value{}; }

/// One row of either route. Views point into the publication.
struct Item {
  std::string_view cluster, type, name, provider_id{}, instance_type{};
  std::optional<bool> spot{};  // of nodes
  Cost cost{};
  std::optional<Cost> idle{};
  std::chrono::seconds time{0};  // that it was paid for

  auto key() const { return std::tie(cluster, type, name, provider_id, instance_type, spot); }
};

/// What the provider calls a node; empty where there are several of its name.
std::string_view provider_id(const cost::NodeCost& node, const model::AssetTable& assets) {
  const auto names = [](const model::Asset& row) {
    return std::tie(row.type, row.cluster, row.name);
  };
  model::Asset wanted;
  wanted.type = model::AssetType::node;
  wanted.cluster = node.cluster;
  wanted.name = node.node;
  const auto [first, end] = std::equal_range(
      assets.rows.begin(), assets.rows.end(), wanted,
      [&](const model::Asset& a, const model::Asset& b) { return names(a) < names(b); });
  return end - first == 1 ? first->provider_id : std::string_view();
}

void add_nodes(std::vector<Item>& items, const cost::Inventory& inventory) {
  for (const cost::NodeCost& node : inventory.nodes) {
    items.push_back({.cluster = node.cluster,
                     .type = to_string(model::AssetType::node),
                     .name = node.node,
                     .provider_id = provider_id(node, *inventory.rows),
                     .instance_type = node.instance_type,
                     .spot = node.spot,
                     .cost = node.cost,
                     .idle = node.idle,
                     .time = inventory.window.end - inventory.window.start});
  }
}

void add_others(std::vector<Item>& items, const cost::Inventory& inventory) {
  for (const cost::AssetCost& asset : inventory.others) {
    items.push_back({.cluster = asset.cluster,
                     .type = to_string(asset.type),
                     .name = asset.name,
                     .provider_id = asset.provider_id,
                     .cost = asset.cost,
                     .time = inventory.window.end - inventory.window.start});
  }
}

/// Without rows yet, which go into `items`.
Table collect(const Question& question, std::span<const Column> columns, bool others,
              std::vector<Item>& items) {
  Table table;
  table.columns = columns;
  table.window_name = "current";
  table.keep.push_back(question.held);
  for (const cost::SourceReport& source : question.publication.report.sources) {
    if (!source.assets || source.assets->rows->rows.empty()) continue;
    const model::Window window = source.assets->window;
    const std::chrono::seconds all = window.end - window.start;
    table.windows.push_back({source.name, window, {all, all}});
    add_nodes(items, *source.assets);
    if (others) add_others(items, *source.assets);
  }
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.key() < b.key(); });
  return table;
}

Answer<Table> nodes(const Question& question) {
  std::vector<Item> items;
  Table table = collect(question, kNodeColumns, false, items);
  for (const Item& item : items) {
    table.add({item.cluster, item.name, text(item.instance_type), *item.spot, item.cost,
               amount(item.idle), amount(per_hour(item.cost, item.time))});
  }
  return table;
}

Answer<Table> by_resource(const Question& question) {
  std::vector<Item> items;
  Table table = collect(question, kAssetColumns, true, items);
  for (const Item& item : items) {
    table.add({item.cluster, item.type, item.name, text(item.provider_id), text(item.instance_type),
               item.spot ? Value{*item.spot} : Value{}, item.cost, amount(item.idle),
               amount(per_hour(item.cost, item.time))});
  }
  return table;
}

}  // namespace

const RowsRoute kCostNodes{{}, kNodeColumns, nodes, "-total_cost"};
const RowsRoute kCostByResource{{}, kAssetColumns, by_resource, "-total_cost"};

}  // namespace exporter::api
