#!/usr/bin/python3
"""A whole installation on the loopback: two made-up clusters, an exporter for both, a Prometheus with a past.

    python3 tests/component/stage.py --serve    # to look at dashboards; ends with Ctrl-C or the end of input
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
for variable, usual in (("EXPORTER_BINARY", ROOT / "build/opencost-exporter"),
                        ("PROMETHEUS_BINARY", "prometheus"), ("PROMTOOL_BINARY", "promtool")):
    os.environ.setdefault(variable, str(shutil.which(usual) or usual))

import history  # noqa: E402
from program import Demo, Exporter, between_days, queries  # noqa: E402
from prometheus import Prometheus  # noqa: E402
from waiting import wait_for  # noqa: E402

# name -> options of the made-up cluster.
CLUSTERS = {"prod-eu": ["--seed=7"], "prod-us": ["--seed=8", "--pods=40", "--nodes=4"]}
COSTS, SELF = "opencost-costs", "opencost-exporter"
# Not the address: that is another one after a restart, and every series with it.
INSTANCE = "opencost-exporter"

# As the demo's own, for two clusters; one budget ends above its limit from the first hour of a month on.
CONFIGURATION = """
tenants:
  - {name: payments, namespaces: ["pay*"]}
  - {name: payments, labels: {team: payments}}
  - {name: shop, labels: {team: shop}}
  - {name: data, annotations: {cost-center: "4711"}}
  - {name: data, labels: {team: data}}
shared: {namespaces: [kube-system, monitoring], monthly_amounts: {support: 300}, over: tenants}
savings: {minimum_observation: 1h, idle_for: 1h}
policies:
  - {name: idle-services, namespaces: {include: [checkout]}, labels: {team: shop}, minimum_per_hour: 0.01}
  - name: weekend-dev
    namespaces: {include: ["dev-*"], exclude: [dev-grace]}
    labels: {environment: dev}
    exclude: {labels: {app: notebook}}
    idle_for: 2h
    minimum_per_hour: 0.05
    cooldown: 1h
budgets:
  - {name: prod-eu, cluster: prod-eu, monthly: 3000}
  - {name: payments, namespaces: ["pay*"], monthly: 900}
  - {name: team-data, labels: {team: data}, monthly: 800}
  - {name: shop, tenant: shop, monthly: 400}
metrics: {labels: [team, app]}
poll: {retries: 0}
"""

SCRAPING = """
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: opencost-costs
    honor_labels: true
    params: {"collect[]": [cost]}
    file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
  - job_name: opencost-exporter
    honor_labels: true
    params: {"collect[]": [exporter]}
    file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
