// What policies have matched, kept over a restart as text: `since;` or `since ended;`, in seconds
// since 1970. The end is marked, so that what was cut off is noticed.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "exporter/cost/policies.h"

namespace exporter::cost {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr char kBetweenNames = '\x1f';
// The last second of the year 9999; no sum of such a time and a cooldown overflows.
constexpr std::int64_t kLast = 253402300799;

std::string text(const Matches::Match& match) {
  const std::int64_t since = match.since.time_since_epoch().count();
  if (!match.ended) return fmt::format("{};", since);
  return fmt::format("{} {};", since, match.ended->time_since_epoch().count());
}

std::optional<sys_seconds> time(std::string_view digits) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc() || count < 0 || count > kLast) return std::nullopt;
  return sys_seconds(seconds(count));
}

std::optional<Matches::Match> read(std::string_view kept) {
  Matches::Match match;
  const auto since = time(kept);
  if (!since) return std::nullopt;
  match.since = *since;
  const std::size_t space = kept.find(' ');
  if (space != std::string_view::npos) {
    match.ended = time(kept.substr(space + 1));
    if (!match.ended || *match.ended < match.since) return std::nullopt;
  }
  // Only what would be written so again was written by us.
  return text(match) == kept ? std::optional(match) : std::nullopt;
}

std::optional<std::array<std::string, 5>> split(std::string_view key) {
  if (std::count(key.begin(), key.end(), kBetweenNames) != 4) return std::nullopt;
  std::array<std::string, 5> names;
  for (std::string& name : names) {
    const std::size_t end = std::min(key.find(kBetweenNames), key.size());
    name = key.substr(0, end);
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return names;
}

}  // namespace

const Matches::Match* Matches::find(std::string_view policy, const WorkloadName& name) const {
  const auto at = matches_.find(View(policy, name));
  return at == matches_.end() ? nullptr : &at->second;
}

void Matches::began(std::string_view policy, const WorkloadName& name, sys_seconds at) {
  auto found = matches_.find(View(policy, name));
  if (found != matches_.end() && !found->second.ended) return;
  if (found == matches_.end()) {
    Key key{std::string(policy), std::string(name.cluster), std::string(name.name_space),
            std::string(name.kind), std::string(name.name)};
    found = matches_.emplace(std::move(key), Match{}).first;
  }
  found->second = {at, std::nullopt};
  note(found->first, &found->second);
}

void Matches::ended(std::string_view policy, const WorkloadName& name, sys_seconds at) {
  const auto found = matches_.find(View(policy, name));
  if (found == matches_.end() || found->second.ended) return;
  found->second.ended = at;
  note(found->first, &found->second);
}

std::vector<WorkloadName> Matches::open(std::string_view policy) const {
  std::vector<WorkloadName> out;
  for (auto at = matches_.lower_bound(View(policy, {}));
       at != matches_.end() && at->first.policy == policy; ++at) {
    if (!at->second.ended) out.push_back(at->first.view().second);
  }
  return out;
}

void Matches::forget(const std::vector<Policy>& policies, sys_seconds now) {
  for (auto at = matches_.begin(); at != matches_.end();) {
    const auto policy = std::find_if(policies.begin(), policies.end(), [&](const Policy& one) {
      return one.name == at->first.policy;
    });
    const Match& match = at->second;
    if (policy != policies.end() && (!match.ended || now < *match.ended + policy->cooldown)) {
      ++at;
      continue;
    }
    note(at->first, nullptr);
    at = matches_.erase(at);
  }
}

std::map<std::string, std::string> Matches::changes(bool all) {
  if (all || !kept_) {
    kept_ = true;
    changed_.clear();
    for (const auto& [key, match] : matches_) note(key, &match);
  }
  return std::exchange(changed_, {});
}

std::size_t Matches::restore(const std::map<std::string, std::string>& kept) {
  *this = Matches();
  kept_ = true;
  std::size_t unreadable = 0;
  for (const auto& [key, value] : kept) {
    auto names = split(key);
    const auto match = read(value);
    if (!names || !match) {
      ++unreadable;
      continue;
    }
    auto& [policy, cluster, name_space, kind, name] = *names;
    matches_.emplace(Key{std::move(policy), std::move(cluster), std::move(name_space),
                         std::move(kind), std::move(name)},
                     *match);
  }
  return unreadable;
}

void Matches::note(const Key& key, const Match* match) {
  if (!kept_) return;
  std::string joined = fmt::format("{1}{0}{2}{0}{3}{0}{4}{0}{5}", kBetweenNames, key.policy,
                                   key.cluster, key.name_space, key.kind, key.name);
  changed_[std::move(joined)] = match == nullptr ? std::string() : text(*match);
}

}  // namespace exporter::cost
