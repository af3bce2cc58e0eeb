#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <system_error>

#include "exporter/http/credentials.h"
#include "exporter/http/curl_failure.h"
#include "exporter/http/curl_handles.h"
#include "exporter/http/failure.h"
#include "exporter/http/http.h"
#include "exporter/http/receiver.h"
#include "exporter/http/reply.h"
#include "exporter/http/url.h"
#include "exporter/version.h"

namespace exporter::http {
namespace {

using std::chrono::milliseconds;

constexpr int kLongestNapMilliseconds = 3'600'000;  // curl wakes earlier for its own timeouts
constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::hours(24 * 366);

/// Curl reads no time at all as no limit at all.
long limit(milliseconds time) {
  return std::clamp<long>(time.count(), 1, std::numeric_limits<int>::max());
}

std::optional<std::string> header(CURL* easy, const char* name, std::size_t index = 0) {
  curl_header* found = nullptr;
  if (curl_easy_header(easy, name, index, CURLH_HEADER, -1, &found) != CURLHE_OK) {
    return std::nullopt;
  }
  return std::string(found->value);
}

Head read_head(CURL* easy, int status) {
  Head head{.status = status, .content_length = header(easy, "Content-Length").value_or("")};
  for (std::size_t i = 0; const auto codings = header(easy, "Content-Encoding", i); ++i) {
    head.content_codings.push_back(*codings);
  }
  return head;
}

/// What a POST brings along.
struct Content {
  const std::string& type;
  const std::string& bytes;
};

/// What the C callbacks see. No exception may pass through curl, so they leave it here.
struct Exchange {
  CURL* easy;
  Receiver receiver;
  std::exception_ptr thrown;
};

template <class Step>
std::size_t guarded(Exchange& exchange, std::size_t size, Step step) noexcept {
  try {
    return step() ? size : 0;
  } catch (...) {
    exchange.thrown = std::current_exception();
    return 0;
  }
}

bool take_header(Exchange& exchange, std::string_view line) {
  if (!exchange.receiver.header_line(line.size())) return false;
  if (line != "\r\n" && line != "\n") return true;
  const auto status = static_cast<int>(get_info<long>(exchange.easy, CURLINFO_RESPONSE_CODE));
  return status < 200 || exchange.receiver.head(read_head(exchange.easy, status));
}

std::size_t on_header(const char* data, std::size_t, std::size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  return guarded(exchange, size, [&] { return take_header(exchange, {data, size}); });
}

std::size_t on_body(const char* data, std::size_t, std::size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  return guarded(exchange, size, [&] { return exchange.receiver.take({data, size}); });
}

tl::unexpected<Failure> cancelled() { return failure(FailureKind::cancelled, "cancelled"); }

Stage stage(CURL* easy) {
  if (get_info<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T) > 0) return Stage::connected;
  if (get_info<curl_off_t>(easy, CURLINFO_NAMELOOKUP_TIME_T) > 0) return Stage::connecting;
  return Stage::resolving;
}

}  // namespace

struct CurlTransport::Session {
  explicit Session(Options wanted);

  /// GETs, or POSTs `content` where there is any.
  Result<Answer, Failure> send(const std::string& text, const Content* content, const Body& body,
                               const std::stop_token& stop);

 private:
  Result<Reply, Failure> ask(const Url& url, const Credentials& credentials, const Content* content,
                             milliseconds left, const Body& body, const std::stop_token& stop);
  void prepare(Exchange& exchange, milliseconds left);
  void prepare_tls();
  List prepare_headers(const Credentials& credentials, const Content* content);
  List prepare_address(const Url& url, List& headers);
  std::optional<CURLcode> run(const std::stop_token& stop);
  Reply reply(const Receiver& receiver);
  tl::unexpected<Failure> broken(CURLcode code, const Url& url);

  Options options_;
  Multi multi_;  // holds the connection, hence outlives the transfers
  std::array<char, CURL_ERROR_SIZE> error_{};
  Easy easy_;
};

CurlTransport::Session::Session(Options wanted) : options_(std::move(wanted)) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  require(ready == CURLE_OK, curl_easy_strerror(ready));
  multi_.reset(curl_multi_init());
  easy_.reset(curl_easy_init());
  require(multi_ && easy_, "out of memory");
}

