#include <fmt/format.h>
#include <microhttpd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <exception>

#include "exporter/web/answer.h"
#include "exporter/web/body.h"
#include "exporter/web/listen.h"

namespace exporter::web {

namespace {

constexpr std::uint64_t kMostBodyBytes = 64u << 10;
// How long answers under way may still take when the server ends.
constexpr std::chrono::seconds kDrain{5};

struct StopDaemon {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};
using Daemon = std::unique_ptr<MHD_Daemon, StopDaemon>;

}  // namespace

struct Server::State {
  Service service;
  std::mutex mutex;
  std::condition_variable finished;
  std::size_t under_way = 0;  // exchanges; guarded by mutex
  // Last: they end first, while what they use is still there.
  std::vector<Daemon> daemons;
};

namespace {

// One request and its answer, from the request line to the last byte sent.
struct Exchange {
  Exchange(Server::State& owner, const char* uri) : state(owner), target(uri) {
    const std::lock_guard lock(state.mutex);
    ++state.under_way;
  }
  ~Exchange() {
    const std::lock_guard lock(state.mutex);
    if (--state.under_way == 0) state.finished.notify_all();
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Server::State& state;
  const std::string target;
  bool begun = false;
};

void* begin_exchange(void* state, const char* uri, MHD_Connection*) noexcept {
  try {
    return new Exchange(*static_cast<Server::State*>(state), uri);
  } catch (const std::exception&) {
    return nullptr;
  }
}

void end_exchange(void*, MHD_Connection*, void** exchange, MHD_RequestTerminationCode) noexcept {
  delete static_cast<Exchange*>(*exchange);
  *exchange = nullptr;
}

std::string_view header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

void take_header(Request& request, std::string_view name, std::string_view value) {
  const auto take = [&](const char* wanted, std::string& into) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    const std::string_view lower(wanted);
    if (!std::equal(name.begin(), name.end(), lower.begin(), lower.end(), same)) return;
    if (!into.empty()) into += ", ";
    into += value;
  };
  take("accept", request.accept);
  take("accept-encoding", request.accept_encoding);
  take("if-none-match", request.if_none_match);
}

MHD_Result visit_header(void* request, MHD_ValueKind, const char* name,
                        const char* value) noexcept {
  try {
    if (value != nullptr) take_header(*static_cast<Request*>(request), name, value);
    return MHD_YES;
  } catch (const std::exception&) {
    return MHD_NO;
  }
}

Request read_request(MHD_Connection* connection, const char* method, std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (target.starts_with(kScheme)) {  // absolute form, as sent through a proxy
    target.remove_prefix(std::min(target.find('/', kScheme.size()), target.size()));
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  Request request{.method = method,
                  .path = target.substr(0, question),
                  .query = target.substr(std::min(question + 1, target.size()))};
  MHD_get_connection_values(connection, MHD_HEADER_KIND, visit_header, &request);
  return request;
}

MHD_Result send(MHD_Connection* connection, const Reply& reply) {
  const Response response = body_of(reply, connection);
  if (!response) return MHD_NO;
  MHD_add_response_header(response.get(), "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : reply.headers) {
    MHD_add_response_header(response.get(), name, value.c_str());
  }
  return MHD_queue_response(connection, reply.status, response.get());
}

// Why a request is refused before its body is read. Bodies mean nothing to any route; the bound
// keeps a client from sending one for ever.
std::optional<Reply> refuse_body(MHD_Connection* connection) {
  if (!header(connection, "Transfer-Encoding").empty()) {
    return plain(411, "A request body needs a Content-Length.\n");
  }
  const std::string_view length = header(connection, "Content-Length");
  if (length.empty()) return std::nullopt;
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(length.begin(), length.end(), bytes);
  if (error == std::errc() && end == length.end() && bytes <= kMostBodyBytes) return std::nullopt;
  return plain(413, fmt::format("A request body may have {} bytes.\n", kMostBodyBytes));
}

Reply answer_or_apologise(Server::State& state, const Request& request) {
  try {
    return answer(state.service, request);
  } catch (const std::exception& fault) {
    return plain(500, fmt::format("Internal error: {}\n", printable(fault.what())));
  }
}

MHD_Result serve(Exchange& exchange, MHD_Connection* connection, const char* method,
                 std::size_t* body_bytes) {
  if (!exchange.begun) {
    exchange.begun = true;
    const std::optional<Reply> refused = refuse_body(connection);
    return refused ? send(connection, *refused) : MHD_YES;
  }
  if (*body_bytes > 0) {
    *body_bytes = 0;
    return MHD_YES;
  }
  const Request request = read_request(connection, method, exchange.target);
  return send(connection, answer_or_apologise(exchange.state, request));
}

// MHD calls this once for the headers, then for each part of the body, then for the answer.
MHD_Result handle(void*, MHD_Connection* connection, const char*, const char* method, const char*,
                  const char*, std::size_t* body_bytes, void** exchange) noexcept {
  if (*exchange == nullptr) return MHD_NO;
  try {
    return serve(*static_cast<Exchange*>(*exchange), connection, method, body_bytes);
  } catch (...) {
    return MHD_NO;
  }
}

Daemon start_daemon(const Options& options, Server::State& state, int socket) {
  const unsigned threads = std::max(options.threads, 1u);
  // Without MHD_USE_ERROR_LOG the library prints nothing.
  return Daemon(
      MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr, &handle,
                       nullptr, MHD_OPTION_LISTEN_SOCKET, socket,                                 //
                       MHD_OPTION_THREAD_POOL_SIZE, threads,                                      //
                       MHD_OPTION_CONNECTION_LIMIT, std::max(options.max_connections, threads),   //
                       MHD_OPTION_PER_IP_CONNECTION_LIMIT, options.max_connections_per_address,   //
                       MHD_OPTION_CONNECTION_TIMEOUT, options.idle_timeout_seconds,               //
                       MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory,                     //
                       MHD_OPTION_URI_LOG_CALLBACK, &begin_exchange, static_cast<void*>(&state),  //
                       MHD_OPTION_NOTIFY_COMPLETED, &end_exchange, static_cast<void*>(nullptr),   //
                       MHD_OPTION_END));
}

Result<void> check_telemetry_path(std::string_view path) {
  const auto fault = [&](std::string_view what) {
    return fail(fmt::format("telemetry path \"{}\" {}", printable(path), what));
  };
  if (!path.starts_with('/')) return fault("must start with /");
  if (path.find_first_of("?# ") != std::string_view::npos || printable(path) != path) {
    return fault("must be plain printable text without ? and #");
  }
  for (const Route& route : routes().subspan(1)) {
    if (route.path == path) return fault("is the path of another page");
  }
  return {};
}

}  // namespace

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  for (const Daemon& daemon : state_->daemons) {
    const Descriptor socket(MHD_quiesce_daemon(daemon.get()));
  }
  std::unique_lock lock(state_->mutex);
  state_->finished.wait_for(lock, kDrain, [this] { return state_->under_way == 0; });
}

Result<void> Server::adopt(Security, api::Options) { return {}; }

Result<std::unique_ptr<Server>> Server::start(Options options, Context context, Security,
                                              api::Options, Reload reload) {
  const Result<void> path = check_telemetry_path(options.telemetry_path);
  if (!path) return tl::unexpected(path.error());
  auto server = std::unique_ptr<Server>(new Server(std::unique_ptr<State>(
      new State{.service = {.telemetry_path = std::move(options.telemetry_path),
                            .clock = context.clock,
                            .board = context.board,
                            .self = context.self,
                            .reload = std::move(reload),
                            .reloading = {}},
                .mutex = {},
                .finished = {},
                .daemons = {}})));
  for (const std::string& address : options.listen_addresses) {
    Result<Listener> listener = listen_on(address);
    if (!listener) return tl::unexpected(listener.error());
    server->addresses_.push_back(std::move(listener->address));
    // From here on the library owns the socket, even where it fails to start.
    Daemon daemon = start_daemon(options, *server->state_, listener->socket.release());
    if (!daemon) return fail(fmt::format("cannot serve on {}: no threads or memory", address));
    server->state_->daemons.push_back(std::move(daemon));
  }
  return server;
}

}  // namespace exporter::web
