"""What --record kept, --replay shows again: the same page, byte for byte, under a name of its own."""

import pathlib
import re
import signal
import unittest

from exposition import Page
from program import EXPORTER, Case, Demo, Exporter, Program, get, queries

COSTS = "/metrics?collect[]=cost"


def unnamed(page):
    """The page without the line that says which report it is of."""
    rest, snapshots = re.subn(r"(?m)^opencost_snapshot_id [0-9]+\n", "", page)
    assert snapshots == 1, f"{snapshots} snapshots"
    return rest


class Replay(Case):
    def setUp(self):
        self.recordings = pathlib.Path(self.folder) / self.id()

    def record(self, demo):
        recorder = self.started(Exporter(self.folder, f"--record={self.recordings}",
                                         environment={"OPENCOST_URL": demo.opencost}))
        recorder.wait_for_costs()
        page = get(recorder.base + COSTS)
        recorder.signal(signal.SIGTERM)
        self.assertEqual(recorder.ended(), 0)
        return page

    def replay(self):
        return self.started(Exporter(self.folder, f"--replay={self.recordings}"))

    def test_shows_the_same_page(self):
        demo = self.started(Demo(self.folder, "--seed=7", "--pods=200"))
        recorded = self.record(demo)
        days = Page(recorded).family("opencost_window_coverage_ratio", window="last_month")
        self.assertEqual(list(days.values()), [1])
        self.assertGreater(len(list(self.recordings.glob("*.http"))), len(queries()) + 28)
        demo.signal(signal.SIGTERM)
        self.assertEqual(demo.ended(), 0)
        self.assertGreater(len(recorded), 10_000)
        replayed = get(self.replay().base + COSTS)
        self.assertTrue(unnamed(replayed) == unnamed(recorded), "the pages differ")

    def test_shows_failures_as_well(self):
        demo = self.started(Demo(self.folder))
        demo.wait_for_costs()
        demo.fail_next("login-page")
        recorder = self.started(Exporter(self.folder, f"--record={self.recordings}",
                                         environment={"OPENCOST_URL": demo.opencost}))
        recorder.wait_for_page("all queries to be asked", lambda page: all(
            page.value("opencost_exporter_polls_total", query=query) for query in queries()))
        recorder.signal(signal.SIGTERM)
        self.assertEqual(recorder.ended(), 0)
        page = self.replay().page()
        self.assertEqual(page.value("opencost_exporter_poll_failures_total", query="current",
                                    reason="content_type"), 1)
        self.assertEqual(page.value("opencost_up", query="assets"), 1)
        self.assertFalse(page.family("opencost_cluster_cost_per_hour"))

    def test_wants_recordings(self):
        program = self.started(Program([EXPORTER, f"--replay={self.recordings}"], self.folder))
        self.assertEqual(program.ended(), 1)
        self.assertIn(str(self.recordings), program.output())


if __name__ == "__main__":
    unittest.main()
