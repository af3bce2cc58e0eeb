"""What every page must keep to: how panels look, where they stand, and where they lead."""

import itertools
import re

from faults import Fault, Rules, parsed, panels, properties, variables
from query_rules import SERIES, annotations

RULES = Rules()
# What Grafana's own components outside Grafana can draw, too.
KINDS = {"stat": True, "bargauge": True, "table": True, "timeseries": False}   # asked for now?
WINDOW = re.compile(r"\b(seconds?|minutes?|hours?|days?|weeks?|months?|periods?|calendar|interval|today|"
                    r"yesterday|now|since|each point|last (poll|publication|answer)|24 h)\b", re.IGNORECASE)
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
LINK = re.compile(r"/d/([\w-]+)\?(\S+)")
PASSED = re.compile(r"\$\{(\w+):queryparam\}|var-(\w+)=\$\{__data\.fields\.(\w+):percentencode\}")
FRAME = {"timezone": "utc", "refresh": "5m", "graphTooltip": 1}


@RULES.panel("kind")
def _(board, panel):
    kind = panel.get("type")
    if kind not in KINDS:
        yield f"{kind} is none of {', '.join(KINDS)}"
        return
    for index, target in enumerate(panel.get("targets", [])):
        if (target.get("instant"), target.get("range")) != (KINDS[kind], not KINDS[kind]):
            yield f"query {index + 1} is to be asked {'for now' if KINDS[kind] else 'over time'}"
        if target.get("format") != ("table" if kind == "table" else "time_series"):
            yield f"query {index + 1} has the format {target.get('format')}"


@RULES.panel("window")
def _(board, panel):
    if panel.get("description", "").strip() and not WINDOW.search(panel["description"]):
        yield "the description names no window"


@RULES.panel("no-value")
def _(board, panel):
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("noValue"):
        yield "does not say what absence means"


@RULES.panel("colour")
def _(board, panel):
    """A stat is coloured where thresholds say what good and bad are, and plain elsewhere."""
    if panel.get("type") == "stat":
        steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [])
        coloured = panel.get("options", {}).get("colorMode", "none") != "none"
        if coloured != (len(steps) > 1):
            yield f"{'coloured' if coloured else 'plain'} with {len(steps)} thresholds"


@RULES.panel("references")
def _(board, panel):
    references = [target.get("refId") for target in panel.get("targets", [])]
    if len(set(references)) != len(references) or not all(references):
        yield f"queries are called {', '.join(map(str, references))}"


def results(panel):
    """The labels of what each query of a panel gives."""
    trees = (parsed(each.get("expr", "")) for each in panel.get("targets", []))
    return [SERIES.labels(tree) or set() for tree in trees if tree]


@RULES.panel("columns")
def _(board, panel):
    """Grafana merges the rows of queries whose labels are the same, and only those."""
    if panel.get("type") != "table":
        return
    targets, found = panel.get("targets", []), results(panel)
    if not found:
        return
    for index, labels in enumerate(found):
        if labels != found[0]:
            yield f"query {index + 1} has {sorted(labels)}, the first {sorted(found[0])}"
    values = {f"Value #{each.get('refId')}" for each in targets} if len(targets) > 1 else {"Value"}
    named = {name: value for name, key, value in properties(panel) if key == "displayName"}
    hidden = {name for each in panel.get("transformations", []) if each.get("id") == "organize"
              for name, out in each["options"].get("excludeByName", {}).items() if out} - {"Time"}
    for name in sorted((set(named) | hidden) - found[0] - values):
        yield f"no query gives the column {name}"
    for name in sorted((found[0] | values) - set(named) - hidden):
        yield f"the column {name} has no heading"
    if len(set(named.values())) != len(named):
        yield "two columns have the same heading"
    for each in panel.get("options", {}).get("sortBy", []):
        if each["displayName"] not in named.values():
            yield f"is sorted by {each['displayName']}, which is no column"


def data_links(panel):
    given = [each for _, key, value in properties(panel) if key == "links" for each in value]
    return given + panel.get("links", [])


@RULES.panel("drill-down")
def _(board, panel):
    if panel.get("type") == "table" and not data_links(panel):
        yield "its rows lead nowhere"


