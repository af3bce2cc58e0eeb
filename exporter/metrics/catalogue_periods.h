// Rows of the catalogue: what things cost in calendar periods. Part of the door metrics.h.
#pragma once

#include "exporter/metrics/metric_spec.h"

namespace exporter::metrics {

inline constexpr MetricSpec kPeriodAmounts[] = {
    {.name = "opencost_cluster_cost_today",
     .unit = "currency",
     .help = "Cost of a whole cluster since 00:00 UTC: namespaces, idle and unmounted. Polled.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_today",
     .unit = "currency",
     .help = "Cost of a namespace since 00:00 UTC, idle excluded. Polled.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_cost_today",
     .unit = "currency",
     .help = "Cost of a workload since 00:00 UTC; pods without a controller are one workload "
             "__unallocated__ of kind pod. Polled.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_idle_cost_today",
     .unit = "currency",
     .help = "Cost since 00:00 UTC of node capacity reserved by nobody. Polled.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_unmounted_cost_today",
     .unit = "currency",
     .help = "Cost since 00:00 UTC of volumes and load balancers that serve no pod. Polled.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_tenant_cost_today",
     .unit = "currency",
     .help = "Cost of what the rules give a tenant since 00:00 UTC, idle excluded. Polled.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_cluster_cost_yesterday",
     .unit = "currency",
     .help = "Cost of a whole cluster over the last finished day: namespaces, idle and unmounted. "
             "As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_yesterday",
     .unit = "currency",
     .help = "Cost of a namespace over the last finished day, idle excluded. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_cost_yesterday",
     .unit = "currency",
     .help = "Cost of a workload over the last finished day; pods without a controller are one "
             "workload __unallocated__ of kind pod. As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_idle_cost_yesterday",
     .unit = "currency",
     .help = "Cost of node capacity that nobody reserved over the last finished day. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_unmounted_cost_yesterday",
     .unit = "currency",
     .help = "Cost of volumes and load balancers that serve no pod over the last finished day. As "
             "far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_tenant_cost_yesterday",
     .unit = "currency",
     .help = "Cost of what the rules give a tenant over the last finished day, idle excluded. As "
             "far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_cluster_cost_last_7_days",
     .unit = "currency",
     .help = "Cost of a whole cluster over the last 7 finished days: namespaces, idle and "
             "unmounted. As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_last_7_days",
     .unit = "currency",
     .help = "Cost of a namespace over the last 7 finished days, idle excluded. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_cost_last_7_days",
     .unit = "currency",
     .help = "Cost of a workload over the last 7 finished days; pods without a controller are one "
             "workload __unallocated__ of kind pod. As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_idle_cost_last_7_days",
     .unit = "currency",
     .help = "Cost of node capacity that nobody reserved over the last 7 finished days. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_unmounted_cost_last_7_days",
     .unit = "currency",
     .help = "Cost of volumes and load balancers that serve no pod over the last 7 finished days. "
             "As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_tenant_cost_last_7_days",
     .unit = "currency",
     .help = "Cost of what the rules give a tenant over the last 7 finished days, idle excluded. "
             "As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_cluster_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of a whole cluster since the first of the month: namespaces, idle and "
             "unmounted. As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of a namespace since the first of the month, idle excluded. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of a workload since the first of the month; pods without a controller are one "
             "workload __unallocated__ of kind pod. As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_idle_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of node capacity that nobody reserved since the first of the month. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_unmounted_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of volumes and load balancers that serve no pod since the first of the month. "
             "As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_tenant_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of what the rules give a tenant since the first of the month, idle excluded. As "
             "far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_fleet_cost_month_to_date",
     .unit = "currency",
     .help = "Cost of all clusters together since the first of the month, absent while nothing is "
             "known of any of them.",
     .labels = {"resource"}},
    {.name = "opencost_cluster_cost_last_month",
     .unit = "currency",
     .help = "Cost of a whole cluster over the whole last month: namespaces, idle and unmounted. "
             "As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_last_month",
     .unit = "currency",
     .help = "Cost of a namespace over the whole last month, idle excluded. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_workload_cost_last_month",
     .unit = "currency",
     .help = "Cost of a workload over the whole last month; pods without a controller are one "
             "workload __unallocated__ of kind pod. As far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "namespace", "controller_kind", "controller", "resource"}},
    {.name = "opencost_idle_cost_last_month",
     .unit = "currency",
     .help = "Cost of node capacity that nobody reserved over the whole last month. As far as "
             "opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_unmounted_cost_last_month",
     .unit = "currency",
     .help = "Cost of volumes and load balancers that serve no pod over the whole last month. As "
             "far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_tenant_cost_last_month",
     .unit = "currency",
     .help = "Cost of what the rules give a tenant over the whole last month, idle excluded. As "
             "far as opencost_window_coverage_ratio says.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_cluster_cost_forecast",
     .unit = "currency",
     .help = "Where the month of a whole cluster ends: month to date, and the run rate for all "
             "time that is left or unknown.",
     .labels = {"cluster", "resource"}},
    {.name = "opencost_namespace_cost_forecast",
     .unit = "currency",
     .help = "Where the month of a namespace ends: month to date, and the run rate for all time "
             "that is left or unknown.",
     .labels = {"cluster", "namespace", "resource"}},
    {.name = "opencost_tenant_cost_forecast",
     .unit = "currency",
     .help = "Where the month of a tenant ends: month to date, and the run rate for all time that "
             "is left or unknown.",
     .labels = {"cluster", "tenant", "resource"}},
    {.name = "opencost_fleet_cost_forecast",
     .unit = "currency",
     .help = "Where the month of all clusters together ends; absent while any of them has no "
             "forecast.",
     .labels = {"resource"}},
};

}  // namespace exporter::metrics
