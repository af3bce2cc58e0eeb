"""Every rule of the checks in this folder can fail: a small good tree, then one fault at a time."""

import pathlib
import tempfile
import unittest

import check_pages
import check_rooms
import check_tree
import rooms

ROOMS = "model: \npoll: model\nweb: poll\n"
GOOD = {
    "exporter/CMakeLists.txt": "exporter_room(model)\n"
                               "exporter_room(poll DEPS model USES CURL::libcurl)\n"
                               "exporter_room(web DEPS poll)\n",
    "exporter/result.h": "#include <tl/expected.hpp>\n",
    "exporter/clock.cc": '#include "exporter/clock.h"\n',
    "exporter/clock.h": "#include <chrono>\n",
    "exporter/main.cc": '#include "exporter/greeting.h"\n#include "exporter/web/web.h"\n',
    "exporter/model/model.h": '#include <string>\n#include "exporter/clock.h"\n',
    "exporter/poll/poll.h": '#include "exporter/model/model.h"\n',
    "exporter/poll/due.h": "#include <curl/curl.h>\n",
    "exporter/poll/poll.cc": '#include <curl/curl.h>\n#include <fmt/format.h>\n'
                             '#include <sys/stat.h>\n#include "exporter/poll/due.h"\n',
    "exporter/web/web.h": '#include "exporter/poll/poll.h"\n',
    "tests/poll/due_test.cc": '#include "exporter/poll/due.h"\n#include "exporter/web/web.h"\n',
    "docs/metrics.md": "| `opencost_up` | gauge |\n| `opencost_exporter_polls_total` | counter |\n",
    "docs/cli.md": "| `--log.level LEVEL` | | |\n",
    "docs/http.md": "| `/metrics` | GET |\n",
    "docs/openapi.json": '{"paths": {"/api/v1/cost/pods": {}}}',
    "docs/configuration.md": "## Keys\n| `poll.max_age` | |\n| `OPENCOST_URL` | |\n",
    "docs/demo.md": "| `GET /demo/fault` | |\n",
    "docs/architecture.md": "## Rooms\n\n| room | sees |\n| --- | --- |\n| `model` | – |\n"
                            "| `poll` | model |\n| `web` | poll |\n\n## Threads\n",
    "Makefile": "run: build\n",
    "README.md": "# It\n[keys](docs/configuration.md#keys) `opencost_up` `opencost_exporter_*` "
                 "`--log.level` `GET /metrics?collect[]=cost` `make run` `poll.max_age` "
                 "`OPENCOST_URL` http://127.0.0.1:9754/metrics `/api/v1/cost/pods`\n",
}


class Seeded(unittest.TestCase):
    def tree(self, changes):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        for name, text in {**GOOD, **changes}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                (root / name).write_text(text)
        return root

    def check(self, faults, cases):
        self.assertEqual(faults(self.tree({})), [])
        for change, expected in cases:
            with self.subTest(expected):
                self.assertEqual(faults(self.tree(change)), [expected])


class Rooms(Seeded):
    def faults(self, root):
        return check_rooms.faults(root, ROOMS)

    def test_reads_what_the_build_declares(self):
        self.assertEqual(rooms.read_rooms(ROOMS), {"model": [], "poll": ["model"], "web": ["poll"]})
        told = rooms.declared("exporter_room(a USES x y DEPS b c)\n# exporter_room(no)\n")
        self.assertEqual([(r.name, r.deps, r.uses) for r in told], [("a", ["b", "c"], ["x", "y"])])

    def test_includes(self):
        model, web, due = ("exporter/model/model.h", "exporter/web/web.h", "exporter/web/page.cc")
        self.check(self.faults, [
            ({model: '#include "exporter/poll/poll.h"\n'},
             f"{model}: model may not see poll: its DEPS are empty"),
            ({web: '#include "exporter/model/model.h"\n'},  # reached through poll, but not named
             f"{web}: web may not see model: its DEPS are poll"),
            ({due: '#include "exporter/poll/due.h"\n'},
             f"{due}: exporter/poll/due.h is private; the door is exporter/poll/poll.h"),
            ({due: '#include "exporter/cost/cost.h"\n'}, f"{due}: there is no room cost"),
            ({due: '#include "exporter/greeting.h"\n'},
             f"{due}: exporter/greeting.h is part of the program"),
            ({due: '#include "page.h"\n'}, f'{due}: "page.h" is not written as "exporter/..."'),
            ({"exporter/clock.cc": '#include "exporter/model/model.h"\n'},
             "exporter/clock.cc: the floor may not see model"),
            ({"exporter/main.cc": '#include "exporter/poll/due.h"\n'},
             "exporter/main.cc: exporter/poll/due.h is private; the door is exporter/poll/poll.h"),
            ({"tests/web/a_test.cc": '#include "exporter/poll/due.h"\n'},
             "tests/web/a_test.cc: exporter/poll/due.h is private to poll"),
        ])

    def test_libraries(self):
        page = "exporter/web/page.cc"
        self.check(self.faults, [
            ({page: "#include <curl/curl.h>\n"}, f"{page}: web does not declare CURL::libcurl"),
            ({page: "#include <zlib.h>\n"},
             f"{page}: <zlib.h> belongs to no library that check_rooms.py knows"),
            ({page: "#include <tl/expected.hpp>\n"},
             f"{page}: tl/ is seen through exporter/result.h"),
            ({"exporter/poll/poll.h": "#include <curl/curl.h>\n"},
             "exporter/poll/poll.h: <curl/curl.h> in a header that others include"),
            ({"exporter/web/web.h": "#include <fmt/format.h>\n"},
             "exporter/web/web.h: <fmt/format.h> in a header that others include"),
            ({"exporter/poll/due.h": "#include <fmt/format.h>\n"},
             "exporter/poll/due.h: fmt/ in a header"),
        ])

    def test_declarations(self):
        cmake = GOOD["exporter/CMakeLists.txt"]
        self.check(self.faults, [
            ({"exporter/cost/cost.h": ""},
             "exporter/cost: is not declared in exporter/CMakeLists.txt"),
            ({"exporter/CMakeLists.txt": cmake.replace("libcurl", "libcurl zlib")},
             "tests/lint/rooms.py: which headers zlib brings is not said"),
        ])
        circle = self.faults(self.tree(
            {"exporter/CMakeLists.txt": "\n".join(reversed(cmake.splitlines()))}))
        self.assertEqual(circle, [
            "exporter/CMakeLists.txt: web sees poll, which is declared below it",
            "exporter/CMakeLists.txt: poll sees model, which is declared below it"])
        self.assertIn("exporter/CMakeLists.txt and rooms.txt disagree; configure again, or mend rooms.py",
                      self.faults(self.tree({"exporter/CMakeLists.txt": "exporter_room(model)\n"})))


