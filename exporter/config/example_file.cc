#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "exporter/config/documents.h"
#include "exporter/config/settings.h"

namespace exporter::config {
namespace {

constexpr std::string_view kHead =
    "# opencost-exporter: every setting with its default, or with an example where there is none.\n"
    "# Take the # off a line to change it. Made by `opencost-exporter print-docs`.\n";

std::string indent(std::size_t depth) { return std::string(2 * depth, ' '); }

std::string prose(std::string_view text, std::size_t depth) {
  constexpr std::size_t kWidth = 96;
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > kWidth - 2 * depth) end = text.rfind(' ', kWidth - 2 * depth);
    out += fmt::format("{}# {}\n", indent(depth), text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string plain_value(Shape shape, std::string_view text) {
  // Some readers of YAML, though not this program's, take `+02:00` for a number.
  const bool quotes =
      shape != Shape::map && (text.starts_with('*') || text.find(':') != std::string_view::npos);
  const std::string value = quotes ? fmt::format("\"{}\"", text) : std::string(text);
  return shape == Shape::list ? fmt::format("[{}]", value) : value;
}

template <class Target>
std::string entry(const Setting<Target>& setting, std::string_view name, std::size_t depth) {
  const bool unset = setting.default_value.empty();
  const std::string_view note = setting.required ? "; required" : unset ? "; not set" : "";
  return prose(fmt::format("{} [{}{}]", setting.meaning, setting.type, note), depth) +
         fmt::format("{}{}{}: {}\n", indent(depth), setting.alternative ? "##" : "#", name,
                     plain_value(setting.shape, unset ? setting.example : setting.default_value));
}

/// Headings stand uncommented: a section without keys is as good as none.
template <class Target>
std::string entries(std::span<const Setting<Target>> table, std::string_view section,
                    std::size_t depth) {
  std::string out;
  std::string open;
  for (const Setting<Target>& setting : table) {
    if (!setting.key.starts_with(section)) continue;
    std::string_view rest = setting.key.substr(section.size());
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos) {
      out += entry(setting, rest, depth);
      continue;
    }
    const std::string inner(setting.key.substr(0, section.size() + dot + 1));
    if (inner == open) continue;
    open = inner;
    out += fmt::format("{}{}:\n", indent(depth), rest.substr(0, dot));
    out += entries(table, inner, depth + 1);
  }
  return out;
}

/// The key without which there is no item is its first line.
template <class Target>
const Setting<Target>& lead_of(const List<Target>& list) {
  const auto table = list.settings();
  const auto required =
      std::find_if(table.begin(), table.end(), [](const auto& row) { return row.required; });
  return required == table.end() ? table.front() : *required;
}

template <class Target>
std::string shown_item(const List<Target>& list, std::size_t depth) {
  const Setting<Target>& lead = lead_of(list);
  std::string rest = entries(list.settings(), "", depth + 1);
  const std::string lead_entry = entry(lead, lead.key, depth + 1);
  rest.erase(rest.find(lead_entry), lead_entry.size());
  return fmt::format("{}- {}: {}\n{}", indent(depth), lead.key,
                     plain_value(lead.shape, lead.example), rest);
}

/// All of the item behind a #, its headings too: `#- name: payments`, `#  monthly: 12000`.
template <class Target>
std::string hidden_item(const List<Target>& list, std::size_t depth) {
  const std::string lead = fmt::format("{}#{}: ", indent(depth + 1), lead_of(list).key);
  std::istringstream in(entries(list.settings(), "", depth + 1));
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const bool leads = line.starts_with(lead);
    const auto mark = line.find('#');
    if (mark != std::string::npos && line[mark + 1] == ' ') {
      out += line.substr(2) + '\n';
      continue;
    }
    if (mark != std::string::npos) line.erase(mark, 1);
    out +=
        fmt::format("{}#{} {}\n", indent(depth), leads ? '-' : ' ', line.substr(2 * (depth + 1)));
  }
  return out;
}

template <class Target>
std::string list_entry(const List<Target>& list, bool inside) {
  const std::string heading =
      inside ? prose(list.meaning, 1) + fmt::format("{}{}:\n", indent(1), last_word(list.name))
             : "";
  const std::size_t depth = inside ? 2 : 1;
  return heading + (list.shown ? shown_item(list, depth) : hidden_item(list, depth));
}

}  // namespace

std::string example_file() {
  std::string out(kHead);
  for (const Section& section : kSections) {
    out += "\n" + prose(section.meaning, 0);
    if (section.takes == Change::restart) out += prose("Changes need a restart.", 0);
    out += fmt::format("{}:\n", section.name);
    out += entries(settings_of(section), fmt::format("{}.", section.name), 1);
    for_each_list_in(section.name,
                     [&](const auto& list) { out += list_entry(list, list.name != section.name); });
  }
  return out;
}

}  // namespace exporter::config
