"""A small dashboard without a fault, for tests that put one into it."""

import json

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNIQUE = "max without (job, instance, namespace, pod, container, endpoint, service)"
OF_NAMESPACES = "max without (job, instance, pod, container, endpoint, service)"
COST = (f'sum ({OF_NAMESPACES} (opencost_namespace_cost_per_hour{{cluster=~"$cluster", '
        'namespace=~"$namespace"}))')
POLLS = (f'sum by (query) ({UNIQUE} (rate(opencost_exporter_polls_total{{cluster=~"$cluster"}}'
         "[$__rate_interval])))")
NOW = COST.replace("sum", "sum by (cluster, namespace)")
THEN = NOW.replace("}", "} offset 1d")
CHANGE = f"{NOW} / ({THEN} > 0) - 1"
LINK = ("/d/opencost-overview?${__url_time_range}&${datasource:queryparam}&"
        "var-cluster=${__data.fields.cluster:percentencode}&"
        "var-namespace=${__data.fields.namespace:percentencode}")


def variable(name, query):
    return {"type": "query", "name": name, "datasource": SOURCE, "query": {"query": query}, "refresh": 2,
            "multi": True, "includeAll": True, "allValue": ".*"}


def panel(number, kind, title, description, expressions, place, unit, overrides=(), **more):
    """place is (x, y, w, h)."""
    now, form = kind != "timeseries", "table" if kind == "table" else "time_series"
    return {"id": number, "type": kind, "title": title, "description": description, "datasource": SOURCE,
            "gridPos": dict(zip("xywh", place)),
            "targets": [{"refId": "ABC"[index], "datasource": SOURCE, "expr": each, "instant": now,
                         "range": not now, "format": form} for index, each in enumerate(expressions)],
            "fieldConfig": {"defaults": {"unit": unit, "noValue": "none", "mappings": []},
                            "overrides": list(overrides)}, **more}


def column(name, heading, **properties):
    return {"matcher": {"id": "byName", "options": name},
            "properties": [{"id": key, "value": value} for key, value in
                           {"displayName": heading, **properties}.items()]}


def good_dashboard():
    rate = panel(3, "timeseries", "Polls", "Polls a second, over the last minutes before each point.",
                 [POLLS],
                 (12, 1, 12, 4), "ops")
    rate["targets"][0]["legendFormat"] = "{{query}}"
    board = {
        "uid": "opencost-overview", "title": "OpenCost / Overview", "description": "What it costs.",
        "tags": ["opencost"], "schemaVersion": 39, "editable": False, "graphTooltip": 1, "timezone": "utc",
        "refresh": "5m",
        "links": [{"type": "dashboards", "tags": ["opencost"], "includeVars": True, "keepTime": True}],
        "templating": {"list": [
            {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus"},
            variable("cluster", "label_values(opencost_cluster_cost_per_hour, cluster)"),
            variable("namespace",
                     'label_values(opencost_namespace_cost_per_hour{cluster=~"$cluster"}, namespace)')]},
        "annotations": {"list": [
            {"builtIn": 1, "name": "Annotations & Alerts"},
            {"name": "Data gaps", "datasource": SOURCE, "enable": True, "textFormat": "{{cluster}} {{query}}",
             "expr": "max by (cluster, query) (opencost_up) == 0"},
            {"name": "Alerts", "datasource": SOURCE, "enable": True, "titleFormat": "{{alertname}}",
             "expr": 'max by (alertname) (ALERTS{alertstate="firing"})'}]},
        "panels": [
            {"id": 1, "type": "row", "title": "Now", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1},
             "panels": []},
            panel(2, "stat", "Run rate", "Cost of the last hour.", [COST], (0, 1, 12, 4), "currencyUSD"),
            rate,
            panel(4, "table", "Namespaces", "Cost of the last hour, and a day before.", [NOW, CHANGE],
                  (0, 5, 24, 8), "short",
                  [column("cluster", "Cluster"), column("namespace", "Namespace", links=[{"url": LINK}]),
                   column("Value #A", "An hour", unit="currencyUSD"),
                   column("Value #B", "Change", unit="percentunit")],
                  options={"sortBy": [{"displayName": "An hour"}]},
                  transformations=[{"id": "organize", "options": {"excludeByName": {"Time": True}}}])],
    }
    return json.loads(json.dumps(board))   # so that no two places are one
