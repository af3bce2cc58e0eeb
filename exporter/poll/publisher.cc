#include <fmt/format.h>

#include <algorithm>

#include "exporter/poll/decode.h"
#include "exporter/poll/kept.h"

namespace exporter::poll {
namespace {

using opencost::Query;

// Until the answer for the finished day is there, the last one of `today` stands for it.
constexpr std::chrono::seconds kStandIn = std::chrono::hours(1);

std::string text(std::string_view view) { return std::string(view); }

/// How long an answer is shown after it was fetched.
std::chrono::seconds lifetime(const PublisherOptions& options, Query query,
                              opencost::Alignment alignment) {
  const auto extra = options.schedule.longest_interval(query, alignment) - options.schedule.current;
  return options.max_age + std::max(extra, std::chrono::seconds(0));
}

metrics::SelfMetrics::Accepted accepted(const Observation& observation, std::uint64_t rows) {
  metrics::SelfMetrics::Accepted out;
  out.source = observation.source;
  out.query = text(to_string(observation.question.query));
  out.at = observation.fetched_at;
  out.window_end = observation.question.window.end;
  out.rows = rows;
  if (const auto* answer = std::get_if<opencost::AllocationAnswer>(&observation.outcome)) {
    out.idle_clamped = answer->idle_clamped;
  }
  const opencost::Rejected* const rejected = rejected_of(observation);
  for (std::size_t i = 0; i < opencost::kRejections; ++i) {
    if (rejected->counts[i] == 0) continue;
    out.rejected.emplace_back(to_string(static_cast<opencost::Rejection>(i)), rejected->counts[i]);
  }
  return out;
}

}  // namespace

Publisher::Publisher(const Clock& clock, History& history, ledger::Ledger& ledger,
                     metrics::SelfMetrics& self, Board& board, log::Log log)
    : clock_(clock),
      history_(history),
      self_(self),
      board_(board),
      log_(std::move(log)),
      watchlist_(ledger, self, log_) {}

Publisher::~Publisher() = default;

void Publisher::adopt(PublisherOptions options) {
  std::lock_guard lock(mutex_);
  options_ = std::move(options);
  metrics::SelfMetrics::Labels labels{
      options_.sources, {}, failure_reasons(), rejection_reasons(), {}};
  for (std::size_t i = 0; i < ledger::kTroubles; ++i) {
    labels.ledger_failures.emplace_back(to_string(static_cast<ledger::Trouble>(i)));
  }
  for (Query query : opencost::kQueries) labels.queries.emplace_back(to_string(query));
  self_.declare(labels);
  for (const std::string& source : options_.sources) {
    const auto alignment = options_.alignments.find(source);
    for (Query query : opencost::kQueries) {
      self_.set_interval(
          source, text(to_string(query)),
          options_.schedule.longest_interval(query, alignment == options_.alignments.end()
                                                        ? opencost::Alignment::rolling
                                                        : alignment->second));
    }
  }
  self_.set_currency(options_.currency);
  self_.set_rules(cost::hash_of(options_.rules.tenants));
  if (*rules_ != options_.rules) {
    rules_ = std::make_shared<const cost::AttributionRules>(options_.rules);
  }
  watchlist_.adopt(options_.sources, options_.policies, options_.savings.idle_below);
  history_.adopt({options_.sources, options_.schedule.calendar, options_.backfill_days,
                  options_.schedule.labels},
                 clock_.now());

  decltype(kept_) kept;
  decltype(made_) made;
  for (const std::string& source : options_.sources) {
    auto& queries = kept[source];
    made[source] = std::move(made_[source]);
    if (!made[source]) made[source] = std::make_unique<Made>();
    if (const auto old = kept_.find(source); old != kept_.end()) queries = old->second;
    for (Query query : opencost::kQueries) {
      auto& place = queries[static_cast<std::size_t>(query)];
      if (!place) place = std::make_shared<Kept>();
      if (place->holds()) place->expires = end_of(*place, query);
    }
    remember(source, *queries[static_cast<std::size_t>(Query::day)]);
  }
  kept_ = std::move(kept);
  made_ = std::move(made);
  for (const auto& [source, queries] : kept_) judge(source, queries);
  publish();
}

void Publisher::observe(const Observation& observation) {
  std::lock_guard lock(mutex_);
  const auto source = kept_.find(observation.source);
  if (source == kept_.end()) return;
  const Query query = observation.question.query;
  Kept& kept = *source->second[static_cast<std::size_t>(query)];
  kept.status.asked = true;

  metrics::SelfMetrics::Poll poll;
  poll.source = observation.source;
  poll.query = to_string(query);
  poll.seconds = observation.took.count();
  poll.retries = observation.retries;
  poll.bytes = observation.bytes;
  if (const auto* failure = std::get_if<PollFailure>(&observation.outcome)) {
    poll.failure = failure->reason;
    kept.status.up = false;
    kept.status.failure = failure->reason + ": " + failure->detail;
  } else {
    keep(observation, source->second);
  }
  // The page first: `opencost_up` must not promise what a scrape does not find yet.
  publish();
  if (poll.failure.empty()) {
    self_.answer_accepted(accepted(observation, kept.status.rows));
    if (query == Query::day) history_.tell(observation.source, observation.fetched_at);
  }
  self_.poll_finished(poll);
}

void Publisher::keep(const Observation& observation, const Queries& queries) {
  const Query query = observation.question.query;
  Kept& kept = *queries[static_cast<std::size_t>(query)];
  QueryStatus& status = kept.status;
  status.up = true;
  status.failure.clear();
  status.last_success = observation.fetched_at;
  status.window = observation.question.window;
  status.rejected = rejected_of(observation)->total();
  kept.alignment = observation.alignment;
  kept.expires = end_of(kept, query);
  const auto& current = queries[static_cast<std::size_t>(Query::current)]->breakdown;
  auto& inventory = queries[static_cast<std::size_t>(Query::assets)]->inventory;
  const auto take = [&](std::shared_ptr<const model::AssetTable> assets) {
    inventory = std::make_shared<const cost::Inventory>(
        cost::take_inventory(std::move(assets), current ? current->rows.get() : nullptr));
  };
  if (query == Query::day) {
    status.rows = std::get<opencost::AllocationAnswer>(observation.outcome).table->rows.size();
    history_.take(observation);
  } else if (const auto* answer = std::get_if<opencost::AllocationAnswer>(&observation.outcome)) {
    status.rows = answer->table->rows.size();
    kept.breakdown = std::make_shared<const cost::Breakdown>(cost::break_down(answer->table));
    if (query == Query::current) judge(observation.source, queries);
    // Assets of the same window may have come first, and lack what their pods were charged.
    if (query == Query::current && inventory && inventory->window == current->window) {
      take(inventory->rows);
    }
  } else if (const auto* assets = std::get_if<opencost::AssetAnswer>(&observation.outcome)) {
    status.rows = assets->table->rows.size();
    take(assets->table);
  }
}

void Publisher::judge(const std::string& source, const Queries& queries) {
  const auto& current = queries[static_cast<std::size_t>(Query::current)]->breakdown;
  if (current) made_.at(source)->policies = watchlist_.take(source, current);
}

SteadyTime Publisher::end_of(const Kept& kept, Query query) const {
  const SystemTime now = clock_.now();
  SystemTime end = *kept.status.last_success + lifetime(options_, query, kept.alignment);
  if (query == Query::today) {
    const SystemTime midnight = history_.midnight(kept.status.window->start);
    if (end > midnight) end = std::max(end, midnight + kStandIn);
  }
  return clock_.steady() + (end - now);
}

void Publisher::expire() {
  std::lock_guard lock(mutex_);
  publish();
}

SteadyTime Publisher::next_expiry() const {
  std::lock_guard lock(mutex_);
  SteadyTime next = midnight_;
  for (const auto& [name, queries] : kept_) {
    for (const auto& kept : queries) {
      if (kept->holds()) next = std::min(next, kept->expires);
    }
  }
  return next;
}

void Publisher::end(Kept& kept, const std::string& source, Query query) {
  kept.drop();
  // Every night, until the new day has a window that can be asked for.
  const bool day_over =
      query == Query::today && clock_.now() >= history_.midnight(kept.status.window->start);
  log_({day_over ? log::Level::debug : log::Level::warn,
        "answer too old, its series end",
        {{"cluster", source}, {"query", text(to_string(query))}}});
}

// Days that an earlier process asked for need no asking now, and are as good as asked.
void Publisher::remember(const std::string& source, Kept& days) {
  if (days.status.asked) return;
  const auto last = history_.last_answer(source);
  if (!last) return;
  days.status.asked = days.status.up = true;
  days.status.last_success = last;
  self_.answer_remembered(source, text(to_string(Query::day)), *last);
}

}  // namespace exporter::poll
