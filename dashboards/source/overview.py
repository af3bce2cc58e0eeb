"""OpenCost / Overview."""

from boards import NAMESPACES, OVERVIEW as BOARD, SAVINGS
from grafana import BAD, GOOD, MONEY, WARN, Query, bars, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster")
AGE = thresholds(GOOD, (1800, WARN), (3600, BAD))
IDLE = thresholds(GOOD, (0.4, WARN), (0.6, BAD))
MORE = thresholds("text", (0.2, WARN), (0.5, BAD))

BOARD.rows["Now"] = [
    stat("Run rate", "What the chosen clusters cost an hour: namespaces, idle and unmounted. The window is the last "
         "60 minutes that OpenCost has settled.", S.sum("opencost_cluster_cost_per_hour"), MONEY, decimals=2),
    stat("Today", "Cost since 00:00 UTC, all of the cluster.", S.sum("opencost_cluster_cost_today"), MONEY),
    stat("Yesterday", "Cost of the last finished day (UTC).", S.sum("opencost_cluster_cost_yesterday"), MONEY),
    stat("Month to date", "Cost since the first of the month: finished days and today. What is missing of it is under "
         "“Month known”.", S.sum("opencost_cluster_cost_month_to_date"), MONEY),
    stat("Forecast", "Where the month ends: month to date, and the run rate of the last hour for the rest of it.",
         S.sum("opencost_cluster_cost_forecast"), MONEY),
    stat("Last month", "Cost of the whole last calendar month.", S.sum("opencost_cluster_cost_last_month"), MONEY),
]
