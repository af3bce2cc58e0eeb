"""The web configuration file, with certificates made here: TLS, client certificates, users beside tokens, headers, and
files that change while the exporter runs."""

import base64
import crypt
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import unittest

import yaml

from api import PREFIX, Client, Installation, digest
from certificates import Authority
from program import EXPORTER, Case, Exporter
from waiting import PATIENCE, wait_for

PASSWORD = "correct-horse"


def bcrypt(password):
    """As `htpasswd -nbB` makes it, at the least cost there is."""
    return crypt.crypt(password, "$2b$04$" + "abcdefghijklmnopqrstuu")


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Web(Case):
    """A demo with a web configuration file of its own."""

    TOKEN = "a-token-of-finops"

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="tls-")))
        self.authority = Authority(self.folder, "authority")
        self.certificate, self.key = self.authority.sign("server")
        self.file = self.folder / "web.yml"
        self.settings = self.folder / "config.yaml"
        self.settings.write_text(yaml.safe_dump({"api": {"tokens": [
            {"name": "finops", "sha256": digest(self.TOKEN), "admin": True}]}}))

    def write(self, **tls):
        self.file.write_text(yaml.safe_dump({"tls_server_config": {
            "cert_file": "server.crt", "key_file": "server.key", **tls}}))

    def start(self):
        exporter = self.started(Exporter(self.folder, "demo", f"--config.file={self.settings}",
                                         f"--web.config.file={self.file}"))
        self.address = exporter.base.removeprefix("http://")
        exporter.base = f"https://{self.address}"
        return exporter

    def context(self, authority=None, **more):
        context = ssl.create_default_context(cafile=str((authority or self.authority).certificate))
        for name, value in more.items():
            setattr(context, name, value)
        return context

    def ask(self, context, target="/-/healthy", **headers):
        client = Client(f"https://{self.address}", context=context)
        try:
            return client.ask(target, **headers)
        finally:
            client.close()

    def refused(self, context):
        """What the client says when there is no connection."""
        try:
            answer = self.ask(context)
        except (ssl.SSLError, ConnectionError) as error:
            return str(error)
        self.fail(f"let in: {answer}")

    def openssl(self, *options):
        """Whether openssl s_client gets an answer."""
        host, _, port = self.address.partition(":")
        done = subprocess.run(["openssl", "s_client", "-connect", f"{host}:{port}", "-CAfile",
                               str(self.authority.certificate), "-ign_eof", *options],
                              input=b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False)
        return b"Healthy." in done.stdout


