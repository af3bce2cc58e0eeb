// What policies would act on. Nothing is ever scaled.
#include <array>

#include "exporter/api/columns.h"
#include "exporter/api/cost_window.h"
#include "exporter/api/handlers.h"
#include "exporter/api/windows.h"

namespace exporter::api {
namespace {

constexpr std::array kColumns = {
    Column{.name = "policy", .meaning = "The policy.", .example = "weekend-dev"},
    kCluster,
    kNamespace,
    kControllerKind,
    kController,
    Column{.name = "verdict",
           .meaning = "`would_act`: nothing is ever scaled. How many workloads were passed over, "
                      "and why, are metrics.",
           .example = "would_act"},
    Column{.name = "cost_per_hour",
           .kind = Kind::money,
           .meaning = "What CPU, memory and GPU cost an hour in the current window.",
           .nullable = true},
    Column{.name = "saving_per_month",
           .kind = Kind::money,
           .meaning = "What 730 hours of that cost.",
           .nullable = true,
           .summed = true},
    Column{.name = "idle_since",
           .kind = Kind::time,
           .meaning = "The window began in which it was idle first, of all up to the last."},
};

Value amount(std::optional<Cost> cost) { return cost ? Value{*cost} : Value{}; }

void add(Table& table, const cost::PolicyStatus& status, const cost::PolicyMatch& match) {
  const model::Window window = status.of->window;
  table.add({std::string_view(status.policy), match.workload.cluster, match.workload.name_space,
             match.workload.kind, match.workload.name, to_string(cost::Verdict::would_act),
             amount(at_rate(match.cost, window, std::chrono::hours(1))),
             amount(at_rate(match.cost, window, kMonth)), SystemTime(match.idle_since)});
}

Answer<Table> rows(const Question& question) {
  Table table = table_of(question, "current", kColumns);
  const Scope& scope = question.scope;
  for (const cost::SourceReport& source : question.publication.report.sources) {
    for (const auto& status : source.policies) {
      if (!status) continue;
      for (const cost::PolicyMatch& match : status->matches) {
        const bool seen = scope.everything() || scope.sees_whole(match.workload, *status->of->rows);
        if (seen) add(table, *status, match);
      }
    }
  }
  return table;
}

}  // namespace

constexpr RowsRoute kPolicies{
    .parameters = {}, .columns = kColumns, .rows = rows, .sort = "-saving_per_month"};

}  // namespace exporter::api
