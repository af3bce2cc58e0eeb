"""A tenant sees its own cost and nothing else's: for every route and every parameter of the OpenAPI document, over real
HTTP. Whose a pod is, is told here from OpenCost's own answers and the rules, not by the exporter."""

import json
import re
import secrets
import time
import unittest
from decimal import Decimal
from fnmatch import fnmatchcase

import yaml

from api import PREFIX, Client, Installation, digest, resolved
from program import Case, Exporter
from waiting import wait_for

NAMES = ("namespace", "pod", "controller", "node")


def owner(row, rules):
    """The first rule that matches, as docs/configuration.md has it; OpenCost writes names with `_`."""
    has = row["properties"]
    for rule in rules:
        spaces = rule.get("namespaces")
        if spaces and not any(fnmatchcase(has["namespace"], pattern) for pattern in spaces):
            continue
        if all(fnmatchcase(has.get(part, {}).get(name.replace("-", "_"), "\0"), pattern)
               for part in ("labels", "annotations") for name, pattern in rule.get(part, {}).items()):
            return rule["name"]
    return "__unallocated__"


def leaves(node):
    """Every text in a JSON value, keys included."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from leaves(value)
    elif isinstance(node, list):
        for item in node:
            yield from leaves(item)
    elif isinstance(node, str):
        yield node


class IsolationTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.installation = Installation(cls.folder, cls.started_for_all)
        cls.clients = {name: cls.installation.client(name)
                       for name in (*Installation.TENANTS, "admin", "expired")}
        cls.anybody = cls.installation.client()
        cls.document = resolved(json.loads(cls.anybody.get("/openapi.json").body))
        cls.learn()

    @classmethod
    def learn(cls):
        """What each tenant has, in the window that is published."""
        rules = cls.installation.configuration["tenants"]
        page = cls.installation.exporter.page()
        cls.own = {tenant: set() for tenant in (*Installation.TENANTS, "__unallocated__")}
        cls.spent = dict.fromkeys(cls.own, Decimal(0))
        form = "%Y-%m-%dT%H:%M:%SZ"
        for cluster, demo in cls.installation.opencosts.items():
            end = page.value("opencost_exporter_window_end_timestamp_seconds", cluster=cluster, query="current")
            window = ",".join(time.strftime(form, time.gmtime(bound)) for bound in (end - 3600, end))
            rows = demo.ask("/allocation", window=window, aggregate="cluster,namespace,pod", includeIdle="true",
                            includeAggregatedMetadata="true")[0]
            for key, row in rows.items():
                has = row["properties"]
                if key == "__idle__" or has.get("namespace") == "__unmounted__":
                    continue
                tenant = owner(row, rules)
                cls.spent[tenant] += row["totalCost"]
                cls.own[tenant] |= {has[name] for name in NAMES if has.get(name)}
                cls.own[tenant] |= {has["labels"][name] for name in ("team", "app") if name in has.get("labels", ())}
        everybody = set().union(*cls.own.values())
        # A name that two have tells nothing. Words of the API are no names.
        words = set(leaves(cls.document)).union(*(path.split("/") for path in cls.document["paths"]))
        cls.foreign = {tenant: everybody - cls.own[tenant] - words for tenant in Installation.TENANTS}

    def reads(self):
        for path, item in self.document["paths"].items():
            if "get" in item and item["get"].get("security") != []:
                yield path, item["get"]

    def requests(self):
        """(path, parameters) of every route: each parameter, with every value it can have, and values of others."""
        foreign = [sorted(names)[len(names) // 2] for names in self.foreign.values()]
        for path, operation in self.reads():
            required = {each["name"]: each["example"] for each in operation.get("parameters", ())
                        if each.get("required") and each["in"] == "query"}
            yield path, required
            for parameter in operation.get("parameters", ()):
                name, schema = parameter["name"], parameter["schema"]
                if parameter["in"] != "query" or name == "snapshot":
                    continue
                example = parameter.get("example", [])
                values = [*schema.get("enum", ()), *(example if isinstance(example, list) else [example]),
                          "*", "label:team", "team", *foreign, "prod-eu", "nosuch", "-1"]
                for value in dict.fromkeys(values):
                    yield path, {**required, name: value}

    def assert_own(self, tenant, answer, what, given):
        # As words, since `services` is also a part of the name of a policy.
        words = {word.strip(".-") for word in re.findall(r"[\w.-]+", answer.body.decode())}
        found = (self.foreign[tenant] - given) & words
        self.assertEqual(found, set(), f"{tenant} sees others at {what}")
        if answer.type == "application/json":
            others = (set(Installation.TENANTS) | {"__unallocated__"}) - {tenant}
            for row in answer.json.get("rows", ()):
                self.assertNotIn(row.get("tenant"), others, what)

    def test_no_answer_holds_a_name_of_others(self):
        asked = 0
        for path, parameters in self.requests():
            for tenant in Installation.TENANTS:
                # The same rows as CSV, for what decides on their columns.
                shaped = set(parameters) <= {"aggregate", "window", "step", "label"}
                for accept in ("application/json", "text/csv") if shaped else ("application/json",):
                    answer = self.clients[tenant].get(path.removeprefix(PREFIX), parameters, Accept=accept)
                    self.assertIn(answer.status, (200, 400, 403, 406), (path, parameters, answer))
                    # What somebody asks for, a refusal may repeat.
                    given = {part for value in map(str, parameters.values()) for part in (value, *value.split(","))}
                    self.assert_own(tenant, answer, (path, parameters, accept), given)
                    asked += 1
        self.assertGreater(asked, 1000)
        print(f"\nanswers to tenants looked through: {asked}")

    def test_a_filter_for_what_others_have_is_one_for_nothing(self):
        """Byte for byte, with all headers that say something."""
        for path, operation in self.reads():
            filters = {each["name"] for each in operation.get("parameters", ())} & {
                "namespace", "pod", "controller", "node", "value", "tenant", "cluster", "budget", "policy", "source"}
            required = {each["name"]: each["example"] for each in operation.get("parameters", ())
                        if each.get("required") and each["in"] == "query"}
            for name in filters:
                for tenant in Installation.TENANTS:
                    others = [*sorted(self.foreign[tenant])[:3],
                              *(each for each in Installation.TENANTS if each != tenant)]
                    if name == "cluster":
                        continue  # all tenants here are in both
                    for value in others:
                        def pair(tenant=tenant, path=path, name=name, value=value):
                            """Both of one snapshot."""
                            client = self.clients[tenant]
                            asked = [client.get(path.removeprefix(PREFIX), {**required, name: each})
                                     for each in (value, "nosuch-at-all")]
                            same = [answer.json.get("snapshot") for answer in asked]
                            return asked if same[0] == same[1] else None
                        seen, nothing = wait_for("two answers of one snapshot", pair)
                        self.assertEqual((seen.status, seen.body, seen.headers.get("ETag")),
                                         (nothing.status, nothing.body, nothing.headers.get("ETag")),
                                         (path, name, value))

    def test_tenants_add_up_to_the_whole(self):
        """And each has what OpenCost says its pods cost."""
        whole = self.clients["admin"].get("/costs/current", {"aggregate": "tenant", "limit": 1000}).json
        of_all = {}
        for row in whole["rows"]:
            of_all[row["tenant"]] = of_all.get(row["tenant"], 0) + row["total_cost"]
        for tenant in Installation.TENANTS:
            own = self.clients[tenant].get("/cost/pods", {"limit": 1000}).json
            self.assertAlmostEqual(own["total"]["total_cost"], of_all[tenant], 5)
            self.assertAlmostEqual(own["total"]["total_cost"], float(self.spent[tenant]), 3)
            self.assertEqual(own["page"]["matching"], len(own["rows"]))
        self.assertAlmostEqual(sum(of_all.values()), float(sum(self.spent.values())), 3)

    def test_routes_for_admins_say_the_same_whatever_is_asked(self):
        refused = {}
        for path, parameters in self.requests():
            for tenant in Installation.TENANTS:
                answer = self.clients[tenant].get(path.removeprefix(PREFIX), parameters)
                if answer.status == 403:
                    refused.setdefault(path, set()).add((answer.body, answer.headers.get("ETag")))
        self.assertEqual(set(refused), {PREFIX + "/cost/nodes", PREFIX + "/cost/by-resource",
                                        PREFIX + "/collections"})
        for path, answers in refused.items():
            self.assertEqual(len(answers), 1, path)
        for tenant in Installation.TENANTS:
            for body in (b"{}", b'{"sources": ["prod-eu"]}', b'{"sources": ["nosuch"]}', b"["):
                answer = self.clients[tenant].ask(PREFIX + "/collections", "POST", body,
                                                  Content_Type="application/json")
                self.assertEqual(answer.status, 403, answer)

    def test_without_good_credentials_there_is_nothing(self):
        good = self.installation.tokens["shop"]
        wrong = {"absent": None, "expired": f"Bearer {self.installation.tokens['expired']}",
                 "unknown": f"Bearer {secrets.token_urlsafe(24)}", "cut": f"Bearer {good[:-1]}",
                 "longer": f"Bearer {good}x", "upper case": f"Bearer {good.swapcase()}",
                 "its digest": f"Bearer {digest(good)}", "empty": "Bearer ", "no scheme": good,
                 "other scheme": f"Token {good}", "digest": 'Digest username="x"', "basic": "Basic c2hvcDpzaG9w",
                 "two": f"Bearer {good}, Bearer {good}", "spaces": f"Bearer  {good} {good}",
                 "not ASCII": "Bearer \u00e4\u00f6", "long": "Bearer " + "a" * 9000, "not base64": "Basic %%%"}
        # Of what is well formed, nothing tells how it is wrong; of what is not, the header itself does.
        alike = {"unknown", "cut", "longer", "upper case", "its digest", "basic"}
        bodies = set()
        for path, operation in self.reads():
            for what, header in wrong.items():
                client = Client(self.installation.base)
                headers = {} if header is None else {"Authorization": header.encode("latin-1")}
                answer = client.ask(path, **headers)
                client.close()
                with self.subTest(path=path, credentials=what):
                    # Many failed attempts from one address are slowed down.
                    self.assertIn(answer.status, (400, 401, 429, 431), answer)
                    if answer.status == 401:
                        self.assertIn("Bearer", answer.headers["WWW-Authenticate"])
                        self.assertEqual(answer.type, "application/problem+json")
                        if what in alike:
                            bodies.add(answer.body)
                    self.assertNotIn(good.encode(), answer.body)
        self.assertEqual(len(bodies), 1, bodies)
        # Whoever is known is not slowed down with the others.
        self.assertEqual(self.clients["shop"].get("/costs/current").status, 200)

    def test_a_token_that_is_taken_away(self):
        """At once, with a reload; and one that is given to another tenant sees only what is that one's."""
        installation = self.installation
        before = installation.file.read_text()
        self.addCleanup(installation.exporter.reload)
        self.addCleanup(installation.file.write_text, before)
        changed = yaml.safe_load(before)
        tokens = {token["name"]: token for token in changed["api"]["tokens"]}
        changed["api"]["tokens"].remove(tokens["shop"])
        tokens["payments"]["tenant"] = "data"
        installation.file.write_text(yaml.safe_dump(changed))
        self.assertEqual(installation.exporter.reload()[0], 200)
        self.assertEqual(self.clients["shop"].get("/costs/current").status, 401)
        answer = self.clients["payments"].get("/cost/pods", {"limit": 1000})
        self.assertEqual(answer.status, 200)
        self.assert_own("data", answer, "after the reload", set())
        self.assertTrue(answer.json["rows"])


class OpenTest(Case):
    def test_without_any_credentials_configured_the_api_is_as_open_as_the_metrics(self):
        demo = self.started(Exporter(self.folder, "demo"))
        demo.wait_for_page("costs", lambda page: page.family("opencost_cluster_cost_per_hour"))
        client = Client(demo.base)
        self.addCleanup(client.close)
        self.assertEqual(client.get("/cost/nodes").status, 200)
        self.assertEqual(client.ask("/metrics").status, 200)
        self.assertEqual(client.ask(PREFIX + "/costs/current", Authorization="Bearer whatever").status, 200)


if __name__ == "__main__":
    unittest.main()
