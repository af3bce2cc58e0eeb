#include "exporter/poll/collections.h"

#include <algorithm>
#include <array>

#include "exporter/poll/decode.h"

namespace exporter::poll {
namespace {

using opencost::Query;

// A finished day is never asked for because somebody wants it: it does not change.
constexpr std::array kWanted = {Query::current, Query::assets, Query::today};

constexpr const char* kLeft =
    "its source was taken out of the configuration before it had been asked";

}  // namespace

std::string_view to_string(CollectionState state) {
  constexpr std::string_view kNames[] = {"waiting", "answered", "failed", "unchanged"};
  return kNames[static_cast<std::size_t>(state)];
}

Collections::Collections(const Clock& clock) : clock_(clock) {}

std::optional<Denied> Collections::denied(const std::vector<std::string>& sources) const {
  using Reason = Denied::Reason;
  for (const std::string& source : sources) {
    if (!attending_.contains(source)) return Denied{Reason::unknown_source, source};
  }
  const SteadyTime now = clock_.steady();
  for (const std::string& source : sources) {
    if (std::any_of(waiting_.begin(), waiting_.end(),
                    [&](const Collection& one) { return one.source == source; })) {
      return Denied{Reason::under_way, source};
    }
    const auto last = asked_.find(source);
    if (last == asked_.end() || now >= last->second + kRest) continue;
    return Denied{Reason::too_soon, source,
                  std::chrono::ceil<std::chrono::seconds>(last->second + kRest - now)};
  }
  return std::nullopt;
}

Result<std::vector<Collection>, Denied> Collections::ask(const std::vector<std::string>& sources,
                                                         const std::string& by) {
  std::vector<Collection> asked;
  std::vector<std::function<void()>> wakes;
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const std::string& source : sources) {
      if (std::find(names.begin(), names.end(), source) == names.end()) names.push_back(source);
    }
    if (sources.empty()) {
      for (const auto& [source, wake] : attending_) names.push_back(source);
    }
    if (auto refusal = denied(names)) return tl::unexpected(*std::move(refusal));
    const std::uint64_t request = next_;
    for (const std::string& source : names) {
      for (const Query query : kWanted) {
        asked.push_back({.id = next_++,
                         .request = request,
                         .asked_by = by,
                         .source = source,
                         .query = query,
                         .asked_at = clock_.now()});
      }
      asked_[source] = clock_.steady();
      wakes.push_back(attending_.find(source)->second);
    }
    waiting_.insert(waiting_.end(), asked.begin(), asked.end());
  }
  for (const auto& wake : wakes) wake();
  return asked;
}

std::vector<Collection> Collections::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Collection> out = waiting_;
  out.insert(out.end(), done_.begin(), done_.end());
  return out;
}

void Collections::attend(const std::string& source, std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  attending_[source].swap(wake);  // what the old one holds ends after the lock
}

void Collections::leave(const std::string& source) {
  decltype(attending_)::node_type left;  // ends after the lock
  const std::lock_guard lock(mutex_);
  left = attending_.extract(source);
  asked_.erase(source);
  while (auto collection = take(source, std::nullopt)) {
    collection->state = CollectionState::failed;
    collection->finished_at = clock_.now();
    collection->failure = kLeft;
    keep(*std::move(collection));
  }
}

std::vector<Query> Collections::wanted(const std::string& source) const {
  const std::lock_guard lock(mutex_);
  std::vector<Query> out;
  for (const Collection& one : waiting_) {
    if (one.source == source) out.push_back(one.query);
  }
  return out;
}

void Collections::finished(const Observation& observation, bool wanted) {
  const std::lock_guard lock(mutex_);
  std::optional<Collection> taken;
  if (wanted) taken = take(observation.source, observation.question.query);
  Collection done =
      taken ? *std::move(taken)
            : Collection{
                  .id = next_++, .source = observation.source, .query = observation.question.query};
  done.state = CollectionState::answered;
  done.finished_at = observation.fetched_at;
  done.window = observation.question.window;
  done.seconds = observation.took.count();
  done.bytes = observation.bytes;
  done.rows = rows_of(observation);
  done.retries = observation.retries;
  if (const auto* rejected = rejected_of(observation)) done.rejected = rejected->total();
  if (const auto* failure = std::get_if<PollFailure>(&observation.outcome)) {
    done.state = CollectionState::failed;
    done.failure = failure->reason + ": " + failure->detail;
  }
  keep(std::move(done));
}

void Collections::unchanged(const std::string& source, Query query) {
  const std::lock_guard lock(mutex_);
  auto collection = take(source, query);
  if (!collection) return;
  collection->state = CollectionState::unchanged;
  collection->finished_at = clock_.now();
  keep(*std::move(collection));
}

// The first that waits for this source and, unless any will do, this query.
std::optional<Collection> Collections::take(std::string_view source, std::optional<Query> query) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Collection& one) {
    return one.source == source && (!query || one.query == *query);
  });
  if (found == waiting_.end()) return std::nullopt;
  Collection taken = std::move(*found);
  waiting_.erase(found);
  return taken;
}

void Collections::keep(Collection collection) {
  done_.push_front(std::move(collection));
  if (done_.size() > kKept) done_.pop_back();
}

}  // namespace exporter::poll
