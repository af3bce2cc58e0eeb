#!/usr/bin/env python3
"""Every rule can fail: a small good dashboard, then one fault at a time, and just that rule speaks."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import check_dashboards
import grafana_rules
import page_rules
import query_rules
from faults import variables
from catalogue import families
from good_dashboard import COST, LINK, NOW, OF_NAMESPACES, POLLS, THEN, UNIQUE, good_dashboard, variable

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCLUDED = "exclusions:\n" + "".join(f"  {each}: {{reason: of no use}}\n" for each in (
    "template-job-rule", "template-instance-rule", "target-job-rule", "target-instance-rule"))
RULES = (grafana_rules.RULES, query_rules.RULES, page_rules.RULES)
RATE, TABLE = 2, 3


def faults_of(board, exclusions=EXCLUDED):
    there = grafana_rules.Exclusions(exclusions)
    return [each for rules in RULES for each in there.left(rules.check(board))]


def put(*path):
    """A change: put("panels", 1, "title", "") is board["panels"][1]["title"] = ""; None takes it away."""
    *way, last, value = path

    def change(board):
        place = board
        for each in way:
            place = place[each]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return change


def ask(expression, panel=1, target=0):
    return put("panels", panel, "targets", target, "expr", expression)


def link(old, new):
    return put("panels", TABLE, "fieldConfig", "overrides", 1, "properties", 1, "value", 0, "url",
               LINK.replace(old, new))


PODS = 'opencost_pod_cost_per_hour{cluster=~"$cluster", namespace=~"$namespace"}'


def pods(inside):
    """Of the pods, whose family has a label namespace and a label pod of its own."""
    return f"sum (max without (job, instance, container, endpoint, service) ({inside}))"


def unmounted(operation):
    return f"{COST} {operation} sum ({UNIQUE} (opencost_unmounted_cost_per_hour))"


DEFAULTS = ("fieldConfig", "defaults")
CASES = {
    "template-datasource-rule": [put("templating", "list", 0, "label", "Source"),
                                 put("templating", "list", 0, "query", "loki"),
                                 put("templating", "list", 0, "type", "constant")],
    "template-label-promql-rule": [put("templating", "list", 1, "query", "query",
                                       "query_result(opencost_up)"),
                                   put("templating", "list", 2, "query", "query",
                                       "label_values(a{, namespace)")],
    "template-on-time-change-reload-rule": [put("templating", "list", 1, "refresh", 1)],
    "uneditable-dashboard": [put("editable", True), put("editable", None)],
    "panel-datasource-rule": [put("panels", 1, "datasource", "uid", "P1809F7CD0C75ACF3"),
                              put("panels", 1, "targets", 0, "datasource", None)],
    "panel-title-description-rule": [put("panels", 1, "title", ""), put("panels", 1, "description", " ")],
    "panel-units-rule": [put("panels", 1, *DEFAULTS, "unit", "dollars"),
                         put("panels", 1, *DEFAULTS, "unit", None),
                         put("panels", TABLE, "fieldConfig", "overrides", 2, "properties", 1,
                             "value", "EUR")],
    "panel-no-targets-rule": [put("panels", 1, "targets", [])],
    "target-promql-rule": [ask("sum("), ask(f"{COST}))"), ask(f"total({COST})"), ask(f"{COST} +"), ask(""),
                           ask(f"sum by cluster {COST}"), ask(COST.replace("=~", "~"))],
    "target-rate-interval-rule": [ask(POLLS.replace("$__rate_interval", "5m"), RATE),
                                  ask(POLLS.replace("rate(", "irate(").replace("$__rate_interval", "1h"),
                                      RATE)],
    "target-counter-agg-rule": [ask(f"sum by (query) ({UNIQUE} (opencost_exporter_polls_total))", RATE)],
    "metric": [ask(COST.replace("opencost_namespace_cost", "opencost_namespaces_cost")),
               ask('sum ({cluster=~"$cluster"})'), ask("max(kube_pod_info)")],
    "label": [ask(COST.replace('"}', '", team="x"}')), ask(COST.replace('"}', '", job="x"}')),
              ask(NOW.replace("by (cluster", "by (node"), 1),
              ask(pods(PODS).replace("sum", "sum without (colour)"))],
    "once": [ask("sum (opencost_fleet_cost_per_hour)"), ask("avg (opencost_fleet_cost_per_hour)"),
             ask(COST.replace(OF_NAMESPACES, UNIQUE)), ask(COST.replace("max", "sum")),
             ask(COST.replace("job, ", "")), ask("max by (cluster) (opencost_up)"),
             ask(f"sum({UNIQUE} (opencost_fleet_cost_per_hour > 0))"), ask("sum(opencost_exporter_series)"),
             put("annotations", "list", 1, "expr", "opencost_up == 0")],
    "join": [ask(f"{COST} / on () {COST}"), ask(f"{COST} * ignoring () group_left () {COST}")],
    "sides": [ask(f"{NOW} / {COST}")],
    "hours-of-a-month": [ask(f"{COST} * 730"), ask(f"720 * {COST}")],
    "idle-has-no-owner": [ask(unmounted("+")), ask(unmounted("or"))],
    "change": [ask(NOW.replace('"}', '", resource="cpu"}') + f" / ({THEN} > 0) - 1", TABLE, 1),
               ask(f"{NOW} / (topk(3, {THEN}) > 0) - 1", TABLE, 1)],
    "gauge": [ask(pods(f"increase({PODS}[1h])")),
              ask(pods(f"rate({PODS}[$__rate_interval])"))],
    "variable": [ask(COST.replace('"}', '", resource=~"$resource"}')),
                 ask(COST.replace("cluster=~", "cluster="))],
    "narrowed": [ask(COST.replace(', namespace=~"$namespace"', "")),
                 ask(COST.replace('cluster=~"$cluster", ', "")),
                 ask(NOW.replace('namespace=~"$namespace"', ""), TABLE)],
    "legend": [put("panels", RATE, "targets", 0, "legendFormat", "{{cluster}}"),
               put("annotations", "list", 2, "titleFormat", "{{severity}}")],
    "variables": [
        put("templating", "list", 2, "query", "query",
            "label_values(opencost_namespace_cost_per_hour, namespace)"),
        put("templating", "list", 1, "query", "query",
            'label_values(opencost_cluster_cost_per_hour{cluster=~"$namespace"}, cluster)'),
        put("templating", "list", 1, "query", "query",
            "label_values(opencost_cluster_cost_per_hour, resource)"),
        put("templating", "list", 1, "query", "query", "label_values(opencost_clusters, cluster)"),
        put("templating", "list", 1, "multi", False), put("templating", "list", 1, "allValue", None),
        lambda board: board["templating"]["list"].append(
            variable("node", 'label_values(opencost_node_cost_per_hour{cluster=~"$cluster"}, node)'))],
    "kind": [put("panels", 1, "type", "piechart"), put("panels", 1, "targets", 0, "instant", False),
             put("panels", RATE, "targets", 0, "range", False),
             put("panels", TABLE, "targets", 1, "format", "time_series")],
    "window": [put("panels", 1, "description", "What it costs.")],
    "no-value": [put("panels", 1, *DEFAULTS, "noValue", ""), put("panels", 1, *DEFAULTS, "noValue", None)],
    "colour": [put("panels", 1, "options", {"colorMode": "value"}),
               put("panels", 1, *DEFAULTS, "thresholds", {"steps": [{"value": None}, {"value": 1}]})],
    "titles": [lambda board: board["panels"][RATE].update(
        type="stat", title="Run rate", targets=board["panels"][1]["targets"])],
    "references": [lambda board: board["panels"][RATE]["targets"].append(
        board["panels"][RATE]["targets"][0])],
    "columns": [ask(NOW.replace("by (cluster, namespace)", "by (cluster, namespace, resource)"), TABLE),
                put("panels", TABLE, "fieldConfig", "overrides", 0, None),
                put("panels", TABLE, "fieldConfig", "overrides", 3, "matcher", "options", "Value #C"),
                put("panels", TABLE, "fieldConfig", "overrides", 2, "properties", 0, "value", "Change"),
                put("panels", TABLE, "options", "sortBy", 0, "displayName", "Cost"),
                put("panels", TABLE, "transformations", 0, "options", "excludeByName", "team", True)],
    "drill-down": [put("panels", TABLE, "fieldConfig", "overrides", 1, "properties", 1, None)],
    "link": [link("&${datasource:queryparam}", ""), link("${__url_time_range}&", ""),
             link("/d/", "https://x/d/"),
             link("fields.cluster", "fields.node"), link("fields.cluster", "fields.namespace"),
             link("var-cluster=${__data.fields.cluster:percentencode}", "${node:queryparam}")],
    "numbers": [put("panels", 1, "id", 1), put("panels", 1, "id", None)],
    "grid": [put("panels", 1, "gridPos", "w", 13), put("panels", 1, "gridPos", "w", 11),
             put("panels", 1, "gridPos", "h", 3), put("panels", RATE, "gridPos", "x", 13),
             put("panels", TABLE, "gridPos", "y", 6)],
    "frame": [put("tags", ["cost"]), put("timezone", "browser"), put("refresh", "10s"),
              put("schemaVersion", 38), put("title", "Overview"), put("description", ""),
              put("links", 0, "keepTime", False), put("links", []),
              put("templating", "list", 1, "datasource", "uid", "x"),
              put("annotations", "list", 1, "datasource", None)],
    "annotations": [put("annotations", "list", 2, None), put("annotations", "list", 1, "enable", False),
                    put("annotations", "list", 1, "expr", "max by (cluster, query) (opencost_up == 0")],
}
IN_LINTER_ONLY = {"template-job-rule", "template-instance-rule", "target-job-rule", "target-instance-rule"}


class OneDashboard(unittest.TestCase):
    def test_the_good_one_is_good(self):
        self.assertEqual(faults_of(good_dashboard()), [])

    def test_each_fault_is_found_by_its_rule_and_no_other(self):
        for rule, changes in CASES.items():
            for number, change in enumerate(changes):
                with self.subTest(rule, number=number):
                    board = good_dashboard()
                    change(board)
                    self.assertEqual({each.rule for each in faults_of(board)}, {rule}, faults_of(board))

    def test_every_rule_has_a_fault(self):
        self.assertEqual(set(CASES) | IN_LINTER_ONLY, set().union(*(rules.names for rules in RULES)))
        self.assertGreaterEqual(sum(map(len, CASES.values())), 40)

    def test_jobs_and_instances(self):
        self.assertEqual({each.rule for each in faults_of(good_dashboard(), "")}, IN_LINTER_ONLY)
        board = good_dashboard()
        board["panels"] = board["panels"][:2]
        for label in ("job", "instance"):
            board["templating"]["list"].append(variable(label, f"label_values({label})"))
            ask(board["panels"][1]["targets"][0]["expr"].replace('"}', f'", {label}=~"${label}"}}'))(board)
        self.assertEqual([each for each in grafana_rules.RULES.check(board) if each.rule in IN_LINTER_ONLY],
                         [])


class Exclusions(unittest.TestCase):
    def faults(self, text):
        board = good_dashboard()
        board["panels"][1]["title"] = ""
        there = grafana_rules.Exclusions(text)
        left = there.left(each for each in grafana_rules.RULES.check(board)
                          if each.rule not in IN_LINTER_ONLY)
        return [each.rule for each in left] + [each.message for each in there.faults()]

    def test_each(self):
        rule, found = "exclusions:\n  panel-title-description-rule:", ["panel-title-description-rule"]
        entry = "\n    entries:\n    - {reason: so, dashboard: OpenCost / Overview, panel: panel 2}"
        for text, expected in (
                ("", found), (f"{rule} {{reason: so}}", []),
                (rule, [f"{found[0]}: no reason"]), (rule + entry, []),
                (rule + entry.replace("reason: so, ", ""), [f"{found[0]}: no reason"]),
                (rule + entry.replace("panel 2", "x"), found + [f"{found[0]}: nothing needs entry 0"]),
                (rule + entry.replace("Overview", "x"), found + [f"{found[0]}: nothing needs entry 0"]),
                (rule + entry.replace("panel 2", "panel 2, targetIdx: 3"), []),
                ("exclusions:\n  kind: {reason: so}", found + ["kind: no such rule"]),
                ("exclusions:\n  target-promql-rule: {reason: so}",
                 found + ["target-promql-rule: nothing needs it"])):
            with self.subTest(text):
                self.assertEqual(self.faults(text), expected)


class AllDashboards(unittest.TestCase):
    def setUp(self):
        self.boards = {}
        for uid in check_dashboards.BOARDS:
            board = json.loads(json.dumps(good_dashboard()).replace("opencost-overview", uid))
            board |= {"title": uid, "panels": board["panels"] * 4}
            self.boards[f"{uid}.json"] = board
        seen = check_dashboards.shown(self.boards)
        self.not_shown = {name: "not here" for name in families() if name not in seen}

    def found(self):
        return [(each.rule, each.message) for each in
                check_dashboards.faults_of_the_set(self.boards, self.not_shown)]

    def test_the_good_ones_are_good(self):
        self.assertEqual(self.found(), [])

    def test_each(self):
        nodes = "opencost-nodes.json"

        def linked(uid, name):
            self.boards[nodes] = json.loads(
                json.dumps(self.boards[nodes]).replace("/d/opencost-nodes", f"/d/{uid}"))
            for each in variables(self.boards.get(f"{uid}.json", {})):
                each["name"] = "x" if each["name"] == name else each["name"]

        for message, change in {
                "opencost-nodes is missing": lambda: self.boards.pop(nodes),
                "opencost-more is none of ours": lambda: self.boards.update(
                    {"opencost-more.json": {"uid": "opencost-more"}}),
                "opencost-nodes.json has the uid opencost": lambda: self.boards[nodes].update(uid="opencost"),
                "several dashboards have the title opencost-budgets":
                    lambda: self.boards[nodes].update(title="opencost-budgets"),
                "49 panels, at least 60 are promised": lambda: [each.update(panels=each["panels"][:10])
                                                                for each in self.boards.values()],
                "opencost_fleet_cost_forecast is on no dashboard":
                    lambda: self.not_shown.pop("opencost_fleet_cost_forecast"),
                "opencost_namespace_cost_per_hour is shown, so it is no exception":
                    lambda: self.not_shown.update(opencost_namespace_cost_per_hour="so"),
                "the exception opencost_fleet_cost_forecast has no reason":
                    lambda: self.not_shown.update(opencost_fleet_cost_forecast=""),
                "the exception opencost_gone has no family":
                    lambda: self.not_shown.update(opencost_gone="so"),
                "there is no dashboard opencost-moon": lambda: linked("opencost-moon", ""),
                "opencost-budgets has no variable namespace": lambda: linked("opencost-budgets", "namespace"),
        }.items():
            with self.subTest(message):
                self.setUp()
                change()
                self.assertIn(message, [each for _, each in self.found()])


class Drift(unittest.TestCase):
    def generate(self, *arguments):
        return subprocess.run([sys.executable, "-B", ROOT / "dashboards" / "generate", *arguments],
                              check=False, capture_output=True, text=True)

    def test_a_dashboard_that_was_changed_by_hand(self):
        with tempfile.TemporaryDirectory() as folder:
            written = self.generate("--output", folder, "--unit", "currency:CHF")
            self.assertEqual(written.returncode, 0, written.stderr)
            francs = ("--output", folder, "--unit", "currency:CHF", "--check")
            self.assertEqual(self.generate(*francs).returncode, 0)
            for path in pathlib.Path(folder).glob("*.json"):
                self.assertNotIn("currencyUSD", path.read_text())
                self.assertEqual(faults_of(json.loads(path.read_text())), [])
            path = pathlib.Path(folder) / "opencost-nodes.json"
            path.write_text(path.read_text().replace("OpenCost / ", "OpenCost "))
            answer = self.generate(*francs)
            self.assertEqual(answer.returncode, 1)
            self.assertIn("opencost-nodes.json", answer.stderr)


if __name__ == "__main__":
    unittest.main()
