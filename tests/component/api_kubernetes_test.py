"""Tokens of Kubernetes: an API server that knows some, is down, or says nothing, and what becomes of those who ask."""

import http.server
import json
import pathlib
import secrets
import threading
import unittest

from api import Client, Installation
from program import Case
from waiting import wait_for


class FakeKubernetes(http.server.BaseHTTPRequestHandler):
    """An API server that knows two service accounts, and does what `mode` says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.questions.append((self.path, self.headers.get("Authorization"), asked))
        if self.server.mode == "down":
            self.close_connection = True
            self.connection.close()
            return
        if self.server.mode == "broken":
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.server.mode == "silent":
            self.server.released.wait(60)
        namespace = self.server.accounts.get(asked["spec"]["token"])
        user = f"system:serviceaccount:{namespace}:reader"
        status = {"authenticated": namespace is not None}
        if namespace:
            status["user"] = {"username": user, "groups": ["system:serviceaccounts",
                                                           f"system:serviceaccounts:{namespace}"]}
        body = json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                           "status": status}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class KubernetesTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FakeKubernetes)
        cls.server.daemon_threads = True
        cls.server.questions, cls.server.mode, cls.server.accounts = [], "up", {}
        cls.server.released = threading.Event()
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.addClassCleanup(cls.server.released.set)
        own = pathlib.Path(cls.folder, "own-token")
        own.write_text("the-exporters-own\n")
        cls.installation = Installation(cls.folder, cls.started_for_all, {
            "kubernetes_auth": True,
            "kubernetes": {"url": f"http://127.0.0.1:{cls.server.server_port}", "token_file": str(own)},
            "kubernetes_subjects": [
                {"user": "system:serviceaccount:kube-system:reader", "admin": True},
                {"group": "system:serviceaccounts:pay*", "tenant": "payments"}]})

    def setUp(self):
        self.server.mode = "up"
        self.server.accounts = {}
        self.installation.exporter.reload()  # forgets who was who

    def token(self, namespace):
        token = secrets.token_urlsafe(24)
        if namespace:
            self.server.accounts[token] = namespace
        return token

    def ask(self, token, path="/cost/namespaces"):
        client = Client(self.installation.base, token)
        self.addCleanup(client.close)
        return client.get(path, {"limit": 1000})

    def test_a_service_account_is_the_tenant_that_a_rule_names(self):
        self.assertEqual(self.ask(self.token("kube-system"), "/cost/nodes").status, 200)
        token = self.token("payments")
        self.assertEqual(self.ask(token, "/cost/nodes").status, 403)
        rows = self.ask(token).json["rows"]
        self.assertEqual(rows, Client(self.installation.base, self.installation.tokens["payments"]).get(
            "/cost/namespaces", {"limit": 1000}).json["rows"])
        self.assertTrue(rows)

    def test_it_is_asked_with_its_own_token_and_not_again_at_once(self):
        token = self.token("payments")
        self.server.questions.clear()
        for _ in range(3):
            self.assertEqual(self.ask(token).status, 200)
        (path, authorization, asked), = self.server.questions
        self.assertEqual((path, authorization), ("/apis/authentication.k8s.io/v1/tokenreviews",
                                                 "Bearer the-exporters-own"))
        self.assertEqual((asked["kind"], asked["spec"]["token"]), ("TokenReview", token))

    def test_whom_no_rule_names_is_refused(self):
        self.assertEqual(self.ask(self.token("shop")).status, 403)
        self.assertEqual(self.ask(self.token(None)).status, 401)

    def test_while_it_is_down_nobody_new_is_let_in(self):
        known = self.token("payments")
        self.assertEqual(self.ask(known).status, 200)
        for mode in ("down", "broken"):
            self.server.mode = mode
            answer = self.ask(self.token("payments"))
            self.assertEqual((answer.status, answer.type), (503, "application/problem+json"), mode)
            self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertEqual(self.ask(known).status, 200)  # remembered for a minute
        self.assertEqual(self.ask(self.installation.tokens["shop"]).status, 200)

    def test_while_it_is_silent_nobody_else_waits(self):
        self.server.mode = "silent"
        token, waiting = self.token("payments"), []
        for _ in range(3):
            thread = threading.Thread(target=lambda: waiting.append(self.ask(token).status), daemon=True)
            thread.start()
        wait_for("a question", lambda: any(asked["spec"]["token"] == token
                                           for _, _, asked in self.server.questions))
        for _ in range(20):
            self.assertEqual(self.ask(self.installation.tokens["shop"]).status, 200)
            self.installation.exporter.page()
        self.assertEqual(waiting, [])
        self.server.released.set()
        wait_for("three answers", lambda: len(waiting) == 3)
        self.assertEqual(set(waiting), {200})

    def test_no_token_is_ever_logged(self):
        tokens = [self.token("payments"), self.token("shop"), self.token(None)]
        for token in tokens:
            self.ask(token)
        log = self.installation.exporter.output()
        for token in (*tokens, *self.installation.tokens.values(), "the-exporters-own"):
            self.assertNotIn(token, log)


if __name__ == "__main__":
    unittest.main()
