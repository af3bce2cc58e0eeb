#!/usr/bin/env python3
"""What is PromQL, what is none, and what binds closer; where promtool is, it must agree on all of it."""

import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.append(str(ROOT / "alerts/source"))

import rules as rule_files  # noqa: E402
from promql import COMPARISONS, PRECEDENCE, PromQLError, parse, seconds  # noqa: E402
from promql_functions import AGGREGATIONS, FUNCTIONS  # noqa: E402
from promql_tree import (Aggregation, Binary, Call, Negated, Number, Selector, Subquery, Text,  # noqa: E402
                         without_offsets)

# Named by ctest; without it, one that is on the path.
PROMTOOL = os.environ.get("PROMTOOL_BINARY") or shutil.which("promtool")
A, B, C, D = map(Selector, "abcd")
TWO, FIVE = Number(2.0), Number(5.0)
GOOD = {
    "a": A, ":a:b": Selector(":a:b"), "a{}": A, "and": Selector("and"), "sum": Selector("sum"),
    "a{b='c', by!~\"d|e\",}": Selector("a", (("b", "=", "c"), ("by", "!~", "d|e"))),
    "{a=~'.+'}": Selector("", (("a", "=~", ".+"),)),
    "{__name__='a'}": Selector("", (("__name__", "=", "a"),)),
    "2": TWO, "5.": FIVE, "0x5": FIVE, ".5e1": FIVE, "+5": FIVE, "-5": Number(-5.0),
    "Inf": Number(float("inf")),
    "'a\\'b\\n'": Text("a'b\n"), '"\\x41\\u00e9\\101#"': Text("AéA#"), "`\\d\n`": Text("\\d\n"),
    "a[5m]": Selector("a", (), "5m"), "a [ 1h30m # an hour and a half\n]": Selector("a", (), "1h30m"),
    "a offset -5m": Selector("a", offset="-5m"), "a @ -5 OFFSET 1d": Selector("a", offset="1d", at="-5"),
    "a[5m] offset 1w @ end()": Selector("a", (), "5m", "1w", "end"),
    "(a)[1h:]": Subquery(A, "1h"), "a offset 1d[1h:5m] offset 1w":
        Subquery(Selector("a", offset="1d"), "1h", "5m", "1w"),
    "rate(a[5m])[1h : 1m] @ start()":
        Subquery(Call("rate", (Selector("a", (), "5m"),)), "1h", "1m", "", "start"),
    "sum(a)": Aggregation("sum", (A,)), "SUM BY (b, c,) (a)": Aggregation("sum", (A,), "by", ("b", "c")),
    "sum(a) without ()": Aggregation("sum", (A,), "without"), "topk(2, a)": Aggregation("topk", (TWO, A)),
    "count_values by (b) ('c', a)": Aggregation("count_values", (Text("c"), A), "by", ("b",)),
    "time()": Call("time", ()), "hour()": Call("hour", ()), "round(a, 5)": Call("round", (A, FIVE)),
    "-a": Negated(A), "--a": Negated(Negated(A)), "-a offset 5m": Negated(Selector("a", offset="5m")),
    "-2 ^ 2": Negated(Binary("^", TWO, TWO)), "-a * b": Binary("*", Negated(A), B),
    "2 ^ -2": Binary("^", TWO, Number(-2.0)),
    "a ^ -b * c": Binary("*", Binary("^", A, Negated(B)), C), "a ^ b ^ c": Binary("^", A, Binary("^", B, C)),
    "a - b - c": Binary("-", Binary("-", A, B), C), "a - (b - c)": Binary("-", A, Binary("-", B, C)),
    "a / b atan2 c": Binary("atan2", Binary("/", A, B), C), "a + b * c": Binary("+", A, Binary("*", B, C)),
    "a or b AND c unless d # why": Binary("or", A, Binary("unless", Binary("and", B, C), D)),
    "a > b == c + d": Binary("==", Binary(">", A, B), Binary("+", C, D)),
    "a and b > 2": Binary("and", A, Binary(">", B, TWO)), "2 > bool 2": Binary(">", TWO, TWO, True),
    "a == bool on (c) b": Binary("==", A, B, True, "on", ("c",)),
    "a * ignoring (c) group_left b": Binary("*", A, B, False, "ignoring", ("c",), "group_left"),
    "a / on (c,) group_right (d) b": Binary("/", A, B, False, "on", ("c",), "group_right", ("d",)),
    "5 + on () 5": Binary("+", FIVE, FIVE, False, "on"),
}
# By what is said of them.
BAD = {
    "'the end' where": ("", " # nothing", "(a", "a ==", "a + + ", "a offset", "sum(", "a * on (b"),
    "')' where": ("a)",),
    "'b' where the end": ("a b",),
    "'5m' where the end": ("a 5m",),
    "'=' where the end": ("a = 0",),
    "'=~' where": ("a =~ b",),
    "'==' where": ("a == == b", "a{b=='c'}"),
    "is not PromQL": ("a $ b", "é", "5mm", "1h30", "1_000", "a[5m", "a[]", "a[:]", "a{b~'c'}", "a{b='",
        '"a\nb"'),
    "'5m' where": ("5m",),
    "'5' is no duration": ("a[5]",),
    "'x' is no duration": ("a[x]", "a[5m:x]"),
    "'2d1y' is no duration": ("a[2d1y]",),
    "'0s' is no time at all": ("a[0s]", "a offset 0s"),
    "is no duration": ("a[$__range]", "a offset $__interval"),
    "'b' where duration": ("a offset b",),
    "'+' where duration": ("a offset +5m",),
    "'5m1h' is no duration": ("a offset 5m1h",),
    "or has one": ("a offset 5m offset 5m",),
    "offset of what": ("(a) offset 5m", "5 offset 5m"),
    "@ of what is no series": ("a @ 5 @ 5",),
    "'b' where number": ("a @ b",),
    "where (": ("a @ start", "sum(a) by"),
    "@ inf is no time": ("a @ inf",),
    "'@' where": ("@ 5",),
    "a range of what": ("a[5m][5m]", "(a)[5m]", "sum(a)[5m]", "a offset 5m [5m]"),
    "a subquery of a scalar": ("5[5m:]",),
    "a subquery of a range": ("a[5m:][5m:]",),
    "a selector of everything": ("{}", "{a=~'.*'}", "{a!='b'}"),
    "a has two names": ("a{__name__='b'}",),
    "'c' where string": ("a{b=c}",),
    "'}' where": ("a{b}",),
    "',' where name": ("a{,}", "sum by (,) (a)", "sum by (a,,b) (c)"),
    "'d' where }": ("a{b='c' d='e'}",),
    "where }": ("a{b='c'",),
    "'b:c' is no label": ("a{b:c='d'}",),
    "where name": ("a{'b'}",),
    "is no escape": ('"\\q"', '\'\\"\'', '"\\xf"'),
    "no regular expression": ("a{b=~'['}", "a{b=~'(?=c)'}", "a{b=~'(c)\\\\1'}", "a{b=~'c++'}", "a{b!~'*'}"),
    "a comma and nothing more": ("sum(a,)",),
    "'b' where (": ("sum by b (a)", "a * on b"),
    "'by' where the end should be": ("sum by (a) (b) by (c)", "a by (b)"),
    "is no label": ("sum by (a:b) (c)",),
    "cannot be grouped": ("sum by (without) (a)",),
    "sum of nothing": ("sum()",),
    "sum of scalar": ("sum(5)",),
    "sum of vector, vector": ("sum(a, b)",),
    "topk of vector": ("topk(a)",),
    "topk of vector, vector": ("topk(a, b)",),
    "count_values of scalar, vector": ("count_values(5, a)",),
    "is no function of Prometheus 2.42": ("nothing(a)", "sort_by_label(a)",
        "double_exponential_smoothing(a[5m], 1, 1)", "limitk(1, a)", "Rate(a)", "on (a) b"),
    "rate of vector": ("rate(a)",),
    "abs of range": ("abs(a[5m])",),
    "abs of nothing": ("abs()",),
    "abs of vector, vector": ("abs(a, b)",),
    "'bool' where the end": ("rate(a[5m]) bool",),
    "where a series should be": ("bool", "a > on (c) bool b", "a * group_left b"),
    "is no comparison": ("a + bool b",),
    "of two scalars needs bool": ("1 > 2",),
    "and of a scalar": ("a and 1",),
    "or of a scalar": ("1 or 1",),
    "of a vector and a text": ("a + 'b'",),
    "of a range and a vector": ("a[5m] + b",),
    "on of a scalar": ("1 + on (a) 1",),
    "- before a text": ("-'a'",),
    "- before a range": ("-a[5m]",),
    "has no group_left": ("a and on (b) group_left c",),
    "has a label on both sides": ("a * on (c) group_left (c) b",),
}
GRAFANA = ["rate(a[$__rate_interval])", "a offset $__interval", "max_over_time(a[$__range:$__interval])"]


