#include "exporter/sqlite/failure.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace exporter::sqlite {
namespace {

// A file that cannot be created is afterwards looked for, so that the last word of the system is
// that it does not exist. Whether the folder takes files at all is the better answer.
int true_reason(int system, const std::string& path) {
  if (system != ENOENT || path.empty()) return system;
  const std::string folder = std::filesystem::path(path).parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0) return system;
  return errno;
}

Reason reason_of_system(int system) {
  switch (system) {
    case EACCES:
    case EPERM:
    case EROFS:
      return Reason::read_only;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Reason::full;
    default:
      return Reason::io;
  }
}

Reason reason_of(int code, int system) {
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Reason::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Reason::damaged;
    case SQLITE_READONLY:
      return Reason::read_only;
    case SQLITE_FULL:
      return Reason::full;
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return Reason::refused;
    default:
      return reason_of_system(system);
  }
}

}  // namespace

Failure last_failure(sqlite3* database, const std::string& path) {
  const int system_now = errno;
  Failure failure;
  failure.extended = sqlite3_extended_errcode(database);
  failure.code = failure.extended & 0xff;
  failure.message = sqlite3_errmsg(database);
  int system = 0;
  if (failure.code == SQLITE_CANTOPEN || failure.code == SQLITE_IOERR) {
    system = sqlite3_system_errno(database);
    // SQLite does not keep it where a commit failed, but nothing has overwritten it since.
    if (system == 0) system = system_now;
    if (failure.code == SQLITE_CANTOPEN) system = true_reason(system, path);
    if (system != 0) failure.message += ": " + std::generic_category().message(system);
  }
  failure.reason = reason_of(failure.code, system);
  return failure;
}

}  // namespace exporter::sqlite
