#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/loading.h"
#include "exporter/config/text.h"
#include "exporter/config/yaml.h"

namespace exporter::config {
namespace {

/// Walks the maps of the file beside the table of settings they may hold.
template <class Target>
class Walk {
 public:
  Walk(Loading& loading, std::span<const Setting<Target>> table, Target& target, std::string base,
       std::vector<std::string> others)
      : loading_(loading),
        table_(table),
        target_(target),
        base_(std::move(base)),
        others_(std::move(others)) {}

  /// `section` is a path of the table, or empty. Keys the table does not know but `others` does are
  /// left to the caller.
  void map(const Node& node, const std::string& section) {
    std::map<std::string_view, int> seen;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const Node::Key& key = node.keys[i];
      const auto [first, fresh] = seen.emplace(key.text, key.line);
      if (!fresh) {
        loading_.fault(loading_.line(key.line), shown(section, key.text),
                       fmt::format("stands twice, first in line {}; remove one", first->second));
        continue;
      }
      entry(key, node.items[i], section);
    }
  }

 private:
  std::string path(std::string_view below) const {
    return base_.empty() ? std::string(below) : fmt::format("{}.{}", base_, below);
  }

  // A key may be anything, a password in the wrong line included.
  std::string shown(const std::string& section, const std::string& key) const {
    const bool word = !key.empty() && key.size() <= 64 &&
                      key.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789_-") == std::string::npos;
    const std::string name = word ? key : in_quotes(key);
    return path(section.empty() ? name : fmt::format("{}.{}", section, name));
  }

