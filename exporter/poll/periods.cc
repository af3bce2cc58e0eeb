// Sums over the calendar's periods: finished days from the ledger, and today.
#include <algorithm>

#include "exporter/poll/poll.h"

namespace exporter::poll {
namespace {

using ledger::Entry;
using model::Days;
using model::Period;
using model::Window;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

using Table = std::shared_ptr<const model::AllocationTable>;

/// What is known of one day of a period.
struct KnownDay {
  seconds known{0};
  seconds elapsed{0};
  const std::vector<std::string>* labels = nullptr;
};

void add(cost::PeriodCost& period, const KnownDay& day) {
  period.coverage += {day.known, day.elapsed};
  if (day.labels == nullptr) return;
  for (const std::string& label : *day.labels) period.by_label[label].known += day.known;
}

std::chrono::seconds known(const cost::Breakdown& day) {
  return cost::known_time(day.window, day.rows->lived);
}

}  // namespace

Table History::sum(const std::string& source, Kept& kept, Window finished) {
  const auto found = kept.sums.find(finished);
  if (found != kept.sums.end()) return found->second;
  const bool any = std::any_of(kept.entries.begin(), kept.entries.end(), [&](const Entry& entry) {
    return entry.state == ledger::State::recorded && entry.window.start >= finished.start &&
           entry.window.end <= finished.end;
  });
  if (!any) return nullptr;
  auto table = ledger_.sum(source, finished);
  if (!table) {
    failed(table.error());
    reload(source, kept);
    figures();
    return nullptr;
  }
  return kept.sums.emplace(finished, *table).first->second;
}

// A file that fails while it is read changes which days are known, so all sums are made first.
void History::make_sums(const std::string& source, Kept& kept, std::chrono::local_days date) {
  std::map<Window, Table> used;
  for (Period period : model::kPeriods) {
    const Days finished = finished_days(period, date);
    if (finished.first == finished.end) continue;
    const Window window = options_.calendar.window(finished);
    if (Table table = sum(source, kept, window)) used.emplace(window, std::move(table));
  }
  kept.sums = std::move(used);
}

Days History::finished_days(Period period, std::chrono::local_days today) {
  const Days all = model::days_of(period, today);
  return {all.first, std::min(all.end, today)};
}

History::Periods History::periods(const std::string& source,
                                  const std::shared_ptr<const cost::Breakdown>& today,
                                  SystemTime now) {
  std::lock_guard lock(mutex_);
  Periods out;
  const auto at = kept_.find(source);
  if (at == kept_.end()) return out;
  Kept& kept = at->second;
  const auto date = options_.calendar.date(std::chrono::floor<seconds>(now));
  make_sums(source, kept, date);
  for (Period period : model::kPeriods) {
    const auto index = static_cast<std::size_t>(period);
    std::vector<Table> parts;
    out[index] = gather(kept, period, today.get(), now, parts);
    if (parts.empty()) {
      kept.made[index] = nullptr;
    } else if (kept.made[index] == nullptr || kept.parts[index] != parts) {
      kept.made[index] =
          std::make_shared<const cost::Breakdown>(cost::break_down(cost::add_up(parts)));
    }
    kept.parts[index] = std::move(parts);
    out[index].costs = kept.made[index];
  }
  return out;
}

cost::PeriodCost History::gather(const Kept& kept, Period period, const cost::Breakdown* today,
                                 SystemTime now, std::vector<Table>& parts) const {
  const model::Calendar& calendar = options_.calendar;
  const auto date = calendar.date(std::chrono::floor<seconds>(now));
  const Days all = model::days_of(period, date);
  const Days finished = finished_days(period, date);
  cost::PeriodCost cost;
  const auto sum = kept.sums.find(calendar.window(finished));
  if (sum != kept.sums.end()) parts.push_back(sum->second);
  const auto is_of = [&](Window day) {
    return today != nullptr && today->window.start == day.start;
  };
  for (auto day = finished.first; day < finished.end; day += days(1)) {
    const Window window = calendar.day(day);
    const Entry* const entry = find(kept, window);
    if (entry != nullptr && entry->state == ledger::State::recorded) {
      add(cost, {cost::known_time(window, entry->lived), days(1), &entry->labels});
    } else if (entry == nullptr && is_of(window)) {
      parts.push_back(today->rows);
      add(cost, {known(*today), days(1), &options_.labels});
    } else {
      add(cost, {seconds(0), days(1), nullptr});
    }
  }
  if (all.end > date) {
    const Window window = calendar.day(date);
    if (is_of(window)) {
      parts.push_back(today->rows);
      add(cost, {known(*today), today->window.end - today->window.start, &options_.labels});
    } else {
      // In whole hours, so that the page does not change with every look at it.
      const auto elapsed =
          std::chrono::floor<hours>(std::chrono::floor<seconds>(now) - window.start);
      add(cost, {seconds(0), elapsed, nullptr});
    }
  }
  for (auto& [name, coverage] : cost.by_label) coverage.elapsed = cost.coverage.elapsed;
  return cost;
}

}  // namespace exporter::poll
