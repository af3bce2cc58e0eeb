"""What runs: hardened, reachable by what is to reach it, and without anything secret in sight."""

import copy
import re
import unittest

from rendering import CHART, VALUES, exporter, objects, of_kind, pods, text, with_values

# Of the standard `restricted`: https://kubernetes.io/docs/concepts/security/pod-security-standards/
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
           "secret"}


def departures(spec):
    """In what a pod departs from the standard `restricted`."""
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield field
    for volume in spec.get("volumes", []):
        if set(volume) - {"name"} - VOLUMES:
            yield f"volume {volume['name']}"
    whole = spec.get("securityContext", {})
    for container in spec.get("initContainers", []) + spec["containers"]:
        own = container.get("securityContext", {})
        both = {**whole, **own}
        if own.get("privileged"):
            yield "privileged"
        if own.get("allowPrivilegeEscalation") is not False:
            yield "allowPrivilegeEscalation"
        if both.get("runAsNonRoot") is not True:
            yield "runAsNonRoot"
        if both.get("runAsUser") == 0:
            yield "runAsUser"
        if both.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield "seccompProfile"
        if "ALL" not in own.get("capabilities", {}).get("drop", []):
            yield "capabilities.drop"
        if set(own.get("capabilities", {}).get("add", [])) - {"NET_BIND_SERVICE"}:
            yield "capabilities.add"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield "hostPort"


def selects(selector, labels):
    return bool(selector) and selector.items() <= labels.items()


class Hardening(unittest.TestCase):
    def test_every_pod_is_restricted(self):
        for name in VALUES:
            for thing, _, spec in pods(objects(name)):
                with self.subTest(values=name, kind=thing["kind"]):
                    self.assertEqual(list(departures(spec)), [])
                    own = spec["containers"][0]["securityContext"]
                    self.assertIs(own["readOnlyRootFilesystem"], True)
                    self.assertIs(spec["automountServiceAccountToken"], False)
                    self.assertIs(spec["enableServiceLinks"], False)
                    for field in ("runAsUser", "runAsGroup", "fsGroup"):
                        self.assertEqual(spec["securityContext"][field], 65532)

    def test_every_departure_is_seen(self):
        _, _, good = exporter(objects("pod"))
        own = ("containers", 0, "securityContext")
        for path, value, departure in (
                (("hostNetwork",), True, "hostNetwork"),
                (("volumes", 0, "hostPath"), {"path": "/"}, "volume config"),
                (("securityContext", "runAsNonRoot"), False, "runAsNonRoot"),
                (("securityContext", "runAsUser"), 0, "runAsUser"),
                (("securityContext", "seccompProfile"), {"type": "Unconfined"}, "seccompProfile"),
                ((*own, "privileged"), True, "privileged"),
                ((*own, "allowPrivilegeEscalation"), True, "allowPrivilegeEscalation"),
                ((*own, "capabilities"), {"drop": ["CHOWN"]}, "capabilities.drop"),
                ((*own, "capabilities"), {"drop": ["ALL"], "add": ["SYS_ADMIN"]}, "capabilities.add"),
                (("initContainers", 0, "securityContext"), {}, "allowPrivilegeEscalation"),
                (("containers", 0, "ports", 0, "hostPort"), 80, "hostPort")):
            with self.subTest(departure=departure, path=path):
                spec = copy.deepcopy(good)
                at = spec
                for key in path[:-1]:
                    at = at[key]
                at[path[-1]] = value
                self.assertIn(departure, list(departures(spec)))

    def test_nothing_asks_the_kubernetes_api(self):
        for name in VALUES:
            with self.subTest(values=name):
                rights = [thing["kind"] for thing in objects(name) if "rbac" in thing["apiVersion"]]
                self.assertEqual(rights, [])
                for account in of_kind(objects(name), "ServiceAccount"):
                    self.assertIs(account["automountServiceAccountToken"], False)

    def test_never_two_at_a_time(self):
        for name in VALUES:
            workload, _, _ = exporter(objects(name))
            with self.subTest(values=name):
                self.assertIn(workload["spec"]["replicas"], (0, 1))
                if workload["kind"] == "Deployment":
                    self.assertEqual(workload["spec"]["strategy"], {"type": "Recreate"})


class Secrets(unittest.TestCase):
    def test_none_is_printed_or_made(self):
        for name in VALUES:
            with self.subTest(values=name):
                self.assertEqual(of_kind(objects(name), "Secret"), [])
                for _, _, spec in pods(objects(name)):
                    for container in spec["containers"]:
                        self.assertNotIn("secretKeyRef", str(container.get("env", [])))
                        arguments = " ".join(container.get("args", []))
                        self.assertNotRegex(arguments, "(?i)token|password|credential")

    def test_templates_cannot_read_one(self):
        for path in (CHART / "templates").rglob("*"):
            if path.is_file():
                with self.subTest(path=path.name):
                    self.assertNotRegex(path.read_text(), r"\blookup\b|b64enc|b64dec|stringData")

    def test_credentials_are_files(self):
        config, = of_kind(objects("token"), "ConfigMap")
        _, _, spec = exporter(objects("token"))
        mounted = {mount["name"]: mount for mount in spec["containers"][0]["volumeMounts"]}
        named = re.findall(r"/etc/opencost-exporter/\S+", config["data"]["config.yaml"])
        self.assertEqual(len(named), 3)
        for path in named:
            folder = path.rsplit("/", 1)[0]
            self.assertIn(folder, [mount["mountPath"] for mount in mounted.values() if mount.get("readOnly")])


