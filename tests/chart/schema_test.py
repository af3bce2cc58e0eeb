"""values.schema.json takes what the chart knows, and refuses the rest with a word on where and why."""

import concurrent.futures
import json
import re
import unittest

import yaml

from rendering import CHART, HELMS, ROOT, refusal

# (what is set, to what, where it is said to be wrong, why)
WRONG = (
    ("imag", {}, "imag", "additional propert"),
    ("image.tags", "x", "tags", "additional propert"),
    ("image.pullPolicy", "Sometimes", "pullPolicy", "one of"),
    ("image.digest", "sha256:12", "digest", "pattern"),
    ("image.tag", 1.2, "tag", "string"),
    ("image.tag", "a b", "tag", "pattern"),
    ("image.repository", "Upper/Case", "repository", "pattern"),
    ("replicas", 2, "replicas", "one of"),
    ("replicas", "1", "replicas", "one of|integer"),
    ("containerPort", 80, "containerPort", "1,?024|greater"),
    ("containerPort", "http", "containerPort", "integer"),
    ("service.port", 0, "port", "minimum|greater"),
    ("service.port", 65536, "port", "maximum|less"),
    ("service.type", "ExternalName", "type", "one of"),
    ("service.labels", {"team": 5}, "team", "string"),
    ("opencost.url", "opencost:9003", "url", "pattern"),
    ("opencost.url", "http://user:secret@opencost", "url", "pattern"),
    ("opencost.url", "http://opencost/?window=1d", "url", "pattern"),
    ("opencost.token", "hunter2", "token", "additional propert"),
    ("opencost.auth.password", "hunter2", "password", "additional propert"),
    ("opencost.auth.headerKeys", {"X Scope": "key"}, "X Scope", "pattern|match"),
    ("opencost.tls.insecureSkipVerify", "yes", "insecureSkipVerify", "boolean"),
    ("config", "clusters: []", "config", "object"),
    ("config.cluster", [], "cluster", "additional propert"),
    ("config.clusters", {"url": "http://x"}, "clusters", "array"),
    ("config.clusters", [{"name": "x"}], "clusters", "url"),
    ("config.poll", "5m", "poll", "object"),
    ("config.budgets", ["x"], "budgets", "object"),
    ("config.api", [], "api", "object"),
    ("webConfig.existingSecret", "Upper", "existingSecret", "pattern"),
    ("webConfig.key", "a/b", "key", "pattern"),
    ("webConfig.key", "", "key", "length|minLength"),
    ("webConfig.tls", "yes", "tls", "boolean"),
    ("webConfig.clientCertificates", 1, "clientCertificates", "boolean"),
    ("webConfig.users", {"ada": "hunter2"}, "users", "additional propert"),
    ("tokenReview.enabled", "true", "enabled", "boolean"),
    ("rbac.rules", [], "rules", "additional propert"),
    ("networkPolicy.egress.kubernetes.ports", [], "ports", "items"),
    ("networkPolicy.egress.kubernetes.ports", ["https"], "ports", "integer"),
    ("networkPolicy.egress.kubernetes.to", {}, "to", "array"),
    ("networkPolicy.egress.kubernetes.port", 443, "port", "additional propert"),
    ("existingConfigSecret", "Upper", "existingConfigSecret", "pattern"),
    ("existingConfigSecretKey", "", "existingConfigSecretKey", "length|minLength"),
    ("ca.key", "a/b", "key", "pattern"),
    ("ledger.persistence.type", "pvc", "type", "one of"),
    ("ledger.persistence.size", "lots", "size", "pattern"),
    ("ledger.persistence.accessModes", ["ReadOnlyMany"], "accessModes", "one of"),
    ("ledger.persistence.accessModes", [], "accessModes", "items"),
    ("ledger.persistence.retentionPolicy", {"whenDeleted": "Forget"}, "whenDeleted", "one of"),
    ("ledger.path", "/x", "path", "additional propert"),
    ("commonLabels", {"a b": "x"}, "a b", "pattern|match"),
    ("commonLabels", {"a": "-x"}, "a", "pattern"),
    ("podAnnotations", {"a": True}, "a", "string"),
    ("fullnameOverride", "under_score", "fullnameOverride", "pattern"),
    ("livenessProbe.httpGet", {}, "httpGet", "additional propert"),
    ("livenessProbe.periodSeconds", 0, "periodSeconds", "minimum|greater"),
    ("resources.limit", {}, "limit", "additional propert"),
    ("terminationGracePeriodSeconds", -1, "terminationGracePeriodSeconds", "minimum|greater"),
    ("tolerations", {}, "tolerations", "array"),
    ("dnsPolicy", "Nobody", "dnsPolicy", "one of"),
    ("extraArgs", ["config.file=x"], "extraArgs", "pattern"),
    ("extraEnv", {"A": "b"}, "extraEnv", "array"),
    ("extraManifests", [5], "extraManifests", "string"),
    ("ingress.hosts", [{"host": "x"}], "hosts", "paths"),
    ("ingress.hosts", [{"host": "x", "paths": [{"path": "x", "pathType": "Exact"}]}], "path", "pattern"),
    ("ingress.hosts", [{"host": "x", "paths": [{"path": "/", "pathType": "Regex"}]}], "pathType", "one of"),
    ("networkPolicy.egress.opencost.port", "9003", "port", "integer"),
    ("networkPolicy.ingress.from", {}, "from", "array"),
    ("podDisruptionBudget.minAvailable", 1, "minAvailable", "additional propert"),
    ("podDisruptionBudget.maxUnavailable", "half", "maxUnavailable", "pattern|match"),
    ("serviceMonitor.enabled", "true", "enabled", "boolean"),
    ("serviceMonitor.labels", {}, "labels", "additional propert"),
    ("serviceMonitor.interval", "1m", "interval", "additional propert"),
    ("scrape.cost.interval", "1 minute", "interval", "pattern"),
    ("scrape.limits", {"samples": 5}, "samples", "additional propert"),
    ("prometheusRule.thresholds", {"drop_ratio": "0.5"}, "drop_ratio", "number"),
    ("prometheusRule.alerts", {"CostSpike": {}}, "CostSpike", "pattern|match"),
    ("prometheusRule.alerts", {"OpenCostBudgetBurn": {"for": "soon"}}, "for", "pattern"),
    ("prometheusRule.alerts", {"OpenCostBudgetBurn": {"info": {"expr": "x"}}}, "expr", "additional prop"),
    ("prometheusRule.grafanaUrl", "grafana", "grafanaUrl", "pattern"),
    ("dashboards.type", "configmap", "type", "one of"),
    ("dashboards.unit", "", "unit", "length|minLength"),
    ("dashboards.sidecar.labelValue", 1, "labelValue", "string"),
    ("global.imagePullSecrets", [{"name": "x"}], "imagePullSecrets", "string"),
)


