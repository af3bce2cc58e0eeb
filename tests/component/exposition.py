"""A reader of the Prometheus text format that shares nothing with the exporter's writer."""

import re

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(?:,|$)')
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def unescape(text):
    return re.sub(r"\\.", lambda match: ESCAPES[match.group()], text)


def read_labels(text):
    labels, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match:
            raise AssertionError(f"labels cannot be read: {text}")
        labels.append((match.group(1), unescape(match.group(2))))
        at = match.end()
    return frozenset(labels)


class Page:
    def __init__(self, text):
        self.samples = {}  # (name, labels) -> value
        self.types = {}
        self.helps = {}
        if text and not text.endswith("\n"):
            raise AssertionError("the page does not end in a line break")
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                self.declare(self.types, line)
            elif line.startswith("# HELP "):
                self.declare(self.helps, line)
            elif not line.startswith("#"):
                self.sample(line)

    @staticmethod
    def declare(into, line):
        _, _, name, text = line.split(" ", 3)
        if name in into:
            raise AssertionError(f"declared twice: {line}")
        into[name] = text

    def sample(self, line):
        match = SAMPLE.fullmatch(line)
        if not match:
            raise AssertionError(f"no sample: {line}")
        key = (match.group(1), read_labels(match.group(2) or ""))
        if key in self.samples:
            raise AssertionError(f"series twice: {line}")
        self.samples[key] = float(match.group(3))

    def family(self, name, **labels):
        """{labels: value} of the series that have these labels."""
        wanted = set(labels.items())
        return {series: value for (family, series), value in self.samples.items()
                if family == name and wanted <= series}

    def value(self, name, **labels):
        """The value of the one series that has these labels; None when there is none."""
        found = list(self.family(name, **labels).values())
        if len(found) > 1:
            raise AssertionError(f"{name}{labels} is {len(found)} series")
        return found[0] if found else None

    def sums(self, name, *by):
        """{(label values): sum} over the family."""
        totals = {}
        for series, value in self.family(name).items():
            labels = dict(series)
            key = tuple(labels[label] for label in by)
            totals[key] = totals.get(key, 0.0) + value
        return totals
