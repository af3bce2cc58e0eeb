#include "exporter/demo/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "exporter/clock.h"

namespace exporter::demo {

namespace {

constexpr auto kDripEvery = std::chrono::milliseconds(100);
constexpr std::size_t kBlock = 128u << 10;             // copied into a connection at a time
constexpr std::size_t kConnectionMemory = 256u << 10;  // room for a block and the headers
constexpr std::size_t kChunkedFrom = 2048;             // Go's buffer before it sends in chunks

// A reply being sent. Its response owns it.
struct Stream {
  Listener::Loop* loop = nullptr;
  MHD_Connection* connection = nullptr;
  std::string body;
  Delivery delivery = Delivery::usual;
  bool due = false;  // the next byte of a drip
};

// A request being answered. Its connection owns it.
struct Exchange {
  bool stalled = false;
};

}  // namespace

struct Listener::Loop {
  explicit Loop(Callbacks with) : callbacks(std::move(with)) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  Result<void> open();
  void run(const std::stop_token& stop);
  void wait();
  int timeout() const;
  void drip();
  void resume_all();
  MHD_Result handle(MHD_Connection* connection, std::string_view path, std::string_view method,
                    Exchange& exchange);
  MHD_Result send(MHD_Connection* connection, Reply reply);
  ssize_t read(Stream& stream, std::uint64_t at, char* to, std::size_t room);

  Callbacks callbacks;
  SystemClock clock;
  MHD_Daemon* daemon = nullptr;
  int wake_fd = -1;
  std::uint16_t port = 0;
  // Only the thread touches what follows.
  std::vector<MHD_Connection*> stalled;  // suspended until the client leaves
  std::vector<Stream*> dripping;         // suspended until the next byte is due
  SteadyTime next_drip;
  std::jthread thread;
};

namespace {

void* on_uri(void* loop, const char* uri, MHD_Connection*) {
  static_cast<Listener::Loop*>(loop)->callbacks.seen(uri);
  return nullptr;
}

MHD_Result on_request(void* loop, MHD_Connection* connection, const char* path, const char* method,
                      const char*, const char*, std::size_t* upload_size, void** exchange) {
  if (*exchange == nullptr) {
    *exchange = std::make_unique<Exchange>().release();
    return MHD_YES;
  }
  if (*upload_size != 0) {
    *upload_size = 0;
    return MHD_YES;
  }
  return static_cast<Listener::Loop*>(loop)->handle(connection, path, method,
                                                    *static_cast<Exchange*>(*exchange));
}

void on_completed(void*, MHD_Connection*, void** exchange, MHD_RequestTerminationCode) {
  std::unique_ptr<Exchange>(static_cast<Exchange*>(*exchange)).reset();
  *exchange = nullptr;
}

ssize_t on_read(void* stream, std::uint64_t at, char* to, std::size_t room) {
  auto& of = *static_cast<Stream*>(stream);
  return of.loop->read(of, at, to, room);
}

void on_free(void* stream) { std::unique_ptr<Stream>(static_cast<Stream*>(stream)).reset(); }

MHD_Result on_parameter(void* request, MHD_ValueKind, const char* name, const char* value) {
  static_cast<Request*>(request)->parameters.emplace(name, value == nullptr ? "" : value);
  return MHD_YES;
}

int socket_of(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

// The size to announce: MHD_SIZE_UNKNOWN means chunks.
std::uint64_t announced_size(const Stream& stream) {
  const bool chunked = stream.delivery == Delivery::usual && stream.body.size() > kChunkedFrom;
  return chunked ? MHD_SIZE_UNKNOWN : stream.body.size();
}

}  // namespace

Result<void> Listener::Loop::open() {
  wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return fail(fmt::format("cannot create an eventfd: {}", std::strerror(errno)));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  daemon = MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr, &on_request, this,
      MHD_OPTION_SOCK_ADDR, static_cast<const sockaddr*>(static_cast<const void*>(&address)),
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory, MHD_OPTION_URI_LOG_CALLBACK, &on_uri,
      this, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, nullptr, MHD_OPTION_END);
  if (daemon == nullptr) {
    return fail(fmt::format("cannot listen on 127.0.0.1: {}", std::strerror(errno)));
  }
  port = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
  thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

Listener::Loop::~Loop() {
  if (thread.joinable()) {
    thread.request_stop();
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_fd, &one, sizeof one);
    thread.join();
  }
  if (daemon != nullptr) {
    resume_all();
    MHD_run(daemon);
    MHD_stop_daemon(daemon);
  }
  if (wake_fd >= 0) close(wake_fd);
}

void Listener::Loop::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait();
    drip();
    MHD_run(daemon);
  }
}

