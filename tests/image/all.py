"""Runs every *_test.py beside it, prints what is in the image, and counts."""

import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "component"))
os.environ.setdefault("EXPORTER_BINARY", "")  # the one in the image is meant


def main():
    suite = unittest.defaultTestLoader.discover(str(HERE), "*_test.py")
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
