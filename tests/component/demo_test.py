"""What the first minute with the demo shows: figures on the terminal, a page Prometheus likes."""

import gzip
import os
import pathlib
import re
import subprocess
import unittest

from exposition import Page
from program import TODAY, Case, Demo, get, request

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def documented():
    """{family: (type, labels)} as docs/metrics.md tells it."""
    text = (pathlib.Path(os.environ["EXPORTER_DOCS"]) / "metrics.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| [^|]* \| ([^|]*) \|", text, re.MULTILINE)
    return {name: (kind, set(re.findall(r"\w+", labels))) for name, kind, labels in rows}


class DemoTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder))
        cls.page = cls.demo.wait_for_costs()

    @unittest.skipUnless(TODAY, "the day is too young")
    def test_prints_the_first_figures(self):
        self.demo.find(r"(?m)^(First figures, window \S+Z to \S+Z:)$")
        printed = self.demo.find(r"(?m)^ +cluster demo +(\d+\.\d+) USD/h")
        total = self.page.sums("opencost_cluster_cost_per_hour", "cluster")[("demo",)]
        # Four decimals of an amount that has up to six: half a last digit, and what a float adds to that.
        self.assertAlmostEqual(float(printed), total, delta=0.000051)
        self.demo.find(r"(?m)^(\d+ series) at generation \d+$")

    def test_budgets_are_sums_of_what_they_count(self):
        def budget(name):
            return self.page.value("opencost_budget_spent", budget=name)
        month = "opencost_{}_cost_month_to_date".format
        clusters = self.page.sums(month("cluster"), "cluster")
        namespaces = self.page.sums(month("namespace"), "namespace")
        workloads = self.page.sums(month("workload"), "namespace", "controller")
        self.assertAlmostEqual(budget("demo"), clusters[("demo",)], places=6)
        self.assertAlmostEqual(budget("payments"), namespaces[("payments",)], places=6)
        # Volumes that no pod mounts have no labels.
        self.assertAlmostEqual(budget("team-data"), places=6, second=sum(
            cost for (name, controller), cost in workloads.items()
            if name in ("data", "ml") and controller != "__unallocated__"))
        forecasts = self.page.sums("opencost_cluster_cost_forecast", "cluster")
        self.assertAlmostEqual(self.page.value("opencost_budget_forecast", budget="demo"),
                               forecasts[("demo",)], places=4)

    def test_promtool_finds_nothing_to_say(self):
        said = subprocess.run([os.environ["PROMTOOL_BINARY"], "check", "metrics"],
                              input=get(f"{self.demo.base}/metrics"), capture_output=True, text=True,
                              timeout=30, check=False)
        # It takes the 7 days of a window's name for a unit.
        self.assertEqual([line for line in (said.stdout + said.stderr).splitlines()
                          if not re.fullmatch(r"opencost_\w+_cost_last_7_days use base unit .*", line)],
                         [])

    @unittest.skipUnless(TODAY, "the day is too young")
    def test_every_family_is_on_the_page_as_documented(self):
        families = documented()
        # Common cost is borne by tenants there.
        del families["opencost_namespace_shared_cost_per_hour"]
        self.assertEqual(sorted(self.page.types), sorted(families))
        for name, (kind, labels) in families.items():
            self.assertEqual(self.page.types[name], kind, name)
            self.assertTrue(self.page.helps[name].endswith("."), name)
            series = self.page.family(name + "_count" if kind == "histogram" else name)
            self.assertTrue(series, f"{name} has no series")
            for labelled in series:
                self.assertEqual(set(dict(labelled)), labels, name)

    @unittest.skipIf(text_string_to_metric_families is None, "python3-prometheus-client is missing")
    def test_openmetrics_says_the_same(self):
        text = get(f"{self.demo.base}/metrics", Accept=OPENMETRICS)
        self.assertTrue(text.endswith("\n# EOF\n"))
        costs = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                costs[sample.name, frozenset(sample.labels.items())] = sample.value
        for (name, labels), value in self.page.samples.items():
            if name.startswith("opencost_") and not name.startswith("opencost_exporter_"):
                self.assertEqual(costs.get((name, labels)), value, name)

    def test_compressed_is_the_same(self):
        url = f"{self.demo.base}/metrics?collect[]=cost"
        plain = get(url)
        _, packed = request(url, headers={"Accept-Encoding": "gzip"})
        self.assertLess(len(packed), len(plain) / 4)
        self.assertEqual(gzip.decompress(packed).decode(), plain)

    def test_the_two_halves_make_the_whole(self):
        cost, exporter = (set(Page(get(f"{self.demo.base}/metrics?collect[]={half}")).types)
                          for half in ("cost", "exporter"))
        self.assertFalse(cost & exporter)
        self.assertEqual(cost | exporter, set(self.page.types))

    def test_answers_on_every_route(self):
        for path in ("/", "/-/healthy", "/-/ready", "/metrics"):
            self.assertEqual(request(self.demo.base + path)[0], 200, path)
        self.assertEqual(request(self.demo.base + "/-/reload")[0], 405)
        self.assertEqual(request(self.demo.base + "/none")[0], 404)


if __name__ == "__main__":
    unittest.main()
