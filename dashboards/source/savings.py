"""OpenCost / Idle and savings: what is paid for and not used, whose it is, and what to do about it."""

from boards import NODES, SAVINGS as BOARD, WORKLOADS
from grafana import BAD, GOOD, MONEY, WARN, Query, bars, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster", "namespace")
# What belongs to no namespace is narrowed by cluster only.
CLUSTERS = Scope("cluster")
IDLE = thresholds(GOOD, (0.4, WARN), (0.6, BAD))
GPU = 'resource="gpu"'
OF_WORKLOADS, OF_NOBODY = 'namespace!=""', 'namespace=""'
REQUESTS = 'kind=~"cpu_request|memory_request"'
WORKLOAD = {"cluster": "Cluster", "namespace": "Namespace", "controller_kind": "Kind",
            "controller": "Workload"}
BY_WORKLOAD = ", ".join(WORKLOAD)

BOARD.rows["Is it worth a look"] = [
    stat("Could be saved", "What all recommendations for the chosen clusters would save in a month of 730 "
         "hours, at the rate of the last hour. No amount is in it twice, so it may be quoted.",
         CLUSTERS.sum("opencost_savings_total_per_month"), MONEY, width=5),
    stat("In these namespaces", "What the chosen namespaces could save in a month of 730 hours, at the rate "
         "of the last hour. With all of them chosen, also what belongs to none: idle capacity, unmounted "
         "volumes.",
         S.sum("opencost_savings_per_month"), MONEY, width=5, no_value="nothing"),
    stat("Waste", "Idle, unmounted, and what requests cost beyond usage, in a month of 730 hours at the rate "
         "of the last hour. More than can be saved: headroom is in it.",
         CLUSTERS.sum("opencost_waste_per_month"), MONEY, width=5),
    stat("Idle", "Share of the last hour's cost of the chosen clusters that nobody had reserved. 15 % of "
         "headroom is no fault.",
         CLUSTERS.share("opencost_idle_cost_per_hour", "opencost_cluster_cost_per_hour"),
         "percentunit", colours=IDLE, width=5, decimals=1),
    stat("Idle GPUs", "Cost an hour of GPUs that are paid for and requested by no pod, over the last hour.",
         CLUSTERS.sum("opencost_idle_cost_per_hour", GPU), MONEY, decimals=2, no_value="none"),
]

BOARD.rows["What it is"] = [
    bars("By kind", "What could be saved in a month of 730 hours, now, by what would have to be done: "
         "smaller requests, fewer nodes, fewer volumes.",
         f"sort_desc({S.sum('opencost_savings_per_month', by='kind')})", MONEY,
         legend="{{kind}}", width=7, no_value="nothing to save"),
    bars("By priority", "What could be saved in a month of 730 hours, now. High is from 500 a month or a "
         "fifth of the waste, medium from 100 or a twentieth, unless configured otherwise.",
         f"sort_desc({S.sum('opencost_savings_per_month', by='priority')})", MONEY, legend="{{priority}}",
         width=5, no_value="nothing to save"),
    graph("Idle by resource", "Cost an hour of capacity of the chosen clusters that nobody reserved; each "
          "point is the mean of the 60 minutes before it. What never falls at night or at noon could go.",
          CLUSTERS.sum("opencost_idle_cost_per_hour", by="resource"), MONEY, legend="{{resource}}",
          stack=True),
]

BOARD.rows["Where to begin"] = [
    table("Savings of workloads", "What the owners of workloads could save in a month of 730 hours at the "
          "rate of the last hour; requests are judged by up to 8 days of usage.",
          {"cluster": "Cluster", "namespace": "Namespace", "kind": "What", "priority": "Priority",
           "controller_kind": "Kind", "controller": "Workload"},
          [Query(S.sum("opencost_savings_per_month", OF_WORKLOADS, by=f"{BY_WORKLOAD}, kind, priority"),
                 name="A month", unit=MONEY, bar=True)],
          sort="A month", to=WORKLOADS, scope=S, height=10, no_value="nothing to save"),
    table("Savings of clusters", "What belongs to no workload, in a month of 730 hours at the rate of the "
          "last hour: for whoever runs the nodes.",
          {"priority": "Priority", "kind": "What", "cluster": "Cluster"},
          [Query(CLUSTERS.sum("opencost_savings_per_month", OF_NOBODY, by="cluster, kind, priority"),
                 name="A month", unit=MONEY)],
          sort="A month", to=NODES, scope=S, width=10, height=8, no_value="nothing to save"),
    table("Nodes that could go", "Nodes whose pods have fitted elsewhere at every hour of the last day, and "
          "what each costs in a month of 730 hours. A part of the kind idle_capacity: never add it to that.",
          {"cluster": "Cluster", "priority": "Priority", "node": "Node"},
          [Query(CLUSTERS.sum("opencost_idle_node_savings_per_month", by="cluster, priority, node"),
                 name="A month", unit=MONEY)],
          sort="A month", to=NODES, scope=S, width=14, height=8, no_value="every node is needed"),
]


