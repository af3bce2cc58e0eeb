"""The rule files of this folder, read once for the pages and for the tests."""

import pathlib
import re
from typing import NamedTuple

import yaml

FOLDER = pathlib.Path(__file__).resolve().parents[1]
FILES = ("thresholds.yml", "recording.yml", "costs.yml", "exporter.yml")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
THRESHOLD = re.compile(r"opencost:\w+:threshold")


class Rule(NamedTuple):
    file: str
    group: str
    interval: str
    alert: str  # name of an alert, or empty
    record: str  # name of a recorded series, or empty
    expr: str
    hold: str  # `for`, or empty
    keep: str  # `keep_firing_for`, or empty
    labels: dict
    annotations: dict
    comment: str  # the lines above it, as one
    meaning: str  # that, or of a recorded series the comment of the first one with its operation

    @property
    def name(self):
        return self.alert or self.record

    @property
    def thresholds(self):
        """Names of the thresholds it compares with, in order."""
        return list(dict.fromkeys(THRESHOLD.findall(self.expr)))


def comments(text):
    """The comment directly above each rule, in the order of the file. A line `# -- …` heads a section."""
    found, above = [], []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("# -- "):
            above = []
        elif line.startswith("#"):
            above.append(line.lstrip("# "))
        elif re.match(r"- (alert|record):", line):
            found.append(" ".join(above))
            above = []
        else:
            above = []
    return found


def read(folder=FOLDER):
    """Every rule of the folder, in the order of its files."""
    rules, first = [], {}
    for file in FILES:
        text = (folder / file).read_text()
        above = iter(comments(text))
        for group in yaml.load(text, LOADER)["groups"]:
            for rule in group["rules"]:
                comment, operation = next(above), rule.get("record", "").rpartition(":")[2]
                if comment and operation:
                    first.setdefault(operation, comment)
                rules.append(Rule(
                    file, group["name"], str(group.get("interval", "")), rule.get("alert", ""),
                    rule.get("record", ""), str(rule["expr"]), str(rule.get("for", "")),
                    str(rule.get("keep_firing_for", "")), rule.get("labels", {}), rule.get("annotations", {}),
                    comment, comment or first.get(operation, "")))
    return rules


def alerts(rules):
    """{name: its rules}, in the order of the files."""
    found = {}
    for rule in rules:
        if rule.alert:
            found.setdefault(rule.alert, []).append(rule)
    return found


def thresholds(rules):
    """{name: (default, rule)}."""
    return {rule.record: (re.fullmatch(r"vector\((.+)\)", rule.expr.strip()).group(1), rule)
            for rule in rules if THRESHOLD.fullmatch(rule.record)}
