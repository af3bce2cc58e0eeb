// Requests that wait until somebody knows who sends them, and all that goes on meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>

#include "exporter/web/daemon.h"
#include "tests/web/people.h"
#include "tests/web/tls_client.h"

namespace exporter::web {
namespace {

using access::ada;
using access::basic;
using access::bearer;
using samples::Asked;
using samples::Authority;
using samples::Known;
using samples::Pair;
using samples::request;
using samples::Sent;
using samples::sent;
using samples::Socket;
using samples::TlsClient;
using testing::HasSubstr;

const std::string kAdmin = bearer("t0ken-of-admin");
const std::string kKube = bearer("t0ken-of-kube-admin");
const std::string kAda = basic("ada:correct horse");

/// A Kubernetes that says nothing until it is let, or whoever asks gives up.
class Slow {
 public:
  access::Reviewer reviewer() {
    return [this](const access::Kubernetes& kubernetes, std::string_view token,
                  const std::stop_token& stop) -> Result<access::Review> {
      std::unique_lock lock(mutex_);
      ++asked_;
      changed_.notify_all();
      if (!changed_.wait(lock, stop, [this] { return let_; })) return fail("given up");
      return samples::review(kubernetes, token, stop);
    };
  }

  void let() {
    const std::lock_guard lock(mutex_);
    let_ = true;
    changed_.notify_all();
  }
  void wait_until_asked(int times = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ >= times; });
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool let_ = false;  // guarded by mutex_, as what follows
  int asked_ = 0;
};

struct Waiting {
  explicit Waiting(Known known = Known::tokens | Known::users | Known::kubernetes)
      : running(known, 1e6, slow.reviewer()) {}

  /// Somebody whom only Kubernetes knows.
  Socket begin(const std::string& path = "/metrics", const std::string& who = kKube) {
    Socket socket(running.address());
    socket.write(request("GET", path, who));
    return socket;
  }
  Sent ask(const std::string& path, const std::string& who = "") {
    return samples::ask(running.address(), "GET", path, who);
  }

  Slow slow;
  Asked running;
};

TEST(Suspended, HoldUpNobodyWhoIsKnown) {
  Waiting waiting;
  const Socket socket = waiting.begin();
  waiting.slow.wait_until_asked();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(waiting.ask("/-/healthy").status(), 200);
    EXPECT_EQ(waiting.ask("/-/ready").status(), 200);
    EXPECT_EQ(waiting.ask("/metrics", kAdmin).status(), 200);
    EXPECT_EQ(waiting.ask("/metrics").status(), 401);
    EXPECT_EQ(waiting.ask("/api/v1/health", kAdmin).status(), 200);
    EXPECT_EQ(waiting.ask("/api/v1/cost/nodes", bearer("t0ken-of-shop")).status(), 403);
  }
  waiting.slow.let();
  EXPECT_EQ(sent(socket.read_all()).status(), 200);
}

// Prometheus may be such a user, and its password is forgotten every minute.
TEST(Suspended, ForKubernetesHoldUpNobodyWithAPassword) {
  Waiting waiting;
  std::vector<Socket> sockets;
  sockets.reserve(10);
  for (int i = 0; i < 10; ++i) {
    sockets.push_back(waiting.begin("/metrics", bearer("t0ken-" + std::to_string(i))));
  }
  waiting.slow.wait_until_asked();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(waiting.ask("/metrics", kAda).status(), 200);
    waiting.running.clock.advance(std::chrono::minutes(2));
  }
  EXPECT_EQ(waiting.ask("/metrics", basic("ada:hunter2")).status(), 401);
  EXPECT_EQ(waiting.slow.asked(), 1);
  waiting.slow.let();
  for (const Socket& socket : sockets) EXPECT_EQ(sent(socket.read_all()).status(), 401);
}

/// Returns when so many of them can be read.
void wait_for_answers(const std::vector<Socket>& sockets, long count) {
  std::vector<pollfd> watched;
  watched.reserve(sockets.size());
  for (const Socket& socket : sockets) watched.push_back({socket.number(), POLLIN, 0});
  const auto readable = [&] {
    return std::count_if(watched.begin(), watched.end(),
                         [](const pollfd& one) { return one.revents != 0; });
  };
  while (readable() < count) {
    // Those that can be read already are not waited for again.
    std::vector<pollfd> others;
    std::copy_if(watched.begin(), watched.end(), std::back_inserter(others),
                 [](const pollfd& one) { return one.revents == 0; });
    ASSERT_GE(::poll(others.data(), others.size(), -1), 0);
    for (pollfd& one : watched) {
      for (const pollfd& other : others) {
        if (one.fd == other.fd) one.revents = other.revents;
      }
    }
  }
}

TEST(Suspended, NoMoreThanThereIsRoomFor) {
  constexpr int kRoom = 256, kMore = 5;
  // Of the API something that is refused once it is known who asks: answers have room of their own.
  for (const std::string path : {"/metrics", "/api/v1/cost/nodes"}) {
    SCOPED_TRACE(path);
    const int known = path == "/metrics" ? 200 : 403;
    const std::string who = path == "/metrics" ? kKube : bearer("t0ken-of-kube-shop");
    Waiting waiting;
    std::vector<Socket> sockets;
    sockets.push_back(waiting.begin(path, who));
    waiting.slow.wait_until_asked();
    for (int i = 0; i < kRoom + kMore; ++i) sockets.push_back(waiting.begin(path, who));
    wait_for_answers(sockets, kMore);
    waiting.slow.let();
    int served = 0, busy = 0;
    for (const Socket& socket : sockets) {
      const Sent answer = sent(socket.read_all());
      if (answer.status() == known) ++served;
      if (answer.status() != 503) continue;
      ++busy;
      EXPECT_EQ(answer.header("Retry-After"), "1");
      EXPECT_THAT(answer.body, HasSubstr("Too many requests wait already."));
      EXPECT_EQ(answer.code(), path == "/metrics" ? "" : "busy");
    }
    EXPECT_EQ(served, 1 + kRoom);
    EXPECT_EQ(busy, kMore);
    EXPECT_EQ(waiting.slow.asked(), 1) << "the others are remembered";
  }
}

