"""Running the real programs: each on a free port of the loopback, with files of its own."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal

from exposition import Page
from waiting import PATIENCE, wait_for

EXPORTER = os.environ["EXPORTER_BINARY"]


def queries():
    """What is asked right after the start. In the first quarter of a day nothing of it has settled."""
    day = 24 * 60 * 60
    return ["current", "assets"] + (["today"] if time.time() % day > 16 * 60 else [])


TODAY = "today" in queries()


def between_days():
    """Whether the day that has just ended is still to be asked for, which it is from 00:15 on, or a test would see it
    end: what is recorded, wanted and shown of days then changes under a test's hands."""
    day = 24 * 60 * 60
    return not 16 * 60 < time.time() % day < day - 5 * 60


def request(url, method="GET", headers=None):
    """(status, body) of a request; a status that is not 200 is an answer, too."""
    asked = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def get(url, **headers):
    status, body = request(url, headers=headers)
    if status != 200:
        raise AssertionError(f"GET {url}: {status} {body[:200]!r}")
    return body.decode()


class Program:
    """A child process whose output goes to a file."""

    def __init__(self, command, folder, environment=None):
        handle, name = tempfile.mkstemp(suffix=".log", dir=folder)
        self.log = pathlib.Path(name)
        clean = {key: value for key, value in os.environ.items()
                 if not key.startswith(("OPENCOST_", "CACHE_TTL", "LOG_LEVEL", "DEBUG", "HOST", "PORT"))}
        with os.fdopen(handle, "w") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, cwd=folder,
                                            env={**clean, **(environment or {})})

    def output(self):
        return self.log.read_text()

    def find(self, pattern):
        """The first group of the first match in the output, once it is there."""
        def look():
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}:\n{self.output()}")
            return re.search(pattern, self.output())
        return wait_for(f"/{pattern}/ in\n{self.output()}", look).group(1)

    def signal(self, number):
        self.process.send_signal(number)

    def ended(self, seconds=PATIENCE):
        """The exit code; fails when it takes longer."""
        return self.process.wait(timeout=seconds)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Exporter(Program):
    def __init__(self, folder, *arguments, environment=None):
        super().__init__([EXPORTER, *arguments, "--web.listen-address=127.0.0.1:0"], folder,
                         environment)
        self.base = "http://" + self.find(r'listening" address=(\S+)')

    def page(self, query=""):
        return Page(get(f"{self.base}/metrics{query}"))

    def wait_for_page(self, what, holds):
        """The first page of which holds(page) is true."""
        def look():
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}:\n{self.output()}")
            page = self.page()
            return page if holds(page) else None
        return wait_for(what, look)

    def wait_for_costs(self):
        """The first page with all there is: every query answered, and its costs published; every
        finished day that is wanted has been asked for."""
        families = {"current": "opencost_pod_cost_per_hour",
                    "assets": "opencost_node_idle_cost_per_hour",
                    "today": "opencost_cluster_cost_today"}
        return self.wait_for_page("an answer to every query", lambda page: all(
            page.value("opencost_up", query=query) and page.family(families[query])
            for query in queries()) and not any(
                page.family("opencost_exporter_ledger_entries", state="missing").values()))

    def reload(self):
        """(status, text) of POST /-/reload."""
        status, body = request(f"{self.base}/-/reload", "POST")
        return status, body.decode()


class Demo(Exporter):
    """The demo, and so also a fake OpenCost for other exporters to ask."""

    def __init__(self, folder, *arguments):
        super().__init__(folder, "demo", *arguments)
        self.opencost = self.find(r"answers as OpenCost does at (\S+)")

    def fail_next(self, kind, count=1):
        query = urllib.parse.urlencode({"kind": kind, "count": count})
        status, body = request(f"{self.opencost}/demo/fault?{query}", "POST")
        if status != 200:
            raise AssertionError(f"fault {kind}: {status} {body!r}")

    def faults(self):
        return [line.split()[0] for line in get(f"{self.opencost}/demo/fault").splitlines()]

    def ask(self, path, **parameters):
        """An answer of the fake OpenCost, its numbers exact."""
        query = urllib.parse.urlencode(parameters)
        answer = json.loads(get(f"{self.opencost}{path}?{query}"), parse_float=Decimal,
                            parse_int=Decimal)
        return answer["data"]


class Case(unittest.TestCase):
    """Programs and files end with the test that started them."""

    @classmethod
    def setUpClass(cls):
        if between_days():
            raise unittest.SkipTest("a UTC day has just ended or is about to")
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="exporter-"))

    def started(self, program):
        self.addCleanup(program.kill)
        return program

    @classmethod
    def started_for_all(cls, program):
        cls.addClassCleanup(program.kill)
        return program
