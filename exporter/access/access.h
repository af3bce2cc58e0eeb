// Who asks, and what they may see. Decides; speaks no HTTP.
//
// A bearer token is either in the configuration, as its SHA-256, or Kubernetes' word for it is
// asked (TokenReview). Users of basic authentication stand in the web configuration file with
// their bcrypt hashes. Whatever is not known to be good is refused.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/result.h"

namespace exporter::access {

/// Whom a request comes from.
struct Caller {
  std::string name;      // `token grafana`, `user ada`, `kubernetes system:serviceaccount:a:b`
  bool admin = false;    // sees all there is, and may ask for collections
  std::string tenant{};  // of all others: the one that is seen

  friend bool operator==(const Caller&, const Caller&) = default;
};

using Digest = std::array<std::uint8_t, 32>;
/// SHA-256, FIPS 180-4.
Digest sha256(std::string_view bytes);
/// 64 hexadecimal digits. The error never repeats the text: it may be the token itself.
Result<Digest> parse_digest(std::string_view text);
std::string to_hex(const Digest& digest);
/// Takes equally long wherever the two differ.
bool equal(const Digest& a, const Digest& b);

/// A token of the configuration. REQUIRES: either admin or a tenant.
struct Token {
  std::string name;
  Digest sha256{};
  bool admin = false;
  std::string tenant{};
  std::optional<std::chrono::sys_seconds> expires{};  // refused from then on

  friend bool operator==(const Token&, const Token&) = default;
};

/// Whom Kubernetes says somebody is, to whom that is here. Patterns may hold `*`; the first that
/// matches wins, and whom none matches is refused. REQUIRES: either user or group, either admin or
/// a tenant.
struct Subject {
  std::string user{};   // `system:serviceaccount:payments:*`
  std::string group{};  // `system:serviceaccounts:payments`
  bool admin = false;
  std::string tenant{};

  friend bool operator==(const Subject&, const Subject&) = default;
};

/// Where Kubernetes is asked about tokens that are in no configuration.
struct Kubernetes {
  bool enabled = false;
  std::string url = "https://kubernetes.default.svc";
  std::string ca_file = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
  /// The exporter's own token, read for every question.
  std::string token_file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  /// Whom the tokens must be for; empty: the API server itself.
  std::vector<std::string> audiences{};
  std::vector<Subject> subjects{};

  friend bool operator==(const Kubernetes&, const Kubernetes&) = default;
};

struct Options {
  std::vector<Token> tokens{};
  Kubernetes kubernetes{};
  /// Requests a second of one caller to the API, with bursts of ten times as many.
  double requests_per_second = 20;

  friend bool operator==(const Options&, const Options&) = default;
};

/// Of basic authentication. `bcrypt` is `$2a$`, `$2b$` or `$2y$` with cost and hash.
struct User {
  std::string name;
  std::string bcrypt;

  friend bool operator==(const User&, const User&) = default;
};
/// Nothing when crypt(3) of this machine can check such a hash; the error never repeats it.
Result<void> check_bcrypt(std::string_view hash);

/// What is asked for.
enum class Area {
  open,   // probes and what describes the API: anybody
  pages,  // metrics, the landing page, reload: anybody, or once there are users these and admins
  api,    // anybody while there are neither users nor tokens nor Kubernetes, else who is known
};

enum class Refusal {
  absent,       // no credentials, and some are needed
  malformed,    // an Authorization header that is neither Bearer nor Basic, or not well formed
  unknown,      // no such token or user, or a wrong password; which of these is not said
  expired,      // a token of the configuration
  forbidden,    // known, but without a right to this area or to any tenant
  unavailable,  // Kubernetes could not be asked, or too many others wait for its answer
  limited,      // too many requests, or too many failed attempts from one address
};
std::string_view to_string(Refusal refusal);

struct Refused {
  Refusal refusal = Refusal::absent;
  std::string detail{};                 // one clause for whoever asked; never a secret
  std::chrono::seconds retry_after{0};  // of unavailable and limited, at least 1 s

  friend bool operator==(const Refused&, const Refused&) = default;
};
using Outcome = Result<Caller, Refused>;

/// What a request says about who sends it.
struct Credentials {
  std::string authorization{};  // the header as sent; empty: none
  std::string address{};  // numeric, of the peer, without port; failed attempts are counted by
                          // it (IPv6: by its /64)
};

/// What Kubernetes says about a token.
struct Review {
  bool authenticated = false;
  std::string user{};
  std::vector<std::string> groups{};
  std::vector<std::string> audiences{};  // those of the question it is good for
};
/// Asks about one token; the error says why nobody knows. May take seconds.
using Reviewer = std::function<Result<Review>(const Kubernetes& kubernetes, std::string_view token,
                                              const std::stop_token& stop)>;
/// Asks the API server, authentication.k8s.io/v1, over http::CurlTransport.
Reviewer kubernetes_reviewer();
/// The answer to such a question; foreign bytes. The error names what is wrong with it.
Result<Review> parse_review(std::string_view answer);

/// A bucket of tokens for each key, refilled at `rate` a second up to `burst`. Remembers at most
/// `most` keys, the fullest of which are forgotten first. Thread-safe.
class Limiter {
 public:
  Limiter(const Clock& clock, double rate, double burst, std::size_t most = 10'000);

  /// Nothing when it may pass, which takes one from the bucket; else how long to wait.
  std::optional<std::chrono::seconds> take(std::string_view key);
  /// How long to wait if it were to pass now; takes nothing.
  std::optional<std::chrono::seconds> look(std::string_view key) const;

 private:
  struct Bucket {
    double tokens;
    SteadyTime at;
  };

  const Clock& clock_;
  double rate_, burst_;
  std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;  // guarded by mutex_
};

/// Lets in or refuses. Thread-safe.
///
/// What is good is remembered for a minute, what Kubernetes refused for ten seconds, by a keyed
/// hash of the credentials; what could not be found out is not remembered. adopt() forgets all.
class Gate {
 public:
  /// `clock` must outlive it. `reviewer` may be empty while Kubernetes is not enabled.
  Gate(const Clock& clock, Reviewer reviewer);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Puts tokens, users and limits into force from the next request on.
  void adopt(Options options, std::vector<User> users);

  /// At once: from the configuration and what is remembered. Nothing: only look_up() can tell.
  /// Counts one request of the caller against the limit where the area is the API.
  std::optional<Outcome> known(Area area, const Credentials& credentials);
  /// The same with all that takes time, bcrypt and Kubernetes. To be called where nobody waits for
  /// anything else.
  Outcome look_up(Area area, const Credentials& credentials, const std::stop_token& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace exporter::access
