#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/amounts.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

// Plain where no reader of YAML could take it for anything but this text.
std::string scalar(const std::string& text) {
  const bool plain = !text.empty() && text != "~" && lower(text) != "null" &&
                     std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/';
                     });
  if (plain) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

template <class Target>
std::string value(const Setting<Target>& setting, const std::vector<Item>& items,
                  const std::string& indent) {
  if (setting.shape == Shape::scalar) return fmt::format(" {}\n", scalar(items.front().text));
  std::string out = "\n";
  for (const Item& item : items) {
    out += setting.shape == Shape::list
               ? fmt::format("{}  - {}\n", indent, scalar(item.text))
               : fmt::format("{}  {}: {}\n", indent, scalar(item.key), scalar(item.text));
  }
  return out;
}

/// Rows of one section follow each other in the table, so a heading is due where the words before
/// the last one change.
template <class Target>
std::string map(std::span<const Setting<Target>> table, const Target& target, std::size_t depth) {
  std::string out;
  std::vector<std::string> open;
  for (const Setting<Target>& setting : table) {
    const std::vector<Item> items = setting.print(target);
    if (items.empty()) continue;
    std::vector<std::string> words;
    for (std::string_view rest = setting.key; !rest.empty();) {
      const auto dot = std::min(rest.find('.'), rest.size());
      words.emplace_back(rest.substr(0, dot));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    const std::string last = words.back();
    words.pop_back();
    const auto same = std::mismatch(open.begin(), open.end(), words.begin(), words.end());
    for (auto word = same.second; word != words.end(); ++word) {
      const auto level = depth + static_cast<std::size_t>(word - words.begin());
      out += fmt::format("{:{}}{}:\n", "", 2 * level, *word);
    }
    const std::string indent(2 * (depth + words.size()), ' ');
    out += fmt::format("{}{}:{}", indent, last, value(setting, items, indent));
    open = std::move(words);
  }
  return out;
}

template <class Target>
std::string items(const List<Target>& list, const Config& config) {
  const auto& targets = list.items.read(config);
  if (targets.empty()) return "";
  const auto depth = std::count(list.name.begin(), list.name.end(), '.');
  const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
  std::string out = fmt::format("{}{}:\n", indent, last_word(list.name));
  for (const Target& target : targets) {
    std::string item = map(list.settings(), target, static_cast<std::size_t>(depth + 2));
    item[indent.size() + 2] = '-';
    out += item;
  }
  return out;
}

/// A list within a section has its heading from the settings that always stand there.
std::string print(const Section& section, const Config& config) {
  std::string out = map(settings_of(section), config, 0);
  for_each_list_in(section.name, [&](const auto& list) { out += items(list, config); });
  return out;
}

}  // namespace

std::string print(const Config& config) {
  const Config written = multiplied_by_rate(config);
  std::string out;
  for (const Section& section : kSections) out += print(section, written);
  return out;
}

std::vector<std::string> sections_for_restart(const Config& in_force, const Config& next) {
  std::vector<std::string> names;
  for (const Section& section : kSections) {
    if (section.takes == Change::restart && print(section, in_force) != print(section, next)) {
      names.emplace_back(section.name);
    }
  }
  return names;
}

}  // namespace exporter::config
