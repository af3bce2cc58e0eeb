// Days in one SQLite database, be it a file or in memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "exporter/ledger/ledger.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::ledger {

struct Day {
  std::int64_t id = 0;  // of its rows, in its store
  Entry entry;
};

/// Not thread-safe. Every change is one transaction.
class Store {
 public:
  /// REQUIRES: the tables of schema.h.
  explicit Store(sqlite::Database database) : database_(std::move(database)) {}
  static Store in_memory();

  sqlite::Outcome<void> record(const std::string& source, const Entry& entry,
                               const model::AllocationTable* table);
  sqlite::Outcome<void> remove(const std::string& source, std::chrono::sys_seconds start);
  /// Days that ended before `limit`, and the names nobody needs without them.
  sqlite::Outcome<void> expire(std::chrono::sys_seconds limit);

  sqlite::Outcome<std::vector<std::string>> sources();
  /// Oldest first.
  sqlite::Outcome<std::vector<Day>> days(const std::string& source);
  sqlite::Outcome<std::uint64_t> count();

  sqlite::Outcome<void> remember(const std::string& source, std::string_view topic,
                                 const Notes& notes);
  sqlite::Outcome<Notes> remembered(const std::string& source, std::string_view topic);

  sqlite::Database& database() { return database_; }

 private:
  sqlite::Outcome<std::int64_t> source_id(const std::string& source);
  sqlite::Outcome<void> forget(const std::string& source, std::chrono::sys_seconds start);
  sqlite::Outcome<std::int64_t> insert_day(const std::string& source, const Entry& entry);
  sqlite::Outcome<void> insert_rows(std::int64_t day, const Entry& entry,
                                    const model::AllocationTable& table);

  sqlite::Database database_;
};

}  // namespace exporter::ledger
