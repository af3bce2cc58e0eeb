"""What an expression is made of: nodes that can be compared, and ways through them."""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Node:
    kind = "vector"

    def children(self):
        for each in fields(self):
            value = getattr(self, each.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Node):
                    yield part


@dataclass(frozen=True)
class Number(Node):
    value: float
    kind = "scalar"


@dataclass(frozen=True)
class Text(Node):
    value: str
    kind = "text"


@dataclass(frozen=True)
class Selector(Node):
    name: str
    matchers: tuple = ()   # (label, operator, value)
    range: str = ""
    offset: str = ""
    at: str = ""

    @property
    def kind(self):
        return "range" if self.range else "vector"


@dataclass(frozen=True)
class Subquery(Node):
    operand: Node
    range: str
    step: str = ""
    offset: str = ""
    at: str = ""
    kind = "range"


@dataclass(frozen=True)
class Call(Node):
    name: str
    arguments: tuple

    @property
    def kind(self):
        return "scalar" if self.name in ("pi", "scalar", "time") else "vector"


@dataclass(frozen=True)
class Aggregation(Node):
    name: str
    arguments: tuple
    grouping: str = ""     # by, without, or nothing
    labels: tuple = ()

    @property
    def operand(self):
        return self.arguments[-1]


@dataclass(frozen=True)
class Binary(Node):
    operator: str
    left: Node
    right: Node
    bool: bool = False
    matching: str = ""     # on, ignoring, or nothing
    labels: tuple = ()
    group: str = ""        # group_left, group_right, or nothing
    include: tuple = ()

    @property
    def kind(self):
        return "scalar" if self.left.kind == self.right.kind == "scalar" else "vector"


@dataclass(frozen=True)
class Negated(Node):
    operand: Node

    @property
    def kind(self):
        return self.operand.kind


def walk(node, above=()):
    """(node, its ancestors, the nearest last) of the whole tree."""
    yield node, above
    for child in node.children():
        yield from walk(child, above + (node,))


def selectors(node):
    return [(each, above) for each, above in walk(node) if isinstance(each, Selector)]


def without_offsets(node):
    """The same expression about the present."""
    if isinstance(node, (Selector, Subquery)):
        node = replace(node, offset="")
    changed = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            changed[each.name] = without_offsets(value)
        elif isinstance(value, tuple):
            changed[each.name] = tuple(without_offsets(part) if isinstance(part, Node) else part
                                       for part in value)
    return replace(node, **changed)
