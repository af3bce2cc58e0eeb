"""PromQL as far as dashboards use it: parsed into a tree, so that rules need not guess at text.

Grafana's own $__rate_interval and the like stand where a duration may stand.
"""

import re
from dataclasses import dataclass, fields, replace

TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<duration>(?:\d+(?:ms|[smhdwy]))+(?![\w.])|\$__\w+)
  | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
  | (?P<name>[A-Za-z_][\w:]*)
  | (?P<operator>=~|!~|==|!=|>=|<=|[-+*/%^<>=(){}\[\],:])
""", re.VERBOSE)
AGGREGATIONS = set("sum min max avg group stddev stdvar count count_values bottomk topk quantile".split())
OVER_A_RANGE = set("""
    absent_over_time avg_over_time changes count_over_time delta deriv double_exponential_smoothing idelta
    increase irate last_over_time max_over_time min_over_time predict_linear present_over_time
    quantile_over_time rate resets stddev_over_time stdvar_over_time sum_over_time""".split())
OF_AN_INSTANT = set("""
    abs absent ceil clamp clamp_max clamp_min day_of_month day_of_week day_of_year days_in_month exp floor
    histogram_quantile hour label_join label_replace ln log10 log2 minute month pi round scalar sgn sort
    sort_desc sqrt time timestamp vector year""".split())
PRECEDENCE = [{"or"}, {"and", "unless"}, {"==", "!=", "<", ">", "<=", ">="}, {"+", "-"},
              {"*", "/", "%", "atan2"},
              {"^"}]


class PromQLError(ValueError):
    pass


class Node:
    def children(self):
        for each in fields(self):
            value = getattr(self, each.name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Node):
                    yield part


@dataclass(frozen=True)
class Number(Node):
    text: str


@dataclass(frozen=True)
class Text(Node):
    text: str


@dataclass(frozen=True)
class Selector(Node):
    name: str
    matchers: tuple = ()   # (label, operator, value)
    range: str = ""
    offset: str = ""


@dataclass(frozen=True)
class Subquery(Node):
    operand: Node
    range: str
    offset: str = ""


@dataclass(frozen=True)
class Call(Node):
    function: str
    arguments: tuple


@dataclass(frozen=True)
class Aggregation(Node):
    operation: str
    arguments: tuple
    mode: str = ""         # by, without, or nothing
    labels: tuple = ()

    @property
    def operand(self):
        return self.arguments[-1]


@dataclass(frozen=True)
class Binary(Node):
    operator: str
    left: Node
    right: Node
    matching: tuple = ()   # on, ignoring, group_left, group_right; bool is none


@dataclass(frozen=True)
class Negated(Node):
    operand: Node


def walk(node, above=()):
    """(node, its ancestors, the nearest last) of the whole tree."""
    yield node, above
    for child in node.children():
        yield from walk(child, above + (node,))


def selectors(node):
    return [(each, above) for each, above in walk(node) if isinstance(each, Selector)]


def without_offsets(node):
    """The same expression about the present."""
    if isinstance(node, (Selector, Subquery)) and node.offset:
        node = replace(node, offset="")
    changed = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            changed[each.name] = without_offsets(value)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            changed[each.name] = tuple(without_offsets(part) for part in value)
    return replace(node, **changed) if changed else node


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise PromQLError(f"cannot read {text[at:at + 20]!r}")
            if found.lastgroup != "space":
                self.tokens.append((found.lastgroup, found.group()))
            at = found.end()
        self.tokens.append(("end", "the end"))

    @property
    def next(self):
        return self.tokens[0]

    def take(self, *expected):
        kind, text = self.tokens[0]
        if text not in expected and kind not in expected:
            raise PromQLError(f"{text} where {' or '.join(expected)} should stand")
        self.tokens.pop(0)
        return text

    def at(self, *texts):
        return self.next[0] in ("operator", "name") and self.next[1] in texts

    def whole(self):
        node = self.expression()
        self.take("end")
        return node

    def expression(self, level=0):
        if level == len(PRECEDENCE):
            return self.unary()
        left = self.expression(level + 1)
        while self.at(*PRECEDENCE[level]):
            operator, matching = self.take("operator", "name"), []
            while self.at("bool", "on", "ignoring", "group_left", "group_right"):
                word = self.take("name")
                matching += [word] if word != "bool" else []
                if word != "bool" and self.at("("):
                    self.labels()
            left = Binary(operator, left, self.expression(level + 1), tuple(matching))
        return left

    def unary(self):
        if self.at("-", "+"):
            self.take("operator")
            return Negated(self.unary())
        return self.postfix(self.atom())

    def atom(self):
        kind, text = self.next
        if kind == "number":
            return Number(self.take("number"))
        if kind == "string":
            return Text(self.take("string")[1:-1])
        if self.at("("):
            return self.parentheses()[0]
        if self.at("{"):
            return Selector("", self.matchers())
        name = self.take("name")
        if name in AGGREGATIONS:
            return self.aggregation(name)
        if self.at("("):
            return self.call(name)
        return Selector(name, self.matchers() if self.at("{") else ())

    def parentheses(self):
        self.take("(")
        inside = [] if self.at(")") else [self.expression()]
        while not self.at(")"):
            self.take(",")
            inside.append(self.expression())
        self.take(")")
        return tuple(inside) or (Text(""),)

    def aggregation(self, operation):
        mode, labels = self.grouping()
        arguments = self.parentheses()
        if not mode:
            mode, labels = self.grouping()
        return Aggregation(operation, arguments, mode, labels)

    def grouping(self):
        return (self.take("name"), self.labels()) if self.at("by", "without") else ("", ())

    def labels(self):
        self.take("(")
        names = []
        while not self.at(")"):
            names.append(self.take("name"))
            if not self.at(")"):
                self.take(",")
        self.take(")")
        return tuple(names)

    def call(self, name):
        if name not in OVER_A_RANGE | OF_AN_INSTANT:
            raise PromQLError(f"no function {name}")
        node = Call(name, self.parentheses())
        ranged = any(isinstance(each, Subquery) or getattr(each, "range", "") for each in node.arguments)
        if ranged != (name in OVER_A_RANGE):
            raise PromQLError(f"{name} of {'a range' if ranged else 'an instant'}")
        return node

    def matchers(self):
        self.take("{")
        found = []
        while not self.at("}"):
            label = self.take("name")
            operator = self.take("=", "!=", "=~", "!~")
            found.append((label, operator, self.take("string")[1:-1]))
            if not self.at("}"):
                self.take(",")
        self.take("}")
        return tuple(found)

    def postfix(self, node):
        if self.at("["):
            self.take("[")
            span = self.take("duration")
            if self.at(":"):
                self.take(":")
                if not self.at("]"):
                    self.take("duration")
                node = Subquery(node, span)
            elif isinstance(node, Selector):
                node = replace(node, range=span)
            else:
                raise PromQLError("a range of something that is no series")
            self.take("]")
        if self.at("offset"):
            self.take("offset")
            if not isinstance(node, (Selector, Subquery)):
                raise PromQLError("offset of something that is no series")
            node = replace(node, offset=self.take("duration"))
        return node


def parse(text):
    return Parser(text).whole()
