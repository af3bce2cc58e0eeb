"""Signals, reloads and exit codes of the real process."""

import pathlib
import signal
import socket
import subprocess
import time
import unittest

from program import EXPORTER, Case, Demo, Exporter, Program
from waiting import PATIENCE

CONFIGURATION = """
clusters:
  - url: {url}
    timeout: {timeout}
metrics:
  pods: {pods}
"""


def ended_with(folder, *arguments):
    """(exit code, output) of a run that ends by itself."""
    program = Program([EXPORTER, *arguments], folder)
    try:
        return program.ended(), program.output()
    finally:
        program.kill()


class ReloadTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder))

    def setUp(self):
        self.file = pathlib.Path(self.folder) / "config.yaml"
        self.write(pods="true")
        self.exporter = self.started(Exporter(self.folder, f"--config.file={self.file}"))
        self.exporter.wait_for_costs()

    def write(self, **keys):
        self.file.write_text(CONFIGURATION.format(
            **{"url": self.demo.opencost, "timeout": "2m", "pods": "true", **keys}))

    def wait_for_pods(self, present):
        return self.exporter.wait_for_page("the pods to " + ("appear" if present else "go"), lambda page:
                                           bool(page.family("opencost_pod_cost_per_hour")) == present)

    def loaded(self, page):
        return [page.value(f"opencost_exporter_config_last_reload_{name}")
                for name in ("successful", "success_timestamp_seconds")]

    def test_hangup_reads_the_file_again(self):
        before = self.loaded(self.exporter.page())
        self.write(pods="false")
        self.exporter.signal(signal.SIGHUP)
        after = self.loaded(self.wait_for_pods(False))
        self.assertEqual((before[0], after[0]), (1, 1))
        self.assertGreater(after[1], before[1])

    def test_hangup_with_a_broken_file_changes_nothing(self):
        before = self.loaded(self.exporter.page())
        self.write(pods="perhaps")
        self.exporter.signal(signal.SIGHUP)
        page = self.exporter.wait_for_page("the refusal to be told", lambda page:
                                           self.loaded(page)[0] == 0)
        self.assertEqual(self.loaded(page)[1], before[1])
        self.assertTrue(page.family("opencost_pod_cost_per_hour"))
        self.assertIn("metrics.pods", self.exporter.find(r'(msg="reload refused".*)'))

    def test_post_tells_the_outcome(self):
        self.write(pods="false")
        self.assertEqual(self.exporter.reload()[0], 200)
        self.wait_for_pods(False)
        self.file.write_text("clusters: []\npols: 5\n")
        status, text = self.exporter.reload()
        self.assertEqual(status, 500)
        self.assertIn("config.yaml:2: pols", text)
        self.wait_for_pods(False)
        self.write(pods="true")
        self.assertEqual(self.exporter.reload()[0], 200)
        self.wait_for_pods(True)

    def test_a_reload_keeps_the_figures(self):
        self.write(timeout="1m")
        self.assertEqual(self.exporter.reload()[0], 200)
        self.assertTrue(self.exporter.page().family("opencost_cluster_cost_per_hour"))


class StopTest(Case):
    def test_ends_at_once_while_opencost_is_silent(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(PATIENCE)
            url = "http://127.0.0.1:%d" % silent.getsockname()[1]
            for number in (signal.SIGTERM, signal.SIGINT):
                exporter = self.started(Exporter(self.folder, environment={"OPENCOST_URL": url}))
                asking, _ = silent.accept()
                with asking:
                    asking.settimeout(PATIENCE)
                    self.assertIn(b"GET /allocation?", asking.recv(4096))
                    began = time.monotonic()
                    exporter.signal(number)
                    self.assertEqual(exporter.ended(), 0)
                    self.assertLess(time.monotonic() - began, 1)

    def test_ends_at_once_while_the_demo_stalls(self):
        demo = self.started(Demo(self.folder))
        demo.wait_for_costs()
        demo.fail_next("stall")
        exporter = self.started(Exporter(self.folder, environment={"OPENCOST_URL": demo.opencost}))
        page = exporter.page()
        self.assertEqual(set(page.family("opencost_exporter_polls_total").values()), {0})
        began = time.monotonic()
        exporter.signal(signal.SIGTERM)
        self.assertEqual(exporter.ended(), 0)
        self.assertLess(time.monotonic() - began, 1)

    def test_the_demo_ends_as_well(self):
        demo = self.started(Demo(self.folder))
        demo.signal(signal.SIGTERM)
        self.assertEqual(demo.ended(), 0)


class ExitCodeTest(Case):
    def test_1_when_it_cannot_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            code, output = ended_with(self.folder, "demo", f"--web.listen-address={address}")
        self.assertEqual(code, 1)
        self.assertIn(address, output)

    def test_2_when_it_was_asked_wrongly(self):
        for arguments, said in ((("--loud",), "--loud"), (("run",), "clusters"),
                                (("--config.file=none.yaml",), "none.yaml"),
                                (("check-config", "--log.level=loud"), "--log.level")):
            with self.subTest(arguments):
                code, output = ended_with(self.folder, *arguments)
                self.assertEqual(code, 2)
                self.assertIn(said, output)

    def test_0_when_all_was_said(self):
        for arguments, said in ((("--version",), "opencost-exporter"), (("--help",), "--config.file"),
                                (("print-docs",), "# Metrics")):
            done = subprocess.run([EXPORTER, *arguments], capture_output=True, text=True, check=False,
                                  timeout=PATIENCE)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(said, done.stdout)


if __name__ == "__main__":
    unittest.main()
