// What runs from start to stop, whichever command it serves: the rooms, put together. Part of the
// program.
//
// Declaration order is the order of lifetimes; destruction is the shutdown.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "exporter/access/access.h"
#include "exporter/clock.h"
#include "exporter/config/config.h"
#include "exporter/ledger/ledger.h"
#include "exporter/log/log.h"
#include "exporter/metrics/metrics.h"
#include "exporter/poll/poll.h"
#include "exporter/result.h"
#include "exporter/watched_files.h"
#include "exporter/web/web.h"

namespace exporter {

/// A configuration with what its web configuration file says.
struct Configuration {
  config::Config config;
  config::WebConfig web;
};
Result<Configuration, config::Faults> load_configuration(const config::Invocation& invocation,
                                                         const config::Environment& environment);

poll::PublisherOptions publisher_options(const config::Config& config);

/// Who may ask for what, in the words of a log: nothing while there is nothing to be said.
std::string warning_of(const Configuration& configuration);

class Service {
 public:
  Service(const config::Invocation& invocation, config::Environment environment,
          const Configuration& configuration);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Begins to poll and to listen. Two exporters on one ledger would each ask for every day, so a
  /// ledger that is in use is a mistake; any other trouble with it is logged and lived with.
  Result<void> start(const Configuration& configuration);

  /// Reads the configuration again; the one in force stays unless the new one is without fault.
  Result<void> reload();

  const poll::Board& board() const { return board_; }
  const std::vector<std::string>& addresses() const { return server_->addresses(); }
  const log::Logger& logger() const { return logger_; }

 private:
  std::unique_ptr<http::Transport> transport(const poll::Source& source);
  void adopt(const Configuration& configuration);
  void watch(const std::stop_token& stop);
  Result<void, config::Faults> reload_web();
  Error refused(const config::Faults& faults);

  config::Invocation invocation_;
  config::Environment environment_;
  config::Config at_start_;
  log::Logger logger_;
  SystemClock clock_;
  metrics::SelfMetrics self_;
  ledger::Ledger ledger_;
  poll::History history_;
  poll::Board board_;
  poll::Publisher publisher_;
  poll::Collections collections_;
  access::Gate gate_;
  std::mutex reload_mutex_;
  Configuration in_force_;  // guarded by reload_mutex_, as what follows
  WatchedFiles files_;
  config::Faults web_faults_;  // of the last reload of the web configuration
  std::string warned_;
  poll::Fleet fleet_;
  std::unique_ptr<web::Server> server_;
  std::jthread watch_;
};

}  // namespace exporter
