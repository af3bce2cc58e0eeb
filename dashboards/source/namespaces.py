"""OpenCost / Namespace."""

from boards import NAMESPACES as BOARD, WORKLOADS
from grafana import BAD, GOOD, MONEY, WARN, Query, bars, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster", "namespace")
NAMESPACE = "cluster, namespace"
WORKLOAD_LABELS = {"cluster": "Cluster", "namespace": "Namespace", "controller_kind": "Kind",
                   "controller": "Workload"}
WORKLOAD = ", ".join(WORKLOAD_LABELS)
MORE = thresholds("text", (0.2, WARN), (0.5, BAD))
USED = thresholds(BAD, (0.25, WARN), (0.5, GOOD))
# With all namespaces chosen, the empty name of what belongs to no namespace matches as well.
OWNED = 'namespace!=""'


def against_usual(by=""):
    """Yesterday against a seventh of the last 7 days, as a share."""
    share = S.share("opencost_namespace_cost_yesterday", "opencost_namespace_cost_last_7_days", by=by)
    return f"{share} * 7 - 1"


def efficiency(resource):
    """Of the namespaces that cost most of this resource. A mean of ratios would be nobody's efficiency."""
    ratio = S.sum("opencost_namespace_efficiency_ratio", f'resource="{resource}"', by=NAMESPACE)
    cost = S.sum("opencost_namespace_cost_per_hour", f'resource="{resource}"', by=NAMESPACE)
    return f"sort({ratio} and topk(8, {cost}))"


def amount(name, series, *matchers, by, decimals=2, bar=False):
    return Query(S.sum(series, *matchers, by=by), name=name, unit=MONEY, decimals=decimals, bar=bar)


def change(name, expression):
    return Query(expression, name=name, unit="percentunit", decimals=1, thresholds=MORE)


def used(name, series, resource, by):
    return Query(S.sum(series, f'resource="{resource}"', by=by), name=name, unit="percentunit", decimals=0,
                 thresholds=USED)


