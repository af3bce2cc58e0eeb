"""Every way in which OpenCost fails: how it is counted, and that the exporter is well again when
OpenCost is."""

import pathlib
import signal
import unittest

from program import TODAY, Case, Demo, Exporter, queries

# kind -> (family, reason) that counts it for the query `current`. None: nothing to count.
FAILED = "opencost_exporter_poll_failures_total"
REJECTED = "opencost_exporter_rows_rejected_total"
CLAMPED = "opencost_exporter_idle_clamped_total"
COUNTED = {
    "envelope500": (FAILED, "envelope"),
    "error500": (FAILED, "http_status"),
    "error503": (FAILED, "http_status"),
    "error429": (FAILED, "http_status"),
    "text400": (FAILED, "http_status"),
    "old-window-error": (FAILED, "http_status"),
    "empty-body": (FAILED, "parse"),
    "empty-list": (FAILED, "empty"),
    "empty-set": (FAILED, "empty"),
    "null-set": (FAILED, "empty"),
    "only-idle": (FAILED, "empty"),
    "few-rows": None,  # looks right to who has not seen more
    "null-costs": (REJECTED, "null_cost"),
    "negative-minutes": (REJECTED, "negative_minutes"),
    "absurd-cost": (REJECTED, "absurd_cost"),
    "negative-idle": (CLAMPED, None),
    "duplicate-row": (REJECTED, "duplicate"),
    "invalid-utf8": (FAILED, "parse"),
    "deep-nesting": (FAILED, "parse"),
    "login-page": (FAILED, "content_type"),
    "redirect": (FAILED, "redirect"),
    "truncated": (FAILED, "parse"),
    "truncated-connection": (FAILED, "reset"),
    "stall": (FAILED, "timeout"),
    "drip": (FAILED, "timeout"),
}
CONFIGURATION = """
clusters:
  - url: {url}
    timeout: {timeout}
poll:
  retries: {retries}
"""


class BadDay(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder))
        cls.demo.wait_for_costs()
        cls.file = pathlib.Path(cls.folder) / "config.yaml"

    def write(self, timeout, retries=0):
        self.file.write_text(CONFIGURATION.format(url=self.demo.opencost, timeout=timeout,
                                                  retries=retries))

    def start(self):
        return self.started(Exporter(self.folder, f"--config.file={self.file}"))

    def asked(self, exporter, failed):
        def shown(page):
            polled = page.value("opencost_exporter_polls_total", query="current")
            # The exporter's own metrics are live, costs are published a moment later.
            return polled and (failed or page.family("opencost_cluster_cost_per_hour"))
        return exporter.wait_for_page("the first poll to end", shown)

    def test_every_fault_is_known_here(self):
        self.assertEqual(sorted(self.demo.faults()), sorted(COUNTED))

    def test_each_fault_is_counted_for_what_it_is_and_survived(self):
        for kind, counted in COUNTED.items():
            with self.subTest(kind):
                self.write(timeout="500ms" if kind in ("stall", "drip") else "1m")
                self.demo.fail_next(kind)
                exporter = self.start()
                try:
                    self.expect(exporter, *(counted or (None, None)))
                    # New settings make it ask anew; minutes would pass otherwise.
                    self.write(timeout="59s")
                    exporter.signal(signal.SIGHUP)
                    exporter.wait_for_costs()
                    exporter.signal(signal.SIGTERM)
                    self.assertEqual(exporter.ended(), 0)
                finally:
                    exporter.kill()

    def expect(self, exporter, family, reason):
        failed = family == FAILED
        page = self.asked(exporter, failed)
        self.assertEqual(page.value("opencost_up", query="current"), 0 if failed else 1)
        self.assertEqual(bool(page.family("opencost_cluster_cost_per_hour")), not failed)
        for name in (FAILED, REJECTED):
            counts = {dict(labels)["reason"]: value for labels, value in
                      page.family(name, query="current").items() if value}
            self.assertEqual(set(counts), {reason} if name == family else set())
        if family == CLAMPED:
            self.assertEqual(page.value(CLAMPED, query="current"), 1)

    def test_what_passes_by_itself_is_asked_again(self):
        for kind in ("error503", "error429"):  # both ask for a second of patience
            with self.subTest(kind):
                self.write(timeout="1m", retries=1)
                self.demo.fail_next(kind)
                page = self.start().wait_for_costs()
                self.assertEqual(page.value("opencost_exporter_poll_retries_total",
                                            query="current"), 1)
                self.assertEqual(sum(page.family(FAILED).values()), 0)

    def test_the_last_good_figures_stay(self):
        self.write(timeout="1m")
        exporter = self.start()
        figures = exporter.wait_for_costs().family("opencost_cluster_cost_per_hour")
        self.demo.fail_next("login-page", len(queries()))
        self.write(timeout="59s")
        exporter.signal(signal.SIGHUP)
        page = exporter.wait_for_page("every query to fail", lambda page: not any(
            page.value("opencost_up", query=query) for query in queries()))
        self.assertEqual(page.family("opencost_cluster_cost_per_hour"), figures)
        self.assertTrue(page.family("opencost_node_cost_per_hour"))
        self.assertEqual(bool(page.family("opencost_cluster_cost_today")), TODAY)


if __name__ == "__main__":
    unittest.main()
