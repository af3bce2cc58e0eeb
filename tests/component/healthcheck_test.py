"""`healthcheck`, as a container runtime calls it: beside an exporter, with the same configuration."""

import pathlib
import socket
import subprocess
import unittest

from program import EXPORTER, Case, Demo
from waiting import PATIENCE


def healthcheck(*arguments, environment=None):
    """(exit code, what it printed)."""
    said = subprocess.run([EXPORTER, "healthcheck", *arguments], env=environment or {}, text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=PATIENCE)
    return said.returncode, said.stdout


class HealthcheckTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.started_for_all(Demo(cls.folder))
        cls.address = cls.demo.base.removeprefix("http://")

    def test_a_running_exporter_is_healthy_and_nothing_is_printed(self):
        self.assertEqual(healthcheck(f"--web.listen-address={self.address}"), (0, ""))
        self.assertEqual(healthcheck(f"--url={self.demo.base}/-/healthy"), (0, ""))

    def test_all_interfaces_are_asked_over_the_loopback(self):
        port = self.address.rpartition(":")[2]
        self.assertEqual(healthcheck(f"--web.listen-address=:{port}"), (0, ""))
        self.assertEqual(healthcheck(f"--web.listen-address=0.0.0.0:{port}"), (0, ""))

    def test_takes_the_address_from_the_exporters_own_configuration(self):
        file = pathlib.Path(self.folder) / "config.yaml"
        file.write_text(f'clusters: [{{url: "http://opencost:9003"}}]\nweb: {{listen_addresses: ["{self.address}"]}}\n')
        self.assertEqual(healthcheck(f"--config.file={file}"), (0, ""))
        self.assertEqual(healthcheck(environment={"OPENCOST_EXPORTER_WEB_LISTEN_ADDRESSES": self.address}), (0, ""))

    def test_nobody_listens(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            code, said = healthcheck(f"--web.listen-address=127.0.0.1:{taken.getsockname()[1]}")
        self.assertEqual(code, 1)
        self.assertRegex(said, r"^http://127\.0\.0\.1:\d+/-/healthy is not healthy: connect: .*refused")

    def test_somebody_listens_and_never_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            code, said = healthcheck(f"--web.listen-address=127.0.0.1:{silent.getsockname()[1]}")
        self.assertEqual(code, 1)
        self.assertIn("is not healthy: timeout:", said)

    def test_any_status_but_200(self):
        code, said = healthcheck(f"--url={self.demo.base}/nothing-here")
        self.assertEqual(code, 1)
        self.assertIn("is not healthy: http_status:", said)
        self.assertIn("answered 404", said)

    def test_a_port_that_is_chosen_at_the_start_cannot_be_known(self):
        code, said = healthcheck("--web.listen-address=:0")
        self.assertEqual((code, said), (2, ":0 has no port of its own; write healthcheck "
                                           "--url=http://HOST:PORT/-/healthy\n"))

    def test_wrong_command_lines(self):
        for arguments, told in [(["--url=ftp://x/"], "--url"), (["--url="], "--url"), (["--url"], "--url"),
                                (["--pods=3"], "--pods"), (["now"], "now"), (["--config.file=/nowhere"], "/nowhere")]:
            with self.subTest(arguments):
                code, said = healthcheck(*arguments)
                self.assertEqual(code, 2)
                self.assertIn(told, said)


if __name__ == "__main__":
    unittest.main()
