"""Every query of every dashboard on a real Prometheus: it has an answer, and figures are the exporter's."""

import copy
import json
import re
import time
import unittest

import history
import stage
from board import ALL, Board
from program import TODAY, Case, queries
from prometheus_test import recomputed

FILES = sorted((stage.ROOT / "dashboards").glob("*.json"))
BOARDS = {model["uid"]: model for model in (json.loads(file.read_text()) for file in FILES)}

# What rightly has no rows in the demo: (board, what is chosen) -> (reason, {panel: its targets}). All of
# them must stay empty, or the list is wrong.
EVERYWHERE = "every choice"
EMPTY = {
    ("opencost-budgets", EVERYWHERE): ("OpenCost itself shares nothing here", {"Last month by tenant": "H"}),
    ("opencost-budgets", "tenant"): ("what no rule takes has no GPU", {"Last month by tenant": "E"}),
    ("opencost-exporter", EVERYWHERE): ("a few hundred series are not folded", {"Series folded": "A"}),
    ("opencost-namespace", EVERYWHERE): ("tenants bear it", {"Shared cost": "A", "Namespaces": "I"}),
    ("opencost-nodes", "node"): ("it is not on spot", {"On spot": "A", "Spot and on demand": "B"}),
    ("opencost-savings", EVERYWHERE): ("the only GPU is in use", {"Idle GPUs": "A"}),
}
# What has rows or not by the hour, since usage goes by the hours of the week and savings go by usage.
COMES_AND_GOES = {
    ("opencost-namespace", "namespace"): {"Savings a month": "A", "Workloads": "F", "Namespaces": "J"},
    ("opencost-savings", "namespace"): {
        "In these namespaces": "A", "By kind": "A", "By priority": "A", "Savings of workloads": "A",
        "Requests too large": "ABCDEFGH"},
    **{("opencost-workloads", choice): {
        "Savings": "A", "Workloads": "G", "Requests to change": "ABCDEFGH",
        "CPU requests furthest off": "ABC", "Memory requests furthest off": "ABC"}
       for choice in ("namespace", "controller_kind", "controller")},
}
# Annotations: the moments when OpenCost did not answer. There are some, but too short for a step of minutes.
SELDOM = {"Data gaps"}
# What differs from one second to the next, or belongs to the process.
MOVING = re.compile(r"time\(\)|minute\(\)|increase\(|rate\(|ALERTS")
OVERVIEW = {
    "Run rate": "opencost_cluster_cost_per_hour", "Today": "opencost_cluster_cost_today",
    "Yesterday": "opencost_cluster_cost_yesterday", "Month to date": "opencost_cluster_cost_month_to_date",
    "Forecast": "opencost_cluster_cost_forecast", "Last month": "opencost_cluster_cost_last_month",
    "Could be saved": "opencost_savings_total_per_month", "Waste": "opencost_waste_per_month",
    "Unmounted": "opencost_unmounted_cost_per_hour",
}


def listed(board, empty):
    """{(panel, target, choice): reason} of what a board may not have."""
    choices = [ALL, *(variable["name"] for variable in board.variables)]
    return {(panel, target, choice): reason
            for (uid, chosen), (reason, panels) in empty.items() if uid == board.uid
            for panel, targets in panels.items() for target in targets
            for choice in (choices if chosen == EVERYWHERE else [chosen])}


def may_be_empty(asked):
    panels = COMES_AND_GOES.get((asked.board, asked.choice), {})
    return asked.place in SELDOM or asked.target and asked.target in panels.get(asked.place, "")


