#include "exporter/api/buckets.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace exporter::api {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::months;
using std::chrono::weeks;
using std::chrono::year_month_day;

struct Default {
  Step step;
  std::string_view name;
  int count;  // of steps, when nobody says from when
};
constexpr Default kDefaults[] = {
    {Step::day, "day", 30}, {Step::week, "week", 12}, {Step::month, "month", 12}};

const Default& of(Step step) { return kDefaults[static_cast<std::size_t>(step)]; }

/// Where the step begins that holds a day.
local_days begin_of(Step step, local_days date) {
  switch (step) {
    case Step::day:
      return date;
    case Step::week:
      return date - (std::chrono::weekday(date) - std::chrono::Monday);
    case Step::month:
      return model::month_of(date).first;
  }
  return date;
}

/// `count` steps on. REQUIRES: one begins at `begin`.
local_days later(Step step, local_days begin, int count) {
  switch (step) {
    case Step::day:
      return begin + days(count);
    case Step::week:
      return begin + weeks(count);
    case Step::month:
      return local_days(year_month_day(begin) + months(count));
  }
  return begin;
}

/// Nothing when it is not given.
Result<std::optional<local_days>> date_of(const Parameters& parameters, std::string_view name) {
  const std::string& text = parameters.of(name);
  if (text.empty()) return std::optional<local_days>();
  const auto date = model::parse_date(text);
  if (!date) return fail(fmt::format("`{}`: {}", name, date.error().message));
  return std::optional(*date);
}

/// One more than there may be at most.
Buckets cut(model::Days range, Step step) {
  Buckets buckets;
  for (local_days begin = range.first; begin < range.end && buckets.size() <= kMostBuckets;) {
    const local_days end = std::min(later(step, begin_of(step, begin), 1), range.end);
    buckets.push_back({begin, end});
    begin = end;
  }
  return buckets;
}

}  // namespace

Step step_of(std::string_view text) {
  const auto* const at = std::find_if(std::begin(kDefaults), std::end(kDefaults),
                                      [&](const Default& one) { return one.name == text; });
  return at == std::end(kDefaults) ? Step::day : at->step;
}

Answer<Buckets> buckets_of(const Parameters& parameters, Step step, local_days today) {
  std::string faults;
  const auto fault = [&](const std::string& text) {
    faults += (faults.empty() ? "" : " ") + text + ".";
  };
  const auto from = date_of(parameters, "from");
  if (!from) fault(from.error().message);
  const auto to = date_of(parameters, "to");
  if (!to) fault(to.error().message);
  if (!faults.empty()) return tl::unexpected(Problem{"bad_parameter", faults});

  const local_days end = to->value_or(later(step, begin_of(step, today), 1));
  const local_days first =
      from->value_or(later(step, begin_of(step, end - days(1)), 1 - of(step).count));
  const local_days earliest = today - kLongestAgo;
  if (first < earliest) {
    fault(fmt::format("`from` is {}, and the earliest that may be asked for is {}",
                      model::format_date(first), model::format_date(earliest)));
  }
  if (first >= end) {
    fault(fmt::format("`from` is {}, which is not before `to`, {}", model::format_date(first),
                      model::format_date(end)));
  }
  Buckets buckets = cut({first, end}, step);
  if (buckets.size() > kMostBuckets) {
    fault(fmt::format(
        "From {} to {} are more than {} rows by `step` {}; ask for a shorter time or "
        "a longer step",
        model::format_date(first), model::format_date(end), kMostBuckets, of(step).name));
  }
  if (!faults.empty()) return tl::unexpected(Problem{"bad_parameter", faults});
  return buckets;
}

}  // namespace exporter::api
