// Asking one HTTP server for one document at a time, and saying exactly how it failed.
//
// The body is handed on as it arrives and never kept here. Not here: what the bytes mean
// (opencost/), when to ask (poll/).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/clock.h"
#include "exporter/result.h"

namespace exporter::http {

struct BasicAuth {
  std::string username{};
  std::string password_file{};

  friend bool operator==(const BasicAuth&, const BasicAuth&) = default;
};

/// Credentials are files, read for every request, so a rotated secret needs no restart.
/// Surrounding white space of a file's content is cut off; what is left must not be empty.
struct Auth {
  std::string bearer_token_file{};   // empty: none
  std::optional<BasicAuth> basic{};  // REQUIRES: not with bearer_token_file
  std::vector<std::pair<std::string, std::string>>
      header_files{};  // header name -> file with its value

  friend bool operator==(const Auth&, const Auth&) = default;
};

struct Tls {
  std::string ca_file{};    // empty: the system's
  std::string cert_file{};  // client certificate, with key_file
  std::string key_file{};
  std::string server_name{};  // SNI and the name verified; empty: the URL's host
  bool insecure_skip_verify = false;

  friend bool operator==(const Tls&, const Tls&) = default;
};

struct Options {
  std::chrono::milliseconds connect_timeout{5'000};
  /// From the first byte sent to the last byte received. OpenCost runs some fifty PromQL queries
  /// before its first byte, so this is minutes rather than seconds.
  std::chrono::milliseconds timeout{120'000};
  /// An answer longer than this is refused while it arrives.
  std::uint64_t max_answer_bytes = 512ull << 20;
  Auth auth{};
  Tls tls{};

  friend bool operator==(const Options&, const Options&) = default;
};

/// Every way a request can fail, and the value of the label `reason` it is counted under.
enum class FailureKind {
  resolve,      // the host name has no address
  connect,      // refused, unreachable, or no answer within connect_timeout
  tls,          // handshake or certificate
  timeout,      // connected, but not finished within timeout; never retried at once
  reset,        // the connection broke before the answer was whole
  too_large,    // longer than max_answer_bytes
  redirect,     // to another host, too many, or of a POST
  http_status,  // any status but 200, or of a POST 201
  encoding,     // compressed in a way that cannot be undone
  credentials,  // a credential file cannot be read or holds a line break
  cancelled,    // the stop token; not an error of the server, never counted
};
inline constexpr std::size_t kFailureKinds = 11;
std::string_view to_string(FailureKind kind);

struct Failure {
  FailureKind kind = FailureKind::connect;
  int status = 0;  // of http_status
  std::string
      detail{};  // one clause: place, value, first words of the body; control characters escaped
  std::optional<std::chrono::seconds> retry_after{};  // what the server asked for, with 429 and 503
};

/// Of an answer with status 200, or of a POST 201.
struct Answer {
  std::string content_type{};  // as sent; empty when there was none
  std::uint64_t bytes = 0;     // of the body, after decompression
};

/// Takes the next bytes of a 200 body. False refuses the rest: the transfer ends as `reset` with
/// detail "refused by the reader", and the reader knows better why.
using Body = std::function<bool(std::string_view)>;

/// The seam between asking and the network: curl, or a recording.
class Transport {
 public:
  virtual ~Transport() = default;

  /// GETs `url`, which holds no user name. Blocks; returns `cancelled` soon after `stop` is
  /// requested. One call at a time.
  virtual Result<Answer, Failure> get(const std::string& url, const Body& body,
                                      std::stop_token stop) = 0;
};

/// libcurl's multi interface. Keeps its connection between calls; follows redirects only within
/// the same scheme, host and port; takes `gzip` and `deflate`.
class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(Options options);
  ~CurlTransport() override;

  Result<Answer, Failure> get(const std::string& url, const Body& body,
                              std::stop_token stop) override;
  /// POSTs `content` and hands on the body of a 200 or 201. Follows no redirect. As get() in all
  /// else.
  Result<Answer, Failure> post(const std::string& url, const std::string& content_type,
                               const std::string& content, const Body& body,
                               const std::stop_token& stop);

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

struct RetryPolicy {
  int retries = 3;  // after the first attempt
  std::chrono::milliseconds first{1'000};
  std::chrono::milliseconds longest{10'000};

  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

/// How long to wait before attempt `attempt + 1`, or nothing when it would not help: only resolve,
/// connect, reset, 429 and 5xx are tried again, never a timeout, since OpenCost goes on working on
/// the query that was given up. The delay doubles from `first` to `longest`, is scaled by
/// `jitter` into [0.5, 1], and is at least retry_after; a retry_after above `longest` is not
/// waited for. REQUIRES: attempt >= 1, 0 <= jitter <= 1.
std::optional<std::chrono::milliseconds> retry_delay(const RetryPolicy& policy,
                                                     const Failure& failure, int attempt,
                                                     double jitter);

/// Asks a server that keeps failing ever less often. Counts polls that failed for good, retries
/// included; closed again by the first success.
class Breaker {
 public:
  /// After the n-th failure in a row, wait min(shortest * 2^(n-1), longest) before the next poll.
  Breaker(std::chrono::milliseconds shortest, std::chrono::milliseconds longest)
      : shortest_(shortest), longest_(longest) {}

  void succeeded() { failures_ = 0; }
  /// The wait that follows. Saturates; never overflows.
  std::chrono::milliseconds failed();
  int consecutive_failures() const { return failures_; }

 private:
  std::chrono::milliseconds shortest_;
  std::chrono::milliseconds longest_;
  int failures_ = 0;
};

/// One recorded exchange: what was asked and what came of it.
///
/// On disk a `.http` file: header lines `source`, `url` and `fetched-at`, then `status` and
/// `content-type`, or `failure`, `detail` and, of an http_status, `status` and `retry-after`; an
/// empty line, and the body's bytes unchanged. `url` has no scheme, host or credentials.
/// `fetched-at` is when the answer was whole, in UTC with milliseconds.
struct Recording {
  std::string source{};  // the poller it belongs to
  std::string url{};     // path and query as asked
  SystemTime fetched_at{};
  std::optional<Failure> failure{};
  std::string content_type{};
  std::string body{};  // empty when it failed
};

/// Passes through to another transport and writes every exchange to a new file in `directory`,
/// under a temporary name until it is whole. A file that cannot be written is reported to
/// `on_error` and does not disturb the answer. A body that its reader refuses is still fetched and
/// recorded to its end, being the one worth looking at; a cancelled request leaves no file.
class RecordingTransport final : public Transport {
 public:
  RecordingTransport(std::unique_ptr<Transport> next, std::string directory, std::string source,
                     const Clock& clock, std::function<void(const Error&)> on_error);

  Result<Answer, Failure> get(const std::string& url, const Body& body,
                              std::stop_token stop) override;

 private:
  std::unique_ptr<Transport> next_;
  std::string directory_;
  std::string source_;
  const Clock& clock_;
  std::function<void(const Error&)> on_error_;
  int sequence_ = 0;
};

/// The recordings of a folder, oldest first (fetched-at, then file name). Errors name the file and
/// the line.
Result<std::vector<Recording>> read_recordings(const std::string& directory);

}  // namespace exporter::http
