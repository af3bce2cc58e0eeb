// What the demo cluster wastes, and what it does not: every kind of saving has something to find,
// and a namespace that is run well has nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "tests/demo/answers.h"

namespace exporter::demo {
namespace {

constexpr std::string_view kMonday = "2026-10-05T00:00:00Z";
constexpr int kDay = 24;
constexpr int kWeek = 7 * kDay;
// What the exporter goes by unless it is told otherwise.
constexpr double kTargetCpu = 0.65;
constexpr double kTargetMemory = 0.8;
constexpr double kHeadroom = 0.15;
constexpr double kIdleBelow = 0.05;

model::Window hour_of_week(int hour) {
  const auto start = *model::parse_time(kMonday) + std::chrono::hours(hour % kWeek);
  return {start, start + std::chrono::hours(1)};
}

/// What one pod, or the busiest of several, used.
struct Used {
  double cores = 0;
  double bytes = 0;
};

class Waste : public testing::TestWithParam<ClusterOptions> {
 protected:
  Waste() {
    for (int hour = 0; hour < kWeek; ++hour) {
      week_.push_back(read_rows(cluster_.allocation_json(hour_of_week(hour), kPodRows, true)));
    }
  }

  const std::vector<ReadRow>& at(int hour) const {
    return week_[static_cast<std::size_t>(hour % kWeek)];
  }

  /// The pods of a workload that never rests.
  std::vector<ReadRow> pods(std::string_view name_space, std::string_view controller,
                            int hour) const {
    std::vector<ReadRow> found;
    for (const ReadRow& row : at(hour)) {
      if (row.name_space == name_space && row.controller == controller) found.push_back(row);
    }
    EXPECT_FALSE(found.empty()) << name_space << "/" << controller << " in hour " << hour;
    return found;
  }

  /// In the busiest of `hours` hours.
  Used busiest(std::string_view name_space, std::string_view controller, int first,
               int hours) const {
    Used most;
    for (int hour = first; hour < first + hours; ++hour) {
      for (const ReadRow& row : pods(name_space, controller, hour)) {
        most.cores = std::max(most.cores, row.cores.used);
        most.bytes = std::max(most.bytes, row.bytes.used);
      }
    }
    return most;
  }

  const Cluster cluster_{GetParam()};
  std::vector<std::vector<ReadRow>> week_;
};

TEST_P(Waste, TheIndexerAsksForFarTooMuch) {
  const Used most = busiest("search", "indexer", 0, kWeek);
  for (const ReadRow& row : pods("search", "indexer", 0)) {
    EXPECT_GT(row.cores.request, 2 * most.cores / kTargetCpu);
    EXPECT_GT(row.bytes.request, 2 * most.bytes / kTargetMemory);
    EXPECT_GT(most.cores, kIdleBelow * row.cores.request) << "it is not idle";
  }
}

TEST_P(Waste, TheOldCartIsIdleAllWeek) {
  for (int hour = 0; hour < kWeek; ++hour) {
    const auto carts = pods("checkout", "legacy-cart", hour);
    EXPECT_EQ(carts.size(), 2u);
    for (const ReadRow& row : carts) {
      EXPECT_LT(row.cores.used, kIdleBelow * row.cores.request) << hour;
      EXPECT_LT(row.bytes.used, kIdleBelow * row.bytes.request) << hour;
      EXPECT_GT(row.bytes.used, 0) << "there are metrics of it";
      EXPECT_GT(row.costs.total().micros, 5'000) << "it is worth a word";
    }
  }
}

TEST_P(Waste, VolumesAndABalancerServeNobody) {
  using model::Resource;
  for (int hour = 0; hour < kWeek; ++hour) {
    const ReadRow* lost = nullptr;
    const ReadRow* unclaimed = nullptr;
    for (const ReadRow& row : at(hour)) {
      if (row.name_space == "__unmounted__") lost = &row;
      if (row.pod == "data-unmounted-pvcs") unclaimed = &row;
    }
    ASSERT_NE(lost, nullptr);
    ASSERT_NE(unclaimed, nullptr);
    EXPECT_GT(lost->costs[Resource::storage].micros, 0) << "a volume nobody claims";
    EXPECT_GT(lost->costs[Resource::load_balancer].micros, 0);
    EXPECT_EQ(unclaimed->name_space, "data");
    EXPECT_GT(unclaimed->costs[Resource::storage].micros, 0) << "a claim nobody mounts";
    EXPECT_EQ(unclaimed->costs[Resource::storage], unclaimed->costs.total());
  }
}

TEST_P(Waste, NodesAreIdleBeyondTheHeadroom) {
  for (int hour = 0; hour < kWeek; ++hour) {
    double nodes = 0;
    for (const auto& [name, cost] : cluster_.node_costs(hour_of_week(hour))) nodes += cost.amount();
    EXPECT_GT(cluster_.idle_costs(hour_of_week(hour)).total().amount(), 1.5 * kHeadroom * nodes);
  }
}

struct Room {
  std::array<double, 3> free{};  // cores, bytes, GPUs, the headroom taken off
  bool spot = false;
};

std::array<double, 3> needs(const ReadRow& row) {
  return {std::max(row.cores.request, row.cores.used), std::max(row.bytes.request, row.bytes.used),
          row.gpus};
}

/// What each node has left while all its pods run.
std::map<std::string, Room> rooms(const Cluster& cluster, model::Window window,
                                  const std::vector<ReadRow>& rows) {
  std::map<std::string, Room> all;
  simdjson::dom::parser parser;
  const std::string body = cluster.assets_json(window);
  for (const auto asset : simdjson::dom::object(parser.parse(body)["data"])) {
    if (text_or_empty(asset.value["type"]) != "Node") continue;
    const auto left = [&](std::string_view member) {
      return (1 - kHeadroom) * double(asset.value[member]);
    };
    // A GPU is in use or it is not.
    all[text_or_empty(asset.value["properties"]["name"])] = {
        {left("cpuCores"), left("ramBytes"), double(asset.value["gpuCount"])},
        double(asset.value["preemptible"]) != 0};
  }
  for (const ReadRow& row : rows) {
    if (row.node.empty()) continue;
    const auto taken = needs(row);
    for (std::size_t i = 0; i < taken.size(); ++i) all.at(row.node).free[i] -= taken[i];
  }
  return all;
}

bool has_room(const Room& room, const std::array<double, 3>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] > room.free[i]) return false;
  }
  return true;
}

