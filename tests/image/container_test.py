"""The image runs as a container: user 65532, a read-only root, PID 1, a network of only the loopback."""

import os
import pathlib
import signal
import socket
import tempfile
import time
import unittest

import container
import names
from container import Container
from exposition import Page
from program import Case, get, request
from waiting import wait_for

BASE = "http://127.0.0.1:9754"
OPENCOST = "opencost.opencost.svc.cluster.local"
RESOLVER = ("nameserver 127.0.0.1\nsearch opencost.svc.cluster.local svc.cluster.local cluster.local\n"
            "options ndots:5\n")


def page():
    return Page(get(f"{BASE}/metrics"))


class ContainerTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        container.prepare()

    def setUp(self):
        self.files = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="exporter-image-")))
        self.files.chmod(0o755)

    def container(self, *arguments, **settings):
        return self.started(Container(self.folder, *arguments, **settings))

    def serving(self, *arguments, **settings):
        """A container that listens on its usual port."""
        started = self.container(*arguments, **settings)
        started.find(r"(listening)")
        return started

    def demo(self):
        """The address of a made-up OpenCost, in a container that leaves the usual port free."""
        started = self.container("demo", "--web.listen-address=127.0.0.1:0")
        return started.find(r"answers as OpenCost does at (\S+)")

    def file(self, name, text):
        path = self.files / name
        path.write_text(text)
        path.chmod(0o644)
        return path

    def asking(self, url, *mounts, cluster="", **settings):
        """A container with a configuration that asks this OpenCost."""
        config = self.file("config.yaml",
                           f"clusters: [{{name: c, url: {url}{cluster}}}]\npoll: {{retries: 0}}\n")
        return self.serving("--config.file=/config/config.yaml",
                            mounts=[(config.parent, "/config", "ro"), *mounts], **settings)

    def wait_for_up(self, value):
        """Of the first poll, well or badly."""
        wait_for("a poll", lambda: page().value("opencost_exporter_polls_total", cluster="c", query="current"))
        self.assertEqual(page().value("opencost_up", cluster="c", query="current"), value)

    def reasons(self):
        """Why polls failed."""
        failures = page().family("opencost_exporter_poll_failures_total", query="current")
        return {dict(labels)["reason"] for labels, count in failures.items() if count}


