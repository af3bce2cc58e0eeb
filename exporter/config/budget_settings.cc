#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/patterns.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using cost::Budget;

Result<void> add_namespace(Budget& budget, const Item& item) {
  if (item.index == 0) budget.namespaces.clear();
  auto pattern = parse_namespace_pattern(item.text);
  if (!pattern) return tl::unexpected(pattern.error());
  auto& list = budget.namespaces;
  if (std::find(list.begin(), list.end(), *pattern) != list.end()) {
    return fail(fmt::format("{} stands twice; leave one out", in_quotes(*pattern)));
  }
  list.push_back(std::move(*pattern));
  return {};
}

std::vector<Item> namespaces(const Budget& budget) {
  std::vector<Item> items;
  for (const std::string& pattern : budget.namespaces) {
    items.push_back({.text = pattern, .key = {}, .index = items.size()});
  }
  return items;
}

Result<void> add_label(Budget& budget, const Item& item) {
  auto name = parse_label_name(item.key);
  if (!name) return tl::unexpected(name.error());
  auto pattern = parse_label_pattern(item.text);
  if (!pattern) return tl::unexpected(pattern.error());
  const auto [place, fresh] = budget.labels.emplace(std::move(*name), std::move(*pattern));
  if (fresh) return {};
  return fail(fmt::format("{} is {} in OpenCost's answers, as another label here is; leave one out",
                          in_quotes(item.key), place->first));
}

std::vector<Item> labels(const Budget& budget) {
  std::vector<Item> items;
  for (const auto& [name, pattern] : budget.labels) items.push_back({.text = pattern, .key = name});
  return items;
}

constexpr Setting<Budget> kBudgetSettings[] = {
    {.key = "name",
     .required = true,
     .type = "text",
     .example = "payments",
     .meaning = "Value of the label `budget`.",
     .apply = [](Budget& b, const Item& i) { return assign(b.name, parse_name(i.text)); },
     .print = [](const Budget& b) { return one(b.name); }},
    {.key = "monthly",
     .required = true,
     .type = "number",
     .example = "12000",
     .meaning = "What may be spent in a calendar month, in the currency that is exported.",
     .apply = [](Budget& b,
                 const Item& i) { return assign(b.monthly, parse_positive(i.text, "12000")); },
     .print = [](const Budget& b) { return one(print_number(b.monthly)); }},
    {.key = "cluster",
     .type = "text",
     .example = "prod-eu",
     .meaning =
         "The only cluster that counts, by its label `cluster`; if left out, all of them do.",
     .apply = [](Budget& b, const Item& i) { return assign(b.cluster, parse_name(i.text)); },
     .print = [](const Budget& b) { return one_unless_empty(b.cluster); }},
    {.key = "namespaces",
     .shape = Shape::list,
     .type = "list of patterns",
     .example = "payments-*",
     .meaning = "The namespaces that count. With neither these nor labels a budget is for whole "
                "clusters, idle and unmounted cost included.",
     .apply = add_namespace,
     .print = namespaces},
    {.key = "labels",
     .shape = Shape::map,
     .type = "map of label to pattern",
     .example = "{team: payments}",
     .meaning = "Labels a pod must have to count, all of them, each with the pattern of its value. "
                "OpenCost is asked for them, which makes its answers larger.",
     .apply = add_label,
     .print = labels},
};

}  // namespace

std::span<const Setting<Budget>> budget_settings() { return kBudgetSettings; }

}  // namespace exporter::config
