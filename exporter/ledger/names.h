// Numbers for workloads and label sets, so that a day's rows hold no text.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "exporter/model/model.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::ledger {

/// For the rows of one day.
class Names {
 public:
  static sqlite::Outcome<Names> open(sqlite::Database& database, std::chrono::sys_seconds day_end);

  sqlite::Outcome<std::int64_t> workload(const model::Allocation& row);
  /// REQUIRES: the label sets are those of one table.
  sqlite::Outcome<std::int64_t> label_set(const std::vector<model::LabelSet>& sets,
                                          std::uint32_t index);

 private:
  Names(sqlite::Statement workload, sqlite::Statement label_set);

  sqlite::Statement workload_;
  sqlite::Statement label_set_;
  std::vector<std::int64_t> label_sets_;  // by index in the table; 0: not asked for yet
};

}  // namespace exporter::ledger
