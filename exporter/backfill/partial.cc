#include "exporter/backfill/partial.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "exporter/backfill/lines.h"

namespace exporter::backfill {
namespace {

using sqlite::Outcome;
using std::chrono::sys_seconds;

// SQLite's primary result code.
constexpr int kConstraint = 19;

// Of a few hundred bytes each. Beyond, the file is asked again.
constexpr std::size_t kRememberedSeries = 100'000;

constexpr const char* kTables =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE done(source TEXT, start INTEGER, empty INTEGER NOT NULL,"
    " PRIMARY KEY(source, start)) WITHOUT ROWID;"
    "CREATE TABLE family(id INTEGER PRIMARY KEY, name TEXT NOT NULL, header TEXT NOT NULL);"
    "CREATE TABLE series(id INTEGER PRIMARY KEY, family INTEGER NOT NULL, labels TEXT NOT NULL,"
    " UNIQUE(family, labels));"
    "CREATE TABLE point(time INTEGER, series INTEGER, value TEXT NOT NULL,"
    " PRIMARY KEY(time, series)) WITHOUT ROWID;"
    "CREATE TABLE rank(series INTEGER PRIMARY KEY, place INTEGER NOT NULL)";

// By Partial::Use.
constexpr std::string_view kStatements[] = {
    "SELECT 1 FROM done WHERE source = ?1 AND start = ?2",
    "INSERT INTO done VALUES(?1, ?2, ?3)",
    "INSERT OR IGNORE INTO family VALUES(?1, ?2, ?3)",
    "SELECT id FROM series WHERE family = ?1 AND labels = ?2",
    "INSERT INTO series(family, labels) VALUES(?1, ?2)",
    "INSERT INTO point VALUES(?1, ?2, ?3)",
};

std::int64_t seconds_of(sys_seconds time) { return time.time_since_epoch().count(); }

std::int64_t place_in_catalogue(std::string_view family) {
  const auto same = [&](const metrics::MetricSpec& spec) { return spec.name == family; };
  const auto at =
      std::find_if(std::begin(metrics::kCatalogue), std::end(metrics::kCatalogue), same);
  return at - std::begin(metrics::kCatalogue);
}

std::string difference(const Parameters& begun, const Parameters& now) {
  std::string out;
  for (const auto& parameter : now) {
    const auto same = [&](const auto& other) { return other.first == parameter.first; };
    const auto was = std::find_if(begun.begin(), begun.end(), same);
    const std::string_view before = was == begun.end() ? std::string_view() : was->second;
    if (before == parameter.second) continue;
    out += fmt::format("{}{} was \"{}\" and is \"{}\"", out.empty() ? "" : ", ", parameter.first,
                       before, parameter.second);
  }
  return out;
}

}  // namespace

tl::unexpected<Error> Partial::failed(const sqlite::Failure& failure) const {
  if (failure.reason == sqlite::Reason::busy)
    return fail(fmt::format("{}: another backfill is writing it", path_));
  return fail(fmt::format("{}: {}", path_, failure.message));
}

Result<Partial> Partial::open(const std::string& path, const Parameters& parameters) {
  auto database = sqlite::Database::open(path);
  if (!database) return fail(fmt::format("{}: {}", path, database.error().message));
  Partial partial(path, std::move(*database));
  if (const auto ok = partial.settle_in(); !ok) return partial.failed(ok.error());
  if (const auto ok = partial.begin_or_compare(parameters); !ok) return tl::unexpected(ok.error());
  if (const auto ok = partial.prepare(); !ok) return partial.failed(ok.error());
  return partial;
}

// Alone with the file until it is closed: no second run, and no shared memory beside it.
Outcome<void> Partial::settle_in() {
  for (const char* pragma : {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL"}) {
    if (auto said = database_.text(pragma); !said) return tl::unexpected(said.error());
  }
  return database_.execute("PRAGMA cache_size=-16384");
}

Result<void> Partial::begin_or_compare(const Parameters& parameters) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return failed(transaction.error());
  const auto tables = database_.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
  if (!tables) return failed(tables.error());
  if (*tables == 0) {
    if (const auto ok = database_.execute(kTables); !ok) return failed(ok.error());
    auto insert = database_.prepare("INSERT INTO meta VALUES(?1, ?2)");
    if (!insert) return failed(insert.error());
    for (const auto& [name, value] : parameters) {
      insert->bind(1, std::string_view(name));
      insert->bind(2, std::string_view(value));
      if (const auto ok = insert->run(); !ok) return failed(ok.error());
    }
  }
  Parameters begun;
  {
    auto select = database_.prepare("SELECT name, value FROM meta");
    if (!select) return failed(select.error());
    while (true) {
      const auto row = select->step();
      if (!row) return failed(row.error());
      if (!*row) break;
      begun.emplace_back(select->text(0), select->text(1));
    }
  }
  if (const auto ok = transaction->commit(); !ok) return failed(ok.error());
  const std::string differs = difference(begun, parameters);
  if (differs.empty()) return {};
  return fail(
      fmt::format("{} was begun with other parameters: {}; remove the file to begin anew, "
                  "or go on with those it was begun with",
                  path_, differs));
}

Outcome<void> Partial::prepare() {
  for (std::string_view sql : kStatements) {
    auto statement = database_.prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    statements_.push_back(std::move(*statement));
  }
  return {};
}

Result<Partial::Count> Partial::count() {
  const auto done = database_.integer("SELECT count(*) FROM done");
  if (!done) return failed(done.error());
  const auto empty = database_.integer("SELECT count(*) FROM done WHERE empty");
  if (!empty) return failed(empty.error());
  return Count{static_cast<std::uint64_t>(*done), static_cast<std::uint64_t>(*empty)};
}

Result<bool> Partial::is_done(std::string_view source, sys_seconds start) {
  sqlite::Statement& select = statement(Use::is_done);
  select.bind(1, source);
  select.bind(2, seconds_of(start));
  const auto found = select.step();
  if (!found) return failed(found.error());
  select.reset();
  return *found;
}

Outcome<void> Partial::mark_done(std::string_view source, sys_seconds start, bool empty) {
  sqlite::Statement& insert = statement(Use::mark_done);
  insert.bind(1, source);
  insert.bind(2, seconds_of(start));
  insert.bind(3, static_cast<std::int64_t>(empty));
  return insert.run();
}

Result<void> Partial::keep_empty(std::string_view source, sys_seconds start) {
  if (const auto ok = mark_done(source, start, true); !ok) return failed(ok.error());
  return {};
}

Result<void> Partial::keep(std::string_view source, sys_seconds start, sys_seconds time,
                           const metrics::Page& page, const Labels& more) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return failed(transaction.error());
  if (auto ok = add_page(page, seconds_of(time), more); !ok) return ok;
  if (const auto ok = mark_done(source, start, false); !ok) return failed(ok.error());
  if (const auto ok = transaction->commit(); !ok) return failed(ok.error());
  return {};
}

Result<void> Partial::add_page(const metrics::Page& page, std::int64_t time, const Labels& more) {
  std::string header;
  Lines lines(page.text());
  while (const auto line = lines.next()) {
    if (line->starts_with('#')) {
      header.append(*line) += '\n';
      continue;
    }
    if (!header.empty()) {
      const std::string_view family = split_sample(*line).family;
      sqlite::Statement& insert = statement(Use::add_family);
      insert.bind(1, place_in_catalogue(family));
      insert.bind(2, family);
      insert.bind(3, std::string_view(header));
      if (const auto ok = insert.run(); !ok) return failed(ok.error());
      header.clear();
    }
    if (auto ok = add_sample(*line, time, more); !ok) return ok;
  }
  return {};
}

Result<void> Partial::add_sample(std::string_view line, std::int64_t time, const Labels& more) {
  const auto id = series_id(line, more);
  if (!id) return failed(id.error());
  const Sample sample = split_sample(line);
  sqlite::Statement& insert = statement(Use::add_point);
  insert.bind(1, time);
  insert.bind(2, *id);
  insert.bind(3, sample.value);
  const auto ok = insert.run();
  if (ok) return {};
  if (ok.error().code != kConstraint) return failed(ok.error());
  return fail(
      fmt::format("the series {}{{{}}} was given before; two sources call their cluster by "
                  "the same name: give each its own `name`",
                  sample.family, sample.labels));
}

Outcome<std::int64_t> Partial::series_id(std::string_view line, const Labels& more) {
  const std::string_view printed = line.substr(0, line.rfind(' '));
  if (const auto known = ids_.find(printed); known != ids_.end()) return known->second;
  const Sample sample = split_sample(line);
  const std::int64_t family = place_in_catalogue(sample.family);
  const std::string labels = add_labels(sample.labels, more);
  sqlite::Statement& select = statement(Use::find_series);
  select.bind(1, family);
  select.bind(2, std::string_view(labels));
  const auto found = select.step();
  if (!found) return tl::unexpected(found.error());
  std::int64_t id = *found ? select.integer(0) : 0;
  select.reset();
  if (!*found) {
    sqlite::Statement& insert = statement(Use::add_series);
    insert.bind(1, family);
    insert.bind(2, std::string_view(labels));
    if (const auto ok = insert.run(); !ok) return tl::unexpected(ok.error());
    id = database_.last_insert_id();
  }
  if (ids_.size() >= kRememberedSeries) ids_.clear();
  ids_.emplace(printed, id);
  return id;
}

Outcome<void> Partial::rank_series() {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  auto ok = database_.execute(
      "DELETE FROM rank;"
      "INSERT INTO rank SELECT id, row_number() OVER (ORDER BY family, labels) FROM series");
  if (!ok) return ok;
  return transaction->commit();
}

Result<void> Partial::print(const std::function<Result<void>(std::string_view)>& put) {
  if (const auto ok = rank_series(); !ok) return failed(ok.error());
  // CROSS JOIN: SQLite would rather go by rank, and look through all points for each.
  auto points = database_.prepare(
      "SELECT place, time, value FROM point CROSS JOIN rank USING(series) ORDER BY place, time");
  if (!points) return failed(points.error());
  auto series = database_.prepare(
      "SELECT family, labels, name, header FROM series JOIN family ON family.id = family"
      " ORDER BY family, labels");
  if (!series) return failed(series.error());
  std::int64_t place = 0;
  std::int64_t family = -1;
  std::string line;
  while (true) {
    const auto row = points->step();
    if (!row) return failed(row.error());
    if (!*row) return {};
    // Each series has a point, so that both go on together.
    for (; place < points->integer(0); ++place) {
      if (const auto next = series->step(); !next) return failed(next.error());
    }
    line.clear();
    if (series->integer(0) != family) line = series->text(3);
    family = series->integer(0);
    line.append(series->text(2)).append("{").append(series->text(1)).append("} ");
    line.append(points->text(2)).append(" ");
    line.append(std::to_string(points->integer(1))).append("\n");
    if (auto ok = put(line); !ok) return ok;
  }
}

}  // namespace exporter::backfill
