"""The ledger of the real binary: restarts, kill -9, and disks that are damaged, full or read-only."""

import os
import pathlib
import random
import signal
import subprocess
import tempfile
import unittest

from program import EXPORTER, Case, Demo, Exporter, Program

CONFIGURATION = """
clusters:
  - {{url: "{url}", name: demo}}
ledger: {{path: "{ledger}", backfill_days: {days}}}
"""
DAYS = 40


def days(page, state):
    return page.value("opencost_exporter_ledger_entries", cluster="demo", state=state)


def full(page):
    """Every day that is wanted has been answered."""
    return days(page, "recorded") == DAYS and days(page, "missing") == 0


def past(page):
    """What finished days add up to; it must survive whatever happens."""
    return {name: page.sums(f"opencost_namespace_cost_{name}", "namespace", "resource")
            for name in ("yesterday", "last_7_days")}


class Disk:
    """A small file system of its own."""

    def __init__(self, folder, size):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="disk-", dir=folder))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", self.path],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            raise unittest.SkipTest(f"cannot mount a file system: {mounted.stderr.strip()}")

    def remount(self, options):
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True)

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.path], check=True)


class LedgerTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder, "--pods=5", "--nodes=2"))

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def configuration(self, ledger):
        file = self.home / "config.yaml"
        file.write_text(CONFIGURATION.format(url=self.demo.opencost, ledger=ledger, days=DAYS))
        return f"--config.file={file}"

    def exporter(self, ledger):
        return self.started(Exporter(self.folder, self.configuration(ledger)))

    def disk(self, size):
        disk = Disk(self.folder, size)
        self.addCleanup(disk.unmount)
        return disk

    def test_a_restart_asks_for_nothing_again(self):
        first = self.exporter(self.home / "ledger.db")
        before = past(first.wait_for_page("all days", full))
        first.signal(signal.SIGTERM)
        self.assertEqual(first.ended(), 0)
        second = self.exporter(self.home / "ledger.db")
        page = second.page()
        self.assertTrue(full(page), "known before the first answer")
        self.assertEqual(past(page), before)
        second.wait_for_costs()
        self.assertEqual(second.page().value("opencost_exporter_polls_total", query="day"), 0)
        self.assertEqual(second.page().value("opencost_up", query="day"), 1)
        self.assertEqual(second.page().value("opencost_exporter_ledger_persistent"), 1)

    def test_killed_while_it_fills(self):
        recorded = 0
        for _ in range(8):
            exporter = self.exporter(self.home / "ledger.db")
            page = exporter.page()
            self.assertGreaterEqual(days(page, "recorded"), recorded, "a day was lost")
            wanted = min(DAYS, days(page, "recorded") + random.randint(1, 8))
            page = exporter.wait_for_page("some more days",
                                          lambda now: days(now, "recorded") >= wanted)
            recorded = days(page, "recorded")
            exporter.signal(signal.SIGKILL)
            exporter.ended()
        exporter = self.exporter(self.home / "ledger.db")
        page = exporter.wait_for_page("all days", full)
        calm = self.exporter(self.home / "other.db")
        self.assertEqual(past(page), past(calm.wait_for_page("all days", full)))

    def test_a_second_process_is_refused(self):
        ledger = self.home / "ledger.db"
        self.exporter(ledger).wait_for_page("all days", full)
        second = self.started(Program([EXPORTER, self.configuration(ledger),
                                       "--web.listen-address=127.0.0.1:0"], self.folder))
        self.assertEqual(second.ended(), 1)
        self.assertIn(f"{ledger} is in use by another process", second.output())

    def test_a_damaged_file_is_left_alone(self):
        ledger = self.home / "ledger.db"
        ledger.write_bytes(os.urandom(10_000))
        before = ledger.read_bytes()
        exporter = self.exporter(ledger)
        page = exporter.wait_for_page("all days, from memory", full)
        self.assertEqual(page.value("opencost_exporter_ledger_persistent"), 0)
        self.assertGreaterEqual(
            page.value("opencost_exporter_ledger_failures_total", reason="damaged"), 1)
        self.assertEqual(page.value("opencost_exporter_ledger_entries_waiting"), DAYS)
        self.assertEqual(ledger.read_bytes(), before)
        self.assertRegex(exporter.output(), f"level=error .*{ledger}")
        # Somebody moves it away and has the configuration read again.
        ledger.rename(self.home / "damaged.db")
        self.assertEqual(exporter.reload()[0], 200)
        page = exporter.wait_for_page("the new file in use",
                                      lambda now: now.value("opencost_exporter_ledger_persistent"))
        self.assertEqual(page.value("opencost_exporter_ledger_entries_waiting"), 0)
        self.assertTrue(full(page))

    def test_a_full_disk(self):
        disk = self.disk("160k")
        exporter = self.exporter(disk.path / "ledger.db")
        page = exporter.wait_for_page("all days, some in memory", full)
        self.assertGreater(page.value("opencost_exporter_ledger_entries_waiting"), 0)
        self.assertEqual(page.value("opencost_exporter_ledger_persistent"), 0)
        self.assertGreaterEqual(
            page.value("opencost_exporter_ledger_failures_total", reason="full"), 1)
        before = past(page)
        disk.remount("size=16m")
        self.assertEqual(exporter.reload()[0], 200)
        page = exporter.wait_for_page("the file in use",
                                      lambda now: now.value("opencost_exporter_ledger_persistent"))
        self.assertEqual(past(page), before)
        exporter.signal(signal.SIGKILL)
        exporter.ended()
        self.assertEqual(past(self.exporter(disk.path / "ledger.db").page()), before)

    def test_a_disk_that_turns_read_only(self):
        disk = self.disk("16m")
        disk.remount("ro")
        exporter = self.exporter(disk.path / "ledger.db")
        page = exporter.wait_for_page("all days, from memory", full)
        self.assertEqual(page.value("opencost_exporter_ledger_persistent"), 0)
        self.assertGreaterEqual(
            page.value("opencost_exporter_ledger_failures_total", reason="read_only"), 1)
        before = past(page)
        disk.remount("rw")
        self.assertEqual(exporter.reload()[0], 200)
        page = exporter.wait_for_page("the file in use",
                                      lambda now: now.value("opencost_exporter_ledger_persistent"))
        self.assertEqual(past(page), before)
        self.assertTrue(full(page))

    def test_without_a_path_there_is_memory_only(self):
        file = self.home / "config.yaml"
        file.write_text(f"clusters: [{{url: \"{self.demo.opencost}\", name: demo}}]\n"
                        f"ledger: {{backfill_days: {DAYS}}}\n")
        exporter = self.started(Exporter(self.folder, f"--config.file={file}"))
        page = exporter.wait_for_page("all days", full)
        self.assertEqual(page.value("opencost_exporter_ledger_persistent"), 0)
        self.assertEqual(page.value("opencost_exporter_ledger_entries_waiting"), 0)
        self.assertEqual(page.sums("opencost_exporter_ledger_failures_total"), {(): 0})


if __name__ == "__main__":
    unittest.main()
