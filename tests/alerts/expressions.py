"""What holds for the expression of every rule: series and labels exist, and every cost is counted once."""

import promql

# Labels that Prometheus or its operator attaches to a target.
TARGET = {"job", "instance", "namespace", "pod", "container", "endpoint", "service"}
# Series that Prometheus itself makes of a target.
OF_TARGETS = {"up": set(), "process_start_time_seconds": set()}
RAW, ONE, TARGETS, SCALAR = "raw", "one", "targets", "scalar"


class Series:
    """What is known of every series: the families of the catalogue, and what the rules record."""

    def __init__(self, families, recorded):
        self.families = families  # {name: Family}
        self.recorded = recorded  # {name: parsed expression}

    def family(self, name):
        """Labels of a family's own, or None if there is no such family."""
        for suffix in ("", "_bucket", "_sum", "_count"):
            family = self.families.get(name.removesuffix(suffix))
            if family and name.endswith(suffix) and (not suffix or family.type == "histogram"):
                return set(family.labels) | ({"le"} if suffix == "_bucket" else set())
        return OF_TARGETS.get(name)

    def labels(self, node):
        """Every label a series of this expression can have."""
        if isinstance(node, promql.Selector):
            if node.name in self.recorded:
                return self.labels(self.recorded[node.name])
            own = self.family(node.name)
            return set() if own is None else own | TARGET
        if isinstance(node, promql.Subquery):
            return self.labels(node.expr)
        if isinstance(node, promql.Aggregation):
            below = self.labels(node.args[-1])
            return below - set(node.labels) if node.grouping == "without" else below & set(node.labels)
        if isinstance(node, promql.Call):
            if node.name in ("scalar", "time", "vector", "absent", "pi"):
                return set()
            below = set().union(*(self.labels(arg) for arg in node.args))
            return below | ({node.args[1].value} if node.name.startswith("label_") else set())
        if isinstance(node, promql.Binary):
            return self.labels_of_binary(node)
        return set()

    def labels_of_binary(self, node):
        left, right = self.labels(node.left), self.labels(node.right)
        if node.op == "or":
            return left | right
        if node.op in promql.SETS:
            return left
        if node.group:
            many = left if node.group == "group_left" else right
            return many | set(node.include)
        if node.matching == "on":
            return (left | right) & set(node.labels)
        return (left or right) - set(node.labels)


def of_process(labels):
    """Whether a family with these labels is about one process rather than about costs."""
    return not labels & {"cluster", "budget", "resource"}


def is_raw(selector, series):
    return selector.name in series.families or series.family(selector.name) is not None


def faults_of_names(node, series):
    """Series and labels that do not exist."""
    for part in promql.walk(node):
        if isinstance(part, promql.Selector):
            if part.name:
                if part.name not in series.recorded and series.family(part.name) is None:
                    yield f"there is no series {part.name}"
                    continue
                known = series.labels(part)
                for label, _, _ in part.matchers:
                    if label not in known | {"__name__"}:
                        yield f"{part.name} has no label {label}"
        elif isinstance(part, promql.Aggregation):
            below = series.labels(part.args[-1])
            for label in part.labels:
                if label not in below:
                    yield f"{part.name} {part.grouping} ({label}): what it is taken of has no such label"
        elif isinstance(part, promql.Binary):
            left, right = series.labels(part.left), series.labels(part.right)
            for label in part.labels:
                if label not in (left & right if part.matching == "on" else left | right):
                    yield f"{part.op} {part.matching} ({label}): a side has no such label"


class Once:
    """Follows an expression from its selectors up, and finds where copies of a series could count twice."""

    def __init__(self, series):
        self.series = series
        self.faults = []

    def state(self, node, loose=False):
        """`loose` where only existence matters, so that more labels than need be may be dropped."""
        if isinstance(node, promql.Selector):
            if node.name == "up":
                return TARGETS
            return RAW if is_raw(node, self.series) else ONE
        if isinstance(node, promql.Subquery):
            return self.state(node.expr, loose)
        if isinstance(node, promql.Call):
            return self.state_of_call(node)
        if isinstance(node, promql.Aggregation):
            return self.state_of_aggregation(node, loose)
        if isinstance(node, promql.Binary):
            return self.state_of_binary(node, loose)
        return SCALAR

    def state_of_call(self, node):
        states = [self.state(arg) for arg in node.args]
        if node.name == "scalar" and RAW in states:
            self.faults.append("scalar() of a family that may exist twice is nothing")
        if node.name in ("scalar", "time", "pi"):
            return SCALAR
        if node.name in ("vector", "absent"):
            return ONE
        return next((state for state in states if state != SCALAR), SCALAR)

    def state_of_aggregation(self, node, loose):
        below = node.args[-1]
        if self.state(below) != RAW:
            return ONE
        if node.name == "max" and node.grouping == "by" and {"job", "instance"} <= set(node.labels):
            return RAW  # still one for each target
        for selector in promql.walk(below):
            if not isinstance(selector, promql.Selector) or not is_raw(selector, self.series):
                continue
            if selector.name in OF_TARGETS:
                continue
            own = self.series.family(selector.name)
            wanted = [TARGET - own]
            if of_process(own):
                wanted.append(TARGET - own - {"instance"})
            # What is matched as empty may be a target's own by now.
            spare = {"namespace"} if any(op == "=" and not value for _, op,
                value in selector.matchers) else set()
            labels = set(node.labels)
            exact = any(labels in (labels_wanted, labels_wanted | spare) for labels_wanted in wanted)
            enough = exact or loose and labels >= wanted[0]
            if node.name != "max" or node.grouping != "without" or not enough:
                names = ", ".join(sorted(wanted[0]))
                self.faults.append(f"{selector.name} may exist twice; take max without ({names}) of it first")
        return ONE

    def state_of_binary(self, node, loose):
        exists = node.op in ("and", "unless")
        left, right = self.state(node.left, loose), self.state(node.right, loose or exists)
        if exists:
            return left
        if SCALAR in (left, right):
            return right if left == SCALAR else left
        if {left, right} == {RAW}:
            if node.op != "or" and node.matching and not {"job", "instance"} <= set(node.labels):
                labels = ", ".join(node.labels)
                self.faults.append(f"{node.op} {node.matching} ({labels}) of families that may exist twice")
            return RAW
        if RAW in (left, right):
            self.faults.append(f"{node.op} of a family that may exist twice, and something that may not")
        return ONE


def faults_of_counting(node, series):
    once = Once(series)
    if once.state(node) == RAW:
        once.faults.append("families may exist twice, once for each replica; take max without (…) of them")
    return once.faults


def faults_of_form(node):
    """What no rule should do, whatever it asks for."""
    for part in promql.walk(node):
        if isinstance(part, promql.Aggregation) and part.name in ("topk", "bottomk"):
            yield f"{part.name} is never the same series twice"
        if isinstance(part, promql.Binary) and part.op == "or":
            if isinstance(part.right, promql.Call) and part.right.name == "vector":
                yield "or vector() has none of the labels beside it, so nothing adds up; leave it out"


def compares(node):
    """Whether an alert can be silent: it compares, asks for absence, or takes away."""
    if isinstance(node, promql.Binary):
        return node.op in promql.COMPARISONS or node.op == "unless" or any(map(compares,
            promql.children(node)))
    if isinstance(node, promql.Call) and node.name in ("absent", "absent_over_time"):
        return True
    return any(map(compares, promql.children(node)))


def faults(node, series):
    yield from faults_of_names(node, series)
    yield from faults_of_counting(node, series)
    yield from faults_of_form(node)