TEST(Suspended, ClientsMayLeave) {
  Waiting waiting;
  {
    std::vector<Socket> sockets;
    sockets.reserve(50);
    for (int i = 0; i < 50; ++i) sockets.push_back(waiting.begin());
    waiting.slow.wait_until_asked();
  }
  const Socket stays = waiting.begin();
  waiting.slow.let();
  EXPECT_EQ(sent(stays.read_all()).status(), 200);
  EXPECT_EQ(waiting.ask("/metrics", kKube).status(), 200);
}

TEST(Suspended, KeepTheirConnections) {
  Waiting waiting;
  waiting.slow.let();
  samples::Client client(waiting.running.address());
  long connections = 0;
  for (const auto& [path, who] :
       {std::pair("/api/v1/health", kKube), std::pair("/metrics", kAda),
        std::pair("/api/v1/cost/namespaces", kAdmin), std::pair("/metrics", kKube)}) {
    EXPECT_EQ(client.get(path, {"Authorization: " + who}).status, 200);
    connections += client.new_connections();
  }
  EXPECT_EQ(connections, 1);
}

TEST(Suspended, OfAPostHaveTheirBodiesAfterwards) {
  Waiting waiting;
  const Socket socket(waiting.running.address());
  std::string text = request("POST", "/api/v1/collections", kKube, "{\"sources\":[7]}");
  text.insert(text.find("Content-Length"), "Content-Type: application/json\r\n");
  const std::size_t body = text.find("\r\n\r\n") + 4;
  socket.write(text.substr(0, body));
  waiting.slow.wait_until_asked();
  socket.write(text.substr(body));
  waiting.slow.let();
  const Sent answer = sent(socket.read_all());
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(answer.code(), "bad_body");
}

TEST(Suspended, GoByTheRulesTheyBeganWith) {
  Waiting waiting;
  const Socket socket = waiting.begin("/api/v1/health");
  waiting.slow.wait_until_asked();
  ASSERT_TRUE(waiting.running.server->adopt({.headers = {{"X-Next", "1"}}}, {.enabled = false}));
  waiting.running.gate.adopt({}, {});
  waiting.slow.let();
  const Sent old = sent(socket.read_all());
  EXPECT_EQ(old.status(), 200);
  EXPECT_EQ(old.header("X-Next"), "");
  const Sent next = waiting.ask("/api/v1/health", kKube);
  EXPECT_EQ(next.status(), 404);
  EXPECT_EQ(next.header("X-Next"), "1");
}

TEST(Suspended, AreAnsweredWhileTheServerEnds) {
  Waiting waiting;
  const Socket socket = waiting.begin("/api/v1/health");
  waiting.slow.wait_until_asked();
  const std::string address = waiting.running.address();
  const std::jthread ending([&] { waiting.running.server.reset(); });
  // It ends as soon as it listens no more.
  for (bool listens = true; listens;) {
    try {
      const Socket another(address);
    } catch (const std::runtime_error&) {
      listens = false;
    }
  }
  waiting.slow.let();
  EXPECT_EQ(sent(socket.read_all()).status(), 200);
}

// After five seconds nobody is waited for.
TEST(Suspended, AreToldWhenTheServerGivesUp) {
  Waiting waiting;
  std::vector<Socket> sockets;
  sockets.push_back(waiting.begin("/api/v1/health"));
  waiting.slow.wait_until_asked();
  for (int i = 0; i < 20; ++i) sockets.push_back(waiting.begin("/api/v1/health"));
  waiting.running.server.reset();
  for (const Socket& socket : sockets) {
    const int status = sent(socket.read_all()).status();
    EXPECT_TRUE(status == 503 || status == 0) << status;
  }
}

TEST(Suspended, OnConnectionsOfOldTlsDoNotKeepTheServer) {
  const Authority authority("authority");
  const auto security = [&](const std::string& name) {
    const Pair pair = authority.sign({.name = name});
    return Security{.tls = Tls{.certificates = pair.certificate, .key = pair.key},
                    .users = {ada()}};
  };
  Waiting waiting;
  Asked& running = waiting.running;
  ASSERT_TRUE(running.server->adopt(security("old"), {}));
  TlsClient suspended(running.address());
  ASSERT_TRUE(suspended.handshake());
  ASSERT_TRUE(suspended.write(request("GET", "/metrics", kKube)));
  waiting.slow.wait_until_asked();
  ASSERT_TRUE(running.server->adopt(security("renewed"), {}));
  // Others are served until the old one is all but over: it ends when nothing is suspended.
  const auto over = std::chrono::steady_clock::now() + kDrain + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < over) {
    TlsClient next(running.address());
    ASSERT_TRUE(next.handshake());
    EXPECT_EQ(next.server(), "renewed");
    EXPECT_FALSE(next.ask("/-/healthy").empty());
  }
  running.server.reset();
  EXPECT_EQ(suspended.read_all().find("HTTP/1.1 200"), std::string::npos);
}

}  // namespace
}  // namespace exporter::web
