#include <fmt/format.h>

#include <algorithm>

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
  const bool quotes = text.starts_with(':') || text.find("://") != std::string_view::npos;
  const std::string value = quotes ? fmt::format("\"{}\"", text) : std::string(text);
  return shape == Shape::list ? fmt::format("[{}]", value) : value;
}

template <class Target>
std::string entry(const Setting<Target>& setting, std::string_view name, std::size_t depth) {
  const bool unset = setting.default_value.empty();
  return prose(fmt::format("{} [{}]", setting.meaning, setting.type), depth) +
         fmt::format("{}#{}: {}\n", indent(depth), name,
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

std::string clusters() {
  std::string out = "  - url: \"http://opencost.opencost:9003\"\n";
  std::string rest = entries(cluster_settings(), "", 2);
  const std::size_t at = rest.find("    #url:");
  // The one key without which there is no cluster is the item's first line.
  const std::size_t comment = rest.rfind('\n', rest.rfind("# Address", at));
  rest.erase(comment + 1, rest.find('\n', at) - comment);
  return out + rest;
}

}  // namespace

std::string example_file() {
  std::string out(kHead);
  for (const Section& section : kSections) {
    out += "\n" + prose(section.meaning, 0);
    if (section.name == kFixedSection) out += prose("Changes need a restart.", 0);
    out += fmt::format("{}:\n", section.name);
    out += section.name == "clusters" ? clusters()
                                      : entries(settings(), fmt::format("{}.", section.name), 1);
  }
  return out;
}

}  // namespace exporter::config
