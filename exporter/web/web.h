// The sockets Prometheus and people talk to. Serves what is on the Board; never asks OpenCost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/metrics/metrics.h"
#include "exporter/poll/poll.h"
#include "exporter/result.h"

namespace exporter::web {

struct Options {
  /// host:port, [v6]:port or :port for all interfaces, over IPv4 and IPv6 where there is both; port
  /// 0 takes a free one. [::]:port is IPv6 only, so that it may stand beside 0.0.0.0:port.
  std::vector<std::string> listen_addresses{":9754"};
  std::string telemetry_path = "/metrics";
  unsigned threads = 2;
  unsigned max_connections = 4096;
  /// Of one client address. Above the 1,000 idle clients a scrape must survive, below the total.
  unsigned max_connections_per_address = 2048;
  /// A connection without traffic for this long is closed.
  unsigned idle_timeout_seconds = 30;

  friend bool operator==(const Options&, const Options&) = default;
};

/// One row per route: drives dispatch, `Allow`, the landing page's links and docs/http.md.
struct Route {
  std::string_view path;     // `/metrics` stands for Options::telemetry_path
  std::string_view methods;  // as sent in `Allow`
  std::string_view summary;
};
std::span<const Route> routes();
/// docs/http.md, from the table.
std::string document();

/// Listens from construction to destruction, which lets answers under way be finished for at most
/// five seconds.
class Server {
 public:
  /// Loads a new configuration; the error is the answer to POST /-/reload. Never called twice at
  /// once, but by a thread that serves, so connections of that thread wait for it.
  /// REQUIRES: it does not end the server.
  using Reload = std::function<Result<void>()>;

  /// Errors name the address. `clock`, `board` and `self` must outlive the server.
  static Result<std::unique_ptr<Server>> start(Options options, const Clock& clock,
                                               const poll::Board& board,
                                               const metrics::SelfMetrics& self, Reload reload);
  ~Server();

  /// Where it listens, `127.0.0.1:41234`, ports resolved; in the order of the options.
  const std::vector<std::string>& addresses() const { return addresses_; }

  struct State;  // for web/ only

 private:
  explicit Server(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
  std::vector<std::string> addresses_;
};

/// The page at `/`, as HTML. Complete in itself: no scripts, no fonts, no network.
std::string landing_page(const poll::Publication* publication, SystemTime now,
                         std::string_view telemetry_path);

}  // namespace exporter::web
