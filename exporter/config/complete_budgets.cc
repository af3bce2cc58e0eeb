#include <fmt/format.h>

#include "exporter/config/names.h"

namespace exporter::config {
namespace {

void check_tenants(Loading& loading) {
  const auto& budgets = loading.config.budgets;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    const cost::Budget& budget = budgets[i];
    if (budget.tenant.empty()) continue;
    const std::string path = fmt::format("budgets[{}].tenant", i);
    if (!budget.namespaces.empty() || !budget.labels.empty()) {
      loading.fault(path, fmt::format("stands beside {}; write one of the two",
                                      budget.namespaces.empty() ? "labels" : "namespaces"));
    }
    check_tenant(loading, path, budget.tenant);
  }
}

}  // namespace

void complete_budgets(Loading& loading) {
  std::vector<std::string_view> names;
  std::vector<std::string_view> clusters;
  for (const cost::Budget& budget : loading.config.budgets) {
    names.push_back(budget.name);
    clusters.push_back(budget.cluster);
  }
  check_unique(loading, "budgets", names);
  check_clusters(loading, "budgets", clusters);
  check_tenants(loading);
}

void complete_policies(Loading& loading) {
  std::vector<std::string_view> names;
  for (const cost::Policy& policy : loading.config.policies) names.push_back(policy.name);
  check_unique(loading, "policies", names);
}

}  // namespace exporter::config
