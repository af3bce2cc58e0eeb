"""What arrives in Prometheus: the page's own values, conserved, and OpenCost's word for them."""

import datetime
import unittest
from decimal import Decimal

from program import TODAY, Case, Demo
from prometheus import Prometheus

WINDOWS = ("per_hour", "today") if TODAY else ("per_hour",)
# resource -> the members of an allocation row that are its cost.
RESOURCES = {
    "cpu": ("cpuCost", "cpuCostAdjustment"),
    "memory": ("ramCost", "ramCostAdjustment"),
    "gpu": ("gpuCost", "gpuCostAdjustment"),
    "storage": ("pvCost", "pvCostAdjustment"),
    "network": ("networkCost", "networkCostAdjustment"),
    "load_balancer": ("loadBalancerCost", "loadBalancerCostAdjustment"),
    "shared": ("sharedCost",),
    "external": ("externalCost",),
}


def at(timestamp):
    moment = datetime.datetime.fromtimestamp(timestamp, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def recomputed(rows):
    """Namespaces, idle and unmounted: {(namespace, resource): cost}, {resource: cost} twice."""
    namespaces, idle, unmounted = {}, {}, {}
    for key, row in rows.items():
        space = (row.get("properties") or {}).get("namespace")
        for resource, members in RESOURCES.items():
            cost = sum((row[member] for member in members), Decimal(0))
            if key.endswith("__idle__"):
                idle[resource] = idle.get(resource, 0) + cost
            elif space == "__unmounted__":
                unmounted[resource] = unmounted.get(resource, 0) + cost
            else:
                namespaces[space, resource] = namespaces.get((space, resource), 0) + cost
    return namespaces, idle, unmounted


def spent(costs):
    """Without what cost nothing, but for the two resources that are always told."""
    return {key: value for key, value in costs.items()
            if value or (key if isinstance(key, str) else key[-1]) in ("cpu", "memory")}


class PrometheusTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder))
        cls.page = cls.demo.wait_for_costs()
        cls.prometheus = cls.started_for_all(
            Prometheus(cls.folder, cls.demo.base.removeprefix("http://")))
        cls.prometheus.wait_until_up()

    def equal(self, told, expected):
        self.assertEqual(set(told), set(expected))
        for key, value in expected.items():
            self.assertAlmostEqual(told[key], float(value), delta=1e-9, msg=str(key))

    def test_holds_every_cost_as_it_stood_on_the_page(self):
        stored = {}
        for metric, value in self.prometheus.query('{__name__=~"opencost_.*_cost_.*"}'):
            name = metric.pop("__name__")
            self.assertEqual((metric.pop("job"), bool(metric.pop("instance"))), ("opencost", True))
            stored[name, frozenset(metric.items())] = value
        # To Prometheus an empty label is none.
        costs = {(name, frozenset(label for label in labels if label[1])): value
                 for (name, labels), value in self.page.samples.items() if "_cost_" in name}
        self.assertGreater(len(costs), 300)
        self.assertEqual(set(stored), set(costs))
        self.assertEqual([key for key in costs if stored[key] != costs[key]], [])

    def test_keeps_the_cluster_label(self):
        self.assertEqual(set(self.prometheus.values(
            "count by (cluster) (opencost_cluster_cost_per_hour)", "cluster")), {("demo",)})

    def test_parts_add_up_to_the_cluster(self):
        for window in WINDOWS:
            parts = [self.prometheus.values(
                f"sum by (cluster, resource) (opencost_{part}_cost_{window})", "cluster", "resource")
                for part in ("namespace", "idle", "unmounted")]
            whole = self.prometheus.values(f"opencost_cluster_cost_{window}", "cluster", "resource")
            self.assertTrue(whole)
            self.equal({key: sum(part.get(key, 0) for part in parts) for key in whole}, whole)

    def test_finer_families_add_up_to_the_namespaces(self):
        by = ("namespace", "resource")
        for finer, window in [("pod", "per_hour")] + [("workload", window) for window in WINDOWS]:
            told = self.prometheus.values(
                f"sum by (namespace, resource) (opencost_{finer}_cost_{window})", *by)
            self.equal(told, self.prometheus.values(f"opencost_namespace_cost_{window}", *by))

    def window(self, query, start):
        end = self.page.value("opencost_exporter_window_end_timestamp_seconds", query=query)
        begin = start(end)
        return f"{at(begin)},{at(end)}", Decimal(int(end - begin)) / 3600

    def compare(self, window, hours, aggregate, suffix):
        rows = self.demo.ask("/allocation", window=window, aggregate=aggregate,
                             includeIdle="true")[0]
        namespaces, idle, unmounted = map(spent, recomputed(rows))
        rate = (lambda costs: {key: cost / hours for key, cost in costs.items()}) \
            if suffix == "per_hour" else (lambda costs: costs)
        values = self.prometheus.values
        self.equal(values(f"opencost_namespace_cost_{suffix}", "namespace", "resource"),
                   rate(namespaces))
        for part, costs in (("idle", idle), ("unmounted", unmounted)):
            self.equal({key[0]: value for key, value in values(
                f"opencost_{part}_cost_{suffix} != 0", "resource").items()},
                {key: cost for key, cost in rate(costs).items() if cost})

    def test_the_hour_is_what_opencost_answers(self):
        window, hours = self.window("current", lambda end: end - 3600)
        self.assertEqual(hours, 1)
        self.compare(window, hours, "cluster,namespace,pod", "per_hour")

    @unittest.skipUnless(TODAY, "the day is too young")
    def test_today_is_what_opencost_answers(self):
        window, hours = self.window("today", lambda end: (end - 1) // 86400 * 86400)
        self.compare(window, hours, "cluster,namespace,controllerKind,controller", "today")

    def test_nodes_are_what_opencost_answers(self):
        window, hours = self.window("assets", lambda end: end - 3600)
        assets = self.demo.ask("/assets", window=window)
        rows = assets if isinstance(assets, dict) else assets[0]
        nodes, others = {}, Decimal(0)
        for row in rows.values():
            if row["type"] == "Node":
                nodes[row["properties"]["name"],] = row["totalCost"] / hours
            else:
                others += row["totalCost"] / hours
        self.equal(self.prometheus.values("opencost_node_cost_per_hour", "node"), nodes)
        self.equal(self.prometheus.values("sum(opencost_asset_cost_per_hour)"), {(): others})


if __name__ == "__main__":
    unittest.main()
