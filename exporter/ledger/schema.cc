#include "exporter/ledger/schema.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "exporter/ledger/failure.h"
#include "exporter/model/model.h"

namespace exporter::ledger {
namespace {

// A further resource needs a further step, which adds its column to cost and cluster_total.
static_assert(model::kResourceNames ==
              std::array<std::string_view, 8>{"cpu", "memory", "gpu", "storage", "network",
                                              "load_balancer", "shared", "external"});

// Times are seconds since 1970, answered_at milliseconds; money is in millionths. `labels` are
// lists as text_list.h writes them, in label_set names and values in turn. `last_end` is when the
// last day ended that named the row: with that day it may go.
constexpr std::string_view kVersion1 = R"(
PRAGMA application_id = 1329813580;
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE workload (
  id INTEGER PRIMARY KEY,
  cluster TEXT NOT NULL,
  namespace TEXT NOT NULL,
  controller_kind TEXT NOT NULL,
  controller TEXT NOT NULL,
  kind INTEGER NOT NULL,
  last_end INTEGER NOT NULL,
  UNIQUE (controller, namespace, cluster, controller_kind, kind)
) STRICT;
CREATE TABLE label_set (
  id INTEGER PRIMARY KEY,
  labels TEXT NOT NULL UNIQUE,
  last_end INTEGER NOT NULL
) STRICT;
CREATE TABLE day (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  state INTEGER NOT NULL,
  answered_at INTEGER NOT NULL,
  answers INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  lived_start INTEGER NOT NULL,
  lived_end INTEGER NOT NULL,
  answer_bytes INTEGER NOT NULL,
  rows_rejected INTEGER NOT NULL,
  labels TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  total INTEGER NOT NULL,
  UNIQUE (source, starts)
) STRICT;
CREATE TABLE cost (
  day INTEGER NOT NULL REFERENCES day,
  workload INTEGER NOT NULL REFERENCES workload,
  label_set INTEGER NOT NULL REFERENCES label_set,
  cpu INTEGER NOT NULL,
  memory INTEGER NOT NULL,
  gpu INTEGER NOT NULL,
  storage INTEGER NOT NULL,
  network INTEGER NOT NULL,
  load_balancer INTEGER NOT NULL,
  shared INTEGER NOT NULL,
  external INTEGER NOT NULL,
  reported_total INTEGER NOT NULL,
  PRIMARY KEY (day, workload, label_set)
) STRICT, WITHOUT ROWID;
CREATE TABLE cluster_total (
  day INTEGER NOT NULL REFERENCES day,
  cluster TEXT NOT NULL,
  cpu INTEGER NOT NULL,
  memory INTEGER NOT NULL,
  gpu INTEGER NOT NULL,
  storage INTEGER NOT NULL,
  network INTEGER NOT NULL,
  load_balancer INTEGER NOT NULL,
  shared INTEGER NOT NULL,
  external INTEGER NOT NULL,
  reported_total INTEGER NOT NULL,
  PRIMARY KEY (day, cluster)
) STRICT, WITHOUT ROWID;
)";

// What is to be known again after a restart, beside the days.
constexpr std::string_view kVersion2 = R"(
CREATE TABLE note (
  source INTEGER NOT NULL REFERENCES source,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (source, topic, key)
) STRICT, WITHOUT ROWID;
)";

constexpr std::array kSteps = {kVersion1, kVersion2};

}  // namespace

std::span<const std::string_view> schema_steps() { return kSteps; }

sqlite::Outcome<void> migrate(sqlite::Database& database, std::span<const std::string_view> steps) {
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  for (auto next = static_cast<std::size_t>(*version); next < steps.size(); ++next) {
    auto transaction = sqlite::Transaction::begin(database);
    if (!transaction) return tl::unexpected(transaction.error());
    if (auto done = database.execute(std::string(steps[next])); !done) return done;
    const std::string numbered = fmt::format("PRAGMA user_version = {}", next + 1);
    if (auto done = database.execute(numbered); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
  }
  return {};
}

sqlite::Outcome<void> compare_schema(sqlite::Database& database, sqlite::Database& reference) {
  auto expected = reference.prepare(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
  if (!expected) return tl::unexpected(expected.error());
  auto found = database.prepare("SELECT sql FROM sqlite_schema WHERE type = ?1 AND name = ?2");
  if (!found) return tl::unexpected(found.error());
  while (true) {
    const auto more = expected->step();
    if (!more) return tl::unexpected(more.error());
    if (!*more) return {};
    const std::string type(expected->text(0)), name(expected->text(1));
    found->bind(1, type);
    found->bind(2, name);
    const auto there = found->step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return damage(fmt::format("its {} {} is missing", type, name));
    if (found->text(0) != expected->text(2)) {
      return damage(fmt::format("its {} {} has other columns", type, name));
    }
    found->reset();
  }
}

}  // namespace exporter::ledger
