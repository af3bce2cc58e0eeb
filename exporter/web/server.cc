#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>

#include "exporter/web/acceptor.h"
#include "exporter/web/answer.h"
#include "exporter/web/daemon.h"
#include "exporter/web/listen.h"

namespace exporter::web {

namespace {

struct Retired {
  std::unique_ptr<Daemon> daemon;
  std::chrono::steady_clock::time_point until;
};

Result<void> check_telemetry_path(std::string_view path) {
  const auto fault = [&](std::string_view what) {
    return fail(fmt::format("telemetry path \"{}\" {}", printable(path), what));
  };
  if (!path.starts_with('/')) return fault("must start with /");
  if (path.find_first_of("?# ") != std::string_view::npos || printable(path) != path) {
    return fault("must be plain printable text without ? and #");
  }
  const std::span<const Route> others = routes().subspan(1);
  if (under_api(path) || std::any_of(others.begin(), others.end(),
                                     [&](const Route& route) { return route.path == path; })) {
    return fault("is the path of another page");
  }
  return {};
}

// They share the memory of a connection with what is sent behind them.
Result<void> check_headers(const Security& security) {
  constexpr std::size_t kMost = 4096;
  std::size_t bytes = 0;
  for (const auto& [name, value] : security.headers) bytes += name.size() + value.size() + 4;
  if (bytes <= kMost) return {};
  return fail(fmt::format("the headers to be sent with every answer have {} bytes, more than {}",
                          bytes, kMost));
}

Result<void> check_security(const Security& security) {
  if (auto checked = check_headers(security); !checked) return checked;
  return security.tls ? check(*security.tls) : Result<void>();
}

}  // namespace

struct Server::State {
  State(Options its_options, const Context& context, Reload reload)
      : options(std::move(its_options)),
        service{.telemetry_path = options.telemetry_path,
                .context = context,
                .reload = std::move(reload),
                .reloading = {},
                .mutex = {},
                .in_force = {}} {}
  ~State();

  Result<void> adopt(Security security, api::Options api);
  void replace(std::unique_ptr<Daemon> next);
  void listen(std::vector<Descriptor> sockets);
  void end_retired(const std::stop_token& stop);

  const Options options;
  Service service;
  Traffic traffic;
  std::mutex adopting;  // held by adopt()
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_ptr<Daemon> daemon;  // guarded by mutex, as what follows
  std::deque<Retired> retired;
  std::jthread retirement;
  std::unique_ptr<Acceptor> acceptor;
};

Result<void> Server::State::adopt(Security security, api::Options api) {
  if (auto checked = check_security(security); !checked) return checked;
  const std::lock_guard lock(adopting);
  std::unique_ptr<Daemon> next;
  if (daemon == nullptr || daemon->tls() != security.tls) {
    auto started = Daemon::start(options, security.tls, service, traffic);
    if (!started) return tl::unexpected(started.error());
    next = std::move(*started);
  }
  service.adopt(std::make_shared<const Rules>(Rules{std::move(security), std::move(api)}));
  if (next) replace(std::move(next));
  return {};
}

// Never waits: a reload may be asked for on a thread of the daemon that is replaced.
void Server::State::replace(std::unique_ptr<Daemon> next) {
  const std::lock_guard lock(mutex);
  daemon.swap(next);
  if (next == nullptr) return;
  next->retire();
  retired.push_back({std::move(next), std::chrono::steady_clock::now() + kDrain});
  changed.notify_all();
}

void Server::State::listen(std::vector<Descriptor> sockets) {
  acceptor = std::make_unique<Acceptor>(
      std::move(sockets),
      [this](const std::stop_token& stop) {
        const std::size_t most = std::max(options.max_connections, 1u);
        std::unique_lock lock(traffic.mutex);
        traffic.changed.wait(lock, stop, [&] { return traffic.connections < most; });
      },
      [this](Descriptor connection, const sockaddr* peer, socklen_t length) {
        const std::lock_guard lock(mutex);
        daemon->take(std::move(connection), peer, length);
      });
  retirement = std::jthread([this](const std::stop_token& stop) { end_retired(stop); });
}

void Server::State::end_retired(const std::stop_token& stop) {
  std::unique_lock lock(mutex);
  while (changed.wait(lock, stop, [this] { return !retired.empty(); })) {
    Daemon& oldest = *retired.front().daemon;
    const auto until = retired.front().until;
    lock.unlock();
    {
      std::unique_lock counting(traffic.mutex);
      traffic.changed.wait_until(counting, stop, until, [&] { return !oldest.has_connections(); });
    }
    if (stop.stop_requested()) return;
    lock.lock();
    std::unique_ptr<Daemon> ending = std::move(retired.front().daemon);
    retired.pop_front();
    lock.unlock();
    ending.reset();
    lock.lock();
  }
}

// Sockets close, answers under way are finished, then whatever waits is told that it was not done.
Server::State::~State() {
  acceptor.reset();
  // It may itself be waiting for a request of an old daemon that waits.
  retirement.request_stop();
  if (daemon != nullptr) daemon->retire();
  {
    std::unique_lock lock(traffic.mutex);
    traffic.changed.wait_for(lock, kDrain, [this] { return traffic.exchanges == 0; });
  }
  service.look_ups.stop();
  service.passwords.stop();
  service.answers.stop();
  retirement = {};
  retired.clear();
  daemon.reset();
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<void> Server::adopt(Security security, api::Options api) {
  return state_->adopt(std::move(security), std::move(api));
}

Result<std::unique_ptr<Server>> Server::start(Options options, Context context, Security security,
                                              api::Options api, Reload reload) {
  const Result<void> path = check_telemetry_path(options.telemetry_path);
  if (!path) return tl::unexpected(path.error());
  auto server = std::unique_ptr<Server>(
      new Server(std::make_unique<State>(std::move(options), context, std::move(reload))));
  State& state = *server->state_;
  std::vector<Descriptor> sockets;
  for (const std::string& address : state.options.listen_addresses) {
    Result<Listener> listener = listen_on(address);
    if (!listener) return tl::unexpected(listener.error());
    server->addresses_.push_back(std::move(listener->address));
    sockets.push_back(std::move(listener->socket));
  }
  if (auto adopted = state.adopt(std::move(security), std::move(api)); !adopted) {
    return tl::unexpected(adopted.error());
  }
  state.listen(std::move(sockets));
  return server;
}

}  // namespace exporter::web
