#include "exporter/cost/owners.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace exporter::cost {
namespace {

const model::Label* find(const std::string& name, const model::LabelSet& labels) {
  const auto at = std::find_if(labels.begin(), labels.end(),
                               [&](const model::Label& label) { return label.name == name; });
  return at == labels.end() ? nullptr : &*at;
}

bool matches_one(const LabelPatterns::value_type& wanted, const model::LabelSet& labels) {
  const model::Label* const label = find(wanted.first, labels);
  return label != nullptr && matches(wanted.second, label->value);
}

/// `label team`, `annotation cost_center`.
std::string noun(std::string_view name) {
  if (!name.starts_with(model::kAnnotation)) return fmt::format("label {}", name);
  return fmt::format("annotation {}", name.substr(model::kAnnotation.size()));
}

/// What one rule says of one row, condition by condition until one fails.
class Clause {
 public:
  void cluster(const std::string& wanted, std::string_view cluster) {
    if (wanted.empty()) return;
    if (wanted != cluster) return fails(fmt::format("cluster is {:?}, not {:?}", cluster, wanted));
    holds(fmt::format("cluster is {:?}", cluster));
  }

  void name_space(const std::vector<std::string>& patterns, std::string_view name) {
    if (patterns.empty()) return;
    std::string all;
    for (const std::string& pattern : patterns) {
      if (matches(pattern, name)) {
        return holds(fmt::format("namespace {:?} matches {:?}", name, pattern));
      }
      all += fmt::format("{}{:?}", all.empty() ? "" : " or ", pattern);
    }
    fails(fmt::format("namespace is {:?}, not {}", name, all));
  }

  void label(const std::string& name, const std::string& pattern, const model::LabelSet& labels) {
    const model::Label* const label = find(name, labels);
    if (label == nullptr) return fails("has no " + noun(name));
    if (!matches(pattern, label->value)) {
      return fails(fmt::format("{} is {:?}, not {:?}", noun(name), label->value, pattern));
    }
    holds(fmt::format("{} {:?} matches {:?}", noun(name), label->value, pattern));
  }

  bool failed() const { return !failure_.empty(); }
  std::string text() const {
    if (failed()) return failure_;
    return held_.empty() ? "names nothing and so takes all" : held_;
  }

 private:
  void holds(const std::string& what) { held_ += (held_.empty() ? "" : ", ") + what; }
  void fails(const std::string& what) {
    if (!failed()) failure_ = what;
  }

  std::string held_, failure_;
};

/// FNV-1a.
class Hash {
 public:
  // With its length, so that no two lists of texts are one.
  void add(std::string_view text) {
    add(text.size());
    for (char letter : text) octet(static_cast<unsigned char>(letter));
  }
  void add(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) octet(number >> shift & 0xff);
  }
  std::uint64_t value() const { return value_; }

 private:
  void octet(std::uint64_t octet) { value_ = (value_ ^ octet) * 0x100000001b3; }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  // The earliest place for each part leaves the most text to the next.
  for (std::size_t next; (next = pattern.find('*')) != std::string_view::npos;) {
    const std::size_t at = text.find(pattern.substr(0, next));
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + next);
    pattern.remove_prefix(next + 1);
  }
  return text.ends_with(pattern);
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, text); });
}

bool matches_all(const LabelPatterns& patterns, const model::LabelSet& labels) {
  return std::all_of(patterns.begin(), patterns.end(),
                     [&](const auto& wanted) { return matches_one(wanted, labels); });
}

bool matches_any(const LabelPatterns& patterns, const model::LabelSet& labels) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& wanted) { return matches_one(wanted, labels); });
}

std::optional<std::size_t> owner(const TenantRules& rules, std::string_view cluster,
                                 std::string_view name_space, const model::LabelSet& labels) {
  const auto at = std::find_if(rules.begin(), rules.end(), [&](const TenantRule& rule) {
    return (rule.cluster.empty() || rule.cluster == cluster) &&
           (rule.namespaces.empty() || matches_any(rule.namespaces, name_space)) &&
           matches_all(rule.labels, labels);
  });
  if (at == rules.end()) return std::nullopt;
  return static_cast<std::size_t>(at - rules.begin());
}

std::string_view tenant_of(const TenantRules& rules, std::string_view cluster,
                           std::string_view name_space, const model::LabelSet& labels) {
  const auto rule = owner(rules, cluster, name_space, labels);
  return rule ? std::string_view(rules[*rule].tenant) : kUnallocated;
}

Explanation explain(const TenantRules& rules, std::string_view cluster, std::string_view name_space,
                    const model::LabelSet& labels) {
  Explanation out;
  for (std::size_t i = 0; i < rules.size() && !out.rule; ++i) {
    Clause clause;
    clause.cluster(rules[i].cluster, cluster);
    clause.name_space(rules[i].namespaces, name_space);
    for (const auto& [name, pattern] : rules[i].labels) clause.label(name, pattern, labels);
    if (!clause.failed()) out.rule = i;
    out.clauses.push_back(clause.text());
  }
  return out;
}

std::string hash_of(const TenantRules& rules) {
  if (rules.empty()) return {};
  Hash hash;
  for (const TenantRule& rule : rules) {
    hash.add(rule.tenant);
    hash.add(rule.cluster);
    hash.add(rule.namespaces.size());
    for (const std::string& pattern : rule.namespaces) hash.add(pattern);
    hash.add(rule.labels.size());
    for (const auto& [name, pattern] : rule.labels) {
      hash.add(name);
      hash.add(pattern);
    }
  }
  return fmt::format("{:016x}", hash.value());
}

}  // namespace exporter::cost
