// What each tenant costs, over all clusters it is in.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "exporter/api/columns.h"
#include "exporter/api/cost_window.h"
#include "exporter/api/handlers.h"

namespace exporter::api {
namespace {

using cost::SourceReport;

constexpr Column figure(std::string_view name, std::string_view meaning) {
  return {.name = name, .kind = Kind::money, .meaning = meaning, .nullable = true};
}

constexpr std::array kColumns = {
    kTenant,
    figure("cost_per_hour", "What an hour costs, as in the current window."),
    figure("today",
           "What was spent today; null, as all figures, while this is not known of one "
           "of the clusters the tenant is in: a smaller sum must never look like a "
           "saving."),
    figure("yesterday", "What was spent yesterday."),
    figure("last_7_days", "What was spent on the seven days before today."),
    figure("month_to_date", "What was spent this month."),
    figure("last_month", "What was spent last month."),
    figure("forecast", "What will have been spent when this month ends."),
    figure("shared_cost_per_hour",
           "Its share of common cost an hour, which stands in no other figure; null where that is "
           "not shared by tenants, or a cluster is not known."),
};
constexpr std::size_t kShared = kColumns.size() - 2;  // of the figures
using Figures = std::array<std::optional<Cost>, kColumns.size() - 1>;
using ByTenant = std::map<std::string_view, Cost>;
/// What a source knows of each figure but the share, in the order of the columns.
using Parts = std::array<std::optional<ByTenant>, kShared>;

ByTenant by_tenant(const std::vector<cost::TenantCost>& rows, const Scope& scope) {
  ByTenant out;
  for (const cost::TenantCost& row : rows) {
    if (scope.everything() || row.tenant == scope.tenant()) out[row.tenant] += row.costs.total();
  }
  return out;
}

ByTenant rates_of(const cost::Attribution& current, const Scope& scope) {
  ByTenant out = by_tenant(current.tenants, scope);
  for (auto& [tenant, cost] : out) {
    cost = at_rate(cost, current.of->window, std::chrono::hours(1)).value_or(Cost{});
  }
  return out;
}

Parts parts_of(const SourceReport& source, const Scope& scope) {
  Parts parts;
  if (source.attribution) parts.front() = rates_of(*source.attribution, scope);
  for (std::size_t i = 0; i < model::kPeriods.size(); ++i) {
    const Known known = known_of(source, model::kPeriods[i], scope);
    if (!known.attribution || known.coverage.known.count() == 0) continue;
    parts[i + 1] = by_tenant(known.attribution->tenants, scope);
  }
  // It holds what is known of the month, and so may be seen where that may.
  constexpr auto kMonthToDate = model::Period::month_to_date;
  const bool seen =
      known_of(source, kMonthToDate, scope).costs == source.period(kMonthToDate).costs;
  if (source.tenant_forecast && seen) {
    parts.back() = by_tenant(source.tenant_forecast->tenants, scope);
  }
  return parts;
}

/// Adds what a source knows. A figure that it does not know of a tenant it has is not known.
void add(const Parts& parts, std::map<std::string_view, Figures>& all) {
  std::set<std::string_view> tenants;
  for (const auto& part : parts) {
    if (!part) continue;
    for (const auto& [tenant, cost] : *part) tenants.insert(tenant);
  }
  for (std::string_view tenant : tenants) {
    const auto [at, fresh] = all.try_emplace(tenant);
    if (fresh) at->second.fill(Cost{});
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::optional<Cost>& figure = at->second[i];
      if (!parts[i]) {
        figure.reset();
      } else if (const auto cost = parts[i]->find(tenant); figure && cost != parts[i]->end()) {
        *figure += cost->second;
      }
    }
  }
}

/// While a cluster is not known, monthly amounts are borne by nobody.
void add_shares(const cost::Report& report, std::map<std::string_view, Figures>& all) {
  const bool known = report.shared_over_tenants &&
                     std::all_of(report.sources.begin(), report.sources.end(),
                                 [](const SourceReport& source) { return source.current; });
  for (auto& [tenant, figures] : all) {
    if (!known) figures[kShared].reset();
  }
  for (const cost::SharedCost& share : report.shared) {
    const auto at = all.find(share.target);
    if (known && at != all.end()) *at->second[kShared] += share.per_hour;
  }
}

Answer<Table> rows(const Question& question) {
  Table table = table_of(question, "current", kColumns);
  const cost::Report& report = question.publication.report;
  std::map<std::string_view, Figures> all;
  for (const SourceReport& source : report.sources) add(parts_of(source, question.scope), all);
  add_shares(report, all);
  for (const auto& [tenant, figures] : all) {
    table.cells.emplace_back(tenant);
    for (const auto& cost : figures) table.cells.push_back(cost ? Value{*cost} : Value{});
  }
  return table;
}

}  // namespace

constexpr RowsRoute kTenants{.parameters = {}, .columns = kColumns, .rows = rows, .sort = "tenant"};

}  // namespace exporter::api
