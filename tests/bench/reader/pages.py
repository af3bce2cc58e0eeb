"""The cluster as the two sides publish it: what OpenCost and kube-state-metrics say, and what we say.

Labels are those of a scrape by a ServiceMonitor with honorLabels: a series keeps its own, and gets the
target's where it has none. So OpenCost's prices carry the name of the pod that served them.
"""

from cluster import GIB, RESOURCES

START = 1748736000  # 2025-06-01 00:00 UTC
OPENCOST = {"container": "opencost", "endpoint": "http", "job": "opencost", "namespace": "opencost",
            "pod": "opencost-6d9c7f5b48-x2x7k", "service": "opencost"}
KUBE_STATE = {"container": "kube-state-metrics", "endpoint": "http", "instance": "10.1.0.17:8080",
              "job": "kube-state-metrics", "namespace": "monitoring", "pod": "kube-state-metrics-7c5b9-q8w4r",
              "service": "kube-state-metrics"}
OURS = {"cluster": "production", "container": "exporter", "endpoint": "http", "instance": "10.1.0.23:9877",
        "job": "opencost-exporter", "namespace": "opencost", "pod": "opencost-exporter-0",
        "service": "opencost-exporter"}


class Page:
    """Lines of OpenMetrics for the hours [first, last), a sample an interval."""

    def __init__(self, file, first, last, interval):
        self.write, self.first, self.last = file.write, first, last
        self.tails = {hour: [f" {START + 3600 * hour + second}\n" for second in range(0, 3600, interval)]
                      for hour in range(first, last)}

    def hours(self, thing):
        return range(max(thing.born, self.first), min(thing.gone, self.last))

    def every(self):
        return range(self.first, self.last)

    def series(self, name, labels, hours, value):
        """One series; `value` is a number, or a function of the hour."""
        text = ",".join(f'{label}="{labels[label]}"' for label in sorted(labels))
        start = f"{name}{{{text}}} "
        if callable(value):
            lines = [start + repr(value(hour)) + tail for hour in hours for tail in self.tails[hour]]
        else:
            start += repr(value)
            lines = [start + tail for hour in hours for tail in self.tails[hour]]
        self.write("".join(lines))


def write(cluster, month_to_date, page, incidents):
    for node in cluster.nodes:
        if page.hours(node):
            write_node(page, node, page.hours(node))
    for volume in cluster.volumes:
        write_volume(page, volume, page.every(), OPENCOST)
    for pod in cluster.pods:
        if page.hours(pod):
            write_pod(page, pod, page.hours(pod))
    write_ours(page, cluster, month_to_date, page.every(), OURS)
    for incident, hour in incidents.items():
        if hour in page.every():
            INCIDENTS[incident](page, cluster, month_to_date, [hour])


def node_labels(node):
    return {"node": node.name, "instance": node.name, "instance_type": node.instance_type, "arch": "amd64",
            "region": "eu-west-1", "provider_id": f"aws:///{node.zone}/{node.machine}", "uid": node.uid}


def write_prices(page, node, hours, labels):
    page.series("node_cpu_hourly_cost", labels, hours, node.core_price)
    page.series("node_ram_hourly_cost", labels, hours, node.gibibyte_price)
    page.series("node_total_hourly_cost", labels, hours, node.price())


def write_node(page, node, hours):
    write_prices(page, node, hours, {**OPENCOST, **node_labels(node)})
    capacity = {**KUBE_STATE, "node": node.name}
    for resource, unit, amount in (("cpu", "core", node.cores), ("memory", "byte", node.gibibytes * GIB)):
        page.series("kube_node_status_capacity", {**capacity, "resource": resource, "unit": unit}, hours,
                    amount)
    labels = {"node": node.name, "instance_type": node.instance_type, "spot": str(node.spot).lower()}
    page.series("opencost_node_cost_per_hour", {**OURS, **labels}, hours, node.price())


def write_volume(page, volume, hours, target):
    labels = {**target, "instance": "10.1.0.9:9003", "persistentvolume": volume.name, "uid": volume.uid,
              "volumename": volume.name, "provider_id": volume.machine}
    page.series("pv_hourly_cost", labels, hours, volume.price() * GIB / volume.size)
    if target is OPENCOST:
        page.series("kube_persistentvolume_capacity_bytes", {**KUBE_STATE, "persistentvolume": volume.name},
                    hours, volume.size)


