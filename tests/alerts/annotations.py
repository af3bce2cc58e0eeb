"""What holds for the labels and annotations of every alert."""

import json
import re

import expressions
from promql import PromQLError, parse
from promql_tree import selectors

WANTED = ("summary", "description", "runbook_url", "dashboard_url")
RUNBOOKS = "https://github.com/opencost-exporter/opencost-exporter/blob/main/docs/runbooks/"
DASHBOARDS = "https://grafana.example.com/d/"
SEVERITIES = {"warning", "info", "none"}
AREAS = {"cost", "data"}
# Words of a template in Prometheus 2.42.
WORDS = set("""
    if else end range with and or not eq ne lt le gt ge len index print printf println html js urlquery
    query first label value sortByLabel strvalue args tmpl safeHtml humanize humanize1024
    humanizeDuration humanizePercentage humanizeTimestamp toTime title toUpper toLower graphLink
    tableLink match reReplaceAll externalURL pathPrefix parseDuration stripPort stripDomain
""".split())
ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
LABEL = re.compile(r"\$labels\.(\w+)")


def faults_of_template(text, series):
    """A word no template knows, a query that cannot be."""
    if text.count("{{") != text.count("}}"):
        yield "braces that do not match"
    opened = 0
    for action in ACTION.findall(text):
        bare = STRING.sub(" ", action)
        for word in re.findall(r"(?<![.$\w])[A-Za-z_]\w*", bare):
            if word not in WORDS:
                yield f"no template knows {word}"
            opened += (word in ("if", "range", "with")) - (word == "end")
        if re.search(r"\bquery\b", bare):
            for string in STRING.findall(action):
                if re.search(r"opencost|process_|:", string):
                    yield from faults_of_query(string.replace('\\"', '"'), series)
    if opened:
        yield "an if, range or with that does not end, or one end too many"


def faults_of_query(text, series):
    text = text.replace("%q", '"x"')
    try:
        node = parse(text)
    except PromQLError as fault:
        yield f"{text}: {fault}"
        return
    for fault in expressions.faults_of_names(node, series):
        yield f"{text}: {fault}"


def faults_of_links(rule, root):
    runbook, dashboard = rule.annotations.get("runbook_url", ""), rule.annotations.get("dashboard_url", "")
    if runbook != f"{RUNBOOKS}{rule.alert}.md":
        yield f"runbook_url is not {RUNBOOKS}{rule.alert}.md"
    if not (root / "docs/runbooks" / f"{rule.alert}.md").is_file():
        yield f"there is no docs/runbooks/{rule.alert}.md"
    if not dashboard.startswith(DASHBOARDS):
        yield f"dashboard_url does not begin with {DASHBOARDS}"
        return
    uid = re.match(r"[\w-]*", dashboard.removeprefix(DASHBOARDS))[0]
    path = root / "dashboards" / f"{uid}.json"
    if not path.is_file():
        yield f"there is no dashboard {uid}"
        return
    board = json.loads(path.read_text())
    if board.get("uid") != uid:
        yield f"dashboards/{uid}.json has another uid"
    variables = {variable["name"] for variable in board.get("templating", {}).get("list", [])}
    for name in re.findall(r"[?&]var-(\w+)=", dashboard):
        if name not in variables:
            yield f"dashboard {uid} has no variable {name}"
    if re.search(r"=\{\{(?! *urlquery )", dashboard):
        yield "a value in dashboard_url does not go through urlquery"


def faults_of_texts(rule, node, series):
    summary, description = (rule.annotations.get(name, "") for name in WANTED[:2])
    if not summary.endswith("."):
        yield "summary does not end with a full stop"
    if "{{" in summary or re.search(r"\.\s", summary):
        yield "summary is not one sentence without templates"
    if "$value" not in description:
        yield "description does not say $value"
    labels = series.labels(node) or set()
    if expressions.Once(series).state(node) == expressions.TARGETS:
        labels = {"job", "instance"}
    fixed = {label for each, _ in selectors(node) for label, operator, _ in each.matchers if operator == "="}
    for label in sorted(labels - fixed - set(LABEL.findall(description))):
        yield f"description does not say $labels.{label}"
    for name, text in rule.annotations.items():
        for label in sorted(set(LABEL.findall(text)) - labels - set(rule.labels)):
            yield f"{name} says $labels.{label}, which the expression does not yield"
        for fault in faults_of_template(text, series):
            yield f"{name}: {fault}"


def faults(rule, node, series, root):
    if not re.fullmatch(r"OpenCost([A-Z][a-z0-9]+)+", rule.alert):
        yield "name is not CamelCase that begins with OpenCost"
    if rule.labels.get("severity") not in SEVERITIES:
        yield f"severity is none of {', '.join(sorted(SEVERITIES))}"
    if rule.labels.get("area") not in AREAS:
        yield f"area is none of {', '.join(sorted(AREAS))}"
    for name, value in rule.labels.items():
        if "{{" in str(value):
            yield f"label {name} is a template: an alert whose labels change is another alert each time"
    for name in WANTED:
        if not str(rule.annotations.get(name, "")).strip():
            yield f"{name} is missing or empty"
    yield from faults_of_texts(rule, node, series)
    yield from faults_of_links(rule, root)
