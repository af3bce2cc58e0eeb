#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "exporter/poll/decode.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstWait = std::chrono::minutes(1);
constexpr milliseconds kLongestWait = std::chrono::minutes(30);
constexpr milliseconds kLongestHold = std::chrono::hours(6);
// How soon to look again whether a window has become askable.
constexpr milliseconds kNextLook = std::chrono::seconds(30);
// A drop in rows that lasts this many polls is believed.
constexpr int kBelievedAfter = 3;
// After the question for a finished day, OpenCost is left alone this many times as long as it took.
constexpr int kRest = 2;
// Rejected rows remembered as logged; beyond it they are counted only.
constexpr std::size_t kMostLogged = 1000;

std::string text(std::string_view view) { return std::string(view); }

}  // namespace

std::chrono::seconds Schedule::interval(Query query) const {
  switch (query) {
    case Query::current:
      return current;
    case Query::assets:
      return assets;
    case Query::today:
      return today;
    case Query::day:
      return std::chrono::hours(24);
  }
  return current;
}

std::chrono::seconds Schedule::longest_interval(Query query, opencost::Alignment alignment) const {
  const seconds window = opencost::grid(alignment);
  // Assets are asked for the windows of `current`.
  return std::max({interval(query), window, query == Query::assets ? current : window});
}

Poller::Poller(Source source, Schedule schedule, http::RetryPolicy retry, const Clock& clock,
               std::unique_ptr<http::Transport> transport, const History& history,
               Publisher& publisher, Collections& collections, log::Log log, std::uint64_t seed)
    : source_(std::move(source)),
      schedule_(std::move(schedule)),
      retry_(retry),
      clock_(clock),
      transport_(std::move(transport)),
      history_(history),
      publisher_(publisher),
      collections_(collections),
      log_(std::move(log)),
      random_(seed),
      breaker_(kFirstWait, kLongestWait) {
  for (std::size_t i = 0; i < opencost::kQueries.size(); ++i) {
    due_.push_back({clock.steady(), http::Breaker(kFirstWait, kLongestWait), {}, 0, 0});
  }
}

// What is wanted from here on is found by step(), or ends the nap after it.
void Poller::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::stop_token woken = new_nap();
    const std::stop_callback stopped(stop, [this] { wake(); });
    clock_.sleep_until(step(stop), woken);
  }
}

std::stop_token Poller::new_nap() {
  const std::lock_guard lock(nap_mutex_);
  nap_ = std::stop_source();
  return nap_.get_token();
}

void Poller::wake() {
  std::unique_lock lock(nap_mutex_);
  std::stop_source nap = nap_;
  lock.unlock();
  nap.request_stop();
}

SteadyTime Poller::next() const {
  if (!collections_.wanted(source_.name).empty()) return clock_.steady();
  SteadyTime earliest = SteadyTime::max();
  for (const Due& due : due_) earliest = std::min(earliest, due.at);
  return std::max(earliest, closed_until_);
}

SteadyTime Poller::step(const std::stop_token& stop) {
  const SteadyTime began = clock_.steady();
  const std::vector<Query> wanted = collections_.wanted(source_.name);
  const auto is_wanted = [&](Query query) {
    return std::find(wanted.begin(), wanted.end(), query) != wanted.end();
  };
  // What somebody waits for, then the longest overdue: one that takes longer than its interval must
  // not starve the others. Finished days can wait until nothing else is due.
  const auto urgency = [&](Query query) {
    return std::tuple(!is_wanted(query), query == Query::day,
                      is_wanted(query) ? SteadyTime() : due(query).at);
  };
  auto queries = opencost::kQueries;
  std::stable_sort(queries.begin(), queries.end(),
                   [&](Query a, Query b) { return urgency(a) < urgency(b); });
  for (Query query : queries) {
    const bool held = began < closed_until_ || due(query).at > began;
    if (held && !is_wanted(query)) continue;
    const auto asked = query == Query::day ? next_day(began) : question(query);
    if (!asked) {
      if (is_wanted(query)) collections_.unchanged(source_.name, query);
      continue;
    }
    auto observation = ask(source_, *asked, retry_, *transport_, clock_, random_, stop);
    if (!observation) return next();
    doubt(*observation);
    report(*observation);
    finished(*observation, began);
    publisher_.observe(*observation);
    collections_.finished(*observation, is_wanted(query));
    break;
  }
  return next();
}

// Assets are asked for the window `current` was answered for, so that a node's cost and what its
// pods were charged can be compared.
std::optional<Question> Poller::question(Query query) {
  const auto window = opencost::window_for(query, source_.alignment, schedule_.settle,
                                           schedule_.calendar, clock_.now());
  const auto& current = due(Query::current).answered;
  std::optional<Question> question;
  if (window) question = Question{query, *window, schedule_.labels};
  if (question && query == Query::assets) {
    question->labels.clear();
    if (current && window->end - current->window.end <= schedule_.current) {
      question->window = current->window;
    }
  }
  if (question && question != due(query).answered) return question;
  const SteadyTime now = clock_.steady();
  if (due(query).at <= now) due(query).at = now + kNextLook;  // and not only wanted
  return std::nullopt;
}

