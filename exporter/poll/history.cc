#include "exporter/poll/history.h"

#include <fmt/format.h>

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
using std::chrono::minutes;
using std::chrono::seconds;

// OpenCost needs its samples of the last minutes, and late ones come within hours.
constexpr minutes kFirstQuestion{15};
constexpr hours kSecondQuestion{6};
// How often a ledger that is in trouble is tried again.
constexpr minutes kTendEvery{5};
constexpr std::uint64_t kProgressEvery = 10;

std::chrono::sys_seconds whole(SystemTime time) { return std::chrono::floor<seconds>(time); }

/// When a day that was answered is due again; nothing when it is not.
std::optional<SystemTime> second_question(const Entry& entry) {
  if (entry.settled) return std::nullopt;
  const SystemTime late = entry.window.end + kSecondQuestion;
  return entry.answered_at < late ? late : entry.answered_at + kSecondQuestion;
}

/// Far fewer rows than the nearest day that is recorded.
bool doubtful(std::uint64_t rows, Window day, const std::vector<Entry>& entries) {
  const Entry* nearest = nullptr;
  const auto distance = [&](const Entry& entry) {
    return std::max(entry.window.start - day.start, day.start - entry.window.start);
  };
  for (const Entry& entry : entries) {
    if (entry.state != ledger::State::recorded || entry.window.start == day.start) continue;
    if (nearest == nullptr || distance(entry) < distance(*nearest)) nearest = &entry;
  }
  return nearest != nullptr && opencost::check_row_count(rows, nearest->rows).has_value();
}

Cost total(const model::AllocationTable& table) {
  Cost sum;
  for (const model::Allocation& row : table.rows) sum += row.costs.total();
  return sum;
}

std::string day_name(const model::Calendar& calendar, Window day) {
  return model::format_date(calendar.date(day.start));
}

}  // namespace

History::History(ledger::Ledger& ledger, metrics::SelfMetrics& self, log::Log log)
    : ledger_(ledger), self_(self), log_(std::move(log)) {}

void History::adopt(HistoryOptions options, SystemTime now) {
  std::lock_guard lock(mutex_);
  options_ = std::move(options);
  kept_.clear();
  recover();
  for (const std::string& source : options_.sources) {
    Kept& kept = kept_[source];
    reload(source, kept);
    kept.done = UINT64_MAX;  // what an earlier process has done is no progress
    count(source, kept, now);
  }
  figures();
}

Days History::wanted(SystemTime now) const {
  const auto today = options_.calendar.date(whole(now));
  if (options_.backfill_days) return {today - days(*options_.backfill_days), today};
  return {model::days_of(Period::last_month, today).first, today};
}

const Entry* History::find(const Kept& kept, Window day) const {
  const auto at = std::lower_bound(kept.entries.begin(), kept.entries.end(), day.start,
                                   [](const Entry& entry, std::chrono::sys_seconds start) {
                                     return entry.window.start < start;
                                   });
  return at != kept.entries.end() && at->window == day ? &*at : nullptr;
}

History::Next History::next(const std::string& source, SystemTime now,
                            const std::set<std::chrono::sys_seconds>& held) const {
  std::lock_guard lock(mutex_);
  const auto source_kept = kept_.find(source);
  const Days range = wanted(now);
  const model::Calendar& calendar = options_.calendar;
  Next next{std::nullopt, calendar.start(range.end + days(1)) + kFirstQuestion};
  if (source_kept == kept_.end()) return next;
  const Kept& kept = source_kept->second;
  // Second questions are about days that are on the page already, so a missing yesterday comes
  // first and all other missing days come last.
  std::optional<Window> second, missing;
  for (auto date = range.end - days(1); date >= range.first; date -= days(1)) {
    const Window day = calendar.day(date);
    const Entry* const entry = find(kept, day);
    const bool yesterday = date == range.end - days(1);
    if (held.contains(day.start)) continue;
    if (entry == nullptr) {
      const SystemTime due = day.end + kFirstQuestion;
      if (now >= due && yesterday) return {day, now};
      if (now >= due && !missing) missing = day;
      if (now < due) next.look = std::min(next.look, due);
    } else if (const auto due = second_question(*entry)) {
      if (now >= *due && !second) second = day;
      if (now < *due) next.look = std::min(next.look, *due);
    }
  }
  next.day = second ? second : missing;
  return next;
}

