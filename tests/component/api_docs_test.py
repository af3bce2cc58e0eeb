"""The examples of docs/api.md, run as they stand there, but for the address: against the demo, and where they need a
token against a demo that wants one."""

import hashlib
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import unittest

from program import EXPORTER, Case, Demo
from waiting import PATIENCE

PAGE = pathlib.Path(os.environ["EXPORTER_DOCS"]) / "api.md"
ADDRESS = "http://localhost:9754"
BLOCK = re.compile(r"^<!-- (run|run with token|file): ([^\n]+) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INTERPRETERS = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}


def blocks(text):
    """(what is done with it, file or pattern of the output, language, content) of each marked block."""
    return BLOCK.findall(text)


def faults(text):
    """Marks that no block follows, and blocks that nobody could run."""
    marks = re.findall(r"^<!-- (.*) -->$", text, re.MULTILINE)
    known = [f"{kind}: {rest}" for kind, rest, _, _ in blocks(text)] + ["infinity"]
    yield from (mark for mark in marks if mark not in known)
    yield from (language for kind, _, language, _ in blocks(text)
                if kind != "file" and language not in INTERPRETERS)


class ApiDocsTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text = PAGE.read_text()
        cls.work = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="exporter-docs-")))
        cls.token = secrets.token_hex(32)
        for kind, name, _, content in blocks(cls.text):
            if kind == "file":
                (cls.work / name).write_text(content)
        # As it stands there, but for whom the token is of.
        (cls.work / "guarded.yaml").write_text(re.sub(
            r"(?<=sha256: )[0-9a-f]{64}", hashlib.sha256(cls.token.encode()).hexdigest(),
            (cls.work / "config.yaml").read_text(), count=1))
        (cls.work / "bin").mkdir()
        (cls.work / "bin/opencost-exporter").symlink_to(EXPORTER)
        cls.open = cls.started_for_all(Demo(cls.folder))
        cls.closed = cls.started_for_all(Demo(cls.folder, f"--config.file={cls.work}/guarded.yaml"))
        cls.open.wait_for_costs()
        cls.closed.wait_for_costs()

    def run_block(self, language, content, base, token=""):
        environment = {"PATH": f"{self.work}/bin:{os.environ['PATH']}", "HOME": str(self.work),
                       "LC_ALL": "C.UTF-8", **({"TOKEN": token} if token else {})}
        return subprocess.run([*INTERPRETERS[language], content.replace(ADDRESS, base)], cwd=self.work,
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)

    def test_every_example_does_what_it_says(self):
        ran = 0
        for kind, pattern, language, content in blocks(self.text):
            if kind == "file":
                continue
            ran += 1
            with self.subTest(example=content.splitlines()[0]):
                base, token = (self.open.base, "") if kind == "run" else (self.closed.base, self.token)
                done = self.run_block(language, content, base, token)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertRegex(done.stdout, re.compile(pattern, re.MULTILINE))
        self.assertGreaterEqual(ran, 12)

    def test_those_with_a_token_need_it(self):
        for kind, pattern, language, content in blocks(self.text):
            if kind == "run with token":
                done = self.run_block(language, content, self.closed.base, "wrong")
                self.assertNotRegex(done.stdout, re.compile(pattern, re.MULTILINE))
                self.assertIn("unauthorized", done.stdout)

    def test_python_works_with_a_token_too(self):
        script, = [content for kind, _, language, content in blocks(self.text) if language == "python"]
        done = self.run_block("python", script, self.closed.base, self.token)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("checkout", done.stdout)
        self.assertNotIn("payments", done.stdout)

    def test_the_query_of_a_panel_reads_what_there_is(self):
        query, = re.findall(r"^<!-- infinity -->\n```json\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)
        query = json.loads(query)
        parameters = "&".join(f"{pair['key']}={pair['value']}" for pair in query["url_options"]["params"])
        path = query["url"].partition(":9754")[2]
        done = self.run_block("sh", f"curl -sf '{ADDRESS}{path}?{parameters}'", self.open.base)
        rows = json.loads(done.stdout)[query["root_selector"]]
        self.assertTrue(rows)
        kinds = {"string": (str, type(None)), "number": (int, float, type(None))}
        for column in query["columns"]:
            for row in rows:
                self.assertIsInstance(row[column["selector"]], kinds[column["type"]])

    def test_the_answer_that_is_shown_has_the_members_of_a_real_one(self):
        shown = json.loads(re.search(r"^```json\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL).group(1))
        done = self.run_block("sh", f"curl -sf '{ADDRESS}/api/v1/cost/namespaces?window=month_to_date&limit=3'",
                              self.open.base)
        real = json.loads(done.stdout)
        self.assertEqual(list(shown), list(real))
        for member in ("currency", "window", "coverage", "page"):
            self.assertEqual(list(shown[member]), list(real[member]))
        self.assertEqual(list(shown["sources"][0]), list(real["sources"][0]))
        self.assertLessEqual(set(shown["rows"][0]), set(real["rows"][0]))
        self.assertLessEqual(set(shown["total"]), set(real["total"]))

    def test_marks_are_for_blocks_that_can_be_run(self):
        self.assertEqual(list(faults(self.text)), [])
        self.assertEqual(list(faults("<!-- run: x -->\n\n```sh\ntrue\n```\n")), ["run: x"])
        self.assertEqual(list(faults("<!-- rum: x -->\n```sh\ntrue\n```\n")), ["rum: x"])
        self.assertEqual(list(faults("<!-- run: x -->\n```perl\n1\n```\n")), ["perl"])


if __name__ == "__main__":
    unittest.main()
