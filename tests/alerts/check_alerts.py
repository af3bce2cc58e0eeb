#!/usr/bin/env python3
"""Holds the rules of alerts/ against the catalogue, the dashboards, the runbooks and one another.

    check_alerts.py <repository>
"""

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path += [str(ROOT / part) for part in ("alerts/source", "dashboards/source", "tests/promql")]

import annotations  # noqa: E402
import catalogue  # noqa: E402
import expressions  # noqa: E402
import rules as rule_files  # noqa: E402
from promql import PromQLError, parse, seconds  # noqa: E402
from promql_tree import selectors  # noqa: E402
from series import Series  # noqa: E402

LONGEST_INTERVAL = 300
GROUP_KEYS = {"name", "interval", "rules", "limit"}
RULE_KEYS = {"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
RECORDED = re.compile(r"[a-z_]+:(\w+):[a-z_]+")


def where(rule):
    severity = rule.labels.get("severity")
    return f"{rule.file}: {rule.name}{f' ({severity})' if severity else ''}"


def faults_of_file(file, text):
    """Keys that Prometheus 2.42 does not know, groups without a name of ours or an interval."""
    for group in yaml.load(text, rule_files.LOADER)["groups"]:
        name = group.get("name", "")
        if not name.startswith("opencost-"):
            yield f"{file}: group {name!r} does not begin with opencost-"
        for key in sorted(set(group) - GROUP_KEYS):
            yield f"{file}: group {name} has {key}, which Prometheus 2.42 does not know"
        try:
            if seconds(str(group.get("interval", ""))) > LONGEST_INTERVAL:
                yield f"{file}: group {name} is evaluated less often than every 5m"
        except ValueError:
            yield f"{file}: group {name} has no interval"
        for rule in group["rules"]:
            for key in sorted(set(rule) - RULE_KEYS):
                name = rule.get("alert") or rule.get("record")
                yield f"{file}: {name} has {key}, which Prometheus 2.42 does not know"


def faults_of_time(rule):
    """An alert must hold for two evaluations at least; only the watchdog fires at once."""
    try:
        hold = seconds(rule.hold) if rule.hold else 0
        if rule.keep:
            seconds(rule.keep)
    except ValueError as fault:
        yield str(fault)
        return
    if not rule.hold and rule.labels.get("severity") != "none":
        yield "has no `for`"
    elif rule.hold and rule.interval and hold < 2 * seconds(rule.interval):
        yield "`for` is less than two evaluations"


def faults_of_recording(rule):
    if rule_files.THRESHOLD.fullmatch(rule.record):
        if not re.fullmatch(r"vector\([\d.]+\)", rule.expr.strip()):
            yield "a threshold is vector(NUMBER)"
        if not rule.comment:
            yield "no comment says what the threshold means"
        return
    match = RECORDED.fullmatch(rule.record)
    if not match:
        yield "name is not level:metric:operation"
    elif match[1] not in catalogue.families():
        yield f"{match[1]} in its name is no family"
    if not rule.meaning:
        yield "no comment says what it means"


def alike(rule):
    """An expression without its thresholds and times: what two severities of a condition have in common."""
    return re.sub(r"\b\d+[smhdwy]\b", "TIME", rule_files.THRESHOLD.sub("THRESHOLD",
        " ".join(rule.expr.split())))


def faults_of_set(found, parsed, texts):
    """What holds for the rules together."""
    seen, by_expression = set(), {}
    for rule in found:
        key = (rule.name, tuple(sorted(rule.labels.items())))
        if key in seen:
            yield f"{where(rule)}: there are two of it"
        seen.add(key)
        if not rule_files.THRESHOLD.fullmatch(rule.record):
            other = by_expression.setdefault(" ".join(rule.expr.split()), rule)
            if other is not rule:
                yield f"{where(rule)}: same expression as {where(other)}"
    for name, own in rule_files.alerts(found).items():
        kinds = {}
        for rule in own:
            rest = tuple(sorted((key, value) for key, value in rule.labels.items() if key != "severity"))
            kinds.setdefault(rest, []).append(rule)
        for rules in kinds.values():
            if len({alike(rule) for rule in rules}) > 1:
                yield f"{where(rules[0])}: severities of {name} differ in more than thresholds and times"
    used = set()
    for rule in found:
        used |= {each.name for each, _ in selectors(parsed[id(rule)])}
    for rule in found:
        if rule.record and rule.record not in used and not any(rule.record in text for text in texts):
            yield f"{where(rule)}: nobody uses it"
    limits = sum(bool(rule_files.THRESHOLD.fullmatch(rule.record)) for rule in found)
    for rule in found:
        if rule.alert == "OpenCostWatchdog" and not rule.expr.strip().endswith(f">= {limits}"):
            yield f"{where(rule)}: there are {limits} thresholds, and it counts another number of them"


def faults(root):
    """Every fault of the rules of a repository."""
    folder = root / "alerts"
    for file in rule_files.FILES:
        yield from faults_of_file(file, (folder / file).read_text())
    found, parsed = rule_files.read(folder), {}
    for rule in found:
        try:
            parsed[id(rule)] = parse(rule.expr)
        except PromQLError as fault:
            yield f"{where(rule)}: {fault}"
    if len(parsed) < len(found):
        return
    series = Series(expressions.OF_TARGETS, {rule.record: parsed[id(rule)] for rule in found if rule.record})
    texts = [text for rule in found for text in rule.annotations.values()]
    texts += [path.read_text() for path in sorted((root / "dashboards").glob("*.json"))]
    for rule in found:
        node = parsed[id(rule)]
        own = list(expressions.faults(node, series))
        if rule.alert:
            if not expressions.compares(node):
                own.append("compares with nothing, so it always fires")
            own += faults_of_time(rule)
            own += annotations.faults(rule, node, series, root)
        else:
            own += faults_of_recording(rule)
        yield from (f"{where(rule)}: {fault}" for fault in dict.fromkeys(own))
    yield from faults_of_set(found, parsed, texts)


def main():
    found = list(faults(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "the rules are as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
