"""What runs: hardened, reachable by what is to reach it, and without anything secret in sight."""

import copy
import re
import unittest

import yaml

from rendering import CHART, VALUES, exporter, objects, of_kind, pods, text, values_file, with_values

# Of the standard `restricted`: https://kubernetes.io/docs/concepts/security/pod-security-standards/
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected",
           "secret"}

# Values with which Kubernetes is asked whose tokens are.
ASKING = {"access", "existing"}
# With TLS, and without certificates of clients.
SECURED = {"access"}


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

    def test_a_token_is_mounted_only_to_ask_whose_tokens_are(self):
        for name in VALUES:
            with self.subTest(values=name):
                for account in of_kind(objects(name), "ServiceAccount"):
                    self.assertIs(account["automountServiceAccountToken"], False)
                for thing, _, spec in pods(objects(name)):
                    asks = name in ASKING and thing["kind"] != "Pod"
                    self.assertIs(spec["automountServiceAccountToken"], asks)

    def test_rights_are_the_one_that_is_needed(self):
        for name in VALUES:
            with self.subTest(values=name):
                rights = [thing for thing in objects(name) if "rbac" in thing["apiVersion"]]
                if name != "access":
                    self.assertEqual(rights, [])
                    continue
                role, binding = rights
                self.assertEqual((role["kind"], binding["kind"]), ("ClusterRole", "ClusterRoleBinding"))
                self.assertEqual(role["rules"], [{"apiGroups": ["authentication.k8s.io"],
                                                  "resources": ["tokenreviews"], "verbs": ["create"]}])
                self.assertEqual(binding["roleRef"], {"apiGroup": "rbac.authorization.k8s.io",
                                                      "kind": "ClusterRole", "name": role["metadata"]["name"]})
                account, = of_kind(objects(name), "ServiceAccount")
                _, _, spec = exporter(objects(name))
                self.assertEqual(spec["serviceAccountName"], account["metadata"]["name"])
                self.assertEqual(binding["subjects"], [{
                    "kind": "ServiceAccount", "name": account["metadata"]["name"],
                    "namespace": account["metadata"]["namespace"]}])
                for thing in rights:
                    self.assertNotIn("namespace", thing["metadata"])

    def test_rights_can_be_left_to_others(self):
        asking = {"config.api": {"kubernetes_auth": True}, "rbac.create": False}
        things = with_values(asking)
        self.assertEqual([thing["kind"] for thing in things if "rbac" in thing["apiVersion"]], [])
        self.assertIs(exporter(things)[2]["automountServiceAccountToken"], True)

    def test_names_of_rights_differ_between_namespaces(self):
        def name(space):
            things = with_values({"config.api": {"kubernetes_auth": True}, "namespaceOverride": space})
            return of_kind(things, "ClusterRole")[0]["metadata"]["name"]
        self.assertNotEqual(name("a"), name("b"))

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
            tried = next((meta["labels"] for thing, meta, _ in pods(things) if thing["kind"] == "Pod"), {})
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
                if name == "certificates":
                    self.assertEqual(of_kind(things, "Pod"), [])
                    continue
                test, = of_kind(things, "Pod")
                scheme = "https" if name in SECURED else "http"
                url = f"{scheme}://{service['metadata']['name']}.{service['metadata']['namespace']}.svc:" \
                      f"{service['spec']['ports'][0]['port']}/-/healthy"
                self.assertEqual(test["spec"]["containers"][0]["args"], ["healthcheck", f"--url={url}"])

    def test_probes(self):
        for name in VALUES:
            container = exporter(objects(name))[2]["containers"][0]
            with self.subTest(values=name):
                for probe, path in (("startupProbe", "/-/healthy"), ("livenessProbe", "/-/healthy"),
                                    ("readinessProbe", "/-/ready")):
                    want = {"httpGet": {"path": path, "port": "http"}}
                    if name in SECURED:
                        want["httpGet"]["scheme"] = "HTTPS"
                    if name == "certificates":
                        want = {"tcpSocket": {"port": "http"}}
                    got = {key: value for key, value in container[probe].items() if isinstance(value, dict)}
                    self.assertEqual(got, want)

    def test_the_web_configuration_is_mounted_whole_and_named(self):
        for name in VALUES:
            values = yaml.safe_load(values_file(name).read_text()).get("webConfig")
            container = exporter(objects(name))[2]["containers"][0]
            argument = [word for word in container["args"] if word.startswith("--web.config.file=")]
            mounts = [mount for mount in container["volumeMounts"] if mount["name"] == "web"]
            volumes = [volume for volume in exporter(objects(name))[2]["volumes"] if volume["name"] == "web"]
            with self.subTest(values=name):
                if values is None:
                    self.assertEqual((argument, mounts, volumes), ([], [], []))
                    continue
                file = values.get("key", "web.yml")
                self.assertEqual(argument, [f"--web.config.file=/etc/opencost-exporter/web/{file}"])
                self.assertEqual(mounts, [{"name": "web", "mountPath": "/etc/opencost-exporter/web",
                                           "readOnly": True}])
                self.assertEqual(volumes, [{"name": "web", "secret": {"secretName": values["existingSecret"]}}])

    def test_helm_test_trusts_the_authority_it_is_given(self):
        test, = of_kind(objects("access"), "Pod")
        volume, = test["spec"]["volumes"]
        mount, = test["spec"]["containers"][0]["volumeMounts"]
        self.assertEqual(mount, {"name": volume["name"], "mountPath": "/etc/ssl/certs", "readOnly": True})
        self.assertEqual(volume["secret"], {"secretName": "opencost-exporter-web", "items": [
            {"key": "ca.crt", "path": "ca-certificates.crt"}]})
        test, = of_kind(objects("default"), "Pod")
        self.assertNotIn("volumes", test["spec"])

    def test_the_api_server_is_reached_only_when_it_is_asked(self):
        def ways(name):
            policy, = of_kind(objects(name), "NetworkPolicy")
            return [rule for rule in policy["spec"]["egress"]
                    if {"port": 6443, "protocol": "TCP"} in rule["ports"]]
        self.assertEqual(ways("network"), [])
        way, = ways("access")
        self.assertEqual(way["to"], [{"ipBlock": {"cidr": "10.96.0.1/32"}}, {"ipBlock": {"cidr": "192.0.2.10/32"}}])
        way, = ways("existing")
        self.assertNotIn("to", way)
        self.assertEqual([port["port"] for port in way["ports"]], [443, 6443])

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
