// Which nodes of random clusters could go, against the same rule in other words.
#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "exporter/cost/savings.h"
#include "tests/cost/demand_tables.h"

namespace exporter::cost {
namespace {

using model::Resource;
using samples::DemandRow;
using samples::inventory;
using samples::kMiB;
using samples::NodeRow;

constexpr float kGiB = 1024 * kMiB;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

struct Machines {
  std::vector<NodeRow> nodes;
  std::vector<DemandRow> pods;
};

Machines random_machines(Dice& dice) {
  Machines machines;
  const int count = 1 + dice.upto(7);
  for (int i = 0; i < count; ++i) {
    NodeRow node{.name = "n" + std::to_string(i), .micros = 100L * dice.upto(20)};
    node.cores = dice.one_in(15) ? 0 : 1 + dice.upto(7);
    node.memory_bytes = static_cast<double>(kGiB) * (1 + dice.upto(7));
    node.gpus = dice.one_in(4) ? 1 : 0;
    node.spot = dice.one_in(3);
    machines.nodes.push_back(node);
    if (dice.one_in(25)) {
      machines.nodes.push_back(node);
      machines.nodes.back().provider_id = "again";
    }
  }
  for (int i = dice.upto(4 * count); i >= 0; --i) {
    DemandRow pod{.pod = "p" + std::to_string(i), .node = "n" + std::to_string(dice.upto(count))};
    const auto eighths = [&](int most) { return static_cast<float>(dice.upto(most)) / 8; };
    pod.costs[Resource::cpu] = Cost{dice.upto(400)};
    pod.costs[Resource::storage] = Cost{dice.upto(400)};
    pod.cpu.requested = eighths(8);
    pod.cpu.used = dice.one_in(9) ? -1 : eighths(8);
    pod.memory.requested = eighths(8) * kGiB;
    if (dice.one_in(12)) pod.gpu.requested = eighths(8);
    if (dice.one_in(4)) pod.hours = 0.5F;
    if (dice.one_in(60)) pod.hours = 0;
    if (dice.one_in(400)) pod.node = "";
    if (dice.one_in(5)) pod.controller_kind = pod.controller = "daemonset";
    machines.pods.push_back(pod);
  }
  return machines;
}

struct Need {
  double cores = 0, bytes = 0, gpus = 0;
};

Need need(const DemandRow& pod) {
  if (pod.hours == 0) return {};
  const auto mean = [&](const model::Demand& demand) {
    return static_cast<double>(std::max(demand.requested, demand.used) / pod.hours);
  };
  return {mean(pod.cpu), mean(pod.memory), mean(pod.gpu)};
}

/// Where each pod is, and what is left of a node is counted anew each time.
class Naive {
 public:
  Naive(const Machines& machines, const SavingsOptions& options,
        const std::set<std::string>& before, const std::set<std::string>& needed)
      : machines_(machines), options_(options), before_(before), needed_(needed) {
    for (const NodeRow& node : machines.nodes) ++rows_[node.name];
    for (const DemandRow& pod : machines.pods) place_[pod.pod] = pod.node;
  }

  std::set<std::string> gone() {
    bool any = false;
    for (const DemandRow& pod : machines_.pods) {
      if (pod.node.empty() && pod.costs[Resource::cpu].micros > 0) return {};
      any = any || rows_.contains(pod.node);
    }
    std::vector<std::tuple<int, double, std::string>> order;
    for (const NodeRow& node : machines_.nodes) {
      if (usable(node)) order.emplace_back(rank(node.name), share(node), node.name);
    }
    if (!any) return {};
    judged_ = true;
    std::sort(order.begin(), order.end());
    for (const auto& [shown, share, name] : order) try_without(name, order);
    return gone_;
  }
  /// Whether the cluster could be looked at at all.
  bool judged() const { return judged_; }

