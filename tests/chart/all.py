"""Runs every *_test.py beside it, or those whose name has one of the given words, and counts."""

import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class Counting(unittest.TextTestResult):
    """Counts every case that passed, those within a test included."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.passed = 0

    def addSubTest(self, test, subtest, outcome):
        super().addSubTest(test, subtest, outcome)
        self.passed += outcome is None

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    words = sys.argv[1:]
    suite = unittest.TestSuite()
    for path in sorted(HERE.glob("*_test.py")):
        if not words or any(word in path.name for word in words):
            suite.addTests(unittest.defaultTestLoader.loadTestsFromName(path.stem))
    began = time.monotonic()
    result = unittest.TextTestRunner(resultclass=Counting, verbosity=1, stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"in {time.monotonic() - began:.0f} s, {len(result.skipped)} skipped")
    print(f"{result.passed} passed, {failed} failed")
    return 1 if failed or not result.passed else 0


if __name__ == "__main__":
    sys.exit(main())
