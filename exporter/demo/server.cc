#include <fmt/format.h>

#include <charconv>
#include <deque>
#include <mutex>

#include "exporter/clock.h"
#include "exporter/demo/demo.h"
#include "exporter/demo/faults.h"
#include "exporter/demo/inventory.h"
#include "exporter/demo/listener.h"
#include "exporter/demo/routes.h"
#include "exporter/demo/surges.h"

namespace exporter::demo {

namespace {

const SystemClock kMachineClock;

int parse_count(const std::string& text) {
  if (text.empty()) return 1;
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && end == text.data() + text.size() ? count : 0;
}

}  // namespace

struct Server::State {
  State(ClusterOptions options, const Clock& time)
      : clock(time), cluster(std::make_shared<const Cluster>(std::move(options))) {}

  Result<void> queue_fault(std::string_view kind, int count);
  const Fault* take_fault();
  Reply respond(const Request& request);
  model::Window samples(std::chrono::sys_seconds now) const;
  Reply set_fault(const Request& request);
  Reply set_surge(const Request& request);
  std::shared_ptr<const Cluster> latest() const;

  const Clock& clock;
  mutable std::mutex mutex;
  std::shared_ptr<const Cluster> cluster;             // guarded by mutex
  std::vector<std::string> requests;                  // guarded by mutex
  std::deque<std::pair<const Fault*, int>> upcoming;  // guarded by mutex
  std::chrono::seconds lag{0};                        // guarded by mutex
  std::chrono::sys_seconds oldest = kBorn;            // guarded by mutex
  std::unique_ptr<Listener> listener;                 // last: its thread uses the rest
};

Result<void> Server::State::queue_fault(std::string_view kind, int count) {
  const Fault* const fault = find_fault(kind);
  if (fault == nullptr) return fail(fmt::format("no fault is called {:?}", kind));
  if (count < 1) return fail("count is not a number above 0");
  const std::lock_guard lock(mutex);
  upcoming.emplace_back(fault, count);
  return {};
}

const Fault* Server::State::take_fault() {
  const std::lock_guard lock(mutex);
  if (upcoming.empty()) return nullptr;
  auto& [fault, left] = upcoming.front();
  const Fault* const taken = fault;
  if (--left == 0) upcoming.pop_front();
  return taken;
}

Reply Server::State::set_fault(const Request& request) {
  if (request.method == "GET") return plain_text(200, fault_list());
  if (request.method != "POST") return plain_text(405, "Method Not Allowed\n");
  const auto queued =
      queue_fault(request.parameter("kind"), parse_count(request.parameter("count")));
  if (!queued) return plain_text(400, queued.error().message + "\n");
  return plain_text(200, "");
}

std::shared_ptr<const Cluster> Server::State::latest() const {
  const std::lock_guard lock(mutex);
  return cluster;
}

// Clusters do not change: there is another one from now on.
Reply Server::State::set_surge(const Request& request) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  const std::lock_guard lock(mutex);
  ClusterOptions options = cluster->options();
  if (request.method == "GET") return plain_text(200, surge_list(options.surges));
  if (request.method == "POST") {
    auto surge = read_surge(request, *cluster);
    if (!surge) return plain_text(400, surge.error().message + "\n");
    options.surges.push_back(*std::move(surge));
  } else if (request.method == "DELETE") {
    if (!request.parameters.empty())
      return plain_text(400, "all surges end; write no parameters\n");
    end_surges(options.surges, now);
  } else {
    return plain_text(405, "Method Not Allowed\n");
  }
  cluster = std::make_shared<const Cluster>(std::move(options));
  return plain_text(200, surge_list(cluster->options().surges));
}

model::Window Server::State::samples(std::chrono::sys_seconds now) const {
  const std::lock_guard lock(mutex);
  return {oldest, now - lag};
}

Reply Server::State::respond(const Request& request) {
  if (request.path == "/demo/fault") return set_fault(request);
  if (request.path == "/demo/surge") return set_surge(request);
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  const model::Window known = samples(now);
  Reply reply = answer(*latest(), request, now, known);
  if (!is_question(request.path)) return reply;
  if (const Fault* const fault = take_fault()) fault->apply(reply);
  return reply;
}

Result<std::unique_ptr<Server>> Server::start(ClusterOptions options) {
  return start(std::move(options), kMachineClock);
}

Result<std::unique_ptr<Server>> Server::start(ClusterOptions options, const Clock& clock) {
  auto state = std::make_unique<State>(std::move(options), clock);
  State& of = *state;
  auto listener = Listener::open({
      .seen =
          [&of](std::string uri) {
            const std::lock_guard lock(of.mutex);
            of.requests.push_back(std::move(uri));
          },
      .answer = [&of](const Request& request) { return of.respond(request); },
  });
  if (!listener) return tl::unexpected(listener.error());
  state->listener = *std::move(listener);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

std::string Server::url() const {
  return fmt::format("http://127.0.0.1:{}", state_->listener->port());
}

std::shared_ptr<const Cluster> Server::cluster() const { return state_->latest(); }

Result<void> Server::fail_next(std::string_view kind, int count) {
  return state_->queue_fault(kind, count);
}

void Server::fall_behind(std::chrono::seconds lag) {
  const std::lock_guard lock(state_->mutex);
  state_->lag = lag;
}

void Server::forget_before(std::chrono::sys_seconds time) {
  const std::lock_guard lock(state_->mutex);
  state_->oldest = time;
}

std::vector<std::string> Server::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

}  // namespace exporter::demo
