// Which nodes could go.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include "exporter/cost/cost.h"
#include "exporter/cost/savings_parts.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::Asset;
using model::Demand;

// GPUs and cores in whole hundred thousandths, and bytes: sums depend on no order.
using Size = std::array<std::int64_t, 3>;

Size size_of(double gpus, double cores, double bytes) {
  const auto units = [](double amount) { return std::llround(std::clamp(amount, 0.0, 1e13)); };
  return {units(gpus * 1e5), units(cores * 1e5), units(bytes)};
}

struct Pod {
  const Allocation* row = nullptr;
  Size size{};
  bool spot = false;  // it may run on a spot node, as it does
};

struct Node {
  std::string_view name;
  Cost cost;
  Size capacity{}, free{};
  bool spot = false;
  bool known = false;  // its capacity, and that there is one of it
  bool fixed = false;  // something runs on it of which nobody knows what it needs
  bool gone = false;
  bool resting = false;  // it was needed not long ago
  std::optional<Priority> shown;
  std::vector<Pod> pods;  // those that would have to move

  double share() const {
    double most = 0;
    for (std::size_t i = 1; i < capacity.size(); ++i) {
      most = std::max(
          most, static_cast<double>(capacity[i] - free[i]) / static_cast<double>(capacity[i]));
    }
    return most;
  }
  bool has_room(const Pod& pod) const {
    if (gone || !known || (spot && !pod.spot)) return false;
    for (std::size_t i = 0; i < free.size(); ++i) {
      if (pod.size[i] > 0 && pod.size[i] > free[i]) return false;
    }
    return true;
  }
};

void take(Size& free, const Size& size, std::int64_t times) {
  for (std::size_t i = 0; i < free.size(); ++i) free[i] -= times * size[i];
}

struct Cluster {
  std::string_view name;
  std::vector<Node> nodes;  // sorted by name
  Cost cost, charged;       // of all nodes; for what runs on them
  bool has_pods = false;
  bool placed = true;  // every pod is on a node
};

void add(std::vector<Cluster>& clusters, const Asset& asset) {
  if (clusters.empty() || clusters.back().name != asset.cluster) {
    clusters.emplace_back().name = asset.cluster;
  }
  Cluster& cluster = clusters.back();
  cluster.cost += asset.total;
  if (!cluster.nodes.empty() && cluster.nodes.back().name == asset.name) {
    // Replaced under its own name: nobody can tell which of the two is there now.
    cluster.nodes.back().known = false;
    return;
  }
  Node& node = cluster.nodes.emplace_back();
  node.name = asset.name;
  node.cost = asset.total;
  node.spot = asset.spot;
  node.capacity = size_of(asset.gpus, asset.cores, asset.memory_bytes);
  node.free = node.capacity;
  node.known = node.capacity[1] > 0 && node.capacity[2] > 0;
}

Needed::key_type key(const Cluster& cluster, const Node& node) {
  return {std::string(cluster.name), std::string(node.name)};
}

std::vector<Cluster> clusters_of(const Inventory& assets) {
  std::vector<Cluster> clusters;  // assets are sorted by type, cluster and name
  for (const Asset& asset : assets.rows->rows) {
    if (asset.type == model::AssetType::node) add(clusters, asset);
  }
  return clusters;
}

double need(const Demand& demand, float hours) {
  return static_cast<double>(std::max(demand.requested, demand.used)) / static_cast<double>(hours);
}

void put(const Allocation& row, Node& node) {
  Pod pod{&row, {}, node.spot};
  if (row.hours > 0) {
    pod.size =
        size_of(need(row.gpu, row.hours), need(row.cpu, row.hours), need(row.memory, row.hours));
    take(node.free, pod.size, 1);
  }
  if (row.controller_kind == "daemonset") return;
  if (row.hours > 0) {
    node.pods.push_back(pod);
  } else {
    node.fixed = true;
  }
}

void put_pods(const model::AllocationTable& table, std::vector<Cluster>& clusters) {
  for (const Allocation& row : table.rows) {
    if (row.kind != model::RowKind::workload) continue;
    const auto cluster =
        std::lower_bound(clusters.begin(), clusters.end(), row.cluster,
                         [](const Cluster& a, std::string_view name) { return a.name < name; });
    if (cluster == clusters.end() || cluster->name != row.cluster) continue;
    if (row.node.empty() && of_nodes(row.costs).micros > 0) cluster->placed = false;
    const auto node =
        std::lower_bound(cluster->nodes.begin(), cluster->nodes.end(), row.node,
                         [](const Node& a, std::string_view name) { return a.name < name; });
    if (node == cluster->nodes.end() || node->name != row.node) continue;
    cluster->has_pods = true;
    cluster->charged += of_nodes(row.costs);
    put(row, *node);
  }
}

