"""The families of /metrics, read from docs/metrics.md, which the program itself prints."""

import functools
import pathlib
import re
from typing import NamedTuple

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| [^|]* \|$", re.MULTILINE)


class Family(NamedTuple):
    name: str
    type: str
    unit: str
    labels: tuple
    meaning: str


@functools.cache
def families():
    """{name: Family}, cost data first, then the exporter itself."""
    found = {name: Family(name, kind, unit.strip(), tuple(re.findall(r"`(\w+)`", labels)), meaning.strip())
             for name, kind, unit, labels, meaning in ROW.findall(PAGE.read_text())}
    if not found:
        raise ValueError(f"{PAGE} has no table of families that can be read")
    return found


def family_of(series):
    """The family a series belongs to: its own name, or that of a histogram without _bucket, _sum, _count."""
    known = families()
    if series in known:
        return known[series]
    base = re.sub(r"_(bucket|sum|count)$", "", series)
    if base in known and known[base].type == "histogram":
        return known[base]
    raise KeyError(f"docs/metrics.md has no family {series}")