"""
ALERTING = """
alerting: {alertmanagers: [{static_configs: [{targets: ["%s"]}]}]}
"""

# Durations of alerts are proven by promtool, which makes its own time. Here they would only be waited for.
QUICK = {"interval": "1s", "for": "3s", "keep_firing_for": "5s"}


def quick(text):
    """A rule file of which every duration but those in expressions is seconds."""
    rules = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for group in rules["groups"]:
        for part in (group, *group["rules"]):
            part.update({key: QUICK[key] for key in QUICK if key in part})
    return yaml.safe_dump(rules)


def around(stays, graphs):
    """Where the past has no gaps: a day and a week ago, for as long as the stage stays, and in graphs."""
    return [(ago + history.HOUR, ago - stays) for ago in (history.DAY, 7 * history.DAY)] + [(graphs, 0)]


class Stage:
    """`start` is told of every program it starts; whoever made the stage ends them."""

    def __init__(self, folder, start, *, days=8, held=around(history.HOUR, 2 * history.HOUR),
                 alertmanager=""):
        self.folder, self.start = pathlib.Path(folder), start
        self.opencosts = {name: start(Demo(folder, *options)) for name, options in CLUSTERS.items()}
        self.file = self.folder / "exporter.yaml"
        self.timeouts = dict.fromkeys(CLUSTERS, 120)
        self.configure()
        history.write(folder, self.file, {"job": COSTS, "instance": INSTANCE}, days, held)
        self.start_exporter()
        (self.folder / "rules").mkdir()
        for rules in sorted((ROOT / "alerts").glob("*.yml")):
            if not rules.name.startswith("alertmanager"):
                (self.folder / "rules" / rules.name).write_text(quick(rules.read_text()))
        self.prometheus = start(Prometheus(
            # What fires before Alertmanager is known is told once more.
            folder, "", "--storage.tsdb.retention.time=1y", "--rules.alert.resend-delay=5s",
            configuration=SCRAPING + (ALERTING % alertmanager if alertmanager else "")))
        self.prometheus.wait_until_ready()
        self.wait_for_targets(2)
        # A counter has grown only where Prometheus saw it before.
        self.ask_again(*CLUSTERS)
        self.wait_for_rules()
        wait_for("an alert", lambda: self.prometheus.query(
            'ALERTS{alertstate="firing", alertname=~"OpenCostBudget.+"}'))

    def configure(self):
        clusters = [{"name": name, "url": demo.opencost, "timeout": f"{self.timeouts[name]}s"}
                    for name, demo in self.opencosts.items()]
        self.file.write_text(yaml.safe_dump({"clusters": clusters}) + CONFIGURATION)

    def start_exporter(self):
        self.exporter = self.start(Exporter(self.folder, f"--config.file={self.file}"))
        self.scrape(INSTANCE)
        self.exporter.wait_for_page("an answer to every query, and every finished day", lambda page: all(
            page.value("opencost_up", cluster=cluster, query=query)
            and page.value("opencost_savings_total_per_month", cluster=cluster) is not None
            and (between_days()
                 or not page.value("opencost_exporter_ledger_entries", cluster=cluster, state="missing"))
            for cluster in CLUSTERS for query in queries()))

    def scrape(self, *instances):
        """Every instance is the one exporter there is; without any, nothing is scraped."""
        target = self.exporter.base.removeprefix("http://")
        targets = [{"targets": [target], "labels": {"instance": instance}} for instance in instances]
        new = self.folder / "targets.new"
        new.write_text(json.dumps(targets))
        new.rename(self.folder / "targets.json")

    def ask_again(self, *clusters):
        """Has the exporter poll these clusters now: with new settings it asks anew."""
        for cluster in clusters:
            self.timeouts[cluster] += 1
        self.configure()
        polls = self.polls(*clusters)
        self.exporter.signal(signal.SIGHUP)
        self.exporter.wait_for_page("another poll of " + ", ".join(clusters), lambda page: all(
            now > before for now, before in zip(self.polls(*clusters, page=page), polls)))

    def polls(self, *clusters, page=None):
        """How often each was asked for the present."""
        page = page or self.exporter.page()
        return [page.value("opencost_exporter_polls_total", cluster=cluster, query="current")
                for cluster in clusters]

    def wait_for_targets(self, count):
        """Until so many are scraped, each once at least, and every rule was evaluated since."""
        wait_for(f"{count} targets", lambda: self.prometheus.values("count(up == 1)") == {(): count})
        self.wait_for_rules()

    def wait_for_rules(self):
        """Until every rule has been evaluated once more, so that what is recorded follows what is scraped."""
        def evaluated():
            groups = self.prometheus.fetch("rules")["groups"]
            return {group["name"]: group["lastEvaluation"] for group in groups}
        for _ in range(2):  # recorded series are read by other groups
            before = evaluated()
            wait_for("every rule group", lambda before=before: before and all(
                now > before[name] for name, now in evaluated().items()))


def serve(days):
    # Ctrl-C, too: a shell has what runs in the background ignore it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    programs = []

    def start(program):
        programs.append(program)
        return program

    try:
        with tempfile.TemporaryDirectory(prefix="exporter-stage-") as folder:
            stage = Stage(folder, start, days=days, held=around(6 * history.HOUR, 49 * history.HOUR))
            print(f"prometheus={stage.prometheus.base} exporter={stage.exporter.base} opencost="
                  + ",".join(demo.opencost for demo in stage.opencosts.values()), flush=True)
            sys.stdin.read()
    except KeyboardInterrupt:
        pass
    finally:
        for program in reversed(programs):
            program.kill()


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    reader.add_argument("--serve", action="store_true", required=True,
                        help="stay until Ctrl-C or the end of input")
    reader.add_argument("--days", type=int, default=8, help="of the past, by the hour; default %(default)s")
    serve(reader.parse_args().days)
