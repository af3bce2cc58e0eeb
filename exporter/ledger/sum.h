// Days added up, from one store or from several.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/ledger/amounts.h"
#include "exporter/ledger/store.h"
#include "exporter/model/model.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::ledger {

/// Every day is held against the totals that were written with its rows, so that what a damaged
/// file says does not become money. After a failure the sum is of no use.
class Sum {
 public:
  explicit Sum(model::Window window);

  /// REQUIRES: the days are recorded ones, and of this store.
  sqlite::Outcome<void> add(Store& store, const std::vector<Day>& days);

  /// REQUIRES: called once, at the end.
  std::shared_ptr<const model::AllocationTable> finish();

 private:
  struct Ids;
  struct Row;

  sqlite::Outcome<void> add_day(sqlite::Statement& select, const Day& day, Ids& ids);
  sqlite::Outcome<void> add_named(sqlite::Database& database, const Ids& ids);
  sqlite::Outcome<void> add_row(sqlite::Statement& workload, const Row& row,
                                std::uint32_t label_set);
  sqlite::Outcome<std::uint32_t> label_set(sqlite::Statement& select, std::int64_t id);
  sqlite::Outcome<void> check_clusters(sqlite::Database& database, const std::vector<Day>& days);
  void add_lived(model::Window lived);

  std::shared_ptr<model::AllocationTable> table_;
  std::map<std::string, std::uint32_t, std::less<>> label_sets_;  // as text -> index in table_
  std::map<std::string, Amounts, std::less<>> clusters_;          // of the store being added
};

}  // namespace exporter::ledger