Result<Answer, Failure> CurlTransport::Session::send(const std::string& text,
                                                     const Content* content, const Body& body,
                                                     const std::stop_token& stop) {
  if (stop.stop_requested()) return cancelled();
  Result<Url> url = parse_url(text);
  if (!url) return failure(FailureKind::connect, url.error().message);
  const auto credentials = read_credentials(options_.auth);
  if (!credentials) return tl::unexpected<Failure>(credentials.error());
  milliseconds left = options_.timeout;
  for (int redirects = 0;; ++redirects) {
    auto reply = ask(*url, *credentials, content, left, body, stop);
    if (!reply) return tl::unexpected<Failure>(std::move(reply).error());
    if (reply->wanted) return std::move(reply->answer);
    if (!reply->location) return tl::unexpected<Failure>(bad_status(*url, *reply));
    if (content != nullptr) return tl::unexpected<Failure>(not_followed(*url, *reply->location));
    auto next = follow(*url, *reply->location, redirects);
    if (!next) return tl::unexpected<Failure>(std::move(next).error());
    url = *std::move(next);
    left -= reply->took;
  }
}

Result<Reply, Failure> CurlTransport::Session::ask(const Url& url, const Credentials& credentials,
                                                   const Content* content, milliseconds left,
                                                   const Body& body, const std::stop_token& stop) {
  curl_easy_reset(easy_.get());
  const Wanted wanted = content != nullptr ? Wanted::ok_or_created : Wanted::ok;
  Exchange exchange{easy_.get(), {body, wanted, options_.max_answer_bytes, url.place()}, nullptr};
  prepare(exchange, left);
  List headers = prepare_headers(credentials, content);
  const List connect_to = prepare_address(url, headers);
  set(easy_.get(), CURLOPT_HTTPHEADER, headers.get());

  const std::optional<CURLcode> code = run(stop);
  const Receiver& receiver = exchange.receiver;
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  if (!code) return cancelled();
  if (receiver.verdict()) return tl::unexpected<Failure>(*receiver.verdict());
  // Once the status says no, how its explanation ends matters no more.
  const bool answered = *code == CURLE_OK || (receiver.status() != 0 && !receiver.wanted());
  if (!answered) return broken(*code, url);
  return reply(receiver);
}

void CurlTransport::Session::prepare(Exchange& exchange, milliseconds left) {
  CURL* easy = easy_.get();
  set(easy, CURLOPT_ERRORBUFFER, error_.data());
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(easy, CURLOPT_USERAGENT, fmt::format("opencost-exporter/{}", kVersion).c_str());
  set(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, limit(options_.connect_timeout));
  set(easy, CURLOPT_TIMEOUT_MS, limit(left));
  // A query may think for minutes, and what stands between forgets silent connections.
  set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  // A name server that does not answer must not hold up a cancelled request.
  set(easy, CURLOPT_QUICK_EXIT, 1L);
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_HEADERFUNCTION, &on_header);
  set(easy, CURLOPT_HEADERDATA, &exchange);
  set(easy, CURLOPT_WRITEFUNCTION, &on_body);
  set(easy, CURLOPT_WRITEDATA, &exchange);
  prepare_tls();
}

