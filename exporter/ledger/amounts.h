// The amounts of a row: its cost by resource and what OpenCost reported as its total.
#pragma once

#include <string>

#include "exporter/model/model.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::ledger {

struct Amounts {
  model::Costs costs;
  Cost reported;

  /// Wraps around where a damaged file adds up to more than an amount can hold; who checks sums
  /// then finds that they differ.
  Amounts& operator+=(const Amounts& other);
  friend bool operator==(const Amounts&, const Amounts&) = default;
};

Cost wrapping_total(const model::Costs& costs);

/// The columns in the order of model::kResourceNames, and `reported_total`.
inline constexpr int kAmountColumns = static_cast<int>(model::kResources) + 1;
std::string amount_columns();

void bind_amounts(sqlite::Statement& statement, int first, const Amounts& amounts);
Amounts read_amounts(const sqlite::Statement& statement, int first);

}  // namespace exporter::ledger
