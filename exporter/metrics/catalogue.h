// Every metric this program exposes, once. Emitters refer to a row by its name, checked at compile
// time; docs/metrics.md and the checks of dashboards and alerts are made from these rows. To add a
// metric, add a row. Part of the door metrics.h.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace exporter::metrics {

enum class Type { gauge, counter, histogram };

/// Which half of the page a family is on; the values of `collect[]`.
enum class Group {
  cost,      // cost data: rendered once per publication
  exporter,  // ourselves: live at scrape time
};

inline constexpr std::size_t kMaxLabels = 8;

struct MetricSpec {
  std::string_view name{};
  Type type = Type::gauge;
  Group group = Group::cost;
  std::string_view unit{};  // prose for the docs: "currency per hour", "seconds"; empty for counts
  std::string_view help{};  // one sentence; no quotes, backslashes or line breaks
  std::array<std::string_view, kMaxLabels> labels{};  // in the order they are written
  std::string_view since = "0.1.0";

  constexpr std::size_t label_count() const {
    std::size_t count = 0;
    while (count < kMaxLabels && !labels[count].empty()) ++count;
    return count;
  }
};

inline constexpr MetricSpec kCatalogue[] = {
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
    {.name = "opencost_reconciliation_difference_ratio",
     .unit = "ratio",
     .help = "Our sum of the current window against the totalCost OpenCost states, as a share of "
             "the latter; 0 means to the cent. Polled.",
     .labels = {"cluster"}},

    {.name = "opencost_up",
     .group = Group::exporter,
     .help = "1 if the last poll of this query gave an accepted answer, 0 if not or not yet.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_polls_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Polls finished, good or bad; retries within a poll are not counted here.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_poll_failures_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Polls that gave no accepted answer, by reason.",
     .labels = {"cluster", "query", "reason"}},
    {.name = "opencost_exporter_poll_retries_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Requests sent again within a poll.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_poll_duration_seconds",
     .type = Type::histogram,
     .group = Group::exporter,
     .unit = "seconds",
     .help = "Time from asking to the decoded answer, retries and waits included.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_last_success_timestamp_seconds",
     .group = Group::exporter,
     .unit = "seconds",
     .help = "Unix time of the last accepted answer, 0 if there was none.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_window_end_timestamp_seconds",
     .group = Group::exporter,
     .unit = "seconds",
     .help = "Unix time at which the window of the last accepted answer ends, 0 if there was none.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_answer_rows",
     .group = Group::exporter,
     .help = "Rows of the last accepted answer.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_answer_bytes_total",
     .type = Type::counter,
     .group = Group::exporter,
     .unit = "bytes",
     .help = "Bytes of answers read from OpenCost, refused ones included.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_rows_rejected_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Rows left out of accepted answers, by reason.",
     .labels = {"cluster", "query", "reason"}},
    {.name = "opencost_exporter_idle_clamped_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Idle rows below zero that were set to zero, as OpenCost before 1.119 sends them.",
     .labels = {"cluster", "query"}},
    {.name = "opencost_exporter_ledger_entries",
     .group = Group::exporter,
     .help = "Finished days that are wanted: recorded, absent because OpenCost knows nothing of "
             "them, or missing and still to be asked for.",
     .labels = {"cluster", "state"}},
    {.name = "opencost_exporter_ledger_entries_changed_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Recorded days that a second answer changed, because data came late.",
     .labels = {"cluster"}},
    {.name = "opencost_exporter_ledger_persistent",
     .group = Group::exporter,
     .help = "1 if every known day is in the ledger file, 0 if some or all are in memory only."},
    {.name = "opencost_exporter_ledger_entries_waiting",
     .group = Group::exporter,
     .help = "Days that are in memory because the ledger file could not be written."},
    {.name = "opencost_exporter_ledger_failures_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Times the ledger file could not be opened, read or written, by reason.",
     .labels = {"reason"}},
    {.name = "opencost_exporter_ledger_size_bytes",
     .group = Group::exporter,
     .unit = "bytes",
     .help = "Size of the ledger file and its journal, 0 without one."},
    {.name = "opencost_exporter_series",
     .group = Group::exporter,
     .help = "Series of cost data in the last publication."},
    {.name = "opencost_exporter_publications_total",
     .type = Type::counter,
     .group = Group::exporter,
     .help = "Pages of cost data published."},
    {.name = "opencost_exporter_publish_duration_seconds",
     .type = Type::histogram,
     .group = Group::exporter,
     .unit = "seconds",
     .help = "Time to roll up, render and compress one publication."},
    {.name = "opencost_exporter_currency_info",
     .group = Group::exporter,
     .help = "The currency of every cost, always 1.",
     .labels = {"currency"}},
    {.name = "opencost_exporter_config_last_reload_successful",
     .group = Group::exporter,
     .help = "1 if the configuration in force is the newest one offered, 0 if that was refused."},
    {.name = "opencost_exporter_config_last_reload_success_timestamp_seconds",
     .group = Group::exporter,
     .unit = "seconds",
     .help = "Unix time at which the configuration in force was loaded."},
    {.name = "opencost_exporter_build_info",
     .group = Group::exporter,
     .help = "The version of this program, always 1.",
     .labels = {"version"}},
    {.name = "process_cpu_seconds_total",
     .type = Type::counter,
     .group = Group::exporter,
     .unit = "seconds",
     .help = "CPU time of this process, user and system."},
    {.name = "process_resident_memory_bytes",
     .group = Group::exporter,
     .unit = "bytes",
     .help = "Resident memory of this process."},
    {.name = "process_virtual_memory_bytes",
     .group = Group::exporter,
     .unit = "bytes",
     .help = "Virtual memory of this process."},
    {.name = "process_open_fds",
     .group = Group::exporter,
     .help = "File descriptors this process holds open."},
    {.name = "process_max_fds",
     .group = Group::exporter,
     .help = "File descriptors this process may open."},
    {.name = "process_start_time_seconds",
     .group = Group::exporter,
     .unit = "seconds",
     .help = "Unix time at which this process started."},
};

/// The row of that name; a name that is not in the catalogue does not compile.
consteval const MetricSpec& metric(std::string_view name) {
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.name == name) return spec;
  }
  throw "no metric of this name in the catalogue";
}

/// snake_case, counters and only they end in _total, help is one full sentence that needs no
/// escaping, no name twice, no reserved label.
consteval bool well_formed(std::span<const MetricSpec> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const MetricSpec& row = rows[i];
    for (char c : row.name) {
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    if (row.name.ends_with("_total") != (row.type == Type::counter)) return false;
    if (row.help.empty() || row.help.back() != '.') return false;
    if (row.help.find_first_of("\"\\\n") != std::string_view::npos) return false;
    for (std::size_t l = 0; l < row.label_count(); ++l) {
      if (row.labels[l] == "job" || row.labels[l] == "instance" || row.labels[l] == "le")
        return false;
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (rows[j].name == row.name) return false;
    }
  }
  return true;
}
static_assert(well_formed(kCatalogue));

}  // namespace exporter::metrics