BOARD.rows["Cost"] = [
    stat("Run rate", "What the chosen namespaces cost an hour, idle excluded. The window is the last 60 "
         "minutes that OpenCost has settled.", S.sum("opencost_namespace_cost_per_hour"), MONEY, decimals=3),
    stat("Today", "Cost of the chosen namespaces since the day began (00:00 UTC, unless the exporter has an "
         "offset).",
         S.sum("opencost_namespace_cost_today"), MONEY),
    stat("Yesterday", "Cost of the chosen namespaces over the last finished day.",
         S.sum("opencost_namespace_cost_yesterday"), MONEY),
    stat("Month to date", "Cost of the chosen namespaces since the first of the month: finished days and "
         "today. Days nobody knows of are not in it; see the coverage on Overview.",
         S.sum("opencost_namespace_cost_month_to_date"), MONEY),
    stat("Forecast", "Where the calendar month ends: month to date, and the run rate of the last hour for "
         "all time that is left or unknown.", S.sum("opencost_namespace_cost_forecast"), MONEY,
         no_value="no run rate"),
    stat("Last month", "Cost of the chosen namespaces over the whole last calendar month, as far as it is "
         "known.",
         S.sum("opencost_namespace_cost_last_month"), MONEY, no_value="not known"),
    stat("Change", "The run rate of the last settled hour against the same hour a day and a week ago, and "
         "yesterday against the mean day of the last 7 finished ones, itself included; all for the chosen "
         "namespaces together. Orange from 20 % more, red from 50 %.",
         [Query(S.change("opencost_namespace_cost_per_hour", offset="1d"), "to a day ago"),
          Query(S.change("opencost_namespace_cost_per_hour", offset="1w"), "to a week ago"),
          Query(against_usual(), "yesterday to usual")],
         "percentunit", colours=MORE, decimals=1, width=12, no_value="no history"),
    stat("Shared cost", "What the chosen namespaces bear an hour of cost that serves everybody, on top of "
         "their own; in the last settled hour. It is not in any other figure here.",
         S.sum("opencost_namespace_shared_cost_per_hour"), MONEY, decimals=3, width=6,
         no_value="not shared over namespaces"),
    stat("Savings a month", "What could be saved in 730 hours in the chosen namespaces at the current rate: "
         "smaller requests, idle workloads, volumes nobody mounts. A workload has to be watched for a while "
         "before anything is said of it.",
         S.sum("opencost_savings_per_month", OWNED), MONEY, width=6, no_value="none found"),
]
BOARD.rows["Over time"] = [
    graph("By resource", "Run rate of the chosen namespaces, each point over the settled hour before it. The "
          "areas add up to the run rate.", S.sum("opencost_namespace_cost_per_hour", by="resource"), MONEY,
          legend="{{resource}}", stack=True,
          width=10, height=9, calcs=()),
    graph("By workload", "Run rate of the ten workloads that cost most at each time, each point over the "
          "settled hour before it.",
          f'topk(10, {S.sum("opencost_workload_cost_per_hour", by="cluster, namespace, controller")})',
          MONEY, legend="{{namespace}}/{{controller}} ({{cluster}})", width=14, height=9,
          no_value="workloads are not exported"),
    graph("Month to date", "Cost since the first of the month of the ten namespaces that have cost most; it "
          "falls to nothing when a month begins.",
          f'topk(10, {S.sum("opencost_namespace_cost_month_to_date", by=NAMESPACE)})', MONEY,
          legend="{{namespace}} ({{cluster}})", width=24, height=7),
]
BOARD.rows["Use"] = [
    bars("CPU used of requested", "CPU efficiency in the last settled hour of the eight chosen namespaces "
         "whose CPU costs most: used, as a share of requested, each at its cost. Red below 25 %, green from "
         "50 %.",
         efficiency("cpu"), "percentunit", legend="{{namespace}} ({{cluster}})", colours=USED, decimals=0,
         maximum=1, width=12, no_value="nothing requested"),
    bars("Memory used of requested", "Memory efficiency in the last settled hour of the eight chosen "
         "namespaces whose memory costs most: used, as a share of requested, each at its cost. Red below 25 "
         "%, green from 50 %.",
         efficiency("memory"), "percentunit", legend="{{namespace}} ({{cluster}})", colours=USED, decimals=0,
         maximum=1, width=12, no_value="nothing requested"),
]
BOARD.rows["Workloads and namespaces"] = [
    table("Workloads", "Run rate and efficiency over the last settled hour; change against the same hour a "
          "day ago; savings in 730 hours. What has a month to date and no run rate is not running now; pods "
          "of no controller are one row “__unallocated__” in the month. A row leads to its pods.",
          WORKLOAD_LABELS,
          [amount("An hour", "opencost_workload_cost_per_hour", by=WORKLOAD, decimals=4, bar=True),
           change("Since yesterday", S.change("opencost_workload_cost_per_hour", offset="1d", by=WORKLOAD)),
           amount("Month to date", "opencost_workload_cost_month_to_date", by=WORKLOAD),
           used("CPU used", "opencost_workload_efficiency_ratio", "cpu", by=WORKLOAD),
           used("Memory used", "opencost_workload_efficiency_ratio", "memory", by=WORKLOAD),
           amount("Savings a month", "opencost_savings_per_month", OWNED, by=WORKLOAD)],
          sort="An hour", to=WORKLOADS, scope=S, height=11, no_value="–"),
    table("Namespaces", "Run rate, shared cost and efficiency over the last settled hour; change of the run "
          "rate against the same hour a day ago, and of yesterday against the mean of the last 7 finished "
          "days; month to date, forecast and last month by calendar; savings in 730 hours. A row leads to "
          "its workloads.",
          {"cluster": "Cluster", "namespace": "Namespace"},
          [amount("An hour", "opencost_namespace_cost_per_hour", by=NAMESPACE, decimals=4),
           change("Since yesterday", S.change("opencost_namespace_cost_per_hour", offset="1d", by=NAMESPACE)),
           change("Against usual", against_usual(by=NAMESPACE)),
           amount("Month to date", "opencost_namespace_cost_month_to_date", by=NAMESPACE, bar=True),
           amount("Forecast", "opencost_namespace_cost_forecast", by=NAMESPACE),
           amount("Last month", "opencost_namespace_cost_last_month", by=NAMESPACE),
           used("CPU used", "opencost_namespace_efficiency_ratio", "cpu", by=NAMESPACE),
           used("Memory used", "opencost_namespace_efficiency_ratio", "memory", by=NAMESPACE),
           amount("Shared, an hour", "opencost_namespace_shared_cost_per_hour", by=NAMESPACE, decimals=4),
           amount("Savings a month", "opencost_savings_per_month", OWNED, by=NAMESPACE)],
          sort="An hour", to=WORKLOADS, scope=S, height=10, no_value="–"),
]
