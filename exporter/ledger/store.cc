#include "exporter/ledger/store.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>

#include "exporter/ledger/amounts.h"
#include "exporter/ledger/failure.h"
#include "exporter/ledger/names.h"
#include "exporter/ledger/schema.h"
#include "exporter/ledger/text_list.h"

namespace exporter::ledger {
namespace {

using std::chrono::sys_seconds;

constexpr std::string_view kSelectDays =
    "SELECT id, starts, ends, state, answered_at, answers, settled, lived_start, lived_end, "
    "answer_bytes, rows_rejected, row_count, total, labels FROM day "
    "WHERE source = (SELECT id FROM source WHERE name = ?1) ORDER BY starts";
constexpr std::string_view kInsertDay =
    "INSERT INTO day (source, starts, ends, state, answered_at, answers, settled, lived_start, "
    "lived_end, answer_bytes, rows_rejected, row_count, total, labels) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

std::int64_t number(sys_seconds time) { return time.time_since_epoch().count(); }
sys_seconds time(std::int64_t number) { return sys_seconds(std::chrono::seconds(number)); }

// Of a table whose key is followed by the amounts, such as `cost (day, workload, label_set`.
std::string insert_amounts(std::string_view table_and_key, int key_columns) {
  std::string parameters = "?1";
  for (int i = 2; i <= key_columns + kAmountColumns; ++i) parameters += fmt::format(", ?{}", i);
  // Rows that only their pods tell apart are one row here.
  std::string added = "reported_total = reported_total + excluded.reported_total";
  for (const std::string_view name : model::kResourceNames) {
    added += fmt::format(", {0} = {0} + excluded.{0}", name);
  }
  return fmt::format("INSERT INTO {}, {}) VALUES ({}) ON CONFLICT DO UPDATE SET {}", table_and_key,
                     amount_columns(), parameters, added);
}

std::optional<Day> read_day(const sqlite::Statement& row) {
  auto labels = read_lines(row.text(13));
  const std::int64_t state = row.integer(3);
  if (!labels || state < 0 || state > 1 || row.integer(1) >= row.integer(2)) return std::nullopt;
  Day day{.id = row.integer(0), .entry = {}};
  day.entry.window = {time(row.integer(1)), time(row.integer(2))};
  day.entry.state = static_cast<State>(state);
  day.entry.answered_at = SystemTime(std::chrono::milliseconds(row.integer(4)));
  day.entry.answers = static_cast<int>(row.integer(5));
  day.entry.settled = row.integer(6) != 0;
  day.entry.lived = {time(row.integer(7)), time(row.integer(8))};
  day.entry.answer_bytes = static_cast<std::uint64_t>(row.integer(9));
  day.entry.rows_rejected = static_cast<std::uint64_t>(row.integer(10));
  day.entry.rows = static_cast<std::uint64_t>(row.integer(11));
  day.entry.total = Cost{row.integer(12)};
  day.entry.labels = *std::move(labels);
  return day;
}

}  // namespace

Store Store::in_memory() {
  auto database = sqlite::Database::open(":memory:");
  // Nothing but a lack of memory stands in the way, and then nothing else goes either.
  if (!database || !migrate(*database, schema_steps())) std::abort();
  return Store(*std::move(database));
}

sqlite::Outcome<void> Store::record(const std::string& source, const Entry& entry,
                                    const model::AllocationTable* table) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done = forget(source, entry.window.start); !done) return done;
  Entry complete = entry;
  complete.rows = table == nullptr ? 0 : table->rows.size();
  complete.total = Cost{};
  if (table != nullptr) {
    for (const model::Allocation& row : table->rows) complete.total += row.costs.total();
  }
  const auto day = insert_day(source, complete);
  if (!day) return tl::unexpected(day.error());
  if (table != nullptr) {
    if (auto done = insert_rows(*day, entry, *table); !done) return done;
  }
  return transaction->commit();
}

sqlite::Outcome<void> Store::remove(const std::string& source, sys_seconds start) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done = forget(source, start); !done) return done;
  if (auto done = database_.execute("DELETE FROM workload WHERE NOT EXISTS (SELECT 1 FROM day);"
                                    "DELETE FROM label_set WHERE NOT EXISTS (SELECT 1 FROM day)");
      !done) {
    return done;
  }
  return transaction->commit();
}

sqlite::Outcome<void> Store::expire(sys_seconds limit) {
  const std::string old = fmt::format("SELECT id FROM day WHERE ends < {}", number(limit));
  const auto any = database_.integer(fmt::format("SELECT count(*) FROM ({})", old));
  if (!any) return tl::unexpected(any.error());
  if (*any == 0) return {};
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done = database_.execute(fmt::format("DELETE FROM cost WHERE day IN ({0});"
                                                "DELETE FROM cluster_total WHERE day IN ({0});"
                                                "DELETE FROM day WHERE ends < {1};"
                                                "DELETE FROM workload WHERE last_end < {1};"
                                                "DELETE FROM label_set WHERE last_end < {1}",
                                                old, number(limit)));
      !done) {
    return done;
  }
  return transaction->commit();
}

