"""OpenCost / Workloads and pods."""

from boards import NODES, SAVINGS, WORKLOADS as BOARD
from grafana import BAD, GOOD, MONEY, WARN, Query, bars, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster", "namespace", "controller_kind", "controller")
LABELS = {"cluster": "Cluster", "namespace": "Namespace", "controller_kind": "Kind", "controller": "Workload"}
WORKLOAD = ", ".join(LABELS)
POD_LABELS = {"cluster": "Cluster", "namespace": "Namespace", "controller": "Workload", "pod": "Pod",
              "node": "Node"}
POD = ", ".join(POD_LABELS)
NAMED = "{{namespace}}/{{controller}} ({{cluster}})"
MORE = thresholds("text", (0.2, WARN), (0.5, BAD))
USED = thresholds(BAD, (0.25, WARN), (0.5, GOOD))
# With all workloads chosen, the empty name of what belongs to no workload matches as well.
OWNED = 'controller!=""'
# Volumes that no pod mounts are billed as a pod on no node.
PLACED = 'node!=""'
RATE, POD_RATE = "opencost_workload_cost_per_hour", "opencost_pod_cost_per_hour"


def efficiency(resource):
    """Of the workloads that cost most of this resource. A mean of ratios would be nobody's efficiency."""
    of_resource = f'resource="{resource}"'
    ratio = S.sum("opencost_workload_efficiency_ratio", of_resource, by=WORKLOAD)
    return f"sort({ratio} and topk(8, {S.sum(RATE, of_resource, by=WORKLOAD)}))"


def pods(by=""):
    """How many pods cost something, by workload or another label."""
    grouping = f" by ({by})" if by else ""
    each = S.sum(POD_RATE, PLACED, by="cluster, namespace, controller_kind, controller, pod")
    return f"count{grouping} ({each})"


def request_lines(resource, unit):
    """Request, highest usage and recommendation of the three workloads whose requests are furthest off."""
    requested = S.sum(f"opencost_observed_{resource}_request_{unit}", by=WORKLOAD)
    used = S.sum(f"opencost_observed_{resource}_usage_{unit}", by=WORKLOAD)
    recommended = S.sum(f"opencost_recommended_{resource}_request_{unit}", by=WORKLOAD)
    furthest = f"topk(3, {requested} - {recommended})"
    return [Query(f"{figure} and {furthest}", f"{name} {NAMED}")
            for figure, name in ((requested, "requested"), (recommended, "recommended"), (used, "used"))]


def amount(name, series, *matchers):
    return Query(S.sum(series, *matchers, by=WORKLOAD), name=name, unit=MONEY, decimals=2)


def size(name, series, unit, decimals):
    return Query(S.sum(series, by=WORKLOAD), name=name, unit=unit, decimals=decimals)


def used(name, resource):
    expression = S.sum("opencost_workload_efficiency_ratio", f'resource="{resource}"', by=WORKLOAD)
    return Query(expression, name=name, unit="percentunit", decimals=0, thresholds=USED)


def used_by_pod(name, resource):
    expression = S.sum("opencost_pod_efficiency_ratio", f'resource="{resource}"', by=POD)
    return Query(f"{expression} and topk(200, {S.sum(POD_RATE, by=POD)})", name=name, unit="percentunit",
                 decimals=0, thresholds=USED)


