"""PromQL as Prometheus 2.42 reads it: parsed into a tree, so that rules need not guess at text.

What is newer, of the wrong kind, or no PromQL raises a PromQLError. So do regular expressions that only
Prometheus or only Python can read.
"""

import re
from dataclasses import replace

from promql_functions import AGGREGATIONS, FUNCTIONS
from promql_tokens import PromQLError, seconds, tokens, unquoted
from promql_tree import Aggregation, Binary, Call, Negated, Number, Selector, Subquery, Text

PRECEDENCE = {"or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, ">": 3, "<": 3, ">=": 3, "<=": 3,
              "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 6}
COMPARISONS = {"==", "!=", ">", "<", ">=", "<="}
SETS = {"or", "and", "unless"}
# Words that cannot be the name of a series.
RESERVED = {"atan2", "bool", "on", "ignoring", "group_left", "group_right"}
NOT_RE2_OR_PYTHON = re.compile(r"\\[1-9Z]|\(\?(?:[=!<>(#]|P=)|[*+?}]\+|\[\[:")


class Parser:
    def __init__(self, text, grafana):
        self.tokens, self.grafana, self.position = list(tokens(text)), grafana, 0

    def at(self, *words):
        """Whether the next token is one of these; words in any case, but never a string."""
        kind, text = self.tokens[self.position]
        return kind in ("operator", "name") and text.lower() in words

    def take(self, *wanted):
        """The next token, which is one of `wanted`, or of that kind."""
        kind, text = self.tokens[self.position]
        if kind not in wanted and not self.at(*wanted):
            raise PromQLError(f"{text!r} where {' or '.join(wanted)} should be")
        self.position += 1
        return text

    def accept(self, *words):
        return self.take(*words).lower() if self.at(*words) else ""

    def whole(self):
        node = self.expression()
        self.take("the end")
        return node

    def expression(self, least=0):
        left = self.unary()
        while self.at(*PRECEDENCE) and PRECEDENCE[self.tokens[self.position][1].lower()] > least:
            operator = self.accept(*PRECEDENCE)
            flag, matching = bool(self.accept("bool")), self.accept("on", "ignoring")
            labels, group, include = self.labels() if matching else (), "", ()
            if matching:
                group = self.accept("group_left", "group_right")
                include = self.labels() if group and self.at("(") else ()
            right = self.expression(PRECEDENCE[operator] - (operator == "^"))
            left = checked(Binary(operator, left, right, flag, matching, labels, group, include))
        return left

    def unary(self):
        """A sign binds as a product does: -2 ^ 2 is -(2 ^ 2)."""
        sign = self.accept("-", "+")
        if not sign:
            return self.suffixed()
        node = self.expression(PRECEDENCE["*"])
        if node.kind not in ("scalar", "vector"):
            raise PromQLError(f"{sign} before a {node.kind}")
        if sign == "+":
            return node
        return Number(-node.value) if isinstance(node, Number) else Negated(node)

    def suffixed(self):
        bare = not self.at("(")
        node = self.primary()
        while True:
            if self.tokens[self.position][0] == "range":
                node = self.ranged(node, bare)
                bare = True
            elif self.at("offset", "@"):
                word = self.accept("offset", "@")
                field, read = ("offset", self.shift) if word == "offset" else ("at", self.moment)
                if not bare or not isinstance(node, (Selector, Subquery)) or getattr(node, field):
                    raise PromQLError(f"{word} of what is no series, or has one")
                node = replace(node, **{field: read()})
            else:
                return node

    def ranged(self, node, bare):
        span, colon, step = self.take("range")
        self.duration(span)
        if colon:
            if node.kind != "vector":
                raise PromQLError(f"a subquery of a {node.kind}")
            return Subquery(node, span, self.duration(step) if step else "")
        if not bare or not isinstance(node, Selector) or node.range or node.offset or node.at:
            raise PromQLError("a range of what is no series, or is one of another time")
        return replace(node, range=span)

    def shift(self):
        return self.accept("-") + self.duration(self.take("duration"))

    def duration(self, text):
        if not (self.grafana and text.startswith("$__")) and not seconds(text):
            raise PromQLError(f"{text!r} is no time at all")
        return text

    def moment(self):
        word = self.accept("start", "end")
        if word:
            self.take("(")
            self.take(")")
            return word
        sign, number = self.accept("-", "+"), self.take("number")
        if number.lower() in ("inf", "nan"):
            raise PromQLError(f"@ {number} is no time")
        return sign + number

    def primary(self):
        kind, text = self.tokens[self.position]
        if self.accept("("):
            node = self.expression()
            self.take(")")
            return node
        if self.at("{"):
            return self.selector("")
        self.take("number", "string", "name")
        if kind == "number":
            return Number(float(int(text, 16) if text[:2] in ("0x", "0X") else text))
        if kind == "string":
            return Text(unquoted(text))
        if text.lower() in AGGREGATIONS and self.at("(", "by", "without"):
            return self.aggregation(text.lower())
        if self.at("("):
            return self.call(text)
        if text.lower() in RESERVED:
            raise PromQLError(f"{text!r} where a series should be")
        return self.selector(text)

    def listed(self, what, last=False):
        """( what, what ); `last` says whether a comma may be the last."""
        self.take("(")
        found = []
        while not self.at(")"):
            found.append(what())
            if not self.accept(","):
                break
            if not last and self.at(")"):
                raise PromQLError("a comma and nothing more")
        self.take(")")
        return tuple(found)

    def label(self):
        text = self.take("name")
        if ":" in text:
            raise PromQLError(f"{text!r} is no label")
        return text

    def labels(self):
        found = self.listed(self.label, last=True)
        if "without" in map(str.lower, found):
            raise PromQLError("without cannot be grouped by")
        return found

    def aggregation(self, name):
        grouping = self.accept("by", "without")
        labels = self.labels() if grouping else ()
        arguments = self.arguments(name, AGGREGATIONS[name])
        if not grouping:
            grouping = self.accept("by", "without")
            labels = self.labels() if grouping else ()
        return Aggregation(name, arguments, grouping, labels)

    def call(self, name):
        if name not in FUNCTIONS:
            raise PromQLError(f"{name} is no function of Prometheus 2.42")
        return Call(name, self.arguments(name, FUNCTIONS[name]))

    def arguments(self, name, signature):
        found = self.listed(self.expression)
        kinds = [each.kind for each in found]
        if not re.fullmatch(signature, "".join(kind[0] for kind in kinds)):
            raise PromQLError(f"{name} of {', '.join(kinds) or 'nothing'}")
        return found

    def selector(self, name):
        matchers = self.matchers() if self.at("{") else ()
        if name and any(label == "__name__" for label, _, _ in matchers):
            raise PromQLError(f"{name} has two names")
        if not name and all(matches_nothing(*each[1:]) for each in matchers):
            raise PromQLError("a selector of everything")
        return Selector(name, matchers)

    def matchers(self):
        self.take("{")
        found = []
        while not self.at("}"):
            label, operator = self.label(), self.take("=", "!=", "=~", "!~")
            value = unquoted(self.take("string"))
            if operator.endswith("~"):
                readable(value)
            found.append((label, operator, value))
            if not self.accept(","):
                break
        self.take("}")
        return tuple(found)


def readable(value):
    """A regular expression that Prometheus and Python read alike."""
    if NOT_RE2_OR_PYTHON.search(value.replace("\\\\", "")):
        raise PromQLError(f"{value!r} is no regular expression to Prometheus, or to Python")
    try:
        re.compile(value)
    except re.error as fault:
        raise PromQLError(f"{value!r} is no regular expression: {fault}") from fault


def matches_nothing(operator, value):
    """Whether a series without the label is chosen."""
    matched = re.fullmatch(value, "") if operator.endswith("~") else not value
    return bool(matched) != operator.startswith("!")


def checked(node):
    """Of two sides that go together."""
    sides, compares = {node.left.kind, node.right.kind}, node.operator in COMPARISONS
    for wrong, what in (
            (sides - {"scalar", "vector"}, f"of a {node.left.kind} and a {node.right.kind}"),
            (node.bool and not compares, "is no comparison, so it has no bool"),
            (compares and sides == {"scalar"} and not node.bool, "of two scalars needs bool"),
            (node.operator in SETS and "scalar" in sides, "of a scalar"),
            (node.labels and "scalar" in sides, f"{node.matching} of a scalar"),
            (node.operator in SETS and node.group, f"has no {node.group}"),
            (node.matching == "on" and set(node.labels) & set(node.include), "has a label on both sides")):
        if wrong:
            raise PromQLError(f"{node.operator} {what}")
    return node


def parse(text, grafana=False):
    """The tree of an expression. With `grafana`, $__interval and the like stand where a duration may."""
    return Parser(text, grafana).whole()
