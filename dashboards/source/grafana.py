"""Panels, variables and dashboards as Grafana's JSON has them, with what all of ours have in common."""

import itertools
from dataclasses import dataclass, field

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# Costs change when OpenCost has been asked again, which is every five minutes.
POLL = "5m"
MONEY = "currencyUSD"
# Colours that mean something. Text is plain where they do not.
GOOD, WARN, BAD = "green", "orange", "red"
# Pixels of a table's values; the labels share the rest, since names are what is cut.
COLUMN, BAR_COLUMN = 118, 180


def thresholds(*steps):
    """thresholds(GOOD, (0.4, WARN), (0.6, BAD)): the first colour holds from below."""
    first, *others = steps
    return {"mode": "absolute", "steps": [{"color": first, "value": None}]
            + [{"color": colour, "value": value} for value, colour in others]}


def words(**meanings):
    """words(on="in force", off="refused"): what 1 and 0 are called."""
    return [{"type": "value", "options": {"1": {"text": meanings["on"], "index": 0},
                                          "0": {"text": meanings["off"], "index": 1}}}]


@dataclass
class Query:
    """One expression. `legend` names a line or a value; `name` heads a column of a table."""
    expression: str
    legend: str = ""
    name: str = ""
    unit: str = ""
    decimals: int = None
    thresholds: dict = None   # colours the column
    bar: bool = False         # draws the column as a bar

    def target(self, index, instant, table=False):
        result = {"refId": chr(ord("A") + index), "datasource": DATASOURCE, "expr": self.expression,
                  "editorMode": "code", "instant": instant, "range": not instant,
                  "format": "table" if table else "time_series"}
        return result | ({"legendFormat": self.legend or "__auto"} if not table else {})


def panel(kind, title, description, queries, *, width, height, unit, instant, options, no_value="no data",
          decimals=None, colours=None, minimum=None, maximum=None, custom=None, overrides=(), mappings=(),
          table=False, transformations=(), links=(), interval=POLL):
    defaults = {"unit": unit, "noValue": no_value, "mappings": list(mappings), "links": list(links),
                "color": {"mode": "thresholds"} if colours else {"mode": "palette-classic"},
                "thresholds": colours or thresholds("text"), "custom": custom or {}}
    if not colours and kind == "stat":
        defaults["color"] = {"mode": "fixed", "fixedColor": "text"}
    for key, value in (("decimals", decimals), ("min", minimum), ("max", maximum)):
        if value is not None:
            defaults[key] = value
    return {"type": kind, "title": title, "description": description, "datasource": DATASOURCE,
            "pluginVersion": "11.0.0", "interval": interval, "gridPos": {"w": width, "h": height, "x": 0, "y": 0},
            "targets": [query.target(index, instant, table) for index, query in enumerate(queries)],
            "fieldConfig": {"defaults": defaults, "overrides": list(overrides)},
            "options": options, "transformations": list(transformations)}


def as_queries(given, legend=""):
    given = [given] if isinstance(given, (str, Query)) else given
    return [Query(each, legend) if isinstance(each, str) else each for each in given]


def stat(title, description, query, unit, *, colours=None, text="auto", width=4, height=4, **more):
    """One figure, or one of each series. Asked for now: a figure of an hour ago must not pass for today's."""
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
               "colorMode": "value" if colours else "none", "graphMode": "none", "justifyMode": "auto",
               "textMode": text, "orientation": "auto", "wideLayout": True, "showPercentChange": False}
    return panel("stat", title, description, as_queries(query), unit=unit, width=width, height=height,
                 instant=True, options=options, colours=colours, **more)


