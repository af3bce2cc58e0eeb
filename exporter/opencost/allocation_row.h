// One allocation as it stands in the answer. Private to opencost/.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "exporter/opencost/labels.h"
#include "exporter/opencost/rows.h"

namespace exporter::opencost {

/// The numbers of a row that matter here.
enum Slot : std::uint8_t {
  kCpuCost,
  kCpuAdjustment,
  kMemoryCost,
  kMemoryAdjustment,
  kGpuCost,
  kGpuAdjustment,
  kStorageCost,
  kStorageAdjustment,
  kNetworkCost,
  kNetworkAdjustment,
  kLoadBalancerCost,
  kLoadBalancerAdjustment,
  kSharedCost,
  kExternalCost,
  kTotalCost,
  kMinutes,
  kCpuHours,
  kMemoryHours,
  kGpuHours,
  kStorageHours,
  kNumbers,
};
/// What it says of requests and usage: averages over its span.
enum Average : std::uint8_t {
  kCpuRequest,
  kCpuUsage,
  kMemoryRequest,
  kMemoryUsage,
  kGpuRequest,
  kGpuUsage,
  kOldGpuRequest,  // where they stood before 1.113
  kOldGpuUsage,
  kAverages,
};
inline constexpr std::uint32_t kCostBits = (1u << (kTotalCost + 1)) - 1;

enum Property : std::uint8_t {
  kCluster,
  kNode,
  kController,
  kControllerKind,
  kNamespace,
  kPod,
  kPropertyCount,
  kLabels,  // not strings, as those behind it
  kAnnotations,
};

/// Names are stored already; everything else is a number.
struct RawRow {
  std::array<std::int64_t, kNumbers> micros{};  // millionths, whatever the unit
  std::uint32_t seen = 0;                       // a bit per number
  std::uint32_t nulls = 0;
  std::uint32_t too_large = 0;
  std::array<std::int64_t, kAverages> averages = {kUnknown, kUnknown, kUnknown, kUnknown,
                                                  kUnknown, kUnknown, kUnknown, kUnknown};
  std::array<std::string_view, kPropertyCount> properties{};
  bool misnamed = false;  // one of the names its workload goes by is no good
  std::uint32_t label_set = 0;
  Life life;
  Wrong wrong;

  bool has(Slot slot) const { return (seen >> slot & 1) != 0; }
};

/// What rows are read with.
struct Reading {
  Names& names;
  LabelReader& labels;
  LifeTimes& times;
  const Limits& limits;
  bool averages = false;  // they cost time, and rows merged over days have no use for them
};

/// In one pass over the row's members. An error means that the text is not JSON.
simdjson::error_code read_row(json::object& row, const Reading& with, RawRow& raw);

/// Fills in what a pod's row was charged for, asked for and used. What cannot be is left as not
/// known: no usage is worth a row's money.
void take_usage(const RawRow& raw, const model::Window& window, model::Allocation& row);

}  // namespace exporter::opencost
