// What has been seen of the workloads of every source, kept over restarts. Part of the door poll.h.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/cost/cost.h"
#include "exporter/ledger/ledger.h"
#include "exporter/log/log.h"
#include "exporter/metrics/metrics.h"

namespace exporter::poll {

/// Not thread-safe. What changes with a window is written to the ledger at once, so that a process
/// that is killed forgets nothing but the window at hand.
class Watchlist {
 public:
  using Statuses = std::vector<std::shared_ptr<const cost::PolicyStatus>>;

  /// All must outlive it.
  Watchlist(ledger::Ledger& ledger, metrics::SelfMetrics& self, log::Log log);

  /// Sources no longer named are dropped; what the ledger remembers of new ones is read.
  void adopt(const std::vector<std::string>& sources, std::vector<cost::Policy> policies,
             double idle_below);

  /// Takes in a window and judges it by every policy. The same window again, after policies have
  /// changed, only judges. REQUIRES: a source that was named.
  Statuses take(const std::string& source, const std::shared_ptr<const cost::Breakdown>& current);

  const cost::Watch& watch(const std::string& source) const { return kept_.at(source).watch; }

 private:
  struct Kept {
    cost::Watch watch;
    cost::Matches matches;
    bool behind = true;  // the ledger may hold something else
  };

  void restore(const std::string& source, Kept& kept);
  void write(const std::string& source, Kept& kept);
  void failed(const ledger::Failure& failure);

  ledger::Ledger& ledger_;
  metrics::SelfMetrics& self_;
  log::Log log_;
  std::vector<cost::Policy> policies_;
  double idle_below_ = 0;
  std::map<std::string, Kept> kept_;
  std::string trouble_;  // the last one logged
};

}  // namespace exporter::poll
