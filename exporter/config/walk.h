// From the tree of a file to what its settings fill. Faults name the line and the path of the key.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/config/loading.h"
#include "exporter/config/settings.h"
#include "exporter/config/yaml.h"

namespace exporter::config {

/// Walks the maps of a file beside the table of settings they may hold.
template <class Target>
class Walk {
 public:
  Walk(Reading& reading, std::span<const Setting<Target>> table, Target& target, std::string base,
       std::vector<std::string> others)
      : reading_(reading),
        table_(table),
        target_(target),
        base_(std::move(base)),
        others_(std::move(others)) {}

  /// `section` is a path of the table, or empty. Paths the table does not know but `others` does
  /// are left to the caller.
  void map(const Node& node, const std::string& section);

 private:
  std::string path(std::string_view below) const;
  std::string shown(const std::string& section, const std::string& key) const;
  std::vector<std::string> known_in(const std::string& section) const;
  void entry(const Node::Key& key, const Node& value, const std::string& section);
  void unknown(const Node::Key& key, const std::string& section,
               const std::vector<std::string>& known);
  void take(const Setting<Target>& setting, const Node::Key& key, const Node& value);
  void items(const Setting<Target>& setting, const std::string& at, const Node& value);

  Reading& reading_;
  std::span<const Setting<Target>> table_;
  Target& target_;
  std::string base_;
  std::vector<std::string> others_;
};

}  // namespace exporter::config
