// From SQLite's result codes to what a caller can do about them.
#pragma once

#include <string>

#include "exporter/sqlite/sqlite.h"

namespace exporter::sqlite {

/// What the last call on `database` failed with. `path` names a file that could not be opened,
/// whose handle no longer knows it; elsewhere it may be empty.
Failure last_failure(sqlite3* database, const std::string& path = {});

}  // namespace exporter::sqlite