class StartedTest(ContainerTest):
    def test_serves_as_65532_without_rights_on_a_read_only_root_as_pid_1(self):
        started = self.serving("demo")
        status = dict(line.split(":\t", 1) for line in
                      pathlib.Path(f"/proc/{started.pid}/status").read_text().splitlines())
        self.assertEqual(status["NSpid"].split()[-1], "1")
        self.assertEqual(set(status["Uid"].split() + status["Gid"].split()), {"65532"})
        self.assertEqual(int(status["CapEff"], 16), 0)
        with self.assertRaisesRegex(OSError, "Read-only"):
            pathlib.Path(f"/proc/{started.pid}/root/new").touch()
        wait_for("costs", lambda: page().family("opencost_namespace_cost_per_hour", namespace="payments"))
        self.assertGreater(page().value("process_resident_memory_bytes"), 1e6)
        wait_for("readiness", lambda: request(f"{BASE}/-/ready")[0] == 200)

    def test_healthcheck(self):
        command = container.SETTINGS["Healthcheck"]["Test"][2:]
        code, said = container.run(*command)
        self.assertEqual(code, 1)
        self.assertIn("127.0.0.1:9754/-/healthy is not healthy", said)
        self.serving("demo")
        self.assertEqual(container.run(*command), (0, ""))
        code, _ = container.run(*command, environment=[("PORT", "9755")])
        self.assertEqual(code, 1)

    def test_stops_within_a_second_when_told(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                started = self.serving("demo")
                wait_for("costs", lambda: page().family("opencost_cluster_cost_per_hour"))
                began = time.monotonic()
                started.signal(number)
                self.assertEqual(started.ended(), 0)
                self.assertLess(time.monotonic() - began, 1.0)

    def test_stops_while_it_asks_somebody_who_never_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            started = self.asking(f"http://127.0.0.1:{silent.getsockname()[1]}")
            silent.accept()
            began = time.monotonic()
            started.signal(signal.SIGTERM)
            self.assertEqual(started.ended(), 0)
            self.assertLess(time.monotonic() - began, 1.0)

    def test_without_a_configuration_it_says_what_is_missing(self):
        code, said = container.run()
        self.assertEqual(code, 2)
        self.assertIn("OPENCOST_URL", said)

    def test_takes_its_settings_from_the_environment(self):
        opencost = self.demo()
        self.serving(environment=[("OPENCOST_URL", opencost), ("PORT", "9754")])
        wait_for("costs", lambda: page().family("opencost_cluster_cost_per_hour"))


class LedgerTest(ContainerTest):
    def start(self, opencost, mode, owner):
        os.chown(self.ledger, owner, owner)
        return self.asking(opencost, (self.ledger, "/ledger", mode),
                           environment=[("OPENCOST_EXPORTER_LEDGER_PATH", "/ledger/ledger.db")])

    def setUp(self):
        super().setUp()
        self.ledger = self.files / "kept"
        self.ledger.mkdir()

    def filled(self):
        days = page().family("opencost_exporter_ledger_entries", state="recorded")
        return days and min(days.values()) > 1

    def test_days_are_kept_in_a_folder_that_may_be_written(self):
        opencost = self.demo()
        started = self.start(opencost, "rw", 65532)
        wait_for("recorded days", self.filled)
        self.assertEqual(page().value("opencost_exporter_ledger_persistent"), 1)
        started.signal(signal.SIGTERM)
        self.assertEqual(started.ended(), 0)
        self.assertEqual((self.ledger / "ledger.db").stat().st_uid, 65532)
        self.start("http://127.0.0.1:1", "rw", 65532)
        self.assertTrue(self.filled(), "known after a restart, while OpenCost is away")

    def test_without_one_it_says_so_and_serves(self):
        opencost = self.demo()
        for mode, owner, reason in (("ro", 65532, "[Rr]ead-only|readonly|unable to open"),
                                    ("rw", 0, "[Pp]ermission|readonly|unable to open")):
            with self.subTest(mode=mode, owner=owner):
                started = self.start(opencost, mode, owner)
                try:
                    self.wait_for_up(1)
                    self.assertEqual(page().value("opencost_exporter_ledger_persistent"), 0)
                    told = [line for line in started.output().splitlines() if "/ledger/ledger.db" in line]
                    self.assertRegex("\n".join(told), reason)
                    wait_for("recorded days, in memory", self.filled)
                    self.assertEqual(list(self.ledger.iterdir()), [])
                finally:
                    started.kill()


class NamesTest(ContainerTest):
    def setUp(self):
        super().setUp()
        self.opencost = self.demo()
        self.port = self.opencost.rpartition(":")[2]

    def served(self, closable):
        self.addCleanup(closable.close)
        return closable

    def test_a_service_is_found_by_its_short_name(self):
        server = self.served(names.NameServer(OPENCOST))
        self.asking(f'"http://opencost.opencost:{self.port}"',
                    (self.file("resolv.conf", RESOLVER), "/etc/resolv.conf", "ro"))
        self.wait_for_up(1)
        self.assertIn(OPENCOST, server.asked)

    def test_a_host_alias_is_found_without_asking(self):
        server = self.served(names.NameServer())
        self.asking(f'"http://costs.example:{self.port}"',
                    (self.file("resolv.conf", RESOLVER), "/etc/resolv.conf", "ro"),
                    (self.file("hosts", "127.0.0.1 costs.example\n"), "/etc/hosts", "ro"))
        self.wait_for_up(1)
        self.assertEqual(server.asked, [])

    def test_a_name_that_does_not_exist(self):
        self.served(names.NameServer(OPENCOST))
        started = self.asking('"http://elsewhere.opencost:9003"',
                              (self.file("resolv.conf", RESOLVER), "/etc/resolv.conf", "ro"))
        self.wait_for_up(0)
        self.assertEqual(self.reasons(), {"resolve"})
        self.assertIn("elsewhere.opencost", started.output())
        self.assertEqual(request(f"{BASE}/-/healthy")[0], 200)

    def test_certificates_are_held_against_the_bundle_in_the_image(self):
        proxy = self.served(names.SecureProxy(self.folder, self.opencost, "costs.example"))
        url = f'"https://costs.example:{proxy.port}"'
        hosts = (self.file("hosts", "127.0.0.1 costs.example wrong.example\n"), "/etc/hosts", "ro")
        ca = self.file("ca.crt", proxy.ca.read_text())
        bundle = (ca, "/etc/ssl/certs/ca-certificates.crt", "ro")
        own = ", tls: {ca_file: /config/ca.crt}"
        for told, asked, mounts, cluster, up in (
                ("nobody in the image knows who signed it", url, [hosts], "", 0),
                ("an authority of one's own", url, [hosts], own, 1),
                ("another bundle in the image's place", url, [hosts, bundle], "", 1),
                ("a name that is not the certificate's", url.replace("costs", "wrong"), [hosts], own, 0)):
            with self.subTest(told):
                started = self.asking(asked, *mounts, cluster=cluster)
                try:
                    self.wait_for_up(up)
                    self.assertEqual(self.reasons(), set() if up else {"tls"})
                finally:
                    started.kill()


if __name__ == "__main__":
    unittest.main()
