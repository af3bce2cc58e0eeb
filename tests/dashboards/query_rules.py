"""What every query must keep to, so that a figure is of something we publish, and is counted once."""

import re

from faults import Rules, parsed, variables
from catalogue import family_of
from grafana_rules import COUNTING, variable_query
from promql import COMPARISONS, SETS
from promql_tree import Aggregation, Binary, Call, Number, Selector, selectors, walk, without_offsets
from series import Series, unknown_labels, unknown_series

RULES = Rules()
# Prometheus' own series, with the labels that all our alerts have.
SERIES = Series({"ALERTS": {"alertname", "alertstate", "severity", "cluster", "namespace"}})
# Whose families hold no idle cost, by the label that says whose a cost is; and those of nothing but idle.
OWNERS = {"namespace", "tenant", "budget", "value"}
NOBODYS = re.compile(r"opencost_(idle|unmounted)_cost_\w+|opencost_node_idle_cost_per_hour")
NO_COST = re.compile(r"opencost_(up$|exporter_)|process_|ALERTS")
USED_VARIABLE = re.compile(r"\$\{?(\w+)")


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
    yield from unknown_series(tree, SERIES)
    if not all(each.name for each, _ in selectors(tree)):
        yield "asks for a series without a name"


@of_expressions("label")
def _(board, tree):
    yield from unknown_labels(tree, SERIES)
    for each, _ in selectors(tree):
        for label, _, _ in each.matchers:
            if SERIES.own(each.name) is not None and label in SERIES.added(each.name):
                yield f"{each.name} is matched by {label}, which a scrape adds"


@of_expressions("once")
def _(board, tree):
    """Two replicas, or two jobs, must not count twice."""
    for each, above in selectors(tree):
        own, added = SERIES.own(each.name), SERIES.added(each.name)
        nearest = next((node for node in reversed(above) if isinstance(node, (Aggregation, Binary))), None)
        if own is None:
            continue
        if isinstance(nearest, Aggregation) and nearest.name == "max":
            if nearest.grouping == "without" and list(nearest.labels) == added:
                continue
            if nearest.grouping == "by" and (set(nearest.labels) == own or each.name == "ALERTS"):
                continue
        yield f"{each.name} is not under max without ({', '.join(added)})"


@of_expressions("join")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Binary) and node.matching:
            yield f"{node.operator} {node.matching}: two exporters make the match ambiguous"


@of_expressions("sides")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Binary) and node.operator != "or":
            left, right = SERIES.labels(node.left), SERIES.labels(node.right)
            if left is not None and right is not None and left != right:
                yield f"{node.operator} has {sorted(left)} here and {sorted(right)} there: nothing matches"


@of_expressions("hours-of-a-month")
def _(board, tree):
    if any(isinstance(node, Number) and node.value in (730, 720, 744) for node, _ in walk(tree)):
        yield "a month is made of an hour: use a family that is of a month"


@of_expressions("idle-has-no-owner")
def _(board, tree):
    for node, _ in walk(tree):
        if isinstance(node, Binary) and node.operator in ("+", "-", "or"):
            inside = [each for each, _ in selectors(node)]
            owned = [each.name for each in inside
                     if OWNERS.intersection(SERIES.own(each.name) or ()) and each.name != "ALERTS"]
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


def is_gauge(name):
    try:
        return family_of(name).type == "gauge"
    except KeyError:
        return False


@of_expressions("gauge")
def _(board, tree):
    for each, above in selectors(tree):
        around = above[-1].name if above and isinstance(above[-1], Call) else ""
        if around in COUNTING and is_gauge(each.name):
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
        having = [each for each in of_costs if name in (SERIES.own(each.name) or ())]
        if having and not any(name == label for each in having for label, _, _ in each.matchers):
            yield f"{having[0].name} is not narrowed by ${name}"


@RULES.target("legend")
def _(board, panel, target):
    tree = parsed(target.get("expr", ""))
    there = SERIES.labels(tree) if tree else None
    for label in re.findall(r"{{\s*(\w+)\s*}}", target.get("legendFormat", "")):
        if tree and label not in (there or set()):
            yield f"{{{{{label}}}}} is no label of the result"


@RULES.board("legend")
def _(board):
    for each in annotations(board):
        tree = parsed(each.get("expr", ""))
        for label in re.findall(r"{{\s*(\w+)\s*}}", each.get("titleFormat", "") + each.get("textFormat", "")):
            if tree and label not in (SERIES.labels(tree) or set()):
                yield f"annotation {each['name']}: {{{{{label}}}}} is no label of the result"


@RULES.board("variables")
def _(board):
    """Called as its label, chosen from a family that has it, and narrowed by the variables before it."""
    earlier = []
    for each in variables(board):
        series, label = variable_query(each) or (None, None)
        tree = parsed(series or "")
        if isinstance(tree, Selector):
            own = SERIES.own(tree.name) or ()
            yield from (f"{each['name']}: {message}" for message in unknown_series(tree, SERIES))
            if own and (label not in own or label != each["name"]):
                yield f"{each['name']}: the values are of {label}, {tree.name} has {', '.join(sorted(own))}"
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
