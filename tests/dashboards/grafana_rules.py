"""The rules of grafana/dashboard-linter for Prometheus dashboards, by its names, and its file of exclusions.

Written anew from its documentation (docs/rules/*.md there). Where that looks at some kinds of panels only,
we look at all. A `.lint` beside the dashboards is in the linter's own format, so that users' linters agree.
"""

import re

import yaml

from faults import Fault, Rules, parsed, properties, variables
from promql import PromQLError, parse
from promql_tree import Call, Selector, Subquery, selectors, walk

RULES = Rules()
TEMPLATED = ("$datasource", "${datasource}")
# Of Grafana's ids those that costs, durations, sizes and counts need. A symbol of your own is an id, too.
UNITS = re.compile(r"none|short|string|percent|percentunit|bytes|decbytes|s|ms|m|h|d|dtdurations|"
                   r"dateTimeAsIso|dateTimeFromNow|bool|bool_yes_no|bool_on_off|ops|cps|reqps|Bps|"
                   r"currency[A-Z]{3}|currency:\S+")
LABEL_QUERY = re.compile(r"label_values\((?:(.+),\s*)?(\w+)\)", re.DOTALL)
COUNTING = {"rate", "irate", "increase"}


def variable_query(variable):
    """(the series, the label) of label_values(series, label); None if it is something else."""
    query = variable.get("query")
    text = query.get("query", "") if isinstance(query, dict) else query or ""
    found = LABEL_QUERY.fullmatch(text.strip())
    return found.groups() if found else None


@RULES.board("template-datasource-rule")
def _(board):
    found = variables(board, "datasource")
    if len(found) != 1:
        yield f"{len(found)} variables of data sources, not one"
    for each in found:
        query, name, label = (each.get(key) for key in ("query", "name", "label"))
        if (query, name, label) != ("prometheus", "datasource", "Data source"):
            yield f"{label!r} ({name}) of {query}, not 'Data source' (datasource)"


def chosen_by(label):
    def rule(board):
        if not any(each.get("name") == label and each.get("multi") and each.get("includeAll")
                   for each in variables(board)):
            yield f"no variable {label} of several values"
    return rule


def matched_by(label):
    def rule(board, panel, target):
        for each, _ in selectors(parsed(target.get("expr", "")) or parse("1")):
            if (label, "=~", f"${label}") not in each.matchers:
                yield f'{each.name} is not matched by {label}=~"${label}"'
    return rule


for LABEL in ("job", "instance"):
    RULES.board(f"template-{LABEL}-rule")(chosen_by(LABEL))
    RULES.target(f"target-{LABEL}-rule")(matched_by(LABEL))


@RULES.board("template-label-promql-rule")
def _(board):
    for each in variables(board):
        query = variable_query(each)
        if query is None:
            yield f"{each.get('name')} is not label_values(series, label)"
        elif query[0] and not isinstance(parsed(query[0]), Selector):
            yield f"{each.get('name')} cannot be read: {query[0]}"


@RULES.board("template-on-time-change-reload-rule")
def _(board):
    for each in variables(board):
        if each.get("refresh") != 2:
            yield f"{each.get('name')} is not asked for again when the time changes"


@RULES.board("uneditable-dashboard")
def _(board):
    if board.get("editable") is not False:
        yield "can be edited where it is provisioned"


@RULES.panel("panel-datasource-rule")
def _(board, panel):
    for each in [panel, *panel.get("targets", [])]:
        uid = (each.get("datasource") or {}).get("uid")
        if uid not in TEMPLATED:
            yield f"data source {uid}, not the variable"


@RULES.panel("panel-title-description-rule")
def _(board, panel):
    yield from (f"no {each}" for each in ("title", "description") if not panel.get(each, "").strip())


@RULES.panel("panel-units-rule")
def _(board, panel):
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
        yield "no unit"
    for name, key, value in properties(panel):
        if key == "unit" and value and not UNITS.fullmatch(value):
            yield f"{name or 'the panel'} has the unit {value}, which Grafana has not, or we do not need"


@RULES.panel("panel-no-targets-rule")
def _(board, panel):
    if not panel.get("targets"):
        yield "asks for nothing"


@RULES.target("target-promql-rule")
def _(board, panel, target):
    try:
        parse(target.get("expr", ""), grafana=True)
    except PromQLError as fault:
        yield f"{fault}: {target.get('expr')}"


def ranges(target):
    """(range, the function around it, what it is of) of each range in a target."""
    for node, above in walk(parsed(target.get("expr", "")) or parse("1")):
        if isinstance(node, (Selector, Subquery)) and node.range:
            function = above[-1].name if above and isinstance(above[-1], Call) else ""
            yield node.range, function, node


@RULES.target("target-rate-interval-rule")
def _(board, panel, target):
    for span, function, _ in ranges(target):
        if function in ("rate", "irate") and span != "$__rate_interval":
            yield f"{function} over {span}, not $__rate_interval"


@RULES.target("target-counter-agg-rule")
def _(board, panel, target):
    for each, above in selectors(parsed(target.get("expr", "")) or parse("1")):
        around = above[-1].name if above and isinstance(above[-1], Call) else ""
        if each.name.endswith("_total") and around not in COUNTING:
            yield f"{each.name} without rate, irate or increase"


class Exclusions:
    """The file .lint: `exclusions: {rule: {reason, entries: [{dashboard, panel, targetIdx}]}}`."""

    def __init__(self, text):
        self.rules = (yaml.safe_load(text) or {}).get("exclusions") or {}
        self.used = set()

    def left(self, faults):
        """The faults that are not excluded."""
        return [each for each in faults if not self.excludes(each)]

    def excludes(self, fault):
        entry = self.rules.get(fault.rule, False)
        if entry is False:
            return False
        entries = (entry or {}).get("entries") or []
        matching = [number for number, each in enumerate(entries) if self.matches(each, fault)]
        self.used.update((fault.rule, number) for number in matching)
        if not entries:
            self.used.add((fault.rule, None))
        return bool(matching) or not entries

    @staticmethod
    def matches(entry, fault):
        """As the linter has it: dashboard and panel must be given, where the fault has them; a target may."""
        index = entry.get("targetIdx")
        return (entry.get("dashboard", "") == fault.dashboard
                and (not fault.panel or entry.get("panel", "") == fault.panel)
                and (index is None or fault.target is None or int(index) == fault.target))

    def faults(self):
        """Of the file itself, after all dashboards were seen."""
        for rule, entry in self.rules.items():
            def fault(message):
                return Fault("exclusions", ".lint", "", None, f"{rule}: {message}")
            if rule not in RULES.names:
                yield fault("no such rule")
                continue
            entries = (entry or {}).get("entries") or []
            reasons = [(entry or {}).get("reason")] + [each.get("reason") for each in entries]
            if not reasons[0] and not (entries and all(reasons[1:])):
                yield fault("no reason")
            for number in range(len(entries)) if entries else [None]:
                if (rule, number) not in self.used:
                    yield fault("nothing needs it" if number is None else f"nothing needs entry {number}")
