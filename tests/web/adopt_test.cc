// TLS that changes while it serves: new connections have the new one at once, old ones end when
// they have been answered, and nobody is refused in between.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/web/running.h"
#include "tests/web/tls_client.h"

namespace exporter::web {
namespace {

using samples::Authority;
using samples::Client;
using samples::Pair;
using samples::Running;
using samples::TlsClient;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";
constexpr std::string_view kClose = "\r\nConnection: close\r\n";

Security with(const Pair& pair) {
  return {.tls = Tls{.certificates = pair.certificate, .key = pair.key}};
}

struct Made {
  Authority authority{"authority"};
  Pair old = authority.sign({.name = "old"});
  Pair renewed = authority.sign({.name = "renewed"});
};
const Made& made() {
  static const Made made;
  return made;
}
Security old() { return with(made().old); }
Security renewed() { return with(made().renewed); }

bool closes(const std::string& answer) { return answer.find(kClose) != std::string::npos; }

/// Whom a new connection meets; empty when it gets no answer.
std::string server_of(const Running& running) {
  TlsClient client(running.address());
  if (!client.handshake() || !client.ask("/-/healthy").starts_with(kOk)) return {};
  return client.server();
}

bool is_plain(const Running& running) {
  try {
    return Client(running.address()).get("/-/healthy").status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

TEST(Adopt, ShowsARenewedCertificateToNewConnections) {
  Running running({}, old());
  EXPECT_EQ(server_of(running), "old");
  ASSERT_TRUE(running.server->adopt(renewed(), {}));
  EXPECT_EQ(server_of(running), "renewed");
  ASSERT_TRUE(running.server->adopt(old(), {}));
  EXPECT_EQ(server_of(running), "old");
}

TEST(Adopt, AnswersOnOldConnectionsOnceMore) {
  Running running({}, old());
  TlsClient kept(running.address());
  ASSERT_TRUE(kept.handshake());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(closes(kept.ask("/-/healthy")));
  ASSERT_TRUE(running.server->adopt(renewed(), {}));
  const std::string last = kept.ask("/-/healthy");
  EXPECT_TRUE(last.starts_with(kOk));
  EXPECT_TRUE(closes(last));
  EXPECT_EQ(kept.read_all(), "");
}

TEST(Adopt, AnswersRequestsThatAreHalfSaid) {
  Running running({}, old());
  TlsClient kept(running.address()), shaking(running.address());
  ASSERT_TRUE(kept.handshake());
  ASSERT_TRUE(kept.write("GET /-/healthy HT"));
  ASSERT_TRUE(running.server->adopt(renewed(), {}));
  ASSERT_TRUE(kept.write("TP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(kept.read_answer().starts_with(kOk));
  // One of which the server knows no more than that it is there; whichever it meets is right.
  ASSERT_TRUE(shaking.handshake());
  EXPECT_TRUE(shaking.ask("/-/healthy").starts_with(kOk));
}

TEST(Adopt, FinishesWhatIsUnderWay) {
  constexpr int kMebibytes = 16;  // beyond what the kernel buffers of a connection
  Running running({}, old());
  running.publish(samples::large_page(kMebibytes, 'a'));
  TlsClient slow(running.address());
  ASSERT_TRUE(slow.handshake());
  ASSERT_TRUE(slow.write("GET /metrics?collect[]=cost HTTP/1.1\r\nHost: x\r\n\r\n"));
  std::string answer = slow.read_some();
  ASSERT_TRUE(answer.starts_with(kOk));
  ASSERT_TRUE(running.server->adopt(renewed(), {}));
  EXPECT_EQ(server_of(running), "renewed");
  answer = slow.read_answer(std::move(answer));
  constexpr std::size_t kBytes = std::size_t{kMebibytes} << 20;
  ASSERT_GT(answer.size(), kBytes);
  EXPECT_EQ(answer.find_first_not_of('a', answer.size() - kBytes), std::string::npos);
  EXPECT_FALSE(closes(answer));
}

// After five seconds, however long their owners would hold them.
TEST(Adopt, ClosesWhatNobodyUsesAnyMore) {
  Running running({}, old());
  TlsClient idle(running.address()), half(running.address());
  ASSERT_TRUE(idle.handshake());
  ASSERT_FALSE(idle.ask("/-/healthy").empty());
  ASSERT_TRUE(half.handshake());
  ASSERT_TRUE(half.write("GET /-/hea"));
  ASSERT_TRUE(running.server->adopt(renewed(), {}));
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(half.read_all(), "");
  EXPECT_EQ(server_of(running), "renewed");
}

TEST(Adopt, RefusesNobodyMeanwhile) {
  constexpr int kSwaps = 20, kClients = 3;
  Running running({}, old());
  std::atomic<int> answered = 0, refused = 0, strangers = 0;
  std::atomic<bool> done = false;
  {
    std::vector<std::jthread> clients;
    clients.reserve(kClients);
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&] {
        while (!done) {
          const std::string server = server_of(running);
          if (server.empty()) ++refused;
          if (server != "old" && server != "renewed") ++strangers;
          ++answered;
          answered.notify_all();
        }
      });
    }
    for (int i = 0; i < kSwaps; ++i) {
      // As many answers as there are clients: all of them go on.
      const int wanted = answered + kClients;
      for (int now = answered; now < wanted; now = answered) answered.wait(now);
      EXPECT_TRUE(running.server->adopt(i % 2 == 0 ? renewed() : old(), {}));
    }
    done = true;
  }
  EXPECT_GT(answered, kSwaps * kClients);
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(strangers, 0);
}

TEST(Adopt, SwitchesTlsOnAndOff) {
  Running running;
  Client plain(running.address());
  EXPECT_EQ(plain.get("/-/healthy").header("connection"), "");
  EXPECT_EQ(server_of(running), "");

  ASSERT_TRUE(running.server->adopt(old(), {}));
  EXPECT_EQ(server_of(running), "old");
  EXPECT_FALSE(is_plain(running));
  const samples::Answer last = plain.get("/-/healthy");
  EXPECT_EQ(plain.new_connections(), 0);
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.header("connection"), "close");
  EXPECT_THROW(plain.get("/-/healthy"), std::runtime_error);

  TlsClient secured(running.address());
  ASSERT_TRUE(secured.handshake());
  ASSERT_FALSE(closes(secured.ask("/-/healthy")));
  ASSERT_TRUE(running.server->adopt({}, {}));
  EXPECT_TRUE(is_plain(running));
  EXPECT_EQ(server_of(running), "");
  EXPECT_TRUE(closes(secured.ask("/-/healthy")));
}

TEST(Adopt, KeepsConnectionsWhereTlsStays) {
  Running running({}, old());
  TlsClient kept(running.address());
  ASSERT_TRUE(kept.handshake());
  ASSERT_FALSE(kept.ask("/-/healthy").empty());
  for (int i = 0; i < 20; ++i) {
    Security next = old();
    next.headers = {{"X-Generation", std::to_string(i)}};
    ASSERT_TRUE(running.server->adopt(next, {.enabled = i % 2 == 0}));
    const std::string answer = kept.ask("/api/v1/openapi.json");
    EXPECT_TRUE(answer.starts_with(i % 2 == 0 ? "HTTP/1.1 200 " : "HTTP/1.1 404 ")) << answer;
    EXPECT_NE(answer.find("\r\nX-Generation: " + std::to_string(i) + "\r\n"), std::string::npos);
    EXPECT_FALSE(closes(answer));
  }
}

// On a thread of what is replaced.
TEST(Adopt, ByARequest) {
  Running running({}, old());
  running.on_reload = [&] { return running.server->adopt(renewed(), {}); };
  TlsClient client(running.address());
  ASSERT_TRUE(client.handshake());
  ASSERT_TRUE(client.write("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
  const std::string answer = client.read_answer();
  EXPECT_TRUE(answer.starts_with(kOk));
  EXPECT_TRUE(answer.ends_with("\r\n\r\nReloaded.\n"));
  EXPECT_TRUE(closes(answer));
  EXPECT_EQ(server_of(running), "renewed");
}

TEST(Adopt, TheServerEndsWithOldConnectionsOpen) {
  Running running({}, old());
  std::vector<TlsClient> kept;
  for (int i = 0; i < 10; ++i) {
    kept.emplace_back(running.address());
    ASSERT_TRUE(kept.back().handshake());
    ASSERT_FALSE(kept.back().ask("/-/healthy").empty());
    ASSERT_TRUE(running.server->adopt(i % 2 == 0 ? renewed() : old(), {}));
  }
  running.server.reset();
  for (TlsClient& client : kept) EXPECT_EQ(client.ask("/-/healthy"), "");
}

TEST(Adopt, TheLimitOfConnectionsIsOfOldAndNewTogether) {
  Running running({.max_connections = 2}, old());
  TlsClient first(running.address()), second(running.address());
  ASSERT_TRUE(first.handshake() && second.handshake());
  ASSERT_TRUE(running.server->adopt(renewed(), {}));
  // It waits to be accepted until one of the others is gone.
  TlsClient third(running.address());
  EXPECT_FALSE(first.ask("/-/healthy").empty());
  EXPECT_EQ(first.read_all(), "");
  EXPECT_TRUE(third.handshake());
  EXPECT_EQ(third.server(), "renewed");
}

}  // namespace
}  // namespace exporter::web
