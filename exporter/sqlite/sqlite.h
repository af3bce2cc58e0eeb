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

/// What refused, as far as a caller can do something about it.
enum class Reason : std::uint8_t {
  busy,       // another connection holds the file
  damaged,    // not a database, or its pages do not fit together
  read_only,  // neither the file nor its folder may be written
  full,       // no space, no quota, or a file as large as it may be
  io,         // anything else the disk or the system refuses
  refused,    // SQL that does not fit the tables: one is missing, a constraint does not hold
};

/// SQLite's primary and extended result codes, and its words for them; where the operating system
/// refused, its words follow: `disk I/O error: Input/output error`.
struct Failure {
  int code = 0;
  int extended = 0;
  std::string message;
  Reason reason = Reason::io;
};

template <class T>
using Outcome = tl::expected<T, Failure>;

/// A prepared statement. Bound text is not copied: it must live until the next reset(), or until it
/// is bound anew. Bindings outlive reset().
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
  /// Creates the file if need be, and refuses one that may only be read. `:memory:` is a database
  /// of its own. Waits for nobody: what another connection holds is busy at once.
  static Outcome<Database> open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs statements, several with `;` between them, and drops the rows they give.
  Outcome<void> execute(const std::string& sql);
  Outcome<Statement> prepare(std::string_view sql);
  /// The first column of the first row; an empty result is a failure.
  Outcome<std::int64_t> integer(std::string_view sql);
  Outcome<std::string> text(std::string_view sql);
  std::int64_t last_insert_id() const;
  /// Whether closing leaves a write-ahead log as it is, for whoever opens the file next, instead of
  /// writing it into the file. False at first.
  void keep_log(bool keep);

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_ = nullptr;
};

/// Begins an immediate transaction; rolls it back unless it was committed. The database must stay
/// where it is meanwhile.
class Transaction {
 public:
  static Outcome<Transaction> begin(Database& database);
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// After a failure the transaction is still to be rolled back.
  Outcome<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_ = nullptr;
};

}  // namespace exporter::sqlite
