#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/walk.h"

namespace exporter::config {
namespace {

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
    Target& target = list.items.of(loading.config).emplace_back();
    if (item.kind == Node::Kind::map) {
      Walk<Target>(loading, list.settings(), target, base, {}).map(item, "");
      continue;
    }
    loading.fault(base,
                  fmt::format("is {}; write a map such as {}", to_string(item.kind), list.sample));
    loading.refuse(base);
    for (const auto& setting : list.settings()) {
      if (setting.required) loading.refuse(fmt::format("{}.{}", base, setting.key));
    }
  }
}

/// The first value at a path of keys, as far as there are maps.
struct Entry {
  const Node* value = nullptr;  // null: there is none
  int line = 0;                 // of its key
};
Entry find(const Node& root, std::string_view path) {
  Entry entry{&root, root.line};
  while (!path.empty()) {
    const Node& map = *entry.value;
    const std::string_view word = path.substr(0, path.find('.'));
    const auto key = std::find_if(map.keys.begin(), map.keys.end(),
                                  [&](const Node::Key& each) { return each.text == word; });
    if (key == map.keys.end()) return {};
    entry = {&map.items[static_cast<std::size_t>(key - map.keys.begin())], key->line};
    path.remove_prefix(std::min(word.size() + 1, path.size()));
  }
  return entry;
}

void take_lists(Loading& loading, const Node& root) {
  for_each_list([&](const auto& list) {
    const Entry entry = find(root, list.name);
    if (entry.value == nullptr) return;
    loading.found(std::string(list.name), loading.line(entry.line));
    take_list(loading, list, *entry.value);
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
