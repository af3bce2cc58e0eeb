"""The Dockerfile as it is written, and the image as it describes itself."""

import datetime
import json
import pathlib
import re
import subprocess
import unittest

from container import IMAGE, SETTINGS, run

TEXT = pathlib.Path("Dockerfile").read_text()
# One instruction a line, comments gone.
LINES = [line for line in re.sub(r"\\\n", "", re.sub(r"(?m)^#.*\n", "", TEXT)).splitlines() if line.strip()]
PROGRAM = "/usr/bin/opencost-exporter"


def instructions(name):
    return [line.split(None, 1)[1] for line in LINES if line.split()[0] == name]


class DockerfileTest(unittest.TestCase):
    def test_the_base_is_pinned_by_date_and_digest(self):
        self.assertRegex(instructions("ARG")[0], r"^DEBIAN=debian:bookworm-20\d{6}-slim@sha256:[0-9a-f]{64}$")
        self.assertEqual(instructions("FROM"), ["${DEBIAN} AS build", "scratch"])
        self.assertNotIn(":latest", TEXT)

    def test_commands_are_lists_and_the_user_is_a_number(self):
        self.assertEqual([json.loads(text) for text in instructions("ENTRYPOINT")], [[PROGRAM]])
        self.assertRegex(instructions("HEALTHCHECK")[0], r'CMD \["')
        self.assertEqual(instructions("USER"), ["65532:65532"])
        self.assertEqual(instructions("CMD") + instructions("VOLUME") + instructions("ADD"), [])

    def test_no_architecture_and_nothing_that_old_builders_do_not_know(self):
        text = "\n".join(LINES)
        self.assertNotRegex(text, r"x86|amd64|aarch64|arm64|TARGETARCH")
        self.assertNotRegex(text, r"<<|--link|--mount|--network|--chmod")

    def test_lists_of_packages_do_not_stay(self):
        for line in instructions("RUN"):
            if "apt-get install" in line:
                self.assertIn("--no-install-recommends", line)
                self.assertIn("rm -rf /var/lib/apt/lists/*", line)

    def test_what_is_copied_is_let_through(self):
        let_through = {line[1:] for line in pathlib.Path(".dockerignore").read_text().splitlines()
                       if line.startswith("!")}
        named = {word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]}
        self.assertEqual(named, let_through)


class DescriptionTest(unittest.TestCase):
    def test_how_it_is_started(self):
        self.assertEqual(SETTINGS["Entrypoint"], [PROGRAM])
        self.assertEqual(SETTINGS["User"], "65532:65532")
        self.assertEqual(SETTINGS["ExposedPorts"], {"9754/tcp": {}})
        self.assertFalse(SETTINGS.get("Cmd"))
        self.assertFalse(SETTINGS.get("Volumes"))
        self.assertFalse(SETTINGS.get("StopSignal"))
        self.assertEqual(SETTINGS["Healthcheck"]["Test"], ["CMD", PROGRAM, "healthcheck"])
        self.assertEqual(SETTINGS["Healthcheck"]["Timeout"], 5_000_000_000)

    def test_one_layer_for_this_machine(self):
        self.assertEqual(len(IMAGE["OCIv1"]["rootfs"]["diff_ids"]), 1)
        machine = subprocess.run(["dpkg", "--print-architecture"], check=True, text=True,
                                 stdout=subprocess.PIPE)
        self.assertEqual(IMAGE["OCIv1"]["architecture"], machine.stdout.strip())

    def test_labels_say_what_it_is_and_from_which_commit(self):
        labels = {name.removeprefix("org.opencontainers.image."): text
                  for name, text in SETTINGS["Labels"].items() if name.startswith("org.opencontainers.image.")}
        self.assertEqual(set(labels), {"title", "description", "licenses", "vendor", "url", "source",
                                       "documentation", "version", "revision", "created"})
        self.assertTrue(all(labels.values()))
        code, said = run("--version")
        self.assertEqual((code, said.split()[-1]), (0, labels["version"]))
        self.assertRegex(labels["revision"], r"^[0-9a-f]{40}(-dirty)?$")
        self.assertIsNotNone(datetime.datetime.fromisoformat(labels["created"]).tzinfo)


if __name__ == "__main__":
    unittest.main()
