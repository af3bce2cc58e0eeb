// YAML to a tree that knows its lines. Only what a configuration needs: one document of maps, lists
// and scalars; everything is text until a setting reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/result.h"

namespace exporter::config {

struct Node {
  enum class Kind { null, scalar, list, map };
  struct Key {
    std::string text;
    int line = 0;
  };

  Kind kind = Kind::null;
  int line = 0;  // from 1
  std::string text;
  std::vector<Key> keys;    // of a map: keys[i] names items[i]; may hold a key twice
  std::vector<Node> items;  // of a list or a map
};

/// `a map`, `a list`, `a value`, `empty`.
std::string_view to_string(Node::Kind kind);

struct YamlFault {
  int line = 0;         // 0: the file as a whole
  std::string message;  // what is wrong; what to do
};

inline constexpr std::size_t kMaxFileBytes = 1u << 20;

/// Refuses what a configuration never needs and an attacker might: more than kMaxFileBytes, deep
/// nesting, anchors and aliases, tags, control characters, bytes that are not UTF-8. An empty
/// document is a null node.
Result<Node, YamlFault> read_yaml(std::string_view text);

}  // namespace exporter::config
