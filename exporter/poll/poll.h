// Asking each OpenCost when it is due, and publishing what is known.
//
// One thread per source asks its queries one after the other; the Publisher keeps the last good
// answer of each, rolls them up, renders the page and puts both on the Board in one step. Readers
// take a Publication from the Board and never wait for a poll.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "exporter/clock.h"
#include "exporter/cost/cost.h"
#include "exporter/http/http.h"
#include "exporter/log/log.h"
#include "exporter/metrics/metrics.h"
#include "exporter/opencost/opencost.h"

namespace exporter::poll {

/// How often each query is asked. Floors keep the load on OpenCost what it is meant to be.
struct Schedule {
  std::chrono::seconds current{300};
  std::chrono::seconds assets{900};
  std::chrono::seconds today{1800};
  /// How long after its end a window is first asked for, so that late samples are in it.
  std::chrono::seconds settle{600};
  /// Added to or taken off each interval at random, as a share of it, so that many sources and
  /// restarts do not fall into step.
  double jitter = 0.05;

  std::chrono::seconds interval(opencost::Query query) const;
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// One OpenCost.
struct Source {
  /// The label `cluster` of the exporter's own metrics: configured, else the URL's host and port.
  std::string name;
  /// True when `name` was configured and so replaces OpenCost's own word on cost series as well.
  bool named = false;
  std::string url;
  opencost::Alignment alignment = opencost::Alignment::rolling;
  http::Options http;

  friend bool operator==(const Source&, const Source&) = default;
};

struct PollFailure {
  std::string reason;  // http::FailureKind or opencost::Refusal, as text
  std::string detail;
};

/// One finished poll.
struct Observation {
  std::string source;
  opencost::Question question;
  SystemTime fetched_at{};
  std::chrono::duration<double> took{};
  std::uint64_t retries = 0;
  std::uint64_t bytes = 0;
  std::variant<PollFailure, opencost::AllocationAnswer, opencost::AssetAnswer> outcome;
};

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
  Schedule schedule;
  /// How long the last good answer of `current` is shown when no newer one comes. A slower query
  /// gets the difference of the intervals on top; `today` also ends with its day.
  std::chrono::seconds max_age{900};
  metrics::Options metrics;
  std::string currency = "USD";
};

/// Turns observations into publications. Thread-safe; publications appear in the order in which
/// observe() was entered.
class Publisher {
 public:
  /// All must outlive the Publisher.
  Publisher(const Clock& clock, metrics::SelfMetrics& self, Board& board, log::Log log);

  /// Puts options into force and publishes. Sources no longer named are forgotten; the answers of
  /// the others stay, so a reload never leaves /metrics empty.
  void adopt(PublisherOptions options);

  /// Takes in one poll and publishes. Unknown sources are ignored: a reload may have dropped them
  /// while they were asked.
  void observe(const Observation& observation);

  /// Publishes without the answers that have become too old.
  void expire();

  /// When expire() next has something to do.
  std::optional<SteadyTime> next_expiry() const;

 private:
  struct Kept;     // one query's last good answer and status
  void publish();  // REQUIRES: mutex_ is held

  const Clock& clock_;
  metrics::SelfMetrics& self_;
  Board& board_;
  log::Log log_;
  mutable std::mutex mutex_;
  PublisherOptions options_;
  std::map<std::string, std::array<std::shared_ptr<Kept>, opencost::kQueries.size()>> kept_;
  std::uint64_t generation_ = 0;
};

/// Asks one OpenCost. step() is the whole behaviour; run() only waits between steps.
class Poller {
 public:
  /// All references must outlive the Poller. `seed` drives jitter only.
  Poller(Source source, Schedule schedule, http::RetryPolicy retry, const Clock& clock,
         std::unique_ptr<http::Transport> transport, Publisher& publisher, log::Log log,
         std::uint64_t seed);

  /// Asks the most urgent query that is due, if any, and says when the next one is.
  SteadyTime step(std::stop_token stop);

  void run(std::stop_token stop);

 private:
  struct Due {
    SteadyTime at{};
    std::optional<opencost::Question> answered;  // never ask the same question twice
    std::size_t rows = 0;                        // of the last accepted answer
    int implausible = 0;                         // in a row
  };

  Observation ask(const opencost::Question& question, std::stop_token stop);
  std::optional<opencost::Question> question(opencost::Query query) const;
  void finished(const Observation& observation);

  Source source_;
  Schedule schedule_;
  http::RetryPolicy retry_;
  const Clock& clock_;
  std::unique_ptr<http::Transport> transport_;
  Publisher& publisher_;
  log::Log log_;
  std::mt19937_64 random_;
  http::Breaker breaker_;
  std::array<Due, opencost::kQueries.size()> due_;
};

/// Every reason a poll can fail for and a row can be rejected for, as label values.
std::vector<std::string> failure_reasons();
std::vector<std::string> rejection_reasons();

/// Feeds recordings through the same decoding and publishing, at the times they were made.
/// REQUIRES: recordings sorted by time, publisher uses `clock`.
Result<void> replay(const std::vector<http::Recording>& recordings, ManualClock& clock,
                    Publisher& publisher);

}  // namespace exporter::poll
