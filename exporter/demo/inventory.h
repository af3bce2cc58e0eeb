// What the fake cluster consists of: nodes with prices, namespaces, workloads, the places their
// pods take on nodes, volumes and load balancers. Built once from the options; constant afterwards.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/demo/catalogue.h"
#include "exporter/demo/demo.h"

namespace exporter::demo {

/// Before this there was no cluster: windows that end here have no rows.
inline constexpr std::chrono::sys_seconds kBorn =
    std::chrono::sys_days(std::chrono::year(2020) / std::chrono::January / 1);

inline constexpr model::Window kAlways{std::chrono::sys_seconds::min(),
                                       std::chrono::sys_seconds::max()};

inline constexpr double kGiB = 1024.0 * 1024 * 1024;
inline constexpr double kMiB = 1024.0 * 1024;

/// Sorted by name; names as Prometheus has them, with `_` for `.`, `/` and `-`.
using Labels = std::vector<std::pair<std::string, std::string>>;

struct Node {
  std::string name;
  std::string provider_id;
  const InstanceType* type = nullptr;
  Labels labels;
  model::Window exists = kAlways;  // no pod on it lives longer
  double cores_taken = 0;
  double ram_taken = 0;
  double gpus_taken = 0;
};

struct Namespace {
  std::string name;
  std::string team;
  Labels labels;
  Labels annotations;  // of its pods
};

struct Workload {
  const Template* what = nullptr;
  std::uint32_t name_space = 0;
  std::uint32_t places = 0;  // pods at a time
  Schedule schedule;
  Labels labels;
  std::uint64_t seed = 0;
  int balancer = -1;
};

/// Where one replica runs. Its pods follow one another here, one at a time.
struct Place {
  std::uint32_t workload = 0;
  std::uint32_t node = 0;
  std::uint32_t ordinal = 0;
  int volume = -1;
  double scale = 1;  // of the usage of the template
};

struct Volume {
  std::string name;
  std::string claim;            // empty: nobody claims it
  std::string claim_namespace;  // a claim without a pod leaves `mounted` false
  double bytes = 0;
  double price = 0;  // per hour, whole
  bool mounted = false;
};

struct Balancer {
  std::string name_space;
  std::string service;
  std::string ip;
  double price = 0;  // per hour
  bool used = false;
};

struct Inventory {
  /// REQUIRES: every surge is in a namespace of the cluster.
  explicit Inventory(const ClusterOptions& options);

  bool has_namespace(std::string_view name) const;

  std::vector<Node> nodes;
  std::vector<Namespace> namespaces;
  std::vector<Workload> workloads;
  std::vector<Place> places;
  std::vector<Volume> volumes;
  std::vector<Balancer> balancers;
};

/// Empty where the end is not after the start.
model::Window overlap(model::Window a, model::Window b);

/// A well-mixed function of its arguments.
std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0);

/// Memory moves less than CPU: its factor where the shape has `shape`.
double ram_factor(double shape);

/// `length` letters of the alphabet Kubernetes takes random names from.
std::string random_name(std::uint64_t seed, int length);

/// The name of the pod that began at `begin` in this place, and the labels only it has.
struct PodName {
  std::string name;
  std::string_view hash_label;  // label name; empty when there is none
  std::string hash;
};
PodName pod_name(const Workload& workload, const Place& place, std::int64_t generation,
                 std::chrono::sys_seconds begin);

}  // namespace exporter::demo
