#!/usr/bin/env python3
"""alertmanager.example.yml with Debian's amtool: it is valid, and alerts go where it says they do."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path += [str(ROOT / part) for part in ("alerts/source", "tests/promql")]

import rules as rule_files  # noqa: E402
from expressions import OF_TARGETS  # noqa: E402
from promql import parse  # noqa: E402
from series import Series  # noqa: E402

AMTOOL = os.environ.get("AMTOOL_BINARY", "amtool")
EXAMPLE = ROOT / "alerts/alertmanager.example.yml"
TEMPLATE = ROOT / "alerts/alertmanager.example.tmpl"


def amtool(*arguments):
    return subprocess.run([AMTOOL, *arguments], capture_output=True, text=True, check=False)


def receiver(file=EXAMPLE, **labels):
    ran = amtool("config", "routes", "test", f"--config.file={file}", *(f"{key}={value}" for key,
        value in labels.items()))
    return ran.stdout.strip()


class Alertmanager(unittest.TestCase):
    def test_the_example_is_valid(self):
        ran = amtool("check-config", str(EXAMPLE))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_a_broken_example_is_not(self):
        for old, new in (("receiver: finance", "receiver: nobody"), ("matchers:", "match:"), ("equal:",
            "equals:")):
            with self.subTest(new), tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "alertmanager.yml"
                file.write_text(EXAMPLE.read_text().replace(old, new))
                (pathlib.Path(folder) / TEMPLATE.name).write_text(TEMPLATE.read_text())
                self.assertNotEqual(amtool("check-config", str(file)).returncode, 0)

    def test_alerts_go_to_whose_they_are(self):
        cost = {"area": "cost", "severity": "warning", "cluster": "prod"}
        data = {"area": "data", "severity": "warning", "cluster": "prod"}
        for wanted, labels in (
                ("dead-mans-switch", {"alertname": "OpenCostWatchdog", "severity": "none", "area": "data"}),
                ("platform", {**data, "alertname": "OpenCostSourceDown"}),
                ("platform", {**data, "alertname": "OpenCostExporterDown", "namespace": "payments"}),
                ("team-payments", {**cost, "alertname": "OpenCostNamespaceCostSpike",
                 "namespace": "payments"}),
                ("team-payments", {**cost, "alertname": "OpenCostNamespaceCostSpike",
                 "namespace": "payments-batch"}),
                ("team-payments", {**cost, "alertname": "OpenCostTenantCostSpike", "tenant": "payments"}),
                ("team-payments", {"area": "cost", "alertname": "OpenCostBudgetBurn", "budget": "payments"}),
                ("platform", {**cost, "alertname": "OpenCostNamespaceCostSpike", "namespace": "monitoring"}),
                ("finance", {**cost, "alertname": "OpenCostNamespaceCostSpike", "namespace": "old-payments"}),
                ("finance", {**cost, "alertname": "OpenCostNamespaceCostSpike", "namespace": "paymentsx"}),
                ("finance", {**cost, "alertname": "OpenCostSavingsAvailable", "severity": "info"}),
                ("finance", {**cost, "alertname": "OpenCostClusterCostSpike"})):
            with self.subTest(**labels):
                self.assertEqual(receiver(**labels), wanted)

    def test_every_alert_and_every_label_is_known(self):
        """`equal` of warning over info names all labels by which alerts of one name can differ."""
        found = rule_files.read()
        series = Series(OF_TARGETS, {rule.record: parse(rule.expr) for rule in found if rule.record})
        inhibitions = yaml.safe_load(EXAMPLE.read_text())["inhibit_rules"]
        equal = set(inhibitions[0]["equal"])
        for rule in found:
            severities = {own.labels["severity"] for own in rule_files.alerts(found).get(rule.alert, [])}
            if {"warning", "info"} <= severities:
                differ = series.labels(parse(rule.expr)) | set(rule.labels) - {"severity"}
                self.assertLessEqual(differ, equal, rule.alert)
        names = {rule.alert for rule in found}
        for rule in inhibitions:
            for matcher in rule["source_matchers"] + rule["target_matchers"]:
                if matcher.startswith("alertname") and ".+" not in matcher:
                    for name in matcher.split('"')[1].split("|"):
                        self.assertIn(name, names)

    def test_what_is_said_to_be_equal_is_on_both_sides(self):
        """A label that is missing on both sides counts as equal, and one alert would silence all."""
        found = rule_files.read()
        series = Series(OF_TARGETS, {rule.record: parse(rule.expr) for rule in found if rule.record})
        for rule in yaml.safe_load(EXAMPLE.read_text())["inhibit_rules"][1:]:
            sources = [matcher.split('"')[1].split("|") for matcher in rule["source_matchers"]
                       if matcher.startswith("alertname")]
            for alert in found:
                if alert.alert in sources[0] and rule.get("equal"):
                    self.assertLessEqual(set(rule["equal"]), series.labels(parse(alert.expr)),
                        alert.alert)

    def test_the_texts_say_what_when_and_where_to_look(self):
        alert = {"status": "firing", "labels": {"alertname": "OpenCostIdleHigh", "cluster": "prod",
            "severity": "info"},
                 "annotations": {"summary": "Much is idle.", "description": "Of prod 60% are idle.",
                                 "runbook_url": "https://runbook", "dashboard_url": "https://dashboard"}}
        data = {"receiver": "x", "status": "firing", "alerts": [alert, {**alert, "annotations": {
                    **alert["annotations"], "description": "Of dev 70% are idle."}}],
                "groupLabels": {"alertname": "OpenCostIdleHigh", "cluster": "prod"},
                "commonLabels": {"severity": "info"}, "commonAnnotations": {}, "externalURL": "https://am"}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(data, file)
            file.flush()
            texts = [amtool("template", "render", f"--template.glob={TEMPLATE}",
                f"--template.data={file.name}",
                            f'--template.text={{{{ template "opencost.{name}" . }}}}').stdout
                     for name in ("title", "text")]
        self.assertEqual(texts[0].strip(), "[FIRING 2] info: OpenCostIdleHigh in prod")
        self.assertEqual(texts[1].split("\n"), [
            "Much is idle.", "", "- Of prod 60% are idle.", "  dashboard: https://dashboard", "",
            "- Of dev 70% are idle.", "  dashboard: https://dashboard", "", "runbook: https://runbook"])


if __name__ == "__main__":
    unittest.main()
