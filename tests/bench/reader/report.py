"""What the questions cost on both sides, as Markdown. Fails where the sides disagree."""

import argparse
import os
import pathlib
import platform
import re
import shutil
import signal
import sys
import tempfile
import time
from itertools import accumulate
from statistics import median

import incidents
import pages
import questions
import store
from agreement import disagreement
from cluster import Cluster

# A question is asked this often, or until it took so long in all; the first answer is not counted.
TIMES, FEWEST, ENOUGH = 16, 3, 3.0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="300 containers and 8 days")
    parser.add_argument("--containers", type=int, help="alive at a time, about; 60 a node")
    parser.add_argument("--days", type=int, help="of history, 8 to 30")
    parser.add_argument("--interval", type=int, default=3600, help="seconds between samples; divides 3600")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print the queries and their sources instead")
    chosen = parser.parse_args()
    chosen.containers = chosen.containers or (300 if chosen.quick else 3000)
    chosen.days = chosen.days or (8 if chosen.quick else 30)
    divides = chosen.interval >= 60 and 3600 % chosen.interval == 0
    if chosen.containers < 300 or not 8 <= chosen.days <= 30 or not divides:
        parser.error("300 containers or more, 8 to 30 days, a minute or more that divides an hour")
    return chosen


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{model.group(1) if model else platform.processor()}, {os.cpu_count()} cores"


def cost_of(prometheus, question, expression, moment):
    """Its whole answer; samples touched, most samples at once, CPU seconds as the median of several times."""
    asked = f"topk({question.top}, {expression})" if question.top else expression
    seconds, until = [], time.monotonic() + ENOUGH
    while len(seconds) < FEWEST or len(seconds) < TIMES and time.monotonic() < until:
        before = prometheus.cpu_seconds()
        answer, statistics = prometheus.ask(asked, moment, question.span, question.step)
        seconds.append(prometheus.cpu_seconds() - before)
    touched = statistics["samples"]["totalQueryableSamples"]
    for inner, days in getattr(expression, "inner", ()):
        _, more = prometheus.ask(inner, moment - moment % 3600, question.span + days * 86400 - 3600, 3600)
        touched += more["samples"]["totalQueryableSamples"]
    if question.top:  # of equals it may take any, so it is the whole answers that must agree
        answer, _ = prometheus.ask(expression, moment, question.span, question.step)
    return answer, (touched, statistics["samples"]["peakSamples"], median(seconds[1:]))


def compare(prometheus, question, moment):
    """((samples, peak, seconds) of the join, the same of the gauge, how they disagree)."""
    theirs, join = cost_of(prometheus, question, question.join, moment)
    ours, gauge = cost_of(prometheus, question, question.gauge, moment)
    return join, gauge, disagreement(theirs, ours)


def times(join, gauge):
    ratio = join / gauge
    return f"{ratio:,.0f}x" if ratio >= 9.5 else f"{ratio:.1f}x"


def duration(seconds):
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.{0 if seconds >= 0.01 else 1}f} ms"


def print_row(text, join, gauge):
    print(f"| {text} | {join[0]:,} | {gauge[0]:,} | {times(join[0], gauge[0])} | {join[1]:,} | {gauge[1]:,} "
          f"| {duration(join[2])} | {duration(gauge[2])} | {times(join[2], gauge[2])} |", flush=True)


