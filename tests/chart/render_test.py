"""Every file of values, through both Helms: lint, template, package, and the notes after an installation."""

import base64
import gzip
import json
import pathlib
import re
import shutil
import tarfile
import tempfile
import unittest

import yaml

from rendering import (CHART, HELMS, KINDS, NEWEST, ROOT, VALUES, exporter, helm, helm_or_fail, objects,
                       of_kind, parsed, refusal, setting, template, text, values_file)

SECRET_LIMIT = 1 << 20


class Rendering(unittest.TestCase):
    def test_lint_has_nothing_to_say(self):
        for version in HELMS:
            for name in VALUES:
                with self.subTest(helm=version, values=name):
                    said = helm(version, "lint", "--strict", CHART, "-f", values_file(name))
                    self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
                    self.assertNotRegex(said.stdout, r"\[(WARNING|ERROR)\]")

    def test_both_helms_render_the_same(self):
        for name in VALUES:
            with self.subTest(values=name):
                self.assertEqual(objects(name, HELMS[0]), objects(name, HELMS[1]))
                self.assertGreaterEqual(len(objects(name)), 3)

    def test_no_line_ends_in_a_space(self):
        for name in VALUES:
            with self.subTest(values=name):
                outside = [line for line in text(name).splitlines() if re.search(r"\S\s+$|^\s+$", line)]
                self.assertEqual(outside, [])

    def test_every_value_is_set_in_some_file(self):
        def paths(values, before=""):
            for key, value in values.items():
                yield f"{before}{key}"
                if isinstance(value, dict):
                    yield from paths(value, f"{before}{key}.")
        every = set(paths(yaml.safe_load((CHART / "values.yaml").read_text())))
        tried = {path for name in VALUES for path in paths(yaml.safe_load(values_file(name).read_text()))}
        # What every file has as the chart has it, and what is not the chart's own.
        given = {"image.registry", "image.repository", "image.tag", "podSecurityContext", "securityContext",
                 "serviceAccount.create", "dashboards.operator.instanceSelector"}
        unset = {path for path in every - tried
                 if not any(path == start or path.startswith(f"{start}.") for start in given)}
        self.assertEqual(unset, set())

    def test_kubernetes_before_1_25_is_refused(self):
        self.assertEqual(helm(NEWEST, "template", CHART, "--kube-version", "1.25.0").returncode, 0)
        self.assertIn("1.24.0", helm(NEWEST, "template", CHART, "--kube-version", "1.24.0").stderr)


class Package(unittest.TestCase):
    def test_holds_what_is_read_and_nothing_else(self):
        for version in HELMS:
            with self.subTest(helm=version), tempfile.TemporaryDirectory() as folder:
                helm_or_fail(version, "package", CHART, "--destination", folder)
                package, = pathlib.Path(folder).glob("*.tgz")
                with tarfile.open(package) as archive:
                    members = archive.getmembers()
                self.assertTrue(all(member.isfile() for member in members))
                names = {member.name.removeprefix("opencost-exporter/") for member in members}
                own = {"Chart.yaml", "values.yaml", "values.schema.json", "README.md"}
                own |= {path.relative_to(CHART).as_posix()
                        for path in (CHART / "templates").rglob("*") if path.is_file()}
                own |= {f"files/alerts/{name}.yml"
                        for name in ("thresholds", "recording", "costs", "exporter")}
                own |= {f"files/dashboards/{path.name}" for path in (ROOT / "dashboards").glob("*.json")}
                self.assertEqual(names - {".helmignore"}, own)
                self.assertLess(package.stat().st_size, 200_000)
                self.assertEqual(text("monitoring", version, package), text("monitoring", version))

    def test_a_release_fits_into_its_secret(self):
        """Helm keeps chart and manifest as JSON, packed and in base64, in a Secret of at most 1 MiB."""
        with tempfile.TemporaryDirectory() as folder:
            helm_or_fail(NEWEST, "package", CHART, "--destination", folder)
            package, = pathlib.Path(folder).glob("*.tgz")
            with tarfile.open(package) as archive:
                files = {member.name: base64.b64encode(archive.extractfile(member).read()).decode()
                         for member in archive.getmembers()}
        release = json.dumps({"chart": files, "manifest": text("operators"), "values": text("configuration")})
        self.assertGreater(len(release), 1_000_000)
        self.assertLess(len(base64.b64encode(gzip.compress(release.encode()))), SECRET_LIMIT * 0.6)


