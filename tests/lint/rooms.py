"""The rooms as the build declares them: who may include whose door, and which libraries."""

import re

# Library, as USES names it -> how the headers it brings begin.
LIBRARIES = {
    "CLI11::CLI11": ("CLI/",),
    "CURL::libcurl": ("curl/",),
    "PkgConfig::crypt": ("crypt.h",),
    "PkgConfig::gnutls": ("gnutls/",),
    "PkgConfig::isal": ("isa-l/",),
    "PkgConfig::microhttpd": ("microhttpd.h",),
    "PkgConfig::sqlite": ("sqlite3.h",),
    "nlohmann_json::nlohmann_json": ("nlohmann/",),
    "prometheus-cpp::core": ("prometheus/",),
    "simdjson::simdjson": ("simdjson.h",),
    "spdlog::spdlog": ("spdlog/",),
    "yaml-cpp": ("yaml-cpp/",),
}


class Room:
    def __init__(self, name, deps, uses):
        self.name = name
        self.deps = deps
        self.uses = uses


def read_rooms(rooms_text):
    """build/<preset>/rooms.txt -> {room: [rooms it may see]}, in the order of declaration."""
    rooms = {}
    for line in rooms_text.splitlines():
        if line.strip():
            name, _, deps = line.partition(":")
            rooms[name.strip()] = deps.split()
    return rooms


def declared(cmake_text):
    """exporter/CMakeLists.txt -> [Room], in the order of declaration."""
    rooms = []
    for call in re.findall(r"^exporter_room\(([^)]*)\)", cmake_text, re.MULTILINE):
        name, *words = call.split()
        lists = {"DEPS": [], "USES": []}
        into = None
        for word in words:
            if word in lists:
                into = lists[word]
            elif into is not None:
                into.append(word)
        rooms.append(Room(name, lists["DEPS"], lists["USES"]))
    return rooms
