// Which polls there were, which are under way, and asking for one now. Part of the door poll.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/poll/observation.h"
#include "exporter/result.h"

namespace exporter::poll {

enum class CollectionState : std::uint8_t {
  waiting,    // asked for, and not finished
  answered,   // an accepted answer came
  failed,     // none came, or it was refused
  unchanged,  // there was nothing new to ask for: the window has been answered
};
std::string_view to_string(CollectionState state);

/// One poll of one query of one source.
struct Collection {
  std::uint64_t id = 0;       // ascending, from 1
  std::uint64_t request = 0;  // id of the first collection of the request; 0: it was due
  std::string asked_by{};     // empty: it was due
  std::string source{};
  opencost::Query query = opencost::Query::current;
  CollectionState state = CollectionState::waiting;
  std::optional<SystemTime> asked_at{};  // of a request
  std::optional<SystemTime> finished_at{};
  std::optional<model::Window> window{};
  double seconds = 0;
  std::uint64_t bytes = 0, rows = 0, rejected = 0, retries = 0;
  std::string failure{};  // reason and detail

  friend bool operator==(const Collection&, const Collection&) = default;
};

/// Why nothing was asked for.
struct Denied {
  enum class Reason : std::uint8_t { unknown_source, under_way, too_soon };
  Reason reason = Reason::unknown_source;
  std::string source;                   // of the first it is about
  std::chrono::seconds retry_after{0};  // of too_soon
};

/// Thread-safe.
class Collections {
 public:
  /// How many finished ones are remembered; the oldest are forgotten first.
  static constexpr std::size_t kKept = 1000;
  /// A source is asked because somebody wants it at most once in this time.
  static constexpr std::chrono::seconds kRest{60};

  /// `clock` must outlive it.
  explicit Collections(const Clock& clock);

  /// Asks for a poll of `current`, `assets` and `today` of these sources, of all when there are
  /// none, as soon as each can: even while a breaker holds it back, but never two at a time. All
  /// or nothing.
  Result<std::vector<Collection>, Denied> ask(const std::vector<std::string>& sources,
                                              const std::string& by);

  /// Those that wait, then the finished ones, newest first.
  std::vector<Collection> all() const;

  // For Poller and Fleet.

  /// The sources there are; what waits for others has failed. Attending again replaces `wake`, and
  /// what waits goes on waiting. `wake` lets a poller look again; it is called without any lock,
  /// and so perhaps once more just after it was replaced.
  void attend(const std::string& source, std::function<void()> wake);
  void leave(const std::string& source);
  /// The queries that are wanted of a source, until one of the two below is said of them.
  std::vector<opencost::Query> wanted(const std::string& source) const;
  /// A poll has finished; with `window` and all that is known of it. Without `wanted` it was begun
  /// because it was due, and what has been asked for since then goes on waiting.
  void finished(const Observation& observation, bool wanted = true);
  /// What was wanted has no new window to be asked for.
  void unchanged(const std::string& source, opencost::Query query);

 private:
  // These REQUIRE that mutex_ is held.
  std::optional<Denied> denied(const std::vector<std::string>& sources) const;
  std::optional<Collection> take(std::string_view source, std::optional<opencost::Query> query);
  void keep(Collection collection);

  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, std::function<void()>, std::less<>> attending_;
  std::map<std::string, SteadyTime, std::less<>> asked_;  // when a source last was
  std::vector<Collection> waiting_;
  std::deque<Collection> done_;  // newest first
  std::uint64_t next_ = 1;
};

}  // namespace exporter::poll
