"""The past of the demo, backfilled into a real Prometheus that goes on to scrape the present."""

import json
import os
import pathlib
import signal
import subprocess
import time
import unittest
import urllib.parse

from program import EXPORTER, Case, Demo, Program, get, request
from prometheus import CONFIGURATION, Prometheus
from prometheus_test import at, recomputed, spent
from waiting import wait_for

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

HOUR, DAY = 3600, 86400
DAYS = 30
# Long: hundreds of questions.
LONG = 240


class Later(Prometheus):
    """Prometheus on a folder with blocks that are older than it keeps by default."""

    def __init__(self, folder, data, target):
        configuration = pathlib.Path(folder) / "later.yml"
        configuration.write_text(CONFIGURATION % target)
        Program.__init__(self, [
            os.environ["PROMETHEUS_BINARY"], f"--config.file={configuration}",
            f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=1y",
            "--web.listen-address=127.0.0.1:0"], folder)
        self.base = "http://" + self.find(r'msg="Listening on" address=(\S+)')

    def ask(self, expression, moment=None):
        asked = {"query": expression} | ({} if moment is None else {"time": moment})
        answer = json.loads(get(f"{self.base}/api/v1/query?{urllib.parse.urlencode(asked)}"))
        return answer["data"]["result"]

    def at(self, moment, expression, *labels):
        """{(values of these labels): value} at that time."""
        return {tuple(row["metric"].get(label) for label in labels): float(row["value"][1])
                for row in self.ask(expression, moment)}


class BackfillTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder, "--pods=20", "--nodes=3"))
        cls.instance = cls.demo.base.removeprefix("http://")
        # The last whole hour that has settled for ten minutes, and one more to be safe.
        cls.end = int(time.time() - 660) // HOUR * HOUR

    def command(self, output, start, end):
        return [EXPORTER, "backfill", "--from", at(start), "--to", at(end), "--step", "1h",
                "--output", str(output), "--label", "job=opencost",
                "--label", f"instance={self.instance}"]

    def backfill(self, output, start, end):
        """Starts the command, which asks the demo."""
        return self.started(Program(self.command(output, start, end), self.folder,
                                    {"OPENCOST_URL": self.demo.opencost}))

    def backfilled(self, name, start, end):
        """The file, once it is whole."""
        output = pathlib.Path(self.folder) / name
        program = self.backfill(output, start, end)
        self.assertEqual(program.ended(LONG), 0, program.output())
        windows = (end - start) // HOUR
        self.assertIn(f"{output}: {windows} windows, 0 of them empty", program.output())
        self.assertEqual(list(output.parent.glob(f"{name}.*")), [])
        return output

    def put_into(self, data, file, *flags):
        said = subprocess.run(
            [os.environ["PROMTOOL_BINARY"], "tsdb", "create-blocks-from", "openmetrics", *flags, file,
             data], capture_output=True, text=True, timeout=LONG, check=False)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_a_month_joins_what_is_scraped(self):
        data = pathlib.Path(self.folder) / "tsdb"
        begin = self.end - DAYS * DAY
        # promtool reads the whole file once for each block.
        self.put_into(data, self.backfilled("month.om", begin, self.end),
                      "--max-block-duration=168h")
        self.demo.wait_for_costs()
        prometheus = self.started(Later(self.folder, data, self.instance))
        prometheus.wait_until_up()
        for end in (begin + HOUR, begin + 7 * DAY, self.end - 5 * DAY - 3 * HOUR, self.end):
            with self.subTest(end=at(end)):
                self.compare(prometheus, end)
        self.joins(prometheus, begin)

    def compare(self, prometheus, end):
        """What Prometheus has at that time against what OpenCost answers for the hour before."""
        rows = self.demo.ask("/allocation", window=f"{at(end - HOUR)},{at(end)}",
                             aggregate="cluster,namespace,pod", includeIdle="true")[0]
        namespaces, idle, _ = map(spent, recomputed(rows))
        self.assertGreater(len(namespaces), 10)
        self.equal(prometheus.at(end, "opencost_namespace_cost_per_hour", "namespace", "resource"),
                   namespaces)
        self.equal(prometheus.at(end, "opencost_idle_cost_per_hour != 0", "resource"),
                   {(resource,): cost for resource, cost in idle.items() if cost})
        assets = self.demo.ask("/assets", window=f"{at(end - HOUR)},{at(end)}")
        rows = assets if isinstance(assets, dict) else assets[0]
        self.equal(prometheus.at(end, "opencost_node_cost_per_hour", "node"),
                   {(row["properties"]["name"],): row["totalCost"]
                    for row in rows.values() if row["type"] == "Node"})

    def equal(self, told, expected):
        self.assertEqual(set(told), set(expected))
        for key, value in expected.items():
            self.assertAlmostEqual(told[key], float(value), delta=1e-9, msg=str(key))

    def joins(self, prometheus, begin):
        """Past and present are one series each, with a point for every hour of the past."""
        cpu = 'opencost_cluster_cost_per_hour{resource="cpu"}'
        wait_for("a scraped value", lambda: prometheus.ask(cpu))
        series, = prometheus.ask(f"{cpu}[{DAYS + 1}d]")
        self.assertEqual(series["metric"], {
            "__name__": "opencost_cluster_cost_per_hour", "cluster": "demo", "resource": "cpu",
            "job": "opencost", "instance": self.instance})
        times = [float(moment) for moment, _ in series["values"]]
        past = list(range(begin + HOUR, self.end + 1, HOUR))
        self.assertEqual(times[:len(past)], past)
        self.assertGreater(len(times), len(past))
        self.assertGreater(times[-1], self.end + 600)
        # The namespaces and nodes that live on are continued, too.
        for family in ("opencost_namespace_cost_per_hour", "opencost_node_cost_per_hour"):
            living = len(prometheus.ask(family))
            joined = len(prometheus.ask(f"{family} and {family} offset 1d"
                                        f" or {family} and last_over_time({family}[2h] offset 2h)"))
            self.assertGreater(living, 2)
            self.assertEqual(joined, living, family)

    def test_an_hour_is_looked_back_for(self):
        """Between two marks an instant query finds nothing, unless it says how far to look."""
        data = pathlib.Path(self.folder) / "short"
        self.put_into(data, self.backfilled("short.om", self.end - 4 * HOUR, self.end))
        prometheus = self.started(Later(self.folder, data, self.instance))
        wait_for("Prometheus to be ready", lambda: request(f"{prometheus.base}/-/ready")[0] == 200)
        self.assertGreater(len(prometheus.ask("opencost_cluster_cost_per_hour", self.end)), 1)
        moment = self.end - HOUR + 1800
        self.assertEqual(prometheus.ask("opencost_cluster_cost_per_hour", moment), [])
        self.assertGreater(
            len(prometheus.ask("last_over_time(opencost_cluster_cost_per_hour[1h])", moment)), 1)

    @unittest.skipIf(text_string_to_metric_families is None, "python3-prometheus-client is missing")
    def test_the_file_is_openmetrics(self):
        start = self.end - 6 * HOUR
        text = self.backfilled("six.om", start, self.end).read_text()
        families = list(text_string_to_metric_families(text))
        self.assertEqual(len(families), len({family.name for family in families}))
        self.assertIn("opencost_pod_cost_per_hour", [family.name for family in families])
        samples = [sample for family in families for sample in family.samples]
        self.assertEqual(len(samples), sum(not line.startswith("#") for line in text.splitlines()))
        self.assertEqual({float(sample.timestamp) for sample in samples},
                         set(range(start + HOUR, self.end + 1, HOUR)))
        self.assertEqual({(sample.labels["job"], sample.labels["instance"]) for sample in samples},
                         {("opencost", self.instance)})

    def test_a_run_that_was_broken_off_goes_on(self):
        start = self.end - 2 * DAY
        whole = self.backfilled("whole.om", start, self.end).read_bytes()
        for number, code in ((signal.SIGTERM, 1), (signal.SIGKILL, -signal.SIGKILL)):
            with self.subTest(signal=number):
                name = f"broken{number}.om"
                output = pathlib.Path(self.folder) / name
                partial = output.with_name(f"{name}.partial-wal")
                program = self.backfill(output, start, self.end)
                wait_for("some windows", lambda: partial.stat().st_size > 100_000)
                program.signal(number)
                self.assertEqual(program.ended(), code, program.output())
                self.assertFalse(output.exists())
                if number == signal.SIGTERM:
                    self.assertRegex(program.output(), r"stopped after \d+ of 48 windows; the same "
                                                       r"command goes on from there\n")
                self.assertEqual(self.backfilled(name, start, self.end).read_bytes(), whole)

    def test_what_exists_is_left_alone(self):
        output = pathlib.Path(self.folder) / "precious.om"
        output.write_text("precious")
        program = self.backfill(output, self.end - HOUR, self.end)
        self.assertEqual(program.ended(), 1)
        self.assertIn(f"output: {output} exists already; remove it or name another file\n",
                      program.output())
        self.assertEqual(output.read_text(), "precious")


if __name__ == "__main__":
    unittest.main()
