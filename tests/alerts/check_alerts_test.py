#!/usr/bin/env python3
"""Shows check_alerts.py a fault of every kind: each must be found, and said in so many words."""

import pathlib
import shutil
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

import check_alerts  # noqa: E402
from series import TARGET_LABELS  # noqa: E402

DEDUPED = f"max without ({', '.join(TARGET_LABELS)})"
# One rule of exporter.yml, and its expression in one piece.
OFF = f"""abs(
            {DEDUPED} (
              opencost_reconciliation_difference_ratio
            )
          )"""
# What is wrong, the file, what is replaced there, by what, and what must be said.
FAULTS = [
    ("no summary", "exporter.yml", "summary: Prometheus cannot scrape an opencost-exporter.", "summary: ''",
     "summary is missing or empty"),
    ("no dashboard", "exporter.yml", "dashboard_url: https://grafana.example.com/d/opencost-exporter\n",
     "more: x\n",
     "dashboard_url is missing or empty"),
    ("no full stop", "exporter.yml", "cannot scrape an opencost-exporter.",
     "cannot scrape an opencost-exporter",
     "summary does not end with a full stop"),
    ("two sentences", "exporter.yml", "cannot scrape an opencost-exporter.", "cannot scrape. It is down.",
     "summary is not one sentence"),
    ("summary is a template", "exporter.yml", "cannot scrape an opencost-exporter.",
     "'cannot scrape {{ $labels.job }}.'",
     "summary is not one sentence without templates"),
    ("label unsaid", "exporter.yml", "of the job {{ $labels.job }} ", "",
     "description does not say $labels.job"),
    ("value unsaid", "exporter.yml", " (up is {{ $value }})", "", "description does not say $value"),
    ("label that is not there", "exporter.yml", "of the job {{ $labels.job }} ",
     "of {{ $labels.job }} {{ $labels.node }} ",
     "says $labels.node, which the expression does not yield"),
    ("runbook of another", "exporter.yml", "runbooks/OpenCostExporterDown.md",
     "runbooks/OpenCostExporterAbsent.md",
     "runbook_url is not"),
    ("no such runbook", "exporter.yml", "OpenCostExporterDown", "OpenCostExporterGone",
     "there is no docs/runbooks/OpenCostExporterGone.md"),
    ("no such dashboard", "exporter.yml", "/d/opencost-exporter?", "/d/opencost-exporters?",
     "there is no dashboard opencost-exporters"),
    ("no such variable", "exporter.yml", "var-query=", "var-question=", "has no variable question"),
    ("other Grafana", "exporter.yml", "https://grafana.example.com", "https://grafana.example.org",
     "dashboard_url does not begin with"),
    ("unescaped", "exporter.yml", "var-cluster={{ urlquery $labels.cluster }}",
     "var-cluster={{ $labels.cluster }}",
     "does not go through urlquery"),
    ("word of no template", "exporter.yml", "humanizeDuration", "humanizeTime",
     "no template knows humanizeTime"),
    ("open template", "exporter.yml", "| value }}{{ end }}", "| value }}", "does not end"),
    ("open braces", "exporter.yml", "{{ $labels.family }}", "{{ $labels.family }",
     "braces that do not match"),
    ("query of no series", "exporter.yml", 'query "opencost_exporter_currency_info"',
     'query "opencost_exporter_money_info"',
     "there is no series opencost_exporter_money_info"),
    ("query that is none", "exporter.yml", "max by (reason) (increase(opencost_exporter_ledger",
     "max by (reason (increase(opencost_exporter_ledger", "description: max by (reason"),
    ("always true", "exporter.yml", "expr: up == 0 and", "expr: up and", "compares with nothing"),
    ("true or false", "exporter.yml", "expr: up == 0 and", "expr: up == bool 0 and", "compares with nothing"),
    ("absent at once", "exporter.yml", "        for: 10m\n", "", "has no `for`"),
    ("one evaluation", "exporter.yml", "for: 5m", "for: 1m", "less than two evaluations"),
    ("no duration", "exporter.yml", "for: 5m", "for: 5 minutes", "is no duration"),
    ("value in a label", "exporter.yml", "scope: answers", "scope: '{{ $value }}'",
     "label scope is a template"),
    ("topk", "exporter.yml", "expr: up == 0 and", "expr: topk(1, up) == 0 and", "topk is never the same"),
    ("name", "exporter.yml", "OpenCostPollSlow", "Opencost_PollSlow", "name is not CamelCase"),
    ("severity", "exporter.yml", "severity: info", "severity: critical", "severity is none of"),
    ("area", "exporter.yml", "area: data", "area: money", "area is none of"),
    ("severities apart", "exporter.yml", f"stale_intervals_info:threshold)\n          * {DEDUPED}",
     f"stale_intervals_info:threshold)\n          + {DEDUPED}", "differ in more than thresholds and times"),
    ("slow group", "exporter.yml", "interval: 1m", "interval: 10m", "less often than every 5m"),
    ("no interval", "exporter.yml", "    interval: 1m\n", "", "has no interval"),
    ("name of a group", "exporter.yml", "name: opencost-exporter", "name: exporter",
     "does not begin with opencost-"),
    ("newer group key", "exporter.yml", "interval: 1m", "interval: 1m\n    query_offset: 1m",
     "has query_offset"),
    ("newer rule key", "exporter.yml", "for: 6h", "for: 6h\n        for_each: 1m", "has for_each"),
    ("newer function", "exporter.yml", "expr: up == 0", "expr: sort_by_label(up) == 0",
     "sort_by_label is no function"),
    ("no PromQL", "exporter.yml", "expr: up == 0 and", "expr: up = 0 and", "'=' where"),
    ("regular expression", "exporter.yml", 'reason=~"content_type|', 'reason=~"(content_type|',
     "is no regular expression"),
    ("offset", "recording.yml", "offset 23h30m)", "offset 30m23h)", "is no duration"),
    ("name of a record", "recording.yml", "cluster:opencost_idle_cost_per_hour:ratio", "opencost_idle_ratio",
     "name is not level:metric:operation"),
    ("family of a record", "recording.yml", "cluster:opencost_idle_cost_per_hour:ratio",
     "cluster:opencost_idle:ratio",
     "opencost_idle in its name is no family"),
    ("record that nobody uses", "recording.yml", "record: tenant:opencost_tenant_cost_per_hour:usual_high",
     "record: tenant:opencost_tenant_cost_per_hour:unusual", "nobody uses it"),
    ("record that is gone", "recording.yml", "record: tenant:opencost_tenant_cost_per_hour:usual_high",
     "record: tenant:opencost_tenant_cost_per_hour:unusual",
     "there is no series tenant:opencost_tenant_cost_per_hour:usual_high"),
    ("threshold that is gone", "thresholds.yml", "opencost:poll_slow_ratio:threshold",
     "opencost:poll_slow:threshold",
     "there is no series opencost:poll_slow_ratio:threshold"),
    ("threshold too many", "thresholds.yml", "      - record: opencost:poll_slow_ratio:threshold",
     "      # New.\n      - record: opencost:new:threshold\n        expr: vector(1)\n"
     "      # Old.\n      - record: opencost:poll_slow_ratio:threshold",
     "thresholds, and it counts another number"),
    ("threshold that is none", "thresholds.yml", "expr: vector(0.95)", "expr: vector(time())",
     "a threshold is vector(NUMBER)"),
    ("threshold without a word", "thresholds.yml",
     "      # Share of the time between two polls that a poll may take on average.\n",
     "", "no comment says what the threshold means"),
    ("no such family", "exporter.yml", "(opencost_exporter_series_folded)",
     "(opencost_exporter_series_hidden)",
     "there is no series opencost_exporter_series_hidden"),
    ("no such label", "exporter.yml", '{window="month_to_date"}', '{windows="month_to_date"}',
     "opencost_window_coverage_ratio has no label windows"),
    ("label of a sum", "exporter.yml", "sum without (reason)", "sum without (reasons)", "has no such label"),
    ("label of a match", "exporter.yml", "and on (cluster, query)", "and on (cluster, namespace)",
     "a side has no such label"),
    ("not counted once", "exporter.yml", OFF, "abs(opencost_reconciliation_difference_ratio)",
     "families may exist twice"),
    ("a label too few", "exporter.yml", OFF, OFF.replace("namespace, ", ""),
     "opencost_reconciliation_difference_ratio may exist twice"),
    ("a label too many", "exporter.yml", OFF, OFF.replace("(job,", "(job, cluster,"),
     "opencost_reconciliation_difference_ratio may exist twice"),
    ("sum instead", "exporter.yml", OFF, OFF.replace("max without", "sum without"),
     "opencost_reconciliation_difference_ratio may exist twice"),
    ("instance of a cost", "exporter.yml", OFF, OFF.replace("instance, ", ""),
     "opencost_reconciliation_difference_ratio may exist twice"),
    ("raw beside counted", "exporter.yml", OFF, f"{OFF} * opencost_reconciliation_difference_ratio",
     "of a family that may exist twice, and something that may not"),
    ("raw by cluster", "exporter.yml", OFF, "(opencost_up * on (cluster, query) opencost_up)",
     "* on (cluster, query) of families that may exist twice"),
    ("scalar of raw", "exporter.yml", OFF, f"{OFF} * scalar(opencost_exporter_series)",
     "scalar() of a family that may exist twice"),
    ("or vector", "exporter.yml", OFF, f"({OFF} or vector(0))", "or vector() has none of the labels"),
    ("same expression", "exporter.yml", "scalar(opencost:stale_intervals_info:threshold)",
     "scalar(opencost:stale_intervals_warning:threshold)", "same expression as"),
]


