#!/usr/bin/env python3
"""Limits that keep the tree readable.

    check_tree.py <repository>

- A source has at most 350 lines. A header has at most 200 that say something to the compiler:
  its comments are welcome. A test may be longer, a table of cases being easy to read.
- No file name says util, common, helper or manager.
- Nothing sleeps: what waits is woken, and a test waits for a fact. Waiting on the Clock can be
  woken and is therefore no sleep.
- No TODO and no FIXME: an issue can be closed, a comment cannot.
"""

import pathlib
import re
import sys

LIMITS = {("exporter", ".cc"): 350, ("exporter", ".h"): 200, ("tests", ".cc"): 500,
          ("tests", ".h"): 250, ("tests", ".py"): 350}
# The catalogue is one table with a row a metric; it is as long as there are metrics.
TABLES = {"exporter/metrics/catalogue.h"}
# Alertmanager is a program.
NO_WORK = re.compile(r"util|common|helper|(?<!alert)manager", re.IGNORECASE)
SLEEP = re.compile(r"\bsleep_for\b|\bthis_thread::sleep|\b(?:u|nano)?sleep\s*\(|^\s*sleep\s")
# The pause between two looks at a fact about another process, in one function of each.
PAUSES = {"tests/component/waiting.py", "tests/bench/report.py"}
PUT_OFF = re.compile(r"\b(TODO|FIXME)\b")
FOLDERS = ("exporter", "tests", ".ci")
# These name what they forbid, and are shown what is wrong.
OWN = {"tests/lint/check_tree.py", "tests/lint/lint_test.py"}
# As others publish it.
VENDORED = {"exporter/web/reference/redoc.standalone.js"}
DATA = {"corpus", "fixtures", "golden", "recordings", "__pycache__"}


def sources(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not DATA.intersection(path.relative_to(root).parts):
                yield path


def counted_lines(path, text):
    if path.suffix != ".h":
        return len(text.splitlines())
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))


def faults_of_size(name, path, text):
    limit = LIMITS.get((name.split("/")[0], path.suffix))
    if limit is None or name in TABLES:
        return
    lines = counted_lines(path, text)
    if lines > limit:
        yield f"{name}: {lines} lines, at most {limit}"


def faults_of_lines(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if name not in PAUSES and SLEEP.search(line):
            yield f"{name}:{number}: sleeps"
        if PUT_OFF.search(line):
            yield f"{name}:{number}: puts off work"


def faults(root):
    root = pathlib.Path(root)
    found = []
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        if name in VENDORED:
            continue
        if NO_WORK.search(path.name):
            found.append(f"{name}: a name that says nothing about what it holds")
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += faults_of_size(name, path, text)
        if name not in OWN:
            found += faults_of_lines(name, text)
    return found


def main():
    found = faults(sys.argv[1])
    print("\n".join(found) or "the tree is within its limits")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
