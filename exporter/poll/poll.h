// Asking each OpenCost when it is due, and publishing what is known.
//
// One thread per source asks its queries one after the other; the Publisher keeps the last good
// answer of each, rolls them up, renders the page and puts both on the Board in one step. Readers
// take a Publication from the Board and never wait for a poll.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "exporter/clock.h"
#include "exporter/cost/cost.h"
#include "exporter/http/http.h"
#include "exporter/log/log.h"
#include "exporter/metrics/metrics.h"
#include "exporter/opencost/opencost.h"
#include "exporter/poll/collections.h"
#include "exporter/poll/history.h"
#include "exporter/poll/observation.h"
#include "exporter/poll/watchlist.h"

namespace exporter::poll {

struct QueryStatus {
  bool asked = false;  // at least one poll has finished
  bool up = false;     // the last one gave an accepted answer
  std::optional<SystemTime> last_success;
  std::optional<model::Window> window;  // of the last accepted answer
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  bool shown = false;   // it is on the page: not older than max_age
  std::string failure;  // of the last poll: reason and detail; empty when up
};

struct SourceStatus {
  std::string name;
  std::array<QueryStatus, opencost::kQueries.size()> queries;  // by Query
};

/// All a reader needs, consistent in itself. Immutable.
struct Publication {
  std::uint64_t generation = 0;
  SystemTime published_at{};
  cost::Report report;
  std::vector<SourceStatus> sources;  // same order as report.sources
  std::shared_ptr<const metrics::Page> page;
  std::string currency;
  double currency_rate = 1.0;
  /// In force when it was made: whose cost is whose, and where days begin. Never null.
  std::shared_ptr<const cost::AttributionRules> rules =
      std::make_shared<const cost::AttributionRules>();
  model::Calendar calendar{};
};

/// The one cell shared by the writer and all readers. Thread-safe. A mutex rather than
/// std::atomic<std::shared_ptr>, which ThreadSanitizer cannot follow in libstdc++ 12; it is held
/// for one pointer copy.
class Board {
 public:
  /// The newest publication, or null before the first.
  std::shared_ptr<const Publication> latest() const;
  void put(std::shared_ptr<const Publication> next);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Publication> latest_;  // guarded by mutex_
};

struct PublisherOptions {
  std::vector<std::string> sources;  // names, in configuration order
  /// What the windows of a source lie on, by its name; rolling where it is not said.
  std::map<std::string, opencost::Alignment> alignments{};
  Schedule schedule;
  /// How long the last good answer of `current` is shown when no newer one comes. What is asked
  /// more rarely, a slower query or whole hours, gets the difference of the intervals on top. One
  /// of `today` that is good at midnight stands for yesterday for an hour more.
  std::chrono::seconds max_age{900};
  std::optional<int> backfill_days{};  // see HistoryOptions
  cost::AttributionRules rules{};
  cost::SharedOptions shared{};
  cost::SavingsOptions savings{};
  std::vector<cost::Policy> policies{};
  std::vector<cost::Budget> budgets{};
  metrics::Options metrics{};
  std::string currency = "USD";
};

/// Turns observations into publications. Thread-safe; publications appear in the order in which
/// observe() was entered.
class Publisher {
 public:
  /// All must outlive the Publisher.
  Publisher(const Clock& clock, History& history, ledger::Ledger& ledger,
            metrics::SelfMetrics& self, Board& board, log::Log log);
  ~Publisher();

  /// Puts options into force and publishes. Sources no longer named are forgotten; the answers of
  /// the others stay, so a reload never leaves /metrics empty.
  void adopt(PublisherOptions options);

  /// Takes in one poll and publishes. Unknown sources are ignored: a reload may have dropped them
  /// while they were asked.
  void observe(const Observation& observation);

  /// Publishes without the answers that have become too old, and after midnight without those of
  /// the day before.
  void expire();

  /// When expire() next has something to do; midnight at the latest.
  SteadyTime next_expiry() const;

 private:
  struct Kept;  // one query's last good answer and status
  struct Made;  // all that follows from the answers of a source
  using Queries = std::array<std::shared_ptr<Kept>, opencost::kQueries.size()>;

  // All of these REQUIRE that mutex_ is held.
  void keep(const Observation& observation, const Queries& queries);
  void judge(const std::string& source, const Queries& queries);
  SteadyTime end_of(const Kept& kept, opencost::Query query) const;
  void end(Kept& kept, const std::string& source, opencost::Query query);
  void publish();
  void remember(const std::string& source, Kept& days);
  cost::SourceReport report(const std::string& name, const Queries& queries);
  void drop_conflicts(Publication& next);
  void complete(cost::Report& report);
  void put(std::shared_ptr<Publication> next, SteadyTime began);

