"""What a rule found, and where; and the parts of a dashboard that rules look at."""

import functools
import pathlib
import sys
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / part) for part in ("dashboards/source", "tests/promql")]

import promql  # noqa: E402


class Fault(NamedTuple):
    rule: str
    dashboard: str    # its title
    panel: str        # its title, or nothing
    target: int       # its number, or None
    message: str

    def __str__(self):
        place = [self.dashboard] + ([self.panel] if self.panel else [])
        place += [f"query {chr(ord('A') + self.target)}"] if self.target is not None else []
        return f"{' / '.join(place)}: {self.rule}: {self.message}"


class Rules:
    """Rules by name. Each is a function that yields messages; it is given what its kind of place has."""

    def __init__(self):
        self.of_boards, self.of_panels, self.of_targets = {}, {}, {}

    def board(self, name):
        return lambda function: self.of_boards.setdefault(name, function)

    def panel(self, name):
        return lambda function: self.of_panels.setdefault(name, function)

    def target(self, name):
        return lambda function: self.of_targets.setdefault(name, function)

    @property
    def names(self):
        return set(self.of_boards) | set(self.of_panels) | set(self.of_targets)

    def check(self, board):
        """Every fault of one dashboard."""
        title = board.get("title", "")
        for name, function in self.of_boards.items():
            yield from (Fault(name, title, "", None, message) for message in function(board))
        for panel in panels(board):
            place = panel.get("title") or f"panel {panel.get('id')}"
            for name, function in self.of_panels.items():
                yield from (Fault(name, title, place, None, message) for message in function(board, panel))
            for index, target in enumerate(panel.get("targets", [])):
                for name, function in self.of_targets.items():
                    yield from (Fault(name, title, place, index, message)
                                for message in function(board, panel, target))


def panels(board):
    """All that show something: rows are headings."""
    for each in board.get("panels", []):
        if each.get("type") == "row":
            yield from (inner for inner in each.get("panels", []))
        else:
            yield each


def variables(board, kind="query"):
    return [each for each in board.get("templating", {}).get("list", []) if each.get("type") == kind]


@functools.cache
def parsed(expression):
    """The tree of an expression, or None: that it cannot be read is one rule's business."""
    try:
        return promql.parse(expression, grafana=True)
    except promql.PromQLError:
        return None


def properties(panel):
    """(field or None for all of them, property, value) of a panel's field configuration."""
    configuration = panel.get("fieldConfig", {})
    for name, value in configuration.get("defaults", {}).items():
        yield None, name, value
    for override in configuration.get("overrides", []):
        for each in override.get("properties", []):
            yield override.get("matcher", {}).get("options"), each.get("id"), each.get("value")
