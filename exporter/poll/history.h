// The finished days of every source: which are still to be asked for, and what the calendar's
// periods add up to. Part of the door poll.h.
//
// A day is asked for once it is 15 minutes over, and a second time 6 hours after its end if the
// first answer came before, since data may come late. A day that OpenCost knows nothing of, or far
// less than of the day beside it, gets its second question 6 hours after the first. No day is
// answered more than twice.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exporter/clock.h"
#include "exporter/cost/cost.h"
#include "exporter/ledger/ledger.h"
#include "exporter/log/log.h"
#include "exporter/metrics/metrics.h"
#include "exporter/model/model.h"
#include "exporter/poll/observation.h"

namespace exporter::poll {

struct HistoryOptions {
  std::vector<std::string> sources;
  model::Calendar calendar;
  /// How many finished days are wanted; nothing: back to the first of last month.
  std::optional<int> backfill_days;
  /// Labels that the answers of Query::today hold.
  std::vector<std::string> labels;
};

/// Thread-safe. Everything is kept in the ledger; what is kept here beside it are sums.
class History {
 public:
  using Periods = std::array<cost::PeriodCost, model::kPeriods.size()>;

  /// All must outlive it.
  History(ledger::Ledger& ledger, metrics::SelfMetrics& self, log::Log log);

  /// Also tries a ledger file again that could not be used.
  void adopt(HistoryOptions options, SystemTime now);

  struct Next {
    std::optional<model::Window> day;  // to be asked for now
    SystemTime look{};                 // if there is none, when there may be one
  };
  /// Yesterday first, then second questions, then what is missing, newest first. Days that begin at
  /// one of `held` are passed over.
  Next next(const std::string& source, SystemTime now,
            const std::set<std::chrono::sys_seconds>& held) const;

  /// Takes in an accepted answer of Query::day. One with far fewer rows than the first answer for
  /// the same day is not believed: the first stays.
  void take(const Observation& observation);
  /// Brings the metrics of the ledger up to date after take(). To be called when the page is out:
  /// they must not promise days that a scrape does not find yet.
  void tell(const std::string& source, SystemTime now);

  /// Finished days and `today` together. `today` is the last answer of Query::today or null; one of
  /// yesterday stands for what is known of that day until its own answer comes.
  Periods periods(const std::string& source, const std::shared_ptr<const cost::Breakdown>& today,
                  SystemTime now);

  /// When the ledger was last answered for this source, by this process or an earlier one.
  std::optional<SystemTime> last_answer(const std::string& source) const;

  /// Deletes what is too old and tries a ledger file again that could not be used. To be called now
  /// and then.
  void tend(SystemTime now);

  /// The day after that of `now` begins.
  SystemTime midnight(SystemTime now) const;
  /// Length of the month that holds `now`.
  std::chrono::seconds month(SystemTime now) const;

 private:
  struct Kept {
    std::vector<ledger::Entry> entries;
    std::map<model::Window, std::shared_ptr<const model::AllocationTable>> sums;
    /// The parts each period was last made of, and what they made.
    std::array<std::vector<std::shared_ptr<const model::AllocationTable>>, model::kPeriods.size()>
        parts;
    std::array<std::shared_ptr<const cost::Breakdown>, model::kPeriods.size()> made;
    std::uint64_t done = 0;  // of the wanted days, when they were last counted
  };

  // All of these REQUIRE that mutex_ is held.
  model::Days wanted(SystemTime now) const;
  const ledger::Entry* find(const Kept& kept, model::Window day) const;
  void reload(const std::string& source, Kept& kept);
  void count(const std::string& source, Kept& kept, SystemTime now);
  void recover();
  void failed(const ledger::Failure& failure);
  void figures();
  std::shared_ptr<const model::AllocationTable> sum(const std::string& source, Kept& kept,
                                                    model::Window finished);
  void make_sums(const std::string& source, Kept& kept, std::chrono::local_days date);
  /// The coverage of a period; `parts` receives what it is the sum of.
  cost::PeriodCost gather(const Kept& kept, model::Period period, const cost::Breakdown* today,
                          SystemTime now,
                          std::vector<std::shared_ptr<const model::AllocationTable>>& parts) const;
  static model::Days finished_days(model::Period period, std::chrono::local_days today);

  ledger::Ledger& ledger_;
  metrics::SelfMetrics& self_;
  log::Log log_;
  mutable std::mutex mutex_;
  HistoryOptions options_;
  std::map<std::string, Kept> kept_;
  std::string trouble_;  // the last one logged
  SystemTime tended_{};
};

}  // namespace exporter::poll
