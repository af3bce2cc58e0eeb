"""Which labels a series ends with, after the relabeling that is rendered: held against docs/metrics.md.

What the operator and Prometheus do on the way is done here in the same order: labels of the target, its
relabeling, `honorLabels`, and the relabeling of series.
"""

import re
import unittest

from rendering import ROOT, objects, of_kind, with_values

# What the Prometheus Operator gives a target of a ServiceMonitor; a PodMonitor has no service.
TARGET = {"job": "opencost-exporter", "instance": "10.0.0.1:9754", "namespace": "opencost",
          "pod": "exporter-0", "container": "exporter", "service": "opencost-exporter", "endpoint": "http"}


def catalogue():
    """{half: {family: labels}} of docs/metrics.md."""
    halves, half = {"cost": {}, "exporter": {}}, None
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        alone = re.search(r"/metrics\?collect\[\]=(\w+)", line)
        half = alone.group(1) if alone else half
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("| `"):
            halves[half][cells[1].strip("`")] = re.findall(r"`(\w+)`", cells[4])
    return halves


def relabel(labels, rules):
    for rule in rules:
        if set(rule) == {"targetLabel", "replacement"}:
            labels = {**labels, rule["targetLabel"]: rule["replacement"]}
        elif set(rule) == {"action", "regex"} and rule["action"] == "labeldrop":
            labels = {name: value for name, value in labels.items() if not re.fullmatch(rule["regex"], name)}
        else:
            raise NotImplementedError(f"{rule}: this test knows labeldrop and a fixed value")
    return labels


def scraped(family, own, endpoint):
    """The labels that a series with these labels of its own is stored with."""
    target = relabel(TARGET, endpoint.get("relabelings", []))
    # As in Prometheus, which adds the instance when a target has none.
    target = {"instance": TARGET["instance"], **target}
    for name, value in target.items():
        if name not in own:
            own = {**own, name: value}
        elif not endpoint["honorLabels"]:
            own = {**own, f"exported_{name}": own[name], name: value}
    stored = {name: value for name, value in own.items() if value}
    return relabel(stored, endpoint.get("metricRelabelings", []))


def endpoints(things):
    spec = (of_kind(things, "ServiceMonitor") + of_kind(things, "PodMonitor"))[0]["spec"]
    found = spec.get("endpoints") or spec["podMetricsEndpoints"]
    return {endpoint["params"]["collect[]"][0]: endpoint for endpoint in found}


def faults(half, endpoint, kept):
    """Families whose series are stored with other labels than their own and `kept`."""
    families = catalogue()[half]
    for family, labels in families.items():
        own = {label: f"a {label}" for label in labels}
        stored = scraped(family, own, endpoint)
        if stored != {**own, **{name: TARGET[name] for name in kept}}:
            yield family


