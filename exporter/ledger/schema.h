// The tables of a ledger, how an older file becomes a present one, and whether a file has them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "exporter/sqlite/sqlite.h"

namespace exporter::ledger {

/// `OCXL`; tells a ledger from other SQLite files, and the first step writes it.
inline constexpr std::int64_t kApplicationId = 0x4f43584c;

/// The step at i makes version i + 1 of version i, and version 0 is an empty file. A step is never
/// changed once it was released: a new version is one more step.
std::span<const std::string_view> schema_steps();

/// Takes the steps that are still to be taken, each as one transaction together with the number of
/// the version it makes (`user_version`).
sqlite::Outcome<void> migrate(sqlite::Database& database, std::span<const std::string_view> steps);

/// Says which table of `reference` is missing in `database` or differs. What it has besides is
/// somebody else's.
sqlite::Outcome<void> compare_schema(sqlite::Database& database, sqlite::Database& reference);

}  // namespace exporter::ledger
