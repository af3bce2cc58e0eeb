#!/usr/bin/env python3
"""Holds what people read against what the program does.

    check_pages.py <repository> <build>/rooms.txt

- Every link between our pages resolves, to the heading if it names one.
- README.md, CONTRIBUTING.md and docs/ name only families, flags, routes, settings, variables and
  make targets that exist. What exists is read from the generated pages and the Makefile.
- The table of rooms in docs/architecture.md is that of the build.
"""

import json
import pathlib
import re
import sys

from rooms import read_rooms

# Flags of other programs that our pages name without their program.
FOREIGN_FLAGS = {"--preset", "--max-block-duration", "--api-versions", "--build-arg", "--offline"}
PROGRAM = "opencost-exporter"
# Variables of the build and of tests, not of the program.
FOREIGN_VARIABLES = {"OPENCOST_EXPORTER_"}
# Where OpenCost itself answers.
FOREIGN_ROUTES = {"/allocation", "/assets", "/model", "/healthz"}
# What routes begin with.
PREFIXES = {"/api/v1", "/api/v1/cost/"}
# Folders that look like routes.
FOLDERS = ("/var/", "/etc/", "/usr/")
# What ends in these is a file, not a setting.
FILES = (".cc", ".h", ".md", ".yaml", ".yml", ".db")
# The path of a setting: `poll.current`, `clusters[].url`, `api.tokens[].name`.
KEY = r"[a-z_]+(?:\[\])?(?:\.[a-z_]+(?:\[\])?)+"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def read(root, name):
    path = root / name
    return path.read_text() if path.is_file() else ""


def pages(root):
    found = [root / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    found += sorted((root / "docs").rglob("*.md"))
    return [page for page in found if page.is_file()]


def slug(heading):
    """The anchor of a heading, as GitHub makes it."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def anchors(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def faults_of_links(page, text):
    for target in LINK.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        other = (page.parent / file) if file else page
        if not other.exists():
            yield f"link to {target}, which is not there"
        elif anchor and anchor not in anchors(other.read_text()):
            yield f"link to {target}, which has no such heading"


class Names:
    """All that may be named, read from the generated pages."""

    def __init__(self, root):
        metrics, cli, http, settings, demo = (
            read(root, f"docs/{name}.md")
            for name in ("metrics", "cli", "http", "configuration", "demo"))
        self.families = set(re.findall(r"^\| `([a-z_]+)` \|", metrics, re.MULTILINE))
        self.flags = set(re.findall(r"`(--[a-z][a-z.-]*)", cli))
        self.routes = set(re.findall(r"^\| `(/[^`]*)` \|", http, re.MULTILINE))
        self.api_routes = set(json.loads(read(root, "docs/openapi.json") or "{}").get("paths", ()))
        self.demo_routes = set(re.findall(r"`(?:GET|POST) (/[a-z/]+)", demo))
        keys = re.findall(rf"^\| `({KEY})` \|", settings, re.MULTILINE)
        lists = {key.partition("[]")[0] for key in keys if "[]" in key}
        self.settings = set(keys) | {name for name in lists if "." in name}
        self.variables = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", settings))
        self.targets = set(re.findall(r"^([a-z-]+):", read(root, "Makefile"), re.MULTILINE))

    def empty(self):
        return [name for name, values in vars(self).items() if not values]


def is_family(name, families):
    if name.endswith("_"):  # opencost_exporter_*
        return any(family.startswith(name) for family in families)
    bare = re.sub(r"_(bucket|sum|count)$", "", name)
    return name in families or bare in families


def commands(text):
    """Every command of the code in a page: a line, its continuations with it, cut at pipes and the like."""
    blocks = FENCED.findall(text)
    lines = [line for block in blocks for line in re.sub(r"\\\n\s*", "", block).splitlines()]
    for line in lines + CODE.findall(re.sub(FENCED, "", text)):
        yield from re.split(r"\|\|?|&&|;|<\(", line.strip())


def foreign_flags(text):
    """Flags of programs that are not ours. A line that begins with none, such as one of YAML, may hold ours."""
    found = set()
    for command in commands(text):
        words = re.sub(r"^(?:\s*(?:sudo|\w+=\S*)\s+)*", "", command).split()
        if not words or not re.fullmatch(r"[\w./-]*\w", words[0]) or words[0].startswith("-"):
            continue
        if words[0].rpartition("/")[2] != PROGRAM and not words[0].startswith("make"):
            found |= {word.partition("=")[0] for word in words if word.startswith("--")}
    return found


def faults_of_names(text, names):
    for word in sorted(set(re.findall(r"(?<![\w/.-])(opencost_[a-z_]+)", text))):
        if not is_family(word, names.families):
            yield f"there is no family {word}"
    for word in sorted(set(re.findall(r"(?<![\w-])(--[a-z][a-z.-]*[a-z])", text))):
        if word not in names.flags | FOREIGN_FLAGS | foreign_flags(text):
            yield f"there is no flag {word}"
    for word in sorted(set(re.findall(r"\bOPENCOST_[A-Z_]+", text))):
        if word not in names.variables | FOREIGN_VARIABLES:
            yield f"there is no variable {word}"
    for word in sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))):
        if word not in names.targets:
            yield f"there is no make {word}"
    yield from faults_of_routes(text, names)
    sections = {setting.split(".")[0] for setting in names.settings}
    for word in sorted(set(CODE.findall(text))):
        section = word.split(".")[0]
        if section not in sections or word.endswith(FILES):
            continue
        if re.fullmatch(KEY, word) and word not in names.settings:
            yield f"there is no setting {word}"


def faults_of_routes(text, names):
    routes = set(re.findall(r"(?:127\.0\.0\.1|localhost):9754(/[\w/.-]*)", text))
    for word in CODE.findall(text):
        match = re.fullmatch(r"(?:(?:GET|POST|HEAD) )?(/[a-z0-9/-]*)(?:\?\S*)?", word)
        if match:
            routes.add(match.group(1))
    for route in sorted(routes):
        known = names.routes | names.api_routes | names.demo_routes | FOREIGN_ROUTES | PREFIXES
        if route not in known and not route.startswith(FOLDERS):
            yield f"there is no route {route}"


def rooms_told(text):
    """Rows `| `room` | a b |` of the table under the heading Rooms -> {room: [a, b]}."""
    part = re.search(r"^## Rooms$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    told = {}
    for name, deps in re.findall(r"^\| `([a-z]+)` \| ([^|]*) \|", part.group(1) if part else "",
                                 re.MULTILINE):
        told[name] = re.findall(r"[a-z]+", deps)
    return told


def faults(root, rooms_text):
    root = pathlib.Path(root)
    names = Names(root)
    found = [f"check_pages.py finds no {kind}: a page is missing, or looks different"
             for kind in names.empty()]
    for page in pages(root):
        name = page.relative_to(root).as_posix()
        text = page.read_text()
        found += [f"{name}: {fault}" for fault in faults_of_links(page, text)]
        found += [f"{name}: {fault}" for fault in faults_of_names(text, names)]
    if rooms_told(read(root, "docs/architecture.md")) != read_rooms(rooms_text):
        found.append("docs/architecture.md: its table of rooms is not that of exporter/CMakeLists.txt")
    return found


def main():
    root, rooms = sys.argv[1:]
    found = faults(root, pathlib.Path(rooms).read_text())
    print("\n".join(found) or "the pages name what there is")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
