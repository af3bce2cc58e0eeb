"""The PrometheusRule is alerts/*.yml, but for what the values say."""

import copy
import json
import subprocess
import tempfile
import unittest

import yaml

from rendering import HELMS, ROOT, objects, of_kind, refusal, with_values

FILES = ("thresholds", "recording", "costs", "exporter")
RULE = {"prometheusRule.enabled": True}


def source():
    """The groups of alerts/*.yml, in the order they are rendered in."""
    texts = [(ROOT / f"alerts/{name}.yml").read_text() for name in FILES]
    return [group for text in texts for group in yaml.safe_load(text)["groups"]]


def groups(things):
    return of_kind(things, "PrometheusRule")[0]["spec"]["groups"]


def rules(of):
    return [rule for group in of for rule in group["rules"]]


def promtool(of):
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"groups": of}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", "--lint=all", "--lint-fatal", file.name],
                              capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Rules(unittest.TestCase):
    def test_all_files_are_in_it(self):
        written = {path.stem for path in (ROOT / "alerts").glob("*.yml")} - {"alertmanager.example"}
        self.assertEqual(written, set(FILES))

    def test_without_values_they_are_the_files(self):
        for version in HELMS:
            with self.subTest(helm=version):
                self.assertEqual(groups(with_values(RULE, version=version)), source())

    def test_promtool_takes_them(self):
        for values in ("monitoring", "operators"):
            with self.subTest(values=values):
                code, said = promtool(groups(objects(values)))
                self.assertEqual(code, 0, said)
                self.assertIn(f"{len(rules(groups(objects(values))))} rules found", said)

    def test_promtool_refuses_a_broken_one(self):
        broken = copy.deepcopy(groups(objects("operators")))
        broken[0]["rules"][0]["expr"] = "vector("
        self.assertNotEqual(promtool(broken)[0], 0)

    def test_thresholds_and_nothing_else_change(self):
        want = source()
        for rule in rules(want):
            if rule.get("record") == "opencost:spike_ratio_info:threshold":
                rule["expr"] = "vector(0.6)"
        given = with_values({**RULE, "prometheusRule.thresholds": {"spike_ratio_info": 0.6}})
        self.assertEqual(groups(given), want)

    def test_every_threshold_can_be_set(self):
        names = [rule["record"].split(":")[1] for rule in rules(source())
                 if rule.get("record", "").endswith(":threshold")]
        self.assertGreater(len(names), 20)
        given = groups(with_values({**RULE, "prometheusRule.thresholds": {name: 7.5 for name in names}}))
        changed = [rule for rule in rules(given) if rule.get("record", "").endswith(":threshold")]
        self.assertEqual({rule["expr"] for rule in changed}, {"vector(7.5)"})

    def test_large_thresholds_are_numbers_of_promql(self):
        self.assertIn("vector(2.5e+06)", [rule["expr"] for rule in rules(groups(objects("monitoring")))])

    def test_alerts_can_be_set_by_name_and_severity(self):
        given = rules(groups(objects("monitoring")))
        self.assertEqual([rule for rule in given if rule.get("alert") == "OpenCostPolicyMatches"], [])
        spike, = [rule for rule in given if rule.get("alert") == "OpenCostNamespaceCostSpike"]
        self.assertEqual((spike["for"], spike["labels"]["severity"]), ("30m", "critical"))
        idle = [rule["labels"]["severity"] for rule in given if rule.get("alert") == "OpenCostGpuIdle"]
        self.assertEqual(idle, ["info", "info"])
        # One left out by name, one by severity, and one added.
        self.assertEqual(len(given), len(rules(source())) - 2 + 1)
        self.assertEqual(given[-1]["alert"], "OpenCostOurs")
        for rule in given[:-1]:
            if "alert" in rule:
                self.assertEqual(rule["labels"]["team"], "finance")
                self.assertIn(rule["labels"]["area"], ("cost", "data"))

    def test_what_a_severity_says_wins_over_what_the_alert_says(self):
        given = with_values({**RULE, "prometheusRule.alerts": {"OpenCostNamespaceCostSpike": {
            "enabled": False, "for": "1h", "warning": {"enabled": True, "for": "2h"}}}})
        spike, = [rule for rule in rules(groups(given)) if rule.get("alert") == "OpenCostNamespaceCostSpike"]
        self.assertEqual((spike["for"], spike["labels"]["severity"]), ("2h", "warning"))

    def test_all_alerts_can_be_switched_off(self):
        names = {rule["alert"] for rule in rules(source()) if "alert" in rule}
        off = {name: {"enabled": False} for name in names}
        given = groups(with_values({**RULE, "prometheusRule.alerts": off}))
        self.assertEqual([rule for rule in rules(given) if "alert" in rule], [])
        self.assertEqual([group["name"] for group in given if not group["rules"]], [])
        self.assertEqual(promtool(given)[0], 0)

    def test_links_lead_where_the_values_say(self):
        given = [rule for rule in rules(groups(objects("monitoring"))) if "alert" in rule][:-1]
        text = json.dumps(given)
        self.assertNotIn("grafana.example.com", text)
        self.assertNotIn("github.com", text)
        for rule in given:
            runbook = f"https://wiki.example.org/runbooks/{rule['alert']}.md"
            self.assertEqual(rule["annotations"]["runbook_url"], runbook)
            link = rule["annotations"].get("dashboard_url", "https://grafana.example.org/sub/d/")
            self.assertTrue(link.startswith("https://grafana.example.org/sub/d/"), link)

    def test_names_that_do_not_exist_are_refused_with_those_that_do(self):
        for key, value, messages in (
                ("thresholds", {"spike_ratio": 1}, ["thresholds.spike_ratio:", "spike_ratio_info"]),
                ("thresholds", {"opencost:drop_ratio:threshold": 1}, ["drop_ratio, change_floor"]),
                ("alerts", {"OpenCostSpike": {}}, ["alerts.OpenCostSpike:", "OpenCostBudgetBurn"]),
                ("alerts", {"OpenCostNamespaceCostDrop": {"warning": {}}}, ["it has info"]),
                ("alerts", {"OpenCostWatchdog": {"critical": {"for": "1m"}}}, ["it has none"])):
            for version in HELMS:
                with self.subTest(value=value, helm=version):
                    said = refusal({**RULE, f"prometheusRule.{key}": value}, version) or "accepted"
                    for message in messages:
                        self.assertIn(message, said)


if __name__ == "__main__":
    unittest.main()
