#include "exporter/ledger/store.h"

namespace exporter::ledger {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO note (source, topic, key, text) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT DO UPDATE SET text = excluded.text";
constexpr std::string_view kDelete =
    "DELETE FROM note WHERE source = ?1 AND topic = ?2 AND key = ?3";
constexpr std::string_view kSelect =
    "SELECT key, text FROM note "
    "WHERE source = (SELECT id FROM source WHERE name = ?1) AND topic = ?2";

}  // namespace

sqlite::Outcome<void> Store::remember(const std::string& source, std::string_view topic,
                                      const Notes& notes) {
  if (notes.empty()) return {};
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return tl::unexpected(transaction.error());
  const auto id = source_id(source);
  if (!id) return tl::unexpected(id.error());
  auto insert = database_.prepare(kInsert);
  if (!insert) return tl::unexpected(insert.error());
  auto remove = database_.prepare(kDelete);
  if (!remove) return tl::unexpected(remove.error());
  for (const auto& [key, text] : notes) {
    sqlite::Statement& statement = text.empty() ? *remove : *insert;
    statement.bind(1, *id);
    statement.bind(2, topic);
    statement.bind(3, key);
    if (!text.empty()) statement.bind(4, text);
    if (auto done = statement.run(); !done) return done;
  }
  return transaction->commit();
}

sqlite::Outcome<Notes> Store::remembered(const std::string& source, std::string_view topic) {
  auto select = database_.prepare(kSelect);
  if (!select) return tl::unexpected(select.error());
  select->bind(1, source);
  select->bind(2, topic);
  Notes notes;
  while (true) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return notes;
    notes.emplace(select->text(0), select->text(1));
  }
}

}  // namespace exporter::ledger