/// Whether the pods of `node` but those of daemon sets find room, each on the first that has it.
bool could_go(const std::string& node, std::map<std::string, Room> all,
              const std::vector<ReadRow>& rows) {
  const bool spot = all.at(node).spot;
  all.erase(node);
  for (const ReadRow& row : rows) {
    if (row.node != node || row.controller_kind == "daemonset") continue;
    const auto wanted = needs(row);
    const auto to = std::find_if(all.begin(), all.end(), [&](const auto& other) {
      return (spot || !other.second.spot) && has_room(other.second, wanted);
    });
    if (to == all.end()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) to->second.free[i] -= wanted[i];
  }
  return true;
}

TEST_P(Waste, ANodeCouldGo) {
  for (int hour = 0; hour < kWeek; ++hour) {
    const auto all = rooms(cluster_, hour_of_week(hour), at(hour));
    EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                            [&](const auto& node) { return could_go(node.first, all, at(hour)); }))
        << "in hour " << hour;
  }
}

// As `demo` starts it, a small one, a larger one.
INSTANTIATE_TEST_SUITE_P(Clusters, Waste,
                         testing::Values(ClusterOptions{},
                                         ClusterOptions{.seed = 1, .nodes = 2, .pods = 8},
                                         ClusterOptions{.seed = 7, .nodes = 3, .pods = 100}),
                         [](const auto& instance) {
                           return "Seed" + std::to_string(instance.param.seed);
                         });

/// Clusters of many seeds: chance makes the pods of each as busy as it likes.
class WellRun : public Waste {};

TEST_P(WellRun, PaymentsAsksForWhatItNeeds) {
  std::set<std::string> workloads;
  for (const ReadRow& row : at(0)) {
    if (row.name_space == "payments") workloads.insert(row.controller);
  }
  EXPECT_EQ(workloads, (std::set<std::string>{"gateway", "ledger-db", "settlement"}));
  for (const std::string& workload : workloads) {
    for (int first = 0; first < kWeek; ++first) {
      const Used most = busiest("payments", workload, first, kDay);
      for (const ReadRow& row : pods("payments", workload, first)) {
        EXPECT_LE(row.cores.request, most.cores / kTargetCpu) << workload << " from " << first;
        EXPECT_LE(row.bytes.request, most.bytes / kTargetMemory) << workload << " from " << first;
        EXPECT_GT(row.cores.request, 0);
        EXPECT_GT(row.bytes.request, 0);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Clusters, WellRun,
                         testing::Values(ClusterOptions{}, ClusterOptions{.seed = 1, .pods = 8},
                                         ClusterOptions{.seed = 2, .pods = 8},
                                         ClusterOptions{.seed = 1234567, .pods = 8}),
                         [](const auto& instance) {
                           return "Seed" + std::to_string(instance.param.seed);
                         });

}  // namespace
}  // namespace exporter::demo
