"""OpenCost / Budgets and tenants."""

from boards import BUDGETS as BOARD, NAMESPACES
from grafana import BAD, GOOD, MONEY, WARN, Query, bars, graph, stat, table, thresholds
from queries import Scope

S = Scope("cluster", "tenant", "budget")
CLUSTERS = Scope("cluster")
BUDGET = "budget, period"
TENANT = "cluster, tenant"
LABELS = "opencost_label_cost_per_hour"
LIMIT, SPENT, FORECAST = "opencost_budget_limit", "opencost_budget_spent", "opencost_budget_forecast"
RATE, LAST_MONTH = "opencost_tenant_cost_per_hour", "opencost_tenant_cost_last_month"
NEAR = thresholds(GOOD, (0.8, WARN), (1, BAD))
ANY = thresholds(GOOD, (1, BAD))
KNOWN = thresholds(BAD, (0.9, WARN), (0.99, GOOD))
AHEAD = thresholds("text", (0.05, WARN), (0.15, BAD))
MORE = thresholds("text", (0.2, WARN), (0.5, BAD))
UNCLAIMED = thresholds(GOOD, (0.1, WARN), (0.3, BAD))

SPENT_SHARE = S.share(SPENT, LIMIT, by=BUDGET)
FORECAST_SHARE = S.share(FORECAST, LIMIT, by=BUDGET)
MONTH_GONE = "(day_of_month() - 1 + hour() / 24 + minute() / 1440) / days_in_month()"
NOBODYS = CLUSTERS.sum(RATE, 'tenant="__unallocated__"')
EVERYBODYS = CLUSTERS.sum(RATE)
LAST_MONTH_KNOWN = CLUSTERS.each("opencost_window_coverage_ratio", 'window="last_month"')


def amount(name, series, *matchers, by, decimals=2, bar=False):
    return Query(S.sum(series, *matchers, by=by), name=name, unit=MONEY, decimals=decimals, bar=bar)


def share(name, expression, colours=None):
    return Query(expression, name=name, unit="percentunit", decimals=1, thresholds=colours)


def last_month(name, *resources):
    return amount(name, LAST_MONTH, f'resource=~"{"|".join(resources)}"', by=TENANT)


