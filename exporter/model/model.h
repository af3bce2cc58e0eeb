// What OpenCost said, as plain values: windows, allocations, assets. Nothing here is derived.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/model/calendar.h"
#include "exporter/result.h"
#include "exporter/units.h"

namespace exporter::model {

/// A stretch of UTC time, [start, end).
struct Window {
  std::chrono::sys_seconds start{};
  std::chrono::sys_seconds end{};

  double hours() const { return static_cast<double>((end - start).count()) / 3600; }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that `<` compares with for one
  friend auto operator<=>(const Window&, const Window&) = default;
};

/// RFC 3339 with a `Z`: 2026-10-03T09:58:00Z.
std::string format_time(std::chrono::sys_seconds time);
/// Reads what format_time writes, and a fraction of a second, which is cut off. Only `Z` is
/// accepted.
Result<std::chrono::sys_seconds> parse_time(std::string_view text);

/// What money is spent on. The names are the values of the label `resource`.
enum class Resource : std::uint8_t {
  cpu,
  memory,
  gpu,
  storage,
  network,
  load_balancer,
  shared,
  external,
};
inline constexpr std::size_t kResources = 8;
inline constexpr std::array<std::string_view, kResources> kResourceNames = {
    "cpu", "memory", "gpu", "storage", "network", "load_balancer", "shared", "external"};

/// Cost by resource, adjustments included.
struct Costs {
  std::array<Cost, kResources> by{};

  Cost& operator[](Resource resource) { return by[static_cast<std::size_t>(resource)]; }
  Cost operator[](Resource resource) const { return by[static_cast<std::size_t>(resource)]; }
  Cost total() const;
  Costs& operator+=(const Costs& other);
  friend bool operator==(const Costs&, const Costs&) = default;
};

/// Owns text that rows point into, in few large blocks. Addresses are stable for its lifetime.
class TextArena {
 public:
  TextArena() = default;
  TextArena(const TextArena&) = delete;
  TextArena& operator=(const TextArena&) = delete;

  std::string_view store(std::string_view text);
  /// Memory held.
  std::size_t bytes() const { return bytes_; }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::size_t bytes_ = 0;
};

enum class RowKind : std::uint8_t {
  workload,   // a pod, or pods merged into their controller
  idle,       // OpenCost's `__idle__`: node cost that nobody reserved
  unmounted,  // OpenCost's `__unmounted__`: volumes and load balancers that serve no pod
};

/// What a row was charged for, asked for and used of one resource over its window, in unit-hours:
/// core-hours, byte-hours, GPU-hours. Single precision: OpenCost prints five decimals.
struct Demand {
  float charged = 0;  // the larger of request and usage, container by container
  float requested = 0;
  float used = -1;  // below 0: OpenCost does not know

  bool known() const { return used >= 0; }
  friend bool operator==(const Demand&, const Demand&) = default;
};

/// One row of an allocation answer. Views point into the arena of its table.
///
/// A member OpenCost left out is empty: idle rows have no namespace, bare pods no controller, and
/// rows merged by controller no pod and often no node.
struct Allocation {
  RowKind kind = RowKind::workload;
  std::string_view cluster;
  std::string_view name_space;
  std::string_view pod;
  std::string_view controller_kind;
  std::string_view controller;
  std::string_view node;
  Costs costs;
  Cost reported_total;          // OpenCost's own totalCost, rounded on its own
  std::uint32_t label_set = 0;  // index into the table's label_sets
  // Of rows that are pods only; in all others as they are here.
  float hours = 0;  // from its first sample to its last
  Demand cpu, memory, gpu;
};

/// What the name of an annotation begins with where it stands among labels.
inline constexpr std::string_view kAnnotation = "annotation:";

/// One label of a row, or one annotation; names as OpenCost has them, with `_` for what Prometheus
/// does not allow.
struct Label {
  std::string_view name;
  std::string_view value;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that `<` compares with for one
  friend auto operator<=>(const Label&, const Label&) = default;
};
/// Of the labels that were asked for, those a row has, sorted by name.
using LabelSet = std::vector<Label>;

/// One accepted allocation answer, or the sum of several. Immutable once made.
struct AllocationTable {
  Window window;
  /// Sorted by (cluster, namespace, pod, controller kind, controller), without duplicates; in a sum
  /// a workload whose labels changed has a row for each label set.
  std::vector<Allocation> rows;
  /// Without duplicates; the first is empty.
  std::vector<LabelSet> label_sets = {{}};
  /// From the first sample of a running row to the last. Shorter than the window where OpenCost
  /// does not know all of it.
  Window lived;
  TextArena text;
  /// OpenCost's totalCost summed over the rows that were rejected, where it was a number.
  double rejected_total = 0;
  /// The names, and nothing else, of rows that were rejected though they had some: what is known of
  /// these workloads is not all there is.
  std::vector<Allocation> rejected;
  /// Rows that were rejected and did not say whose they were.
  std::uint64_t rejected_unnamed = 0;
};

enum class AssetType : std::uint8_t {
  node,
  disk,
  load_balancer,
  cluster_management,
  network,
  other
};
/// The value of the label `asset_type`.
std::string_view to_string(AssetType type);

/// One asset and what it cost over the window, discount and adjustment included.
struct Asset {
  AssetType type = AssetType::other;
  std::string_view cluster;
  std::string_view name;
  std::string_view provider_id;
  std::string_view instance_type;  // nodes only
  bool spot = false;               // nodes only
  double cores = 0;                // nodes only, as these two; 0: unknown
  double memory_bytes = 0;
  double gpus = 0;
  Cost total;
};

/// One accepted asset answer. Immutable once decoded.
struct AssetTable {
  Window window;
  /// Sorted by (type, cluster, name, provider_id).
  std::vector<Asset> rows;
  TextArena text;
};

}  // namespace exporter::model
