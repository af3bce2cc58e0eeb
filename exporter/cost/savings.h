// What could be saved, by whom, and what that rests on. Part of the door cost.h.
//
// No amount is counted twice: requests and idle workloads are parts of what workloads are charged,
// of each workload either the former or the latter; unmounted storage and idle load balancers are
// charged to no workload; idle capacity is charged to nobody. What idle nodes would save is idle
// capacity seen from the other side, and so stands apart.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/cost/breakdown.h"
#include "exporter/cost/periods.h"
#include "exporter/cost/watch.h"

namespace exporter::cost {

enum class SavingKind : std::uint8_t {
  cpu_request,         // request above the highest usage / target utilisation
  memory_request,      // the same
  idle_workload,       // nearly nothing that is requested is used; in place of both above
  unmounted_storage,   // volumes that no pod mounts
  idle_load_balancer,  // load balancers that serve no pod
  idle_capacity,       // nodes that nobody reserved, beyond a headroom
};
inline constexpr std::size_t kSavingKinds = 6;
std::string_view to_string(SavingKind kind);

enum class Priority : std::uint8_t { high, medium, low };
std::string_view to_string(Priority priority);

struct SavingsOptions {
  double target_cpu_utilisation = 0.65;
  double target_memory_utilisation = 0.8;
  double minimum_cpu_cores = 0.01;  // no request is recommended below these
  double minimum_memory_bytes = 32.0 * (1 << 20);
  double headroom = 0.15;    // of the cost of all nodes, to stay idle
  double idle_below = 0.05;  // of the request
  std::chrono::seconds idle_for = std::chrono::hours(24);
  std::chrono::seconds minimum_observation = std::chrono::hours(24);
  double minimum_per_month = 1;  // these three before any currency rate
  double high_per_month = 500;
  double medium_per_month = 100;
  double high_share = 0.2;  // of what the cluster wastes; see Savings
  double medium_share = 0.05;

  friend bool operator==(const SavingsOptions&, const SavingsOptions&) = default;
};

/// A saving that was shown is shown until it falls below this share of what it would need to
/// appear, and keeps its priority likewise, so that no series comes and goes with the noise.
inline constexpr double kSticky = 0.8;
inline constexpr std::chrono::seconds kLeastWeek = std::chrono::hours(24);
inline constexpr std::size_t kMostComparisons = 20'000'000;

/// What a recommended request rests on, of the largest pod of a workload.
struct Evidence {
  double requested = 0;    // cores or bytes, now
  double used = 0;         // highest hourly mean of any pod while it was observed
  double recommended = 0;  // cores in whole thousandths, bytes in whole MiB, rounded up
  std::chrono::seconds observed{0};
};

struct Saving {
  SavingKind kind = SavingKind::cpu_request;
  Priority priority = Priority::low;
  WorkloadName of;                   // but for the cluster, empty where it belongs to no workload
  Cost per_month;                    // 730 hours
  std::optional<Evidence> evidence;  // of the two kinds of request
};

/// A node that could go: its pods, but those of daemon sets, would fit elsewhere by what they
/// request or use, with all nodes chosen before gone as well and the headroom kept; what runs on no
/// spot node is not moved to one. Affinity, taints, zones and what a node keeps for itself are not
/// known.
///
/// One that could not go in some window is not shown for kNodeRest after it: what a cron job needs
/// every hour is no spare node.
///
/// Tried first are those that were shown before, then those with the least requested; the fullest
/// are filled first. Once pods were compared with nodes kMostComparisons times in a cluster, no
/// further node of it is chosen.
struct NodeSaving {
  std::string_view cluster, node;
  Priority priority = Priority::low;
  Cost per_month;
};

inline constexpr std::chrono::seconds kNodeRest = std::chrono::hours(24);
/// When each node, by cluster and name, could last not go.
using Needed = std::map<std::pair<std::string, std::string>, std::chrono::sys_seconds>;

struct Savings {
  std::shared_ptr<const Breakdown> of;  // views point into both
  std::shared_ptr<const Inventory> assets;
  std::vector<Saving> rows;       // sorted by cluster, namespace, controller kind, controller, kind
  std::vector<NodeSaving> nodes;  // sorted by cluster and node
  Needed needed;                  // within the last kNodeRest, as far back as `before` goes
  std::vector<std::pair<std::string_view, Cost>> totals;  // by cluster, of `rows`; each cluster
  /// What each cluster wastes a month (each has one), which priorities are measured against: idle
  /// and unmounted cost, and what requests cost beyond usage.
  std::vector<std::pair<std::string_view, Cost>> waste;
};

/// Amounts are what the current window cost, times 730 hours over its own; of a workload at most
/// what it cost on average over the last 7 days, where at least kLeastWeek of these are known, so
/// that a job of one hour a day is not counted for 24. A workload these do not have is newer than
/// they are; bare pods are not told apart in them. Both count as they do now.
///
/// Nodes are compared only with assets of a window that ends within kLongestGap of the current
/// one, and only in clusters where OpenCost says on which node each pod ran.
/// `last_week` may have no costs, `assets` and `before` may be null.
Savings find_savings(std::shared_ptr<const Breakdown> current,
                     std::shared_ptr<const Inventory> assets, const PeriodCost& last_week,
                     const Watch& watch, const SavingsOptions& options, const Savings* before);

}  // namespace exporter::cost