def of_workload(series, name, unit, decimals=None):
    return Query(S.sum(series, by=BY_WORKLOAD), name=name, unit=unit, decimals=decimals)


BOARD.rows["Requests and usage"] = [
    graph("Efficiency", "Used as a share of requested, weighed with what it costs; each point is of the 60 "
          "minutes before it. Low and flat means that requests are too large all day.",
          CLUSTERS.each("opencost_cluster_efficiency_ratio"), "percentunit",
          legend="{{cluster}} {{resource}}", width=24, height=7, no_value="nothing is requested"),
    table("Requests too large", "What the largest pod of a workload requests now, the highest hourly mean of "
          "usage of any pod in the last 8 days or since it is watched, and what to request instead; what "
          "that saves in a month of 730 hours. CPU in cores.",
          WORKLOAD,
          [Query(S.sum("opencost_savings_per_month", REQUESTS, by=BY_WORKLOAD), name="A month", unit=MONEY),
           of_workload("opencost_observed_cpu_request_cores", "CPU requested", "none", 3),
           of_workload("opencost_observed_cpu_usage_cores", "CPU used", "none", 3),
           of_workload("opencost_recommended_cpu_request_cores", "CPU advised", "none", 3),
           of_workload("opencost_observed_memory_request_bytes", "RAM requested", "bytes", 0),
           of_workload("opencost_observed_memory_usage_bytes", "RAM used", "bytes", 0),
           of_workload("opencost_recommended_memory_request_bytes", "RAM advised", "bytes", 0),
           of_workload("opencost_observation_seconds", "Watched for", "s", 0)],
          sort="A month", to=WORKLOADS, scope=S, height=11, no_value="fits"),
]

WINDOWS = {"today": "Today", "yesterday": "Yesterday", "last_7_days": "7 days", "month_to_date": "This month",
           "last_month": "Last month"}


def by_window(title, description, family):
    return table(title, f"{description}: since the day and the month began, and in the last finished day, 7 "
                 "days and month.", {"cluster": "Cluster"},
                 [Query(CLUSTERS.sum(f"{family}_{window}", by="cluster"), name=heading, unit=MONEY)
                  for window, heading in WINDOWS.items()],
                 sort="This month", to=NODES, scope=S, width=12, height=6)


BOARD.rows["What was paid for nothing"] = [
    by_window("Idle so far", "What was paid for capacity of nodes that nobody reserved",
              "opencost_idle_cost"),
    by_window("Unmounted so far", "What was paid for volumes and load balancers that serve no pod",
              "opencost_unmounted_cost"),
]

BOARD.rows["Policies"] = [
    table("Policies", "What each policy would scale down now if it acted, which it never does, and what that "
          "costs in a month of 730 hours. Policies overlap with each other and with the savings above: never "
          "add them.",
          {"policy": "Policy", "cluster": "Cluster"},
          [Query(CLUSTERS.sum("opencost_policy_matched_workloads", by="cluster, policy"), name="Matched",
                 unit="none"),
           Query(CLUSTERS.sum("opencost_policy_savings_per_month", by="cluster, policy"), name="A month",
                 unit=MONEY),
           Query(CLUSTERS.sum("opencost_policy_skipped_workloads", by="cluster, policy"), name="Left alone",
                 unit="none")],
          sort="A month", to=WORKLOADS, scope=S, width=12, height=8, no_value="no policies"),
    bars("Left alone, by reason", "Workloads that a policy leaves alone now, by the first reason that holds.",
         f"sort_desc({CLUSTERS.sum('opencost_policy_skipped_workloads', by='policy, reason')} > 0)", "none",
         legend="{{policy}}: {{reason}}", width=12, no_value="none"),
]