def graph(title, description, queries, unit, *, legend="", stack=False, bars=False, width=12, height=8,
          limits=None, calcs=("lastNotNull",), **more):
    """Lines over time. `stack` where the lines add up to something; `limits` draws thresholds as lines."""
    custom = {"drawStyle": "bars" if bars else "line", "lineWidth": 0 if bars else 1, "lineInterpolation": "stepAfter",
              "fillOpacity": 60 if bars else 30 if stack else 0, "showPoints": "never",
              "spanNulls": False, "stacking": {"mode": "normal" if stack else "none", "group": "A"},
              "axisSoftMin": 0, "thresholdsStyle": {"mode": "line" if limits else "off"}}
    options = {"legend": {"displayMode": "table" if calcs else "list", "placement": "right" if width >= 12 else "bottom",
                          "showLegend": True, "calcs": list(calcs), "sortBy": "Last *", "sortDesc": True},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    if not calcs:
        del options["legend"]["sortBy"], options["legend"]["sortDesc"]
    result = panel("timeseries", title, description, as_queries(queries, legend), unit=unit, width=width,
                   height=height, instant=False, options=options, custom=custom, **more)
    if limits:
        result["fieldConfig"]["defaults"]["thresholds"] = limits
    return result


def bars(title, description, query, unit, *, legend, width=8, height=8, colours=None, **more):
    """The largest of something now, longest first."""
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "displayMode": "basic",
               "orientation": "horizontal", "showUnfilled": False, "valueMode": "text", "namePlacement": "left",
               "sizing": "manual", "minVizHeight": 16, "minVizWidth": 8, "maxVizHeight": 36,
               "text": {"titleSize": 13, "valueSize": 14}}
    return panel("bargauge", title, description, as_queries(query, legend), unit=unit, width=width, height=height,
                 instant=True, options=options, minimum=0, colours=colours, **more)


def table(title, description, labels, columns, *, sort, to=None, scope=None, width=24, height=9, hidden=(), widths=None, **more):
    """A row for each combination of `labels`, a column for each query, one merge; `to` is where a row leads.

    labels: {label: heading}, in order. Every query must have just these labels and no others. `widths` gives a label
    more room than the others, in pixels.
    """
    def named(field_name, **properties):
        return {"matcher": {"id": "byName", "options": field_name},
                "properties": [{"id": key, "value": value} for key, value in properties.items()]}

    values = [f"Value #{chr(ord('A') + index)}" if len(columns) > 1 else "Value" for index in range(len(columns))]
    overrides = []
    for number, (label, heading) in enumerate(labels.items()):
        properties = {"displayName": heading, "custom.filterable": True}
        if label in (widths or {}):
            properties["custom.width"] = widths[label]
        if to and number == len(labels) - 1:
            properties["links"] = [to.link(labels, scope)]
        overrides.append(named(label, **properties))
    for column, value in zip(columns, values):
        properties = {"displayName": column.name, "unit": column.unit, "custom.align": "right",
                      "custom.width": BAR_COLUMN if column.bar else COLUMN}
        if column.decimals is not None:
            properties["decimals"] = column.decimals
        if column.thresholds:
            properties |= {"thresholds": column.thresholds, "color": {"mode": "thresholds"},
                           "custom.cellOptions": {"type": "color-text"}}
        if column.bar:
            properties |= {"custom.cellOptions": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
                           "color": {"mode": "fixed", "fixedColor": "blue"}, "min": 0, "fieldMinMax": True}
        overrides.append(named(value, **properties))
    ordered = [*labels, *values]
    transformations = [{"id": "merge", "options": {}},
                       {"id": "organize", "options": {"excludeByName": {"Time": True} | {each: True for each in hidden},
                                                      "renameByName": {},
                                                      "indexByName": {name: at for at, name in enumerate(ordered)}}}]
    sorted_by = next(column.name for column in columns if column.name == sort)
    options = {"showHeader": True, "cellHeight": "sm", "sortBy": [{"displayName": sorted_by, "desc": True}]}
    return panel("table", title, description, columns, unit="short", width=width, height=height, instant=True,
                 options=options, custom={"align": "auto", "filterable": False}, overrides=overrides, table=True,
                 transformations=transformations, **more)


