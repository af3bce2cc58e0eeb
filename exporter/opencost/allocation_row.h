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
inline constexpr std::uint32_t kCostBits = (1u << (kTotalCost + 1)) - 1;

enum Property : std::uint8_t {
  kCluster,
  kNode,
  kController,
  kControllerKind,
  kNamespace,
  kPod,
  kPropertyCount,
  kLabels,  // not a string
};

/// Names are stored already; everything else is a number.
struct RawRow {
  std::array<std::int64_t, kNumbers> micros{};  // millionths, whatever the unit
  std::uint32_t seen = 0;                       // a bit per number
  std::uint32_t nulls = 0;
  std::uint32_t too_large = 0;
  std::array<std::string_view, kPropertyCount> properties{};
  std::uint32_t label_set = 0;
  Life life;
  Wrong wrong;

  bool has(Slot slot) const { return (seen >> slot & 1) != 0; }
};

/// In one pass over the row's members. An error means that the text is not JSON.
simdjson::error_code read_row(json::object& row, Names& names, LabelReader& labels,
                              LifeTimes& times, const Limits& limits, RawRow& raw);

}  // namespace exporter::opencost
