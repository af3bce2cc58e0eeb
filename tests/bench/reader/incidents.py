"""What a duplicate series does to a query: makes it an error, counts it twice, or nothing."""

import questions as q
from cluster import RESOURCES
from store import Refused

# The prices as they are on the one side of the join, as OVERVIEW has it.
UNAVERAGED = ("sum by (namespace) (sum by (namespace, instance) (container_memory_allocation_bytes)"
              " * on (instance) group_left () (node_ram_hourly_cost / 1024 / 1024 / 1024)"
              " + sum by (namespace, instance) (container_cpu_allocation)"
              " * on (instance) group_left () node_cpu_hourly_cost)")
RIGHT, TWICE, ERROR, TOO_MUCH = "right", "twice the truth", "error", "too much"


def by_namespace(*resources):
    """The truth, by labels."""
    def at(cluster, hour):
        costs = {name: sum(cost[resource][hour] for resource in resources)
                 for name, cost in cluster.cost.items()}
        return {frozenset({("namespace", name)}): cost for name, cost in costs.items() if cost}
    return at


def whole(cluster, hour):
    nodes = sum(node.price() for node in cluster.alive(cluster.nodes, hour))
    return {frozenset(): nodes + sum(volume.price() for volume in cluster.volumes)}


def disks(cluster, _):
    return {frozenset(): sum(volume.price() for volume in cluster.volumes)}


# Query, truth, what must become of it: in a quiet hour, a node created anew, two OpenCosts, two exporters.
QUERIES = [
    ("DOCS, cost by namespace", q.documented(), by_namespace("cpu", "memory"), (RIGHT, ERROR, ERROR, RIGHT)),
    ("OVERVIEW, cost by namespace", UNAVERAGED, by_namespace("cpu", "memory"), (RIGHT, ERROR, ERROR, RIGHT)),
    ("OVERVIEW, cost an hour", f"sum(node_total_hourly_cost) + {q.volumes()}", whole,
     (RIGHT, TOO_MUCH, TWICE, RIGHT)),
    ("OVERVIEW, volumes", q.volumes(), disks, (RIGHT, RIGHT, TWICE, RIGHT)),
    ("NAMESPACE, prices averaged by node", q.joined("namespace"), by_namespace(*RESOURCES),
     (RIGHT, RIGHT, RIGHT, RIGHT)),
    ("ours, as the dashboards ask", q.of_namespace(), by_namespace(*RESOURCES), (RIGHT, RIGHT, RIGHT, RIGHT)),
    ("ours, a plain sum", "sum by (namespace) (opencost_namespace_cost_per_hour)", by_namespace(*RESOURCES),
     (RIGHT, RIGHT, RIGHT, TWICE)),
]


def outcome(answer, truth):
    """How an answer to one moment compares with the truth."""
    found = {labels: value for labels, points in answer.items() for value in points.values()}
    if found.keys() != truth.keys():
        return "other series"
    ratios = [found[labels] / truth[labels] for labels in truth]
    for name, ratio in ((RIGHT, 1), (TWICE, 2)):
        if all(abs(each - ratio) < 1e-6 for each in ratios):
            return name
    return TOO_MUCH if min(ratios) > 1 - 1e-6 else "too little"


def measure(prometheus, cluster, moments):
    """[(query, expected, outcomes)], and what Prometheus said with the first error."""
    rows, said = [], ""
    for name, expression, truth, expected in QUERIES:
        outcomes = []
        for hour, moment in moments:
            try:
                answer, _ = prometheus.ask(expression, moment)
                outcomes.append(outcome(answer, truth(cluster, hour)))
            except Refused as refused:
                outcomes.append(ERROR)
                said = said or str(refused)
        rows.append((name, expected, tuple(outcomes)))
    return rows, said
