"""docs/alerts.md, the index of the runbooks, and the facts at the head of each, made from the rules."""

import pathlib
import re
import sys

from rules import alerts, thresholds

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "dashboards/source"))
import catalogue  # noqa: E402

HEAD = """<!-- Written by alerts/generate-docs from the rule files in alerts/. -->
# Alerts

Rules for Prometheus 2.42 or later, in [alerts/](../alerts): what costs more than usual or than it may, what
is wasted, and whether the figures can be believed at all. Every alert has a [runbook](runbooks/README.md)
with its expression, and a link to a [dashboard](dashboards.md).

## Load them

```sh
cp alerts/thresholds.yml alerts/recording.yml alerts/costs.yml alerts/exporter.yml /etc/prometheus/opencost/
sed -i 's|https://grafana.example.com|https://grafana.my.org|' /etc/prometheus/opencost/*.yml
promtool check rules /etc/prometheus/opencost/*.yml
```

```yaml
# prometheus.yml
rule_files:
  - /etc/prometheus/opencost/*.yml
```

The four files belong together: expressions compare with the series of `thresholds.yml` and read those of
`recording.yml`. Runbooks are linked to where this repository has them; if yours are elsewhere, replace
`https://github.com/opencost-exporter/opencost-exporter/blob/main/docs/runbooks` in the same way.

- **The exporter must be scraped** with `honor_labels: true`, or `cluster` and `namespace` are those of the
  exporter's own pod. One job or two, one replica or several: every rule counts a cost once.
- **Give every cluster a name**, `clusters[].name`. Without one, figures of cost carry the name that
  OpenCost gives and the exporter's own series host and port, so that an alert on the one cannot silence
  alerts on the other.
- **Usual cost is that of the same hour on the past 7 days**, so alerts on a rise or a fall need three days
  of history. [backfill](backfill.md) brings it at once.

## Nothing is critical

A cost is a reason to look tomorrow, not to get up at night, so by default no alert has the severity
`critical`:

| severity | means |
| --- | --- |
| `warning` | somebody should look at it on the next working day |
| `info` | worth knowing; silenced by the `warning` of the same name |
| `none` | the watchdog, which always fires |

The label `area` is `cost` for what is spent and `data` for the exporter and its figures. Alerts keep the
labels `cluster`, `namespace` and `tenant` of what they are about, so that they can be sent to whose cost it
is.

"""

TAIL = """## Change a threshold

Every number stands in [alerts/thresholds.yml](../alerts/thresholds.yml) as a series of its own, and nowhere
else:

```yaml
- record: opencost:idle_ratio_info:threshold
  expr: vector(0.3)
```

A rule may be changed and must not be deleted: what is compared with a series that is not there stays
silent. `OpenCostWatchdog` counts them, and stops when one is gone. How long a condition must hold is the
`for` of the alert. After a change: `promtool check rules alerts/*.yml`, and a reload of Prometheus.

## Who gets them

[alerts/alertmanager.example.yml](../alerts/alertmanager.example.yml) is a whole configuration to take from,
with made-up addresses: cost goes to teams by namespace, tenant and budget, data to the platform team, the
watchdog to a dead man's switch. Its inhibitions say what explains what:

| while this fires | this is silent |
| --- | --- |
| a `warning` | the `info` of the same name and labels |
| `OpenCostExporterDown` | `OpenCostExporterAbsent`, `OpenCostClusterSilent` |
| `OpenCostExporterAbsent` | all of area `cost`, `OpenCostClusterSilent` |
| `OpenCostSourceDown` | `OpenCostDataStale` and `OpenCostClusterSilent` of its cluster |
| `OpenCostSourceDown`, or `OpenCostDataStale` as warning, query `current` | area `cost` of its cluster |
| `OpenCostClusterSilent` | all of area `cost` of its cluster |

Alerts on budgets have no `cluster`, since a budget may span several, and are not silenced by that of one:
they ask for `opencost_budget_coverage_ratio` where unknown days could mislead them.

```sh
amtool check-config alerts/alertmanager.example.yml
```
"""

FACTS = re.compile(r"<!-- facts -->\n.*?<!-- /facts -->\n", re.DOTALL)


def cell(text):
    return text.replace("|", "\\|")


def unique(values):
    return list(dict.fromkeys(value for value in values if value))


