// Budgets: what was spent of them, and where the month ends.
#include <array>

#include "exporter/api/cost_window.h"
#include "exporter/api/handlers.h"

namespace exporter::api {
namespace {

constexpr std::array kColumns = {
    Column{.name = "budget", .meaning = "The budget.", .example = "payments"},
    Column{.name = "tenant",
           .meaning = "Whose it is; null where it is nobody's.",
           .nullable = true,
           .example = "payments"},
    Column{.name = "limit", .kind = Kind::money, .meaning = "The amount a month."},
    Column{.name = "spent",
           .kind = Kind::money,
           .meaning = "What was spent this month; null while nothing is known of a cluster that "
                      "counts.",
           .nullable = true},
    Column{.name = "forecast",
           .kind = Kind::money,
           .meaning = "What will have been spent when the month ends; null while the run rate of a "
                      "cluster that counts is not known.",
           .nullable = true},
    Column{.name = "spent_ratio",
           .kind = Kind::number,
           .meaning = "What was spent over the limit.",
           .nullable = true},
    Column{.name = "forecast_ratio",
           .kind = Kind::number,
           .meaning = "The forecast over the limit.",
           .nullable = true},
    Column{.name = "coverage_ratio",
           .kind = Kind::number,
           .meaning = "How much of this month is known; the least of the clusters that count."},
};

Answer<Table> rows(const Question& question) {
  Table table = table_of(question, "month_to_date", kColumns);
  const Scope& scope = question.scope;
  const double rate = question.publication.currency_rate;
  for (const cost::BudgetStatus& budget : question.publication.report.budgets) {
    if (!scope.everything() && budget.tenant != scope.tenant()) continue;
    const auto money = [](std::optional<Cost> cost) { return cost ? Value{*cost} : Value{}; };
    const auto ratio = [&](std::optional<Cost> cost) {
      return cost && budget.limit > 0 ? Value{cost->amount() * rate / budget.limit} : Value{};
    };
    const std::string_view tenant = budget.tenant;
    table.add({std::string_view(budget.name), tenant.empty() ? Value{} : Value{tenant},
               budget.limit, money(budget.spent), money(budget.forecast), ratio(budget.spent),
               ratio(budget.forecast), budget.coverage});
  }
  return table;
}

}  // namespace

constexpr RowsRoute kBudgets{.parameters = {}, .columns = kColumns, .rows = rows, .sort = "budget"};

}  // namespace exporter::api