# Of these values.yaml has none or not all of the keys.
FILLED_BY_USERS = ("config", "resources", "startupProbe", "livenessProbe", "readinessProbe", "scrape.limits",
                   "ledger.persistence.retentionPolicy")


def judge(case):
    path, value, _, _ = case
    return case, {version: refusal({path: value}, version) for version in HELMS}


class Wrong(unittest.TestCase):
    def test_is_refused_with_place_and_reason(self):
        self.assertGreaterEqual(len(WRONG), 30)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (path, value, place, reason), said in pool.map(judge, WRONG):
                for version, words in said.items():
                    with self.subTest(path=path, value=value, helm=version):
                        self.assertIsNotNone(words, "accepted")
                        line = [line for line in words.splitlines()
                                if place in line and re.search(reason, line, re.IGNORECASE)]
                        self.assertTrue(line, words)
                        self.assertIn("schema", words)


class Right(unittest.TestCase):
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())

    def test_global_is_for_others_too(self):
        self.assertIsNone(refusal({"global": {"imageRegistry": "", "security": {}, "storageClass": "x"}}))

    def test_is_draft_7(self):
        self.assertEqual(self.schema["$schema"], "http://json-schema.org/draft-07/schema#")

    def test_knows_every_value_and_no_other(self):
        def resolve(schema):
            named = schema.get("$ref", "").rsplit("/", 1)[-1]
            return self.schema["definitions"][named] if named else schema

        def compare(values, schema, path):
            properties = resolve(schema).get("properties")
            if properties is None or not isinstance(values, dict):
                return
            if values:
                self.assertLessEqual(set(values), set(properties), path)
            if path not in FILLED_BY_USERS:
                self.assertEqual(set(values), set(properties), path)
            for key in values:
                compare(values[key], properties[key], f"{path}.{key}".lstrip("."))
        compare(self.values, self.schema, "")

    def test_no_object_of_ours_is_open(self):
        def walk(schema, path):
            if isinstance(schema, list):
                for number, item in enumerate(schema):
                    walk(item, f"{path}/{number}")
            if not isinstance(schema, dict):
                return
            if "properties" in schema and path != "/properties/global" and "required" not in schema:
                self.assertIs(schema.get("additionalProperties"), False, path)
            for key, value in schema.items():
                walk(value, f"{path}/{key}")
        walk(self.schema, "")

    def test_config_has_the_sections_of_the_exporter(self):
        page = (ROOT / "docs/configuration.md").read_text()
        keys = page[page.index("## Keys"):page.index("## Faults")]
        self.assertEqual(set(self.schema["properties"]["config"]["properties"]),
                         set(re.findall(r"^### (\w+)$", keys, re.M)))


if __name__ == "__main__":
    unittest.main()
