"""A dashboard as Grafana would run it: its variables, annotations and panels asked of a real Prometheus."""

import itertools
import re
import time
from typing import NamedTuple

VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\]")
LABEL_VALUES = re.compile(r"label_values\((.+), *(\w+)\)", re.DOTALL)
SPAN = re.compile(r"now-(\d+)([hd])")
SECONDS = {"h": 3600, "d": 86400}
# Points a graph has across its width, about.
POINTS = 200
STEP = 300
ALL = "All"


class Unresolved(Exception):
    """A reference to a variable that nobody declared."""


class Asked(NamedTuple):
    """One query and what came of it."""
    board: str   # uid
    place: str   # title of the panel, name of the variable or annotation
    target: str  # refId of a target
    choice: str  # All, or the variable that has its first value
    expression: str
    rows: list
    fault: str

    @property
    def key(self):
        return (self.board, self.place, self.target, self.choice)


def escaped(value):
    """A chosen value within the quotes of a regular expression, as Grafana writes it."""
    return re.sub(r'([\\.*+?()\[\]{}|^$"])', r"\\\\\1", value)


class Board:
    def __init__(self, model, prometheus):
        self.model, self.prometheus = model, prometheus
        self.uid = model["uid"]
        self.variables = [each for each in model["templating"]["list"] if each["type"] == "query"]
        number, unit = SPAN.fullmatch(model["time"]["from"]).groups()
        self.span = int(number) * SECONDS[unit]

    def panels(self):
        for panel in self.model["panels"]:
            yield panel
            yield from panel.get("panels", [])

    def resolved(self, expression, chosen):
        known = {"__rate_interval": "315s", "__interval": f"{STEP}s", "__range": f"{self.span}s", **chosen}

        def value(match):
            name = next(filter(None, match.groups()))
            if name not in known:
                raise Unresolved(f"nobody declares ${name}")
            return known[name]
        text = VARIABLE.sub(value, expression)
        if re.search(r"\$[A-Za-z_{]|\[\[", text):
            raise Unresolved(f"left over: {text}")
        return text

    def values(self, variable, chosen):
        """What the variable offers while others are chosen so."""
        expression, label = LABEL_VALUES.fullmatch(self.resolved(variable["query"]["query"], chosen)).groups()
        return sorted(self.prometheus.fetch(f"label/{label}/values", **{
            "match[]": expression, "start": time.time() - self.span, "end": time.time()}))

    def chosen(self, first=ALL):
        """{variable: text}: everything is chosen, but for the variable that has its first value only."""
        chosen = {variable["name"]: variable["allValue"] for variable in self.variables}
        for variable in self.variables:
            if variable["name"] == first:
                chosen[first] = escaped(self.values(variable, chosen)[0])
        return chosen

    def rows(self, target, chosen):
        """What a target returns: [(labels, last value)]."""
        expression, now = self.resolved(target["expr"], chosen), time.time()
        if target.get("instant"):
            return self.prometheus.query(expression, time=now)
        # The last point is the present: some figures have no past here.
        step = max(STEP, self.span // POINTS)
        found = self.prometheus.fetch("query_range", query=expression, step=step, end=now,
                                      start=now - self.span // step * step)
        return [(row["metric"], float(row["values"][-1][1])) for row in found["result"]]

    def ask(self, place, target, choice, expression, answer):
        try:
            rows, fault = answer(), ""
        except (Unresolved, AssertionError, AttributeError) as error:
            rows, fault = [], f"{type(error).__name__}: {error}"
        return Asked(self.uid, place, target, choice, expression, rows, fault)

    def run(self):
        """Everything the dashboard asks, with everything chosen and with the first value of each variable."""
        for choice in itertools.chain([ALL], (variable["name"] for variable in self.variables)):
            try:
                chosen = self.chosen(choice)
            except (IndexError, Unresolved, AssertionError, AttributeError) as error:
                yield Asked(self.uid, f"${choice}", "", choice, "", [], f"no first value: {error!r}")
                continue
            for variable in self.variables:
                yield self.ask(f"${variable['name']}", "", choice, variable["query"]["query"],
                               lambda variable=variable, chosen=chosen: self.values(variable, chosen))
            for panel in self.panels():
                for target in panel.get("targets", []):
                    yield self.ask(panel["title"], target["refId"], choice, target["expr"],
                                   lambda target=target, chosen=chosen: self.rows(target, chosen))
        for annotation in self.model["annotations"]["list"]:
            if "expr" in annotation:
                yield self.ask(annotation["name"], "", ALL, annotation["expr"],
                               lambda annotation=annotation: self.rows(annotation, self.chosen()))
