"""What people ask about cost, as a join of public series and of ours. Both must give the same answer.

The joins are of the shape of the public ones; of several, the one that touches least and survives most.
Sources, as owner/repository:path:
  DOCS      opencost/opencost-website:docs/integrations/metrics.md, "Cost by Namespace" and "Storage Cost"
  OVERVIEW  adinhodovic/opencost-mixin:dashboards/opencost-overview.libsonnet
  NAMESPACE adinhodovic/opencost-mixin:dashboards/opencost-namespace.libsonnet
  WORKLOAD  adinhodovic/opencost-mixin:prometheus_rules.yaml, group opencost.rules.workload; it reads the rule
            namespace_workload_pod:kube_pod_owner:relabel of kubernetes-monitoring/kubernetes-mixin, which
            is taken as recorded here
Ours are as dashboards/source/queries.py makes them: `max without` what a scrape adds, so that replicas count
once.
"""

from dataclasses import dataclass

DAY = 86400
# What a scrape adds and the family has not of itself.
TARGET = ("job", "instance", "namespace", "pod", "container", "endpoint", "service")


class Expression(str):
    """PromQL, and what its subqueries read: Prometheus counts what they give only."""

    inner = ()  # of (expression, days), an hour a point


@dataclass
class Question:
    text: str
    join: str
    gauge: str
    source: str
    top: int = 0    # asked for so many of the answer only
    span: int = 0   # seconds of a graph; 0 is one moment
    step: int = 0


def compute(by, only="", offset=""):
    """CPU and memory by these labels and instance, at the node's price. NAMESPACE, WORKLOAD."""
    return (f"sum by ({by}, instance) (container_memory_allocation_bytes{only}{offset})"
            " * on (instance) group_left ()"
            f" (avg by (instance) (node_ram_hourly_cost{offset}) / 1024 / 1024 / 1024)"
            f" + sum by ({by}, instance) (container_cpu_allocation{only}{offset})"
            f" * on (instance) group_left () avg by (instance) (node_cpu_hourly_cost{offset})")


def storage(by, only="", offset=""):
    """Claims by these labels and volume, at the volume's price. DOCS, made safe by aggregating the price."""
    return (f"sum by ({by}, persistentvolume) (pod_pvc_allocation{only}{offset})"
            " * on (persistentvolume) group_left ()"
            f" (avg by (persistentvolume) (pv_hourly_cost{offset}) / 1024 / 1024 / 1024)")


def joined(by, only="", offset=""):
    return f"sum by ({by}) (({compute(by, only, offset)}) or ({storage(by, only, offset)}))"


def workloads():
    owner = ("max by (namespace, pod, workload, workload_type)"
             " (namespace_workload_pod:kube_pod_owner:relabel)")
    return (f"sum by (namespace, workload_type, workload) ((({compute('namespace, pod')})"
            f" or ({storage('namespace, pod')}))"
            f" * on (namespace, pod) group_left (workload_type, workload) {owner})")


def documented():
    """Cost by Namespace as DOCS has it: the fact under test is what happens to this very form."""
    return ("sum by (namespace) (container_cpu_allocation * on (node) group_left node_cpu_hourly_cost"
            " + container_memory_allocation_bytes * on (node) group_left node_ram_hourly_cost"
            " / (1024 * 1024 * 1024))")


def prices(price, resource, unit, scale=""):
    """What all nodes' capacity costs in a month. OVERVIEW."""
    return (f'sum(sum by (node) (kube_node_status_capacity{{resource="{resource}", unit="{unit}"}}){scale}'
            f" * on (node) group_left () sum by (node) ({price})) * 730")


def volumes():
    """OVERVIEW."""
    return ("sum(sum by (persistentvolume) (kube_persistentvolume_capacity_bytes / (1024 * 1024 * 1024))"
            " * on (persistentvolume) group_left () sum by (persistentvolume) (pv_hourly_cost))")


def ours(level, by="", only="", own=(), offset="", window="cost_per_hour"):
    without = ", ".join(label for label in TARGET if label not in own)
    by = f" by ({by})" if by else ""
    return f"sum{by} (max without ({without}) (opencost_{level}_{window}{only}{offset}))"


def of_namespace(by="namespace", only="", **more):
    return ours("namespace", by, only, own=("namespace",), **more)


