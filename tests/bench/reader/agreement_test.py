"""Answers that must not be taken for the same, and those that must."""

import math
import unittest

from agreement import disagreement


def answer(*rows):
    return {frozenset(labels.items()): points for labels, points in rows}


ONE = answer(({"namespace": "a"}, {0: 1.0, 60: 2.0}), ({"namespace": "b"}, {0: 3.0}))


class Agreement(unittest.TestCase):
    def test_same(self):
        self.assertEqual(disagreement(ONE, ONE), "")

    def test_within_a_millionth(self):
        self.assertEqual(disagreement(answer(({}, {0: 1000.0})), answer(({}, {0: 1000.0009}))), "")

    def test_the_sides_have_their_own_names(self):
        self.assertEqual(disagreement(answer(({"workload": "w", "workload_type": "job"}, {0: 1.0})),
                                      answer(({"controller": "w", "controller_kind": "job"}, {0: 1.0}))), "")

    def test_beyond_a_millionth(self):
        self.assertEqual(disagreement(answer(({}, {0: 1000.0})), answer(({}, {0: 1000.0011}))),
                         "{} at 0: join 1000.0, gauge 1000.0011")

    def test_beyond_a_millionth_of_little(self):
        self.assertTrue(disagreement(answer(({}, {0: 0.01})), answer(({}, {0: 0.0100001}))))

    def test_no_number(self):
        self.assertIn("gauge nan", disagreement(answer(({}, {0: 1.0})), answer(({}, {0: math.nan}))))
        self.assertIn("join nan", disagreement(answer(({}, {0: math.nan})), answer(({}, {0: math.nan}))))

    def test_nothing(self):
        self.assertEqual(disagreement({}, {}), "the join answers nothing")

    def test_a_series_less(self):
        self.assertEqual(disagreement(ONE, answer(({"namespace": "a"}, {0: 1.0, 60: 2.0}))),
                         "only the join has {'namespace': 'b'}")

    def test_a_series_more(self):
        self.assertEqual(disagreement(answer(({"namespace": "b"}, {0: 3.0})), ONE),
                         "only the gauge has {'namespace': 'a'}")

    def test_another_label(self):
        self.assertTrue(disagreement(answer(({"pod": "a"}, {0: 1.0})), answer(({"node": "a"}, {0: 1.0}))))

    def test_a_point_less(self):
        shorter = answer(({"namespace": "a"}, {0: 1.0}), ({"namespace": "b"}, {0: 3.0}))
        self.assertEqual(disagreement(ONE, shorter), "only the join has {'namespace': 'a'} at 60")

    def test_a_point_later(self):
        self.assertEqual(disagreement(answer(({}, {0: 1.0})), answer(({}, {60: 1.0}))),
                         "only the join has {} at 0")


if __name__ == "__main__":
    unittest.main()
