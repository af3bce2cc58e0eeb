#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/web/client.h"
#include "tests/web/heads.h"

namespace exporter::web {
namespace {

using namespace std::string_literals;
using samples::Client;
using samples::count_of;
using samples::Reloads;
using samples::Socket;
using samples::statuses;
using samples::talk;

const std::string kLast = "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
constexpr const char* kHealthy = "\r\n\r\nHealthy.\n";
using Statuses = std::vector<int>;

std::string post(std::string_view path, std::string_view body, std::string_view headers = "") {
  return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", path, headers,
                     body.size(), body);
}

// What a second of the clock changes.
std::string without_date(std::string answer) {
  for (std::size_t at = 0; (at = answer.find("\r\nDate: ", at)) != std::string::npos;) {
    answer.erase(at, answer.find("\r\n", at + 2) - at);
  }
  return answer;
}

TEST(GoodHead, IsAnswered) {
  Reloads running;
  const std::string line = "GET /-/healthy HTTP/1.1\r\n", host = "Host: x\r\n";
  const std::string large = fmt::format("X: {}\r\n", std::string(8000, 'a'));
  const std::string start = line + host;
  for (const std::string& head : {
           start,
           line + "hOST:x\r\n",
           line + "Host: \t x \t\r\n",
           line + "Host:\r\n",
           line + "Host: [::1]:9754\r\n",
           line + "Host: my_host-1.example.:9754\r\n",
           start + "X:\r\n",
           start + "X: a\tb\r\n",
           start + "X: caf\xc3\xa9 \x80\xff\r\n",
           start + "X: : a: \"b\r\n",
           start + "!#$%&'*+-.^_`|~09aZ: a\r\n",
           start + "X: a\r\nX: b\r\nx: c\r\n",
           start + "Cookie: a=b; c=\"d\"; e\r\n",
           start + "Content-Length: 0\r\n",
           start + "Content-Length: 0000\r\n",
           start + "Upgrade: h2c\r\nHTTP2-Settings: AAA\r\n",
           start + large,
           "\r\n" + start,
           "GET /-/healthy HTTP/1.2\r\n" + host,
           "GET /-/healthy? HTTP/1.1\r\n" + host,
           "GET /-/healthy?a=%00&%3D=b&c&=d&+?/ HTTP/1.1\r\n" + host,
           "GET http://x/-/healthy HTTP/1.1\r\n" + host,
           "GET HTTPS://X.Example:1/-/healthy?a=b HTTP/1.1\r\nHost: x.eXAMPLE:1 \r\n"s,
       }) {
    SCOPED_TRACE(head);
    const std::string answer = talk(running, head + "Connection: close\r\n\r\n");
    EXPECT_EQ(statuses(answer), Statuses{200}) << answer;
    EXPECT_TRUE(answer.ends_with(kHealthy)) << answer;
  }
  const std::string old = talk(running, "GET /-/healthy HTTP/1.0\r\n\r\n");
  EXPECT_EQ(statuses(old), Statuses{200}) << old;
}

TEST(GoodHead, MayArriveByteByByte) {
  Reloads running;
  for (const std::string& request :
       {kLast, post("/-/reload", "whatever", "Connection: close\r\n"),
        "GET /api/v1/problems HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"s,
        "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"s,
        "GET /-/healthy HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"s}) {
    SCOPED_TRACE(request);
    const Socket socket(running.address());
    for (const char& byte : request) socket.write({&byte, 1});
    const std::string answer = socket.read_all();
    EXPECT_EQ(statuses(answer).size(), 1U);
    EXPECT_EQ(without_date(answer), without_date(talk(running, request)));
  }
  EXPECT_EQ(running.count, 2);
}

// Some are answered at once, others by threads of their own.
TEST(Pipelining, AnswersFiftyInTheirOrder) {
  Reloads running;
  constexpr int kRequests = 50;
  std::string requests;
  const auto path = [](int i) {
    return i % 2 == 0 ? fmt::format("/n{}-", i) : fmt::format("/api/v1/problems?n{}-=1", i);
  };
  for (int i = 0; i < kRequests; ++i) {
    requests += fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path(i));
  }
  const std::string answer = talk(running, requests + kLast);
  Statuses expected;
  for (int i = 0; i < kRequests; ++i) expected.push_back(i % 2 == 0 ? 404 : 400);
  expected.push_back(200);
  EXPECT_EQ(statuses(answer), expected) << answer;
  std::size_t at = 0;
  for (int i = 0; i < kRequests; ++i) {
    const std::size_t next = answer.find(fmt::format("n{}-", i), at);
    ASSERT_NE(next, std::string::npos) << i << '\n' << answer;
    at = next;
  }
  EXPECT_TRUE(answer.ends_with(kHealthy)) << answer;
}

