"""The dashboards are dashboards/*.json, but for the unit of amounts."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from rendering import HELMS, ROOT, VALUES, objects, of_kind, refusal, with_values

UNITS = {"monitoring": "currencyEUR", "operators": "currency:CHF "}


def boards(things):
    """{file: text} of every ConfigMap with a dashboard."""
    return {name: text for thing in of_kind(things, "ConfigMap") for name, text in thing["data"].items()
            if name.endswith(".json")}


def generated(unit):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ROOT / "dashboards/generate", "--unit", unit, "--output", folder], check=True)
        return {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}


class Dashboards(unittest.TestCase):
    def test_without_values_they_are_the_files(self):
        want = {path.name: json.loads(path.read_text()) for path in (ROOT / "dashboards").glob("*.json")}
        self.assertGreaterEqual(len(want), 7)
        for version in HELMS:
            given = boards(with_values({"dashboards.enabled": True}, version=version))
            with self.subTest(helm=version):
                self.assertEqual({name: json.loads(text) for name, text in given.items()}, want)

    def test_in_another_unit_they_are_what_the_generator_writes(self):
        for values, unit in UNITS.items():
            with self.subTest(unit=unit):
                given = boards(objects(values))
                self.assertEqual(given, generated(unit))
                self.assertNotIn("currencyUSD", json.dumps(given))

    def test_a_unit_cannot_break_out(self):
        unit = 'currency:"\\ <&>'
        for text in boards(with_values({"dashboards.enabled": True, "dashboards.unit": unit})).values():
            json.loads(text)

    def test_the_sidecar_finds_them(self):
        maps = [thing for thing in of_kind(objects("monitoring"), "ConfigMap")
                if "config.yaml" not in thing["data"]]
        self.assertEqual(len(maps), len(generated("x")))
        for thing in maps:
            self.assertEqual(thing["metadata"]["labels"]["grafana_dashboard"], "1")
            self.assertEqual(thing["metadata"]["annotations"]["grafana_folder"], "Cost")
            self.assertEqual(thing["metadata"]["namespace"], "monitoring")
        self.assertEqual(of_kind(objects("monitoring"), "GrafanaDashboard"), [])

    def test_the_operator_finds_them_and_the_sidecar_does_not(self):
        things = objects("operators")
        maps = {thing["metadata"]["name"]: thing for thing in of_kind(things, "ConfigMap")}
        found = of_kind(things, "GrafanaDashboard")
        self.assertEqual(len(found), len(generated("x")))
        for thing in found:
            place = thing["spec"]["configMapRef"]
            self.assertIn(place["key"], maps[place["name"]]["data"])
            self.assertNotIn("grafana_dashboard", maps[place["name"]]["metadata"]["labels"])
            self.assertEqual(thing["metadata"]["namespace"], maps[place["name"]]["metadata"]["namespace"])
            self.assertEqual(thing["spec"]["folder"], "OpenCost")

    def test_names_are_names_and_differ(self):
        for values in VALUES:
            names = [(thing["kind"], thing["metadata"]["name"]) for thing in objects(values)]
            self.assertEqual(len(names), len(set(names)), values)
        long = with_values({"dashboards.enabled": True, "fullnameOverride": "x" * 63})
        for thing in long:
            self.assertLessEqual(len(thing["metadata"]["name"]), 63)
        maps = {thing["metadata"]["name"] for thing in of_kind(long, "ConfigMap")}
        self.assertEqual(len(maps), len(boards(long)) + 1)

    def test_one_fits_into_an_annotation(self):
        """kubectl apply keeps an object in an annotation of itself, which may have 256 KiB."""
        for text in boards(objects("monitoring")).values():
            self.assertLess(len(text.encode()), 200 * 1024)

    def test_an_empty_unit_is_refused(self):
        self.assertIsNotNone(refusal({"dashboards.unit": ""}))


if __name__ == "__main__":
    unittest.main()
