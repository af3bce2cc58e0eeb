// A stop request ends a request wherever it stands. Options are left at their minutes here: a test
// that is not woken does not end in time.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <thread>

#include "tests/http/client.h"
#include "tests/http/server.h"

namespace exporter::http {
namespace {

using namespace std::chrono_literals;
using testing::StartsWith;

/// What the fake name server below is told by the tests.
struct NameServer {
  Signal asked;
  Signal may_answer;
  Signal answered;
};
NameServer* name_server = nullptr;

}  // namespace
}  // namespace exporter::http

/// Stands in front of the C library's: `hanging.invalid` is answered when a test says so,
/// `missing.invalid` at once.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using exporter::http::name_server;
  const std::string_view name = node != nullptr ? node : "";
  if (name == "missing.invalid") return EAI_NONAME;
  if (name == "hanging.invalid") {
    auto* const server = name_server;
    server->asked.announce();
    server->may_answer.wait();
    server->answered.announce();
    return EAI_NONAME;
  }
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, found);
}

namespace exporter::http {
namespace {

/// Asks `url` and requests a stop from another thread once `reached` is announced.
void expect_cancelled(const std::string& url, Signal& reached) {
  Client client;
  std::stop_source stop;
  std::thread canceller([&] {
    reached.wait();
    stop.request_stop();
  });
  const auto answer = client.get(url, stop.get_token());
  canceller.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::cancelled);
  EXPECT_EQ(answer.error().detail, "cancelled");
}

TEST(Resolve, NoSuchHost) {
  Client client;
  const Failure failure = client.fail("http://missing.invalid:9003/");
  EXPECT_EQ(failure.kind, FailureKind::resolve);
  EXPECT_EQ(failure.detail,
            "cannot resolve missing.invalid:9003: Could not resolve host: missing.invalid");
}

TEST(Resolve, NoAnswerInTime) {
  NameServer hanging;
  name_server = &hanging;
  {
    Client client({.connect_timeout = 200ms});
    const Failure failure = client.fail("http://hanging.invalid:9003/");
    EXPECT_EQ(failure.kind, FailureKind::resolve);
    EXPECT_THAT(failure.detail, StartsWith("cannot resolve hanging.invalid:9003: "));
  }
  hanging.may_answer.announce();
  hanging.answered.wait();
}

TEST(Cancel, WhileResolving) {
  NameServer hanging;
  name_server = &hanging;
  expect_cancelled("http://hanging.invalid/", hanging.asked);
  hanging.may_answer.announce();
  hanging.answered.wait();
}

TEST(Cancel, BeforeItBegins) {
  Server server(always("200 OK", "", "body"));
  Client client;
  std::stop_source stop;
  stop.request_stop();
  const auto answer = client.get(server.url(), stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::cancelled);
  EXPECT_EQ(server.accepted(), 0);
}

TEST(Cancel, WhileShakingHands) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (connection.receive()) reached.announce();
    connection.wait_for_close();
  });
  expect_cancelled("https://" + server.place() + "/", reached);
}

TEST(Cancel, BeforeTheFirstByte) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (!connection.request().empty()) reached.announce();
    connection.wait_for_close();
  });
  expect_cancelled(server.url(), reached);
}

// On a new connection curl wakes by itself after 200 ms and when connect_timeout ends; here nothing
// but the stop request can wake it.
TEST(Cancel, OnAnOldConnection) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (connection.request().empty()) return;
    connection.answer("200 OK", "", "first");
    if (!connection.request().empty()) reached.announce();
    connection.wait_for_close();
  });
  Client client({.connect_timeout = 1h, .timeout = 1h});
  ASSERT_TRUE(client.get(server.url()));
  std::stop_source stop;
  std::thread canceller([&] {
    reached.wait();
    stop.request_stop();
  });
  EXPECT_EQ(client.get(server.url(), stop.get_token()).error().kind, FailureKind::cancelled);
  canceller.join();
}

TEST(Cancel, InTheMiddleOfABody) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (connection.request().empty()) return;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    reached.announce();
    connection.wait_for_close();
  });
  expect_cancelled(server.url(), reached);
}

TEST(Cancel, WhileBytesKeepComing) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (connection.request().empty()) return;
    connection.send("HTTP/1.0 200 OK\r\n\r\n");
    reached.announce();
    while (connection.send("endless ")) {
    }
  });
  expect_cancelled(server.url(), reached);
}

TEST(Cancel, InTheMiddleOfAnErrorPage) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (connection.request().empty()) return;
    connection.send("HTTP/1.1 500 Bad\r\nContent-Length: 100\r\n\r\nhalf");
    reached.announce();
    connection.wait_for_close();
  });
  expect_cancelled(server.url(), reached);
}

TEST(Cancel, FromTheReader) {
  Server server([](Connection& connection) {
    if (connection.request().empty()) return;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    connection.wait_for_close();
  });
  Client client;
  std::stop_source stop;
  const auto answer = client.transport().get(
      server.url(), [&](std::string_view) { return stop.request_stop(); }, stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::cancelled);
}

TEST(Cancel, TheNextRequestWorks) {
  Signal reached;
  int connections = 0;
  Server server([&](Connection& connection) {
    if (++connections == 1) {
      static_cast<void>(connection.request());
      reached.announce();
      connection.wait_for_close();
    } else {
      always("200 OK", "", "body")(connection);
    }
  });
  Client client;
  std::stop_source stop;
  std::thread canceller([&] {
    reached.wait();
    stop.request_stop();
  });
  EXPECT_EQ(client.get(server.url(), stop.get_token()).error().kind, FailureKind::cancelled);
  canceller.join();
  EXPECT_TRUE(client.get(server.url()));
  EXPECT_EQ(client.body(), "body");
}

}  // namespace
}  // namespace exporter::http
