"""What becomes of the series when targets have the labels that Kubernetes gives them.

Twice: as the Prometheus Operator scrapes what the chart asks for, and with the configuration of
docs/install.md. Beside them a job without that relabelling, which shows what it is for.
"""

import json
import os
import pathlib
import re
import subprocess
import unittest

import yaml

from program import Case, Demo
from prometheus import Prometheus
from waiting import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "deploy/helm/opencost-exporter/templates/_scrape.tpl"
RULE = r'\(dict((?: "[^"]*")+)\)'

# What the operator writes before the relabellings of an endpoint, prometheus-operator/prometheus-operator:
# pkg/prometheus/testdata/NoEnforcedNamespaceLabelServiceMonitor_Expected.golden.
OPERATOR = [{"source_labels": [f"__meta_kubernetes_{source}"], "target_label": label} for source, label in (
    ("namespace", "namespace"), ("service_name", "service"), ("pod_name", "pod"),
    ("pod_container_name", "container"), ("service_name", "job"))] + [
        {"target_label": "endpoint", "replacement": "http"}]
JOBS = 5
PODS = ("opencost-exporter-7d4f9-aaaaa", "opencost-exporter-7d4f9-bbbbb")
SELF = "opencost_exporter_build_info"


def chart_rules(variable):
    """The relabelling of cost data that the template keeps in this variable, as Prometheus spells it."""
    text = TEMPLATE.read_text().replace('(include "opencost-exporter.fullname" $)', '"chart"')
    found = re.search(rf"\${variable} := \$cost \| ternary \(list((?: {RULE})+)\) list }}}}", text)
    assert found, f"{TEMPLATE} no longer has ${variable} as it is read here"
    rules = []
    for words in re.findall(RULE, found.group(1)):
        words = re.findall(r'"([^"]*)"', words)
        rules.append({re.sub(r"[A-Z]", lambda upper: "_" + upper.group().lower(), name): text
                      for name, text in zip(words[::2], words[1::2])})
    return rules


def operator_job(service, half, target=(), series=()):
    return {"job_name": f"serviceMonitor/opencost/{service}/{half}", "honor_labels": True,
            "params": {"collect[]": [half]}, "service": service,
            "relabel_configs": [*OPERATOR, *target], "metric_relabel_configs": [*series]}


def documented():
    """The configuration in docs/install.md that finds its targets in Kubernetes."""
    page = (pathlib.Path(os.environ["EXPORTER_DOCS"]) / "install.md").read_text()
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.S)
              if "kubernetes_sd_configs" in block]
    assert len(blocks) == 1, f"{len(blocks)} of them in docs/install.md"
    return blocks[0]


def scraping(folder):
    """All jobs, as a Prometheus configuration; their targets are those of files in the folder."""
    jobs = [operator_job("chart", "cost", chart_rules("target"), chart_rules("series")),
            operator_job("chart", "exporter"), operator_job("bare", "cost"),
            *({**job, "service": "opencost-exporter"}
              for job in yaml.safe_load(documented())["scrape_configs"])]
    for job in jobs:
        job.pop("kubernetes_sd_configs", None)
        targets = f"{folder}/{job.pop('service')}.json"
        job["file_sd_configs"] = [{"files": [targets], "refresh_interval": "1s"}]
    return yaml.safe_dump({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
                           "scrape_configs": jobs})


def identity(metric):
    name = metric.pop("__name__")
    return name, frozenset(metric.items())


class RelabellingTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = []  # of one pod after the other
        cls.pages = []
        cls.prometheus = None
        for pod in PODS:
            exporter = cls.started_for_all(Demo(cls.folder))
            cls.run_as(pod, exporter)
            if cls.prometheus is None:
                cls.prometheus = cls.started_for_all(
                    Prometheus(cls.folder, configuration=scraping(cls.folder)))
                cls.prometheus.wait_until_ready()
            exporter.wait_for_costs()
            cls.pages.append(wait_for(f"a page of {pod} that every job has scraped",
                                      lambda exporter=exporter: cls.settled_page(exporter)))
            exporter.kill()

    @classmethod
    def run_as(cls, pod, exporter):
        cls.places.append({"namespace": "opencost", "pod": pod, "container": "exporter",
                           "instance": exporter.base.removeprefix("http://")})
        for service in ("chart", "bare", "opencost-exporter"):
            labels = {"namespace": "opencost", "pod_name": pod, "pod_container_name": "exporter",
                      "service_name": service, "endpointslice_port_name": "http"}
            new = pathlib.Path(cls.folder, "targets.new")
            new.write_text(json.dumps([{
                "targets": [cls.places[-1]["instance"]],
                "labels": {f"__meta_kubernetes_{name}": value for name, value in labels.items()}}]))
            new.rename(pathlib.Path(cls.folder, f"{service}.json"))

    @classmethod
    def scrapes(cls):
        """{job: when it scraped the pod of now}."""
        targets = cls.prometheus.fetch("targets")["activeTargets"]
        return {target["scrapePool"]: target["lastScrape"] for target in targets
                if cls.places[-1]["instance"] in target["scrapeUrl"] and target["health"] == "up"}

    @classmethod
    def settled_page(cls, exporter):
        """The series of its page, if they stayed the same from one scrape of every job to the next."""
        before, page = cls.scrapes(), exporter.page("?collect[]=cost").samples
        wait_for("another scrape by every job", lambda: cls.scraped_since(before))
        if exporter.page("?collect[]=cost").samples.keys() != page.keys():
            return None
        return {(name, frozenset(label for label in labels if label[1])) for name, labels in page}

    @classmethod
    def scraped_since(cls, before):
        now = cls.scrapes()
        return len(now) == JOBS and all(now[job] != before.get(job) for job in now)

    def stored(self, match):
        """Every series of this kind that there ever was."""
        found = self.prometheus.fetch("series", **{"match[]": match, "start": 0})
        return {identity(metric) for metric in found}

    def test_a_cost_has_its_own_labels_and_the_job_and_keeps_them_through_a_restart(self):
        for job in ("chart", "opencost-costs"):
            with self.subTest(job):
                expected = {(name, labels | {("job", job)}) for page in self.pages for name, labels in page}
                stored = self.stored(f'{{job="{job}", __name__=~"opencost_.+", '
                                     '__name__!~"opencost_(exporter_.+|up)"}')
                self.assertEqual(stored, expected)
                self.assertGreater(len(stored), 500)
                places = {label for _, labels in stored for label, _ in labels}
                self.assertFalse(places & {"instance", "service", "container", "endpoint"})
                pods = {value for _, labels in stored for label, value in labels if label == "pod"}
                self.assertFalse(pods & {*PODS})

    def test_namespaces_are_those_that_cost_and_there_is_one_series_of_each(self):
        for job in ("chart", "opencost-costs"):
            with self.subTest(job):
                stored = self.stored(f'opencost_namespace_cost_per_hour{{job="{job}", resource="cpu"}}')
                namespaces = [dict(labels)["namespace"] for _, labels in stored]
                self.assertIn("payments", namespaces)
                self.assertNotIn("opencost", namespaces)
                self.assertEqual(len(namespaces), len(set(namespaces)))

    def test_without_the_relabelling_every_pod_of_the_exporter_is_another_series(self):
        stored = self.stored('opencost_idle_cost_per_hour{job="bare", resource="cpu"}')
        self.assertEqual({dict(labels)["pod"] for _, labels in stored}, {*PODS})
        self.assertEqual({dict(labels)["namespace"] for _, labels in stored}, {"opencost"})

    def test_the_exporters_own_series_say_where_it_runs(self):
        for job, names in (("chart", {"namespace", "pod", "container", "instance"}),
                           ("opencost-exporter", {"namespace", "pod", "instance"})):
            with self.subTest(job):
                stored = [dict(labels) for _, labels in self.stored(f'{SELF}{{job="{job}"}}')]
                self.assertEqual(sorted(labels["pod"] for labels in stored), [*PODS])
                for place in self.places:
                    self.assertIn({name: place[name] for name in names},
                                  [{name: labels[name] for name in names} for labels in stored])
        self.assertEqual({(dict(labels)["service"], dict(labels)["endpoint"])
                          for _, labels in self.stored(f'{SELF}{{job="chart"}}')}, {("chart", "http")})

    def test_what_was_asked_keeps_its_name_in_the_exporters_half(self):
        for job in ("chart", "opencost-exporter"):
            with self.subTest(job):
                stored = self.stored(f'opencost_up{{job="{job}", query="current"}}')
                self.assertEqual(len(stored), len(PODS))
                self.assertTrue(all("cluster" in dict(labels) and "exported_cluster" not in dict(labels)
                                    for _, labels in stored))

    def test_up_says_which_target_is_meant(self):
        addresses = {place["instance"] for place in self.places}
        for job, expected in (("chart", addresses | {"chart"}), ("opencost-costs", {"opencost-exporter"}),
                              ("opencost-exporter", addresses)):
            with self.subTest(job):
                stored = self.stored(f'up{{job="{job}"}}')
                self.assertEqual({dict(labels)["instance"] for _, labels in stored}, expected)

    def test_labels_of_costs_win_wherever_a_target_has_one_of_their_name(self):
        self.assertIn('$endpoint "honorLabels" true', TEMPLATE.read_text())
        self.assertTrue(all(job["honor_labels"] for job in yaml.safe_load(documented())["scrape_configs"]))

    def test_promtool_takes_the_documented_configuration(self):
        configuration = yaml.safe_load(documented())
        for job in configuration["scrape_configs"]:
            # Debian's Prometheus knows nothing of Kubernetes.
            self.assertEqual(job.pop("kubernetes_sd_configs"),
                             [{"role": "endpointslice", "namespaces": {"names": ["opencost"]}}])
            job["static_configs"] = [{"targets": ["opencost-exporter:9754"]}]
        file = pathlib.Path(self.folder, "documented.yml")
        file.write_text(yaml.safe_dump(configuration))
        said = subprocess.run([os.environ["PROMTOOL_BINARY"], "check", "config", file], text=True,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(said.returncode, 0, said.stdout)


if __name__ == "__main__":
    unittest.main()