  std::vector<std::string> known_in(const std::string& section) const {
    std::vector<std::string> names;
    const std::string prefix = section.empty() ? "" : section + ".";
    for (const auto& setting : table_) {
      if (!setting.key.starts_with(prefix)) continue;
      const std::string_view rest = setting.key.substr(prefix.size());
      const std::string name(rest.substr(0, rest.find('.')));
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (section.empty()) names.insert(names.end(), others_.begin(), others_.end());
    std::sort(names.begin(), names.end());
    return names;
  }

  void entry(const Node::Key& key, const Node& value, const std::string& section) {
    const std::string below = section.empty() ? key.text : fmt::format("{}.{}", section, key.text);
    const auto setting = std::find_if(table_.begin(), table_.end(),
                                      [&](const auto& row) { return row.key == below; });
    if (setting != table_.end()) {
      take(*setting, key, value);
      return;
    }
    const std::vector<std::string> known = known_in(section);
    if (std::find(known.begin(), known.end(), key.text) == known.end()) {
      unknown(key, section, known);
      return;
    }
    if (section.empty() && std::find(others_.begin(), others_.end(), key.text) != others_.end())
      return;
    loading_.found(path(below), loading_.line(key.line));
    if (value.kind == Node::Kind::map) {
      map(value, below);
    } else if (value.kind != Node::Kind::null) {
      loading_.fault(path(below), fmt::format("is {}; write a map with {}", to_string(value.kind),
                                              join(known_in(below), ", ")));
    }
  }

  void unknown(const Node::Key& key, const std::string& section,
               const std::vector<std::string>& known) {
    const auto near = nearest(key.text, known);
    loading_.fault(loading_.line(key.line), shown(section, key.text),
                   near ? fmt::format("is not a setting; did you mean {}?", *near)
                        : fmt::format("is not a setting; known here are {}", join(known, ", ")));
  }

  void take(const Setting<Target>& setting, const Node::Key& key, const Node& value) {
    const std::string at = path(setting.key);
    loading_.found(at, loading_.line(key.line));
    if (value.kind == Node::Kind::null) {
      loading_.fault(at, "has no value; write one or remove the key");
      return;
    }
    constexpr Node::Kind kWanted[] = {Node::Kind::scalar, Node::Kind::list, Node::Kind::map};
    constexpr std::string_view kSample[] = {"one value", "a list such as [a, b]",
                                            "a map such as {a: b}"};
    const auto shape = static_cast<std::size_t>(setting.shape);
    if (value.kind != kWanted[shape]) {
      loading_.fault(at, fmt::format("is {}; write {}", to_string(value.kind), kSample[shape]));
      return;
    }
    if (setting.shape == Shape::scalar) {
      loading_.apply(setting, target_, at, {.text = value.text}, loading_.line(value.line));
      return;
    }
    items(setting, at, value);
  }

  void items(const Setting<Target>& setting, const std::string& at, const Node& value) {
    if (value.items.empty()) {
      loading_.fault(at, fmt::format("is an empty {}; write at least one item or remove the key",
                                     setting.shape == Shape::list ? "list" : "map"));
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const Node& item = value.items[i];
      const bool list = setting.shape == Shape::list;
      const std::string here = list ? fmt::format("{}[{}]", at, i)
                                    : fmt::format("{}.{}", at, in_quotes(value.keys[i].text));
      if (item.kind != Node::Kind::scalar) {
        loading_.fault(loading_.line(item.line), here,
                       fmt::format("is {}; write one value", to_string(item.kind)));
        continue;
      }
      loading_.apply(setting, target_, here,
                     {.text = item.text, .key = list ? "" : value.keys[i].text, .index = i},
                     loading_.line(item.line));
    }
  }

  Loading& loading_;
  std::span<const Setting<Target>> table_;
  Target& target_;
  std::string base_;
  std::vector<std::string> others_;
};

template <class Target>
void take_list(Loading& loading, const List<Target>& list, const Node& node) {
  const std::string name(list.name);
  if (node.kind == Node::Kind::null) return;
  if (node.kind != Node::Kind::list) {
    loading.fault(name, fmt::format("is {}; write a list with one item per {}, such as - {}",
                                    to_string(node.kind), list.item, list.sample));
    loading.refuse(name);
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Node& item = node.items[i];
    const std::string base = fmt::format("{}[{}]", name, i);
    loading.found(base, loading.line(item.line));
    Target& target = (loading.config.*list.items).emplace_back();
    if (item.kind == Node::Kind::map) {
      Walk<Target>(loading, list.settings(), target, base, {}).map(item, "");
      continue;
    }
    loading.fault(base,
                  fmt::format("is {}; write a map such as {}", to_string(item.kind), list.sample));
    for (const auto& setting : list.settings()) {
      if (setting.required) loading.refuse(fmt::format("{}.{}", base, setting.key));
    }
  }
}

void take_lists(Loading& loading, const Node& root) {
  for_each_list([&](const auto& list) {
    const auto key = std::find_if(root.keys.begin(), root.keys.end(),
                                  [&](const Node::Key& each) { return each.text == list.name; });
    if (key == root.keys.end()) return;
    loading.found(std::string(list.name), loading.line(key->line));
    take_list(loading, list, root.items[static_cast<std::size_t>(key - root.keys.begin())]);
  });
}

std::vector<std::string> names_of_lists() {
  std::vector<std::string> names;
  for_each_list([&](const auto& list) { names.emplace_back(list.name); });
  return names;
}

}  // namespace

void take_file(Loading& loading, std::string_view yaml) {
  const auto root = read_yaml(yaml);
  if (!root) {
    loading.fault(loading.line(root.error().line), "", root.error().message);
    loading.refuse("clusters");
    return;
  }
  if (root->kind == Node::Kind::null) return;
  if (root->kind != Node::Kind::map) {
    loading.fault(loading.line(root->line), "",
                  fmt::format("is {}; begin with a key such as clusters:", to_string(root->kind)));
    loading.refuse("clusters");
    return;
  }
  Walk<Config>(loading, settings(), loading.config, "", names_of_lists()).map(*root, "");
  take_lists(loading, *root);
}

}  // namespace exporter::config
