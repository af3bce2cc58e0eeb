"""What is known of series: the labels of each, and of everything that is made of them."""

import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "dashboards" / "source"))

from catalogue import family_of  # noqa: E402
from promql import SETS  # noqa: E402
from promql_tree import (Aggregation, Binary, Call, Negated, Selector, Subquery, Text,  # noqa: E402
                         selectors, walk)
from queries import TARGET_LABELS  # noqa: E402

FIRST = {"topk", "bottomk"}


class Series:
    """The families of the catalogue, what Prometheus makes itself, and what rules record."""

    def __init__(self, of_prometheus, recorded=()):
        self.of_prometheus = of_prometheus  # {name: labels}
        self.recorded = dict(recorded)      # {name: tree}

    def own(self, name):
        """The labels a series brings itself; None if there is no such series, or a rule records it."""
        try:
            family = family_of(name)
        except KeyError:
            return self.of_prometheus.get(name)
        return set(family.labels) | ({"le"} if name == f"{family.name}_bucket" else set())

    def added(self, name):
        """The labels that a scrape adds: `max without` them leaves one series of several replicas."""
        return [label for label in TARGET_LABELS if label not in (self.own(name) or ())]

    def labels(self, node):
        """Every label a result can have; None of a scalar."""
        if isinstance(node, Selector):
            if node.name in self.recorded:
                return self.labels(self.recorded[node.name])
            return (self.own(node.name) or set()) | set(TARGET_LABELS)
        if isinstance(node, (Subquery, Negated)):
            return self.labels(node.operand)
        if isinstance(node, Aggregation):
            below = self.labels(node.operand)
            if node.name in FIRST:
                return below
            return below - set(node.labels) if node.grouping == "without" else set(node.labels)
        if isinstance(node, Call):
            return self.labels_of_call(node)
        return self.labels_of_binary(node) if isinstance(node, Binary) else None

    def labels_of_call(self, node):
        if node.kind == "scalar":
            return None
        if node.name in ("vector", "absent", "absent_over_time"):
            return set()
        below = next((each for each in map(self.labels, node.arguments) if each is not None), set())
        if node.name in ("label_replace", "label_join") and isinstance(node.arguments[1], Text):
            return below | {node.arguments[1].value}
        return below - {"le"} if node.name == "histogram_quantile" else below

    def labels_of_binary(self, node):
        left, right = self.labels(node.left), self.labels(node.right)
        if left is None or right is None:
            return right if left is None else left
        if node.operator == "or":
            return left | right
        if node.operator in SETS:
            return left
        if node.group:
            return (left if node.group == "group_left" else right) | set(node.include)
        return set(node.labels) if node.matching == "on" else left - set(node.labels)


def unknown_series(node, series):
    for each, _ in selectors(node):
        # Without a name, every series is asked, whoever publishes it.
        if each.name and each.name not in series.recorded and series.own(each.name) is None:
            yield f"there is no series {each.name}"


def unknown_labels(node, series):
    """Labels that are asked for, grouped by or matched, and are not there."""
    for part, _ in walk(node):
        if isinstance(part, Selector) and (part.name in series.recorded or series.own(part.name) is not None):
            known = series.labels(part)
            for label, _, _ in part.matchers:
                if label not in known:
                    yield f"{part.name} has no label {label}"
        elif isinstance(part, Aggregation):
            below = series.labels(part.operand)
            for label in part.labels:
                if label not in below:
                    yield f"{part.name} {part.grouping} ({label}): what it is taken of has no such label"
        elif isinstance(part, Binary) and part.labels:
            left, right = series.labels(part.left), series.labels(part.right)
            for label in part.labels:
                if label not in (left & right if part.matching == "on" else left | right):
                    yield f"{part.operator} {part.matching} ({label}): a side has no such label"
