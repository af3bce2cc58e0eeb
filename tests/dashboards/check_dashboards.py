#!/usr/bin/env python3
"""Holds the dashboards against what is published and what was agreed.

    check_dashboards.py <repository>

The rules are in grafana_rules.py (those of grafana/dashboard-linter), query_rules.py and page_rules.py; here
are those that need all dashboards at once.
"""

import json
import pathlib
import subprocess
import sys

import grafana_rules
import page_rules
import query_rules
from faults import Fault, panels, parsed
from catalogue import families, family_of
from promql_tree import selectors

BOARDS = {"opencost-overview", "opencost-namespace", "opencost-workloads", "opencost-savings",
          "opencost-nodes", "opencost-budgets", "opencost-exporter"}
PANELS = 60
# Families that no panel shows, and why.
FLEET = "the families of clusters add up to it, and follow the variable"
REPORT = "for reports and rules; panels show the day, the month, and the week as a graph"
COUNTED = "grows or changes where another family that is shown does"
PROCESS = "as every program has it; not particular to costs"
NOT_SHOWN = {
    "opencost_fleet_cost_per_hour": FLEET,
    "opencost_fleet_cost_month_to_date": FLEET,
    "opencost_fleet_cost_forecast": FLEET,
    "opencost_tenant_cost_yesterday": REPORT,
    "opencost_cluster_cost_last_7_days": REPORT,
    "opencost_workload_cost_last_7_days": REPORT,
    "opencost_tenant_cost_last_7_days": REPORT,
    "opencost_exporter_idle_clamped_total": "only of OpenCost before 1.119, and then always",
    "opencost_exporter_publications_total": COUNTED,
    "opencost_exporter_config_last_reload_success_timestamp_seconds": COUNTED,
    "opencost_snapshot_id": "names a report, for whoever compares it with an answer of the API",
    "opencost_exporter_rules_info": "for rules that ask whether two exporters agree",
    "opencost_exporter_currency_info": "the unit of panels is chosen where dashboards are written",
    "process_cpu_seconds_total": PROCESS,
    "process_resident_memory_bytes": PROCESS,
    "process_virtual_memory_bytes": PROCESS,
    "process_open_fds": PROCESS,
    "process_max_fds": PROCESS,
    "process_start_time_seconds": PROCESS,
}


def shown(boards):
    """The families that panels ask for."""
    found = set()
    for board in boards.values():
        for panel in panels(board):
            for tree in (parsed(target.get("expr", "")) for target in panel.get("targets", [])):
                for each, _ in selectors(tree) if tree else []:
                    try:
                        found.add(family_of(each.name).name)
                    except KeyError:
                        continue
    return found


def faults_of_the_set(boards, not_shown):
    """What only shows where all dashboards are seen: {file name: model}."""
    def fault(rule, message):
        return Fault(rule, "dashboards", "", None, message)

    names = {name.removesuffix(".json") for name in boards}
    for name in sorted(BOARDS ^ names):
        yield fault("seven", f"{name} is {'missing' if name in BOARDS else 'none of ours'}")
    for name, board in boards.items():
        if f"{board.get('uid')}.json" != name:
            yield fault("address", f"{name} has the uid {board.get('uid')}")
    for key in ("uid", "title"):
        values = [board.get(key) for board in boards.values()]
        for value in sorted({str(each) for each in values if values.count(each) > 1}):
            yield fault("address", f"several dashboards have the {key} {value}")
    count = sum(1 for board in boards.values() for _ in panels(board))
    if count < PANELS:
        yield fault("sixty", f"{count} panels, at least {PANELS} are promised")
    seen = shown(boards)
    for name in families():
        if (name in seen) == (name in not_shown):
            yield fault("shown", f"{name} is shown, so it is no exception" if name in seen
                        else f"{name} is on no dashboard")
    for name, reason in not_shown.items():
        if name not in families() or not reason:
            yield fault("shown", f"the exception {name} has no {'family' if reason else 'reason'}")
    yield from page_rules.faults_of_links(boards)


def faults(boards, exclusions, not_shown):
    """Every fault of all dashboards, but for those that are excluded."""
    found = []
    for board in boards.values():
        found += exclusions.left(grafana_rules.RULES.check(board))
        found += query_rules.RULES.check(board)
        found += page_rules.RULES.check(board)
    return found + list(exclusions.faults()) + list(faults_of_the_set(boards, not_shown))


def main():
    folder = pathlib.Path(sys.argv[1]) / "dashboards"
    drift = subprocess.run([sys.executable, "-B", folder / "generate", "--check"], check=False).returncode
    boards = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    exclusions = grafana_rules.Exclusions((folder / ".lint").read_text())
    found = faults(boards, exclusions, NOT_SHOWN)
    count = sum(1 for each in boards.values() for _ in panels(each))
    print("\n".join(map(str, found)) or f"{count} panels on {len(boards)} dashboards keep to the rules")
    return 1 if found or drift else 0


if __name__ == "__main__":
    sys.exit(main())