class Wiring(unittest.TestCase):
    def test_selectors_find_the_pod_and_not_that_of_the_test(self):
        for name in VALUES:
            things = objects(name)
            workload, metadata, _ = exporter(things)
            tried = next(meta["labels"] for thing, meta, _ in pods(things) if thing["kind"] == "Pod")
            service, = of_kind(things, "Service")
            selectors = [service["spec"]["selector"], workload["spec"]["selector"]["matchLabels"]]
            selectors += [thing["spec"]["podSelector"]["matchLabels"]
                          for thing in of_kind(things, "NetworkPolicy")]
            for kind in ("PodDisruptionBudget", "PodMonitor"):
                selectors += [thing["spec"]["selector"]["matchLabels"] for thing in of_kind(things, kind)]
            with self.subTest(values=name):
                for selector in selectors:
                    self.assertTrue(selects(selector, metadata["labels"]), selector)
                    self.assertFalse(selects(selector, tried), selector)
                for monitor in of_kind(things, "ServiceMonitor"):
                    wanted = monitor["spec"]["selector"]["matchLabels"]
                    self.assertTrue(selects(wanted, service["metadata"]["labels"]))
                self.assertNotIn("helm.sh/chart", str(selectors))

    def test_ports_and_names_lead_to_the_exporter(self):
        for name in VALUES:
            things = objects(name)
            _, _, spec = exporter(things)
            port, = spec["containers"][0]["ports"]
            service, = of_kind(things, "Service")
            with self.subTest(values=name):
                self.assertIn(f"--web.listen-address=:{port['containerPort']}", spec["containers"][0]["args"])
                self.assertEqual(service["spec"]["ports"][0]["targetPort"], port["name"])
                self.assertIs(service["spec"]["publishNotReadyAddresses"], True)
                for policy in of_kind(things, "NetworkPolicy"):
                    self.assertEqual(policy["spec"]["ingress"][0]["ports"][0]["port"], port["containerPort"])
                    self.assertEqual(policy["spec"]["policyTypes"], ["Ingress", "Egress"])
                test, = of_kind(things, "Pod")
                url = f"http://{service['metadata']['name']}.{service['metadata']['namespace']}:" \
                      f"{service['spec']['ports'][0]['port']}/-/healthy"
                self.assertEqual(test["spec"]["containers"][0]["args"], ["healthcheck", f"--url={url}"])

    def test_probes(self):
        for name in VALUES:
            _, _, spec = exporter(objects(name))
            container = spec["containers"][0]
            paths = {probe: container[probe]["httpGet"]["path"]
                     for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
            with self.subTest(values=name):
                self.assertEqual(paths, {"startupProbe": "/-/healthy", "livenessProbe": "/-/healthy",
                                         "readinessProbe": "/-/ready"})

    def test_what_is_mounted_is_there_once(self):
        for name in VALUES:
            workload, _, spec = exporter(objects(name))
            volumes = [volume["name"] for volume in spec["volumes"]]
            claims = workload["spec"].get("volumeClaimTemplates", [])
            volumes += [claim["metadata"]["name"] for claim in claims]
            mounts = [mount["name"] for mount in spec["containers"][0]["volumeMounts"]]
            with self.subTest(values=name):
                self.assertEqual(sorted(volumes), sorted(mounts))
                environment = {entry["name"] for entry in spec["containers"][0].get("env", [])}
                self.assertEqual("ledger" in mounts, "OPENCOST_EXPORTER_LEDGER_PATH" in environment)

    def test_common_labels_and_namespace_are_everywhere(self):
        for thing in objects("pod"):
            if thing["metadata"]["name"].startswith("release-"):
                continue
            with self.subTest(kind=thing["kind"]):
                self.assertEqual(thing["metadata"]["labels"]["example.org/team"], "finance")
                self.assertEqual(thing["metadata"]["annotations"]["example.org/owner"], "finance")
                self.assertEqual(thing["metadata"]["namespace"], "finance")
                self.assertTrue(thing["metadata"]["name"].startswith("costs"))

    def test_images(self):
        digest = "sha256:" + "0123456789abcdef" * 4
        for values, image in (({}, "ghcr.io/opencost-exporter/opencost-exporter:0.1.0"),
                              ({"image.tag": "1.2"}, "ghcr.io/opencost-exporter/opencost-exporter:1.2"),
                              ({"image.tag": "1.2", "image.digest": digest},
                               f"ghcr.io/opencost-exporter/opencost-exporter@{digest}"),
                              ({"image.registry": "", "image.repository": "x"}, "x:0.1.0"),
                              ({"global.imageRegistry": "mirror:5000", "image.tag": "1"},
                               "mirror:5000/opencost-exporter/opencost-exporter:1")):
            with self.subTest(values=values):
                for _, _, spec in pods(with_values(values)):
                    self.assertEqual(spec["containers"][0]["image"], image)

    def test_a_changed_configuration_makes_a_new_pod(self):
        def mark(values):
            return exporter(with_values(values))[1]["annotations"]["checksum/config"]
        self.assertNotEqual(mark({}), mark({"config.poll": {"current": "10m"}}))
        self.assertNotEqual(mark({}), mark({"opencost.url": "http://x"}))
        self.assertEqual(mark({}), mark({"podLabels": {"x": "y"}}))

    def test_templates_in_further_objects_are_filled_in(self):
        self.assertEqual({thing["metadata"]["name"] for thing in of_kind(objects("pod"), "ConfigMap")},
                         {"costs-of-all-clusters", "release-object", "release-text"})
        self.assertIn("registry.example.com/proxy:0.1.0", text("pod"))


if __name__ == "__main__":
    unittest.main()
