#include "exporter/ledger/names.h"

#include <string>
#include <utility>

#include "exporter/ledger/text_list.h"

namespace exporter::ledger {
namespace {

constexpr std::string_view kWorkload =
    "INSERT INTO workload (cluster, namespace, controller_kind, controller, kind, last_end) "
    "VALUES (?2, ?3, ?4, ?5, ?6, ?1) "
    "ON CONFLICT DO UPDATE SET last_end = max(last_end, excluded.last_end) RETURNING id";
constexpr std::string_view kLabelSet =
    "INSERT INTO label_set (labels, last_end) VALUES (?2, ?1) "
    "ON CONFLICT DO UPDATE SET last_end = max(last_end, excluded.last_end) RETURNING id";

sqlite::Outcome<std::int64_t> returned_id(sqlite::Statement& statement) {
  const auto row = statement.step();
  if (!row) return tl::unexpected(row.error());
  const std::int64_t id = statement.integer(0);
  statement.reset();
  return id;
}

}  // namespace

Names::Names(sqlite::Statement workload, sqlite::Statement label_set)
    : workload_(std::move(workload)), label_set_(std::move(label_set)) {}

sqlite::Outcome<Names> Names::open(sqlite::Database& database, std::chrono::sys_seconds day_end) {
  auto workload = database.prepare(kWorkload);
  if (!workload) return tl::unexpected(workload.error());
  auto label_set = database.prepare(kLabelSet);
  if (!label_set) return tl::unexpected(label_set.error());
  workload->bind(1, day_end.time_since_epoch().count());
  label_set->bind(1, day_end.time_since_epoch().count());
  return Names(*std::move(workload), *std::move(label_set));
}

sqlite::Outcome<std::int64_t> Names::workload(const model::Allocation& row) {
  workload_.bind(2, row.cluster);
  workload_.bind(3, row.name_space);
  workload_.bind(4, row.controller_kind);
  workload_.bind(5, row.controller);
  workload_.bind(6, static_cast<std::int64_t>(row.kind));
  return returned_id(workload_);
}

sqlite::Outcome<std::int64_t> Names::label_set(const std::vector<model::LabelSet>& sets,
                                               std::uint32_t index) {
  label_sets_.resize(sets.size());
  std::int64_t& known = label_sets_.at(index);
  if (known != 0) return known;
  std::string list;
  for (const model::Label& label : sets.at(index)) {
    append_line(list, label.name);
    append_line(list, label.value);
  }
  label_set_.bind(2, list);
  auto id = returned_id(label_set_);
  if (id) known = *id;
  return id;
}

}  // namespace exporter::ledger