BOARD.rows["Cost"] = [
    stat("Run rate", "What the chosen workloads cost an hour, idle excluded. The window is the last 60 "
         "minutes that OpenCost has settled.", S.sum(RATE), MONEY, decimals=3, no_value="not running"),
    stat("Since yesterday", "Run rate of the chosen workloads in the last settled hour against the same hour "
         "a day ago. Orange from 20 % more, red from 50 %.",
         S.change(RATE, offset="1d"), "percentunit", colours=MORE,
         decimals=1, no_value="no history"),
    stat("By calendar", "Cost of the chosen workloads since the day began, over the last finished day, since "
         "the first of the month and over the whole last month; as far as known. Pods of no controller are "
         "one workload “__unallocated__” there.",
         [Query(S.sum("opencost_workload_cost_today"), "today"),
          Query(S.sum("opencost_workload_cost_yesterday"), "yesterday"),
          Query(S.sum("opencost_workload_cost_month_to_date"), "this month"),
          Query(S.sum("opencost_workload_cost_last_month"), "last month")],
         MONEY, width=10, no_value="not known"),
    stat("Pods", "Pods of the chosen workloads that cost something in the last settled hour, also those that "
         "have ended.",
         pods(), "none", decimals=0, width=3, no_value="none"),
    stat("Savings", "What could be saved in 730 hours in the chosen workloads at the current rate: "
         "smaller requests, idle workloads. A workload has to be watched for a while before anything is said "
         "of it.",
         S.sum("opencost_savings_per_month", OWNED), MONEY, width=3, no_value="none found"),
]
BOARD.rows["Over time"] = [
    graph("By workload", "Run rate of the ten chosen workloads that cost most at each time, each point over "
          "the settled hour before it.",
          f"topk(10, {S.sum(RATE, by=WORKLOAD)})", MONEY, legend=NAMED, width=14, height=9),
    graph("By resource", "Run rate of the chosen workloads, each point over the settled hour before it. The "
          "areas add up to the run rate.",
          S.sum(RATE, by="resource"), MONEY, legend="{{resource}}", stack=True,
          width=10, height=9, calcs=()),
    graph("Pods by kind", "Pods of the chosen workloads that cost something in the settled hour before each "
          "point; one that was replaced within the hour counts as two. The areas add up to the number of "
          "pods.",
          pods("controller_kind"), "none", legend="{{controller_kind}}", stack=True, decimals=0,
          calcs=(), width=8, height=9, no_value="pods are not exported"),
    bars("CPU used of requested", "CPU efficiency in the last settled hour of the eight chosen workloads "
         "whose CPU costs most: used, as a share of requested, each at its cost. Red below 25 %, green from "
         "50 %.",
         efficiency("cpu"), "percentunit", legend=NAMED, colours=USED, decimals=0, maximum=1, height=9,
         no_value="nothing requested"),
    bars("Memory used of requested", "Memory efficiency in the last settled hour of the eight chosen "
         "workloads whose memory costs most: used, as a share of requested, each at its cost. Red below 25 "
         "%, green from 50 %.",
         efficiency("memory"), "percentunit", legend=NAMED, colours=USED, decimals=0, maximum=1, height=9,
         no_value="nothing requested"),
]
BOARD.rows["Workloads"] = [
    table("Workloads", "Run rate, pods and efficiency over the last settled hour; change of the run rate "
          "against the same hour a day ago; month to date by calendar; savings in 730 hours. An empty "
          "cell: not running now, not then, nothing requested, nothing to save. A row narrows this page to "
          "the workload.",
          LABELS,
          [Query(S.sum(RATE, by=WORKLOAD), name="An hour", unit=MONEY, decimals=4, bar=True),
           Query(S.change(RATE, offset="1d", by=WORKLOAD), name="Since yesterday", unit="percentunit",
                 decimals=1, thresholds=MORE),
           Query(pods(WORKLOAD), name="Pods", unit="none", decimals=0),
           amount("Month to date", "opencost_workload_cost_month_to_date"),
           used("CPU used", "cpu"), used("Memory used", "memory"),
           amount("Savings a month", "opencost_savings_per_month", OWNED)],
          sort="An hour", to=BOARD, scope=S, height=11, no_value="–"),
]
BOARD.rows["Requests"] = [
    graph("CPU requests furthest off", "Of the largest pod of three chosen workloads: what it requests, what "
          "it should, and the highest hourly mean any of its pods used while watched, up to 8 days.",
          request_lines("cpu", "cores"), "none", no_value="no smaller request recommended", calcs=(),
          height=9, decimals=2),
    graph("Memory requests furthest off", "Of the largest pod of three chosen workloads: what it requests, "
          "what it should, and the highest hourly mean any of its pods used while watched, up to 8 days.",
          request_lines("memory", "bytes"), "bytes", no_value="no smaller request recommended", calcs=(),
          height=9, decimals=1),
    table("Requests to change", "The request of the largest pod, the highest hourly mean of usage of any pod "
          "while the workload was watched (up to 8 days), and what to request instead; savings in 730 hours. "
          "CPU in cores. An empty cell: that request is right. A row leads to the savings of its namespace.",
          LABELS,
          [size("CPU request", "opencost_observed_cpu_request_cores", "none", 3),
           size("CPU used", "opencost_observed_cpu_usage_cores", "none", 3),
           size("CPU advised", "opencost_recommended_cpu_request_cores", "none", 3),
           size("RAM request", "opencost_observed_memory_request_bytes", "bytes", 1),
           size("RAM used", "opencost_observed_memory_usage_bytes", "bytes", 1),
           size("RAM advised", "opencost_recommended_memory_request_bytes", "bytes", 1),
           size("Watched", "opencost_observation_seconds", "s", 0),
           amount("A month", "opencost_savings_per_month", 'kind=~"cpu_request|memory_request"')],
          sort="A month", to=SAVINGS, scope=S, height=9, no_value="–"),
]
BOARD.rows["Pods"] = [
    table("Pods", "The 200 dearest pods of the chosen workloads, over the last settled hour: what they cost, "
          "where they ran, and what they used of what they requested. An empty cell: nothing requested. A "
          "row leads to its node.",
          POD_LABELS,
          [Query(f"topk(200, {S.sum(POD_RATE, by=POD)})", name="An hour", unit=MONEY, decimals=4, bar=True),
           used_by_pod("CPU used", "cpu"), used_by_pod("Memory used", "memory")],
          sort="An hour", to=NODES, scope=S, height=11, no_value="–"),
]