def subquery(expression, days, function="sum_over_time"):
    made = Expression(f"{function}(({expression})[{days}d:1h])")
    made.inner = ((expression, days),)
    return made


def variance(expression):
    """The last day beside the last week. OVERVIEW."""
    day, week = (subquery(expression, days, "avg_over_time") for days in (1, 7))
    made = Expression(f"({day} - {week}) / {week}")
    made.inner = day.inner + week.inner + week.inner
    return made


WEEK_AGO = " offset 7d"
ONLY_COMPUTE = '{resource=~"cpu|memory"}'


def questions(namespace, days):
    one, everything = f'{{namespace="{namespace}"}}', joined("namespace")
    join, gauge = joined("namespace", one), of_namespace(only=one)
    pods = ours("pod", "pod", one.replace("}", ', resource=~"cpu|memory"}'), own=("namespace", "pod"))
    workload = ours("workload", "namespace, controller_kind, controller", own=("namespace",))
    graph = {"span": days * DAY - 45 * 60, "step": 45 * 60}
    rows = [
        ("all namespaces, now", everything, of_namespace(), "NAMESPACE, DOCS", {}),
        ("the same as the documentation has it, without storage", documented(),
         of_namespace(only=ONLY_COMPUTE), "DOCS", {}),
        ("top 10 workloads, now", workloads(), workload, "WORKLOAD", {"top": 10}),
        ("top 10 pods of a namespace, now", f"sum by (pod) ({compute('pod', one)})", pods, "NAMESPACE",
         {"top": 10}),
        ("all namespaces, change against a week ago",
         f"{everything} / {joined('namespace', offset=WEEK_AGO)} - 1",
         f"{of_namespace()} / {of_namespace(offset=WEEK_AGO)} - 1", "OVERVIEW", {}),
        ("graph of a namespace", join, gauge, "NAMESPACE", graph),
        ("graph of all namespaces", everything, of_namespace(), "NAMESPACE, DOCS", graph),
        ("month to date of a namespace", subquery(join, days),
         of_namespace(only=one, window="cost_month_to_date"), "NAMESPACE", {}),
        ("the same, both as a subquery", subquery(join, days), subquery(gauge, days), "NAMESPACE", {}),
        ("month to date of all namespaces", subquery(everything, days),
         of_namespace(window="cost_month_to_date"), "NAMESPACE", {}),
    ]
    return [Question(text, join, gauge, source, **more) for text, join, gauge, source, more in rows]


def overview():
    """The panels of OVERVIEW that ours can answer, too: over two days, half an hour a point, as it opens."""
    cost = f"sum(node_total_hourly_cost) + {volumes()}"
    graph = {"span": 2 * DAY, "step": 1800}
    gib = " / (1024 * 1024 * 1024)"
    namespaces, namespaces_then = (f"sum by (namespace) ({compute('namespace', offset=offset)})"
                                   for offset in ("", WEEK_AGO))
    cluster, nodes = ours("cluster"), ours("cluster", only=ONLY_COMPUTE)
    now, then = (of_namespace(only=ONLY_COMPUTE, offset=offset) for offset in ("", WEEK_AGO))

    def one(resource):
        return ours("cluster", only=f'{{resource="{resource}"}}') + " * 730"

    rows = [
        ("cost an hour", cost, cluster, {}),
        ("CPU a month", prices("node_cpu_hourly_cost", "cpu", "core"), one("cpu"), {}),
        ("memory a month", prices("node_ram_hourly_cost", "memory", "byte", gib), one("memory"), {}),
        ("storage a month", volumes() + " * 730", one("storage"), {}),
        ("top 10 namespaces a month", namespaces + " * 730", now + " * 730", {"top": 10}),
        ("namespaces, change", f"{namespaces} / {namespaces_then} - 1", f"{now} / {then} - 1", {}),
        ("nodes a month", "sum by (node) (node_total_hourly_cost) * 730",
         ours("node", "node") + " * 730", {}),
        ("cost, graph", cost, cluster, graph),
        ("cost a month, graph", f"({cost}) * 730", f"{cluster} * 730", graph),
        ("variance, graph", variance("sum(node_total_hourly_cost)"), variance(nodes), graph),
    ]
    return [Question(text, join, gauge, "OVERVIEW", **more) for text, join, gauge, more in rows]
