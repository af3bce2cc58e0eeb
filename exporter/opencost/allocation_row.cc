#include "exporter/opencost/allocation_row.h"

namespace exporter::opencost {
namespace {

// Members that are not numbers.
enum Other : std::uint8_t { kProperties = kNumbers, kStart, kEnd, kSkip };

// In the order of 1.121; members we do not use keep the cursor in step.
constexpr Field kRowFields[] = {
    {"name", kSkip},
    {"properties", kProperties},
    {"window", kSkip},
    {"start", kStart},
    {"end", kEnd},
    {"minutes", kMinutes},
    {"cpuCores", kSkip},
    {"cpuCoreRequestAverage", kSkip},
    {"cpuCoreLimitAverage", kSkip},
    {"cpuCoreUsageAverage", kSkip},
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
    {"ramByteRequestAverage", kSkip},
    {"ramByteLimitAverage", kSkip},
    {"ramByteUsageAverage", kSkip},
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
    {"gpuAllocation", kSkip},
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
    {"annotations", kPropertyCount},
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

}  // namespace

simdjson::error_code read_row(json::object& row, Names& names, LabelReader& labels,
                              LifeTimes& times, const Limits& limits, RawRow& raw) {
  FieldCursor cursor(kRowFields);
  for (auto item : row) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot >= kSkip) continue;
    if (slot < kNumbers) {
      take_number(field.value(), slot, raw);
    } else if (slot == kProperties) {
      const auto property = [&](std::uint8_t which, json::value& value) {
        if (which == kLabels) return labels.read(value, limits, raw.label_set);
        if (which >= kPropertyCount) return simdjson::SUCCESS;
        return read_name(value, kPropertyNames[which], raw.properties[which], names, limits,
                         raw.wrong);
      };
      SIMDJSON_TRY(read_members(field.value(), kPropertyFields, property));
    } else if (slot == kStart) {
      read_time(field.value(), times.start, raw.life.start, raw.wrong);
    } else {
      read_time(field.value(), times.end, raw.life.end, raw.wrong);
    }
  }
  if (raw.has(kMinutes)) raw.life.micro_minutes = raw.micros[kMinutes];
  return simdjson::SUCCESS;
}

}  // namespace exporter::opencost