class Seeded(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for part in ("alerts", "docs/runbooks", "dashboards"):
            (self.root / part).mkdir(parents=True)
            for file in (check_alerts.ROOT / part).glob("*.*"):
                if file.is_file():
                    shutil.copy(file, self.root / part)

    def faults(self):
        return list(check_alerts.faults(self.root))

    def test_every_fault_is_found(self):
        before = self.faults()
        for what, file, old, new, said in FAULTS:
            with self.subTest(what):
                path = self.root / "alerts" / file
                text = path.read_text()
                self.assertIn(old, text, "the seed has nothing to replace")
                try:
                    path.write_text(text.replace(old, new))
                    found = [fault for fault in self.faults() if fault not in before]
                finally:
                    path.write_text(text)
                self.assertTrue(any(said in fault for fault in found), f"{said!r} is not among {found[:5]}")

    def test_a_rule_that_is_there_twice_is_found(self):
        path = self.root / "alerts/thresholds.yml"
        again = "      # Again.\n      - record: opencost:poll_slow_ratio:threshold\n"
        again += "        expr: vector(1)\n"
        path.write_text(path.read_text() + again)
        self.assertTrue(any("there are two of it" in fault for fault in self.faults()))

    def test_a_board_of_another_uid_is_found(self):
        path = self.root / "dashboards/opencost-exporter.json"
        path.write_text(path.read_text().replace('"uid": "opencost-exporter"', '"uid": "exporter"'))
        self.assertTrue(any("has another uid" in fault for fault in self.faults()))


if __name__ == "__main__":
    unittest.main()
