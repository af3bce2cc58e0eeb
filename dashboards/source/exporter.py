"""OpenCost / Exporter health: whether OpenCost is asked, answers, and is believed; what that takes."""

from boards import EXPORTER as BOARD, OVERVIEW
from grafana import BAD, GOOD, WARN, Query, graph, stat, table, thresholds, words
from queries import Scope

S = Scope("cluster", "query")
SOURCES = Scope("cluster")  # what is said of one query, whichever is chosen
ALWAYS = thresholds(BAD, (1, GOOD))
NEVER = thresholds(GOOD, (1, BAD))
RATE = "$__rate_interval"
CURRENT = 'query="current"'


def increase(series, by, window="1h"):
    """Of a counter; each exporter counts for itself, so the largest is the one that has run longest."""
    return S.sum(series, by=by, function="increase", window=window)


def mean(series, by):
    """The mean of a histogram's observations over the rate interval."""
    total = S.sum(f"{series}_sum", by=by, function="rate", window=RATE)
    count = S.sum(f"{series}_count", by=by, function="rate", window=RATE)
    return f"{total} / ({count} > 0)"


BOARD.rows["Now"] = [
    stat("Age of figures", "Time since the end of the hour that the run rates are of; the oldest source counts. 10 to "
         "20 minutes are usual.",
         f"time() - min({SOURCES.each('opencost_exporter_window_end_timestamp_seconds', CURRENT)} > 0)", "s",
         colours=thresholds(GOOD, (1800, WARN), (3600, BAD)), no_value="no answer yet", decimals=0),
    stat("Queries answered", "Share of the queries whose last poll gave an accepted answer, now.",
         f"avg({S.each('opencost_up')})", "percentunit", colours=thresholds(BAD, (0.99, WARN), (1, GOOD)),
         no_value="exporter is down", decimals=0),
    stat("Failed polls", "Polls of the last hour that gave no accepted answer.",
         increase("opencost_exporter_poll_failures_total", by=""), "none", colours=NEVER, decimals=0),
    stat("Rows rejected", "Rows left out of accepted answers in the last hour, because they cannot be true.",
         increase("opencost_exporter_rows_rejected_total", by=""), "none", colours=NEVER, decimals=0),
    stat("Configuration", "Whether the configuration in force now is the newest one offered, or that was refused.",
         f"min({S.each('opencost_exporter_config_last_reload_successful')})", "none", colours=ALWAYS,
         mappings=words(on="in force", off="refused")),
    stat("Ledger", "Whether every known day is in the ledger's file now, or some or all in memory only, as "
         "without ledger.path.", f"min({S.each('opencost_exporter_ledger_persistent')})", "none",
         mappings=words(on="on disk", off="in memory")),
]

