// Rows of the catalogue: what things cost an hour. Part of the door metrics.h.
#pragma once

#include "exporter/metrics/metric_spec.h"

namespace exporter::metrics {

inline constexpr MetricSpec kRates[] = {
    {.name = "opencost_cluster_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of a whole cluster over the current window: namespaces, idle and unmounted. "
             "Polled, not computed at scrape time.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of a namespace over the current window, idle excluded. Polled.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_cost_per_hour",
     .unit = "currency per hour",
     .help =
         "Run rate of a workload over the current window; a pod without a controller is its own "
         "workload of kind pod. Polled.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_pod_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of a pod over the current window. Polled.",
     .labels = {"cluster", "namespace", "pod", "controller_kind", "controller", "node",
                "resource"}},
    {.name = "opencost_idle_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of node capacity that is paid for and reserved by nobody. Polled.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_unmounted_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of volumes and load balancers that serve no pod. Polled.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_node_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of a node over the assets window, discount and adjustment included. Polled.",
     .labels = {"cluster", "node", "instance_type", "spot"}},
    {.name = "opencost_node_idle_cost_per_hour",
     .unit = "currency per hour",
     .help = "Part of a node's run rate that was charged to no pod. Polled.",
     .labels = {"cluster", "node", "instance_type", "spot"}},
    {.name = "opencost_asset_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of an asset other than a node: disk, load balancer, cluster management. "
             "Polled.",
     .labels = {"cluster", "asset_type", "name", "provider_id"}},
    {.name = "opencost_fleet_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of all clusters together, absent while any of them has none.",
     .labels = {"resource"}},
    {.name = "opencost_tenant_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of what the rules give a tenant, idle excluded; __unallocated__ is what no "
             "rule takes. Polled.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_label_cost_per_hour",
     .unit = "currency per hour",
     .help = "Run rate of all pods with a value of a label, idle excluded; __unallocated__ are "
             "those without the label. Polled.",
     .labels = {"cluster", "label", "value", "resource"}},
    {.name = "opencost_namespace_shared_cost_per_hour",
     .unit = "currency per hour",
     .help = "What a namespace bears of cost that serves everybody, by where that comes from; on "
             "top of its own. Polled.",
     .labels = {"cluster", "namespace", "source"}},
    {.name = "opencost_tenant_shared_cost_per_hour",
     .unit = "currency per hour",
     .help = "What a tenant bears of cost that serves everybody, by where that comes from; on top "
             "of its own. Polled.",
     .labels = {"cluster", "tenant", "source"}},
};

}  // namespace exporter::metrics