def shipped():
    """What alerts and dashboards ask, Grafana's durations put in."""
    yield from (rule.expr for rule in rule_files.read())
    for path in sorted((ROOT / "dashboards").glob("*.json")):
        for text in re.findall(r'"expr": ("(?:[^"\\]|\\.)*")', path.read_text()):
            yield re.sub(r"\$__\w+", "5m", json.loads(text))


def combinations():
    """Every function and aggregation of everything, every operator of every two."""
    one = ("a", "a[5m]", "1", "'b'")
    for name in [*FUNCTIONS, *AGGREGATIONS]:
        for count in range(4):
            yield from (f"{name}({', '.join(each)})" for each in itertools.product(one, repeat=count))
    for left, right, operator in itertools.product(one, one, PRECEDENCE):
        for more in ("", "bool ", "on (c) ", "on () ", "bool ignoring (c) group_left (d) ",
                     "on (c) group_right (c) "):
            yield f"{left} {operator} {more}{right}"


def mutants(expressions, count):
    """A word left out, exchanged or put in; the same ones every time."""
    chance = random.Random(242)
    word = re.compile(r'"(?:\\.|[^"\\])*"|[$\w:.]+|[=!<>]=|=~|!~|\s+|.', re.DOTALL)
    broken = [word.findall(each) for each in expressions]
    pool = [word for each in broken for word in each]
    for words in chance.choices([each for each in broken if 0 < len(each) < 80], k=count):
        at, other = chance.randrange(len(words)), chance.choice(pool)
        mutant = words[:at] + chance.choice(([], [other], [words[at], other])) + words[at + 1:]
        if "".join(mutant).strip():
            yield "".join(mutant)


