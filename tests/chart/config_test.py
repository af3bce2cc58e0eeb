"""The rendered configuration is one that the exporter itself takes."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import yaml

from rendering import HELMS, ROOT, VALUES, exporter, objects, of_kind, values_file, with_values

# EXPORTER_BINARY names another one.
BINARY = pathlib.Path(os.environ.get("EXPORTER_BINARY", ROOT / "build/opencost-exporter"))


def file_of(things):
    config = [thing for thing in of_kind(things, "ConfigMap") if "config.yaml" in thing.get("data", {})]
    return config[0]["data"]["config.yaml"] if config else None


def check(text, things=None):
    """(exit code, output) of check-config with this file, and the arguments and variables of the pod."""
    words, variables = [], {}
    if things:
        container = exporter(things)[2]["containers"][0]
        words = [word for word in container["args"] if not word.startswith(("--config.file=", "--web.config.file="))]
        variables = {entry["name"]: entry["value"] for entry in container.get("env", [])}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([BINARY, "check-config", f"--config.file={file.name}", *words], env=variables,
                              capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Configuration(unittest.TestCase):
    def test_is_that_of_the_values_word_for_word(self):
        want = yaml.safe_load(values_file("configuration").read_text())["config"]
        for version in HELMS:
            with self.subTest(helm=version):
                self.assertEqual(yaml.safe_load(file_of(objects("configuration", version))), want)

    def test_large_numbers_stay_as_they_are_written(self):
        for version in HELMS:
            text = file_of(objects("configuration", version))
            with self.subTest(helm=version):
                for number in ("series: 1000000", "monthly: 12000000", "monthly: 9000.5", "support: 1500000"):
                    self.assertIn(f"{number}\n", text)

    def test_one_cluster_is_made_of_the_simple_values(self):
        self.assertEqual(yaml.safe_load(file_of(objects("default"))),
                         {"clusters": [{"url": "http://opencost.opencost:9003"}]})
        self.assertEqual(yaml.safe_load(file_of(objects("token"))), {"clusters": [{
            "name": "prod-eu", "url": "https://opencost.example.com/model",
            "auth": {"bearer_token_file": "/etc/opencost-exporter/credentials/token",
                     "header_files": {"X-Scope-OrgID": "/etc/opencost-exporter/credentials/organisation"}},
            "tls": {"ca_file": "/etc/opencost-exporter/ca/ca.crt", "server_name": "opencost.internal"}}]})
        cluster, = yaml.safe_load(file_of(objects("password")))["clusters"]
        self.assertEqual(cluster["auth"]["basic"]["username"], 'opencost "reader" #1')

    def test_sections_without_clusters_keep_the_simple_one(self):
        text = file_of(with_values({"opencost.url": "http://x:1", "config.poll": {"current": "10m"}}))
        self.assertEqual(yaml.safe_load(text),
                         {"clusters": [{"url": "http://x:1"}], "poll": {"current": "10m"}})

    def test_of_a_secret_nothing_is_rendered(self):
        things = objects("existing")
        self.assertIsNone(file_of(things))
        _, metadata, spec = exporter(things)
        self.assertIn("--config.file=/etc/opencost-exporter/config/exporter.yaml",
                      spec["containers"][0]["args"])
        self.assertEqual(spec["volumes"][0]["secret"], {"secretName": "opencost-exporter-configuration"})
        self.assertNotIn("annotations", metadata)

    def test_a_ledger_of_ones_own_is_left_alone(self):
        _, _, spec = exporter(with_values({"config.ledger": {"path": "/data/x.db"}}))
        self.assertNotIn("env", spec["containers"][0])


@unittest.skipUnless(BINARY.is_file(), f"{BINARY} is not built; make build")
class Accepted(unittest.TestCase):
    def test_by_the_exporter(self):
        seen = 0
        for version in HELMS:
            for name in VALUES:
                things = objects(name, version)
                if file_of(things) is None:
                    continue
                seen += 1
                with self.subTest(values=name, helm=version):
                    code, said = check(file_of(things), None if name == "pod" else things)
                    self.assertEqual(code, 0, said)
        self.assertEqual(seen, len(HELMS) * (len(VALUES) - 1))

    def test_the_command_of_helm_test_is_one_of_the_exporter(self):
        pod, = of_kind(objects("default"), "Pod")
        command, _ = pod["spec"]["containers"][0]["args"]
        done = subprocess.run([BINARY, command, "--url=http://127.0.0.1:1/-/healthy"], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_with_port_and_ledger_of_the_pod(self):
        _, said = check(file_of(objects("network")), objects("network"))
        self.assertRegex(said, r":8080")
        self.assertRegex(said, r"path: \"?/var/lib/opencost-exporter/ledger.db")

    def test_what_is_wrong_is_refused(self):
        for values, message in (({"config.poll": {"curent": "5m"}}, "current"),
                                ({"config.budgets": [{"name": "x"}]}, "monthly"),
                                ({"config.log": {"level": "loud"}}, "loud"),
                                ({"config.clusters": [{"url": "ftp://x"}]}, "url")):
            with self.subTest(values=values):
                code, said = check(file_of(with_values(values)))
                self.assertEqual(code, 2)
                self.assertIn(message, said)


if __name__ == "__main__":
    unittest.main()