 private:
  // Those that were shown first, those that were needed not long ago last.
  int rank(const std::string& name) const {
    return (before_.contains(name) ? 0 : 2) + (needed_.contains(name) ? 1 : 0);
  }
  bool usable(const NodeRow& node) const { return rows_.at(node.name) == 1 && node.cores > 0; }
  const NodeRow& named(const std::string& name) const {
    return *std::find_if(machines_.nodes.begin(), machines_.nodes.end(),
                         [&](const NodeRow& node) { return node.name == name; });
  }
  Need left(const NodeRow& node) const {
    Need left{node.cores, node.memory_bytes, node.gpus};
    for (const DemandRow& pod : machines_.pods) {
      if (place_.at(pod.pod) != node.name) continue;
      left.cores -= need(pod).cores;
      left.bytes -= need(pod).bytes;
      left.gpus -= need(pod).gpus;
    }
    return left;
  }
  double share(const NodeRow& node) const {
    const Need rest = left(node);
    return std::max({0.0, (node.cores - rest.cores) / node.cores,
                     (node.memory_bytes - rest.bytes) / node.memory_bytes});
  }
  bool fits(const DemandRow& pod, const NodeRow& node) const {
    if (node.spot && !named(pod.node).spot) return false;
    const Need wants = need(pod), rest = left(node);
    return (wants.cores == 0 || wants.cores <= rest.cores) &&
           (wants.bytes == 0 || wants.bytes <= rest.bytes) &&
           (wants.gpus == 0 || wants.gpus <= rest.gpus);
  }
  bool keeps_headroom(const std::string& without) const {
    std::int64_t rest = 0, charged = 0;
    for (const NodeRow& node : machines_.nodes) {
      if (node.name != without && !gone_.contains(node.name)) rest += node.micros;
    }
    for (const DemandRow& pod : machines_.pods) {
      if (rows_.contains(pod.node)) charged += pod.costs[Resource::cpu].micros;
    }
    return rest - charged >= std::llround(options_.headroom * static_cast<double>(rest));
  }

  void try_without(const std::string& name,
                   const std::vector<std::tuple<int, double, std::string>>& order) {
    const NodeRow& node = named(name);
    const auto least = static_cast<double>(options_.minimum_per_month) * 1e6;
    const auto a_month = static_cast<double>(node.micros * 730);
    if (node.micros == 0 || a_month < std::round(least * (before_.contains(name) ? 0.8 : 1)))
      return;
    if (gone_.size() + 1 == rows_.size() || !keeps_headroom(name)) return;
    std::vector<const DemandRow*> pods;
    for (const DemandRow& pod : machines_.pods) {
      if (place_[pod.pod] != name || pod.controller_kind == "daemonset") continue;
      if (pod.hours == 0) return;
      pods.push_back(&pod);
    }
    std::sort(pods.begin(), pods.end(), [](const DemandRow* a, const DemandRow* b) {
      const Need x = need(*a), y = need(*b);
      return std::tie(y.gpus, y.cores, y.bytes, a->pod) <
             std::tie(x.gpus, x.cores, x.bytes, b->pod);
    });
    const auto kept = place_;
    gone_.insert(name);
    for (const DemandRow* pod : pods) {
      auto to = order.rbegin();
      while (to != order.rend() &&
             (gone_.contains(std::get<2>(*to)) || !fits(*pod, named(std::get<2>(*to))))) {
        ++to;
      }
      if (to == order.rend()) {
        place_ = kept;
        gone_.erase(name);
        return;
      }
      place_[pod->pod] = std::get<2>(*to);
    }
  }

  const Machines& machines_;
  const SavingsOptions& options_;
  const std::set<std::string>& before_;
  const std::set<std::string>& needed_;
  bool judged_ = false;
  std::map<std::string, int> rows_;
  std::map<std::string, std::string> place_;
  std::set<std::string> gone_;
};

TEST(NodesAtRandom, AreThoseOfTheSameRuleInOtherWords) {
  std::map<std::size_t, int> counts;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    SavingsOptions options;
    options.headroom = dice.upto(4) * 0.1;
    options.minimum_per_month = dice.upto(2) * 0.365;
    std::set<std::string> before, needed;  // needed within the hour, so for all rounds
    Savings last;
    for (int round = 0; round < 3; ++round) {
      Machines machines = random_machines(dice);
      Naive naive(machines, options, before, needed);
      std::set<std::string> expected = naive.gone();
      const std::set<std::string> gone = expected;
      for (const std::string& name : needed) expected.erase(name);
      for (const NodeRow& node : machines.nodes) {
        if (naive.judged() && !gone.contains(node.name)) needed.insert(node.name);
      }
      std::shuffle(machines.nodes.begin(), machines.nodes.end(), dice.random());
      std::shuffle(machines.pods.begin(), machines.pods.end(), dice.random());
      last = find_savings(samples::demands(machines.pods), inventory(machines.nodes), {}, Watch(),
                          options, round == 0 ? nullptr : &last);
      before.clear();
      for (const NodeSaving& row : last.nodes) before.emplace(row.node);
      ASSERT_EQ(before, expected);
      ASSERT_EQ(before.size(), last.nodes.size());
      for (const NodeSaving& row : last.nodes) {
        const auto node = std::find_if(machines.nodes.begin(), machines.nodes.end(),
                                       [&](const NodeRow& a) { return a.name == row.node; });
        ASSERT_EQ(row.per_month.micros, node->micros * 730);
      }
      ++counts[before.size()];
    }
  }
  EXPECT_GE(counts.size(), 5) << testing::PrintToString(counts);
}

}  // namespace
}  // namespace exporter::cost
