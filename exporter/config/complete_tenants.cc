#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/names.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

using cost::TenantRule;

bool takes_all_namespaces(const TenantRule& rule) {
  const auto any = [](const std::string& pattern) {
    return pattern.find_first_not_of('*') == std::string::npos;
  };
  return rule.namespaces.empty() ||
         std::any_of(rule.namespaces.begin(), rule.namespaces.end(), any);
}

bool match_the_same(const TenantRule& a, const TenantRule& b) {
  return a.cluster == b.cluster && a.labels == b.labels &&
         std::is_permutation(a.namespaces.begin(), a.namespaces.end(), b.namespaces.begin(),
                             b.namespaces.end());
}

/// Why nothing is left for `rule` after `before`; empty where something may be.
std::string hidden_by(const TenantRule& before, const TenantRule& rule, std::size_t index) {
  const std::string name = fmt::format("tenants[{}]", index);
  if (match_the_same(before, rule)) {
    if (before.tenant == rule.tenant) return fmt::format("is the same as {}; leave one out", name);
    return fmt::format(
        "takes nothing, since {} matches the same and stands before it; leave one "
        "out",
        name);
  }
  if (!takes_all_namespaces(before) || !before.labels.empty()) return "";
  if (before.cluster.empty()) {
    return fmt::format("takes nothing, since {} before it takes all; move it up", name);
  }
  if (before.cluster != rule.cluster) return "";
  return fmt::format("takes nothing, since {} before it takes all of the cluster {}; move it up",
                     name, in_quotes(before.cluster));
}

}  // namespace

// A rule with a fault says less than was meant, and so says nothing about others.
void complete_tenants(Loading& loading) {
  const cost::TenantRules& rules = loading.config.tenants;
  std::vector<std::string_view> clusters;
  std::vector<std::size_t> sound;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    clusters.push_back(rules[i].cluster);
    const std::string path = fmt::format("tenants[{}]", i);
    if (loading.has_faults(path)) continue;
    for (const std::size_t before : sound) {
      const std::string why = hidden_by(rules[before], rules[i], before);
      if (why.empty()) continue;
      loading.fault(path, why);
      break;
    }
    sound.push_back(i);
  }
  check_clusters(loading, "tenants", clusters);
}

}  // namespace exporter::config