void CurlTransport::Session::prepare_tls() {
  CURL* easy = easy_.get();
  const Tls& tls = options_.tls;
  if (!tls.ca_file.empty()) {
    set(easy, CURLOPT_CAINFO, tls.ca_file.c_str());
    set(easy, CURLOPT_CAPATH, nullptr);  // or the system's authorities would do as well
  }
  if (!tls.cert_file.empty()) set(easy, CURLOPT_SSLCERT, tls.cert_file.c_str());
  if (!tls.key_file.empty()) set(easy, CURLOPT_SSLKEY, tls.key_file.c_str());
  if (tls.insecure_skip_verify) {
    set(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  // Files are rotated: neither a parsed copy nor an old session may stand in for them.
  set(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
  set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

List CurlTransport::Session::prepare_headers(const Credentials& credentials,
                                             const Content* content) {
  CURL* easy = easy_.get();
  List headers;
  for (const std::string& line : credentials.headers) append(headers, line);
  if (credentials.basic) {
    set(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(easy, CURLOPT_USERNAME, credentials.basic->username.c_str());
    set(easy, CURLOPT_PASSWORD, credentials.basic->password.c_str());
  }
  if (content != nullptr) {
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(content->bytes.size()));
    set(easy, CURLOPT_POSTFIELDS, content->bytes.c_str());
    append(headers, "Content-Type: " + content->type);
  }
  return headers;
}

/// curl verifies the name it asks for, so it is told to ask for server_name at url's address.
List CurlTransport::Session::prepare_address(const Url& url, List& headers) {
  List connect_to;
  Url asked = url;
  if (url.scheme == "https" && !options_.tls.server_name.empty()) {
    asked.host = options_.tls.server_name;
    append(connect_to, fmt::format("::{}:{}", url.host, url.port));
    append(headers, "Host: " + url.authority());
    set(easy_.get(), CURLOPT_CONNECT_TO, connect_to.get());
  }
  set(easy_.get(), CURLOPT_URL, asked.text().c_str());
  return connect_to;
}

/// Nothing when cancelled.
std::optional<CURLcode> CurlTransport::Session::run(const std::stop_token& stop) {
  error_.front() = '\0';
  require(curl_multi_add_handle(multi_.get(), easy_.get()) == CURLM_OK, "the handle is in use");
  const auto detach = [this](CURL* easy) { curl_multi_remove_handle(multi_.get(), easy); };
  const std::unique_ptr<CURL, decltype(detach)> attached(easy_.get(), detach);
  const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
  while (!stop.stop_requested()) {
    int running = 0;
    CURLMcode code = curl_multi_perform(multi_.get(), &running);
    require(code == CURLM_OK, curl_multi_strerror(code));
    for (int waiting = 1; waiting > 0;) {
      const CURLMsg* message = curl_multi_info_read(multi_.get(), &waiting);
      if (message == nullptr) break;
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    code = curl_multi_poll(multi_.get(), nullptr, 0, kLongestNapMilliseconds, nullptr);
    require(code == CURLM_OK, curl_multi_strerror(code));
  }
  return std::nullopt;
}

Reply CurlTransport::Session::reply(const Receiver& receiver) {
  CURL* easy = easy_.get();
  Reply reply{.status = receiver.status(),
              .wanted = receiver.wanted(),
              .answer = {header(easy, "Content-Type").value_or(""), receiver.bytes()},
              .opening = receiver.opening()};
  if (is_redirect(reply.status)) reply.location = header(easy, "Location");
  const std::chrono::seconds wait(get_info<curl_off_t>(easy, CURLINFO_RETRY_AFTER));
  if ((reply.status == 429 || reply.status == 503) && wait > std::chrono::seconds::zero()) {
    reply.retry_after = std::min(wait, kLongestRetryAfter);
  }
  const std::chrono::microseconds took(get_info<curl_off_t>(easy, CURLINFO_TOTAL_TIME_T));
  reply.took = std::chrono::ceil<milliseconds>(took);
  return reply;
}

tl::unexpected<Failure> CurlTransport::Session::broken(CURLcode code, const Url& url) {
  std::string text = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
  // curl 7.88 says that it could not connect, but not why.
  const long reason =
      code == CURLE_COULDNT_CONNECT ? get_info<long>(easy_.get(), CURLINFO_OS_ERRNO) : 0;
  if (reason != 0) text += ": " + std::generic_category().message(static_cast<int>(reason));
  const FailureKind kind = failure_kind(code, stage(easy_.get()), text);
  return failure(kind, fmt::format("{} {}: {}", what_failed(kind), url.place(), printable(text)));
}

CurlTransport::CurlTransport(Options options)
    : session_(std::make_unique<Session>(std::move(options))) {}

CurlTransport::~CurlTransport() = default;

Result<Answer, Failure> CurlTransport::get(const std::string& url, const Body& body,
                                           std::stop_token stop) {
  return session_->send(url, nullptr, body, stop);
}

Result<Answer, Failure> CurlTransport::post(const std::string& url, const std::string& content_type,
                                            const std::string& content, const Body& body,
                                            const std::stop_token& stop) {
  const Content whole{content_type, content};
  return session_->send(url, &whole, body, stop);
}

}  // namespace exporter::http