def print_questions(prometheus, rows, moment):
    """The table; the sums of its columns and all disagreements."""
    print("| question | samples: join | gauge | | peak: join | gauge | CPU: join | gauge | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    totals, wrong = ([0, 0, 0], [0, 0, 0]), []
    for question in rows:
        join, gauge, difference = compare(prometheus, question, moment)
        print_row(question.text, join, gauge)
        for total, part in zip(totals, (join, gauge)):
            total[:] = [total[0] + part[0], max(total[1], part[1]), total[2] + part[2]]
        if difference:
            wrong.append(f"{question.text}: {difference}")
    return totals, wrong


def print_incidents(prometheus, cluster, moments):
    rows, said = incidents.measure(prometheus, cluster, moments)
    print("| query | quiet hour | " + " | ".join(pages.INCIDENTS) + " |")
    print("| --- |" + " --- |" * len(moments))
    for name, _, outcomes in rows:
        print(f"| {name} | " + " | ".join(outcomes) + " |")
    print(f"\nThe error: `{said.split(' {')[0]} ... {said.split(';')[-1]}`")
    return [f"{name}: {', '.join(outcomes)} instead of {', '.join(expected)}"
            for name, expected, outcomes in rows if outcomes != expected]


def print_graph(prometheus, moment, days):
    """A graph that has one of the bad hours in it."""
    print(f"\nA graph of {days} days of which the last hours are these: ", end="")
    graph = {"span": days * 86400, "step": 2700}
    ours, _ = prometheus.ask(questions.of_namespace(), moment, **graph)
    try:
        prometheus.ask(questions.documented(), moment, **graph)
    except store.Refused:
        print(f"the documented join is an error as a whole, ours has {max(map(len, ours.values()))} points.")
        return []
    print("no error.")
    return ["a graph over a bad hour: no error"]


def count(prometheus, matcher, moment, window=""):
    text = f"count(last_over_time({{{matcher}}}[{window}]))" if window else f"count({{{matcher}}})"
    [points] = prometheus.ask(text, moment)[0].values()
    return int(*points.values())


def print_cluster(prometheus, cluster, hour, moment, days):
    def containers(pods):
        return sum(len(pod.workload.containers) for pod in pods)

    pods = cluster.alive(cluster.pods, hour)
    print("| the cluster | at the end | in all |\n| --- | --- | --- |")
    print(f"| nodes | {len(cluster.alive(cluster.nodes, hour))} | {len(cluster.nodes)} |")
    print(f"| pods | {len(pods):,} | {len(cluster.pods):,} |")
    print(f"| containers | {containers(pods):,} | {containers(cluster.pods):,} |")
    for side, matcher in (("join", 'job!="opencost-exporter", __name__=~".+"'),
                          ("gauge", 'job="opencost-exporter"')):
        print(f"| series of the {side} | {count(prometheus, matcher, moment):,} "
              f"| {count(prometheus, matcher, moment, f'{days}d'):,} |")


def median_namespace(cluster, hour):
    def cost(name):
        return sum(costs[hour] for costs in cluster.cost[name].values())
    return sorted(cluster.namespaces, key=cost)[len(cluster.namespaces) // 2]


def report(options, folder):
    began, hours = time.monotonic(), options.days * 24
    cluster = Cluster(options.seed, options.containers, hours + 1 + len(pages.INCIDENTS))
    month = {name: {resource: list(accumulate(costs)) for resource, costs in cost.items()}
             for name, cost in cluster.cost.items()}
    # The hours after the history: a quiet one, then an incident each.
    moments = [(hour, pages.START + 3600 * hour + 3599) for hour in range(hours, cluster.hours)]
    store.fill(folder, cluster, month, options.interval,
               dict(zip(pages.INCIDENTS, range(hours + 1, cluster.hours))))
    filled = time.monotonic()
    moment, last = pages.START + 3600 * hours - 60, hours - 1
    prometheus = store.Prometheus(folder, options.interval)
    try:
        print(f"Prometheus {store.version()} on {machine()}; {options.days} days, a sample every "
              f"{options.interval // 60} minutes, {store.size(folder / 'tsdb') / 1e6:,.0f} MB of blocks.\n")
        print_cluster(prometheus, cluster, last, moment, options.days)
        print("\n### Questions\n")
        rows = questions.questions(median_namespace(cluster, last), options.days)
        _, wrong = print_questions(prometheus, rows, moment)
        print("\n### A dashboard\n")
        totals, more = print_questions(prometheus, questions.overview(), moment)
        print_row("**all**", *totals)
        print("\n### A series too many\n")
        wrong += more + print_incidents(prometheus, cluster, moments)
        wrong += print_graph(prometheus, moments[-1][1], options.days)
    finally:
        prometheus.stop()
    print(f"\nFilled in {filled - began:.0f} s, asked in {time.monotonic() - filled:.0f} s.")
    for line in wrong:
        print("WRONG " + line, file=sys.stderr)
    return 1 if wrong else 0


def list_questions(days):
    """The texts, as Markdown."""
    for question in questions.questions("team-07", days) + questions.overview():
        print(f"{question.text} ({question.source})\n\n    {question.join}\n\n    {question.gauge}\n")


def main():
    options = arguments()
    if options.list:
        return list_questions(options.days)
    for program in ("prometheus", "promtool"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="reader-bench-") as folder:
        sys.exit(report(options, pathlib.Path(folder)))


if __name__ == "__main__":
    main()
