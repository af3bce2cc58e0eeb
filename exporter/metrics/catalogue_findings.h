// Rows of the catalogue: what follows from costs, and how far they can be trusted. Part of the door
// metrics.h.
#pragma once

#include "exporter/metrics/metric_spec.h"

namespace exporter::metrics {

inline constexpr MetricSpec kFindings[] = {
    {.name = "opencost_window_coverage_ratio",
     .unit = "ratio",
     .help = "Share of a window, up to now, that is really known; below 1 its costs are too small.",
     .labels = {"cluster", "window"}},
    {.name = "opencost_budget_limit",
     .unit = "currency",
     .help = "What the configuration allows a budget per period.",
     .labels = {"budget", "period"}},
    {.name = "opencost_budget_spent",
     .unit = "currency",
     .help = "What a budget has spent in its period so far; absent while nothing is known of a "
             "cluster that counts.",
     .labels = {"budget", "period"}},
    {.name = "opencost_budget_forecast",
     .unit = "currency",
     .help = "What a budget will have spent when its period ends; absent while a cluster that "
             "counts has no run rate.",
     .labels = {"budget", "period"}},
    {.name = "opencost_budget_coverage_ratio",
     .unit = "ratio",
     .help = "Share of the period, up to now, that is known of all clusters that count.",
     .labels = {"budget", "period"}},
    {.name = "opencost_cluster_efficiency_ratio",
     .unit = "ratio",
     .help = "Efficiency of a cluster over the current window: what was used, as a share of what "
             "was requested, each at what it cost; absent where nothing is requested. Polled.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_efficiency_ratio",
     .unit = "ratio",
     .help = "Efficiency of a namespace over the current window: what was used, as a share of what "
             "was requested, each at what it cost; absent where nothing is requested. Polled.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_efficiency_ratio",
     .unit = "ratio",
     .help = "Efficiency of a workload over the current window: what was used, as a share of what "
             "was requested, each at what it cost; absent where nothing is requested. Polled.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_pod_efficiency_ratio",
     .unit = "ratio",
     .help = "Efficiency of a pod over the current window: what was used, as a share of what was "
             "requested, each at what it cost; absent where nothing is requested. Polled.",
     .labels = {"cluster", "namespace", "pod", "controller_kind", "controller", "node",
                "resource"}},
    {.name = "opencost_savings_per_month",
     .unit = "currency per month",
     .help = "What could be saved in 730 hours, each amount once; labels of a workload are empty "
             "where it belongs to none.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "kind", "priority"}},
    {.name = "opencost_savings_total_per_month",
     .unit = "currency per month",
     .help = "All of opencost_savings_per_month of a cluster, 0 where there is nothing to save.",
     .labels = {"cluster"}},
    {.name = "opencost_waste_per_month",
     .unit = "currency per month",
     .help = "Idle and unmounted cost of a cluster and what requests cost beyond usage, in 730 "
             "hours at the current rate.",
     .labels = {"cluster"}},
    {.name = "opencost_idle_node_savings_per_month",
     .unit = "currency per month",
     .help = "What a node costs in 730 hours whose pods would fit elsewhere; a part of the kind "
             "idle_capacity of opencost_savings_per_month, never to be added to it.",
     .labels = {"cluster", "node", "priority"}},
    {.name = "opencost_recommended_cpu_request_cores",
     .unit = "cores",
     .help =
         "CPU that the largest pod of a workload should request; only where that saves something.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_recommended_memory_request_bytes",
     .unit = "bytes",
     .help = "Memory that the largest pod of a workload should request; only where that saves "
             "something.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_observed_cpu_request_cores",
     .unit = "cores",
     .help = "CPU that the largest pod of a workload requests now; only where less is recommended.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_observed_cpu_usage_cores",
     .unit = "cores",
     .help = "Highest hourly mean of CPU usage of any pod of a workload while it was observed; "
             "only where a smaller request is recommended.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_observed_memory_request_bytes",
     .unit = "bytes",
     .help =
         "Memory that the largest pod of a workload requests now; only where less is recommended.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_observed_memory_usage_bytes",
     .unit = "bytes",
     .help = "Highest hourly mean of memory usage of any pod of a workload while it was observed; "
             "only where a smaller request is recommended.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_observation_seconds",
     .unit = "seconds",
     .help = "How long a workload has been observed without a gap; only where a smaller request is "
             "recommended.",
     .labels = {"cluster", "namespace", "controller_kind", "controller"}},
    {.name = "opencost_policy_matched_workloads",
     .help = "Workloads that a policy would scale down if it acted, which it never does.",
     .labels = {"cluster", "policy"}},
    {.name = "opencost_policy_savings_per_month",
     .unit = "currency per month",
     .help =
         "What the CPU, memory and GPU of the workloads that a policy matches cost in 730 hours.",
     .labels = {"cluster", "policy"}},
    {.name = "opencost_policy_skipped_workloads",
     .help = "Workloads that a policy leaves alone, by the first reason that holds.",
     .labels = {"cluster", "policy", "reason"}},
    {.name = "opencost_reconciliation_difference_ratio",
     .unit = "ratio",
     .help = "Our sum of the current window against the totalCost OpenCost states, as a share of "
             "the latter; 0 means to the cent. Polled.",
     .labels = {"cluster"}},
    {.name = "opencost_snapshot_id",
     .help = "The `snapshot` of the answers of the API that are made from the same report as these "
             "costs."},
};

}  // namespace exporter::metrics