  const Clock& clock_;
  History& history_;
  metrics::SelfMetrics& self_;
  Board& board_;
  log::Log log_;
  mutable std::mutex mutex_;
  PublisherOptions options_;
  std::shared_ptr<const cost::AttributionRules> rules_ =  // of options_
      std::make_shared<const cost::AttributionRules>();
  Watchlist watchlist_;
  metrics::Renderer renderer_;
  metrics::Options rendered_with_;
  std::map<std::string, Queries> kept_;
  std::map<std::string, std::unique_ptr<Made>> made_;
  SteadyTime midnight_ = SteadyTime::max();
  std::set<std::string>
      conflicts_;  // sources that share a cluster's name with another; logged once
  std::uint64_t generation_ = 0;
};

/// Asks one OpenCost. step() is the whole behaviour; run() only waits between steps.
///
/// A query that is refused is asked again after a minute or so, then ever less often. A server that
/// cannot be reached holds back all its queries in the same way, and is asked everything that is
/// overdue as soon as one of them is answered. What Collections wants comes before all that,
/// whatever holds it back, one question at a time.
class Poller {
 public:
  /// All references must outlive the Poller. `seed` drives jitter only.
  Poller(Source source, Schedule schedule, http::RetryPolicy retry, const Clock& clock,
         std::unique_ptr<http::Transport> transport, const History& history, Publisher& publisher,
         Collections& collections, log::Log log, std::uint64_t seed);

  /// Asks the most urgent query that is due, if any, and says when the next one is.
  SteadyTime step(const std::stop_token& stop);

  /// Steps and sleeps until it is stopped.
  void run(const std::stop_token& stop);

  /// Lets run() look again at what is wanted. Thread-safe.
  void wake();

 private:
  struct Due {
    SteadyTime at{};
    http::Breaker breaker;
    std::optional<opencost::Question> answered;  // never ask the same question twice
    std::size_t rows = 0;                        // of the last accepted answer
    int implausible = 0;                         // in a row
  };

  Due& due(opencost::Query query) { return due_[static_cast<std::size_t>(query)]; }
  std::optional<opencost::Question> question(opencost::Query query);
  std::optional<opencost::Question> next_day(SteadyTime began);
  void doubt(Observation& observation);
  void finished(const Observation& observation, SteadyTime began);
  void report(const Observation& observation);
  SteadyTime next() const;
  std::stop_token new_nap();

  Source source_;
  Schedule schedule_;
  http::RetryPolicy retry_;
  const Clock& clock_;
  std::unique_ptr<http::Transport> transport_;
  const History& history_;
  Publisher& publisher_;
  Collections& collections_;
  log::Log log_;
  std::mt19937_64 random_;
  http::Breaker breaker_;      // of the server
  SteadyTime closed_until_{};  // nothing is asked before
  std::vector<Due> due_;       // by Query
  /// A day whose question failed is asked for ever less often.
  struct Held {
    http::Breaker breaker;
    SteadyTime until{};
  };
  std::map<std::chrono::sys_seconds, Held> held_;  // by the day's start
  std::set<std::string> logged_;  // rejected rows that were logged, so that each is logged once
  std::mutex nap_mutex_;
  std::stop_source nap_;  // ends the sleep of run(); guarded by nap_mutex_
};

/// The pollers of all sources, a thread each, whom Collections may wake, and the thread that ends
/// series when they are too old and looks after the ledger. Threads stop with it.
class Fleet {
 public:
  using MakeTransport = std::function<std::unique_ptr<http::Transport>(const Source&)>;

  /// `clock`, `history`, `publisher` and `collections` must outlive the fleet.
  Fleet(const Clock& clock, History& history, Publisher& publisher, Collections& collections,
        log::Log log, MakeTransport make_transport);
  ~Fleet();

  /// Starts and stops pollers until they are those of `sources`. One whose settings are unchanged
  /// goes on undisturbed, since a question that is given up costs OpenCost as much as its answer.
  void adopt(const std::vector<Source>& sources, const Schedule& schedule,
             const http::RetryPolicy& retry);

 private:
  struct Member {
    Source source;
    std::jthread thread;
  };

  const Clock& clock_;
  History& history_;
  Publisher& publisher_;
  Collections& collections_;
  log::Log log_;
  MakeTransport make_transport_;
  Schedule schedule_;
  http::RetryPolicy retry_;
  std::vector<Member> members_;
  std::jthread house_;
};

/// Every reason a poll can fail for and a row can be rejected for, as label values.
std::vector<std::string> failure_reasons();
std::vector<std::string> rejection_reasons();

/// Feeds recordings through the same decoding and publishing, at the times they were made. `labels`
/// are read from those answers that were asked for with labels.
/// REQUIRES: recordings sorted by time, labels sorted, publisher uses `clock`.
Result<void> replay(const std::vector<http::Recording>& recordings,
                    const std::vector<std::string>& labels, ManualClock& clock,
                    Publisher& publisher);

}  // namespace exporter::poll
