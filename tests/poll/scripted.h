// A transport that answers from a script and remembers what it was asked, a clock that jumps, and
// a log that keeps its events.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "exporter/poll/poll.h"
#include "tests/poll/answers.h"

namespace exporter::poll::samples {

/// Sleeping on this clock is what moves it. For one thread.
class JumpingClock final : public Clock {
 public:
  explicit JumpingClock(SystemTime start) : start_(start), now_(start) {}

  SystemTime now() const override { return now_; }
  SteadyTime steady() const override { return SteadyTime(now_ - start_); }
  bool sleep_until(SteadyTime when, std::stop_token stop) const override {
    if (stop.stop_requested()) return false;
    const auto by = std::chrono::ceil<std::chrono::milliseconds>(when - steady());
    if (by > std::chrono::milliseconds::zero()) now_ += by;
    return true;
  }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  SystemTime start_;
  mutable SystemTime now_;
};

struct Reply {
  std::string body{};
  std::optional<http::Failure> failure{};
  std::string content_type = "application/json";
};

inline Reply failing(http::FailureKind kind, int status = 0) {
  return {.failure = http::Failure{kind, status, "scripted", {}}};
}

struct Asked {
  std::string url;
  opencost::Question question;
  SystemTime at{};
};

/// What the transports of one test share. Thread-safe.
class Script {
 public:
  using Answer = std::function<Reply(const opencost::Question&)>;

  explicit Script(const Clock& clock)
      : clock_(clock),
        answer_([](const opencost::Question& question) { return Reply{answer(question)}; }) {}

  void set(Answer answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  Reply ask(const std::string& url) {
    std::lock_guard lock(mutex_);
    asked_.push_back({url, opencost::parse_url(url).value(), clock_.now()});
    changed_.notify_all();
    return answer_(asked_.back().question);
  }
  std::vector<Asked> asked() const {
    std::lock_guard lock(mutex_);
    return asked_;
  }
  std::vector<opencost::Query> queries() const {
    std::vector<opencost::Query> out;
    for (const Asked& one : asked()) out.push_back(one.question.query);
    return out;
  }
  std::size_t count(opencost::Query query) const {
    const auto all = queries();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), query));
  }
  void wait_for(std::size_t questions) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_.size() >= questions; });
  }

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Answer answer_;
  std::vector<Asked> asked_;
};

class ScriptedTransport final : public http::Transport {
 public:
  explicit ScriptedTransport(Script& script) : script_(script) {}

  Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                          std::stop_token stop) override {
    const Reply reply = script_.ask(url);
    if (stop.stop_requested()) return tl::unexpected(cancelled());
    if (reply.failure) return tl::unexpected(*reply.failure);
    for (std::size_t at = 0; at < reply.body.size(); at += 1000) {
      if (!body(std::string_view(reply.body).substr(at, 1000))) {
        return tl::unexpected(
            http::Failure{http::FailureKind::reset, 0, "refused by the reader", {}});
      }
    }
    return http::Answer{reply.content_type, reply.body.size()};
  }
  static http::Failure cancelled() { return {http::FailureKind::cancelled, 0, "stopped", {}}; }

 private:
  Script& script_;
};

/// Never answers; ends when it is stopped.
class StalledTransport final : public http::Transport {
 public:
  explicit StalledTransport(Script& script) : script_(script) {}

  Result<http::Answer, http::Failure> get(const std::string& url, const http::Body&,
                                          std::stop_token stop) override {
    script_.ask(url);
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait(lock, stop, [] { return false; });
    return tl::unexpected(ScriptedTransport::cancelled());
  }

 private:
  Script& script_;
};

/// Thread-safe.
class Events {
 public:
  log::Log sink() {
    return [this](const log::Event& event) {
      std::lock_guard lock(mutex_);
      events_.push_back(event);
    };
  }
  /// `message key=value ...` of each event at `level` or above.
  std::vector<std::string> lines(log::Level level = log::Level::warn) const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const log::Event& event : events_) {
      if (event.level < level) continue;
      out.push_back(event.message);
      for (const auto& [key, value] : event.fields) {
        out.back() += fmt::format(" {}={}", key, value);
      }
    }
    return out;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<log::Event> events_;
};