void History::take(const Observation& observation) {
  std::lock_guard lock(mutex_);
  const auto at = kept_.find(observation.source);
  if (at == kept_.end()) return;
  Kept& kept = at->second;
  const auto& answer = std::get<opencost::AllocationAnswer>(observation.outcome);
  std::shared_ptr<const model::AllocationTable> table = answer.table;
  const Window day = observation.question.window;
  const Entry* const found = find(kept, day);
  const std::optional<Entry> old = found == nullptr ? std::nullopt : std::optional(*found);

  Entry entry;
  entry.window = day;
  entry.state = table->rows.empty() ? ledger::State::absent : ledger::State::recorded;
  entry.answered_at = observation.fetched_at;
  entry.answers = old ? old->answers + 1 : 1;
  entry.lived = table->lived;
  entry.answer_bytes = observation.bytes;
  entry.rows_rejected = answer.rejected.total();
  entry.labels = observation.question.labels;
  const bool late = entry.answered_at >= day.end + kSecondQuestion;
  entry.settled = entry.answers > 1 || (late && entry.state == ledger::State::recorded &&
                                        !doubtful(table->rows.size(), day, kept.entries));
  const bool recorded_before = old && old->state == ledger::State::recorded;
  if (recorded_before && opencost::check_row_count(table->rows.size(), old->rows)) {
    const auto first = ledger_.sum(observation.source, day);
    if (!first) return failed(first.error());
    log_({log::Level::warn,
          "second answer for a day not believed",
          {{"cluster", observation.source},
           {"day", day_name(options_.calendar, day)},
           {"rows", fmt::format("{}", table->rows.size())},
           {"rows_before", fmt::format("{}", old->rows)}}});
    const int answers = entry.answers;
    entry = *old;
    entry.answers = answers;
    entry.settled = true;
    table = *first;
  } else if (recorded_before && (total(*table) != old->total || table->rows.size() != old->rows)) {
    self_.ledger_day_changed(observation.source);
    log_({log::Level::info,
          "late data changed a day",
          {{"cluster", observation.source},
           {"day", day_name(options_.calendar, day)},
           {"cost", fmt::format("{:.5f}", total(*table).amount())},
           {"cost_before", fmt::format("{:.5f}", old->total.amount())}}});
  }
  const bool absent = entry.state == ledger::State::absent;
  if (const auto failure =
          ledger_.record(observation.source, entry, absent ? nullptr : table.get())) {
    failed(*failure);
  }
  std::erase_if(kept.sums, [&](const auto& sum) {
    return sum.first.start <= day.start && day.end <= sum.first.end;
  });
  reload(observation.source, kept);
}

void History::tell(const std::string& source, SystemTime now) {
  std::lock_guard lock(mutex_);
  const auto kept = kept_.find(source);
  if (kept == kept_.end()) return;
  figures();  // first: whoever sees the day recorded may ask where it is
  count(source, kept->second, now);
}

std::optional<SystemTime> History::last_answer(const std::string& source) const {
  std::lock_guard lock(mutex_);
  std::optional<SystemTime> last;
  const auto kept = kept_.find(source);
  if (kept == kept_.end()) return last;
  for (const Entry& entry : kept->second.entries) {
    last = std::max(last.value_or(entry.answered_at), entry.answered_at);
  }
  return last;
}

void History::tend(SystemTime now) {
  std::lock_guard lock(mutex_);
  if (now < tended_ + kTendEvery) return;
  tended_ = now;
  recover();
  if (const auto failure = ledger_.expire(whole(now))) failed(*failure);
  for (auto& [source, kept] : kept_) {
    const std::vector<Entry> before = kept.entries;
    reload(source, kept);
    if (kept.entries != before) kept.sums.clear();
    count(source, kept, now);
  }
  figures();
}

void History::recover() {
  if (!ledger_.trouble() && ledger_.figures().waiting == 0) return;
  if (const auto failure = ledger_.recover()) return failed(*failure);
  log_({log::Level::info, "ledger file in use again", {}});
  trouble_.clear();
}

SystemTime History::midnight(SystemTime now) const {
  std::lock_guard lock(mutex_);
  return options_.calendar.start(options_.calendar.date(whole(now)) + days(1));
}

seconds History::month(SystemTime now) const {
  std::lock_guard lock(mutex_);
  const Window month =
      options_.calendar.window(model::month_of(options_.calendar.date(whole(now))));
  return month.end - month.start;
}

void History::reload(const std::string& source, Kept& kept) {
  kept.entries = ledger_.entries(source);
}

void History::count(const std::string& source, Kept& kept, SystemTime now) {
  metrics::SelfMetrics::LedgerDays counts;
  const Days range = wanted(now);
  for (auto date = range.first; date < range.end; date += days(1)) {
    const Entry* const entry = find(kept, options_.calendar.day(date));
    ++(entry == nullptr                          ? counts.missing
       : entry->state == ledger::State::recorded ? counts.recorded
                                                 : counts.absent);
  }
  self_.ledger_days(source, counts);
  const std::uint64_t done = counts.recorded + counts.absent;
  const bool more = std::exchange(kept.done, done) < done;
  if (!more || (counts.missing > 0 && done % kProgressEvery != 0)) return;
  log_({log::Level::info,
        counts.missing > 0 ? "filling the ledger" : "ledger is filled",
        {{"cluster", source},
         {"days", fmt::format("{}", done)},
         {"of", fmt::format("{}", done + counts.missing)},
         {"absent", fmt::format("{}", counts.absent)}}});
}

void History::failed(const ledger::Failure& failure) {
  self_.ledger_failed(std::string(to_string(failure.trouble)));
  if (std::exchange(trouble_, failure.detail) == failure.detail) return;
  log_({log::Level::error,
        "ledger file not used, days are kept in memory",
        {{"reason", std::string(to_string(failure.trouble))}, {"error", failure.detail}}});
}

void History::figures() {
  const ledger::Ledger::Figures now = ledger_.figures();
  self_.ledger({now.persistent, now.waiting, now.bytes});
}

}  // namespace exporter::poll