@RULES.panel("link")
def _(board, panel):
    """That the other side has the variables is checked where all dashboards are known."""
    own = {each["name"] for each in variables(board)}
    found = results(panel)
    for each in data_links(panel):
        url = each.get("url", "")
        if not LINK.fullmatch(url):
            yield f"{url} is no dashboard of ours"
            continue
        for part in ("${__url_time_range}", "${datasource:queryparam}"):
            if part not in url.split("?", 1)[1].split("&"):
                yield f"the link loses {part}"
        for passed, name, label in PASSED.findall(url):
            if passed and passed != "datasource" and passed not in own:
                yield f"the link passes ${passed}, which this dashboard has not"
            if label and not all(label in labels for labels in found):
                yield f"the link passes the column {label}, which is not there"
            if label and label != name:
                yield f"the link passes {label} as {name}"


@RULES.board("numbers")
def _(board):
    numbers = [each.get("id") for each in board.get("panels", [])]
    if len(set(numbers)) != len(numbers) or not all(numbers):
        yield f"panels are numbered {numbers}"


@RULES.board("titles")
def _(board):
    """A figure and its graph may be called alike; two graphs may not."""
    titles = [(each.get("type"), each.get("title")) for each in panels(board)]
    for kind, title in sorted({each for each in titles if all(each) and titles.count(each) > 1}):
        yield f"several panels of kind {kind} are called {title}"


@RULES.board("grid")
def _(board):
    """Every cell from the top to the bottom belongs to one panel."""
    taken = {}
    for each in board.get("panels", []):
        place = each.get("gridPos", {})
        x, y, w, h = (place.get(key, 0) for key in "xywh")
        if x < 0 or x + w > 24 or w < 1 or h < 1:
            yield f"{each.get('title')} is not within 24 columns"
            return
        for cell in ((column, line) for column in range(x, x + w) for line in range(y, y + h)):
            if cell in taken:
                yield f"{each.get('title')} lies over {taken[cell]}"
                return
            taken[cell] = each.get("title")
    lines = 1 + max((line for _, line in taken), default=-1)
    cells = ((column, line) for line in range(lines) for column in range(24))
    for column, line in itertools.islice((each for each in cells if each not in taken), 1):
        yield f"there is a hole at column {column} of line {line}"


@RULES.board("frame")
def _(board):
    for key, value in FRAME.items():
        if board.get(key) != value:
            yield f"{key} is {board.get(key)}, not {value}"
    if board.get("schemaVersion", 0) < 39:
        yield f"schemaVersion is {board.get('schemaVersion')}, which Grafana would have to convert"
    if not board.get("title", "").startswith("OpenCost / "):
        yield "the title does not begin with “OpenCost / ”"
    if not board.get("description"):
        yield "no description"
    if "opencost" not in board.get("tags", []):
        yield "no tag opencost"
    menu = {"type": "dashboards", "tags": ["opencost"], "includeVars": True, "keepTime": True}
    if not any(menu.items() <= each.items() for each in board.get("links", [])):
        yield "no menu of the other dashboards that keeps variables and time"
    for each in variables(board) + annotations(board):
        if each.get("datasource") != SOURCE:
            yield f"{each.get('name')} does not ask the data source that was chosen"


@RULES.board("annotations")
def _(board):
    for name, series in (("Data gaps", "opencost_up"), ("Alerts", "ALERTS")):
        given = [each for each in annotations(board) if each.get("name") == name]
        if not any(each.get("enable") and series in each.get("expr", "") and parsed(each["expr"])
                   for each in given):
            yield f"no annotation “{name}” of {series}"


def faults_of_links(boards):
    """Links to dashboards that are not there, or have not the variables that are passed."""
    choices = {board.get("uid"): {"datasource"} | {each["name"] for each in variables(board)}
               for board in boards.values()}
    for board in boards.values():
        for panel in panels(board):
            for match in (LINK.fullmatch(each.get("url", "")) for each in data_links(panel)):
                if not match:
                    continue
                uid, passed = match.groups()
                names = [first or second for first, second, _ in PASSED.findall(passed)]
                where = ("link", board.get("title", ""), panel.get("title", ""), None)
                if uid not in choices:
                    yield Fault(*where, f"there is no dashboard {uid}")
                    continue
                for name in names:
                    if name not in choices[uid]:
                        yield Fault(*where, f"{uid} has no variable {name}")
