"""PromQL over our families: safe with two exporters, narrowed to what the variables of a dashboard say.

Every expression begins with `max without (...)`, over the labels a scrape may add and the family has not of
itself. Two replicas, or two jobs that scrape the same exporter, so count once, and no join is needed.
"""

from catalogue import family_of

# What a scrape configuration, an operator or a Service adds to a series.
TARGET_LABELS = ("job", "instance", "namespace", "pod", "container", "endpoint", "service")


class Scope:
    """What the variables of a dashboard choose. A family is narrowed by those that are labels of it."""

    def __init__(self, *variables):
        self.variables = variables

    def matchers(self, family, extra):
        chosen = [f'{name}=~"${name}"' for name in self.variables if name in family.labels]
        return ", ".join(chosen + list(extra))

    def each(self, series, *matchers, offset="", function="", window=""):
        """The series, one of each: max without (...) (function(series{...}[window] offset ...))."""
        family = family_of(series)
        selected = self.matchers(family, matchers)
        text = series + (f"{{{selected}}}" if selected else "")
        text += f"[{window}]" if window else ""
        text += f" offset {offset}" if offset else ""
        text = f"{function}({text})" if function else text
        added = ", ".join(label for label in TARGET_LABELS if label not in family.labels)
        return f"max without ({added}) ({text})"

    def sum(self, series, *matchers, by="", **more):
        """Added up, over everything or by labels."""
        grouping = f" by ({by})" if by else ""
        return f"sum{grouping} ({self.each(series, *matchers, **more)})"

    def change(self, series, *matchers, offset, by=""):
        """How much more than `offset` ago, as a share; the same selection on both sides."""
        now = self.sum(series, *matchers, by=by)
        then = self.sum(series, *matchers, by=by, offset=offset)
        return f"{now} / ({then} > 0) - 1"

    def share(self, part, whole, by=""):
        """One sum as a share of another; absent where the whole is nothing."""
        return f"{self.sum(part, by=by)} / ({self.sum(whole, by=by)} > 0)"