@dataclass
class Variable:
    """A label to choose values of. `query` says which there are, narrowed by the variables before it."""
    name: str
    label: str
    query: str

    def model(self):
        return {"type": "query", "name": self.name, "label": self.label, "datasource": DATASOURCE, "hide": 0,
                "query": {"query": self.query, "refId": f"variable-{self.name}"}, "definition": self.query,
                "refresh": 2, "sort": 1, "multi": True, "includeAll": True, "allValue": ".*", "regex": "",
                "skipUrlSync": False, "options": [],
                "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}


@dataclass
class Dashboard:
    """`rows` is {heading: [panels]}; panels flow from left to right, 24 columns wide."""
    uid: str
    title: str
    description: str
    variables: list
    rows: dict = field(default_factory=dict)
    span: str = "now-2d"

    def link(self, labels, scope):
        """A data link that opens this dashboard for the row that was clicked, at the same time."""
        own = {variable.name for variable in self.variables}
        parts = ["${__url_time_range}", "${datasource:queryparam}"]
        parts += [f"${{{name}:queryparam}}" for name in scope.variables if name in own and name not in labels]
        parts += [f"var-{name}=${{__data.fields.{name}:percentencode}}" for name in labels if name in own]
        return {"title": f"{self.title} of this row", "url": f"/d/{self.uid}?" + "&".join(parts), "targetBlank": False}

    def panels(self):
        numbers, y = itertools.count(1), 0
        for heading, members in self.rows.items():
            yield {"type": "row", "id": next(numbers), "title": heading, "collapsed": False, "panels": [],
                   "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}}
            x, y, tallest = 0, y + 1, 0
            for member in members:
                place = member["gridPos"]
                if x + place["w"] > 24:
                    x, y, tallest = 0, y + tallest, 0
                yield {"id": next(numbers)} | member | {"gridPos": place | {"x": x, "y": y}}
                x, tallest = x + place["w"], max(tallest, place["h"])
            y += tallest

    def model(self):
        return {"uid": self.uid, "title": f"OpenCost / {self.title}", "description": self.description,
                "tags": ["opencost", "cost"], "schemaVersion": 39, "version": 1, "editable": False,
                "graphTooltip": 1, "timezone": "utc", "refresh": POLL, "weekStart": "",
                "time": {"from": self.span, "to": "now"}, "timepicker": {},
                "fiscalYearStartMonth": 0, "liveNow": False,
                "templating": {"list": [datasource_variable()] + [each.model() for each in self.variables]},
                "annotations": {"list": annotations()}, "links": [dashboards_link()],
                "panels": list(self.panels())}


def datasource_variable():
    return {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "hide": 0,
            "refresh": 1, "regex": "", "multi": False, "includeAll": False, "skipUrlSync": False, "options": [],
            "current": {}}


def dashboards_link():
    return {"type": "dashboards", "title": "OpenCost", "tags": ["opencost"], "asDropdown": True,
            "includeVars": True, "keepTime": True, "targetBlank": False, "icon": "external link",
            "tooltip": "The other dashboards, with these variables and this time", "url": ""}


def annotation(name, colour, expression, title, text):
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": colour,
            "expr": expression, "step": "60s", "titleFormat": title, "textFormat": text, "useValueForTime": False}


# Alerts of ours that fire, at the present or at an offset.
FIRING = ("max without (job, instance, pod, container, endpoint, service) "
          '(ALERTS{alertname=~"OpenCost.+", alertname!="OpenCostWatchdog", alertstate="firing"}%s)')


def annotations():
    return [
        {"builtIn": 1, "name": "Annotations & Alerts", "datasource": {"type": "grafana", "uid": "-- Grafana --"},
         "enable": True, "hide": True, "iconColor": "rgba(0, 211, 255, 1)", "type": "dashboard"},
        annotation("Data gaps", BAD, "max by (cluster, query) (opencost_up) == 0",
                   "OpenCost gave no accepted answer", "cluster {{cluster}}, query {{query}}"),
        # Where they begin; some fire for weeks, and would colour everything.
        annotation("Alerts", WARN, f"{FIRING % ''} unless {FIRING % ' offset 5m'}", "{{alertname}}",
                   "{{severity}} {{cluster}} {{namespace}}"),
    ]
