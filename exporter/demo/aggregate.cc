#include "exporter/demo/aggregate.h"

#include <algorithm>
#include <array>
#include <optional>

#include "exporter/demo/rows.h"

namespace exporter::demo {

namespace {

using Part = Aggregate::Part;
using Word = Aggregate::Word;

struct Known {
  std::string_view word;
  Part part;
  std::string_view name;
};

constexpr std::array kKnown = {
    Known{"cluster", Part::cluster, ""},
    Known{"node", Part::node, ""},
    Known{"namespace", Part::name_space, ""},
    Known{"controllerkind", Part::controller_kind, ""},
    Known{"controller", Part::controller, ""},
    Known{"service", Part::service, ""},
    Known{"pod", Part::pod, ""},
    Known{"container", Part::container, ""},
    Known{"deployment", Part::by_kind, "deployment"},
    Known{"daemonset", Part::by_kind, "daemonset"},
    Known{"statefulset", Part::by_kind, "statefulset"},
    Known{"job", Part::by_kind, "job"},
    Known{"department", Part::label, "department"},
    Known{"environment", Part::label, "environment"},
    Known{"owner", Part::label, "owner"},
    Known{"product", Part::label, "app"},
    Known{"team", Part::label, "team"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// As Prometheus has label names.
std::string sanitised(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9')) c = '_';
  }
  return out;
}

std::optional<Word> parse_word(std::string_view text) {
  const std::string word = lower(text);
  if (word.starts_with("label:")) return Word{Part::label, sanitised(text.substr(6))};
  if (word.starts_with("annotation:")) return Word{Part::annotation, sanitised(text.substr(11))};
  const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& one) { return one.word == word; });
  if (known == kKnown.end()) return std::nullopt;
  return Word{known->part, std::string(known->name)};
}

std::string_view find_label(const Labels* labels, std::string_view name) {
  if (labels == nullptr) return {};
  for (const auto& [label, value] : *labels) {
    if (label == name) return value;
  }
  return {};
}

std::string_view label_of(const Row& row, std::string_view name) {
  if (name == row.hash_label) return row.hash;
  const std::array places = {row.own_labels, row.space == nullptr ? nullptr : &row.space->labels,
                             row.node_labels};
  for (const Labels* labels : places) {
    if (const std::string_view value = find_label(labels, name); !value.empty()) return value;
  }
  return {};
}

std::string controller_of(const Row& row) {
  if (row.controller_kind.empty()) return std::string(row.controller);
  return std::string(row.controller_kind).append(":").append(row.controller);
}

std::string part_of(const Word& word, const Row& row) {
  switch (word.part) {
    case Part::cluster:
      return std::string(row.cluster);
    case Part::node:
      return std::string(row.node);
    case Part::name_space:
      return std::string(row.name_space);
    case Part::controller_kind:
      return std::string(row.controller_kind);
    case Part::controller:
      return controller_of(row);
    case Part::service:
      return std::string(row.service);
    case Part::pod:
      return std::string(row.pod);
    case Part::container:
      return std::string(row.container);
    case Part::by_kind:
      return row.controller_kind == word.name ? std::string(row.controller) : "";
    case Part::label:
      return std::string(label_of(row, word.name));
    case Part::annotation:
      return std::string(find_label(row.annotations, word.name));
  }
  return "";
}

}  // namespace

Aggregate parse_aggregate(std::string_view text) {
  if (text.empty()) text = "cluster,node,namespace,pod,container";
  Aggregate aggregate;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (auto known = parse_word(word)) aggregate.words.push_back(*std::move(known));
  }
  return aggregate;
}

std::string row_key(const Aggregate& aggregate, const Row& row) {
  std::string key;
  for (const Word& word : aggregate.words) {
    if (&word != aggregate.words.data()) key += '/';
    const std::string part = part_of(word, row);
    key += part.empty() ? "__unallocated__" : part;
  }
  return key;
}

}  // namespace exporter::demo
