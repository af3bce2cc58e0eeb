"""No object has a field that does not exist, a value of a wrong type, or one out of a list it is not in."""

import copy
import functools
import json
import pathlib
import subprocess
import tempfile
import unittest

import yaml

from rendering import BUILD, VALUES, objects, of_kind, text

HERE = pathlib.Path(__file__).resolve().parent


def check(texts):
    """What strict.mjs says of these {name: YAML}: the number of objects, and the faults."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in texts.items():
            (pathlib.Path(folder) / f"{name}.yaml").write_text(content)
        files = sorted(pathlib.Path(folder).iterdir())
        done = subprocess.run(["node", HERE / "strict.mjs", *files], cwd=BUILD, capture_output=True,
                              text=True, check=True)
    return json.loads(done.stdout)


def change(thing, path, value):
    """A copy with another value at this path, or with nothing there when the value is None."""
    changed = copy.deepcopy(thing)
    *before, last = path
    inner = functools.reduce(lambda at, key: at[key], before, changed)
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return changed


POD = ("spec", "template", "spec")
CONTAINER = (*POD, "containers", 0)
# (values, kind, path, value, what is said)
SEEDS = (
    ("pod", "Deployment", ("spec", "replicas"), "1", "not assignable"),
    ("pod", "Deployment", ("spec", "strategie"), {}, "does not exist"),
    ("pod", "Deployment", ("spec", "strategy", "type"), "Replace", "not assignable|must be"),
    ("pod", "Deployment", ("spec", "selector"), None, "missing|required"),
    ("pod", "Deployment", (*CONTAINER, "securityContext", "readOnlyRootFileSystem"), True, "does not exist"),
    ("pod", "Deployment", (*CONTAINER, "imagePullPolicy"), "Sometimes", "not assignable|must be"),
    ("pod", "Deployment", (*CONTAINER, "resources", "limit"), {}, "does not exist"),
    ("pod", "Deployment", (*CONTAINER, "ports", 0, "containerPort"), "http", "not assignable"),
    ("pod", "Deployment", (*CONTAINER, "livenessProbe", "httpGet", "port"), None, "missing|required"),
    ("pod", "Deployment", (*POD, "topologySpreadConstraints", 0, "whenUnsatisfiable"), None,
     "missing|required"),
    ("pod", "Deployment", (*POD, "dnsPolicy"), "Nobody", "not assignable|must be"),
    ("configuration", "StatefulSet", ("spec", "serviceName"), 5, "not assignable|must be"),
    ("configuration", "StatefulSet", ("spec", "strategy"), {"type": "Recreate"}, "does not exist"),
    ("network", "Service", ("spec", "ports", 0, "port"), "80", "not assignable"),
    ("network", "Service", ("spec", "kind"), "NodePort", "does not exist"),
    ("network", "Ingress", ("spec", "rules", 0, "http", "paths", 0, "pathType"), None, "missing|required"),
    ("network", "NetworkPolicy", ("spec", "ingress", 0, "form"), [], "does not exist"),
    ("network", "PodDisruptionBudget", ("spec", "maxUnavailable"), [], "not assignable|must be"),
    ("network", "HTTPRoute", ("spec", "parentRef"), {}, "does not exist"),
    ("access", "ClusterRole", ("rules", 0, "resource"), ["tokenreviews"], "does not exist"),
    ("access", "ClusterRole", ("rules", 0, "verbs"), None, "missing|required"),
    ("access", "ClusterRoleBinding", ("roleRef", "name"), None, "missing|required"),
    ("access", "ClusterRoleBinding", ("subjects", 0, "serviceAccount"), "x", "does not exist"),
    ("access", "Deployment", (*CONTAINER, "livenessProbe", "httpGet", "schema"), "HTTPS", "does not exist"),
    ("access", "Pod", ("spec", "volumes", 0, "secret", "name"), "x", "does not exist"),
    ("access", "ServiceMonitor", ("spec", "endpoints", 0, "tlsConfig", "caSecret"), {}, "does not exist"),
    ("access", "NetworkPolicy", ("spec", "egress", 2, "port"), 443, "does not exist"),
    ("certificates", "Deployment", (*CONTAINER, "livenessProbe", "tcpSocket", "port"), None, "missing|required"),
    ("certificates", "PodMonitor", ("spec", "podMetricsEndpoints", 0, "tlsConfig", "keyFile"), "x",
     "does not exist"),
    ("monitoring", "ServiceMonitor", ("spec", "endpoints", 0, "honourLabels"), True, "does not exist"),
    ("monitoring", "ServiceMonitor", ("spec", "endpoints", 0, "interval"), "1 minute", "pattern"),
    ("monitoring", "ServiceMonitor", ("spec", "endpoints", 0, "relabelings", 0, "action"), "drpo",
     "not assignable|must be"),
    ("operators", "PodMonitor", ("spec", "endpoints"), [], "does not exist"),
    ("monitoring", "PrometheusRule", ("spec", "groups", 0, "rules", 0, "forr"), "5m", "does not exist"),
    ("monitoring", "PrometheusRule", ("spec", "groups", 0, "interval"), "often", "pattern"),
    ("operators", "GrafanaDashboard", ("spec", "instanceSelectors"), {}, "does not exist"),
    ("operators", "GrafanaDashboard", ("spec", "configMapRef", "key"), None, "missing|required"),
)


class Strict(unittest.TestCase):
    def test_every_object_is_what_kubernetes_takes(self):
        said = check({name: text(name) for name in VALUES})
        self.assertEqual(said["faults"], [])
        self.assertEqual(said["objects"], sum(len(objects(name)) for name in VALUES))

    def test_every_fault_is_found(self):
        texts = {}
        for number, (values, kind, path, value, _) in enumerate(SEEDS):
            thing = of_kind(objects(values), kind)[0]
            texts[f"seed{number:02}"] = yaml.safe_dump(change(thing, path, value))
        texts["twice"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {}\ndata: {}\n"
        faults = check(texts)["faults"]
        for number, (values, kind, path, value, message) in enumerate(SEEDS):
            with self.subTest(kind=kind, path=path, value=value):
                own = [fault for fault in faults if f"seed{number:02}" in fault]
                self.assertRegex("\n".join(own), message)
        self.assertRegex("\n".join(fault for fault in faults if "twice" in fault), "unique")


if __name__ == "__main__":
    unittest.main()