class Chart(unittest.TestCase):
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    def test_version_is_that_of_the_exporter(self):
        version = re.search(r"project\(\S+\s+VERSION\s+(\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        self.assertEqual(self.chart["appVersion"], version)

    def test_annotations_are_yaml_and_true(self):
        said = {key.removeprefix("artifacthub.io/"): yaml.safe_load(value)
                for key, value in self.chart["annotations"].items()}
        _, _, pod = exporter(objects("default"))
        self.assertEqual([image["image"] for image in said["images"]], [pod["containers"][0]["image"]])
        self.assertEqual({change["kind"] for change in said["changes"]}, {"added"})
        dashboards = (ROOT / "docs/dashboards.md").read_text()
        for place in said["links"] + said["screenshots"]:
            path = re.search(r"(?:/blob|)/main/(.+)$", place["url"])
            if path:
                # Pictures are drawn by `make pictures`; the page says which there are.
                there = (ROOT / path.group(1)).is_file() or pathlib.Path(path.group(1)).name in dashboards
                self.assertTrue(there, place["url"])


class Guards(unittest.TestCase):
    def test_kinds_the_cluster_does_not_know_are_refused(self):
        cases = (({"serviceMonitor.enabled": True}, "serviceMonitor.enabled needs the Prometheus Operator"),
                 ({"podMonitor.enabled": True}, "podMonitor.enabled needs the Prometheus Operator"),
                 ({"prometheusRule.enabled": True}, "prometheusRule.enabled needs the Prometheus Operator"),
                 ({"dashboards.enabled": True, "dashboards.type": "operator"}, "needs the Grafana operator"),
                 ({"httpRoute.enabled": True, "httpRoute.parentRefs": [{"name": "x"}]}, "the Gateway API"))
        for version in HELMS:
            for values, message in cases:
                with self.subTest(helm=version, values=values):
                    self.assertIn(message, refusal(values, version, kinds=False) or "accepted")
                    self.assertIsNone(refusal(values, version))

    def test_values_that_contradict_each_other_are_refused(self):
        cases = (({"existingConfigSecret": "x", "config.poll": {"current": "5m"}}, "the one or the other"),
                 ({"config.clusters": [{"url": "http://x"}], "opencost.name": "x"}, "write them into"),
                 ({"existingConfigSecret": "x", "opencost.tls.serverName": "x"}, "write them into"),
                 ({"opencost.auth.bearerTokenKey": "x"}, "set credentials.existingSecret"),
                 ({"credentials.existingSecret": "s", "opencost.auth.bearerTokenKey": "x",
                   "opencost.auth.username": "u", "opencost.auth.passwordKey": "p"}, "is asked with"),
                 ({"opencost.auth.username": "u"}, "set both or neither"),
                 ({"credentials.existingSecret": "s", "opencost.auth.passwordKey": "p"}, "set both"),
                 ({"ca.existingSecret": "x", "ca.existingConfigMap": "y"}, "ca.existingSecret and"),
                 ({"config.web": {"listen_addresses": [":1"]}}, "set containerPort"),
                 ({"ledger.persistence.existingClaim": "x"}, "ledger.persistence.type existingClaim"),
                 ({"ledger.persistence.type": "existingClaim"}, "ledger.persistence.type existingClaim"),
                 ({"serviceMonitor.enabled": True, "podMonitor.enabled": True}, "scraped twice"),
                 ({"service.nodePort": 30000}, "service.nodePort is for"),
                 ({"httpRoute.enabled": True}, "needs httpRoute.parentRefs"),
                 ({"webConfig.tls": True}, "of webConfig.existingSecret; set it"),
                 ({"webConfig.existingSecret": "x", "webConfig.clientCertificates": True}, "need webConfig.tls"),
                 ({"webConfig.existingSecret": "x", "webConfig.caKey": "ca.crt"}, "need webConfig.tls"),
                 ({"webConfig.existingSecret": "x", "config.web": {"config_file": "/x"}}, "the one or the other"),
                 ({"tokenReview.enabled": True}, "set config.api.kubernetes_auth"))
        for values, message in cases:
            with self.subTest(values=values):
                self.assertIn(message, refusal(values) or "accepted")

    def test_all_contradictions_are_said_at_once(self):
        said = refusal({"opencost.auth.username": "u", "service.nodePort": 30000, "httpRoute.enabled": True})
        self.assertEqual(said.count("\n- "), 3, said)


class Notes(unittest.TestCase):
    def installed(self, *words):
        """What Helm 4 says without a cluster. Helm 3 asks for one."""
        done = helm_or_fail(NEWEST, "install", "release", CHART, "--namespace", "costs", "--dry-run=client",
                            *words)
        return done.split("NOTES:", 1)[1]

    def rendered(self, values, version=NEWEST):
        """The notes where kinds are needed that no cluster is there to know of: the text as an object."""
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "chart"
            shutil.copytree(CHART, copy, ignore=shutil.ignore_patterns("dashboards", "ci"))
            shutil.move(copy / "templates/NOTES.txt", copy / "files/notes.txt")
            (copy / "templates/notes.yaml").write_text(
                'apiVersion: v1\nkind: Notes\n'
                'said: |\n  {{- tpl (.Files.Get "files/notes.txt") . | nindent 2 }}')
            things = parsed(template(version, copy, *setting(values)))
        return of_kind(things, "Notes")[0]["said"]

    def test_name_what_was_rendered(self):
        for name in VALUES:
            things = objects(name)
            if {thing["apiVersion"] for thing in things} & set(KINDS):
                continue
            with self.subTest(values=name):
                said = self.installed("-f", values_file(name))
                workload, _, _ = exporter(things)
                service, = of_kind(things, "Service")
                one = f"{workload['kind'].lower()}/{workload['metadata']['name']}"
                space = workload["metadata"]["namespace"]
                self.assertIn(f"kubectl --namespace {space} rollout status {one}", said)
                self.assertIn(f"port-forward service/{service['metadata']['name']} ", said)
                self.assertIn(f"logs {one}", said)
                self.assertIn("helm --namespace costs test release", said)
                self.assertEqual(len(re.findall(r"^\d\. ", said, re.M)), 3)
                self.assertNotIn("<no value>", said)

    def test_hints_are_given_where_they_help(self):
        monitor, rule = "serviceMonitor.additionalLabels.release", "prometheusRule.additionalLabels.release"
        on = {"serviceMonitor.enabled": True, "prometheusRule.enabled": True}
        both = {monitor: "x", rule: "x"}
        grafana = "prometheusRule.grafanaUrl"
        cases = (({}, ["scrape it yet"], [monitor, rule, grafana, "paused"]),
                 (on, [monitor, rule, grafana], ["scrape it yet"]),
                 ({**on, **both, grafana: "https://g"}, [], [monitor, rule, grafana]),
                 ({**on, "commonLabels": {"release": "x"}}, [], [monitor, rule]),
                 ({"podMonitor.enabled": True}, ["podMonitor.additionalLabels.release"], [monitor]),
                 ({"service.scrapeAnnotations": True}, [], ["scrape it yet"]),
                 ({"ledger.persistence.type": "none"}, ["are forgotten"], []),
                 ({"ledger.persistence.type": "claimTemplate"}, ["statefulset/"], ["are forgotten"]),
                 ({"replicas": 0}, ["paused"], []),
                 ({}, ["/metrics, /   everybody", "/api/v1       everybody"], ["sees all costs", "in the clear"]),
                 ({"config.api": {"enabled": False}}, ["/api/v1       nobody"], ["/api/v1       everybody"]),
                 ({"config.api": {"tokens": [{"name": "a"}]}, "ingress.enabled": True},
                  ["/metrics, /   everybody", "one of the 1 tokens", "sees all costs", "in the clear"],
                  ["config.api.kubernetes_subjects", "/api/v1       everybody"]),
                 ({"config.api": {"kubernetes_auth": True}}, ["whom config.api.kubernetes_subjects"], ["tokens of"]),
                 ({"webConfig.existingSecret": "w", "webConfig.tls": True, "ingress.enabled": True,
                   "config.api": {"tokens": [{"name": "a"}]}},
                  ["/metrics, /   the users in Secret w", "api.tokens, the users in Secret w\n", "https://localhost"],
                  ["sees all costs", "in the clear"]),
                 ({"webConfig.existingSecret": "w"},
                  ["/api/v1       the users in Secret w; everybody, if there are none"], []),
                 ({"existingConfigSecret": "c"}, ["/api/v1       as Secret c says"], []),
                 ({"webConfig.existingSecret": "w", "webConfig.tls": True, "webConfig.clientCertificates": True},
                  [], ["helm --namespace"]))
        for values, there, missing in cases:
            for version in HELMS:
                with self.subTest(values=values, helm=version):
                    said = self.rendered(values, version)
                    self.assertEqual([hint for hint in there if hint not in said], [], said)
                    self.assertEqual([hint for hint in missing if hint in said], [], said)


if __name__ == "__main__":
    unittest.main()