class TlsTest(Web):
    def test_what_is_spoken_and_what_is_not(self):
        self.write()
        exporter = self.start()
        self.assertEqual(self.ask(self.context()).body, b"Healthy.\n")
        self.assertEqual(exporter.find(r"(?m)^  metrics +(\S+)$"), f"https://{self.address}/metrics")
        self.refused(ssl.create_default_context())
        for version in ("-tls1_2", "-tls1_3"):
            self.assertTrue(self.openssl(version), version)
        for version in ("-tls1", "-tls1_1"):
            self.assertFalse(self.openssl(version, "-cipher", "ALL:@SECLEVEL=0"), version)
        # Plain HTTP gets no page, and harms nobody.
        with socket.create_connection(tuple(self.address.split(":")), PATIENCE) as plain:
            plain.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"opencost", plain.recv(65536))
        self.assertEqual(self.ask(self.context()).status, 200)

    def test_versions_and_ciphers_as_configured(self):
        self.write(min_version="TLS12", max_version="TLS12",
                   cipher_suites=["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"])
        self.start()
        self.assertTrue(self.openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"))
        self.assertFalse(self.openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"))
        self.assertFalse(self.openssl("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"))
        self.assertFalse(self.openssl("-tls1_3"))

    def test_only_tls_1_3(self):
        self.write(min_version="TLS13")
        self.start()
        self.assertTrue(self.openssl("-tls1_3"))
        self.assertFalse(self.openssl("-tls1_2"))

    def test_client_certificates(self):
        foreign = Authority(self.folder, "foreign")
        signed = self.authority.sign("client", "DNS:prometheus.example.org", "clientAuth")
        other = self.authority.sign("other", "DNS:somebody.example.org", "clientAuth")
        server = self.authority.sign("not-for-clients", "DNS:prometheus.example.org", "serverAuth")
        wrong = foreign.sign("stranger", "DNS:prometheus.example.org", "clientAuth")

        def showing(pair):
            context = self.context()
            context.load_cert_chain(*map(str, pair))
            return context

        self.write(client_auth_type="RequireAndVerifyClientCert", client_ca_file="authority.crt",
                   client_allowed_sans=["prometheus.example.org"])
        self.start()
        self.assertEqual(self.ask(showing(signed)).status, 200)
        self.assertEqual(self.ask(showing(signed), "/metrics").status, 200)
        for what, context in (("none", self.context()), ("a stranger's", showing(wrong)),
                              ("another name", showing(other)), ("a server's", showing(server))):
            with self.subTest(what):
                self.refused(context)
        self.assertEqual(self.ask(showing(signed)).status, 200)

    def test_a_certificate_that_is_renewed_is_shown_without_a_restart(self):
        self.write()
        exporter = self.start()
        old = self.context()
        kept = Client(f"https://{self.address}", context=old)
        self.addCleanup(kept.close)
        self.assertEqual(kept.ask("/-/healthy").status, 200)
        new = Authority(self.folder, "new")
        certificate, key = new.sign("renewed")
        # As a Secret is mounted: both change at once where it can be, else a pair that does not fit is refused.
        shutil.copy(key, self.key)
        exporter.find(r"(reload refused)")
        self.assertEqual(self.ask(old).status, 200)
        shutil.copy(certificate, self.certificate)
        exporter.find(r"(web configuration loaded)")
        self.assertEqual(self.ask(self.context(new)).status, 200)
        self.refused(old)
        log = exporter.output()
        self.assertNotIn("PRIVATE", log)

    def test_tls_is_switched_on_by_a_reload(self):
        self.file.write_text("")
        exporter = self.started(Exporter(self.folder, "demo", f"--config.file={self.settings}",
                                         f"--web.config.file={self.file}"))
        self.address = exporter.base.removeprefix("http://")
        self.assertEqual(exporter.reload()[0], 200)
        self.write()
        exporter.find(r"(web configuration loaded)")
        self.assertEqual(self.ask(self.context()).status, 200)

    def test_the_health_check_speaks_tls_too(self):
        self.write()
        self.start()
        done = subprocess.run([EXPORTER, "healthcheck", f"--web.config.file={self.file}",
                               f"--web.listen-address={self.address}"], timeout=PATIENCE, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_file_that_is_wrong_is_refused_with_all_its_faults(self):
        self.file.write_text(yaml.safe_dump({
            "tls_server_config": {"cert_file": "missing.crt", "key_file": "server.key", "min_version": "TLS14"},
            "basic_auth_users": {"ada": PASSWORD}}))
        done = subprocess.run([EXPORTER, "check-config", f"--web.config.file={self.file}"], timeout=PATIENCE,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={"OPENCOST_URL": "http://127.0.0.1:1"})
        self.assertEqual(done.returncode, 2, done)
        for part in ("tls_server_config.cert_file", "missing.crt", "tls_server_config.min_version", "TLS14",
                     "basic_auth_users"):
            self.assertIn(part, done.stderr)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)


class UsersTest(Web):
    def setUp(self):
        super().setUp()
        self.file.write_text(yaml.safe_dump({
            "basic_auth_users": {"ada": bcrypt(PASSWORD)},
            "http_server_config": {"headers": {"X-Frame-Options": "deny",
                                               "Strict-Transport-Security": "max-age=60"}}}))
        self.exporter = self.started(Exporter(self.folder, "demo", f"--config.file={self.settings}",
                                              f"--web.config.file={self.file}"))
        self.client = Client(self.exporter.base)
        self.addCleanup(self.client.close)

    def test_users_beside_tokens(self):
        good, token = basic("ada", PASSWORD), f"Bearer {self.TOKEN}"
        ready = wait_for("readiness", lambda: self.client.ask("/-/ready").status == 200)
        self.assertTrue(ready)
        for target in ("/metrics", "/", PREFIX + "/costs/current", PREFIX + "/cost/nodes"):
            with self.subTest(target):
                refused = self.client.ask(target)
                self.assertEqual(refused.status, 401, refused)
                offered = ", ".join(refused.headers.get_all("WWW-Authenticate"))
                self.assertIn("Basic", offered)
                self.assertIn("Bearer", offered)
                self.assertEqual(refused.headers["X-Frame-Options"], "deny")
                for header in (good, token):
                    answer = self.client.ask(target, Authorization=header)
                    self.assertEqual(answer.status, 200, answer)
                    self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=60")
                for header in (basic("ada", "wrong"), basic("eve", PASSWORD), basic("ada", ""),
                               basic("", PASSWORD), "Bearer nonsense"):
                    self.assertIn(self.client.ask(target, Authorization=header).status, (401, 429))
        for target in ("/-/healthy", "/-/ready", PREFIX + "/openapi.json"):
            self.assertEqual(self.client.ask(target).status, 200, target)
        self.assertEqual(self.client.ask("/-/reload", "POST", b"").status, 401)
        self.assertEqual(self.client.ask("/-/reload", "POST", b"", Authorization=good).status, 200)
        self.assertNotIn(PASSWORD, self.exporter.output())


class OverTlsTest(Case):
    def test_tenants_are_told_apart_over_tls_as_without(self):
        folder = pathlib.Path(self.folder)
        authority = Authority(folder, "authority")
        authority.sign("server")
        web = folder / "web.yml"
        web.write_text(yaml.safe_dump({"tls_server_config": {"cert_file": "server.crt", "key_file": "server.key"}}))
        context = ssl.create_default_context(cafile=str(authority.certificate))
        plain = Installation(self.folder, self.started)
        rows = plain.client("shop").get("/cost/namespaces").json["rows"]
        self.assertTrue(rows)
        # The same exporter, with the file that its configuration now names.
        plain.configuration["web"] = {"config_file": str(web)}
        plain.file.write_text(yaml.safe_dump(plain.configuration))
        exporter = self.started(Exporter(self.folder, f"--config.file={plain.file}"))
        secured = Client("https://" + exporter.base.removeprefix("http://"), plain.tokens["shop"], context)
        self.addCleanup(secured.close)
        wait_for("the same rows", lambda: {row["namespace"] for row in
                                           secured.get("/cost/namespaces").json.get("rows", [])}
                 == {row["namespace"] for row in rows})
        self.assertEqual(secured.get("/cost/nodes").status, 403)


if __name__ == "__main__":
    unittest.main()
