#!/usr/bin/env python3
"""Holds every #include of exporter/ and tests/ against the rooms that the build declares.

    check_rooms.py <repository> <build>/rooms.txt

CMake links a room with all that its DEPS link in turn, so the compiler lets it include more than it
names. Here only what a room names itself counts: the table in exporter/CMakeLists.txt is then the
whole truth about who sees whom, and taking a dependency away from one room never breaks another.

- Another room is seen through its door, exporter/<room>/<room>.h, and only when it is in DEPS.
  exporter/metrics/catalogue.h is part of the door of metrics, exporter/model/calendar.h of model's.
- The floor (exporter/*.h but those of the program itself) is seen by all and sees only itself.
- A library is seen by .cc files and private headers of a room that has it in USES. A door shows the
  standard library and our own headers. All may use fmt, in .cc files; exporter/result.h alone shows
  tl::expected.
- A test sees the doors of all rooms and the private headers of its own.
"""

import pathlib
import re
import sys

from rooms import LIBRARIES, declared, read_rooms

FLOOR = {"result.h", "clock.h", "clock.cc", "units.h", "version.h"}
PROGRAM = {"main.cc", "backfill_command.cc", "backfill_command.h", "explain_command.cc",
           "explain_command.h", "greeting.cc", "greeting.h",
           "healthcheck_command.cc", "healthcheck_command.h", "interruptible.cc", "interruptible.h",
           "service.cc", "service.h", "watched_files.cc", "watched_files.h"}
SECOND_DOORS = {"exporter/metrics/catalogue.h", "exporter/model/calendar.h"}
SYSTEM = re.compile(r"(arpa|net|netinet|sys)/\w+\.h|(fcntl|immintrin|netdb|poll|pthread|unistd)\.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Rooms whose private headers a program outside tests/<room> may look into.
BORROWED = {
    "bench": {"exporter/metrics/writer.h"},
    "fuzz": {"exporter/http/recording_format.h"},
}


def room_of(path):
    parts = pathlib.PurePosixPath(path).parts
    return parts[1] if len(parts) > 2 else None


def is_door(path):
    return path in SECOND_DOORS or path == f"exporter/{room_of(path)}/{room_of(path)}.h"


def fault_of_own_header(source, room, target, rooms):
    """What is wrong with including one of our headers; None when nothing is."""
    other = room_of(target)
    name = pathlib.PurePosixPath(target).name
    if other is None:
        if name in FLOOR:
            return None
        return None if room is None and name in PROGRAM else f"{target} is part of the program"
    if other not in rooms:
        return f"there is no room {other}"
    if room == other:
        return None
    if not is_door(target):
        return f"{target} is private; the door is exporter/{other}/{other}.h"
    if room is None:
        return None if source.name in PROGRAM else f"the floor may not see {other}"
    if other not in rooms[room]:
        return f"{room} may not see {other}: its DEPS are {' '.join(rooms[room]) or 'empty'}"
    return None


def fault_of_library(source, path, room, target, uses):
    if "/" not in target and "." not in target:
        return None  # the standard library
    header = source.suffix == ".h"
    if target.startswith("tl/"):
        return None if path == "exporter/result.h" else "tl/ is seen through exporter/result.h"
    if header and (room is None or is_door(path)):
        return f"<{target}> in a header that others include"
    if SYSTEM.fullmatch(target):
        return None
    if target.startswith("fmt/"):
        return "fmt/ in a header" if header else None
    for library, prefixes in LIBRARIES.items():
        if target.startswith(prefixes):
            return None if library in uses else f"{room or 'the program'} does not declare {library}"
    return f"<{target}> belongs to no library that check_rooms.py knows"


def faults_of_source(root, source, rooms, uses):
    path = source.relative_to(root).as_posix()
    room = room_of(path)
    for quote, target in INCLUDE.findall(source.read_text()):
        if quote == "<":
            fault = fault_of_library(source, path, room, target, uses.get(room, ()))
        elif not target.startswith("exporter/"):
            fault = f'"{target}" is not written as "exporter/..."'
        else:
            fault = fault_of_own_header(source, room, target, rooms)
        if fault:
            yield f"{path}: {fault}"


def faults_of_test(root, source):
    path = source.relative_to(root).as_posix()
    folder = room_of(path)
    for quote, target in INCLUDE.findall(source.read_text()):
        if quote == "<" or not target.startswith("exporter/"):
            continue
        other = room_of(target)
        if other in (None, folder) or is_door(target) or target in BORROWED.get(folder, ()):
            continue
        yield f"{path}: {target} is private to {other}"


def faults_of_declarations(root, rooms, declarations):
    if {room.name: room.deps for room in declarations} != rooms:
        yield "exporter/CMakeLists.txt and rooms.txt disagree; configure again, or mend rooms.py"
    seen = set()
    for room in declarations:
        for dep in room.deps:
            if dep not in seen:
                yield f"exporter/CMakeLists.txt: {room.name} sees {dep}, which is declared below it"
        for library in room.uses:
            if library not in LIBRARIES:
                yield f"tests/lint/rooms.py: which headers {library} brings is not said"
        seen.add(room.name)
        if not (root / f"exporter/{room.name}/{room.name}.h").is_file():
            yield f"exporter/{room.name}: there is no door {room.name}.h"
    for folder in sorted((root / "exporter").iterdir()):
        if folder.is_dir() and folder.name not in rooms:
            yield f"exporter/{folder.name}: is not declared in exporter/CMakeLists.txt"


def faults(root, rooms_text):
    root = pathlib.Path(root)
    rooms = read_rooms(rooms_text)
    declarations = declared((root / "exporter/CMakeLists.txt").read_text())
    uses = {room.name: room.uses for room in declarations}
    found = list(faults_of_declarations(root, rooms, declarations))
    for source in sorted((root / "exporter").rglob("*")):
        if source.suffix in (".h", ".cc"):
            found += faults_of_source(root, source, rooms, uses)
    for source in sorted((root / "tests").rglob("*")):
        if source.suffix in (".h", ".cc"):
            found += faults_of_test(root, source)
    return found


def main():
    root, rooms = sys.argv[1:]
    found = faults(root, pathlib.Path(rooms).read_text())
    print("\n".join(found) or "every #include is as declared")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
