"""OpenCost / Nodes and storage: what nodes, disks and load balancers cost, and what of it serves nobody."""

from boards import NODES as BOARD, SAVINGS, WORKLOADS
from grafana import BAD, GOOD, MONEY, WARN, Query, bars, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster", "node")
IDLE = thresholds(GOOD, (0.4, WARN), (0.6, BAD))
DEARER = thresholds("text", (0.05, WARN), (0.25, BAD))
COST, UNUSED = "opencost_node_cost_per_hour", "opencost_node_idle_cost_per_hour"
SPOT, ON_DEMAND, STORAGE = 'spot="true"', 'spot!="true"', 'resource="storage"'
NODE = "cluster, instance_type, spot, node"

BOARD.rows["Nodes"] = [
    stat("Cost", "Cost of the chosen nodes an hour, discounts included; mean of the last hour of assets.",
         S.sum(COST), MONEY, width=6, decimals=2),
    stat("Idle part", "What of the nodes' cost an hour was charged to no pod, over the last hour of assets.",
         S.sum(UNUSED), MONEY, width=6, decimals=2),
    stat("Idle share",
         "Share of the chosen nodes' cost that was charged to no pod in the last hour of assets.",
         S.share(UNUSED, COST), "percentunit", colours=IDLE, width=6, decimals=1),
    stat("On spot", "Share of the chosen nodes' cost in the last hour that is paid for spot capacity.",
         f"{S.sum(COST, SPOT)} / ({S.sum(COST)} > 0)", "percentunit", width=6, decimals=1,
         no_value="no spot nodes"),
    table("Nodes", "The chosen nodes in the last hour of assets. “Since yesterday” compares the cost an hour "
          "with that of the same node 24 hours ago: the price has changed, or a discount. A row opens the "
          "node's pods.",
          {"cluster": "Cluster", "instance_type": "Type", "spot": "Spot", "node": "Node"},
          [Query(S.sum(COST, by=NODE), name="An hour", unit=MONEY, decimals=3, bar=True),
           Query(S.sum(UNUSED, by=NODE), name="Idle part", unit=MONEY, decimals=3),
           Query(S.share(UNUSED, COST, by=NODE), name="Idle share", unit="percentunit", decimals=0,
                 thresholds=IDLE),
           Query(S.change(COST, offset="1d", by=NODE), name="Since yesterday", unit="percentunit", decimals=1,
                 thresholds=DEARER)],
          sort="An hour", to=BOARD, scope=S, height=10),
]

BOARD.rows["How that changes"] = [
    graph("By instance type",
          "Cost of the chosen nodes an hour; each point is the mean of the 60 minutes before it.",
          S.sum(COST, by="instance_type"), MONEY, legend="{{instance_type}}", stack=True),
    graph("Idle by node", "The ten nodes with the most cost an hour that was charged to no pod; each point "
          "is the mean of the 60 minutes before it. A node that is on top all day is too large, or not "
          "needed.",
          f"topk(10, {S.sum(UNUSED, by='node')})", MONEY, legend="{{node}}"),
    graph("Spot and on demand", "Cost of the chosen nodes an hour by how they are bought; each point is the "
          "mean of the 60 minutes before it.",
          [Query(S.sum(COST, ON_DEMAND), "on demand"), Query(S.sum(COST, SPOT), "spot")], MONEY, stack=True,
          width=8),
    graph("Price of a node", "Mean cost an hour of one node of a type; each point is of the 60 minutes "
          "before it. A step is a change of price or of discount.",
          f"avg by (instance_type, spot) ({S.each(COST)})", MONEY, legend="{{instance_type}} spot={{spot}}",
          width=8, decimals=3),
    graph("Number of nodes", "Nodes that cost something in the 60 minutes before each point, by type.",
          f"count by (instance_type) ({S.each(COST)})", "none", legend="{{instance_type}}", stack=True,
          width=8, decimals=0),
]

BOARD.rows["Pods of these nodes"] = [
    table("Pods of these nodes", "The hundred pods on the chosen nodes that cost most an hour, idle "
          "excluded; mean of the last settled 60 minutes.",
          {"cluster": "Cluster", "node": "Node", "namespace": "Namespace", "pod": "Pod",
           "controller_kind": "Kind", "controller": "Workload"},
          [Query("topk(100, {})".format(S.sum("opencost_pod_cost_per_hour",
                                              by="cluster, node, namespace, pod, controller_kind, "
                                              "controller")),
                 name="An hour", unit=MONEY, decimals=4, bar=True)],
          sort="An hour", to=WORKLOADS, scope=S, height=10, no_value="no pods"),
]

BOARD.rows["Disks, load balancers, management"] = [
    bars("By kind of asset", "Cost an hour of what the chosen clusters have besides nodes, over the last "
         "hour of assets.", f"sort_desc({S.sum('opencost_asset_cost_per_hour', by='asset_type')})", MONEY,
         legend="{{asset_type}}", no_value="none"),
    bars("Storage by namespace", "The ten namespaces that pay most an hour for volumes; mean of the last "
         "settled 60 minutes.",
         f"topk(10, {S.sum('opencost_namespace_cost_per_hour', STORAGE, by='namespace')})", MONEY,
         legend="{{namespace}}", no_value="none"),
    graph("Unmounted", "Cost an hour of volumes and load balancers that serve no pod; each point is the mean "
          "of the 60 minutes before it.", f"{S.sum('opencost_unmounted_cost_per_hour', by='resource')} > 0",
          MONEY, legend="{{resource}}", stack=True, width=8, no_value="none"),
    table("Assets", "The hundred assets besides nodes that cost most an hour, over the last hour of assets: "
          "disks of nodes and volumes, load balancers, cluster management.",
          {"asset_type": "Kind", "name": "Name", "provider_id": "Provider's name", "cluster": "Cluster"},
          [Query("topk(100, {})".format(S.sum("opencost_asset_cost_per_hour",
                                              by="cluster, asset_type, name, provider_id")),
                 name="An hour", unit=MONEY, decimals=4, bar=True)],
          sort="An hour", to=SAVINGS, scope=S, height=10, no_value="none"),
]
