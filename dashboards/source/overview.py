"""OpenCost / Overview: what it costs, where it goes, and whether the figures can be trusted."""

from boards import EXPORTER, NAMESPACES, OVERVIEW as BOARD, SAVINGS
from grafana import BAD, FIRING, GOOD, MONEY, WARN, Query, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster")
# The exporter's own series name sources, which need not be called as the clusters they tell of.
EVERYTHING = Scope()
CURRENT, MONTH, CPU, MEMORY = 'query="current"', 'window="month_to_date"', 'resource="cpu"', 'resource="memory"'
ROSE = thresholds("text", (0.2, WARN), (0.5, BAD))
IDLE = thresholds(GOOD, (0.4, WARN), (0.6, BAD))
USED = thresholds(BAD, (0.25, WARN), (0.5, GOOD))

BOARD.rows["What it costs"] = [
    stat("Run rate", "Cost an hour of the chosen clusters: namespaces, idle and unmounted. Mean of the last settled "
         "60 minutes.", S.sum("opencost_cluster_cost_per_hour"), MONEY, decimals=2),
    stat("Today", "Cost since the day began (00:00 UTC unless the exporter's calendar says otherwise).",
         S.sum("opencost_cluster_cost_today"), MONEY),
    stat("Yesterday", "Cost of the last finished day.", S.sum("opencost_cluster_cost_yesterday"), MONEY),
    stat("Month to date", "Cost since the first of the month, finished days and today. Compare with “Month known”: "
         "what is missing is not in it.", S.sum("opencost_cluster_cost_month_to_date"), MONEY),
    stat("Forecast", "Where this month ends: month to date, and the run rate of the last hour for the time that is "
         "left.", S.sum("opencost_cluster_cost_forecast"), MONEY),
    stat("Last month", "Cost of the whole last calendar month.", S.sum("opencost_cluster_cost_last_month"), MONEY),
]

BOARD.rows["Can it be trusted"] = [
    stat("Age of figures", "Time since the end of the hour that the run rates are of; the oldest source counts. 10 to "
         "20 minutes are usual.",
         f"time() - min({EVERYTHING.each('opencost_exporter_window_end_timestamp_seconds', CURRENT)} > 0)",
         "s", colours=thresholds(GOOD, (1800, WARN), (3600, BAD)), no_value="no answer yet", decimals=0),
    stat("Queries answered", "Share of the queries to OpenCost whose last poll gave an accepted answer, now. Figures "
         "of the others are old, or gone.", f"avg({EVERYTHING.each('opencost_up')})", "percentunit",
         colours=thresholds(BAD, (0.99, WARN), (1, GOOD)), no_value="exporter is down", decimals=0),
    stat("Month known", "Share of this month, up to now, that OpenCost has answered for; the least known of the chosen "
         "clusters counts. Below 100 % the month to date is too small.",
         f"min({S.each('opencost_window_coverage_ratio', MONTH)})", "percentunit",
         colours=thresholds(BAD, (0.9, WARN), (0.99, GOOD)), decimals=1),
    stat("Off OpenCost's total", "How far the sum of the last hour's rows is from the total OpenCost itself states; "
         "0 means to the cent.", f"max(abs({S.each('opencost_reconciliation_difference_ratio')}))", "percentunit",
         colours=thresholds(GOOD, (0.0001, WARN), (0.001, BAD)), decimals=3),
    stat("Alerts firing", "Alerts of this product that fire now, the watchdog aside. Needs the rules of alerts/.",
         f"count({FIRING % ''})", "none",
         colours=thresholds(GOOD, (1, WARN)), no_value="none"),
    stat("Exporter", "Version of the exporters that answer scrapes now.",
         Query(f"count by (version) ({EVERYTHING.each('opencost_exporter_build_info')})", "{{version}}"), "none",
         no_value="down", text="name"),
]

BOARD.rows["What of it is of use"] = [
    stat("Idle", "Share of the last hour's cost that nobody had reserved.",
         S.share("opencost_idle_cost_per_hour", "opencost_cluster_cost_per_hour"), "percentunit", colours=IDLE,
         decimals=1),
    stat("CPU efficiency", "CPU used as a share of CPU requested in the last hour, weighed with what it costs; the "
         "mean of the chosen clusters.", f"avg({S.each('opencost_cluster_efficiency_ratio', CPU)})",
         "percentunit", colours=USED, decimals=1, no_value="no usage known"),
    stat("Memory efficiency", "Memory used as a share of memory requested in the last hour, weighed with what it "
         "costs; the mean of the chosen clusters.",
         f"avg({S.each('opencost_cluster_efficiency_ratio', MEMORY)})", "percentunit", colours=USED,
         decimals=1, no_value="no usage known"),
    stat("Could be saved", "What the recommendations would save in a month of 730 hours, judged by up to 8 days.",
         S.sum("opencost_savings_total_per_month"), MONEY),
    stat("Waste", "Idle, unmounted, and requests beyond usage, in a month of 730 hours at the rate of the last hour.",
         S.sum("opencost_waste_per_month"), MONEY),
    stat("Unmounted", "Cost an hour of volumes and load balancers that serve no pod, over the last hour.",
         S.sum("opencost_unmounted_cost_per_hour"), MONEY, decimals=2, no_value="none"),
]

