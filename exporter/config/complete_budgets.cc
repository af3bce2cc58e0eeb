#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exporter/config/loading.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

void check_names(Loading& loading) {
  std::map<std::string_view, std::size_t> seen;
  const auto& budgets = loading.config.budgets;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    if (budgets[i].name.empty()) continue;
    const auto [first, fresh] = seen.emplace(budgets[i].name, i);
    if (fresh) continue;
    loading.fault(fmt::format("budgets[{}].name", i),
                  fmt::format("{} is the name of budgets[{}] as well; give each its own",
                              in_quotes(budgets[i].name), first->second));
  }
}

/// Empty while OpenCost may give a cluster any name, as it does where none is configured.
std::vector<std::string> known_clusters(const Config& config) {
  std::vector<std::string> names;
  for (const poll::Source& source : config.clusters) {
    if (!source.named) return {};
    names.push_back(source.name);
  }
  return names;
}

void check_clusters(Loading& loading) {
  const std::vector<std::string> known = known_clusters(loading.config);
  if (known.empty()) return;
  const auto& budgets = loading.config.budgets;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    const std::string& cluster = budgets[i].cluster;
    if (cluster.empty() || std::find(known.begin(), known.end(), cluster) != known.end()) continue;
    const auto near = nearest(cluster, known);
    loading.fault(fmt::format("budgets[{}].cluster", i),
                  near ? fmt::format("{} is not the name of a cluster; did you mean {}?",
                                     in_quotes(cluster), *near)
                       : fmt::format("{} is not the name of a cluster; known are {}",
                                     in_quotes(cluster), join(known, ", ")));
  }
}

}  // namespace

void complete_budgets(Loading& loading) {
  check_names(loading);
  check_clusters(loading);
  std::set<std::string> labels;
  for (const cost::Budget& budget : loading.config.budgets) {
    for (const auto& [name, pattern] : budget.labels) labels.insert(name);
  }
  loading.config.schedule.labels.assign(labels.begin(), labels.end());
}

}  // namespace exporter::config
