#include "exporter/ledger/sum.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "exporter/ledger/failure.h"
#include "exporter/ledger/text_list.h"

namespace exporter::ledger {

struct Sum::Row {
  std::int64_t workload = 0;
  std::int64_t label_set = 0;
  Amounts amounts;
};

// Rows by the numbers of their names, which differ from store to store. Names are looked up once,
// when all days are added.
struct Sum::Ids {
  using Key = std::pair<std::int64_t, std::int64_t>;
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::int64_t>()(key.first * 0x9e3779b1 + key.second);
    }
  };

  Amounts& operator[](Key key) {
    const auto [at, is_new] = index.try_emplace(key, rows.size());
    if (is_new) rows.push_back({key.first, key.second, {}});
    return rows[at->second].amounts;
  }

  std::unordered_map<Key, std::size_t, Hash> index;
  std::vector<Row> rows;
};

Sum::Sum(model::Window window) : table_(std::make_shared<model::AllocationTable>()) {
  table_->window = window;
  table_->lived = {window.start, window.start};
  label_sets_.emplace("", 0);
}

sqlite::Outcome<void> Sum::add(Store& store, const std::vector<Day>& days) {
  sqlite::Database& database = store.database();
  auto select = database.prepare(
      fmt::format("SELECT workload, label_set, {} FROM cost WHERE day = ?1", amount_columns()));
  if (!select) return tl::unexpected(select.error());
  clusters_.clear();
  Ids ids;
  for (const Day& day : days) {
    if (auto added = add_day(*select, day, ids); !added) return added;
    add_lived(day.entry.lived);
  }
  if (auto named = add_named(database, ids); !named) return named;
  return check_clusters(database, days);
}

sqlite::Outcome<void> Sum::add_day(sqlite::Statement& select, const Day& day, Ids& ids) {
  Amounts total;
  select.bind(1, day.id);
  while (true) {
    const auto more = select.step();
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    const Amounts amounts = read_amounts(select, 2);
    total += amounts;
    ids[{select.integer(0), select.integer(1)}] += amounts;
  }
  const Cost found = wrapping_total(total.costs);
  if (found == day.entry.total) return {};
  return damage(fmt::format("the rows of the day from {} add up to {} and not to {} as recorded",
                            model::format_time(day.entry.window.start), found.amount(),
                            day.entry.total.amount()));
}

sqlite::Outcome<void> Sum::add_named(sqlite::Database& database, const Ids& ids) {
  auto workload = database.prepare(
      "SELECT cluster, namespace, controller_kind, controller, kind FROM workload WHERE id = ?1");
  if (!workload) return tl::unexpected(workload.error());
  auto labels = database.prepare("SELECT labels FROM label_set WHERE id = ?1");
  if (!labels) return tl::unexpected(labels.error());
  std::unordered_map<std::int64_t, std::uint32_t> known;
  for (const Row& row : ids.rows) {
    const auto [at, is_new] = known.try_emplace(row.label_set, 0);
    if (is_new) {
      const auto index = label_set(*labels, row.label_set);
      if (!index) return tl::unexpected(index.error());
      at->second = *index;
    }
    if (auto added = add_row(*workload, row, at->second); !added) return added;
  }
  return {};
}

sqlite::Outcome<void> Sum::add_row(sqlite::Statement& workload, const Row& row,
                                   std::uint32_t label_set) {
  workload.bind(1, row.workload);
  const auto there = workload.step();
  if (!there) return tl::unexpected(there.error());
  const std::int64_t kind = *there ? workload.integer(4) : -1;
  if (kind < 0 || kind > static_cast<std::int64_t>(model::RowKind::unmounted)) {
    return damage(fmt::format("its workload {} is missing or makes no sense", row.workload));
  }
  const auto text = [&](int column) { return table_->text.store(workload.text(column)); };
  model::Allocation out;
  out.kind = static_cast<model::RowKind>(kind);
  out.cluster = text(0);
  out.name_space = text(1);
  out.controller_kind = text(2);
  out.controller = text(3);
  out.costs = row.amounts.costs;
  out.reported_total = row.amounts.reported;
  out.label_set = label_set;
  table_->rows.push_back(out);
  const auto cluster = clusters_.find(out.cluster);
  (cluster == clusters_.end() ? clusters_[std::string(out.cluster)] : cluster->second) +=
      row.amounts;
  workload.reset();
  return {};
}

sqlite::Outcome<std::uint32_t> Sum::label_set(sqlite::Statement& select, std::int64_t id) {
  const auto senseless = [&] {
    return damage(fmt::format("its label set {} is missing or makes no sense", id));
  };
  select.bind(1, id);
  const auto there = select.step();
  if (!there) return tl::unexpected(there.error());
  if (!*there) return senseless();
  const auto [known, is_new] = label_sets_.try_emplace(
      std::string(select.text(0)), static_cast<std::uint32_t>(table_->label_sets.size()));
  select.reset();
  if (!is_new) return known->second;
  const auto lines = read_lines(known->first);
  if (!lines || lines->size() % 2 != 0) return senseless();
  model::LabelSet set;
  for (std::size_t i = 0; i < lines->size(); i += 2) {
    set.push_back({table_->text.store(lines->at(i)), table_->text.store(lines->at(i + 1))});
  }
  table_->label_sets.push_back(std::move(set));
  return known->second;
}

sqlite::Outcome<void> Sum::check_clusters(sqlite::Database& database,
                                          const std::vector<Day>& days) {
  auto select = database.prepare(
      fmt::format("SELECT cluster, {} FROM cluster_total WHERE day = ?1", amount_columns()));
  if (!select) return tl::unexpected(select.error());
  std::map<std::string, Amounts, std::less<>> recorded;
  for (const Day& day : days) {
    select->bind(1, day.id);
    while (true) {
      const auto more = select->step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      recorded[std::string(select->text(0))] += read_amounts(*select, 1);
    }
  }
  if (clusters_ == recorded) return {};
  return damage(fmt::format("the rows of {} days from {} do not add up to the totals of clusters",
                            days.size(), model::format_time(days.front().entry.window.start)));
}

void Sum::add_lived(model::Window lived) {
  if (lived.end <= lived.start) return;
  model::Window& all = table_->lived;
  const bool first = all.end <= all.start;
  all.start = first ? lived.start : std::min(all.start, lived.start);
  all.end = first ? lived.end : std::max(all.end, lived.end);
}

std::shared_ptr<const model::AllocationTable> Sum::finish() {
  std::vector<std::string_view> labels(label_sets_.size());
  for (const auto& [text, index] : label_sets_) labels[index] = text;
  const auto key = [&](const model::Allocation& row) {
    return std::tuple(row.cluster, row.name_space, row.controller_kind, row.controller, row.kind,
                      labels[row.label_set]);
  };
  std::vector<model::Allocation>& rows = table_->rows;
  std::sort(rows.begin(), rows.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  // Each store gave its own row for a workload that is in both.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && key(rows[kept - 1]) == key(rows[i])) {
      Amounts both{rows[kept - 1].costs, rows[kept - 1].reported_total};
      both += {rows[i].costs, rows[i].reported_total};
      rows[kept - 1].costs = both.costs;
      rows[kept - 1].reported_total = both.reported;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.resize(kept);
  return table_;
}

}  // namespace exporter::ledger