class Tree(Seeded):
    def test_limits(self):
        source, header = "exporter/web/page.cc", "exporter/web/page.h"
        self.check(check_tree.faults, [
            ({source: "int i;\n" * 351}, f"{source}: 351 lines, at most 350"),
            ({header: "// why\n" * 300 + "int i;\n" * 201}, f"{header}: 201 lines, at most 200"),
            ({"tests/web/a_test.cc": "int i;\n" * 501},
             "tests/web/a_test.cc: 501 lines, at most 500"),
            ({"exporter/web/string_util.cc": ""},
             "exporter/web/string_util.cc: a name that says nothing about what it holds"),
            ({source: "\nstd::this_thread::yield(); usleep (5);\n"}, f"{source}:2: sleeps"),
            ({source: "std::this_thread::sleep_until(t);\n"}, f"{source}:1: sleeps"),
            ({"tests/web/a.py": "time.sleep(1)\n"}, "tests/web/a.py:1: sleeps"),
            ({"tests/web/run": "  sleep 1\n"}, "tests/web/run:1: sleeps"),
            ({source: "// TODO: more\n"}, f"{source}:1: puts off work"),
        ])

    def test_what_is_allowed(self):
        self.assertEqual(check_tree.faults(self.tree({
            "exporter/web/page.h": "// why\n" * 300 + "int i;\n" * 200,
            "exporter/web/page.cc": "clock_.sleep_until(when, stop);\n",
            "exporter/metrics/catalogue.h": "int i;\n" * 400,
            "tests/fuzz/corpus/util": "sleep 1\n",
            "tests/component/waiting.py": "time.sleep(0.02)\n",
            "exporter/web/reference/redoc.standalone.js": "// TODO: theirs\n",
        })), [])


def readme_of(text):
    return {"README.md": text + "\n"}


class Pages(Seeded):
    def faults(self, root):
        return check_pages.faults(root, ROOMS)

    def test_pages(self):
        readme = readme_of
        self.check(self.faults, [
            (readme("[a](docs/none.md)"), "README.md: link to docs/none.md, which is not there"),
            (readme("[a](docs/cli.md#none)"),
             "README.md: link to docs/cli.md#none, which has no such heading"),
            (readme("`opencost_cost`"), "README.md: there is no family opencost_cost"),
            (readme("`opencost_importer_*`"), "README.md: there is no family opencost_importer_"),
            (readme("pass --log.colour"), "README.md: there is no flag --log.colour"),
            (readme("```sh\nhelm x --colour | sudo opencost-exporter \\\n  --color=red\n```"),
             "README.md: there is no flag --color"),
            (readme("set OPENCOST_ADDRESS"), "README.md: there is no variable OPENCOST_ADDRESS"),
            (readme("```\nmake love\n```"), "README.md: there is no make love"),
            (readme("`GET /prices`"), "README.md: there is no route /prices"),
            (readme("`/api/v1/prices`"), "README.md: there is no route /api/v1/prices"),
            (readme("curl 127.0.0.1:9754/api/v1/cost/pod"), "README.md: there is no route /api/v1/cost/pod"),
            (readme("curl localhost:9754/prices?x=1"), "README.md: there is no route /prices"),
            (readme("`poll.min_age`"), "README.md: there is no setting poll.min_age"),
            ({"docs/architecture.md": GOOD["docs/architecture.md"].replace("| poll |", "| – |")},
             "docs/architecture.md: its table of rooms is not that of exporter/CMakeLists.txt"),
        ])

    def test_flags_of_other_programs(self):
        self.assertEqual(self.faults(self.tree(readme_of("```sh\nhelm x \\\n  --colour\nA=b docker run --rm x\n```"
                                                         " and `kubectl get --watch`"))), [])

    def test_guards_its_own_reading(self):
        found = self.faults(self.tree({"docs/metrics.md": "nothing\n", "README.md": "\n"}))
        self.assertEqual(found,
                         ["check_pages.py finds no families: a page is missing, or looks different"])


if __name__ == "__main__":
    unittest.main()