class Labels(unittest.TestCase):
    def test_both_halves_are_known(self):
        halves = catalogue()
        self.assertGreater(len(halves["cost"]), 60)
        self.assertGreater(len(halves["exporter"]), 30)
        self.assertIn("namespace", halves["cost"]["opencost_pod_cost_per_hour"])
        self.assertNotIn("namespace", halves["cost"]["opencost_idle_cost_per_hour"])

    def test_cost_has_its_own_labels_and_the_job(self):
        for values in ("configuration", "operators"):
            with self.subTest(values=values):
                self.assertEqual(list(faults("cost", endpoints(objects(values))["cost"], ["job"])), [])

    def test_up_is_the_same_after_a_restart_and_told_apart_from_the_other(self):
        for values in ("configuration", "operators"):
            found = endpoints(objects(values))
            with self.subTest(values=values):
                self.assertEqual(relabel(TARGET, found["cost"]["relabelings"]),
                                 {"job": TARGET["job"], "instance": "release-opencost-exporter"})
                self.assertNotIn("relabelings", found["exporter"])

    def test_the_exporter_has_those_of_its_target(self):
        for values in ("configuration", "operators"):
            with self.subTest(values=values):
                self.assertEqual(list(faults("exporter", endpoints(objects(values))["exporter"], TARGET)), [])

    def test_each_part_of_the_recipe_is_needed(self):
        good = endpoints(objects("configuration"))["cost"]
        every = set(catalogue()["cost"])
        with_namespace = {name for name, labels in catalogue()["cost"].items() if "namespace" in labels}
        wrong = set(faults("cost", {**good, "relabelings": []}, ["job"]))
        self.assertEqual(wrong, every)
        self.assertEqual(set(faults("cost", {**good, "metricRelabelings": []}, ["job"])), every)
        without = {**good, "honorLabels": False, "relabelings": []}
        stored = scraped("f", {"namespace": "payments"}, without)
        self.assertEqual((stored["namespace"], stored["exported_namespace"]), ("opencost", "payments"))
        self.assertTrue(with_namespace)

    def test_a_new_family_with_a_label_of_the_target_would_be_seen(self):
        dropped = re.compile(endpoints(objects("configuration"))["cost"]["metricRelabelings"][0]["regex"])
        for half in catalogue().values():
            for family, labels in half.items():
                self.assertEqual([label for label in labels if dropped.fullmatch(label)], [], family)

    def test_the_halves_are_two_endpoints_of_one_port(self):
        for values in ("configuration", "operators", "monitoring"):
            found = endpoints(objects(values))
            with self.subTest(values=values):
                self.assertEqual(set(found), {"cost", "exporter"})
                self.assertEqual({endpoint["port"] for endpoint in found.values()}, {"http"})
                self.assertEqual({endpoint["honorLabels"] for endpoint in found.values()}, {True})
                self.assertEqual({endpoint["path"] for endpoint in found.values()},
                                 {"/costs" if values == "configuration" else "/metrics"})

    def test_further_relabeling_comes_after_ours(self):
        found = endpoints(objects("monitoring"))["cost"]
        self.assertEqual([rule.get("action", "replace") for rule in found["relabelings"]],
                         ["replace", "labeldrop", "replace"])
        self.assertEqual([rule["action"] for rule in found["metricRelabelings"]], ["labeldrop", "drop"])
        self.assertEqual(found["interval"], "2m")
        self.assertEqual(found["scheme"], "https")

    def test_with_tls_the_name_of_the_service_is_what_the_certificate_is_for(self):
        for found in endpoints(objects("access")).values():
            self.assertEqual(found["scheme"], "https")
            self.assertEqual(found["tlsConfig"]["serverName"], "release-opencost-exporter.costs.svc")
            self.assertEqual(found["tlsConfig"]["ca"]["secret"]["name"], "opencost-exporter-web")
            self.assertEqual(found["basicAuth"]["password"]["name"], "opencost-exporter-scraping")
        for found in endpoints(objects("certificates")).values():
            self.assertEqual(found["tlsConfig"]["serverName"], "costs.example.com")
        for found in endpoints(objects("configuration")).values():
            self.assertNotIn("scheme", found)
            self.assertNotIn("tlsConfig", found)

    def test_fields_of_both_endpoints_cannot_undo_this(self):
        undoing = {"honorLabels": False, "path": "/x", "params": {}}
        found = endpoints(with_values({"serviceMonitor.enabled": True, "scrape.endpoint": undoing}))
        self.assertEqual(list(faults("cost", found["cost"], ["job"])), [])
        self.assertEqual(found["cost"]["path"], "/metrics")

    def test_annotations_lead_to_the_same_page(self):
        service, = of_kind(objects("network"), "Service")
        said = service["metadata"]["annotations"]
        self.assertEqual({key: value for key, value in said.items() if "prom" in key},
                         {"prometheus.io/scrape": "true", "prometheus.io/port": "8080",
                          "prometheus.io/path": "/metrics"})
        service, = of_kind(objects("access"), "Service")
        self.assertEqual(service["metadata"]["annotations"]["prometheus.io/scheme"], "https")
        service, = of_kind(objects("default"), "Service")
        self.assertNotIn("annotations", service["metadata"])


if __name__ == "__main__":
    unittest.main()