/// 2026-03-10 10:13:07 UTC: windows that settle in ten minutes end at 10:00.
inline SystemTime morning() {
  return std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(10) +
         std::chrono::minutes(13) + std::chrono::seconds(7);
}

inline std::chrono::sys_seconds at(int hour, int minute = 0) {
  return std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(hour) +
         std::chrono::minutes(minute);
}

/// A publisher and all it needs, on a clock of one's own.
template <class AnyClock>
struct Publishing {
  explicit Publishing(SystemTime start = morning(), std::vector<std::string> sources = {"eu"})
      : clock(start),
        self(start),
        history(ledger, self, events.sink()),
        publisher(clock, history, ledger, self, board, events.sink()),
        collections(clock) {
    options.sources = std::move(sources);
    options.backfill_days = 0;  // no finished days, unless a test is about them
    publisher.adopt(options);
  }

  std::shared_ptr<const Publication> latest() const { return board.latest(); }
  /// The page but for the coverage of windows and the snapshot, which are always on it.
  std::string page() const {
    std::string text, out;
    const auto publication = latest();  // a poller may publish another at any moment
    for (const std::string& block : publication->page->text()) text += block;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto has = [&](const char* family) { return line.find(family) != std::string::npos; };
      if (has("opencost_window_coverage_ratio") || has("opencost_snapshot_id")) continue;
      out += line + '\n';
    }
    return out;
  }
  SteadyTime midnight() const {
    return clock.steady() + (history.midnight(clock.now()) - clock.now());
  }
  bool shows(std::string_view text) const { return page().find(text) != std::string::npos; }

  AnyClock clock;
  metrics::SelfMetrics self;
  ledger::Ledger ledger{{}};
  Events events;
  History history;
  Board board;
  PublisherOptions options;
  Publisher publisher;
  Collections collections;
};

/// One poller on a jumping clock, without jitter unless asked for.
struct Polling : Publishing<JumpingClock> {
  explicit Polling(SystemTime start = morning(),
                   opencost::Alignment alignment = opencost::Alignment::rolling,
                   Schedule rules = steady_rules(), std::uint64_t seed = 1)
      : Publishing(start),
        script(clock),
        source(make_source(alignment)),
        poller(source, std::move(rules), {}, clock, std::make_unique<ScriptedTransport>(script),
               history, publisher, collections, events.sink(), seed) {}

  static Schedule steady_rules() {
    Schedule rules;
    rules.jitter = 0;
    return rules;
  }
  static Source make_source(opencost::Alignment alignment) {
    Source made;
    made.name = "eu";
    made.url = "http://opencost:9003";
    made.alignment = alignment;
    return made;
  }

  /// Steps and jumps to what is due next, until `span` has gone by.
  void run(std::chrono::milliseconds span) {
    const SteadyTime end = clock.steady() + span;
    for (SteadyTime next = clock.steady(); std::max(next, clock.steady()) <= end;) {
      clock.sleep_until(next, {});
      next = poller.step({});
    }
    clock.sleep_until(end, {});
  }
  /// Counter or gauge of the exporter itself for one query.
  double self_value(std::string_view family, opencost::Query query,
                    std::string_view reason = {}) const {
    const std::string series =
        fmt::format("{}{{cluster=\"eu\",query=\"{}\"{}}} ", family, to_string(query),
                    reason.empty() ? "" : fmt::format(",reason=\"{}\"", reason));
    const std::string text = self.render(metrics::Format::text);
    const std::size_t found = text.find(series);
    if (found == std::string::npos) return -1;
    return std::stod(text.substr(found + series.size()));
  }
  const QueryStatus& status(opencost::Query query) const {
    held = latest();
    return held->sources.at(0).queries.at(static_cast<std::size_t>(query));
  }

  mutable std::shared_ptr<const Publication> held;
  Script script;
  Source source;
  Poller poller;
};

}  // namespace exporter::poll::samples
