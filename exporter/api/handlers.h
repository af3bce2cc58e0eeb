// What answers each route; the table in routes.cc puts them together. Inside api/ only.
#pragma once

#include "exporter/api/route.h"

namespace exporter::api {

// costs.cc, labels and tenants included: what was spent in a window.
extern const RowsRoute kCostsCurrent;    // /costs/current
extern const RowsRoute kCostNamespaces;  // /cost/namespaces
extern const RowsRoute kCostWorkloads;   // /cost/workloads
extern const RowsRoute kCostPods;        // /cost/pods
extern const RowsRoute kCostLabels;      // /cost/labels
extern const RowsRoute kCostTenants;     // /cost/tenants
extern const RowsRoute kCostTotal;       // /cost/total
extern const RowsRoute kCostByType;      // /cost/by-type

// assets.cc: what there is, whoever uses it.
extern const RowsRoute kCostNodes;       // /cost/nodes
extern const RowsRoute kCostByResource;  // /cost/by-resource

// history.cc: finished days of the ledger, and today.
extern const RowsRoute kCostTrends;   // /cost/trends
extern const RowsRoute kCostMonthly;  // /cost/monthly

// findings.cc
extern const RowsRoute kSavings;   // /savings/recommendations
extern const RowsRoute kBudgets;   // /budgets
extern const RowsRoute kPolicies;  // /policies
extern const RowsRoute kTenants;   // /tenants

// collections.cc
extern const RowsRoute kCollections;  // GET /collections
Reply start_collection(const Sources& sources, const Request& request,
                       const access::Caller& caller);  // POST /collections

// health.cc
Reply health(const Sources& sources, const Request& request, const access::Caller& caller);

// openapi.cc, problems.cc: what describes the API.
Reply serve_openapi(const Sources& sources, const Request& request, const access::Caller& caller);
Reply serve_problems(const Sources& sources, const Request& request, const access::Caller& caller);

}  // namespace exporter::api
