// What is said when the server, or the way to it, misbehaves.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "tests/http/client.h"
#include "tests/http/server.h"

namespace exporter::http {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// 100,000 times `a`.
constexpr char kBomb[] =
    "\037\213\010\000\000\000\000\000\002\003\355\301\061\001\000\000\000\302\240\254\353\137"
    "\302\032\036\100\001\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\257\006\207\372\342\033\240\206\001"
    "\000";
const std::string kBombBytes(kBomb, sizeof kBomb - 1);

/// A port that nobody listens on and nobody else can take.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, generic, size), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
    place_ = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
  }
  ~ClosedPort() { ::close(socket_); }
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;

  const std::string& place() const { return place_; }

 private:
  int socket_;
  std::string place_;
};

TEST(Faults, Refused) {
  const ClosedPort port;
  Client client;
  const Failure failure = client.fail("http://" + port.place() + "/");
  EXPECT_EQ(failure.kind, FailureKind::connect);
  EXPECT_THAT(failure.detail, AllOf(StartsWith("cannot connect to " + port.place() + ": "),
                                    HasSubstr("Connection refused")));
}

TEST(Faults, AnswersThatBreakOff) {
  auto breaks_off = [](const std::string& raw, const std::string& text) {
    SCOPED_TRACE(raw);
    Server server(once(raw));
    Client client;
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::reset);
    EXPECT_THAT(failure.detail, AllOf(StartsWith("no whole answer from " + server.place() + ": "),
                                      HasSubstr(text)));
    EXPECT_EQ(failure.status, 0);
  };
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  breaks_off("", "Empty reply from server");
  breaks_off("garbage\r\n\r\n", "HTTP/0.9");
  breaks_off("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "10 bytes remaining");
  breaks_off("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nseven..", "3 bytes remaining");
  breaks_off("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Invalid Content-Length");
  breaks_off(chunked, "outstanding read data");
  breaks_off(chunked + "5\r\nab", "outstanding read data");
  breaks_off(chunked + "2\r\nab\r\n", "outstanding read data");
  breaks_off(chunked + "zz\r\nab\r\n", "hunk");
  breaks_off(chunked + "2\r\nabcdef\r\n0\r\n\r\n", "hunk");
}

TEST(Faults, ResetHalfWay) {
  Server server([](Connection& connection) {
    static_cast<void>(connection.request());
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    connection.reset_on_close();
  });
  Client client;
  const Failure failure = client.fail(server.url());
  EXPECT_EQ(failure.kind, FailureKind::reset);
  EXPECT_THAT(failure.detail, StartsWith("no whole answer from " + server.place() + ": "));
}

TEST(Faults, ResetBeforeAnyByte) {
  Server server([](Connection& connection) {
    static_cast<void>(connection.request());
    connection.reset_on_close();
  });
  Client client;
  EXPECT_EQ(client.fail(server.url()).kind, FailureKind::reset);
}

