"""What every query must keep to, so that a figure is of something we publish, and is counted once."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "dashboards" / "source"))

from catalogue import family_of  # noqa: E402
from faults import Rules, parsed, variables  # noqa: E402
from grafana_rules import variable_query  # noqa: E402
from promql import (Aggregation, Binary, Call, Number, Selector, Text, selectors, walk,  # noqa: E402
                    without_offsets)

RULES = Rules()
# What a scrape, a ServiceMonitor or a PodMonitor adds. Not taken from queries.py, so that a label which is lost
# there is missed here.
TARGET_LABELS = ("job", "instance", "namespace", "pod", "container", "endpoint", "service")
# Prometheus' own series, with the labels that all our alerts have.
ALERTS = ("alertname", "alertstate", "severity", "cluster", "namespace")
FIRST = {"topk", "bottomk"}
SETS, COMPARISONS = {"and", "or", "unless"}, {"==", "!=", "<", ">", "<=", ">="}
# Whose families hold no idle cost, by the label that says whose a cost is; and those of nothing but idle.
OWNERS = {"namespace", "tenant", "budget", "value"}
NOBODYS = re.compile(r"opencost_(idle|unmounted)_cost_\w+|opencost_node_idle_cost_per_hour")
NO_COST = re.compile(r"opencost_(up$|exporter_)|process_|ALERTS")
USED_VARIABLE = re.compile(r"\$\{?(\w+)")


def labels_of_series(name):
    """The labels a series has of itself; KeyError if we publish no such series."""
    if name == "ALERTS":
        return ALERTS
    family = family_of(name)
    return family.labels + (("le",) if name.endswith("_bucket") and family.name != name else ())


def known(selector):
    """The labels of what is selected, () if it is unknown: that is one rule's business."""
    try:
        return labels_of_series(selector.name)
    except KeyError:
        return ()


def labels_of(node):
    """The labels of a result, those a scrape adds among them; None of a scalar."""
    if isinstance(node, Selector):
        return set(known(node)) | set(TARGET_LABELS)
    if isinstance(node, Aggregation):
        inside = labels_of(node.operand) or set()
        if node.operation in FIRST:
            return inside
        return {"by": set(node.labels), "without": inside - set(node.labels), "": set()}[node.mode]
    if isinstance(node, Call):
        inside = next((each for each in map(labels_of, node.arguments) if each is not None), None)
        if node.function in ("time", "pi", "scalar"):
            return None
        if node.function in ("vector", "absent"):
            return set()
        if node.function == "histogram_quantile":
            return inside - {"le"}
        if node.function in ("label_replace", "label_join") and isinstance(node.arguments[1], Text):
            return inside | {node.arguments[1].text}
        return inside
    if isinstance(node, Binary):
        left, right = labels_of(node.left), labels_of(node.right)
        if left is None or right is None:
            return right if left is None else left
        return left | right if node.operator == "or" else left
    return next((labels_of(each) for each in node.children()), None)


def annotations(board):
    return [each for each in board.get("annotations", {}).get("list", []) if not each.get("builtIn")]


def of_expressions(name):
    """A rule of expressions, wherever they stand: in panels, and in annotations."""
    def register(function):
        @RULES.target(name)
        def _(board, panel, target):
            tree = parsed(target.get("expr", ""))
            if tree:
                yield from function(board, tree)

        @RULES.board(name)
        def _(board):
            for each in annotations(board):
                tree = parsed(each.get("expr", ""))
                if tree:
                    yield from (f"annotation {each['name']}: {message}" for message in function(board, tree))
    return register


@of_expressions("metric")
def _(board, tree):
    for each, _ in selectors(tree):
        try:
            labels_of_series(each.name)
        except KeyError:
            yield f"docs/metrics.md has no {each.name or 'series without a name'}"


@of_expressions("label")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Selector) and known(node):
            for label, _, _ in node.matchers:
                if label not in known(node):
                    yield f"{node.name} has no label {label}"
        if isinstance(node, Aggregation):
            there = labels_of(node.operand) or set()
            there = there | set(TARGET_LABELS) if node.mode == "without" else there
            for label in node.labels:
                if label not in there:
                    yield f"{node.operation} {node.mode} {label}, which nothing in it has"


@of_expressions("once")
def _(board, tree):
    """Two replicas, or two jobs, must not count twice."""
    for each, above in selectors(tree):
        own = known(each)
        nearest = next((node for node in reversed(above) if isinstance(node, (Aggregation, Binary))), None)
        if not own:
            continue
        added = [label for label in TARGET_LABELS if label not in own]
        if isinstance(nearest, Aggregation) and nearest.operation == "max":
            if nearest.mode == "without" and list(nearest.labels) == added:
                continue
            if nearest.mode == "by" and (set(nearest.labels) == set(own) or each.name == "ALERTS"):
                continue
        yield f"{each.name} is not under max without ({', '.join(added)})"


@of_expressions("join")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Binary) and node.matching:
            yield f"{node.operator} {' '.join(node.matching)}: two exporters make the match ambiguous"