def ours(text):
    try:
        parse(text)
    except PromQLError as fault:
        return str(fault)
    return ""


def theirs(texts, folder):
    """{index: what promtool says} of those it refuses."""
    path = pathlib.Path(folder) / "rules.yml"
    path.write_text(json.dumps({"groups": [{"name": "all", "rules": [
        {"record": f"r{index}", "expr": text} for index, text in enumerate(texts)]}]}))
    said = subprocess.run([PROMTOOL, "check", "rules", "--lint=none", path], capture_output=True, text=True,
                          check=False).stderr
    return {int(index): fault for index, fault in re.findall(r'"r(\d+)": (.*)', said)}


def spelt(node):
    """With every bracket that there can be."""
    if isinstance(node, Binary):
        return f"({spelt(node.left)} {node.operator} {'bool ' * node.bool}{spelt(node.right)})"
    return f"(-{spelt(node.operand)})" if isinstance(node, Negated) else f"({node.value})"


class OurWord(unittest.TestCase):
    def test_the_good_ones_and_their_trees(self):
        for text, tree in GOOD.items():
            with self.subTest(text):
                self.assertEqual(parse(text), tree)

    def test_the_bad_ones_and_what_is_said(self):
        for said, texts in BAD.items():
            for text in texts:
                with self.subTest(text):
                    self.assertIn(said, ours(text) or "nothing was said")

    def test_durations_of_grafana(self):
        for text in GRAFANA:
            with self.subTest(text):
                parse(text, grafana=True)
                self.assertNotEqual(ours(text), "")

    def test_durations(self):
        self.assertEqual([seconds(each) for each in ("1h30m", "1d", "250ms")], [5400, 86400, 0.25])
        for text in ("", "5", "5 minutes", "m", "1m1h", "-5m", "1.5h"):
            with self.subTest(text), self.assertRaises(PromQLError):
                seconds(text)

    def test_the_same_about_the_present(self):
        then, now = "sum(rate(a[5m] offset 1d)) / -b offset 1w", "sum(rate(a[5m])) / -b"
        self.assertEqual(without_offsets(parse(then)), parse(now))


@unittest.skipUnless(PROMTOOL, "no promtool")
class TheirWord(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def agree(self, texts):
        refused = theirs(texts, self.folder)
        differ = [(text, ours(text), refused.get(index)) for index, text in enumerate(texts)
                  if (index in refused) != bool(ours(text))]
        self.assertEqual(differ[:10], [])
        return len(refused)

    def test_of_what_is_written_here(self):
        bad = list(itertools.chain(*BAD.values()))
        self.assertGreater(len(bad), len(GOOD))
        self.assertEqual(self.agree([*GOOD, *bad]), len(bad))

    def test_of_what_is_shipped(self):
        texts = list(shipped())
        self.assertGreater(len(texts), 200)
        self.assertEqual(self.agree(texts), 0)

    def test_of_every_function_and_every_operator(self):
        self.assertGreater(self.agree(list(combinations())), 1000)

    def test_of_what_is_almost_right(self):
        self.assertGreater(self.agree(list(mutants([*GOOD, *shipped()], 4000))), 1000)

    def test_of_what_binds_closer(self):
        """A sum means what it means with all brackets that our tree would give it."""
        chance, cases = random.Random(242), []
        words = ("+", "-", "*", "^", "atan2", *(f"{each} bool" for each in COMPARISONS))
        for _ in range(300):
            text = chance.choice(("", "-")) + "3"
            for _ in range(4):
                text += f" {chance.choice(words)} {chance.choice(('', '', '-'))}{chance.choice('12')}"
            cases.append({"expr": f"({text}) - ({spelt(parse(text))})", "exp_samples": [{"value": 0}]})
        path = pathlib.Path(self.folder) / "sums_test.yml"
        path.write_text(json.dumps({"tests": [{"interval": "1m", "promql_expr_test": cases}]}))
        answer = subprocess.run([PROMTOOL, "test", "rules", path], capture_output=True, text=True,
                                check=False)
        self.assertEqual(answer.returncode, 0, answer.stdout[:2000] + answer.stderr[:2000])


if __name__ == "__main__":
    unittest.main()
