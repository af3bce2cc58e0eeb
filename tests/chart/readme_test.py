"""The table of parameters in README.md is what its generator makes of values.yaml."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

from rendering import BUILD, CHART, ROOT

GENERATOR = BUILD / "node_modules/@bitnami/readme-generator-for-helm/bin/index.js"


def written(change=lambda text: text):
    """README.md after the generator went over it, with values.yaml changed in this way; and what it said."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(CHART / "README.md", folder)
        (folder / "values.yaml").write_text(change((CHART / "values.yaml").read_text()))
        done = subprocess.run(["node", GENERATOR, "-v", folder / "values.yaml", "-r", folder / "README.md"],
                              capture_output=True, text=True, check=False)
        return (folder / "README.md").read_text() if done.returncode == 0 else None, done.stdout + done.stderr


class Readme(unittest.TestCase):
    readme = (CHART / "README.md").read_text()

    def test_is_what_the_values_say(self):
        self.assertEqual(written()[0], self.readme, "run tests/chart/readme")

    def test_another_default_would_be_seen(self):
        other = written(lambda text: text.replace("containerPort: 9754", "containerPort: 9755"))
        self.assertNotEqual(other[0], self.readme)

    def test_another_meaning_would_be_seen(self):
        self.assertNotEqual(written(lambda text: text.replace("Its port", "Port"))[0], self.readme)

    def test_a_value_that_nobody_explains_is_refused(self):
        self.assertIsNone(written(lambda text: text + "\nunexplained: 1\n")[0])

    def test_an_explanation_of_nothing_is_refused(self):
        self.assertIsNone(written(lambda text: text + "\n## @param gone What is not there\n")[0])

    def test_links_lead_somewhere(self):
        for path in (CHART / "README.md", CHART / "values.yaml", *(CHART / "templates").rglob("NOTES.txt")):
            for target in re.findall(r"opencost-exporter/blob/main/([\w./-]+\w)", path.read_text()):
                with self.subTest(file=path.name, target=target):
                    self.assertTrue((ROOT / target).exists())

    def test_examples_are_yaml(self):
        blocks = re.findall(r"```yaml\n(.*?)```", self.readme, re.S)
        self.assertGreaterEqual(len(blocks), 2)
        known = set(yaml.safe_load((CHART / "values.yaml").read_text()))
        for block in blocks:
            self.assertLessEqual(set(yaml.safe_load(block)), known)


if __name__ == "__main__":
    unittest.main()
