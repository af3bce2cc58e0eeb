#include <algorithm>
#include <map>
#include <tuple>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using model::Asset;
using model::AssetType;
using model::Resource;

using NodeKey = std::pair<std::string_view, std::string_view>;  // cluster, node

// What the pods of each node were charged for the node itself; volumes and network are not it.
std::map<NodeKey, Cost> charged(const model::AllocationTable& pods) {
  std::map<NodeKey, Cost> sums;
  for (const model::Allocation& row : pods.rows) {
    if (row.kind != model::RowKind::workload || row.node.empty()) continue;
    sums[{row.cluster, row.node}] +=
        row.costs[Resource::cpu] + row.costs[Resource::memory] + row.costs[Resource::gpu];
  }
  return sums;
}

auto labels(const NodeCost& node) {
  return std::tie(node.cluster, node.node, node.instance_type, node.spot);
}

auto labels(const AssetCost& asset) {
  return std::tie(asset.type, asset.cluster, asset.name, asset.provider_id);
}

template <class Row>
void sort_and_merge(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return labels(a) < labels(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && labels(rows[kept - 1]) == labels(rows[i])) {
      rows[kept - 1].cost += rows[i].cost;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end());
}

// A node that was replaced under its own name by another instance type has two rows; its pods
// cannot be told apart, so what they were charged is taken off the rows in turn.
void add_idle(std::vector<NodeCost>& nodes, std::map<NodeKey, Cost> charges) {
  for (NodeCost& node : nodes) {
    Cost& charge = charges[{node.cluster, node.node}];
    const Cost taken = std::min(charge, node.cost);
    node.idle = node.cost - taken;
    charge -= taken;
  }
}

}  // namespace

Inventory take_inventory(std::shared_ptr<const model::AssetTable> assets,
                         const model::AllocationTable* pods) {
  Inventory inventory;
  inventory.window = assets->window;
  for (const Asset& asset : assets->rows) {
    if (asset.type == AssetType::node) {
      inventory.nodes.push_back(
          {asset.cluster, asset.name, asset.instance_type, asset.spot, asset.total, {}});
    } else {
      inventory.others.push_back(
          {asset.type, asset.cluster, asset.name, asset.provider_id, asset.total});
    }
  }
  sort_and_merge(inventory.nodes);
  sort_and_merge(inventory.others);
  if (pods != nullptr && pods->window == assets->window) add_idle(inventory.nodes, charged(*pods));
  inventory.rows = std::move(assets);
  return inventory;
}

}  // namespace exporter::cost