BOARD.rows["Budgets"] = [
    stat("Above the limit", "Chosen budgets that have spent more than their limit since the first of the "
         "month.", f"sum ({SPENT_SHARE} > bool 1)", "none", colours=ANY, decimals=0, no_value="no budgets"),
    stat("Will end above", "Chosen budgets that will have spent more than their limit when the month ends, "
         "at the run rate of the last settled hour.",
         f"sum ({FORECAST_SHARE} > bool 1)", "none", colours=ANY, decimals=0, no_value="no forecast"),
    stat("Nearest to its limit", "The largest share of a limit that any chosen budget has spent since the "
         "first of the month. Orange from 80 %, red from 100 %.",
         f"max ({SPENT_SHARE})", "percentunit", colours=NEAR, decimals=1,
         no_value="no budgets"),
    stat("Month gone", "Share of this calendar month that has passed, in UTC. A budget that is spent evenly "
         "has spent the same share.", MONTH_GONE, "percentunit", decimals=1),
    stat("Budgets known", "The least coverage of any chosen budget: share of the month so far whose cost is "
         "known. Below 100 % more has been spent than is shown.",
         f'min ({S.each("opencost_budget_coverage_ratio")})',
         "percentunit", colours=KNOWN, decimals=1, no_value="no budgets"),
    stat("Last month known", "The least coverage of last month among the chosen clusters: below 100 % a "
         "showback of it is too small.", f"min ({LAST_MONTH_KNOWN})",
         "percentunit", colours=KNOWN, decimals=1),
    table("Budgets", "Spent since the first of the month and forecast for its end, at the run rate of the "
          "last settled hour; each also as a share of the limit (“Spent share”, “Ends at”): orange from 80 "
          "%, red from 100 %. “Ahead” is the share spent less the share of the month that has passed. "
          "“Known” is the share of the month so far that the amounts cover. An empty cell: a cluster that "
          "counts has no answer. Budgets of all clusters are shown. A row narrows this page to the budget.",
          {"period": "Period", "budget": "Budget"},
          [amount("Limit", LIMIT, by=BUDGET),
           amount("Spent", SPENT, by=BUDGET),
           share("Spent share", SPENT_SHARE, NEAR),
           share("Ahead", f"{SPENT_SHARE} - scalar({MONTH_GONE})", AHEAD),
           amount("Forecast", FORECAST, by=BUDGET),
           share("Ends at", FORECAST_SHARE, NEAR),
           share("Known", S.sum("opencost_budget_coverage_ratio", by=BUDGET), KNOWN)],
          sort="Ends at", to=BOARD, scope=S, height=7, no_value="–"),
    graph("Spent of the limit", "Share of its limit that each chosen budget had spent since the first of the "
          "month, and the share of the month that had passed (UTC). A budget above that line is spent too "
          "early.",
          [Query(SPENT_SHARE, "{{budget}}"), Query(MONTH_GONE, "month gone")], "percentunit", decimals=1,
          calcs=(), no_value="no budgets"),
    graph("Forecast of the limit", "Where each chosen budget would end at the run rate of the hour before "
          "each point, as a share of its limit. The lines are at 80 % and 100 %.",
          FORECAST_SHARE, "percentunit", legend="{{budget}}",
          limits=NEAR, decimals=1, calcs=(), no_value="no forecast"),
    graph("Spent, forecast and limit", "Since the first of the month, and at its end; for each chosen "
          "budget. Budgets may count the same cost twice, so they are not added up. Choose one to read its "
          "scale.",
          [Query(S.sum(LIMIT, by=BUDGET), "{{budget}} limit"),
           Query(S.sum(FORECAST, by=BUDGET), "{{budget}} forecast"),
           Query(S.sum(SPENT, by=BUDGET), "{{budget}} spent")],
          MONEY, width=24, height=10, no_value="no budgets"),
]
BOARD.rows["Tenants"] = [
    graph("By tenant", "Run rate of the chosen tenants, each point over the settled hour before it, idle "
          "excluded. The areas add up to what the namespaces of the clusters cost. A step may be a new rule.",
          S.sum(RATE, by="tenant"), MONEY, legend="{{tenant}}", stack=True, width=10, height=9,
          decimals=3, calcs=(), no_value="no rules for tenants"),
    graph("Taken by no rule", "Share of the run rate of the chosen clusters that is no tenant's "
          "(“__unallocated__”), each point over the settled hour before it, whatever tenants are chosen.",
          f"({NOBODYS} or 0 * {EVERYBODYS}) / ({EVERYBODYS} > 0)", "percentunit", legend="share of nobody",
          limits=UNCLAIMED, width=7, height=9, decimals=1, no_value="no rules for tenants"),
    bars("Shared cost", "What the chosen tenants bear an hour of cost that serves everybody, by where it "
         "comes from, in the last settled hour; on top of their own.",
         f'sort_desc({S.sum("opencost_tenant_shared_cost_per_hour", by="source")})',
         MONEY, legend="{{source}}", width=7, height=9, decimals=3, no_value="not shared over tenants"),
    table("Tenants", "Run rate and shared cost over the last settled hour, idle excluded; change of the run "
          "rate against the same hour a day ago; today, month and forecast by calendar. Shared cost is in no "
          "other column. A row narrows this page to the tenant.",
          {"cluster": "Cluster", "tenant": "Tenant"},
          [amount("An hour", RATE, by=TENANT, decimals=3, bar=True),
           share("Since yesterday", S.change(RATE, offset="1d", by=TENANT), MORE),
           amount("Shared, an hour", "opencost_tenant_shared_cost_per_hour", by=TENANT, decimals=3),
           amount("Today", "opencost_tenant_cost_today", by=TENANT),
           amount("Month to date", "opencost_tenant_cost_month_to_date", by=TENANT),
           amount("Forecast", "opencost_tenant_cost_forecast", by=TENANT),
           amount("Last month", LAST_MONTH, by=TENANT)],
          sort="An hour", to=BOARD, scope=S, height=8, no_value="–"),
]
BOARD.rows["Showback"] = [
    table("Last month by tenant", "What each chosen tenant cost in the whole last calendar month, by "
          "resource, idle and shared cost excluded, as far as the month is known. A row leads to the "
          "namespaces of its cluster.",
          {"tenant": "Tenant", "cluster": "Cluster"},
          [amount("Total", LAST_MONTH, by=TENANT, bar=True),
           share("Share", f"{S.sum(LAST_MONTH, by=TENANT)} / scalar({CLUSTERS.sum(LAST_MONTH)} > 0)"),
           last_month("CPU", "cpu"), last_month("Memory", "memory"), last_month("GPU", "gpu"),
           last_month("Storage", "storage"), last_month("Network", "network", "load_balancer"),
           last_month("Other", "shared", "external")],
          sort="Total", to=NAMESPACES, scope=S, height=8, no_value="–"),
    table("Labels", "Run rate of the chosen clusters by the values of each label that is configured, over "
          "the last settled hour, idle excluded; change against the same hour a day ago. The values of one "
          "label add up to the namespaces: never add up two labels. A row leads to the namespaces of its "
          "cluster.",
          {"label": "Label", "value": "Value", "cluster": "Cluster"},
          [amount("An hour", LABELS, by="cluster, label, value", decimals=4, bar=True),
           share("Since yesterday", S.change(LABELS, offset="1d", by="cluster, label, value"), MORE)],
          sort="An hour", to=NAMESPACES, scope=S, height=10, no_value="–"),
]
