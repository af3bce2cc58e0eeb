// Clients that speak TLS badly, or something else, or stop in the middle.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/running.h"
#include "tests/web/tls_client.h"

namespace exporter::web {
namespace {

using samples::Authority;
using samples::Pair;
using samples::Running;
using samples::Socket;
using samples::TlsClient;

struct Made {
  Authority authority{"authority"};
  Pair server = authority.sign({.name = "server"});
  Pair client = authority.sign({.name = "client"});
};
const Made& made() {
  static const Made made;
  return made;
}

Security with(ClientAuth auth) {
  return {.tls = Tls{.certificates = made().server.certificate,
                     .key = made().server.key,
                     .client_authorities = made().authority.pem(),
                     .client_auth = auth}};
}

const std::string kTls12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
const std::string kTls13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

void expect_answer(const Running& running, const std::string& priorities = kTls13) {
  TlsClient client(running.address(), {.priorities = priorities, .shows = made().client});
  ASSERT_TRUE(client.handshake());
  EXPECT_TRUE(client.ask("/-/healthy").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(TlsFaults, SomethingElse) {
  const Running running({}, with(ClientAuth::none));
  std::string zeros(16384, '\0');
  const std::vector<std::string> texts = {
      "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "\x16\x03\x01\xff\xff" + zeros,                  // longer than a record may be
      std::string("\x16\x03\x01\x00\x00", 5) + zeros,  // empty records
      std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10),
      std::string("\x15\x03\x01\x00\x02\x02\x28", 7),                       // an alert
      std::string("\x17\x03\x03\x00\x05GET /", 10),                         // data before keys
      std::string("\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00", 10) + zeros,  // SSL 2
      std::string(100'000, '\xff'),
      zeros,
  };
  for (const std::string& text : texts) {
    SCOPED_TRACE(text.substr(0, 10));
    const Socket socket(running.address());
    try {
      socket.write(text);
    } catch (const std::runtime_error&) {
      // It may have been closed before all was said.
    }
    socket.finish();
    EXPECT_EQ(socket.read_all().find("HTTP"), std::string::npos);
    expect_answer(running);
  }
}

TEST(TlsFaults, TlsWhereThereIsNone) {
  const Running running;
  TlsClient client(running.address());
  EXPECT_FALSE(client.handshake());
  EXPECT_EQ(samples::Client(running.address()).get("/-/healthy").status, 200);
}

/// How much a client says until it has an answer.
std::size_t bytes_of_a_handshake(const Running& running, const TlsClient::Wants& wants) {
  TlsClient client(running.address(), wants);
  EXPECT_TRUE(client.handshake());
  EXPECT_FALSE(client.ask("/-/healthy").empty());
  return client.said();
}

TEST(TlsFaults, BrokenOffAnywhere) {
  for (const std::string& priorities : {kTls12, kTls13}) {
    for (const ClientAuth auth : {ClientAuth::none, ClientAuth::require_and_verify}) {
      const Running running({}, with(auth));
      TlsClient::Wants wants{.priorities = priorities, .shows = made().client};
      const std::size_t all = bytes_of_a_handshake(running, wants);
      constexpr std::size_t kStep = 23;
      EXPECT_GT(all, 10 * kStep);
      for (std::size_t most = 0; most < all - kStep; most += kStep) {
        wants.most_bytes = most;
        TlsClient client(running.address(), wants);
        EXPECT_FALSE(client.handshake() && !client.ask("/-/healthy").empty()) << most;
      }
      expect_answer(running, priorities);
    }
  }
}

/// Each has come further than the one before; none to the end.
std::vector<TlsClient> held_open(const Running& running, std::size_t count) {
  std::vector<TlsClient> held;
  for (const std::string& priorities : {kTls12, kTls13}) {
    TlsClient::Wants wants{.priorities = priorities, .shows = made().client};
    constexpr std::size_t kRequest = 100;  // at least
    const std::size_t most = bytes_of_a_handshake(running, wants) - kRequest;
    for (std::size_t i = 0; i < count / 2; ++i) {
      wants.most_bytes = most * i / (count / 2);
      held.emplace_back(running.address(), wants);
      EXPECT_FALSE(held.back().handshake());
    }
  }
  return held;
}

TEST(TlsFaults, HandshakesHeldOpenHoldUpNobody) {
  const Running running({}, with(ClientAuth::require_and_verify));
  const std::vector<TlsClient> held = held_open(running, 200);
  for (const std::string& priorities : {kTls12, kTls13}) expect_answer(running, priorities);
}

TEST(TlsFaults, HandshakesHeldOpenDoNotKeepTheServer) {
  Running running({}, with(ClientAuth::require_and_verify));
  const std::vector<TlsClient> held = held_open(running, 40);
  running.server.reset();
  for (const TlsClient& client : held) {
    EXPECT_EQ(client.socket().read_all().find("HTTP"), std::string::npos);
  }
}

TEST(TlsFaults, AnotherHandshakeOnTheSameConnection) {
  const Running running({}, with(ClientAuth::none));
  TlsClient client(running.address(), {.priorities = kTls12});
  ASSERT_TRUE(client.handshake());
  ASSERT_NE(client.ask("/-/healthy"), "");
  EXPECT_FALSE(client.handshake());
  expect_answer(running);
}

TEST(TlsFaults, ARequestWithoutGoodbye) {
  const Running running({}, with(ClientAuth::none));
  {
    TlsClient client(running.address());
    ASSERT_TRUE(client.handshake());
    ASSERT_TRUE(client.write("GET /metrics HTTP/1.1\r\nHo"));
  }
  expect_answer(running);
}

}  // namespace
}  // namespace exporter::web
