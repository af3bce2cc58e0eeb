// What a POST sends and takes, where it differs from a GET.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/http/client.h"
#include "tests/http/server.h"
#include "tests/http/temporary_directory.h"

namespace exporter::http {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// A client that posts, and keeps the body of the answer.
class Poster {
 public:
  explicit Poster(Options options = {}) : client_(std::move(options)) {}

  Result<Answer, Failure> post(const std::string& url, const std::string& content = "{}",
                               const std::stop_token& stop = {}) {
    body_.clear();
    return client_.transport().post(
        url, "application/json", content,
        [this](std::string_view bytes) {
          body_ += bytes;
          return true;
        },
        stop);
  }
  const std::string& body() const { return body_; }
  Client& client() { return client_; }

 private:
  Client client_;
  std::string body_;
};

/// Takes what is posted, and answers `status` with the content itself.
Server::Script echo(const std::string& status) {
  return [=](Connection& connection) {
    for (std::string head; !(head = connection.request()).empty();) {
      connection.answer(status, "Content-Type: text/plain\r\n", connection.content(head));
    }
  };
}

TEST(Post, HandsOnTheBodyOf200And201) {
  for (const std::string status : {"200 OK", "201 Created"}) {
    SCOPED_TRACE(status);
    Server server(echo(status));
    Poster poster;
    const auto answer = poster.post(server.url(), "{\"a\": 1}");
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(poster.body(), "{\"a\": 1}");
    EXPECT_EQ(answer->bytes, 8U);
    EXPECT_EQ(answer->content_type, "text/plain");
  }
}

TEST(Post, SendsContentOfEveryLength) {
  Server server(echo("200 OK"));
  Poster poster;
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{100'000}}) {
    SCOPED_TRACE(length);
    std::string content(length, 'x');
    if (length > 0) content.back() = '\0';
    ASSERT_TRUE(poster.post(server.url(), content));
    EXPECT_EQ(poster.body(), content);
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Post, SaysWhatItSendsAndFromWhom) {
  const TemporaryDirectory directory;
  std::string head;
  {
    Server server([&](Connection& connection) {
      head = connection.request();
      connection.answer("200 OK", "", connection.content(head));
      connection.wait_for_close();
    });
    Poster poster({.auth = {.bearer_token_file = directory.write("token", "s3cret\n")}});
    ASSERT_TRUE(poster.post(server.url("/reviews")));
  }
  EXPECT_THAT(head, AllOf(StartsWith("POST /reviews HTTP/1.1\r\n"),
                          HasSubstr("\r\nContent-Type: application/json\r\n"),
                          HasSubstr("\r\nContent-Length: 2\r\n"),
                          HasSubstr("\r\nAuthorization: Bearer s3cret\r\n"),
                          Not(HasSubstr("x-www-form-urlencoded"))));
}

TEST(Post, AGetThatFollowsIsAGet) {
  std::vector<std::string> lines;
  {
    Server server([&](Connection& connection) {
      for (std::string head; !(head = connection.request()).empty();) {
        connection.answer("200 OK", "", connection.content(head));
        lines.push_back(head.substr(0, head.find(' ')) +
                        (head.find("Content-") == std::string::npos ? "" : " with content"));
      }
    });
    Poster poster;
    ASSERT_TRUE(poster.post(server.url()));
    ASSERT_TRUE(poster.client().get(server.url()));
  }
  EXPECT_THAT(lines, testing::ElementsAre("POST with content", "GET"));
}

TEST(Post, EveryOtherStatusFails) {
  auto fails = [](const std::string& status, int code, const std::string& detail) {
    SCOPED_TRACE(status);
    Server server(always(status, "", "why"));
    Poster poster;
    const auto answer = poster.post(server.url(), "");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::http_status);
    EXPECT_EQ(answer.error().status, code);
    EXPECT_EQ(answer.error().detail, server.place() + " answered " + detail);
    EXPECT_THAT(poster.body(), IsEmpty());
  };

  fails("202 Accepted", 202, "202: why");
  fails("206 Partial Content", 206, "206: why");
  fails("302 Found", 302, "302: why");
  fails("400 Bad Request", 400, "400: why");
  fails("401 Unauthorized", 401, "401: why");
  fails("403 Forbidden", 403, "403: why");
  fails("500 Internal Server Error", 500, "500: why");
}

TEST(Post, FollowsNoRedirect) {
  for (const std::string status : {"301 Moved", "302 Found", "303 See Other", "307 T", "308 P"}) {
    SCOPED_TRACE(status);
    Server server(always(status, "Location: /elsewhere\r\n", ""));
    Poster poster;
    const auto answer = poster.post(server.url(), "");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::redirect);
    EXPECT_EQ(answer.error().detail,
              server.place() + " redirects to /elsewhere, which a POST does not follow");
    EXPECT_EQ(server.accepted(), 1);
  }
}

TEST(Post, A201IsHeldToTheSameLimits) {
  Server announced(always("201 Created", "", "12345"));
  Poster poster({.max_answer_bytes = 4});
  const auto long_one = poster.post(announced.url(), "");
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().kind, FailureKind::too_large);
  EXPECT_EQ(long_one.error().detail, announced.place() + " announced 5 bytes, more than 4");

  Server broken(once("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nab"));
  const auto half = poster.post(broken.url(), "");
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().kind, FailureKind::reset);

  Server encoded(always("201 Created", "Content-Encoding: br\r\n", "ab"));
  const auto strange = poster.post(encoded.url(), "");
  ASSERT_FALSE(strange);
  EXPECT_EQ(strange.error().kind, FailureKind::encoding);
}

TEST(Post, AsksNothingWithoutItsCredentials) {
  Server server(echo("200 OK"));
  Poster poster({.auth = {.bearer_token_file = "/nowhere/token"}});
  const auto answer = poster.post(server.url());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::credentials);
  EXPECT_EQ(server.accepted(), 0);
}

TEST(Post, RefusesUrlsItCannotAsk) {
  Poster poster;
  const auto answer = poster.post("ftp://127.0.0.1/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::connect);
  EXPECT_EQ(answer.error().detail, "the scheme ftp is neither http nor https");
}

TEST(Post, CancelledBeforeTheFirstByte) {
  Signal reached;
  Server server([&](Connection& connection) {
    if (!connection.request().empty()) reached.announce();
    connection.wait_for_close();
  });
  Poster poster;
  std::stop_source stop;
  std::thread canceller([&] {
    reached.wait();
    stop.request_stop();
  });
  const auto answer = poster.post(server.url(), "{}", stop.get_token());
  canceller.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::cancelled);
}

TEST(Post, CancelledBeforeItBegins) {
  Server server(echo("200 OK"));
  Poster poster;
  std::stop_source stop;
  stop.request_stop();
  const auto answer = poster.post(server.url(), "{}", stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, FailureKind::cancelled);
  EXPECT_EQ(server.accepted(), 0);
}

}  // namespace
}  // namespace exporter::http
