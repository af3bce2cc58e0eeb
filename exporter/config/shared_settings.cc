#include <fmt/format.h>

#include <array>

#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using cost::Over;
using cost::Split;

// So that what is added up stays far from what 64 bits hold.
constexpr Range kWeights{.least = 0, .most = 1e6};

template <class Choice, std::size_t N>
Result<void> choose(Choice& field, const std::string& text, const std::array<Choice, N>& choices) {
  std::vector<std::string> words;
  for (const Choice choice : choices) {
    words.emplace_back(cost::to_string(choice));
    if (text != words.back()) continue;
    field = choice;
    return {};
  }
  return fail(
      fmt::format("{} is not one of {}; write one of them", in_quotes(text), join(words, ", ")));
}

Result<void> add_number(std::map<std::string, double>& numbers, const Item& item,
                        Result<double> number) {
  if (item.index == 0) numbers.clear();
  auto name = parse_name(item.key);
  if (!name) return tl::unexpected(name.error());
  if (!number) return tl::unexpected(number.error());
  if (numbers.emplace(std::move(*name), *number).second) return {};
  return fail(fmt::format("{} stands twice; leave one out", in_quotes(item.key)));
}

// The name becomes the second half of a source, `amount/support`.
Result<void> add_amount(Config& config, const Item& item) {
  auto added = add_number(config.shared.monthly_amounts, item, parse_positive(item.text, "300"));
  if (added && item.key.find('/') != std::string::npos) {
    return fail(fmt::format("{} holds a slash; write another name", in_quotes(item.key)));
  }
  return added;
}

Result<void> add_weight(Config& config, const Item& item) {
  return add_number(config.shared.weights, item, parse_number(item.text, kWeights, "2"));
}

std::vector<Item> print_numbers(const std::map<std::string, double>& numbers) {
  std::vector<Item> items;
  items.reserve(numbers.size());
  for (const auto& [name, number] : numbers) {
    items.push_back({.text = print_number(number), .key = name, .index = items.size()});
  }
  return items;
}

constexpr Setting<Config> kSharedSettings[] = {
    {.key = "shared.namespaces",
     .shape = Shape::list,
     .type = "list of patterns",
     .example = "kube-system",
     .meaning = "Namespaces whose cost is borne by the others of their cluster.",
     .apply = [](Config& c, const Item& i) { return add_namespace(c.shared.namespaces, i); },
     .print = [](const Config& c) { return print_list(c.shared.namespaces); }},
    {.key = "shared.monthly_amounts",
     .shape = Shape::map,
     .type = "map of name to number",
     .example = "{support: 300}",
     .meaning = "What is paid a month besides, in the currency that is exported; borne by all "
                "clusters together.",
     .apply = add_amount,
     .print = [](const Config& c) { return print_numbers(c.shared.monthly_amounts); }},
    {.key = "shared.idle",
     .type = "boolean",
     .default_value = "false",
     .meaning = "Whether the idle cost of a cluster is shared as well.",
     .apply = [](Config& c, const Item& i) { return assign(c.shared.idle, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(print_boolean(c.shared.idle)); }},
    {.key = "shared.split",
     .type = "proportional, even or weighted",
     .default_value = "proportional",
     .meaning = "Whether each bears a share as large as its own cost, all the same, or one by "
                "shared.weights.",
     .apply =
         [](Config& c, const Item& i) {
           return choose(c.shared.split, i.text,
                         std::array{Split::proportional, Split::even, Split::weighted});
         },
     .print = [](const Config& c) { return one(std::string(to_string(c.shared.split))); }},
    {.key = "shared.over",
     .type = "namespaces or tenants",
     .default_value = "namespaces",
     .meaning = "Who bears it; tenants need the section tenants.",
     .apply =
         [](Config& c, const Item& i) {
           return choose(c.shared.over, i.text, std::array{Over::namespaces, Over::tenants});
         },
     .print = [](const Config& c) { return one(std::string(to_string(c.shared.over))); }},
    {.key = "shared.weights",
     .shape = Shape::map,
     .type = "map of name to number",
     .example = "{payments: 2}",
     .meaning = "How much a namespace or a tenant bears beside the others, 0 to 1000000; whoever "
                "is not named has 1. Only with the split weighted.",
     .apply = add_weight,
     .print = [](const Config& c) { return print_numbers(c.shared.weights); }},
};

}  // namespace

std::span<const Setting<Config>> shared_settings() { return kSharedSettings; }

}  // namespace exporter::config
