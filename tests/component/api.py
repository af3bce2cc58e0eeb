"""Asking the JSON API over real HTTP, and an exporter for two clusters whose cost belongs to several tenants."""

import gzip
import hashlib
import http.client
import json
import pathlib
import secrets
import urllib.parse

import yaml

from program import Demo, Exporter, queries
from stage import CONFIGURATION
from waiting import PATIENCE

PREFIX = "/api/v1"
CLUSTERS = {"prod-eu": ["--seed=7"], "prod-us": ["--seed=8", "--pods=40", "--nodes=4"]}


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        packed = headers.get("Content-Encoding") == "gzip"
        self.body = gzip.decompress(raw) if packed else raw
        self.type = (headers.get("Content-Type") or "").partition(";")[0]

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.type} {self.body[:300]!r}"


class Client:
    """One connection, kept; with the credentials of whoever it stands for."""

    def __init__(self, base, token=None, context=None):
        self.where = urllib.parse.urlsplit(base)
        self.token, self.context = token, context
        self.connection = None

    def ask(self, target, method="GET", body=None, **headers):
        """`target` goes out as it is, encoded or not; names of headers have `_` for `-`."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        for attempt in range(2):
            if self.connection is None:
                self.connection = (http.client.HTTPSConnection(self.where.netloc, timeout=PATIENCE,
                                                               context=self.context)
                                   if self.where.scheme == "https" else
                                   http.client.HTTPConnection(self.where.netloc, timeout=PATIENCE))
            try:
                self.connection.putrequest(method, target)
                for name, value in headers.items():
                    self.connection.putheader(name, value)
                if body is not None and "Content-Length" not in headers:
                    self.connection.putheader("Content-Length", str(len(body)))
                self.connection.endheaders(body)
                answer = self.connection.getresponse()
                found = Answer(answer.status, answer.headers, answer.read())
                if answer.will_close:
                    self.close()
                return found
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()  # an idle connection may be closed while a request is on its way
                if attempt:
                    raise
        raise AssertionError("unreachable")

    def get(self, path, parameters=(), **headers):
        """Of a path below /api/v1."""
        query = urllib.parse.urlencode(parameters)
        return self.ask(f"{PREFIX}{path}" + (f"?{query}" if query else ""), **headers)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


class Installation:
    """Two fake OpenCosts and the exporter that asks both; `tokens` by whom they are for."""

    TENANTS = ("payments", "shop", "data")

    def __init__(self, folder, start, extra=None, *arguments):
        self.folder = pathlib.Path(folder)
        self.opencosts = {name: start(Demo(folder, *options)) for name, options in CLUSTERS.items()}
        self.tokens = {name: secrets.token_urlsafe(24) for name in (*self.TENANTS, "admin", "expired")}
        api = {"requests_per_second": 10000, "tokens": [
            *({"name": name, "sha256": digest(self.tokens[name]), "tenant": name} for name in self.TENANTS),
            {"name": "finops", "sha256": digest(self.tokens["admin"]), "admin": True},
            {"name": "old", "sha256": digest(self.tokens["expired"]), "admin": True,
             "expires": "2020-01-01T00:00:00Z"}]}
        api.update(extra or {})
        self.configuration = {
            **yaml.safe_load(CONFIGURATION), "api": api,
            "clusters": [{"name": name, "url": demo.opencost} for name, demo in self.opencosts.items()]}
        self.file = self.folder / "api.yaml"
        self.file.write_text(yaml.safe_dump(self.configuration))
        self.exporter = start(Exporter(folder, f"--config.file={self.file}", *arguments))
        self.base = self.exporter.base
        self.wait()

    def wait(self):
        self.exporter.wait_for_page("an answer to every query, and every finished day", lambda page: all(
            page.value("opencost_up", cluster=cluster, query=query)
            for cluster in CLUSTERS for query in queries()) and not any(
                page.family("opencost_exporter_ledger_entries", state="missing").values()))

    def client(self, who=None):
        return Client(self.base, self.tokens[who] if who else None)


def resolved(document):
    """An OpenAPI document with what its references name in their place."""
    def resolve(node):
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            found = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            return resolve(found)
        return {key: resolve(value) for key, value in node.items()}
    return resolve(document)