def write_pod(page, pod, hours):
    workload = pod.workload
    own = {**OPENCOST, "namespace": workload.namespace, "pod": pod.name, "uid": pod.uid}
    placed = {**own, "node": pod.node.name, "instance": pod.node.name}
    for container in workload.containers:
        labels, steady = {**placed, "container": container.name}, container.wave is None
        page.series("container_cpu_allocation", labels, hours,
                    container.cores if steady else container.cores_at)
        page.series("container_memory_allocation_bytes", labels, hours,
                    container.memory if steady else container.memory_at)
    if pod.volume:
        page.series("pod_pvc_allocation",
                    {**own, "instance": "10.1.0.9:9003", "persistentvolume": pod.volume.name,
                     "persistentvolumeclaim": pod.volume.claim}, hours, pod.volume.size)
    page.series("namespace_workload_pod:kube_pod_owner:relabel",
                {"namespace": workload.namespace, "pod": pod.name, "workload": workload.name,
                 "workload_type": workload.kind}, hours, 1)
    labels = {**OURS, "namespace": workload.namespace, "pod": pod.name, "controller_kind": workload.kind,
              "controller": workload.name, "node": pod.node.name}
    for resource, costs in pod.cost.items():
        page.series("opencost_pod_cost_per_hour", {**labels, "resource": resource}, hours,
                    lambda hour: costs[hour - pod.born])


def write_ours(page, cluster, month_to_date, hours, target):
    cores = [0.0] * cluster.hours
    memory = [0.0] * cluster.hours
    for node in cluster.nodes:
        for hour in range(node.born, node.gone):
            cores[hour] += node.cores * node.core_price
            memory[hour] += node.gibibytes * node.gibibyte_price
    storage = sum(volume.price() for volume in cluster.volumes)
    whole = {"cpu": cores.__getitem__, "memory": memory.__getitem__, "storage": storage}
    for resource in RESOURCES:
        labels = {**target, "resource": resource}
        page.series("opencost_cluster_cost_per_hour", labels, hours, whole[resource])
        for namespace, costs in cluster.cost.items():
            labels = {**target, "namespace": namespace, "resource": resource}
            if any(costs[resource]):
                page.series("opencost_namespace_cost_per_hour", labels, hours, costs[resource].__getitem__)
                page.series("opencost_namespace_cost_month_to_date", labels, hours,
                            month_to_date[namespace][resource].__getitem__)
        for workload in cluster.workloads:
            alive = [hour for hour in hours if workload.cost[resource][hour]]
            if alive:
                labels = {**target, "namespace": workload.namespace, "controller_kind": workload.kind,
                          "controller": workload.name, "resource": resource}
                page.series("opencost_workload_cost_per_hour", labels, alive,
                            workload.cost[resource].__getitem__)


def node_created_anew(page, cluster, _, hours):
    """A node comes back under its name as another machine; OpenCost still shows the old one, too."""
    node = cluster.alive(cluster.nodes, hours[0])[0]
    labels = {**OPENCOST, **node_labels(node)}
    write_prices(page, node, hours, {**labels, "provider_id": f"aws:///{node.zone}/i-0fedcba9876543210",
                                     "uid": "00000000-0000-4000-8000-000000000000"})


def second_opencost(page, cluster, _, hours):
    """A second pod of OpenCost is scraped: a replica, or the new one of a rollout beside the old."""
    second = {**OPENCOST, "pod": "opencost-6d9c7f5b48-zz9zz"}
    for node in cluster.alive(cluster.nodes, hours[0]):
        write_prices(page, node, hours, {**second, **node_labels(node)})
    for volume in cluster.volumes:
        write_volume(page, volume, hours, second)


def second_exporter(page, cluster, month_to_date, hours):
    """A second exporter is scraped; its namespaces and workloads are enough to see what that does."""
    write_ours(page, cluster, month_to_date, hours,
               {**OURS, "instance": "10.1.0.99:9877", "pod": "opencost-exporter-1"})


INCIDENTS = {"a node created anew": node_created_anew, "two OpenCosts": second_opencost,
             "two exporters": second_exporter}
