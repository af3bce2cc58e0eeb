// What a Watch keeps over a restart, as text:
//   since idle_since|- until|- day:cores:bytes day:cores:bytes;
// Times are in seconds and days since 1970. `until` stands there only when the last window did not
// have the workload. The end is marked, so that what was cut off is noticed.
#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr char kBetweenNames = '\x1f';
constexpr std::string_view kNone = "-";
// The last second of the year 9999; no sum of such times overflows.
constexpr sys_seconds kLast{seconds(253402300799)};

std::string text(const std::optional<sys_seconds>& time) {
  return time ? fmt::format("{}", time->time_since_epoch().count()) : std::string(kNone);
}

std::string text(const Seen& seen, sys_seconds until) {
  const auto own = seen.until == until ? std::nullopt : std::optional(seen.until);
  std::string out = fmt::format("{} {} {}", text(seen.since), text(seen.idle_since), text(own));
  for (const Peak& peak : seen.peaks) {
    out += fmt::format(" {}:{}:{}", peak.day.time_since_epoch().count(), peak.cores,
                       peak.memory_bytes);
  }
  return out + ";";
}

/// Reads from the front, and remembers when something was not there.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool failed() const { return failed_; }
  bool at(char c) const { return rest_.starts_with(c); }
  bool at_end() const { return rest_.empty(); }
  void skip(char c) {
    failed_ = failed_ || !at(c);
    if (!failed_) rest_.remove_prefix(1);
  }
  /// Without a sign, and what is too large fails.
  template <class Number>
  Number number() {
    Number out{};
    failed_ = failed_ || rest_.empty() || rest_.front() < '0' || rest_.front() > '9';
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    failed_ = failed_ || error != std::errc();
    if (!failed_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return out;
  }
  sys_seconds time() {
    const sys_seconds out{seconds(number<std::int64_t>())};
    failed_ = failed_ || out > kLast || out < sys_seconds{};
    return out;
  }
  std::optional<sys_seconds> time_or_none() {
    if (!at(kNone.front())) return time();
    skip(kNone.front());
    return std::nullopt;
  }
  Peak peak() {
    Peak out;
    out.day = sys_days(days(number<std::int32_t>()));
    skip(':');
    out.cores = number<float>();
    skip(':');
    out.memory_bytes = number<float>();
    return out;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

bool is_sane(const Seen& seen, sys_seconds until) {
  if (seen.since > until || seen.until > until) return false;
  if (seen.idle_since &&
      (*seen.idle_since < seen.since || *seen.idle_since > until || seen.until != until)) {
    return false;
  }
  if (seen.peaks.size() > kPeakDays) return false;
  sys_days after{days(-1)};  // amounts are sane: the Reader knows neither signs nor words
  for (const Peak& peak : seen.peaks) {
    if (peak.day <= after || peak.day > floor<days>(until)) return false;
    after = peak.day;
  }
  return true;
}

std::optional<Seen> read(std::string_view kept, sys_seconds until) {
  Reader reader(kept);
  Seen seen;
  seen.since = reader.time();
  reader.skip(' ');
  seen.idle_since = reader.time_or_none();
  reader.skip(' ');
  seen.until = reader.time_or_none().value_or(until);
  while (!reader.failed() && reader.at(' ')) {
    reader.skip(' ');
    seen.peaks.push_back(reader.peak());
  }
  // Only what would be written so again was written by us.
  if (reader.failed() || !is_sane(seen, until) || text(seen, until) != kept) return std::nullopt;
  return seen;
}

std::optional<sys_seconds> read_time(std::string_view kept) {
  Reader reader(kept);
  const sys_seconds time = reader.time();
  if (reader.failed() || text(time) != kept) return std::nullopt;
  return time;
}

std::optional<WorkloadName> split(std::string_view key) {
  WorkloadName names;
  for (std::string_view* name : {&names.cluster, &names.name_space, &names.kind}) {
    const std::size_t end = key.find(kBetweenNames);
    if (end == std::string_view::npos) return std::nullopt;
    *name = key.substr(0, end);
    key.remove_prefix(end + 1);
  }
  names.name = key;
  if (key.find(kBetweenNames) != std::string_view::npos) return std::nullopt;
  return names;
}

}  // namespace

std::map<std::string, std::string> Watch::changes(bool all) {
  if (all || !kept_) {
    kept_ = true;
    changed_.clear();
    for (const auto& [key, seen] : seen_) note(key, &seen);
  }
  auto out = std::exchange(changed_, {});
  if (until_ != sys_seconds{}) out[""] = text(until_);
  return out;
}

std::size_t Watch::restore(const std::map<std::string, std::string>& kept) {
  *this = Watch();
  kept_ = true;
  const auto whole = kept.find("");
  const auto until = whole == kept.end() ? std::nullopt : read_time(whole->second);
  if (!until) return kept.size();
  until_ = *until;
  std::size_t unreadable = 0;
  for (const auto& [key, value] : kept) {
    if (key.empty()) continue;
    const auto names = split(key);
    auto seen = read(value, until_);
    if (!names || !seen) {
      ++unreadable;
      continue;
    }
    const auto& [cluster, name_space, kind, name] = *names;
    seen_.emplace(
        Key{std::string(cluster), std::string(name_space), std::string(kind), std::string(name)},
        std::move(*seen));
  }
  return unreadable;
}

void Watch::note(const Key& key, const Seen* seen) {
  if (!kept_) return;
  const auto& [cluster, name_space, kind, name] = key.names();
  std::string joined =
      fmt::format("{1}{0}{2}{0}{3}{0}{4}", kBetweenNames, cluster, name_space, kind, name);
  changed_[std::move(joined)] = seen == nullptr ? std::string() : text(*seen, until_);
}

}  // namespace exporter::cost
