// What clusters cost: workloads, idle and unmounted beside each other.
#include <map>

#include "exporter/api/columns.h"
#include "exporter/api/cost_window.h"
#include "exporter/api/group.h"
#include "exporter/api/handlers.h"
#include "exporter/api/windows.h"

namespace exporter::api {
namespace {

constexpr Column nullable(Column column) {
  column.nullable = true;
  return column;
}

constexpr std::array kFigures = {
    money("allocated_cost", "What workloads cost, of which a tenant sees its own."),
    nullable(money("idle_cost", "What nodes cost and nobody reserved; null for a tenant.")),
    nullable(money("unmounted_cost",
                   "What volumes and load balancers cost that serve no pod; null for a tenant.")),
    Column{.name = "total_cost",
           .kind = Kind::money,
           .meaning = "All of it together; for a tenant, what its workloads cost.",
           .summed = true,
           .focus = "EffectiveCost"}};
constexpr Column kResource{
    .name = "resource",
    .meaning =
        "cpu, memory, gpu, storage, network, load_balancer, shared or external. But for the "
        "first two, those that cost nothing are left out.",
    .example = "cpu"};
constexpr auto kTotalColumns = join(kByCluster, kFigures);
constexpr auto kByTypeColumns = join(std::array{kCluster, kResource}, kFigures);
constexpr std::array kParameters = {kWindow};

struct Total {
  model::Costs allocated{}, idle{}, unmounted{};
};

using Totals = std::map<std::string_view, Total>;  // by cluster

Totals totals_of(const Question& question, Stretch stretch) {
  Totals totals;
  for (const cost::SourceReport& source : question.publication.report.sources) {
    const Known known = known_of(source, stretch, question.scope);
    if (!known.costs) continue;
    for (const Group& one :
         group(*known.costs->rows, {By::cluster}, question.scope, *question.publication.rules)) {
      totals[one.names[0]].allocated += one.costs;
    }
    if (!question.scope.everything()) continue;
    for (const auto& [cluster, costs] : known.costs->idle) totals[cluster].idle += costs;
    for (const auto& [cluster, costs] : known.costs->unmounted) totals[cluster].unmounted += costs;
  }
  return totals;
}

void add_figures(Table& table, Cost allocated, Cost idle, Cost unmounted, const Scope& scope) {
  table.cells.emplace_back(allocated);
  table.cells.push_back(scope.everything() ? Value{idle} : Value{});
  table.cells.push_back(scope.everything() ? Value{unmounted} : Value{});
  table.cells.emplace_back(allocated + idle + unmounted);
}

Answer<Table> total(const Question& question) {
  const std::string& window = question.parameters.of("window");
  Table table = table_of(question, window, kTotalColumns);
  for (const auto& [cluster, all] : totals_of(question, stretch_of(window))) {
    table.cells.emplace_back(cluster);
    add_figures(table, all.allocated.total(), all.idle.total(), all.unmounted.total(),
                question.scope);
  }
  return table;
}

Answer<Table> by_type(const Question& question) {
  const std::string& window = question.parameters.of("window");
  Table table = table_of(question, window, kByTypeColumns);
  for (const auto& [cluster, all] : totals_of(question, stretch_of(window))) {
    for (std::size_t i = 0; i < model::kResources; ++i) {
      const bool always = i <= static_cast<std::size_t>(model::Resource::memory);
      const Cost allocated = all.allocated.by[i];
      const Cost idle = all.idle.by[i];
      const Cost unmounted = all.unmounted.by[i];
      const Cost nothing;
      if (!always && allocated == nothing && idle == nothing && unmounted == nothing) continue;
      table.cells.emplace_back(cluster);
      table.cells.emplace_back(model::kResourceNames[i]);
      add_figures(table, allocated, idle, unmounted, question.scope);
    }
  }
  return table;
}

}  // namespace

const RowsRoute kCostTotal{kParameters, kTotalColumns, total, "-total_cost"};
const RowsRoute kCostByType{kParameters, kByTypeColumns, by_type, "-total_cost"};

}  // namespace exporter::api
