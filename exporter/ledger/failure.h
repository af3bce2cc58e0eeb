// What the file did wrong, in the words of the door.
#pragma once

#include <string>

#include "exporter/ledger/ledger.h"
#include "exporter/sqlite/sqlite.h"

namespace exporter::ledger {

/// For what SQLite reads without complaint and a ledger cannot hold.
tl::unexpected<sqlite::Failure> damage(std::string what);

/// With the path and what to do.
Failure described(const std::string& path, const sqlite::Failure& failure);

}  // namespace exporter::ledger
