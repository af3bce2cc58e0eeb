// SQLite with owners for its handles and errors as values. Nothing here knows what is stored.
//
// A Database and its Statements belong to one thread at a time; the rooms that use them lock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace exporter::sqlite {

/// SQLite's primary and extended result codes, and its words for them.
struct Failure {
  int code = 0;
  int extended = 0;
  std::string message;
};

template <class T>
using Outcome = tl::expected<T, Failure>;

/// A prepared statement. Bound text is not copied: it must live until the next reset().
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  /// Parameters count from 1.
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view value);
  void bind_null(int parameter);

  /// True while there is a row to read; false at the end, and the statement is reset.
  Outcome<bool> step();
  /// Steps to the end and resets.
  Outcome<void> run();
  void reset();

  /// Columns count from 0. Text lives until the next step() or reset().
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle_ = nullptr;
};

class Database {
 public:
  /// Creates the file if need be. `:memory:` is a database of its own.
  static Outcome<Database> open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs statements that give no rows.
  Outcome<void> execute(const std::string& sql);
  Outcome<Statement> prepare(std::string_view sql);
  /// The first column of the first row; an empty result is a failure.
  Outcome<std::int64_t> integer(std::string_view sql);
  Outcome<std::string> text(std::string_view sql);
  std::int64_t last_insert_id() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_ = nullptr;
};

/// Begins an immediate transaction; rolls it back unless it was committed.
class Transaction {
 public:
  static Outcome<Transaction> begin(Database& database);
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Outcome<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_ = nullptr;
};

}  // namespace exporter::sqlite
