// Sums over calendar periods, and where a month ends.
#include <algorithm>
#include <map>
#include <tuple>

#include "exporter/cost/cost.h"
#include "exporter/cost/run_rate.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::AllocationTable;

// Samples lie on a grid of 5 minutes, and the first and last may miss one mark.
constexpr std::chrono::seconds kTwoSteps{600};

bool before(const Allocation& a, const Allocation& b) {
  const auto key = [](const Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller,
                    row.kind, row.label_set);
  };
  return key(a) < key(b);
}

/// Copies texts into one arena, each once.
class Texts {
 public:
  explicit Texts(model::TextArena& arena) : arena_(arena) {}

  std::string_view keep(std::string_view text) {
    const auto [at, fresh] = kept_.try_emplace(text);
    if (fresh) {
      // The key must outlive the table it came from.
      const std::string_view stored = arena_.store(text);
      kept_.erase(at);
      kept_.emplace(stored, stored);
      return stored;
    }
    return at->second;
  }

 private:
  model::TextArena& arena_;
  std::map<std::string_view, std::string_view> kept_;
};

/// Label sets of several tables as those of one.
class LabelSets {
 public:
  LabelSets(AllocationTable& table, Texts& texts) : table_(table), texts_(texts) {
    known_.emplace(model::LabelSet{}, 0);
  }

  /// The new index of each of `sets`.
  std::vector<std::uint32_t> take(const std::vector<model::LabelSet>& sets) {
    std::vector<std::uint32_t> indices;
    for (const model::LabelSet& set : sets) {
      model::LabelSet own;
      for (const auto& [name, value] : set) own.push_back({texts_.keep(name), texts_.keep(value)});
      const auto next = static_cast<std::uint32_t>(table_.label_sets.size());
      const auto [at, fresh] = known_.try_emplace(own, next);
      if (fresh) table_.label_sets.push_back(std::move(own));
      indices.push_back(at->second);
    }
    return indices;
  }

 private:
  AllocationTable& table_;
  Texts& texts_;
  std::map<model::LabelSet, std::uint32_t> known_;
};

void merge_equal(std::vector<Allocation>& rows) {
  std::sort(rows.begin(), rows.end(), before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && !before(rows[kept - 1], rows[i])) {
      rows[kept - 1].costs += rows[i].costs;
      rows[kept - 1].reported_total += rows[i].reported_total;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.resize(kept);
}

}  // namespace

double Coverage::ratio() const {
  if (elapsed.count() <= 0) return 0;
  return static_cast<double>(std::min(known, elapsed).count()) /
         static_cast<double>(elapsed.count());
}

Coverage& Coverage::operator+=(Coverage other) {
  known += other.known;
  elapsed += other.elapsed;
  return *this;
}

std::chrono::seconds known_time(model::Window window, model::Window lived) {
  const auto start = lived.start <= window.start + kTwoSteps ? window.start : lived.start;
  const auto end = lived.end >= window.end - kTwoSteps ? window.end : lived.end;
  return lived.end > lived.start ? end - start : std::chrono::seconds(0);
}

std::shared_ptr<const AllocationTable> add_up(
    std::span<const std::shared_ptr<const AllocationTable>> tables) {
  if (tables.size() == 1) return tables.front();
  auto sum = std::make_shared<AllocationTable>();
  sum->window = tables.front()->window;
  sum->lived = tables.front()->lived;
  Texts texts(sum->text);
  LabelSets sets(*sum, texts);
  for (const auto& table : tables) {
    sum->window.start = std::min(sum->window.start, table->window.start);
    sum->window.end = std::max(sum->window.end, table->window.end);
    sum->lived.start = std::min(sum->lived.start, table->lived.start);
    sum->lived.end = std::max(sum->lived.end, table->lived.end);
    sum->rejected_total += table->rejected_total;
    const std::vector<std::uint32_t> indices = sets.take(table->label_sets);
    for (const Allocation& row : table->rows) {
      Allocation& copy = sum->rows.emplace_back(row);
      for (auto* text :
           {&copy.cluster, &copy.name_space, &copy.pod, &copy.controller_kind, &copy.controller}) {
        *text = texts.keep(*text);
      }
      copy.node = {};
      copy.label_set = indices[row.label_set];
    }
  }
  merge_equal(sum->rows);
  return sum;
}

std::shared_ptr<const Forecast> forecast(const PeriodCost& month_to_date,
                                         std::shared_ptr<const Breakdown> current,
                                         std::chrono::seconds month) {
  auto out = std::make_shared<Forecast>();
  const RunRate rest{current->window.end - current->window.start,
                     std::max(month - month_to_date.coverage.known, std::chrono::seconds(0))};
  const Breakdown nothing;
  const Breakdown& spent = month_to_date.costs ? *month_to_date.costs : nothing;
  out->namespaces = project(spent.namespaces, current->namespaces, rest,
                            [](const auto& row) { return std::tie(row.cluster, row.name_space); });
  out->clusters =
      project(spent.clusters, current->clusters, rest, [](const auto& row) { return row.cluster; });
  out->month_to_date = month_to_date.costs;
  out->current = std::move(current);
  return out;
}

}  // namespace exporter::cost
