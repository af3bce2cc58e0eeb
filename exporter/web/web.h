// The sockets Prometheus and people talk to. Serves what is on the Board; never asks OpenCost.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/access/access.h"
#include "exporter/api/api.h"
#include "exporter/clock.h"
#include "exporter/ledger/ledger.h"
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

/// Whether clients show certificates, in the words of the exporter-toolkit (and of Go's
/// crypto/tls).
enum class ClientAuth : std::uint8_t {
  none,                // NoClientCert
  request,             // RequestClientCert: asked for, whatever it is
  require_any,         // RequireAnyClientCert: without one there is no connection
  verify_if_given,     // VerifyClientCertIfGiven
  require_and_verify,  // RequireAndVerifyClientCert
};

/// Contents rather than files, so that two of them can be compared. Secret: never to be printed.
struct Tls {
  std::string certificates;          // PEM, the server's own first
  std::string key;                   // PEM
  std::string client_authorities{};  // PEM; needed where certificates are verified
  ClientAuth client_auth = ClientAuth::none;
  /// One must be among a client's subject alternative names (DNS, IP, e-mail, URI); empty: any.
  std::vector<std::string> client_names{};
  int least_version = 12;  // 10 to 13: TLS 1.0 to 1.3
  int most_version = 13;
  std::vector<std::string> cipher_suites{};  // Go's names; TLS 1.2 and below; empty: the library's
  std::vector<std::string> curves{};         // Go's names: CurveP256, CurveP384, CurveP521, X25519
  bool prefer_server_ciphers = true;

  friend bool operator==(const Tls&, const Tls&) = default;
};
/// What GnuTLS makes of it: a pair that does not fit, an unknown cipher suite. Never the key.
Result<void> check(const Tls& tls);
/// The names that Tls::cipher_suites and Tls::curves may hold.
std::span<const std::string_view> cipher_suites();
std::span<const std::string_view> curves();

/// What the web configuration file says; none of it without one. Can change while it serves.
struct Security {
  std::optional<Tls> tls{};
  std::vector<access::User> users{};
  std::vector<std::pair<std::string, std::string>> headers{};  // on every answer

  friend bool operator==(const Security&, const Security&) = default;
};

/// What is served. All outlive the server.
struct Context {
  const Clock& clock;
  const poll::Board& board;
  const metrics::SelfMetrics& self;
  ledger::Ledger& ledger;
  poll::Collections& collections;
  access::Gate& gate;
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
///
/// What takes time is done by threads of its own, so that a scrape never waits for it: one asks
/// Kubernetes who somebody is, one checks passwords, two make answers of the API. Each of the three
/// has a queue; a request that finds it full is refused with 503 and Retry-After.
class Server {
 public:
  /// Loads a new configuration; the error is the answer to POST /-/reload. Never called twice at
  /// once. It may call adopt(). REQUIRES: it does not end the server.
  using Reload = std::function<Result<void>()>;

  /// Errors name the address.
  static Result<std::unique_ptr<Server>> start(Options options, Context context, Security security,
                                               api::Options api, Reload reload);
  ~Server();

  /// Puts these into force for requests, and where TLS changed for connections, from now on. Those
  /// there are go on for at most five seconds with what they began with; nobody is refused in
  /// between. The Gate is told of users and tokens by the caller. An error changes nothing.
  Result<void> adopt(Security security, api::Options api);

  /// Where it listens, `127.0.0.1:41234`, ports resolved; in the order of the options.
  const std::vector<std::string>& addresses() const { return addresses_; }

  struct State;  // for web/ only

 private:
  explicit Server(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
  std::vector<std::string> addresses_;
};

/// The page at `/`, as HTML. Complete in itself: no scripts, no fonts, no network. Links to the
/// reference page of the API where there is one.
std::string landing_page(const poll::Publication* publication, SystemTime now,
                         std::string_view telemetry_path, bool api_docs = false);

}  // namespace exporter::web
