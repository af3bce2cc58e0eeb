#include "exporter/opencost/allocation_row.h"

namespace exporter::opencost {
namespace {

// Members that are not numbers, and those that are not read from every answer.
enum Other : std::uint8_t {
  kProperties = kNumbers,
  kStart,
  kEnd,
  kFirstAverage,
  kGpuAllocation = kFirstAverage + kAverages,
  kSkip,
};

constexpr std::uint8_t average(Average which) {
  return static_cast<std::uint8_t>(int{kFirstAverage} + int{which});
}

// In the order of 1.121; members we do not use keep the cursor in step.
constexpr Field kRowFields[] = {
    {"name", kSkip},
    {"properties", kProperties},
    {"window", kSkip},
    {"start", kStart},
    {"end", kEnd},
    {"minutes", kMinutes},
    {"cpuCores", kSkip},
    {"cpuCoreRequestAverage", average(kCpuRequest)},
    {"cpuCoreLimitAverage", kSkip},
    {"cpuCoreUsageAverage", average(kCpuUsage)},
    {"cpuCoreHours", kCpuHours},
    {"cpuCost", kCpuCost},
    {"cpuCostAdjustment", kCpuAdjustment},
    {"cpuCostIdle", kSkip},
    {"cpuEfficiency", kSkip},
    {"gpuCount", kSkip},
    {"gpuHours", kGpuHours},
    {"gpuCost", kGpuCost},
    {"gpuCostAdjustment", kGpuAdjustment},
    {"gpuCostIdle", kSkip},
    {"gpuEfficiency", kSkip},
    {"networkTransferBytes", kSkip},
    {"networkReceiveBytes", kSkip},
    {"networkCost", kNetworkCost},
    {"networkCrossZoneCost", kSkip},
    {"networkCrossRegionCost", kSkip},
    {"networkInternetCost", kSkip},
    {"networkNatGatewayEgressCost", kSkip},
    {"networkNatGatewayIngressCost", kSkip},
    {"networkCostAdjustment", kNetworkAdjustment},
    {"loadBalancerCost", kLoadBalancerCost},
    {"loadBalancerCostAdjustment", kLoadBalancerAdjustment},
    {"pvBytes", kSkip},
    {"pvByteHours", kStorageHours},
    {"pvCost", kStorageCost},
    {"pvs", kSkip},
    {"pvCostAdjustment", kStorageAdjustment},
    {"ramBytes", kSkip},
    {"ramByteRequestAverage", average(kMemoryRequest)},
    {"ramByteLimitAverage", kSkip},
    {"ramByteUsageAverage", average(kMemoryUsage)},
    {"ramByteHours", kMemoryHours},
    {"ramCost", kMemoryCost},
    {"ramCostAdjustment", kMemoryAdjustment},
    {"ramCostIdle", kSkip},
    {"ramEfficiency", kSkip},
    {"externalCost", kExternalCost},
    {"sharedCost", kSharedCost},
    {"totalCost", kTotalCost},
    {"totalEfficiency", kSkip},
    {"rawAllocationOnly", kSkip},
    {"proportionalAssetResourceCosts", kSkip},
    {"lbAllocations", kSkip},
    {"sharedCostBreakdown", kSkip},
    {"gpuAllocation", kGpuAllocation},
    // Before 1.113 only.
    {"gpuRequestAverage", average(kOldGpuRequest)},
    {"gpuUsageAverage", average(kOldGpuUsage)},
};

// Only what has a GPU names it; of all others these are the first three.
constexpr Field kGpuFields[] = {
    {"isGPUShared", kAverages}, {"gpuUsageAverage", kGpuUsage}, {"gpuRequestAverage", kGpuRequest},
    {"gpuDevice", kAverages},   {"gpuModel", kAverages},        {"gpuUUID", kAverages},
};

constexpr Field kPropertyFields[] = {
    {"cluster", kCluster},
    {"node", kNode},
    {"container", kPropertyCount},
    {"controller", kController},
    {"controllerKind", kControllerKind},
    {"namespace", kNamespace},
    {"pod", kPod},
    {"services", kPropertyCount},
    {"providerID", kPropertyCount},
    {"labels", kLabels},
    {"annotations", kAnnotations},
    {"namespaceLabels", kPropertyCount},
    {"namespaceAnnotations", kPropertyCount},
};

constexpr std::array<std::string_view, kPropertyCount> kPropertyNames = {
    "cluster", "node", "controller", "controllerKind", "namespace", "pod"};

void take_number(json::value& value, std::uint8_t slot, RawRow& raw) {
  const std::uint32_t bit = 1u << slot;
  if ((raw.seen & bit) != 0 && !raw.wrong) {
    raw.wrong = RowFault{Rejection::malformed, "a member stands in it twice"};
  }
  const Number read = read_number(value, raw.micros[slot], raw.wrong);
  if (read == Number::malformed) return;
  if (read == Number::null) raw.nulls |= bit;
  if (read == Number::too_large) raw.too_large |= bit;
  raw.seen |= bit;
}

simdjson::error_code take_property(json::value& value, std::uint8_t which, const Reading& with,
                                   RawRow& raw) {
  if (which == kLabels) return with.labels.read(value, LabelReader::Of::labels, with.limits);
  if (which == kAnnotations) {
    return with.labels.read(value, LabelReader::Of::annotations, with.limits);
  }
  if (which >= kPropertyCount) return simdjson::SUCCESS;
  Wrong here;
  SIMDJSON_TRY(read_name(value, kPropertyNames[which], raw.properties[which], with.names,
                         with.limits, here));
  if (here) {
    raw.misnamed = raw.misnamed || which != kNode;
    if (!raw.wrong) raw.wrong = std::move(here);
  }
  return simdjson::SUCCESS;
}

simdjson::error_code take_gpu_allocation(json::value& value, RawRow& raw) {
  return read_members(value, kGpuFields, [&](std::uint8_t which, json::value& figure) {
    if (which < kAverages) raw.averages[which] = read_figure(figure);
    return simdjson::SUCCESS;
  });
}

}  // namespace

simdjson::error_code read_row(json::object& row, const Reading& with, RawRow& raw) {
  FieldCursor cursor(kRowFields);
  const std::uint8_t skipped = with.averages ? kSkip : kFirstAverage;
  for (auto item : row) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot >= skipped) continue;
    if (slot < kNumbers) {
      take_number(field.value(), slot, raw);
    } else if (slot == kProperties) {
      const auto property = [&](std::uint8_t which, json::value& value) {
        return take_property(value, which, with, raw);
      };
      SIMDJSON_TRY(read_members(field.value(), kPropertyFields, property));
    } else if (slot == kStart) {
      read_time(field.value(), with.times.start, raw.life.start, raw.wrong);
    } else if (slot == kEnd) {
      read_time(field.value(), with.times.end, raw.life.end, raw.wrong);
    } else if (slot < kGpuAllocation) {
      raw.averages[slot - kFirstAverage] = read_figure(field.value());
    } else {
      SIMDJSON_TRY(take_gpu_allocation(field.value(), raw));
    }
  }
  raw.label_set = with.labels.take_set();
  if (raw.has(kMinutes)) raw.life.micro_minutes = raw.micros[kMinutes];
  return simdjson::SUCCESS;
}

}  // namespace exporter::opencost
