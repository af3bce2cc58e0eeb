#include <sqlite3.h>

#include <cassert>
#include <utility>

#include "exporter/sqlite/failure.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::sqlite {
namespace {

// A parameter that the statement does not have is a bug.
void check(int result) {
  assert(result == SQLITE_OK);
  static_cast<void>(result);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(handle_, parameter, value));
}

void Statement::bind(int parameter, std::string_view value) {
  // Text at address zero would be bound as NULL.
  const char* const text = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(handle_, parameter, text, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_null(int parameter) { check(sqlite3_bind_null(handle_, parameter)); }

Outcome<bool> Statement::step() {
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    sqlite3_reset(handle_);
    return false;
  }
  const Failure failure = last_failure(sqlite3_db_handle(handle_));
  sqlite3_reset(handle_);
  return tl::unexpected(failure);
}

Outcome<void> Statement::run() {
  while (true) {
    const auto row = step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
  }
}

void Statement::reset() { sqlite3_reset(handle_); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::text(int column) const {
  const unsigned char* const text = sqlite3_column_text(handle_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

}  // namespace exporter::sqlite
