#include "exporter/api/source_days.h"

#include <algorithm>
#include <utility>

namespace exporter::api {
namespace {

using ledger::Entry;
using model::Period;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::seconds;

}  // namespace

local_days today_of(const poll::Publication& publication) {
  return publication.calendar.date(floor<seconds>(publication.published_at));
}

SourceDays::SourceDays(const Question& question, const cost::SourceReport& source,
                       std::vector<std::string> labels)
    : question_(question),
      source_(source),
      labels_(std::move(labels)),
      entries_(question.sources.ledger.entries(source.name)),
      today_(
          question.publication.calendar.date(floor<seconds>(question.publication.published_at))) {}

const Entry* SourceDays::find(model::Window day) const {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), day,
      [](const Entry& entry, const model::Window& wanted) { return entry.window < wanted; });
  return at != entries_.end() && at->window == day ? &*at : nullptr;
}

bool SourceDays::recorded(const std::vector<std::string>& labels) const {
  return std::all_of(labels_.begin(), labels_.end(), [&](const std::string& label) {
    return std::binary_search(labels.begin(), labels.end(), label);
  });
}

bool SourceDays::recorded(const cost::PeriodCost& day) const {
  return std::all_of(labels_.begin(), labels_.end(), [&](const std::string& label) {
    const auto at = day.by_label.find(label);
    return at != day.by_label.end() && at->second.known >= day.coverage.known;
  });
}

// A day that stands in the publication rather than in the ledger.
void SourceDays::add(Part& part, const cost::PeriodCost& day) const {
  const bool known = day.costs && recorded(day);
  part.coverage += {known ? day.coverage.known : seconds(0), day.coverage.elapsed};
  if (!known) return;
  part.tables.push_back(day.costs->rows);
  part.any = true;
}

Result<SourceDays::Part, ledger::Failure> SourceDays::part(model::Days range) const {
  const model::Calendar& calendar = question_.publication.calendar;
  Part part;
  model::Days run{range.first, range.first};  // known days that were not added up yet
  const auto add_up = [&]() -> Result<void, ledger::Failure> {
    if (run.first == run.end) return {};
    auto sum = question_.sources.ledger.sum(source_.name, calendar.window(run));
    if (!sum) return tl::unexpected(sum.error());
    part.tables.push_back(*std::move(sum));
    part.any = true;
    return {};
  };
  for (local_days date = range.first; date < std::min(range.end, today_); date += days(1)) {
    const Entry* const entry = find(calendar.day(date));
    const bool known =
        entry != nullptr && entry->state == ledger::State::recorded && recorded(entry->labels);
    if (known) {
      part.coverage += {cost::known_time(entry->window, entry->lived), days(1)};
      run.end = date + days(1);
      continue;
    }
    if (auto added = add_up(); !added) return tl::unexpected(added.error());
    run = {date + days(1), date + days(1)};
    if (entry == nullptr && date == today_ - days(1)) {
      add(part, source_.period(Period::yesterday));  // whose own answer has not come yet
    } else {
      part.coverage += {seconds(0), days(1)};
    }
  }
  if (auto added = add_up(); !added) return tl::unexpected(added.error());
  if (range.first <= today_ && today_ < range.end) add(part, source_.period(Period::today));
  return part;
}

std::chrono::sys_seconds SourceDays::end() const {
  return question_.publication.calendar.start(today_) +
         source_.period(Period::today).coverage.elapsed;
}

}  // namespace exporter::api
