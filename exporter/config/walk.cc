#include "exporter/config/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "exporter/config/text.h"
#include "exporter/config/web_settings.h"

namespace exporter::config {

template <class Target>
void Walk<Target>::map(const Node& node, const std::string& section) {
  std::map<std::string_view, int> seen;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const Node::Key& key = node.keys[i];
    const auto [first, fresh] = seen.emplace(key.text, key.line);
    if (!fresh) {
      reading_.fault(reading_.line(key.line), shown(section, key.text),
                     fmt::format("stands twice, first in line {}; remove one", first->second));
      continue;
    }
    entry(key, node.items[i], section);
  }
}

template <class Target>
std::string Walk<Target>::path(std::string_view below) const {
  return base_.empty() ? std::string(below) : fmt::format("{}.{}", base_, below);
}

// A key may be anything, a password in the wrong line included.
template <class Target>
std::string Walk<Target>::shown(const std::string& section, const std::string& key) const {
  const bool word = !key.empty() && key.size() <= 64 &&
                    key.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_-") == std::string::npos;
  const std::string name = word ? key : in_quotes(key);
  return path(section.empty() ? name : fmt::format("{}.{}", section, name));
}

template <class Target>
std::vector<std::string> Walk<Target>::known_in(const std::string& section) const {
  std::vector<std::string> names;
  const std::string prefix = section.empty() ? "" : section + ".";
  const auto add = [&](std::string_view path) {
    if (!path.starts_with(prefix)) return;
    path.remove_prefix(prefix.size());
    names.emplace_back(path.substr(0, path.find('.')));
  };
  for (const auto& setting : table_) add(setting.key);
  for (const std::string& other : others_) add(other);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

template <class Target>
void Walk<Target>::entry(const Node::Key& key, const Node& value, const std::string& section) {
  const std::string below = section.empty() ? key.text : fmt::format("{}.{}", section, key.text);
  const auto setting =
      std::find_if(table_.begin(), table_.end(), [&](const auto& row) { return row.key == below; });
  if (setting != table_.end()) {
    take(*setting, key, value);
    return;
  }
  const std::vector<std::string> known = known_in(section);
  if (std::find(known.begin(), known.end(), key.text) == known.end()) {
    unknown(key, section, known);
    return;
  }
  if (std::find(others_.begin(), others_.end(), below) != others_.end()) return;
  reading_.found(path(below), reading_.line(key.line));
  if (value.kind == Node::Kind::map) {
    map(value, below);
  } else if (value.kind != Node::Kind::null) {
    reading_.fault(path(below), fmt::format("is {}; write a map with {}", to_string(value.kind),
                                            join(known_in(below), ", ")));
  }
}

template <class Target>
void Walk<Target>::unknown(const Node::Key& key, const std::string& section,
                           const std::vector<std::string>& known) {
  const auto near = nearest(key.text, known);
  reading_.fault(reading_.line(key.line), shown(section, key.text),
                 near ? fmt::format("is not a setting; did you mean {}?", *near)
                      : fmt::format("is not a setting; known here are {}", join(known, ", ")));
}

template <class Target>
void Walk<Target>::take(const Setting<Target>& setting, const Node::Key& key, const Node& value) {
  const std::string at = path(setting.key);
  reading_.found(at, reading_.line(key.line));
  if (value.kind == Node::Kind::null) {
    reading_.fault(at, "has no value; write one or remove the key");
    return;
  }
  constexpr Node::Kind kWanted[] = {Node::Kind::scalar, Node::Kind::list, Node::Kind::map};
  constexpr std::string_view kSample[] = {"one value", "a list such as [a, b]",
                                          "a map such as {a: b}"};
  const auto shape = static_cast<std::size_t>(setting.shape);
  if (value.kind != kWanted[shape]) {
    reading_.fault(at, fmt::format("is {}; write {}", to_string(value.kind), kSample[shape]));
    return;
  }
  if (setting.shape == Shape::scalar) {
    reading_.apply(setting, target_, at, {.text = value.text}, reading_.line(value.line));
    return;
  }
  items(setting, at, value);
}

template <class Target>
void Walk<Target>::items(const Setting<Target>& setting, const std::string& at, const Node& value) {
  if (value.items.empty()) {
    reading_.fault(at, fmt::format("is an empty {}; write at least one item or remove the key",
                                   setting.shape == Shape::list ? "list" : "map"));
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const Node& item = value.items[i];
    const bool list = setting.shape == Shape::list;
    const std::string here = list ? fmt::format("{}[{}]", at, i)
                                  : fmt::format("{}.{}", at, in_quotes(value.keys[i].text));
    if (item.kind != Node::Kind::scalar) {
      reading_.fault(reading_.line(item.line), here,
                     fmt::format("is {}; write one value", to_string(item.kind)));
      continue;
    }
    reading_.apply(setting, target_, here,
                   {.text = item.text, .key = list ? "" : value.keys[i].text, .index = i},
                   reading_.line(item.line));
  }
}

// Whatever a file is read into.
template class Walk<Config>;
template class Walk<poll::Source>;
template class Walk<cost::TenantRule>;
template class Walk<cost::Policy>;
template class Walk<cost::Budget>;
template class Walk<access::Token>;
template class Walk<access::Subject>;
template class Walk<WebFile>;

}  // namespace exporter::config
