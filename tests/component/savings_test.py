"""What the demo wastes, found with the amounts its OpenCost's own answers give; and whose it is."""

import math
import subprocess
import time
import unittest
from decimal import ROUND_CEILING, Decimal

from program import EXPORTER, TODAY, Case, Demo
from prometheus import Prometheus
from waiting import wait_for

MONTH = 730
MIB = Decimal(1024 * 1024)
# What the exporter keeps in single precision may differ from the exact figure in the 7th digit.
CLOSE = 2e-6


def request_saving(pods, cost, hours, request, usage, target, floor, unit):
    """(recommended, cost an hour of the share that is freed) of one workload, from its pods."""
    peak = max(row[usage] for row in pods)
    recommended = max(floor, (peak / target / unit).to_integral_value(ROUND_CEILING) * unit)
    freed = Decimal(0)
    for row in pods:
        lived = row["minutes"] / 60
        if not row[hours] or row[request] <= recommended:
            continue
        kept = max(recommended, row[usage]) * lived
        freed += row[cost] * max(Decimal(0), (row[hours] - kept) / row[hours])
    return recommended, freed


class SavingsTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder))
        cls.page = cls.demo.wait_for_costs()
        end = cls.page.value("opencost_exporter_window_end_timestamp_seconds", query="current")
        cls.rows = cls.answer(end - 3600, end, "cluster,namespace,pod")

    @classmethod
    def answer(cls, start, end, aggregate):
        form = "%Y-%m-%dT%H:%M:%SZ"
        window = ",".join(time.strftime(form, time.gmtime(bound)) for bound in (start, end))
        return cls.demo.ask("/allocation", window=window, aggregate=aggregate,
                            includeIdle="true")[0]

    def pods(self, namespace, controller):
        return [row for row in self.rows.values()
                if row["properties"].get("namespace") == namespace
                and row["properties"].get("controller") == controller]

    def mean_of_the_week(self, namespace, controller, costs):
        """An hour, over the 7 finished days; all of the demo's past is known."""
        midnight = int(time.time() // 86400 * 86400)
        spent = Decimal(0)
        for day in range(7):
            start = midnight - (day + 1) * 86400
            for row in self.answer(start, start + 86400,
                                   "cluster,namespace,controllerKind,controller").values():
                names = row["properties"]
                if (names.get("namespace"), names.get("controller")) == (namespace, controller):
                    spent += sum(row[cost] for cost in costs)
        return spent / (7 * 24)

    def saving(self, **labels):
        found = self.page.family("opencost_savings_per_month", **labels)
        self.assertEqual(len(found), 1, f"{labels}: {found}")
        return next(iter(found.values()))

    def scaled(self, freed, namespace, controller, costs):
        """A month of it, but not more than the mean of the last week lets through."""
        now = sum(row[cost] for row in self.pods(namespace, controller) for cost in costs)
        week = self.mean_of_the_week(namespace, controller, costs)
        return float(freed * min(Decimal(1), week / now) * MONTH)

    def test_a_request_that_is_too_large(self):
        workload = ("search", "indexer")
        for kind, cost, hours, request, usage, target, floor, unit, family in (
                ("cpu_request", "cpuCost", "cpuCoreHours", "cpuCoreRequestAverage",
                 "cpuCoreUsageAverage", Decimal("0.65"), Decimal("0.01"), Decimal("0.001"),
                 "opencost_recommended_cpu_request_cores"),
                ("memory_request", "ramCost", "ramByteHours", "ramByteRequestAverage",
                 "ramByteUsageAverage", Decimal("0.8"), 32 * MIB, MIB,
                 "opencost_recommended_memory_request_bytes")):
            with self.subTest(kind):
                recommended, freed = request_saving(self.pods(*workload), cost, hours, request,
                                                    usage, target, floor, unit)
                self.assertGreater(freed, 0)
                self.assertEqual(self.page.value(family, namespace="search", controller="indexer"),
                                 float(recommended))
                expected = self.scaled(freed, *workload, [cost])
                told = self.saving(kind=kind, namespace="search", controller="indexer")
                self.assertTrue(math.isclose(told, expected, rel_tol=CLOSE, abs_tol=0.01),
                                f"{told} is not {expected}")

    def test_a_workload_nobody_needs(self):
        workload, costs = ("checkout", "legacy-cart"), ["cpuCost", "ramCost", "gpuCost"]
        spent = sum(row[cost] for row in self.pods(*workload) for cost in costs)
        told = self.saving(kind="idle_workload", namespace="checkout", controller="legacy-cart")
        self.assertAlmostEqual(told, self.scaled(spent, *workload, costs), places=2)
        for kind in ("cpu_request", "memory_request"):
            self.assertFalse(self.page.family("opencost_savings_per_month", kind=kind,
                                              controller="legacy-cart"))

    def test_what_serves_no_pod(self):
        unmounted = [row for row in self.rows.values()
                     if row["properties"].get("namespace") == "__unmounted__"]
        for kind, cost in (("unmounted_storage", "pvCost"),
                           ("idle_load_balancer", "loadBalancerCost")):
            expected = float(sum(row[cost] for row in unmounted) * MONTH)
            self.assertGreater(expected, 0)
            self.assertAlmostEqual(self.saving(kind=kind, namespace=""), expected, places=6)
        claims = [row for row in self.rows.values()
                  if row["properties"].get("pod", "").endswith("-unmounted-pvcs")]
        self.assertTrue(claims)
        for row in claims:
            told = self.saving(kind="unmounted_storage", namespace=row["properties"]["namespace"])
            self.assertAlmostEqual(told, float(row["pvCost"] * MONTH), places=6)

    def test_capacity_nobody_reserved(self):
        idle = sum(self.rows["__idle__"][cost] for cost in ("cpuCost", "ramCost", "gpuCost"))
        used = sum(row[cost] for row in self.rows.values() for cost in
                   ("cpuCost", "ramCost", "gpuCost") if row["properties"].get("namespace"))
        expected = float((idle - (idle + used) * Decimal("0.15")) * MONTH)
        self.assertGreater(expected, 0)
        self.assertAlmostEqual(self.saving(kind="idle_capacity"), expected, places=2)
        nodes = self.page.family("opencost_idle_node_savings_per_month")
        self.assertTrue(nodes)
        prices = {dict(labels)["node"]: value for labels, value in
                  self.page.family("opencost_node_cost_per_hour").items()}
        for labels, amount in nodes.items():
            self.assertAlmostEqual(amount, prices[dict(labels)["node"]] * MONTH, places=3)

    def test_what_is_well_run_has_nothing_to_save(self):
        for pattern in ("payments",):
            self.assertFalse(self.page.family("opencost_savings_per_month", namespace=pattern))

    def test_the_total_is_the_sum_of_all(self):
        total = self.page.value("opencost_savings_total_per_month", cluster="demo")
        self.assertAlmostEqual(total, places=4, second=sum(
            self.page.family("opencost_savings_per_month").values()))

    def test_tenants_and_labels_share_out_the_namespaces(self):
        whole = self.page.sums("opencost_namespace_cost_per_hour", "cluster", "resource")
        tenants = self.page.sums("opencost_tenant_cost_per_hour", "cluster", "resource")
        self.assertEqual(set(tenants), set(whole))
        for key, value in whole.items():
            self.assertAlmostEqual(tenants[key], value, places=9)
        for label in {dict(labels)["label"] for labels in
                      self.page.family("opencost_label_cost_per_hour")}:
            values = {}
            for labels, value in self.page.family("opencost_label_cost_per_hour",
                                                  label=label).items():
                resource = dict(labels)["resource"]
                values["demo", resource] = values.get(("demo", resource), 0) + value
            for key, value in whole.items():
                self.assertAlmostEqual(values[key], value, places=9, msg=label)

    def test_explain_names_the_rule(self):
        file = f"{self.folder}/explain.yaml"
        with open(file, "w", encoding="utf-8") as config:
            config.write(f"clusters: [{{url: \"{self.demo.opencost}\"}}]\n"
                         "tenants:\n"
                         "  - {name: shop, labels: {team: shop}}\n"
                         "  - {name: money, namespaces: [\"pay*\"]}\n")

        def explain(*words):
            return subprocess.run([EXPORTER, "explain", *words, f"--config.file={file}"],
                                  capture_output=True, text=True, timeout=60, check=False)
        said = explain("payments", "gateway")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertRegex(said.stdout, r"(?m)^demo/payments deployment gateway: 3 pods, ")
        self.assertRegex(said.stdout, r"(?m)^  tenant: money$")
        self.assertIn('tenants[0] shop: label team is "payments", not "shop"', said.stdout)
        self.assertIn('-> tenants[1] money: namespace "payments" matches "pay*"', said.stdout)
        said = explain("search")
        self.assertIn("tenant: __unallocated__, since no rule matches", said.stdout)
        said = explain("nowhere")
        self.assertEqual(said.returncode, 1)
        self.assertEqual(said.stdout, "")
        self.assertIn("ran in namespace nowhere", said.stderr)

    @unittest.skipUnless(TODAY, "the day is too young")
    def test_prometheus_sees_no_series_come_and_go(self):
        prometheus = self.started(Prometheus(self.folder, self.demo.base.removeprefix("http://")))
        prometheus.wait_until_up()
        self.assertEqual(self.demo.reload()[0], 200)
        wait_for("some scrapes", lambda: prometheus.values(
            "count_over_time(up[5m])").get((), 0) >= 4)
        added = prometheus.values("sum_over_time(scrape_series_added[5m])")[()]
        self.assertEqual(added, prometheus.values("scrape_samples_scraped")[()])


if __name__ == "__main__":
    unittest.main()
