"""PromQL as Prometheus 2.42 reads it, to a tree. What is newer, or is no PromQL, raises a SyntaxError."""

import re
from typing import Any, NamedTuple

TOKEN = re.compile(r"""\s+|(?P<comment>\#[^\n]*)
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<duration>(?:\d+(?:ms|[smhdwy]))+(?![\w.]))
    |(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_:]*)
    |(?P<op>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\[\],:])""", re.VERBOSE)
DURATION = re.compile(r"(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?")
SECONDS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
PRECEDENCE = {"or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, ">": 3, "<": 3, ">=": 3, "<=": 3,
              "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6}
COMPARISONS = {"==", "!=", ">", "<", ">=", "<="}
SETS = {"or", "and", "unless"}
AGGREGATIONS = set("sum min max avg group stddev stdvar count count_values bottomk topk quantile".split())
FUNCTIONS = set("""
    abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp
    clamp_max clamp_min cos cosh count_over_time day_of_month day_of_week day_of_year days_in_month deg
    delta deriv exp floor histogram_count histogram_fraction histogram_quantile histogram_sum
    holt_winters hour idelta increase irate label_join label_replace last_over_time ln log10 log2
    max_over_time min_over_time minute month pi predict_linear present_over_time quantile_over_time rad
    rate resets round scalar sgn sin sinh sort sort_desc sqrt stddev_over_time stdvar_over_time
    sum_over_time tan tanh time timestamp vector year
""".split())


class Literal(NamedTuple):
    value: Any


class Selector(NamedTuple):
    name: str
    matchers: list  # (label, operator, value)
    range: str = ""
    offset: str = ""


class Call(NamedTuple):
    name: str
    args: list


class Aggregation(NamedTuple):
    name: str
    grouping: str  # by, without or nothing
    labels: list
    args: list


class Binary(NamedTuple):
    op: str
    matching: str  # on, ignoring or nothing
    labels: list
    group: str  # group_left, group_right or nothing
    include: list
    left: Any
    right: Any


class Subquery(NamedTuple):
    expr: Any
    range: str
    offset: str = ""


def seconds(duration):
    """Of a duration as Prometheus writes it; a ValueError if it is none."""
    match = DURATION.fullmatch(duration)
    if not duration or not match:
        raise ValueError(f"{duration!r} is no duration")
    return sum(int(re.match(r"\d+", part)[0]) * SECONDS[re.sub(r"\d+", "",
        part)] for part in match.groups() if part)


def children(node):
    """The nodes directly below."""
    if isinstance(node, (Call, Aggregation)):
        return node.args
    if isinstance(node, Binary):
        return [node.left, node.right]
    return [node.expr] if isinstance(node, Subquery) else []


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise SyntaxError(f"{text[at:at + 20]!r} is not PromQL of 2.42")
            at = match.end()
            if match.lastgroup and match.lastgroup != "comment":
                self.tokens.append((match.lastgroup, match[0]))
        self.tokens.append(("end", "the end"))
        self.at = 0

    def peek(self):
        return self.tokens[self.at][1]

    def take(self, *wanted):
        """The next token; one of `wanted`, or of that kind, if any are given."""
        kind, text = self.tokens[self.at]
        if wanted and text not in wanted and kind not in wanted:
            raise SyntaxError(f"{text!r} where {' or '.join(wanted)} should be")
        self.at += 1
        return text

    def accept(self, *texts):
        return self.take() if self.peek() in texts and self.tokens[self.at][0] != "string" else ""

    def whole(self):
        node = self.expression(0)
        self.take("end")
        return node

    def expression(self, least):
        left = self.unary()
        while PRECEDENCE.get(self.peek(), 0) > least:
            op = self.take()
            if op in COMPARISONS:
                self.accept("bool")
            matching, labels, group, include = self.accept("on", "ignoring"), [], "", []
            if matching:
                labels = self.label_list()
                group = self.accept("group_left", "group_right")
                if group and self.peek() == "(":
                    include = self.label_list()
            right = self.expression(PRECEDENCE[op] - (op == "^"))
            left = Binary(op, matching, labels, group, include, left, right)
        return left

    def unary(self):
        if self.accept("-", "+"):
            return Binary("*", "", [], "", [], Literal(-1), self.expression(5))
        return self.suffixes(self.primary())

    def suffixes(self, node):
        while self.peek() in ("[", "offset"):
            if self.accept("offset"):
                sign = self.accept("-")
                node = node._replace(offset=sign + self.duration())
                continue
            self.take("[")
            span = self.duration()
            if self.accept(":"):
                if self.peek() != "]":
                    self.duration()
                node = Subquery(node, span)
            elif isinstance(node, Selector) and not node.range:
                node = node._replace(range=span)
            else:
                raise SyntaxError("a range of what is no selector")
            self.take("]")
        return node

    def duration(self):
        text = self.take("duration")
        try:
            seconds(text)
        except ValueError as fault:
            raise SyntaxError(str(fault)) from fault
        return text

    def label_list(self):
        self.take("(")
        labels = []
        while self.peek() != ")":
            labels.append(self.take("name"))
            if not self.accept(","):
                break
        self.take(")")
        return labels

    def arguments(self):
        self.take("(")
        args = []
        while self.peek() != ")":
            args.append(self.expression(0))
            if not self.accept(","):
                break
        self.take(")")
        return args

    def primary(self):
        kind, text = self.tokens[self.at]
        if self.accept("("):
            node = self.expression(0)
            self.take(")")
            return node
        if text == "{":
            return Selector("", self.matchers())
        self.take("number", "string", "name")
        if kind == "number":
            return Literal(float(text))
        if kind == "string":
            return Literal(text[1:-1])
        if text in AGGREGATIONS:
            grouping = self.accept("by", "without")
            labels = self.label_list() if grouping else []
            args = self.arguments()
            if not grouping:
                grouping = self.accept("by", "without")
                labels = self.label_list() if grouping else []
            return Aggregation(text, grouping, labels, args)
        if self.peek() == "(":
            if text not in FUNCTIONS:
                raise SyntaxError(f"{text} is no function of Prometheus 2.42")
            return Call(text, self.arguments())
        return Selector(text, self.matchers() if self.peek() == "{" else [])

    def matchers(self):
        self.take("{")
        found = []
        while self.peek() != "}":
            label, op, value = self.take("name"), self.take("=", "!=", "=~", "!~"), self.take("string")[1:-1]
            if op.endswith("~"):
                try:
                    re.compile(value)
                except re.error as fault:
                    raise SyntaxError(f"{value!r} is no regular expression: {fault}") from fault
            found.append((label, op, value))
            if not self.accept(","):
                break
        self.take("}")
        return found


def parse(text):
    return Parser(text).whole()
