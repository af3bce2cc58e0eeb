#include "exporter/ledger/amounts.h"

namespace exporter::ledger {
namespace {

Cost wrapping_sum(Cost a, Cost b) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(a.micros) +
                                    static_cast<std::uint64_t>(b.micros))};
}

}  // namespace

Amounts& Amounts::operator+=(const Amounts& other) {
  for (std::size_t i = 0; i < model::kResources; ++i) {
    costs.by[i] = wrapping_sum(costs.by[i], other.costs.by[i]);
  }
  reported = wrapping_sum(reported, other.reported);
  return *this;
}

Cost wrapping_total(const model::Costs& costs) {
  Cost total;
  for (const Cost cost : costs.by) total = wrapping_sum(total, cost);
  return total;
}

std::string amount_columns() {
  std::string columns;
  for (const std::string_view name : model::kResourceNames) columns.append(name).append(", ");
  return columns + "reported_total";
}

void bind_amounts(sqlite::Statement& statement, int first, const Amounts& amounts) {
  for (const Cost cost : amounts.costs.by) statement.bind(first++, cost.micros);
  statement.bind(first, amounts.reported.micros);
}

Amounts read_amounts(const sqlite::Statement& statement, int first) {
  Amounts amounts;
  for (Cost& cost : amounts.costs.by) cost.micros = statement.integer(first++);
  amounts.reported.micros = statement.integer(first);
  return amounts;
}

}  // namespace exporter::ledger