@of_expressions("sides")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Binary) and node.operator != "or":
            left, right = labels_of(node.left), labels_of(node.right)
            if left is not None and right is not None and left != right:
                yield f"{node.operator} has {sorted(left)} here and {sorted(right)} there: nothing matches"


@of_expressions("hours-of-a-month")
def _(board, tree):
    if any(isinstance(node, Number) and node.text in ("730", "720", "744") for node, _ in walk(tree)):
        yield "a month is made of an hour: use a family that is of a month"


@of_expressions("idle-has-no-owner")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Binary) and node.operator in ("+", "-", "or"):
            inside = [each for each, _ in selectors(node)]
            owned = [each.name for each in inside
                     if OWNERS.intersection(known(each)) and each.name != "ALERTS"]
            idle = [each.name for each in inside if NOBODYS.fullmatch(each.name)]
            if owned and idle:
                yield f"adds {idle[0]} to {owned[0]}"


@of_expressions("change")
def _(board, tree):
    """Now and then must be the same selection, whatever filters the past of zeros."""
    for node, _ in walk(tree):
        if not isinstance(node, Binary) or node.operator in SETS | COMPARISONS:
            continue
        sides = [[each.offset for each, _ in selectors(side)] for side in (node.left, node.right)]
        if not all(sides) or set(sides[0]) == set(sides[1]):
            continue
        now, then = (side.left if isinstance(side, Binary) and side.operator in COMPARISONS else side
                     for side in (node.left, node.right))
        if without_offsets(now) != without_offsets(then):
            yield "compares two different selections"


@of_expressions("gauge")
def _(board, tree):
    for each, above in selectors(tree):
        around = above[-1].function if above and isinstance(above[-1], Call) else ""
        if around in ("rate", "irate", "increase") and known(each) and each.name != "ALERTS":
            if family_of(each.name).type == "gauge":
                yield f"{around} of the gauge {each.name}"


@of_expressions("variable")
def _(board, tree):
    names = {each["name"] for each in variables(board)}
    for each, _ in selectors(tree):
        for label, operator, value in each.matchers:
            for name in USED_VARIABLE.findall(value):
                if name not in names:
                    yield f"{label} is matched by ${name}, which this dashboard has not"
                elif operator not in ("=~", "!~"):
                    yield f"{label}{operator}${name}: a variable of several values is a regular expression"


@RULES.target("narrowed")
def _(board, panel, target):
    """What is chosen above holds for every panel; a whole that a part is a share of may be wider.

    The exporter's own series name sources, which need not be called as clusters.
    """
    tree = parsed(target.get("expr", ""))
    found = [each for each, _ in selectors(tree)] if tree else []
    of_costs = [each for each in found if not NO_COST.match(each.name)]
    for name in (variable["name"] for variable in variables(board)):
        having = [each for each in of_costs if name in known(each)]
        if having and not any(name == label for each in having for label, _, _ in each.matchers):
            yield f"{having[0].name} is not narrowed by ${name}"


@RULES.target("legend")
def _(board, panel, target):
    tree = parsed(target.get("expr", ""))
    there = labels_of(tree) if tree else None
    for label in re.findall(r"{{\s*(\w+)\s*}}", target.get("legendFormat", "")):
        if tree and label not in (there or set()):
            yield f"{{{{{label}}}}} is no label of the result"


@RULES.board("legend")
def _(board):
    for each in annotations(board):
        tree = parsed(each.get("expr", ""))
        for label in re.findall(r"{{\s*(\w+)\s*}}", each.get("titleFormat", "") + each.get("textFormat", "")):
            if tree and label not in (labels_of(tree) or set()):
                yield f"annotation {each['name']}: {{{{{label}}}}} is no label of the result"


@RULES.board("variables")
def _(board):
    """Called as its label, chosen from a family that has it, and narrowed by the variables before it."""
    earlier = []
    for each in variables(board):
        series, label = variable_query(each) or (None, None)
        tree = parsed(series or "")
        if isinstance(tree, Selector):
            try:
                own = labels_of_series(tree.name)
            except KeyError:
                yield f"{each['name']}: docs/metrics.md has no {tree.name}"
                own = ()
            if own and (label not in own or label != each["name"]):
                yield f"{each['name']}: the values are of {label}, {tree.name} has {', '.join(own)}"
            wanted = [(name, "=~", f"${name}") for name in earlier if name in own]
            if own and list(tree.matchers) != wanted:
                names = ", ".join(name for name, _, _ in wanted) or "nothing"
                yield f"{each['name']}: is to be narrowed by {names} and nothing else"
        if not (each.get("multi") and each.get("includeAll") and each.get("allValue") == ".*"):
            yield f"{each['name']}: several values, and all of them as .*, are to be had"
        earlier.append(each["name"])
    expressions = " ".join(target.get("expr", "") for panel in board.get("panels", [])
                           for target in panel.get("targets", []))
    for name in earlier:
        if name not in USED_VARIABLE.findall(expressions):
            yield f"{name}: no panel is narrowed by it"
