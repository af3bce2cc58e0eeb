"""Every route of the API against its own OpenAPI document, over real HTTP: requests made from the document, good and
bad, and every answer held against what the document promises."""

import collections
import csv
import io
import json
import unittest
import urllib.parse

import jsonschema

from api import PREFIX, Installation, resolved
from program import Case

METHODS = ("get", "post", "put", "patch", "delete")
FEWEST = 300


class ContractTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.installation = Installation(cls.folder, cls.started_for_all)
        cls.admin = cls.installation.client("admin")
        cls.tenant = cls.installation.client("shop")
        cls.anybody = cls.installation.client()
        cls.document = resolved(json.loads(cls.anybody.get("/openapi.json").body))
        cls.asked = collections.Counter()

    @classmethod
    def tearDownClass(cls):
        good, bad = cls.asked["good"], cls.asked["bad"]
        print(f"\nrequests held against the document: {good} good, {bad} bad")
        super().tearDownClass()
        if min(good, bad) < FEWEST // 3 or good + bad < FEWEST:
            raise AssertionError(f"only {good} good and {bad} bad requests were made")

    # From the document to requests.

    def operations(self, *methods):
        for path, item in self.document["paths"].items():
            for method in methods or METHODS:
                if method in item:
                    yield path, method, item[method]

    def rows_routes(self):
        for path, _, operation in self.operations("get"):
            schema = self.schema(operation, 200, "application/json")
            if schema and "rows" in schema.get("properties", {}):
                yield path, operation, schema

    @staticmethod
    def schema(operation, status, media):
        content = operation["responses"].get(str(status), {}).get("content", {})
        return content.get(media, {}).get("schema")

    @staticmethod
    def required(operation):
        """The parameters without which a request is none."""
        return {each["name"]: each["example"] for each in operation.get("parameters", ())
                if each.get("required") and each["in"] == "query"}

    def columns(self, schema):
        return schema["properties"]["rows"]["items"]["properties"]

    # Asking, and what must hold of any answer.

    def held(self, client, path, operation, parameters=(), method="GET", expect=None, query=None, **headers):
        """The answer, of which everything the document says has been checked."""
        query = urllib.parse.urlencode(parameters) if query is None else query
        target = path + (f"?{query}" if query else "")
        answer = client.ask(target, method, **headers)
        with self.subTest(f"{method} {target}", **headers):
            documented = operation["responses"]
            self.assertIn(str(answer.status), documented, answer)
            if expect is not None:
                self.assertEqual(answer.status, expect, answer)
            self.asked["good" if answer.status < 400 else "bad"] += 1
            content = documented[str(answer.status)].get("content", {})
            if answer.body:
                self.assertIn(answer.type, content, answer)
            if answer.type.endswith("json") and answer.body:
                jsonschema.validate(answer.json, content[answer.type]["schema"],
                                    cls=jsonschema.Draft202012Validator)
            for name, header in documented[str(answer.status)].get("headers", {}).items():
                if header.get("required"):
                    self.assertIn(name, answer.headers)
            self.assertEqual(answer.headers.get("X-Content-Type-Options"), "nosniff")
            if answer.status >= 400:
                self.assertEqual(answer.json["status"], answer.status)
                self.assertTrue(answer.json["detail"], "a refusal says why")
        return answer

    def bad(self, path, operation, parameters=(), query=None, expect=400):
        answer = self.held(self.admin, path, operation, parameters, query=query, expect=expect)
        return answer.json.get("detail", "") if answer.status >= 400 else ""

    # Good requests.

    def test_every_route_answers_without_parameters(self):
        for path, _, operation in self.operations("get"):
            for client in (self.admin, self.tenant):
                expect = 200 if client is self.admin else None
                answer = self.held(client, path, operation, self.required(operation), expect=expect)
                self.assertIn(answer.status, (200, 403))

    def test_every_value_of_every_choice(self):
        for path, _, operation in self.operations("get"):
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                values = schema.get("enum") or schema.get("examples") or []
                if "example" in parameter:
                    values = [*values, parameter["example"]]
                for value in values:
                    if parameter["name"] == "snapshot":
                        continue
                    self.held(self.admin, path, operation,
                              {**self.required(operation), parameter["name"]: value}, expect=200)

    def test_every_column_sorts_both_ways(self):
        for path, operation, schema in self.rows_routes():
            first = self.held(self.admin, path, operation, self.required(operation), expect=200).json
            present = list(first["rows"][0]) if first["rows"] else list(self.columns(schema))[:0]
            for name in present:
                for sign, reverse in (("", False), ("-", True)):
                    rows = self.held(self.admin, path, operation,
                                     {**self.required(operation), "sort": sign + name, "limit": 1000},
                                     expect=200).json["rows"]
                    values = [row[name] for row in rows]
                    known = [value for value in values if value is not None]
                    self.assertEqual(values[:len(known)], sorted(known, reverse=reverse), (path, sign + name))

    def test_every_text_column_filters(self):
        for path, operation, schema in self.rows_routes():
            required = self.required(operation)
            whole = self.held(self.admin, path, operation, {**required, "limit": 1000}, expect=200).json
            names = {each["name"] for each in operation["parameters"]
                     if each["schema"]["type"] == "array"} - set(required)
            # What rows are added up by decides which columns they have.
            always = set(schema["properties"]["rows"]["items"]["required"])
            for name in names & (set(whole["rows"][0]) if whole["rows"] else always):
                values = {row[name] for row in whole["rows"] if isinstance(row.get(name), str)}
                for value in sorted(values - {""})[:2]:  # no pattern is empty
                    rows = self.held(self.admin, path, operation, {**required, name: value, "limit": 1000},
                                     expect=200).json["rows"]
                    self.assertEqual(rows, [row for row in whole["rows"] if row[name] == value], (path, name))
                nothing = self.held(self.admin, path, operation, {**required, name: "no-such-*"}, expect=200).json
                self.assertEqual((nothing["rows"], nothing["page"]["matching"]), ([], 0))

    def test_pages_make_up_the_whole(self):
        for path, operation, _ in self.rows_routes():
            required = self.required(operation)
            whole = self.held(self.admin, path, operation, {**required, "limit": 1000}, expect=200).json
            self.assertTrue(whole["rows"] or path.endswith("/policies"), f"{path} has nothing to page through")
            step = max(1, len(whole["rows"]) // 3)
            target, rows = f"{path}?{urllib.parse.urlencode({**required, 'limit': step})}", []
            while target:
                split = urllib.parse.urlsplit(target)
                page = self.held(self.admin, split.path, operation, query=split.query, expect=200).json
                self.assertEqual(page["total"], whole["total"])
                rows += page["rows"]
                target = page["page"]["next"]
            self.assertEqual(rows, whole["rows"], path)

    def test_the_same_rows_as_csv(self):
        for path, operation, _ in self.rows_routes():
            parameters = {**self.required(operation), "limit": 1000}
            rows = self.held(self.admin, path, operation, parameters, expect=200).json["rows"]
            text = self.held(self.admin, path, operation, parameters, expect=200, Accept="text/csv").body.decode()
            lines = list(csv.reader(io.StringIO(text, newline="")))
            self.assertEqual(len(lines), len(rows) + 1, path)
            self.assertEqual({len(line) for line in lines}, {len(lines[0])}, path)

    def test_an_answer_that_has_not_changed(self):
        for path, _, operation in self.operations("get"):
            parameters = self.required(operation)
            for encoding in ("identity", "gzip"):
                first = self.held(self.admin, path, operation, parameters, expect=200, Accept_Encoding=encoding)
                again = self.held(self.admin, path, operation, parameters, expect=304, Accept_Encoding=encoding,
                                  If_None_Match=first.headers["ETag"])
                self.assertEqual((again.raw, again.headers["Content-Length"]), (b"", str(len(first.raw))))
                head = self.held(self.admin, path, operation, parameters, method="HEAD", expect=200,
                                 Accept_Encoding=encoding)
                self.assertEqual((head.raw, head.headers["ETag"]), (b"", first.headers["ETag"]))

    def test_the_snapshot_is_the_one_of_the_metrics(self):
        answer = self.held(self.admin, PREFIX + "/costs/current",
                           self.document["paths"][PREFIX + "/costs/current"]["get"], expect=200)
        self.assertEqual(float(answer.json["snapshot"]),
                         self.installation.exporter.page().value("opencost_snapshot_id"))

    # Bad requests.

    def test_parameters_that_are_wrong(self):
        for path, operation, schema in self.rows_routes():
            required = self.required(operation)
            column = next(iter(self.columns(schema)))
            for name, value in (("nosuch", "1"), ("limit", "0"), ("limit", "1001"), ("limit", "-1"),
                                ("limit", "ten"), ("limit", ""), ("limit", "1.0"), ("limit", "9" * 30),
                                ("offset", "-1"), ("offset", "x"), ("sort", "nosuch"), ("sort", ""),
                                ("sort", f"{column},"), ("sort", f"--{column}"), ("snapshot", "abc"),
                                ("sort", "x" * 300)):
                detail = self.bad(path, operation, {**required, name: value})
                self.assertIn(name, detail)
            self.bad(path, operation, {**required, "snapshot": "1"}, expect=410)
            for query in ("%", "limit=%zz", "limit=5%0", "limit=5&limit=6", "=5", "limit", "limit=5%00",
                          "limit=%ff", "%6cimi=1", "&".join(f"limit={n}" for n in range(80))):
                joined = "&".join(filter(None, (urllib.parse.urlencode(required), query)))
                self.bad(path, operation, query=joined)

    def test_choices_and_dates_that_are_wrong(self):
        for path, _, operation in self.operations("get"):
            for parameter in operation.get("parameters", ()):
                schema, name = parameter["schema"], parameter["name"]
                required = self.required(operation)
                values = []
                if "enum" in schema:
                    values = ["nosuch", schema["enum"][0].upper(), schema["enum"][0] + " "]
                elif schema.get("format") == "date":
                    values = ["today", "2026-13-01", "2026-02-30", "2026-1-1", "01.02.2026", "9999-12-31"]
                for value in values:
                    self.assertIn(name, self.bad(path, operation, {**required, name: value}))
                if parameter.get("required"):
                    self.assertIn(name, self.bad(path, operation))

    def test_what_is_not_acceptable(self):
        for path, _, operation in self.operations("get"):
            if "406" in operation["responses"]:
                self.held(self.admin, path, operation, self.required(operation), expect=406,
                          Accept="image/png")

    def test_methods_that_no_route_has(self):
        for path, item in self.document["paths"].items():
            operation = next(item[method] for method in METHODS if method in item)
            for method in ("PUT", "DELETE", "PATCH", *(() if "post" in item else ("POST",))):
                answer = self.held(self.admin, path, operation, method=method, expect=405, Content_Length="0")
                for each in METHODS:
                    self.assertEqual(each.upper() in answer.headers["Allow"].split(", "), each in item)

    def test_paths_that_are_not_there(self):
        problem = self.schema(next(self.operations("get"))[2], 404, "application/problem+json") \
            or self.document["components"]["schemas"]["Problem"]
        for path in ("", "/", "/nosuch", "/cost", "/cost/", "/cost/pods/", "//cost/pods", "/cost/pods/x",
                     "/COST/PODS", "/cost/%70ods", "/./cost/pods", "/../metrics"):
            answer = self.admin.ask(PREFIX + path)
            self.asked["bad"] += 1
            self.assertEqual((answer.status, answer.type), (404, "application/problem+json"), path)
            jsonschema.validate(answer.json, problem, cls=jsonschema.Draft202012Validator)

    def test_bodies_that_are_wrong(self):
        path = PREFIX + "/collections"
        operation = self.document["paths"][path]["post"]
        for body in (b"[]", b"null", b"1", b"{", b'{"sources": []}', b'{"sources": "prod-eu"}', b'{"sources": [1]}',
                     b'{"sources": [""]}', b'{"sources": ["nosuch"]}', b'{"sources": ["prod-eu", "prod-eu"]}',
                     b'{"nosuch": 1}', b'{"sources": ["prod-eu"]} x', b"\xff\xfe", b"[" * 50000):
            answer = self.admin.ask(path, "POST", body, Content_Type="application/json")
            self.asked["bad"] += 1
            with self.subTest(body[:40]):
                self.assertEqual(answer.status, 400, answer)
                jsonschema.validate(answer.json, self.schema(operation, 400, "application/problem+json"),
                                    cls=jsonschema.Draft202012Validator)
        for body, headers, expect in ((b"{}", {}, 415), (b"{}", {"Content_Type": "text/plain"}, 415),
                                      (b"", {}, 415), (b"x" * 70000, {"Content_Type": "application/json"}, 413)):
            answer = self.admin.ask(path, "POST", body, **headers)
            self.asked["bad"] += 1
            self.assertEqual(answer.status, expect, answer)

    def test_asking_for_a_poll(self):
        path = PREFIX + "/collections"
        operation = self.document["paths"][path]["post"]
        answer = self.admin.ask(path, "POST", b'{"sources": ["prod-us"]}', Content_Type="application/json")
        self.asked["good"] += 1
        self.assertEqual(answer.status, 202, answer)
        jsonschema.validate(answer.json, self.schema(operation, 202, "application/json"),
                            cls=jsonschema.Draft202012Validator)
        status = urllib.parse.urlsplit(answer.headers["Location"])
        read = self.document["paths"][path]["get"]
        found = self.held(self.admin, status.path, read, query=status.query, expect=200).json["rows"]
        self.assertEqual({row["source"] for row in found}, {"prod-us"})
        self.assertEqual({row["query"] for row in found}, {"current", "assets", "today"})
        again = self.admin.ask(path, "POST", b'{"sources": ["prod-us"]}', Content_Type="application/json")
        self.asked["bad"] += 1
        self.assertIn(again.status, (409, 429), again)
        if again.status == 429:
            self.assertGreater(int(again.headers["Retry-After"]), 0)
        self.assertEqual(self.tenant.ask(path, "POST", b"{}", Content_Type="application/json").status, 403)


if __name__ == "__main__":
    unittest.main()