TEST(Pipelining, GoesOnBehindABody) {
  Reloads running;
  const std::string smuggled = "POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_EQ(statuses(talk(running, post("/-/reload", "ab") + kLast)), (Statuses{200, 200}));
  EXPECT_EQ(running.count, 1);
  EXPECT_EQ(statuses(talk(running, post("/-/reload", std::string(65536, 'x')) + kLast)),
            (Statuses{200, 200}));
  EXPECT_EQ(running.count, 2);
  // A request within a body is none.
  EXPECT_EQ(statuses(talk(running, post("/-/reload", smuggled) + kLast)), (Statuses{200, 200}));
  EXPECT_EQ(running.count, 3);
  for (const char* path : {"/-/healthy", "/metrics", "/api/v1/problems"}) {
    SCOPED_TRACE(path);
    const std::string get = fmt::format("GET {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
                                        path, smuggled.size());
    EXPECT_EQ(statuses(talk(running, fmt::format("{}{}{}", get, smuggled, kLast))),
              (Statuses{200, 200}));
  }
  EXPECT_EQ(running.count, 3);
}

// Whoever was refused may have meant more by the body than what was read of it.
TEST(Pipelining, EndsBehindABodyThatWasNotWanted) {
  Reloads running;
  const auto check = [&](const std::string& request, int status) {
    SCOPED_TRACE(request);
    const std::string answer = talk(running, request + post("/-/reload", "") + kLast);
    EXPECT_EQ(statuses(answer), Statuses{status}) << answer;
    EXPECT_EQ(count_of(answer, "\r\nConnection: close\r\n"), 1) << answer;
  };
  check(post("/nowhere", "ab"), 404);
  check(post("/metrics", "ab"), 405);
  check(post("/-/reload", "ab", "Sec-Fetch-Site: cross-site\r\n"), 403);
  check(post("/api/v1/nowhere", "ab"), 404);
  check(post("/api/v1/problems", "ab"), 405);
  check(post("/api/v1/collections", "ab"), 415);
  EXPECT_EQ(running.count, 0);
}

TEST(Pipelining, TakesTheRestOfALongerBodyForTheNextRequest) {
  Reloads running;
  const std::string head = "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
  const std::string answer = talk(running, head + "ab345" + kLast);
  EXPECT_EQ(statuses(answer), (Statuses{200, 405})) << answer;  // 345GET is a method
  const std::string broken = talk(running, head + "ab(" + kLast + kLast);
  EXPECT_EQ(statuses(broken), (Statuses{200, 400})) << broken;
  EXPECT_EQ(running.count, 2);
}

TEST(Pipelining, AnswersWhatCameBeforeARefusedHeadAndNothingBehindIt) {
  Reloads running;
  const std::string good = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string behind = post("/-/reload", "") + kLast;
  for (const char* bad : {"GET /-/healthy HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                          "GET /-/healthy HTTP/1.1\nHost: x\n\n",
                          "POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "0\r\n\r\n",
                          "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n"}) {
    SCOPED_TRACE(bad);
    const std::string answer = talk(running, fmt::format("{0}{0}{1}{2}", good, bad, behind));
    const Statuses found = statuses(answer);
    ASSERT_EQ(found.size(), 3U) << answer;
    EXPECT_EQ(found[0], 200);
    EXPECT_EQ(found[1], 200);
    EXPECT_GE(found[2], 400);
  }
  EXPECT_EQ(running.count, 0);
}

TEST(Pipelining, OfHeadAndGetSendsOneBody) {
  Reloads running;
  for (const char* path : {"/-/healthy", "/metrics?collect[]=cost", "/api/v1/problems", "/nowhere",
                           "/api/v1/nowhere"}) {
    SCOPED_TRACE(path);
    const std::string get = fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path);
    const std::string head = fmt::format("HEAD {} HTTP/1.1\r\nHost: x\r\n\r\n", path);
    const std::string alone = without_date(talk(running, get + kLast));
    const std::string both = without_date(talk(running, fmt::format("{}{}{}", head, get, kLast)));
    ASSERT_EQ(statuses(alone).size(), 2U) << alone;
    const std::string headers = alone.substr(0, alone.find("\r\n\r\n") + 4);
    EXPECT_EQ(both, headers + alone);
  }
}

