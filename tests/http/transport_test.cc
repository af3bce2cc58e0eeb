// What arrives when the server behaves, and the headers that are sent.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/version.h"
#include "tests/http/client.h"
#include "tests/http/server.h"
#include "tests/http/temporary_directory.h"

namespace exporter::http {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kGzip[] =
    "\037\213\010\000\000\000\000\000\002\003\313\110\315\311\311\327\121\110\316\317\055\050\112"
    "\055\056\116\115\121\050\317\057\312\111\001\000\010\236\064\065\027\000\000\000";
constexpr char kDeflate[] =
    "\170\234\313\110\315\311\311\327\121\110\111\115\313\111\054\111\115\121\050\317\057\312\111"
    "\001\000\125\104\007\342";

template <std::size_t size>
std::string bytes(const char (&literal)[size]) {
  return {literal, size - 1};
}

/// Answers every request, and shows the requests once the connection has ended.
class Listener {
 public:
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  Server::Script script() {
    return [this](Connection& connection) {
      for (std::string head; !(head = connection.request()).empty();) {
        {
          const std::lock_guard lock(mutex_);
          requests_.push_back(head);
        }
        connection.answer("200 OK", "", "heard");
      }
    };
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> requests_;
};

TEST(Transport, HandsOnTheBodyAndItsType) {
  Server server(
      always("200 OK", "Content-Type: application/json; charset=utf-8\r\n", "{\"a\": 1}"));
  Client client;
  const auto answer = client.get(server.url());
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(client.body(), "{\"a\": 1}");
  EXPECT_EQ(answer->content_type, "application/json; charset=utf-8");
  EXPECT_EQ(answer->bytes, 8U);
}

TEST(Transport, AnswersOfEveryFraming) {
  auto answers = [](const std::string& raw, const std::string& body) {
    SCOPED_TRACE(raw);
    Server server(once(raw));
    Client client;
    const auto answer = client.get(server.url());
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(client.body(), body);
    EXPECT_EQ(answer->bytes, body.size());
    EXPECT_EQ(answer->content_type, "");
  };

  answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "");
  answers("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab", "ab");
  answers("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end");
  answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
          "abcde");
  answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
          "abc");
  answers(
      "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
      "2\r\n\r\nab",
      "ab");
  answers("HTTP/1.1 200 OK\nContent-Length: 2\n\nab", "ab");
}

TEST(Transport, UndoesCompression) {
  auto becomes = [](const std::string& coding, const std::string& sent, const std::string& body) {
    SCOPED_TRACE(coding);
    Server server(always("200 OK", "Content-Encoding: " + coding + "\r\n", sent));
    Client client;
    const auto answer = client.get(server.url());
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(client.body(), body);
    EXPECT_EQ(answer->bytes, body.size());
  };

  becomes("gzip", bytes(kGzip), "hello, compressed world");
  becomes("GZIP", bytes(kGzip), "hello, compressed world");
  becomes("x-gzip", bytes(kGzip), "hello, compressed world");
  becomes("deflate", bytes(kDeflate), "hello, deflated world");
  becomes("identity", "plain", "plain");
}

TEST(Transport, SaysWhoItIsAndWhatItTakes) {
  Listener listener;
  Server server(listener.script());
  Client client;
  ASSERT_TRUE(client.get(server.url("/allocation?window=a%2Cb")));
  EXPECT_THAT(
      listener.requests(),
      ElementsAre(AllOf(HasSubstr("GET /allocation?window=a%2Cb HTTP/1.1\r\n"),
                        HasSubstr("Host: " + server.place() + "\r\n"),
                        HasSubstr(fmt::format("User-Agent: opencost-exporter/{}\r\n", kVersion)),
                        HasSubstr("Accept-Encoding: gzip, deflate\r\n"),
                        Not(HasSubstr("Authorization")))));
}

