"""What is in the image, and what is not."""

import datetime
import json
import os
import pathlib
import re
import stat
import subprocess
import unittest

from container import ROOT, SETTINGS, WORK

EXPORTER = "usr/bin/opencost-exporter"
LIBRARY = re.compile(r"(usr/)?lib(64)?/([\w-]+/)?[\w.+-]+\.so(\.[0-9]+)*")
OTHER = re.compile(r"etc/(group|nsswitch\.conf|os-release|passwd|ssl/certs/ca-certificates\.crt)"
                   r"|usr/share/doc/[a-z0-9.+-]+/copyright|var/lib/dpkg/status\.d/[a-z0-9.+-]+")
MEGABYTES = 40
NOBODYS = 65532


def entries():
    """{path inside: what lstat says} of the image, without the mount points a runtime adds."""
    found = {str(path.relative_to(ROOT)): path.lstat() for path in sorted(ROOT.rglob("*"))}
    return {path: info for path, info in found.items() if not path.startswith(("proc", "config", "ledger"))
            and path not in ("etc/hosts", "etc/resolv.conf")}


def is_program(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def said_by(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


class FilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.entries = entries()
        cls.files = {path: info for path, info in cls.entries.items() if stat.S_ISREG(info.st_mode)}

    def test_size_and_content(self):
        size = sum(info.st_size for info in self.files.values())
        print(f"\n{size / 1e6:.1f} MB in {len(self.files)} files:")
        for path, info in self.files.items():
            print(f"  {info.st_size:10,} {stat.filemode(info.st_mode)} {path}")
        self.assertLess(size, MEGABYTES * 1e6)

    def test_every_file_is_one_that_belongs_there(self):
        strange = [path for path in self.files
                   if path != EXPORTER and not LIBRARY.fullmatch(path) and not OTHER.fullmatch(path)]
        self.assertEqual(strange, [])
        self.assertEqual([path for path, info in self.entries.items()
                          if not stat.S_ISREG(info.st_mode) and not stat.S_ISDIR(info.st_mode)], [])

    def test_the_only_programs_are_the_exporter_and_what_it_links(self):
        programs = {path for path in self.files if is_program(ROOT / path)}
        linked = said_by("chroot", str(ROOT), self.loader(), "--list", f"/{EXPORTER}")
        closure = {path.lstrip("/") for path in re.findall(r"/\S+", linked)}
        self.assertEqual(programs, closure | {EXPORTER, self.loader().lstrip("/")})
        self.assertNotIn("not found", linked)
        scripts = [path for path in self.files if (ROOT / path).read_bytes()[:2] == b"#!"]
        self.assertEqual(scripts, [])

    def loader(self):
        return re.search(r"interpreter: (\S+)\]", said_by("readelf", "-l", str(ROOT / EXPORTER))).group(1)

    def test_the_binary_is_stripped(self):
        self.assertNotIn(".symtab", said_by("readelf", "-S", "-W", str(ROOT / EXPORTER)))

    def test_nothing_may_be_written_by_the_exporter_and_nothing_lends_rights(self):
        for path, info in self.entries.items():
            with self.subTest(path):
                self.assertEqual((info.st_uid, info.st_gid), (0, 0))
                self.assertFalse(info.st_mode & (stat.S_IWGRP | stat.S_IWOTH | stat.S_ISUID | stat.S_ISGID))
                self.assertNotIn("security.capability", os.listxattr(ROOT / path))

    def test_everything_may_be_read_by_it(self):
        for path, info in self.entries.items():
            needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(info.st_mode) else 0)
            self.assertEqual(info.st_mode & needed, needed, path)

    def test_no_file_is_younger_than_the_commit(self):
        times = {info.st_mtime for info in self.files.values()}
        created = datetime.datetime.fromisoformat(
            SETTINGS["Labels"]["org.opencontainers.image.created"])
        self.assertEqual(times, {created.timestamp()})

    def test_authorities_and_who_we_are(self):
        bundle = (ROOT / "etc/ssl/certs/ca-certificates.crt").read_text()
        self.assertGreater(bundle.count("BEGIN CERTIFICATE"), 100)
        self.assertEqual((ROOT / "etc/passwd").read_text(), "nonroot:x:65532:65532:nonroot:/:/sbin/nologin\n")
        self.assertIn("VERSION_CODENAME=bookworm", (ROOT / "etc/os-release").read_text())

    def test_scanners_see_every_package_and_people_its_licence(self):
        records = ROOT / "var/lib/dpkg/status.d"
        packages = {path.name for path in records.iterdir()}
        self.assertLessEqual({"base-files", "ca-certificates", "libc6", "libcurl4", "libsqlite3-0", "libssl3",
                              "libstdc++6"}, packages)
        for package in packages:
            record = (records / package).read_text()
            self.assertRegex(record, rf"^Package: {re.escape(package)}\n(.*\n)?Status: install ok installed\n")
            self.assertRegex(record, r"\nVersion: \S+\n")
            self.assertTrue((ROOT / "usr/share/doc" / package / "copyright").is_file(), package)
        built_in = ROOT / "usr/share/doc/opencost-exporter/redoc"
        self.assertEqual({path.name for path in built_in.iterdir()},
                         {path.name for path in pathlib.Path("exporter/web/reference").glob("*.LICENSE.txt")})
        # A library without a record would be invisible. Some packages have two.
        libraries = [path for path in self.files if LIBRARY.fullmatch(path)]
        self.assertGreater(len(packages), len(libraries) / 3)

    def test_the_builder_is_given_what_the_dockerfile_names_and_nothing_else(self):
        given = WORK / "context"
        self.assertEqual(sorted(path.name for path in given.iterdir()),
                         ["CMakeLists.txt", "CMakePresets.json", "LICENSE", "exporter", "packages.txt"])
        self.assertEqual(sorted(str(path.relative_to(given)) for path in (given / "exporter").rglob("*")),
                         sorted(str(path) for path in pathlib.Path("exporter").rglob("*")))

    @unittest.skipUnless((WORK / "second.json").exists(), "built once")
    def test_a_second_build_is_the_same_image(self):
        first, second = (json.loads((WORK / name).read_text()) for name in ("image.json", "second.json"))
        # Files, settings and history. In Docker's form buildah adds a host name of chance.
        self.assertEqual(first["OCIv1"], second["OCIv1"])


if __name__ == "__main__":
    unittest.main()