def complaints(board, empty=None):
    """Everything that is wrong with a dashboard, a line each."""
    empty, seen = listed(board, EMPTY if empty is None else empty), set()
    for asked in board.run():
        where = f"{asked.board}: {asked.place} {asked.target} with {asked.choice}"
        key = (asked.place, asked.target, asked.choice)
        seen.add(key)
        if asked.fault:
            yield f"{where}: {asked.fault}"
        elif asked.rows and key in empty:
            yield f"{where}: has rows, although {empty[key]}"
        elif not asked.rows and key not in empty and not may_be_empty(asked):
            yield f"{where}: no rows: {asked.expression}"
    for panel, target, choice in sorted(set(empty) - seen):
        yield f"{board.uid}: nothing is called {panel} {target} with {choice}"


@unittest.skipUnless(TODAY, "the day is too young")
class DashboardsTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = stage.Stage(cls.folder, cls.started_for_all)
        cls.prometheus = cls.stage.prometheus
        # A bad minute, so that there are failures and refused rows to count; then all is well.
        for kind in ("envelope500", "null-costs"):
            cls.stage.opencosts["prod-eu"].fail_next(kind, len(queries()))
            cls.stage.ask_again("prod-eu")
            cls.stage.wait_for_rules()
        cls.stage.ask_again("prod-eu")
        cls.stage.wait_for_rules()

    def board(self, uid):
        return Board(copy.deepcopy(BOARDS[uid]), self.prometheus)

    def test_every_query_has_an_answer(self):
        self.assertEqual(len(BOARDS), 7)
        for uid in BOARDS:
            with self.subTest(uid):
                self.assertEqual(list(complaints(self.board(uid))), [])

    def test_a_fault_is_found(self):
        def misspelt(target):
            target["expr"] = target["expr"].replace("_cost_", "_costs_")

        def undeclared(target):
            target["expr"] = target["expr"].replace("$cluster", "$klaster")

        def cut(target):
            target["expr"] = target["expr"][:-1]
        for spoil, wanted in ((misspelt, "no rows: .*_costs_"), (cut, "parse error"),
                              (undeclared, r"Unresolved: nobody declares \$klaster")):
            with self.subTest(spoil.__name__):
                board = self.board("opencost-overview")
                panel = next(panel for panel in board.panels() if panel["title"] == "Run rate")
                spoil(panel["targets"][0])
                found = list(complaints(board))
                self.assertEqual(len(found), 2, found)  # with All, and with the first cluster
                for complaint in found:
                    self.assertRegex(complaint, rf"^opencost-overview: Run rate A with \w+: .*{wanted}")

    def test_a_fault_of_a_variable_is_found(self):
        board = self.board("opencost-namespace")
        variable = next(each for each in board.variables if each["name"] == "namespace")
        variable["query"]["query"] = variable["query"]["query"].replace("_cost_", "_costs_")
        self.assertTrue(any(line.startswith("opencost-namespace: $namespace") for line in complaints(board)))

    def test_a_list_that_is_wrong_is_found(self):
        for panel, wanted in (("Today", "has rows, although so it is said"),
                              ("Tomorrow", "nothing is called Tomorrow")):
            found = list(complaints(self.board("opencost-overview"),
                                    {("opencost-overview", ALL): ("so it is said", {panel: "A"})}))
            self.assertEqual(len(found), 1, found)
            self.assertIn(wanted, found[0])

    def test_every_recorded_series_is_there(self):
        rules = [rule for group in self.prometheus.fetch("rules", type="record")["groups"]
                 for rule in group["rules"]]
        self.assertGreater(len(rules), 50)
        self.assertEqual([rule["name"] for rule in rules if rule["health"] != "ok"
                          or not self.prometheus.query(rule["name"])], [])

    def of_one_publication(self, look):
        """look(), while the exporter published nothing and Prometheus had scraped what it shows."""
        def published():
            return self.stage.exporter.page().value("opencost_exporter_publications_total")
        for _ in range(5):
            before = published()
            self.stage.wait_for_rules()
            seen = look()
            scraped = self.prometheus.values("max(opencost_exporter_publications_total)")
            if scraped == {(): before} and published() == before:
                return before, seen
        self.fail("it never ceases to publish")

    def stats(self, uid):
        """{title: value} of the panels that are one figure."""
        board = self.board(uid)
        chosen = board.chosen()
        found = {panel["title"]: board.rows(panel["targets"][0], chosen)
                 for panel in board.panels() if panel["type"] == "stat"}
        return {title: rows[0][1] for title, rows in found.items() if len(rows) == 1}

    def test_the_overview_says_what_the_exporter_says(self):
        _, (told, page) = self.of_one_publication(
            lambda: (self.stats("opencost-overview"), self.stage.exporter.page()))
        for title, family in OVERVIEW.items():
            with self.subTest(title):
                expected = sum(page.family(family).values())
                self.assertGreater(expected, 0)
                self.assertAlmostEqual(told[title], expected, delta=1e-6)
        idle, whole = (sum(page.family(f"opencost_{part}_cost_per_hour").values())
                       for part in ("idle", "cluster"))
        self.assertAlmostEqual(told["Idle"], idle / whole, delta=1e-9)
        self.assertEqual(told["Queries answered"], 1)
        self.assertGreater(told["Alerts firing"], 0)

    def test_a_second_scrape_changes_no_figure(self):
        def figures():
            return {(uid, panel["title"], target["refId"]): {tuple(sorted(labels.items())): value
                                                             for labels, value in board.rows(target, chosen)}
                    for uid in BOARDS for board in [self.board(uid)] for chosen in [board.chosen()]
                    for panel in board.panels() for target in panel.get("targets", [])
                    if target.get("instant") and not MOVING.search(target["expr"])}

        def compared():
            alone, once = self.of_one_publication(figures)
            self.stage.scrape(stage.INSTANCE, "replica")
            self.stage.wait_for_targets(4)
            together, twice = self.of_one_publication(figures)
            self.stage.scrape(stage.INSTANCE)
            self.stage.wait_for_targets(2)
            return (once, twice) if alone == together else None
        self.addCleanup(self.stage.scrape, stage.INSTANCE)
        once, twice = next(filter(None, (compared() for _ in range(3))))
        self.assertGreater(len(once), 100)
        self.assertEqual(set(once), set(twice))
        for key, rows in once.items():
            with self.subTest(key):
                self.assertEqual(set(twice[key]), set(rows))
                for labels, value in rows.items():
                    self.assertAlmostEqual(twice[key][labels], value, msg=labels,
                                           delta=1e-9 * max(1, abs(value)))

    def test_since_yesterday_is_what_opencost_says_of_both_hours(self):
        board = self.board("opencost-overview")
        panel = next(panel for panel in board.panels() if panel["title"] == "Namespaces")
        since = {ago: next(target for target in panel["targets"] if f"offset {ago}" in target["expr"])
                 for ago in ("1d", "1w")}
        end = self.stage.exporter.page().value("opencost_exporter_window_end_timestamp_seconds",
                                               query="current", cluster="prod-eu")
        for ago, seconds in (("1d", history.DAY), ("1w", 7 * history.DAY)):
            then = int(time.time() - seconds) // history.HOUR * history.HOUR
            now = self.cost("payments", end)
            told = {labels["namespace"]: value for labels, value in board.rows(since[ago], board.chosen())
                    if labels["cluster"] == "prod-eu"}
            self.assertAlmostEqual(told["payments"], now / self.cost("payments", then) - 1, delta=1e-6)

    def cost(self, namespace, end):
        """What a namespace of prod-eu cost in the hour up to `end`, by OpenCost's own word."""
        window = f"{history.moment(end - history.HOUR)},{history.moment(end)}"
        rows = self.stage.opencosts["prod-eu"].ask("/allocation", window=window,
                                                   aggregate="cluster,namespace,pod")[0]
        return float(sum(cost for (space, _), cost in recomputed(rows)[0].items() if space == namespace))


if __name__ == "__main__":
    unittest.main()
