// Opening a ledger's file, which must be ours alone, whole, and not from the future.
#pragma once

#include <string>

#include "exporter/ledger/ledger.h"
#include "exporter/ledger/store.h"

namespace exporter::ledger {

/// Creates the file if need be, and brings an older one up to date. A file that is refused is left
/// as it is. `reference` has the tables that the file is to have.
Result<Store, Failure> open_file(const std::string& path, Store& reference);

/// Reads every day and holds it against its totals, which opening does not.
sqlite::Outcome<void> read_all(Store& store);

/// Of the file and its journal, where there are any.
std::uint64_t bytes_on_disk(const std::string& path);

}  // namespace exporter::ledger