def used(rules):
    return unique(name for rule in rules for name in rule.thresholds)


def table(head, rows):
    return "\n".join([f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
                     + [f"| {' | '.join(map(cell, row))} |" for row in rows]) + "\n"


def severities(rules):
    return ", ".join(f"`{name}`" for name in unique(rule.labels.get("severity") for rule in rules))


def holds(rules):
    return ", ".join(unique(rule.hold for rule in rules)) or "at once"


def alerts_table(rules, area, values):
    rows = []
    for name, own in alerts(rules).items():
        if own[0].labels.get("area") != area:
            continue
        limits = "; ".join(f"`{key}` {values[key][0]}" for key in used(own))
        rows.append((f"[`{name}`](runbooks/{name}.md)", severities(own), holds(own),
                     " ".join(unique(rule.annotations["summary"] for rule in own)), limits))
    return table(("alert", "severity", "for", "what it says", "thresholds and their defaults"), rows)


def meaning(rule):
    """A sum or a maximum means what its family means; all else is said in the file."""
    _, family, operation = rule.record.split(":")
    return catalogue.families()[family].meaning if operation in ("sum", "max") else rule.meaning


def overview(rules):
    values = thresholds(rules)
    users = {name: unique(rule.alert for rule in rules if name in rule.thresholds) for name in values}
    return "".join((
        HEAD, "## Alerts on cost\n\n", alerts_table(rules, "cost", values),
        "\n## Alerts on the exporter and its data\n\n", alerts_table(rules, "data", values),
        "\n## Thresholds\n\nIn the exported currency where they are amounts.\n\n",
        table(("threshold", "default", "meaning", "alerts"),
              [(f"`{name}`", default, rule.comment, " ".join(f"`{user}`" for user in users[name]))
               for name, (default, rule) in values.items()]),
        "\n## Recorded series\n\nFor graphs and queries, too: each counts a cost once, however many "
        "replicas and jobs there are.\n\n",
        table(("series", "every", "meaning"),
              [(f"`{rule.record}`", rule.interval, meaning(rule)) for rule in rules
               if rule.record and rule.record not in values]),
        "\n", TAIL))


def index(rules):
    rows = [(f"[`{name}`]({name}.md)", severities(own), own[0].labels.get("area", ""),
             " ".join(unique(rule.annotations["summary"] for rule in own)))
            for name, own in sorted(alerts(rules).items())]
    return ("<!-- Written by alerts/generate-docs from the rule files in alerts/. -->\n# Runbooks\n\n"
            "One page per alert: what it means, what it leads to, how to find the cause, what to do.\n"
            "How alerts are loaded, changed and sent: [alerts.md](../alerts.md).\n\n"
            + table(("alert", "severity", "area", "what it says"), rows))


def facts(own, values):
    """What stands between `<!-- facts -->` and `<!-- /facts -->` in the runbook of an alert."""
    area = own[0].labels.get("area", "")
    rows = [("severity", severities(own)), ("area", f"`{area}`"), ("for", holds(own))]
    keep = ", ".join(unique(rule.keep for rule in own))
    if keep:
        rows.append(("keeps firing for", keep))
    rows += [(f"`{name}`", values[name][0]) for name in used(own)]
    text = table(("fact", "value"), rows)
    for rule in own:
        other = {key: value for key, value in rule.labels.items() if key != "area"}
        which = ", ".join(f"{key} `{value}`" for key, value in other.items())
        title = f"\n{which}:\n" if len(own) > 1 else ""
        text += f"{title}\n```promql\n{rule.expr.strip()}\n```\n"
    return f"<!-- facts -->\n{text}<!-- /facts -->\n"


def runbook(text, own, values):
    """The runbook with its facts written anew; behind its title if it has none yet."""
    block = facts(own, values)
    if FACTS.search(text):
        return FACTS.sub(lambda match: block, text, count=1)
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{block}\n{rest.lstrip()}"


def pages(rules, docs):
    """{path: text} of all that is generated. A runbook that is missing is left out: the tests ask for it."""
    values = thresholds(rules)
    made = {docs / "alerts.md": overview(rules), docs / "runbooks" / "README.md": index(rules)}
    for name, own in alerts(rules).items():
        path = docs / "runbooks" / f"{name}.md"
        if path.is_file():
            made[path] = runbook(path.read_text(), own, values)
    return made
