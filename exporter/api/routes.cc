// The one table of routes, in the order of the document.
#include <array>
#include <vector>

#include "exporter/api/handlers.h"

namespace exporter::api {
namespace {

constexpr std::string_view kRead = "GET, HEAD";

constexpr std::string_view kCurrentText =
    "The latest window that OpenCost answered for, added up by what `aggregate` says. Pods and "
    "nodes are known in this window only. Idle and unmounted cost is nobody's and is not in it: "
    "see `/api/v1/cost/total`. A tenant sees the cost of its own rows, also in a namespace, on a "
    "node or in a label that it shares with others.";
constexpr std::string_view kNamespacesText =
    "What namespaces cost in a window. A period of the calendar is the sum of its finished days "
    "and of today; `coverage` says how much of it is known. A tenant sees of each namespace what "
    "is its own.";
constexpr std::string_view kWorkloadsText =
    "What deployments, stateful sets, jobs and so on cost in a window, each as the sum of its "
    "pods. A tenant sees of each workload what is its own.";
constexpr std::string_view kPodsText =
    "What each pod cost in the latest window, the only one that knows pods. A tenant sees its own "
    "pods.";
constexpr std::string_view kLabelsText =
    "What workloads cost by the values of one label; those without it are `__unallocated__`. A "
    "tenant sees of each value what is its own.";
constexpr std::string_view kCostTenantsText =
    "What each tenant cost in a window, by the rules in force now; what no rule gives to anybody "
    "is `__unallocated__`. A tenant sees itself.";
constexpr std::string_view kTotalText =
    "What each cluster cost: what was allocated to workloads, what nodes cost that nobody "
    "reserved (idle), and volumes and load balancers that serve no pod (unmounted). To a tenant "
    "the last two are null, and what is allocated is its own.";
constexpr std::string_view kByTypeText =
    "The same by cluster and resource: CPU, memory, GPU, storage, network and so on.";
constexpr std::string_view kNodesText = "What each node cost, and how much of that was idle.";
constexpr std::string_view kByResourceText =
    "What everything cost that OpenCost has a price for: nodes, disks, load balancers and so on, "
    "whoever used it.";
constexpr std::string_view kTrendsText =
    "What was spent day by day, week by week or month by month: one row for each step and whatever "
    "`aggregate` says. What is not known is null, never 0. A day is not known to a tenant unless "
    "it recorded the labels that tell what belongs to it.";
constexpr std::string_view kMonthlyText =
    "`/api/v1/cost/trends` by month, and by namespace "
    "unless `aggregate` says something else.";
constexpr std::string_view kSavingsText =
    "What could be saved, and how. A tenant sees a saving only where all of the workload is its "
    "own; what is said of nodes and clusters is for admins.";
constexpr std::string_view kBudgetsText =
    "The budgets of the configuration: what was spent of each this month, and where the month "
    "will end. A tenant sees the budgets that are its own.";
constexpr std::string_view kPoliciesText =
    "What policies would do if they did anything: one row for each workload that one of them "
    "matches. A tenant sees the workloads all of which are its own.";
constexpr std::string_view kTenantsText =
    "Each tenant at a glance: cost per hour, today, this and last month, where this month will "
    "end, and its share of what all share. A tenant sees itself.";
constexpr std::string_view kCollectionsText =
    "The questions put to each OpenCost: those that wait, then those that are over, newest first. "
    "The last 1000 are remembered.";
constexpr std::string_view kCollectText =
    "Asks every OpenCost, or those that the body names, for `current`, `assets` and `today`, as "
    "soon as each can answer. It costs OpenCost what a poll always costs, so each is asked at most "
    "once a minute. The answer says where to look for what became of it.";
constexpr std::string_view kHealthText =
    "`starting` until something is known, `degraded` while a question to an OpenCost fails, else "
    "`ok`. Admins are told of each OpenCost and question; a tenant only whether those work in "
    "which it has cost.";
constexpr std::string_view kOpenapiText = "This document, in OpenAPI 3.1.";
constexpr std::string_view kProblemsText =
    "Everything that `code` of an error can be, with what it means.";

constexpr std::array kEndpoints = {
    Endpoint{{"/api/v1/health", kRead, Who::callers, "How the exporter is."},
             "Operation",
             kHealthText,
             nullptr,
             health},
    Endpoint{{"/api/v1/costs/current", kRead, Who::callers, "The latest costs."},
             "Costs",
             kCurrentText,
             &kCostsCurrent},
    Endpoint{{"/api/v1/cost/namespaces", kRead, Who::callers, "Costs of namespaces."},
             "Costs",
             kNamespacesText,
             &kCostNamespaces},
    Endpoint{{"/api/v1/cost/workloads", kRead, Who::callers, "Costs of workloads."},
             "Costs",
             kWorkloadsText,
             &kCostWorkloads},
    Endpoint{{"/api/v1/cost/pods", kRead, Who::callers, "Costs of pods."},
             "Costs",
             kPodsText,
             &kCostPods},
    Endpoint{{"/api/v1/cost/labels", kRead, Who::callers, "Costs by the values of a label."},
             "Costs",
             kLabelsText,
             &kCostLabels},
    Endpoint{{"/api/v1/cost/tenants", kRead, Who::callers, "Costs of tenants."},
             "Costs",
             kCostTenantsText,
             &kCostTenants},
    Endpoint{{"/api/v1/cost/total", kRead, Who::callers, "Costs of clusters, idle included."},
             "Costs",
             kTotalText,
             &kCostTotal},
    Endpoint{{"/api/v1/cost/by-type", kRead, Who::callers, "Costs of clusters by resource."},
             "Costs",
             kByTypeText,
             &kCostByType},
    Endpoint{{"/api/v1/cost/nodes", kRead, Who::admins, "Costs of nodes, idle included."},
             "Costs",
             kNodesText,
             &kCostNodes},
    Endpoint{{"/api/v1/cost/by-resource", kRead, Who::admins, "Costs of all assets."},
             "Costs",
             kByResourceText,
             &kCostByResource},
    Endpoint{{"/api/v1/cost/trends", kRead, Who::callers, "Costs by day, week or month."},
             "History",
             kTrendsText,
             &kCostTrends},
    Endpoint{{"/api/v1/cost/monthly", kRead, Who::callers, "Costs by month."},
             "History",
             kMonthlyText,
             &kCostMonthly},
    Endpoint{{"/api/v1/savings/recommendations", kRead, Who::callers, "What could be saved."},
             "Findings",
             kSavingsText,
             &kSavings},
    Endpoint{{"/api/v1/budgets", kRead, Who::callers, "Budgets and what was spent of them."},
             "Findings",
             kBudgetsText,
             &kBudgets},
    Endpoint{{"/api/v1/policies", kRead, Who::callers, "What policies would act on."},
             "Findings",
             kPoliciesText,
             &kPolicies},
    Endpoint{{"/api/v1/tenants", kRead, Who::callers, "Tenants at a glance."},
             "Findings",
             kTenantsText,
             &kTenants},
    Endpoint{{"/api/v1/collections", kRead, Who::admins, "Questions put to OpenCost."},
             "Operation",
             kCollectionsText,
             &kCollections},
    Endpoint{{"/api/v1/collections", "POST", Who::admins, "Asks OpenCost now."},
             "Operation",
             kCollectText,
             nullptr,
             start_collection},
    Endpoint{{"/api/v1/openapi.json", kRead, Who::anybody, "The API, described for programs."},
             "Reference",
             kOpenapiText,
             nullptr,
             serve_openapi},
    Endpoint{{"/api/v1/problems", kRead, Who::anybody, "The errors there are."},
             "Reference",
             kProblemsText,
             nullptr,
             serve_problems},
};

std::vector<Route> routes_of(std::span<const Endpoint> endpoints) {
  std::vector<Route> out;
  for (const Endpoint& endpoint : endpoints) out.push_back(endpoint.route);
  return out;
}

}  // namespace

std::span<const Endpoint> endpoints() { return kEndpoints; }

std::span<const Route> routes() {
  static const std::vector<Route> all = routes_of(endpoints());
  return all;
}

}  // namespace exporter::api