std::optional<Question> Poller::next_day(SteadyTime began) {
  std::set<std::chrono::sys_seconds> held;
  SteadyTime free = SteadyTime::max();
  for (const auto& [start, day] : held_) {
    if (day.until <= began) continue;
    held.insert(start);
    free = std::min(free, day.until);
  }
  const SystemTime now = clock_.now();
  const History::Next next = history_.next(source_.name, now, held);
  if (next.day) return Question{Query::day, *next.day, schedule_.labels};
  due(Query::day).at = std::min(began + (next.look - now), free);
  return std::nullopt;
}

void Poller::doubt(Observation& observation) {
  Due& due = this->due(observation.question.query);
  // Days differ from one another; the history compares them.
  if (observation.question.query == Query::day) return;
  if (std::holds_alternative<PollFailure>(observation.outcome)) return;
  const std::size_t rows = rows_of(observation);
  // A day begins with few workloads, however many yesterday had.
  const bool new_day = observation.question.query == Query::today && due.answered &&
                       due.answered->window.start != observation.question.window.start;
  const auto fault = opencost::check_row_count(rows, new_day ? 0 : due.rows);
  if (fault && ++due.implausible < kBelievedAfter) {
    observation.outcome = PollFailure{text(to_string(fault->refusal)), fault->detail};
    return;
  }
  due.implausible = 0;
  due.rows = rows;
}

void Poller::finished(const Observation& observation, SteadyTime began) {
  const Query query = observation.question.query;
  const SteadyTime now = clock_.steady();
  const auto interval = milliseconds(schedule_.interval(query));
  if (const auto* failure = std::get_if<PollFailure>(&observation.outcome)) {
    if (failure->unreachable) {
      // What was wanted all the same does not make the wait longer.
      if (now >= closed_until_) closed_until_ = now + breaker_.failed();
      return;
    }
    const milliseconds wait = due(query).breaker.failed();
    if (query == Query::day) {
      const Held first{http::Breaker(kLongestWait, kLongestHold), {}};
      Held& held = held_.try_emplace(observation.question.window.start, first).first->second;
      held.until = now + held.breaker.failed();
    }
    const auto rest =
        query == Query::day ? milliseconds(kRest * floor<seconds>(now - began)) : interval;
    due(query).at = now + (failure->abandoned ? std::max(wait, rest) : wait);
    return;
  }
  breaker_.succeeded();
  closed_until_ = std::min(closed_until_, now);
  due(query).breaker.succeeded();
  due(query).answered = observation.question;
  if (query == Query::day) {
    held_.erase(observation.question.window.start);
    // OpenCost works on one question as hard as on another; the others come first.
    due(query).at = now + kRest * (now - began);
    return;
  }
  const double share = std::uniform_real_distribution<double>(-1, 1)(random_) * schedule_.jitter;
  const auto shift =
      milliseconds(static_cast<std::int64_t>(static_cast<double>(interval.count()) * share));
  due(query).at = began + interval + shift;
}

void Poller::report(const Observation& observation) {
  const Query query = observation.question.query;
  log::Event event{log::Level::debug,
                   "poll finished",
                   {{"cluster", source_.name}, {"query", text(to_string(query))}}};
  const auto add = [&](std::string name, std::string value) {
    event.fields.emplace_back(std::move(name), std::move(value));
  };
  add("seconds", fmt::format("{:.3f}", observation.took.count()));
  add("bytes", fmt::format("{}", observation.bytes));
  if (observation.retries > 0) add("retries", fmt::format("{}", observation.retries));
  if (const auto* failure = std::get_if<PollFailure>(&observation.outcome)) {
    event.level = log::Level::warn;
    event.message = "poll failed";
    add("reason", failure->reason);
    add("error", failure->detail);
    log_(event);
    return;
  }
  if (!due(query).answered) {
    event.level = log::Level::info;
    event.message = "first answer";
  }
  add("rows", fmt::format("{}", rows_of(observation)));
  log_(event);
  for (const opencost::RejectedRow& row : rejected_of(observation)->examples) {
    const std::string reason = text(to_string(row.reason));
    const std::string once = text(to_string(query)) + '/' + reason + '/' + row.key;
    if (logged_.size() >= kMostLogged || !logged_.insert(once).second) continue;
    log_({log::Level::warn,
          "row rejected",
          {{"cluster", source_.name},
           {"query", text(to_string(query))},
           {"reason", reason},
           {"row", row.key},
           {"error", row.detail}}});
  }
}

}  // namespace exporter::poll
