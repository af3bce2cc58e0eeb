// What a fake cluster is made of before chance has its say: instance types with their prices, and
// what each namespace runs. Prices and sizes are invented, in the usual orders of magnitude.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exporter::demo {

/// How usage moves over the hours of a week. The values of one shape average about 1.
enum class Shape : std::uint8_t { flat, office, evening, night };
inline constexpr std::size_t kShapes = 4;

/// Factor on the mean usage in the hour that holds `time`, UTC.
double shape_factor(Shape shape, std::chrono::sys_seconds time);
/// The largest factor of a shape.
double shape_peak(Shape shape);

/// Prices are what is paid per hour, the discount already taken off.
struct InstanceType {
  std::string_view name;
  double cores = 0;
  double ram_gib = 0;
  double core_price = 0;
  double gib_price = 0;
  double discount = 0;  // of CPU and RAM; assets state their cost before it
  bool spot = false;
  double gpus = 0;
  double gpu_price = 0;
};

/// When the pods of a workload live: for `length` out of every `period`, beginning at `phase` past
/// a multiple of the period. A period of zero is for ever.
struct Schedule {
  std::chrono::minutes period{0};
  std::chrono::minutes length{0};
  std::chrono::minutes phase{0};
};

struct Share {
  double request = 0;
  double used = 0;  // mean of one pod
};

/// What a namespace runs: one workload.
struct Template {
  std::string_view name;
  std::string_view kind;  // empty: bare pods
  int replicas = 1;       // of a daemonset: ignored, one a node
  Share cores;
  Share mib;
  Shape shape = Shape::flat;
  std::string_view container{};  // empty: there is a sidecar, and OpenCost names no container
  bool service = false;
  bool balanced = false;   // by a load balancer of its own
  double network_gib = 0;  // sent, per hour
  double volume_gib = 0;   // of each replica
  int gpus = 0;
  Schedule schedule{};

  constexpr Template runs(std::string_view named) const;
  constexpr Template serves(double gib_per_hour = 0) const;
  constexpr Template behind_balancer() const;
  constexpr Template sends(double gib_per_hour) const;
  constexpr Template stores(double gib) const;
  constexpr Template on_gpus(int count) const;
  constexpr Template lives(Schedule when) const;
  constexpr Template rolls_every(int days) const;
};

struct NamespacePlan {
  std::string_view name;
  std::string_view team;
  const Template* first = nullptr;
  std::size_t count = 0;
  std::string_view cost_center{};  // an annotation of its pods; empty: they have none
};

/// What every cluster has, and what fills up a larger one, again and again.
extern const std::array<NamespacePlan, 10> kBaseNamespaces;
extern const std::array<NamespacePlan, 4> kFillNamespaces;
/// The last one has the GPU.
extern const std::array<InstanceType, 6> kInstanceTypes;

/// What a surge consists of, and what an autoscaler adds for it. Three of the pods fit on one node.
extern const Template kSurge;
extern const InstanceType kSurgeNode;

}  // namespace exporter::demo
