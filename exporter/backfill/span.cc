#include "exporter/backfill/span.h"

#include <fmt/format.h>

#include <algorithm>

namespace exporter::backfill {
namespace {

using model::format_time;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// Ten years of days, or of hours. More is a slip of the pen.
constexpr std::chrono::days kLongest{3700};
constexpr seconds kHour{3600};
constexpr seconds kDay{24 * 3600};

seconds length(Step step) { return step == Step::day ? kDay : kHour; }

Result<sys_seconds> read(std::string_view name, std::string_view text,
                         const model::Calendar& calendar) {
  if (const auto date = model::parse_date(text)) return calendar.start(*date);
  if (const auto time = model::parse_time(text)) return *time;
  return fail(
      fmt::format("{}: \"{}\" is neither a date like 2026-10-01 nor a time like "
                  "2026-10-01T12:00:00Z",
                  name, text.substr(0, 40)));
}

// The last mark at or before `time`. Days begin on the hours of their own calendar.
sys_seconds mark(sys_seconds time, seconds step, const model::Calendar& calendar) {
  const auto local = (time + calendar.utc_offset).time_since_epoch();
  return sys_seconds(std::chrono::floor<seconds>(local) - (local % step + step) % step) -
         calendar.utc_offset;
}

Result<void> check_mark(std::string_view name, sys_seconds time, Step step, const Setup& setup) {
  const sys_seconds before = mark(time, length(step), setup.calendar);
  if (before != time) {
    return fail(fmt::format("{}: {} is not where {} begins; the marks around it are {} and {}",
                            name, format_time(time), step == Step::day ? "a day" : "an hour",
                            format_time(before), format_time(before + length(step))));
  }
  for (const poll::Source& source : setup.sources) {
    const bool whole = time.time_since_epoch() % kHour == seconds(0);
    if (source.alignment != opencost::Alignment::hour || whole) continue;
    return fail(fmt::format("{}: {} is not a whole hour of UTC, and {} can answer for no others",
                            name, format_time(time), source.name));
  }
  return {};
}

bool is_label_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string_view to_string(Step step) { return step == Step::day ? "day" : "hour"; }

Result<Span> resolve(const Options& options, const Setup& setup, SystemTime now) {
  const auto from = read("from", options.from, setup.calendar);
  if (!from) return tl::unexpected(from.error());
  const auto to = read("to", options.to, setup.calendar);
  if (!to) return tl::unexpected(to.error());
  if (const auto ok = check_mark("from", *from, options.step, setup); !ok) {
    return tl::unexpected(ok.error());
  }
  if (const auto ok = check_mark("to", *to, options.step, setup); !ok) {
    return tl::unexpected(ok.error());
  }
  if (*from >= *to) {
    return fail(fmt::format("to: {} is not after from, {}", format_time(*to), format_time(*from)));
  }
  if (*to - *from > kLongest) {
    return fail(fmt::format("to: {} is more than {} days after from, {}", format_time(*to),
                            kLongest.count(), format_time(*from)));
  }
  const auto settled = std::chrono::floor<seconds>(now) - setup.settle;
  const sys_seconds latest = mark(settled, length(options.step), setup.calendar);
  if (*to > latest) {
    return fail(
        fmt::format("to: {} is later than what is over and settled; the latest possible is {}",
                    format_time(*to), format_time(latest)));
  }
  return Span{*from, *to, length(options.step)};
}

Result<void> check_labels(const Options& options) {
  for (auto label = options.labels.begin(); label != options.labels.end(); ++label) {
    const auto& [name, value] = *label;
    if (!is_label_name(name)) {
      return fail(fmt::format("label: \"{}\" is not the name of a label", name));
    }
    if (name.starts_with("__")) {
      return fail(fmt::format("label: {} is a name that Prometheus keeps to itself", name));
    }
    if (value.empty()) {
      return fail(
          fmt::format("label: {} is empty, which is the same as having no such label", name));
    }
    const auto same = [&](const auto& other) { return other.first == label->first; };
    if (std::any_of(options.labels.begin(), label, same)) {
      return fail(fmt::format("label: {} is given twice", name));
    }
  }
  return {};
}

}  // namespace exporter::backfill