sqlite::Outcome<std::vector<std::string>> Store::sources() {
  std::vector<std::string> names;
  auto select = database_.prepare("SELECT name FROM source ORDER BY name");
  if (!select) return tl::unexpected(select.error());
  while (true) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return names;
    names.emplace_back(select->text(0));
  }
}

sqlite::Outcome<std::vector<Day>> Store::days(const std::string& source) {
  std::vector<Day> days;
  auto select = database_.prepare(kSelectDays);
  if (!select) return tl::unexpected(select.error());
  select->bind(1, source);
  while (true) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return days;
    auto day = read_day(*select);
    if (!day) return damage(fmt::format("its day {} makes no sense", select->integer(0)));
    days.push_back(*std::move(day));
  }
}

sqlite::Outcome<std::uint64_t> Store::count() {
  const auto count = database_.integer("SELECT count(*) FROM day");
  if (!count) return tl::unexpected(count.error());
  return static_cast<std::uint64_t>(*count);
}

sqlite::Outcome<std::int64_t> Store::source_id(const std::string& source) {
  auto insert = database_.prepare(
      "INSERT INTO source (name) VALUES (?1) ON CONFLICT DO UPDATE SET name = name RETURNING id");
  if (!insert) return tl::unexpected(insert.error());
  insert->bind(1, source);
  if (const auto row = insert->step(); !row) return tl::unexpected(row.error());
  return insert->integer(0);
}

sqlite::Outcome<void> Store::forget(const std::string& source, sys_seconds start) {
  constexpr std::string_view kThatDay =
      " (SELECT id FROM day WHERE source = (SELECT id FROM source WHERE name = ?1) "
      "AND starts = ?2)";
  for (const std::string_view from :
       {"DELETE FROM cost WHERE day IN", "DELETE FROM cluster_total WHERE day IN",
        "DELETE FROM day WHERE id IN"}) {
    auto remove = database_.prepare(fmt::format("{}{}", from, kThatDay));
    if (!remove) return tl::unexpected(remove.error());
    remove->bind(1, source);
    remove->bind(2, number(start));
    if (auto done = remove->run(); !done) return done;
  }
  return {};
}

sqlite::Outcome<std::int64_t> Store::insert_day(const std::string& source, const Entry& entry) {
  auto id = source_id(source);
  if (!id) return id;
  auto insert = database_.prepare(kInsertDay);
  if (!insert) return tl::unexpected(insert.error());
  std::string labels;
  for (const std::string& label : entry.labels) append_line(labels, label);
  int parameter = 0;
  for (const std::int64_t value : {
           *id,
           number(entry.window.start),
           number(entry.window.end),
           static_cast<std::int64_t>(entry.state),
           static_cast<std::int64_t>(entry.answered_at.time_since_epoch().count()),
           static_cast<std::int64_t>(entry.answers),
           static_cast<std::int64_t>(entry.settled),
           number(entry.lived.start),
           number(entry.lived.end),
           static_cast<std::int64_t>(entry.answer_bytes),
           static_cast<std::int64_t>(entry.rows_rejected),
           static_cast<std::int64_t>(entry.rows),
           entry.total.micros,
       }) {
    insert->bind(++parameter, value);
  }
  insert->bind(++parameter, labels);
  if (const auto done = insert->run(); !done) return tl::unexpected(done.error());
  return database_.last_insert_id();
}

sqlite::Outcome<void> Store::insert_rows(std::int64_t day, const Entry& entry,
                                         const model::AllocationTable& table) {
  auto names = Names::open(database_, entry.window.end);
  if (!names) return tl::unexpected(names.error());
  auto insert = database_.prepare(insert_amounts("cost (day, workload, label_set", 3));
  if (!insert) return tl::unexpected(insert.error());
  std::map<std::string_view, Amounts> totals;
  insert->bind(1, day);
  for (const model::Allocation& row : table.rows) {
    const auto workload = names->workload(row);
    if (!workload) return tl::unexpected(workload.error());
    const auto label_set = names->label_set(table.label_sets, row.label_set);
    if (!label_set) return tl::unexpected(label_set.error());
    const Amounts amounts{row.costs, row.reported_total};
    totals[row.cluster] += amounts;
    insert->bind(2, *workload);
    insert->bind(3, *label_set);
    bind_amounts(*insert, 4, amounts);
    if (auto done = insert->run(); !done) return done;
  }
  auto total = database_.prepare(insert_amounts("cluster_total (day, cluster", 2));
  if (!total) return tl::unexpected(total.error());
  total->bind(1, day);
  for (const auto& [cluster, amounts] : totals) {
    total->bind(2, cluster);
    bind_amounts(*total, 3, amounts);
    if (auto done = total->run(); !done) return done;
  }
  return {};
}

}  // namespace exporter::ledger
