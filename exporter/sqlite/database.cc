#include <sqlite3.h>

#include <utility>

#include "exporter/sqlite/failure.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::sqlite {

Outcome<Database> Database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  // Even a failed opening gives a handle, which knows why and is to be closed.
  Database database(handle);
  if (result != SQLITE_OK) return tl::unexpected(last_failure(handle, path));
  if (sqlite3_db_readonly(handle, "main") == 1) {
    return tl::unexpected(Failure{.code = SQLITE_READONLY,
                                  .extended = SQLITE_READONLY,
                                  .message = sqlite3_errstr(SQLITE_READONLY),
                                  .reason = Reason::read_only});
  }
  return database;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Outcome<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return tl::unexpected(last_failure(handle_));
  }
  return {};
}

Outcome<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK) {
    return tl::unexpected(last_failure(handle_));
  }
  return Statement(statement);
}

namespace {

Outcome<Statement> first_row(Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  if (!statement) return statement;
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) {
    return tl::unexpected(Failure{.code = SQLITE_ERROR,
                                  .extended = SQLITE_ERROR,
                                  .message = "no row from " + std::string(sql),
                                  .reason = Reason::refused});
  }
  return statement;
}

}  // namespace

Outcome<std::int64_t> Database::integer(std::string_view sql) {
  const auto statement = first_row(*this, sql);
  if (!statement) return tl::unexpected(statement.error());
  return statement->integer(0);
}

Outcome<std::string> Database::text(std::string_view sql) {
  const auto statement = first_row(*this, sql);
  if (!statement) return tl::unexpected(statement.error());
  return std::string(statement->text(0));
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }

void Database::keep_log(bool keep) {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

Outcome<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
    return tl::unexpected(begun.error());
  }
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Some failures roll back by themselves, and then there is nothing left to do it to.
  static_cast<void>(database_->execute("ROLLBACK"));
}

Outcome<void> Transaction::commit() {
  auto committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace exporter::sqlite