TEST(Faults, Stalled) {
  auto times_out = [](const std::string& sent) {
    SCOPED_TRACE(sent);
    Server server([&](Connection& connection) {
      static_cast<void>(connection.request());
      connection.send(sent);
      connection.wait_for_close();
    });
    Client client({.timeout = 200ms});
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::timeout);
    EXPECT_THAT(failure.detail,
                StartsWith("no whole answer in time from " + server.place() + ": Operation timed"));
  };

  times_out("");
  times_out("HTTP/1.1 200 OK\r\nContent-");
  times_out("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  times_out("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  times_out("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
}

TEST(Faults, StalledOnAConnectionThatWorkedBefore) {
  Server server([](Connection& connection) {
    if (connection.request().empty()) return;
    connection.answer("200 OK", "", "first");
    connection.wait_for_close();
  });
  Client client({.timeout = 200ms});
  ASSERT_TRUE(client.get(server.url()));
  EXPECT_EQ(client.fail(server.url()).kind, FailureKind::timeout);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Faults, SlowDrip) {
  Server server([](Connection& connection) {
    static_cast<void>(connection.request());
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    // One byte per 10 ms: this pace is the fault under test, not a wait for anything.
    while (connection.send("x")) connection.pause(10ms);
  });
  Client client({.timeout = 200ms});
  EXPECT_EQ(client.fail(server.url()).kind, FailureKind::timeout);
  EXPECT_GT(client.body().size(), 0U);
}

TEST(Faults, NoHandshakeInTime) {
  Server server([](Connection& connection) { connection.wait_for_close(); });
  Client client({.connect_timeout = 200ms});
  const Failure failure = client.fail("https://" + server.place() + "/");
  EXPECT_EQ(failure.kind, FailureKind::connect);
  EXPECT_THAT(failure.detail, StartsWith("cannot connect to " + server.place() + ": "));
}

TEST(Faults, RedirectsShareOneTimeout) {
  Server server([](Connection& connection) {
    for (std::string head; !(head = connection.request()).empty();) {
      connection.pause(120ms);
      connection.answer("302 Found", "Location: " + head.substr(4, head.find(' ', 4) - 4) + "x\r\n",
                        "");
    }
  });
  Client client({.timeout = 200ms});
  EXPECT_EQ(client.fail(server.url()).kind, FailureKind::timeout);
}

TEST(Faults, EveryStatusBut200) {
  auto fails = [](const std::string& status, const std::string& body, int code,
                  const std::string& detail) {
    SCOPED_TRACE(status);
    Server server(always(status, "", body));
    Client client;
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::http_status);
    EXPECT_EQ(failure.status, code);
    EXPECT_EQ(failure.detail, server.place() + " answered " + detail);
    EXPECT_EQ(failure.retry_after, std::nullopt);
    EXPECT_THAT(client.body(), IsEmpty());
  };

  fails("500 Internal Server Error", "out of luck\n", 500, "500: out of luck\\x0a");
  fails("404 Not Found", "", 404, "404");
  fails("404 Not Found", "\x1b[31mred \xc3\xbc\x7f", 404, "404: \\x1b[31mred \\xc3\\xbc\\x7f");
  fails("401 Unauthorized", std::string(100'000, 'x'), 401, "401: " + std::string(200, 'x'));
  fails("201 Created", "new", 201, "201: new");
  fails("206 Partial Content", "part", 206, "206: part");
  fails("204 No Content", "", 204, "204");
  fails("302 Found", "nowhere", 302, "302: nowhere");
  fails("304 Not Modified", "", 304, "304");
  fails("300 Multiple Choices", "a, b", 300, "300: a, b");
}

TEST(Faults, AStatusCountsMoreThanHowItsExplanationEnds) {
  auto fails = [](const std::string& raw, const std::string& detail) {
    SCOPED_TRACE(raw);
    Server server(once(raw));
    Client client;
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::http_status);
    EXPECT_EQ(failure.detail, server.place() + " answered " + detail);
  };

  fails("HTTP/1.1 502 Bad\r\nContent-Length: 10\r\n\r\nhalf", "502: half");
  fails("HTTP/1.1 500 Bad\r\nContent-Encoding: lzma\r\nContent-Length: 2\r\n\r\nab", "500");
  fails("HTTP/1.1 500 Bad\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab", "500");
}

TEST(Faults, AnErrorPageIsNotReadForEver) {
  Server server([](Connection& connection) {
    static_cast<void>(connection.request());
    connection.send("HTTP/1.1 500 Bad\r\n\r\n");
    while (connection.send("endless ")) {
    }
  });
  Client client;
  EXPECT_EQ(client.fail(server.url()).status, 500);
}

TEST(Faults, RetryAfter) {
  auto asks_for = [](const std::string& status, const std::string& value,
                     std::optional<std::chrono::seconds> expected) {
    SCOPED_TRACE(fmt::format("{}, {}", status, value));
    Server server(always(status, "Retry-After: " + value + "\r\n", ""));
    Client client;
    EXPECT_EQ(client.fail(server.url()).retry_after, expected);
  };

  asks_for("503 Busy", "soon", std::nullopt);
  asks_for("503 Busy", "-5", std::nullopt);
  asks_for("503 Busy", "0", std::nullopt);
  asks_for("503 Busy", "Mon, 01 Jan 2001 00:00:00 GMT", std::nullopt);
  asks_for("500 Bad", "5", std::nullopt);
  asks_for("429 Slow Down", "5", 5s);
  asks_for("503 Busy", "120", 120s);
  asks_for("503 Busy", "9999999999", 8784h);
}

TEST(Faults, RetryAfterADate) {
  const std::time_t later = std::time(nullptr) + 600;
  char date[64];
  std::tm parts{};
  ASSERT_GT(
      std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", ::gmtime_r(&later, &parts)),
      0U);
  Server server(always("429 Slow Down", fmt::format("Retry-After: {}\r\n", date), ""));
  Client client;
  const auto retry_after = client.fail(server.url()).retry_after;
  ASSERT_TRUE(retry_after);
  EXPECT_GT(*retry_after, 300s);
  EXPECT_LE(*retry_after, 600s);
}

TEST(Faults, UnknownEncoding) {
  auto refuses = [](const std::string& coding, const std::string& shown) {
    SCOPED_TRACE(coding);
    Server server(always("200 OK", "Content-Encoding: " + coding + "\r\n", "whatever"));
    Client client;
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::encoding);
    EXPECT_EQ(failure.detail, server.place() + " sent the content encoding \"" + shown + '"');
    EXPECT_THAT(client.body(), IsEmpty());
  };

  refuses("br", "br");
  refuses("zstd", "zstd");
  refuses("lzma", "lzma");
  refuses("gzip, br", "gzip, br");
  refuses("gzip\r\nContent-Encoding: br", "br");
  refuses("gzi", "gzi");
}

