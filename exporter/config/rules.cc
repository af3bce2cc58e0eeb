#include "exporter/config/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/patterns.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

tl::unexpected<Error> same_name(const Item& item, const std::string& name, std::string_view kind) {
  return fail(fmt::format("{} is {} in OpenCost's answers, as another {} here is; leave one out",
                          in_quotes(item.key), name, kind));
}

}  // namespace

Result<void> add_namespace(std::vector<std::string>& patterns, const Item& item) {
  if (item.index == 0) patterns.clear();
  auto pattern = parse_namespace_pattern(item.text);
  if (!pattern) return tl::unexpected(pattern.error());
  if (holds(patterns, *pattern)) {
    return fail(fmt::format("{} stands twice; leave one out", in_quotes(*pattern)));
  }
  patterns.push_back(std::move(*pattern));
  return {};
}

Result<void> add_label_name(std::vector<std::string>& names, const Item& item) {
  if (item.index == 0) names.clear();
  auto name = parse_label_name(item.text);
  if (!name) return tl::unexpected(name.error());
  if (holds(names, *name)) return same_name({.key = item.text}, *name, "label");
  names.push_back(std::move(*name));
  return {};
}

std::vector<Item> print_list(const std::vector<std::string>& list) {
  std::vector<Item> items;
  items.reserve(list.size());
  for (const std::string& text : list) {
    items.push_back({.text = text, .key = {}, .index = items.size()});
  }
  return items;
}

Result<void> add_label(cost::LabelPatterns& patterns, const Item& item) {
  auto name = parse_label_name(item.key);
  if (!name) return tl::unexpected(name.error());
  auto pattern = parse_label_pattern(item.text);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto [place, fresh] = patterns.emplace(std::move(*name), std::move(*pattern));
  if (fresh) return {};
  return same_name(item, place->first, "label");
}

Result<void> add_annotation(cost::LabelPatterns& patterns, const Item& item) {
  auto name = parse_annotation_name(item.key);
  if (!name) return tl::unexpected(name.error());
  auto pattern = parse_annotation_pattern(item.text);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto [place, fresh] =
      patterns.emplace(fmt::format("{}{}", model::kAnnotation, *name), std::move(*pattern));
  if (fresh) return {};
  return same_name(item, *name, "annotation");
}

std::vector<Item> print_labels(const cost::LabelPatterns& patterns) {
  std::vector<Item> items;
  for (const auto& [name, pattern] : patterns) {
    if (!name.starts_with(model::kAnnotation)) items.push_back({.text = pattern, .key = name});
  }
  return items;
}

std::vector<Item> print_annotations(const cost::LabelPatterns& patterns) {
  std::vector<Item> items;
  for (const auto& [name, pattern] : patterns) {
    if (!name.starts_with(model::kAnnotation)) continue;
    items.push_back({.text = pattern, .key = name.substr(model::kAnnotation.size())});
  }
  return items;
}

}  // namespace exporter::config
