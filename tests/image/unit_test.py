"""The systemd unit, as systemd itself reads it."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from container import ROOT

UNIT = pathlib.Path("deploy/systemd/opencost-exporter.service")


def analyze(*arguments):
    """What systemd-analyze says; it warns and exits with 0."""
    return subprocess.run(["systemd-analyze", *arguments], text=True, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


class UnitTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="exporter-unit-")))

    def unit(self, *replaced):
        """The unit, with the program of the image in the place of the one that would be installed."""
        text = UNIT.read_text().replace("/usr/local/bin/", f"{ROOT}/usr/bin/")
        for old, new in replaced:
            self.assertIn(old, text)
            text = text.replace(old, new)
        file = self.folder / UNIT.name
        file.write_text(text)
        return str(file)

    def test_systemd_has_nothing_to_say_about_it(self):
        self.assertEqual(analyze("verify", self.unit()), "")

    def test_it_would_say_what_is_wrong(self):
        for old, new in (("ProtectSystem=strict", "ProtectSystem=strikt"), ("DynamicUser=", "DynamicUsr="),
                         ("/usr/bin/opencost-exporter --", "/usr/bin/opencost-expoter --"),
                         ("After=network", "Aftr=network")):
            with self.subTest(new):
                self.assertIn(UNIT.name, analyze("verify", self.unit((old, new))))

    def test_it_is_as_closed_as_the_page_says(self):
        said = analyze("security", "--offline=true", self.unit())
        exposure = re.search(r"exposure level .*: ([0-9.]+) ", said).group(1)
        self.assertLessEqual(float(exposure), 1.5)
        self.assertIn(f" says {exposure}, where", pathlib.Path("docs/install.md").read_text().replace("\n", " "))


if __name__ == "__main__":
    unittest.main()