TEST(Pipelining, EndsWhereTheClientSaysSo) {
  Reloads running;
  EXPECT_EQ(statuses(talk(running, kLast + post("/-/reload", ""))), Statuses{200});
  EXPECT_EQ(statuses(talk(running, "GET /-/healthy HTTP/1.0\r\n\r\n" + post("/-/reload", ""))),
            Statuses{200});
  EXPECT_EQ(running.count, 0);
}

// The server waits for what is missing as long as for any idle client.
TEST(Unfinished, IsNotAnswered) {
  Reloads running({.idle_timeout_seconds = 1});
  const std::string get = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
  std::vector<std::string> starts = {
      "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab",
      "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n",
      "POST /-/reload HTTP/1.1\r\nHost: x\r\n", "POST /-/reload HTTP/1.1\rHost: x\r\r"};
  for (std::size_t bytes = 0; bytes < get.size(); bytes += 3)
    starts.push_back(get.substr(0, bytes));
  std::vector<Socket> sockets;
  sockets.reserve(starts.size());
  for (const std::string& start : starts) {
    sockets.emplace_back(running.address());
    sockets.back().write(start);
    sockets.back().finish();
  }
  for (std::size_t i = 0; i < starts.size(); ++i) EXPECT_EQ(sockets[i].read_all(), "") << starts[i];
  EXPECT_EQ(running.count, 0);
  EXPECT_EQ(Client(running.address()).get("/-/healthy").status, 200);
}

// One to three changes that somebody who looks for a gap would make.
std::string mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  const std::string telling =
      "\r\n\0 \t:,;/?%\x7f\xff"
      "09aZ"s;
  for (std::size_t changes = 1 + below(3); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = below(bytes.size()), length = 1 + below(8);
    const char byte =
        below(2) == 0 ? telling[below(telling.size())] : static_cast<char>(below(256));
    switch (below(6)) {
      case 0:
        bytes[at] = byte;
        break;
      case 1:
        bytes.insert(at, length, byte);
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(below(bytes.size()), bytes.substr(at, length * 8));
        break;
      case 4:
        std::swap(bytes[at], bytes[below(bytes.size())]);
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

TEST(MutatedHead, IsAnsweredOrClosedAndHarmsNobody) {
  constexpr int kBatches = 5, kEach = 160;
  const std::string scrape =
      "GET /metrics?collect[]=cost HTTP/1.1\r\nHost: x\r\nAccept: text/plain;q=0.5\r\n"
      "Accept-Encoding: gzip\r\nIf-None-Match: \"a\"\r\n\r\n";
  const std::string rows =
      "GET /api/v1/problems?limit=5 HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n"
      "Authorization: Bearer abc\r\n\r\n";
  const std::string chunked =
      "POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n0\r\n\r\n";
  const std::vector<std::string> good = {
      scrape, rows, chunked, post("/-/reload", "0123456789", "Expect: 100-continue\r\n"),
      post("/api/v1/collections", "{\"sources\":[]}", "Content-Type: application/json\r\n")};
  Reloads running({.idle_timeout_seconds = 1});
  std::mt19937 random(20260310);
  int answered = 0;
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<Socket> sockets;
    std::vector<std::string> sent;
    for (std::size_t i = 0; i < kEach; ++i) {
      sent.push_back(mutated(good[i % good.size()], random));
      sockets.emplace_back(running.address());
      sockets.back().write(sent.back() + kLast);
    }
    for (std::size_t i = 0; i < kEach; ++i) {
      const std::string answer = sockets[i].read_all();
      if (!answer.empty()) {
        ++answered;
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 ")) << sent[i] << '\n' << answer;
      }
      for (const int status : statuses(answer)) {
        EXPECT_TRUE(status >= 100 && status <= 505 && status != 500) << sent[i] << '\n' << answer;
      }
    }
    EXPECT_EQ(Client(running.address()).get("/-/healthy").status, 200);
  }
  EXPECT_GT(answered, kBatches * kEach / 2);
}

}  // namespace
}  // namespace exporter::web
