// What can be said of an answer without understanding JSON, one byte at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace exporter::opencost {

/// A backslash hides a quote outside of strings as well, as it does for simdjson.
///
/// How many members stand in the objects at `depth`, counted by their colons. An answer of
/// allocations has its rows at depth 3, an object of assets at depth 2.
inline std::uint64_t count_members(std::string_view text, int depth) {
  std::uint64_t members = 0;
  int level = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      const bool hides = i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
      i += hides ? 1 : 0;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      continue;
    } else if (c == '{' || c == '[') {
      ++level;
    } else if (c == '}' || c == ']') {
      --level;
    } else if (c == ':' && level == depth) {
      ++members;
    }
  }
  return members;
}

}  // namespace exporter::opencost