/// Empties nodes one after the other.
class Consolidation {
 public:
  /// `scale` makes what pods were charged comparable with what nodes cost.
  Consolidation(Cluster& cluster, const SavingsOptions& options, long double scale)
      : cluster_(cluster),
        headroom_(static_cast<long double>(options.headroom)),
        charged_(static_cast<long double>(cluster.charged.micros) * scale),
        left_(cluster.nodes.size()) {
    for (Node& node : cluster.nodes) order_.push_back(&node);
    std::sort(order_.begin(), order_.end(), [](const Node* a, const Node* b) {
      return std::tuple(!a->shown, a->resting, a->known ? a->share() : 0, a->name) <
             std::tuple(!b->shown, b->resting, b->known ? b->share() : 0, b->name);
    });
  }

  const std::vector<Node*>& order() const { return order_; }
  bool exhausted() const { return compared_ >= kMostComparisons; }

  bool remove(Node& node) {
    if (!node.known || node.fixed || left_ == 1 || !keeps_headroom(node.cost)) return false;
    std::sort(node.pods.begin(), node.pods.end(), [](const Pod& a, const Pod& b) {
      return a.size != b.size ? a.size > b.size : a.row < b.row;
    });
    node.gone = true;
    if (!move_pods(node)) {
      node.gone = false;
      return false;
    }
    cluster_.cost -= node.cost;
    --left_;
    return true;
  }

 private:
  bool keeps_headroom(Cost without) const {
    const auto rest = static_cast<long double>((cluster_.cost - without).micros);
    return whole(rest - charged_) >= whole(headroom_ * rest);
  }

  Node* room_for(const Pod& pod) {
    for (auto node = order_.rbegin(); node != order_.rend(); ++node) {
      if (exhausted()) return nullptr;
      ++compared_;
      if ((*node)->has_room(pod)) return *node;
    }
    return nullptr;
  }

  bool move_pods(const Node& from) {
    std::vector<Node*> moved;
    for (const Pod& pod : from.pods) {
      Node* const to = room_for(pod);
      if (to == nullptr) break;
      take(to->free, pod.size, 1);
      moved.push_back(to);
    }
    const bool all = moved.size() == from.pods.size();
    for (std::size_t i = 0; i < moved.size(); ++i) {
      if (all) {
        moved[i]->pods.push_back(from.pods[i]);
      } else {
        take(moved[i]->free, from.pods[i].size, -1);
      }
    }
    return all;
  }

  Cluster& cluster_;
  long double headroom_, charged_;
  std::size_t left_;
  std::vector<Node*> order_;
  std::size_t compared_ = 0;
};

}  // namespace

std::vector<NodeSaving> node_savings(const Breakdown& current, const Inventory& assets,
                                     const SavingsOptions& options, const Thresholds& thresholds,
                                     const Shown& shown, Needed& needed) {
  std::vector<NodeSaving> out;
  const auto apart = current.window.end - assets.window.end;
  if (apart > kLongestGap || apart < -kLongestGap) return out;
  const auto now = current.window.end;
  std::erase_if(needed, [&](const auto& node) { return node.second + kNodeRest <= now; });
  const auto length = [](model::Window window) {
    return static_cast<long double>((window.end - window.start).count());
  };
  const long double scale = length(assets.window) / length(current.window);
  std::vector<Cluster> clusters = clusters_of(assets);
  put_pods(*current.rows, clusters);
  for (Cluster& cluster : clusters) {
    if (!cluster.has_pods || !cluster.placed) continue;
    for (Node& node : cluster.nodes) {
      node.shown = shown.find(cluster.name, node.name);
      node.resting = needed.contains(key(cluster, node));
    }
    Consolidation consolidation(cluster, options, scale);
    for (Node* node : consolidation.order()) {
      const Cost saved = monthly(static_cast<long double>(node->cost.micros), assets.window);
      const auto priority = thresholds.rank(saved, cluster.name, node->shown);
      if (consolidation.exhausted() || !priority || !consolidation.remove(*node)) {
        needed[key(cluster, *node)] = now;
      } else if (!node->resting) {
        out.push_back({cluster.name, node->name, *priority, saved});
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const NodeSaving& a, const NodeSaving& b) {
    return std::tie(a.cluster, a.node) < std::tie(b.cluster, b.node);
  });
  return out;
}

}  // namespace exporter::cost
