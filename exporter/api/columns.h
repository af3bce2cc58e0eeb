// The columns that routes of money share. Inside api/ only.
#pragma once

#include <array>
#include <cstddef>

#include "exporter/api/table.h"

namespace exporter::api {

inline constexpr Column kCluster{.name = "cluster",
                                 .meaning = "The cluster, as metrics call it.",
                                 .focus = "SubAccountId",
                                 .example = "prod-eu"};
inline constexpr Column kNamespace{
    .name = "namespace", .meaning = "The namespace.", .example = "payments"};
inline constexpr Column kPod{
    .name = "pod", .meaning = "The pod.", .example = "ledger-7d9f6c5b8-x2k4q"};
inline constexpr Column kControllerKind{
    .name = "controller_kind",
    .meaning =
        "What runs the pods: deployment, statefulset, …; `pod` for a workload that is one "
        "pod of its own. Null in a row of such a pod.",
    .nullable = true,
    .example = "deployment"};
inline constexpr Column kController{.name = "controller",
                                    .meaning =
                                        "The name of what runs the pods, or of the pod. "
                                        "Null in a row of a pod that nothing runs.",
                                    .nullable = true,
                                    .example = "ledger"};
inline constexpr Column kNode{.name = "node",
                              .meaning =
                                  "The node. Where OpenCost does not say it, null in a row "
                                  "of a pod, and `__unallocated__` in one of a node.",
                              .nullable = true,
                              .example = "ip-10-0-0-9.eu-west-1.compute.internal"};
inline constexpr Column kTenant{
    .name = "tenant",
    .meaning = "The tenant; `__unallocated__` for what no rule gives to one.",
    .example = "payments"};
inline constexpr Column kLabel{
    .name = "label", .meaning = "The name of the label.", .example = "team"};
inline constexpr Column kValue{
    .name = "value",
    .meaning =
        "The value of the label; `__unallocated__` for what has none, or has none that was "
        "recorded.",
    .example = "payments"};

constexpr Column money(std::string_view name, std::string_view meaning) {
  return {.name = name, .kind = Kind::money, .meaning = meaning, .summed = true};
}

/// What workloads cost: in total and by resource, as model::Resource has them.
inline constexpr std::array kMoney = {
    Column{.name = "total_cost",
           .kind = Kind::money,
           .meaning = "What the workloads of the row cost, all resources together, without idle "
                      "and unmounted cost.",
           .summed = true,
           .focus = "EffectiveCost"},
    money("cpu_cost", "Of it, for CPU."),
    money("memory_cost", "Of it, for memory."),
    money("gpu_cost", "Of it, for GPUs."),
    money("storage_cost", "Of it, for volumes."),
    money("network_cost", "Of it, for network traffic."),
    money("load_balancer_cost", "Of it, for load balancers."),
    money("shared_cost", "Of it, what OpenCost was told to share."),
    money("external_cost", "Of it, what OpenCost has from outside the cluster."),
};

inline constexpr Column kCostPerHour{
    .name = "cost_per_hour",
    .kind = Kind::money,
    .meaning = "The total over the hours that are known; null when none are.",
    .nullable = true};

template <std::size_t N, std::size_t M>
constexpr std::array<Column, N + M> join(const std::array<Column, N>& first,
                                         const std::array<Column, M>& then) {
  std::array<Column, N + M> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = first[i];
  for (std::size_t i = 0; i < M; ++i) out[N + i] = then[i];
  return out;
}

// What tells the rows of an aggregate apart, as names_of() in group.h has it.
inline constexpr std::array<Column, 0> kByTotal{};
inline constexpr std::array kByCluster = {kCluster};
inline constexpr std::array kByNamespace = {kCluster, kNamespace};
inline constexpr std::array kByWorkload = {kCluster, kNamespace, kControllerKind, kController};
inline constexpr std::array kByPod = {kCluster,        kNamespace,  kPod,
                                      kControllerKind, kController, kNode};
inline constexpr std::array kByNode = {kCluster, kNode};
inline constexpr std::array kByTenant = {kCluster, kTenant};
inline constexpr std::array kByLabel = {kCluster, kLabel, kValue};

}  // namespace exporter::api
