#include "exporter/config/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exporter/config/text.h"

namespace exporter::config {
namespace {

/// Empty while OpenCost may give a cluster any name.
std::vector<std::string> known_clusters(const Config& config) {
  std::vector<std::string> names;
  for (const poll::Source& source : config.clusters) {
    if (!source.named) return {};
    names.push_back(source.name);
  }
  return names;
}

std::string unknown(std::string_view name, std::string_view kind,
                    const std::vector<std::string>& known) {
  const auto near = nearest(name, known);
  return fmt::format("{} is not the name of a {}; {}", in_quotes(name), kind,
                     near ? fmt::format("did you mean {}?", *near)
                          : fmt::format("known are {}", join(known, ", ")));
}

}  // namespace

void check_unique(Loading& loading, std::string_view section,
                  const std::vector<std::string_view>& names) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    const auto [first, fresh] = seen.emplace(names[i], i);
    if (fresh) continue;
    loading.fault(fmt::format("{}[{}].name", section, i),
                  fmt::format("{} is the name of {}[{}] as well; give each its own",
                              in_quotes(names[i]), section, first->second));
  }
}

void check_clusters(Loading& loading, std::string_view section,
                    const std::vector<std::string_view>& clusters) {
  const std::vector<std::string> known = known_clusters(loading.config);
  if (known.empty()) return;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (clusters[i].empty()) continue;
    if (std::find(known.begin(), known.end(), clusters[i]) != known.end()) continue;
    loading.fault(fmt::format("{}[{}].cluster", section, i),
                  unknown(clusters[i], "cluster", known));
  }
}

std::vector<std::string> known_tenants(const Loading& loading) {
  std::set<std::string> names;
  for (const cost::TenantRule& rule : loading.config.tenants) {
    if (rule.tenant.empty()) return {};
    names.insert(rule.tenant);
  }
  return {names.begin(), names.end()};
}

void check_tenant(Loading& loading, const std::string& path, const std::string& name, Rest rest) {
  std::vector<std::string> known = known_tenants(loading);
  if (known.empty()) {
    if (!loading.config.tenants.empty() || loading.has_faults("tenants")) return;
    loading.fault(path, fmt::format("{} is the name of a tenant, and there are none; write rules "
                                    "in the section tenants",
                                    in_quotes(name)));
    return;
  }
  if (rest == Rest::counts) known.emplace_back(cost::kUnallocated);
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  loading.fault(path, unknown(name, "tenant", known));
}

}  // namespace exporter::config