int Listener::Loop::timeout() const {
  MHD_UNSIGNED_LONG_LONG server_wants = 0;
  const bool bounded = MHD_get_timeout(daemon, &server_wants) == MHD_YES;
  auto wanted = bounded ? static_cast<std::int64_t>(std::min<std::uint64_t>(server_wants, 60000))
                        : std::int64_t{-1};
  if (!dripping.empty()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(next_drip - clock.steady()).count();
    const std::int64_t due = std::max<std::int64_t>(left, 0);
    wanted = wanted < 0 ? due : std::min(wanted, due);
  }
  return static_cast<int>(wanted);
}

// Until something happens on a connection, a stalled client leaves, a byte is due, or stop.
void Listener::Loop::wait() {
  std::vector<pollfd> watched = {
      {wake_fd, POLLIN, 0},
      {MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, POLLIN, 0}};
  const std::size_t own = watched.size();
  for (MHD_Connection* connection : stalled) {
    watched.push_back({socket_of(connection), POLLRDHUP, 0});
  }
  poll(watched.data(), watched.size(), timeout());
  for (std::size_t i = watched.size(); i-- > own;) {
    if (watched[i].revents == 0) continue;
    const auto left = stalled.begin() + static_cast<std::ptrdiff_t>(i - own);
    MHD_resume_connection(*left);
    stalled.erase(left);
  }
}

void Listener::Loop::drip() {
  if (dripping.empty() || clock.steady() < next_drip) return;
  for (Stream* stream : dripping) {
    stream->due = true;
    MHD_resume_connection(stream->connection);
  }
  dripping.clear();
}

void Listener::Loop::resume_all() {
  for (MHD_Connection* connection : stalled) MHD_resume_connection(connection);
  for (Stream* stream : dripping) {
    stream->delivery = Delivery::cut;
    MHD_resume_connection(stream->connection);
  }
  stalled.clear();
  dripping.clear();
}

// A stalled request comes back here once it was resumed, and gets its connection closed.
MHD_Result Listener::Loop::handle(MHD_Connection* connection, std::string_view path,
                                  std::string_view method, Exchange& exchange) {
  if (exchange.stalled) return MHD_NO;
  Request request;
  request.method = method;
  request.path = path;
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &on_parameter, &request);
  Reply reply = callbacks.answer(request);
  if (reply.delivery != Delivery::never) return send(connection, std::move(reply));
  exchange.stalled = true;
  stalled.push_back(connection);
  MHD_suspend_connection(connection);
  return MHD_YES;
}

MHD_Result Listener::Loop::send(MHD_Connection* connection, Reply reply) {
  auto stream = std::make_unique<Stream>();
  stream->loop = this;
  stream->connection = connection;
  stream->body = std::move(reply.body);
  stream->delivery = reply.delivery;
  const std::uint64_t size = announced_size(*stream);
  MHD_Response* const response =
      MHD_create_response_from_callback(size, kBlock, &on_read, stream.get(), &on_free);
  if (response == nullptr) return MHD_NO;
  [[maybe_unused]] const Stream* const with_response = stream.release();
  if (!reply.type.empty()) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply.type.c_str());
  }
  for (const auto& [name, value] : reply.headers) {
    MHD_add_response_header(response, name.c_str(), value.c_str());
  }
  const MHD_Result queued = MHD_queue_response(connection, reply.status, response);
  MHD_destroy_response(response);
  return queued;
}

ssize_t Listener::Loop::read(Stream& stream, std::uint64_t at, char* to, std::size_t room) {
  const std::size_t left = stream.body.size() - at;
  if (left == 0) return MHD_CONTENT_READER_END_OF_STREAM;
  std::size_t count = std::min(left, room);
  if (stream.delivery == Delivery::cut) {
    const std::size_t half = stream.body.size() / 2;
    if (at >= half) return MHD_CONTENT_READER_END_WITH_ERROR;
    count = std::min<std::size_t>(count, half - at);
  }
  if (stream.delivery == Delivery::drip) {
    if (!stream.due) {
      if (dripping.empty()) next_drip = clock.steady() + kDripEvery;
      dripping.push_back(&stream);
      MHD_suspend_connection(stream.connection);
      return 0;
    }
    stream.due = false;
    count = 1;
  }
  std::memcpy(to, stream.body.data() + at, count);
  return static_cast<ssize_t>(count);
}

Result<std::unique_ptr<Listener>> Listener::open(Callbacks callbacks) {
  auto loop = std::make_unique<Loop>(std::move(callbacks));
  if (const auto opened = loop->open(); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Listener>(new Listener(std::move(loop)));
}

Listener::Listener(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
Listener::~Listener() = default;

std::uint16_t Listener::port() const { return loop_->port; }

}  // namespace exporter::demo