BOARD.rows["Asking OpenCost"] = [
    table("Queries", "Each query to each source: whether the last poll worked, how long ago that was beside the time "
          "between two polls, and what happened in the last hour.",
          {"cluster": "Source", "query": "Query"},
          [Query(S.sum("opencost_up", by="cluster, query"), name="Up", unit="none", thresholds=ALWAYS),
           Query(f"time() - ({S.sum('opencost_exporter_last_success_timestamp_seconds', by='cluster, query')} > 0)",
                 name="Last success", unit="s", decimals=0),
           Query(S.sum("opencost_exporter_poll_interval_seconds", by="cluster, query"), name="Interval", unit="s"),
           Query(increase("opencost_exporter_polls_total", "cluster, query"), name="Polls an hour", unit="none",
                 decimals=0),
           Query(increase("opencost_exporter_poll_failures_total", "cluster, query"), name="Failed", unit="none",
                 decimals=0, thresholds=NEVER),
           Query(increase("opencost_exporter_poll_retries_total", "cluster, query"), name="Retries", unit="none",
                 decimals=0),
           Query(S.sum("opencost_exporter_answer_rows", by="cluster, query"), name="Rows", unit="none"),
           Query(increase("opencost_exporter_answer_bytes_total", "cluster, query"), name="Read an hour", unit="bytes")],
          sort="Last success", to=OVERVIEW, scope=Scope(), height=10),
    graph("Time a poll takes", "Mean time from asking to the decoded answer, retries and waits included, over the few "
          "minutes before each point.", mean("opencost_exporter_poll_duration_seconds", "cluster, query"), "s", legend="{{cluster}} {{query}}",
          interval="1m", no_value="no poll in this time"),
    graph("Failed polls by reason", "Polls without an accepted answer in the hour before each point.",
          increase("opencost_exporter_poll_failures_total", "reason") + " > 0", "none", legend="{{reason}}", bars=True,
          stack=True, no_value="none"),
    graph("Age of each query's answer", "Time since the last accepted answer at each point. The run rates leave the "
          "page when theirs is older than poll.max_age.",
          f"time() - ({S.each('opencost_exporter_last_success_timestamp_seconds')} > 0)", "s",
          legend="{{cluster}} {{query}}", interval="1m"),
    graph("Rows rejected by reason", "Rows left out of accepted answers in the hour before each point.",
          increase("opencost_exporter_rows_rejected_total", "reason") + " > 0", "none", legend="{{reason}}", bars=True,
          stack=True, no_value="none"),
]

BOARD.rows["What is known"] = [
    graph("Windows known", "Share of each calendar window (today, yesterday, the month …), up to each point, that "
          "OpenCost has answered for.",
          f"min by (window) ({S.each('opencost_window_coverage_ratio')})", "percentunit", legend="{{window}}",
          width=8, maximum=1, limits=thresholds(BAD, (0.95, "transparent"))),
    graph("Finished days", "Finished days that are wanted at each point: recorded, absent because OpenCost knows "
          "nothing of them, or still to be asked for.", S.sum("opencost_exporter_ledger_entries", by="state"), "none",
          legend="{{state}}", stack=True, width=8),
    graph("Off OpenCost's total", "How far the sum of each hour's rows is from the total OpenCost itself states.",
          f"abs({S.each('opencost_reconciliation_difference_ratio')})", "percentunit", legend="{{cluster}}", width=8,
          limits=thresholds("transparent", (0.001, BAD))),
    stat("Days waiting", "Days that are in memory now because the ledger's file could not be written.",
         f"max({S.each('opencost_exporter_ledger_entries_waiting')})", "none", colours=NEVER, width=6),
    stat("Ledger failures", "Times in the last hour that the ledger's file could not be opened, read or written.",
         increase("opencost_exporter_ledger_failures_total", by=""), "none", colours=NEVER, decimals=0, width=6),
    stat("Days changed later", "Recorded days that a second answer changed in the last 24 hours, because data came "
         "late.", increase("opencost_exporter_ledger_entries_changed_total", "", "1d"), "none", decimals=0, width=6),
    stat("Ledger size", "Size of the ledger's file and its journal now; 0 without a file.",
         f"max({S.each('opencost_exporter_ledger_size_bytes')})", "bytes", width=6),
]

BOARD.rows["What is published"] = [
    graph("Series", "Series of cost data in the publication at each point, and what came and went with it.",
          [Query(f"max({S.each('opencost_exporter_series')})", "series"),
           Query(f"max({S.each('opencost_exporter_series_added')})", "added"),
           Query(f"max({S.each('opencost_exporter_series_removed')})", "removed")], "none", width=8),
    graph("Series folded", "Series that the publication at each point shows as __other__, because there are more than "
          "the limit; sums are not affected.", f"{S.each('opencost_exporter_series_folded')} > 0", "none",
          legend="{{family}}", width=8, no_value="none"),
    graph("Time a publication takes", "Mean time to roll up, render and compress a page, over the few "
          "minutes before each point.",
          mean("opencost_exporter_publish_duration_seconds", ""), "s", legend="publication", width=8, interval="1m"),
]
