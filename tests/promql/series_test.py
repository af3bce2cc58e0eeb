#!/usr/bin/env python3
"""Which labels a result has, and what is said of series and labels that are not there."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True

from promql import parse
from series import TARGET_LABELS, Series, unknown_labels, unknown_series

SERIES = Series({"up": set()}, {"idle:sum": parse("sum without (resource) (opencost_idle_cost_per_hour)")})
ADDED = set(TARGET_LABELS)
IDLE, NODE = "opencost_idle_cost_per_hour", "opencost_node_cost_per_hour"
LABELS = {
    "1": None, "time()": None, "-1 + 2": None, "scalar(up)": None,
    "up": ADDED, "up + 1": ADDED, "1 + up": ADDED,
    IDLE: ADDED | {"cluster", "resource"}, f"rate({IDLE}[1h:])": ADDED | {"cluster", "resource"},
    "idle:sum": ADDED | {"cluster"}, "vector(1)": set(), "absent(up{job='x'})": set(), "sum(up)": set(),
    f"-max by (cluster) ({IDLE})": {"cluster"}, f"topk(1, {IDLE})": ADDED | {"cluster", "resource"},
    "sum by (job) (up) or sum by (pod) (up)": {"job", "pod"},
    "sum by (job, pod) (up) and on (job) sum by (job) (up)": {"job", "pod"},
    "sum by (job, pod) (up) * on (job) sum by (job, node) (up)": {"job"},
    "sum by (job, pod) (up) * ignoring (pod) sum by (job) (up)": {"job"},
    "sum by (job, pod) (up) * on (job) group_left (node) sum by (job, node) (up)": {"job", "pod", "node"},
    "sum by (job) (up) * on (job) group_right () sum by (job, node) (up)": {"job", "node"},
    "label_replace(sum(up), 'pod', 'x', '', '')": {"pod"}, "label_join(sum(up), 'pod', 'x')": {"pod"},
    "histogram_quantile(0.9, sum by (job, le) (up))": {"job"},
}
UNKNOWN = {
    "nothing": "there is no series nothing", "up_bucket": "there is no series up_bucket",
    f"{IDLE}_sum": f"there is no series {IDLE}_sum", "up{node='x'}": "up has no label node",
    f"{IDLE}{{node='x'}}": f"{IDLE} has no label node",
    "idle:sum{resource='x'}": "idle:sum has no label resource",
    f"sum by (node) ({IDLE})": "sum by (node): what",
    f"max without (node) ({IDLE})": "max without (node): what",
    f"{IDLE} / on (node) {NODE}": "/ on (node): a side",
    "up * ignoring (node) up": "* ignoring (node): a side",
}


class Labels(unittest.TestCase):
    def test_of_results(self):
        for text, labels in LABELS.items():
            with self.subTest(text):
                self.assertEqual(SERIES.labels(parse(text)), labels)

    def test_that_are_added(self):
        self.assertEqual(SERIES.added("up"), list(TARGET_LABELS))
        self.assertEqual(SERIES.added("opencost_pod_cost_per_hour"),
                         ["job", "instance", "container", "endpoint", "service"])

    def test_what_is_unknown(self):
        for text, said in UNKNOWN.items():
            with self.subTest(text):
                tree = parse(text)
                found = [*unknown_series(tree, SERIES), *unknown_labels(tree, SERIES)]
                self.assertEqual(len(found), 1, found)
                self.assertIn(said, found[0])

    def test_what_is_known(self):
        for text in (IDLE, "up{job='x'}", "idle:sum{cluster='x'}", "count({__name__=~'opencost.+'})",
                     f"{IDLE} * on (cluster) group_left () idle:sum"):
            with self.subTest(text):
                tree = parse(text)
                self.assertEqual([*unknown_series(tree, SERIES), *unknown_labels(tree, SERIES)], [])


if __name__ == "__main__":
    unittest.main()