TEST(Transport, KeepsItsConnection) {
  Server server(always("200 OK", "", "again"));
  Client client;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client.get(server.url()));
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Transport, KeepsItsConnectionAfterAShortErrorPage) {
  Server server(always("503 Busy", "", std::string(60'000, 'e')));
  Client client;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.fail(server.url()).status, 503);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Transport, ComesBackAfterTheServerClosedTheConnection) {
  Server server(once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"));
  Client client;
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.get(server.url());
    ASSERT_TRUE(answer) << answer.error().detail;
  }
  EXPECT_EQ(server.accepted(), 3);
}

TEST(Transport, SendsCredentials) {
  const TemporaryDirectory directory;
  Listener listener;
  Server server(listener.script());
  Client bearer({.auth = {.bearer_token_file = directory.write("token", "t0ken\n"),
                          .header_files = {{"X-Scope-OrgID", directory.write("tenant", "acme")}}}});
  ASSERT_TRUE(bearer.get(server.url()));
  EXPECT_THAT(listener.requests().back(), AllOf(HasSubstr("\r\nAuthorization: Bearer t0ken\r\n"),
                                                HasSubstr("\r\nX-Scope-OrgID: acme\r\n")));
}

TEST(Transport, SendsBasicCredentials) {
  const TemporaryDirectory directory;
  Listener listener;
  Server server(listener.script());
  Client basic({.auth = {.basic = BasicAuth{"Aladdin", directory.write("p", "open sesame\n")}}});
  ASSERT_TRUE(basic.get(server.url()));
  EXPECT_THAT(listener.requests().back(),
              HasSubstr("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

TEST(Transport, SendsARotatedSecretOnTheSameConnection) {
  const TemporaryDirectory directory;
  Listener listener;
  Server server(listener.script());
  Client client({.auth = {.bearer_token_file = directory.write("token", "first")}});
  ASSERT_TRUE(client.get(server.url()));
  directory.write("token", "later");
  ASSERT_TRUE(client.get(server.url()));
  EXPECT_THAT(listener.requests(),
              ElementsAre(HasSubstr("Bearer first\r\n"), HasSubstr("Bearer later\r\n")));
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Transport, AsksNothingWithoutItsCredentials) {
  Listener listener;
  Server server(listener.script());
  Client client({.auth = {.bearer_token_file = "/nonexistent/token"}});
  const Failure failure = client.fail(server.url());
  EXPECT_EQ(failure.kind, FailureKind::credentials);
  EXPECT_EQ(failure.detail, "cannot read /nonexistent/token: No such file or directory");
  EXPECT_EQ(server.accepted(), 0);
}

/// Leads the path `/<n>` to what `target` makes of n, and ends at `/0`.
Server::Script chain(std::function<std::string(int)> target) {
  return [target = std::move(target)](Connection& connection) {
    for (std::string head; !(head = connection.request()).empty();) {
      const int n = std::stoi(head.substr(head.find('/') + 1));
      if (n == 0) {
        connection.answer("200 OK", "",
                          head.find("Authorization") != std::string::npos ? "let in" : "");
      } else {
        connection.answer("302 Found", "Location: " + target(n) + "\r\n", "moved");
      }
    }
  };
}

TEST(Transport, FollowsRedirectsOnTheSameServer) {
  const TemporaryDirectory directory;
  Server server(chain([](int n) { return fmt::format("/{}", n - 1); }));
  Client client({.auth = {.bearer_token_file = directory.write("token", "t0ken")}});
  for (const int hops : {1, 2, 3}) {
    const auto answer = client.get(server.url(fmt::format("/{}", hops)));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(client.body(), "let in");
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Transport, FollowsEveryKindOfRedirect) {
  for (const std::string status : {"301", "302", "303", "307", "308"}) {
    SCOPED_TRACE(status);
    Server server([&](Connection& connection) {
      for (std::string head; !(head = connection.request()).empty();) {
        if (head.starts_with("GET /there ")) {
          connection.answer("200 OK", "", "here");
        } else {
          connection.answer(status + " Elsewhere", "Location: there\r\n", "");
        }
      }
    });
    Client client;
    const auto answer = client.get(server.url("/here"));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(client.body(), "here");
  }
}

TEST(Transport, RefusesTooManyRedirects) {
  Server server(chain([](int n) { return fmt::format("/{}", n - 1); }));
  Client client;
  const Failure failure = client.fail(server.url("/4"));
  EXPECT_EQ(failure.kind, FailureKind::redirect);
  EXPECT_EQ(failure.detail, fmt::format("{} redirects more than 3 times, at last to {}",
                                        server.place(), server.url("/0")));
}

TEST(Transport, RefusesALoop) {
  Server server(chain([](int n) { return fmt::format("/{}", n); }));
  Client client;
  const Failure failure = client.fail(server.url("/1"));
  EXPECT_EQ(failure.kind, FailureKind::redirect);
  EXPECT_THAT(failure.detail, HasSubstr("more than 3 times"));
}

TEST(Transport, NeverFollowsToAnotherServer) {
  Listener listener;
  Server other(listener.script());
  auto refuses = [&](const std::string& location, const std::string& complaint) {
    SCOPED_TRACE(location);
    Server server(always("302 Found", "Location: " + location + "\r\n", ""));
    Client client;
    const Failure failure = client.fail(server.url());
    EXPECT_EQ(failure.kind, FailureKind::redirect);
    EXPECT_EQ(failure.detail, server.place() + " redirects to " + complaint);
  };

  refuses(other.url("/login?next=x"), "another server: " + other.url("/login?next=x"));
  refuses("//" + other.place() + "/x", "another server: " + other.url("/x"));
  refuses("http://user:pw@" + other.place() + "/", "another server: " + other.url());
  refuses("https://sso.example/login", "another server: https://sso.example/login");
  refuses("file:///etc/passwd", "file:///etc/passwd: the scheme file is neither http nor https");
  refuses("gopherus://x/", "gopherus://x/: malformed URL: Unsupported URL scheme");
  refuses("http://host:99999/",
          "http://host:99999/: malformed URL: Port number was not a decimal number between 0 and "
          "65535");
  EXPECT_EQ(other.accepted(), 0);
}

TEST(Transport, NeverFollowsToAnotherScheme) {
  Server server([](Connection& connection) {
    const std::string head = connection.request();
    const std::size_t host = head.find("Host: ") + 6;
    const std::string place = head.substr(host, head.find("\r\n", host) - host);
    connection.answer("301 Moved", "Location: https://" + place + "/\r\n", "");
  });
  Client client;
  const Failure failure = client.fail(server.url());
  EXPECT_EQ(failure.kind, FailureKind::redirect);
  EXPECT_THAT(failure.detail, HasSubstr("another server: https://" + server.place()));
}

TEST(Transport, RefusesUrlsItCannotAsk) {
  auto refuses = [](const std::string& url, const std::string& detail) {
    SCOPED_TRACE(url);
    Client client;
    const Failure failure = client.fail(url);
    EXPECT_EQ(failure.kind, FailureKind::connect);
    EXPECT_THAT(failure.detail, HasSubstr(detail));
  };

  refuses("", "malformed URL");
  refuses("file:///etc/passwd", "the scheme file is neither http nor https");
  refuses("http://user:pw@127.0.0.1/", "the URL holds a user name or password");
}

}  // namespace
}  // namespace exporter::http