BOARD.rows["Where it goes"] = [
    graph("Run rate", "Cost an hour of the chosen clusters by what it is for; each point is the mean of the 60 minutes "
          "before it. Namespaces, idle and unmounted add up to the cluster.",
          [Query(S.sum("opencost_namespace_cost_per_hour"), "namespaces"),
           Query(S.sum("opencost_idle_cost_per_hour"), "idle"),
           Query(S.sum("opencost_unmounted_cost_per_hour"), "unmounted")], MONEY, stack=True),
    graph("By namespace", "The ten namespaces that cost most an hour at each point, idle excluded; each point is the "
          "mean of the 60 minutes before it.",
          f"topk(10, {S.sum('opencost_namespace_cost_per_hour', by='namespace')})", MONEY, legend="{{namespace}}"),
    graph("By resource", "Cost an hour of the chosen clusters by resource, idle included; each point is the mean of "
          "the 60 minutes before it.", S.sum("opencost_cluster_cost_per_hour", by="resource"), MONEY,
          legend="{{resource}}", stack=True),
    graph("By day", "Cost of the last finished day, as it was known at each point: a step a day.",
          S.sum("opencost_cluster_cost_yesterday", by="cluster"), MONEY, legend="{{cluster}}", stack=True),
]

COSTS = [
    Query(S.sum("opencost_namespace_cost_per_hour", by="cluster, namespace"), name="An hour", unit=MONEY, decimals=3,
          bar=True),
    Query(S.change("opencost_namespace_cost_per_hour", offset="1d", by="cluster, namespace"), name="Since yesterday",
          unit="percentunit", decimals=0, thresholds=ROSE),
    Query(S.change("opencost_namespace_cost_per_hour", offset="1w", by="cluster, namespace"), name="Since last week",
          unit="percentunit", decimals=0, thresholds=ROSE),
    Query(S.sum("opencost_namespace_cost_yesterday", by="cluster, namespace"), name="Yesterday", unit=MONEY),
    Query(S.sum("opencost_namespace_cost_month_to_date", by="cluster, namespace"), name="Month to date", unit=MONEY),
    Query(S.sum("opencost_namespace_cost_forecast", by="cluster, namespace"), name="Forecast", unit=MONEY),
]

BOARD.rows["Who it is"] = [
    table("Namespaces", "Every namespace of the chosen clusters, idle excluded. “An hour” is the mean of the last "
          "settled 60 minutes, and “since” compares it with the same hour a day and a week before.",
          {"cluster": "Cluster", "namespace": "Namespace"}, COSTS, sort="An hour", to=NAMESPACES, scope=S, height=12),
    table("Clusters", "The chosen clusters: the mean of the last settled 60 minutes, the day and the month, and what "
          "could be saved in a month of 730 hours.", {"cluster": "Cluster"},
          [Query(S.sum("opencost_cluster_cost_per_hour", by="cluster"), name="An hour", unit=MONEY, decimals=3),
           Query(S.share("opencost_idle_cost_per_hour", "opencost_cluster_cost_per_hour", by="cluster"), name="Idle",
                 unit="percentunit", decimals=0, thresholds=IDLE),
           Query(S.sum("opencost_cluster_cost_month_to_date", by="cluster"), name="Month to date", unit=MONEY),
           Query(S.sum("opencost_cluster_cost_forecast", by="cluster"), name="Forecast", unit=MONEY),
           Query(S.sum("opencost_savings_total_per_month", by="cluster"), name="Could be saved", unit=MONEY)],
          sort="An hour", to=SAVINGS, scope=S, width=12, height=8),
    table("Alerts", "Alerts of this product that fire now, the watchdog aside. Needs the rules of alerts/.",
          {"alertname": "Alert", "severity": "Severity", "namespace": "Namespace", "cluster": "Cluster"},
          [Query(f"count by (alertname, severity, cluster, namespace) ({FIRING % ''})", name="Firing", unit="none")],
          sort="Firing", to=EXPORTER, scope=S, width=12, height=8,
          widths={"alertname": 250}, no_value="none"),
]
