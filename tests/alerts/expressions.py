"""What holds for the expression of every rule: series and labels exist, and every cost is counted once."""

from promql import COMPARISONS
from promql_tree import Aggregation, Binary, Call, Negated, Selector, Subquery, selectors, walk
from series import FIRST, unknown_labels, unknown_series

# Series that Prometheus itself makes of a target.
OF_TARGETS = {"up": set(), "process_start_time_seconds": set()}
RAW, ONE, TARGETS, SCALAR = "raw", "one", "targets", "scalar"


def of_process(labels):
    """Whether a family with these labels is about one process rather than about costs."""
    return not labels & {"cluster", "budget", "resource"}


def faults_of_names(node, series):
    """Series and labels that do not exist."""
    yield from unknown_series(node, series)
    yield from unknown_labels(node, series)


class Once:
    """Follows an expression from its selectors up, and finds where copies of a series could count twice."""

    def __init__(self, series):
        self.series = series
        self.faults = []

    def state(self, node, loose=False):
        """`loose` where only existence matters, so that more labels than need be may be dropped."""
        if isinstance(node, Selector):
            if node.name == "up":
                return TARGETS
            return ONE if self.series.own(node.name) is None else RAW
        if isinstance(node, (Subquery, Negated)):
            return self.state(node.operand, loose)
        if isinstance(node, Call):
            return self.state_of_call(node)
        if isinstance(node, Aggregation):
            return self.state_of_aggregation(node, loose)
        if isinstance(node, Binary):
            return self.state_of_binary(node, loose)
        return SCALAR

    def state_of_call(self, node):
        states = [self.state(arg) for arg in node.arguments]
        if node.name == "scalar" and RAW in states:
            self.faults.append("scalar() of a family that may exist twice is nothing")
        if node.name in ("scalar", "time", "pi"):
            return SCALAR
        if node.name in ("vector", "absent"):
            return ONE
        return next((state for state in states if state != SCALAR), SCALAR)

    def state_of_aggregation(self, node, loose):
        if self.state(node.operand) != RAW:
            return ONE
        if node.name == "max" and node.grouping == "by" and {"job", "instance"} <= set(node.labels):
            return RAW  # still one for each target
        for selector, _ in selectors(node.operand):
            own, added = self.series.own(selector.name), self.series.added(selector.name)
            if own is None or selector.name in OF_TARGETS:
                continue
            wanted = [set(added)]
            if of_process(own):
                wanted.append(wanted[0] - {"instance"})
            # What is matched as empty may be a target's own by now.
            spare = {"namespace"} if any(op == "=" and not value for _, op,
                value in selector.matchers) else set()
            labels = set(node.labels)
            exact = any(labels in (labels_wanted, labels_wanted | spare) for labels_wanted in wanted)
            enough = exact or loose and labels >= wanted[0]
            if node.name != "max" or node.grouping != "without" or not enough:
                self.faults.append(f"{selector.name} may exist twice; "
                                   f"take max without ({', '.join(added)}) of it first")
        return ONE

    def state_of_binary(self, node, loose):
        exists = node.operator in ("and", "unless")
        left, right = self.state(node.left, loose), self.state(node.right, loose or exists)
        if exists:
            return left
        if SCALAR in (left, right):
            return right if left == SCALAR else left
        if {left, right} == {RAW}:
            if node.operator != "or" and node.matching and not {"job", "instance"} <= set(node.labels):
                labels = ", ".join(node.labels)
                self.faults.append(f"{node.operator} {node.matching} ({labels}) of families that may "
                                   "exist twice")
            return RAW
        if RAW in (left, right):
            self.faults.append(f"{node.operator} of a family that may exist twice, and something that "
                               "may not")
        return ONE


def faults_of_counting(node, series):
    once = Once(series)
    if once.state(node) == RAW:
        once.faults.append("families may exist twice, once for each replica; take max without (…) of them")
    return once.faults


def faults_of_form(node):
    """What no rule should do, whatever it asks for."""
    for part, _ in walk(node):
        if isinstance(part, Aggregation) and part.name in FIRST:
            yield f"{part.name} is never the same series twice"
        if isinstance(part, Binary) and part.operator == "or":
            if isinstance(part.right, Call) and part.right.name == "vector":
                yield "or vector() has none of the labels beside it, so nothing adds up; leave it out"


def compares(node):
    """Whether an alert can be silent: it compares, asks for absence, or takes away."""
    if isinstance(node, Binary) and (
            node.operator == "unless" or node.operator in COMPARISONS and not node.bool):
        return True
    if isinstance(node, Call) and node.name in ("absent", "absent_over_time"):
        return True
    return any(map(compares, node.children()))


def faults(node, series):
    yield from faults_of_names(node, series)
    yield from faults_of_counting(node, series)
    yield from faults_of_form(node)