TEST(Faults, BadCompression) {
  auto refuses = [](const std::string& coding, const std::string& body) {
    SCOPED_TRACE(coding);
    Server server(always("200 OK", "Content-Encoding: " + coding + "\r\n", body));
    Client client;
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::encoding);
    EXPECT_THAT(failure.detail,
                StartsWith("cannot decompress the answer of " + server.place() + ": "));
  };

  std::string wrong_checksum = kBombBytes;
  wrong_checksum[wrong_checksum.size() - 8] ^= 1;
  refuses("gzip", "this is not gzip at all");
  refuses("gzip", wrong_checksum);
  refuses("deflate", "\xff\xff\xff\xff\xff");
}

TEST(Faults, TooLarge) {
  auto refuses = [](const Server::Script& script, std::string_view detail) {
    SCOPED_TRACE(detail);
    Server server(script);
    Client client({.max_answer_bytes = 50'000});
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::too_large);
    EXPECT_EQ(failure.detail, fmt::format(fmt::runtime(detail), server.place()));
    EXPECT_LE(client.body().size(), 50'000U);
  };
  auto endless = [](const std::string& head, const std::string& piece) {
    return [=](Connection& connection) {
      static_cast<void>(connection.request());
      connection.send(head);
      while (connection.send(piece)) {
      }
    };
  };
  const auto announced = [](const std::string& length) {
    return [=](Connection& connection) {
      static_cast<void>(connection.request());
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
      connection.wait_for_close();
    };
  };
  constexpr std::string_view kLonger = "the answer of {} is longer than 50000 bytes";

  refuses(announced("50001"), "{} announced 50001 bytes, more than 50000");
  refuses(announced("99999999999999999999"),
          "{} announced 99999999999999999999 bytes, more than 50000");
  refuses(endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nabcde\r\n"),
          kLonger);
  refuses(endless("HTTP/1.0 200 OK\r\n\r\n", "abcde"), kLonger);
  refuses(always("200 OK", "Content-Encoding: gzip\r\n", kBombBytes), kLonger);
  refuses(endless("HTTP/1.1 200 OK\r\n", "X-Header: again\r\n"),
          "the headers of {} are longer than 262144 bytes");
  refuses(endless("", "HTTP/1.1 100 Continue\r\n\r\n"),
          "the headers of {} are longer than 262144 bytes");
}

TEST(Faults, JustNotTooLarge) {
  Server server(always("200 OK", "", std::string(50'000, 'x')));
  Client client({.max_answer_bytes = 50'000});
  EXPECT_TRUE(client.get(server.url()));
  Server bomb(always("200 OK", "Content-Encoding: gzip\r\n", kBombBytes));
  Client tolerant({.max_answer_bytes = 100'000});
  const auto answer = tolerant.get(bomb.url());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->bytes, 100'000U);
}

TEST(Faults, RefusedByTheReader) {
  Server server(always("200 OK", "", "body"));
  Client client;
  const auto answer =
      client.transport().get(server.url(), [](std::string_view) { return false; }, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::reset);
  EXPECT_EQ(answer.error().detail, "refused by the reader");
  EXPECT_TRUE(client.get(server.url())) << "the next request works";
}

TEST(Faults, ReadersMayThrow) {
  Server server(always("200 OK", "", "body"));
  Client client;
  const Body throws = [](std::string_view) -> bool { throw std::out_of_range("no"); };
  EXPECT_THROW(static_cast<void>(client.transport().get(server.url(), throws, {})),
               std::out_of_range);
  EXPECT_TRUE(client.get(server.url())) << "the next request works";
}

}  // namespace
}  // namespace exporter::http
