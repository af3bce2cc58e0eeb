#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <latch>

#include "tests/web/client.h"
#include "tests/web/running.h"

namespace exporter::web {
namespace {

using samples::Answer;
using samples::Client;
using samples::Running;
using samples::Socket;

TEST(Routes, AnswerTheirMethodsAndRefuseTheOthers) {
  Running running;
  Client client(running.address());
  const auto check = [&](const Route& route, const std::string& method, bool allowed) {
    SCOPED_TRACE(fmt::format("{} {}", method, route.path));
    const Answer answer = client.send(method, std::string(route.path));
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    if (allowed) {
      EXPECT_NE(answer.status, 404);
      EXPECT_NE(answer.status, 405);
      EXPECT_EQ(answer.header("allow"), "");
    } else {
      EXPECT_EQ(answer.status, 405);
      EXPECT_EQ(answer.header("allow"), route.methods);
      EXPECT_EQ(answer.header("cache-control"), "no-store");
      const std::string text = fmt::format("{} is answered to {} only.", route.path, route.methods);
      const std::string body = route.path.starts_with("/api/")
                                   ? api::problem("method_not_allowed", text).body
                                   : text + "\n";
      EXPECT_EQ(answer.body, method == "HEAD" ? "" : body);
    }
  };
  for (const Route& route : routes()) {
    const bool reads = route.methods == "GET, HEAD";
    EXPECT_EQ(route.methods, reads ? "GET, HEAD" : "POST");
    for (const char* method : {"GET", "HEAD"}) check(route, method, reads);
    check(route, "POST", !reads);
    for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "get", "BREW"}) {
      check(route, method, false);
    }
  }
}

TEST(Routes, OtherPathsAreNotFound) {
  Running running;
  Client client(running.address());
  const auto check = [&](const std::string& path, const std::string& named) {
    SCOPED_TRACE(path);
    const Answer answer = client.get(path);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.body,
              fmt::format("There is no {} here. What there is, is listed at /\n", named));
  };
  check("/metrics/", "/metrics/");
  check("/Metrics", "/Metrics");
  check("//metrics", "//metrics");
  check("/metrics%00", "/metrics%00");
  check("/%6Detrics", "/%6Detrics");
  check("/-/", "/-/");
  check("/-/healthy/../ready", "/-/healthy/../ready");
  check("/index.html?x=1", "/index.html");
  check("/<script>", "/<script>");
  check("/back\\slash", "/back\\x5Cslash");
  check("/" + std::string(300, 'a'), "/" + std::string(199, 'a') + "...");
}

TEST(Routes, BytesThatAreNoUrlAreEscaped) {
  Running running;
  Socket socket(running.address());
  socket.write("GET /caf\xc3\xa9\x01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = socket.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 Not Found\r\n")) << answer;
  EXPECT_NE(answer.find("There is no /caf\\xC3\\xA9\\x01 here."), std::string::npos) << answer;
}

TEST(Routes, PostsToUnknownPathsAreNotFound) {
  Running running;
  Client client(running.address());
  EXPECT_EQ(client.send("POST", "/nowhere", {}, "body").status, 404);
}

TEST(Routes, TargetsInAbsoluteFormAreUnderstood) {
  Running running;
  Socket socket(running.address());
  socket.write(
      "GET http://example.org/-/healthy HTTP/1.1\r\nHost: Example.org\r\nConnection: "
      "close\r\n\r\n");
  const std::string answer = socket.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nHealthy.\n")) << answer;
}

TEST(Routes, OverlongTargetsAreRefused) {
  Running running;
  Client client(running.address());
  const Answer answer = client.get("/" + std::string(40'000, 'a'));
  EXPECT_EQ(answer.status, 414);
  EXPECT_EQ(client.get("/-/healthy").status, 200);
}

TEST(Routes, HeadGivesTheHeadersOfGet) {
  Running running;
  running.publish(samples::uniform_page(7, 50));
  Client client(running.address());
  for (const char* path : {"/metrics?collect[]=cost", "/-/healthy", "/-/ready", "/"}) {
    SCOPED_TRACE(path);
    Answer get = client.get(path, {"Accept-Encoding: gzip"});
    Answer head = client.send("HEAD", path, {"Accept-Encoding: gzip"});
    EXPECT_EQ(head.status, get.status);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("content-length"), std::to_string(get.body.size()));
    get.headers.erase("date");
    head.headers.erase("date");
    EXPECT_EQ(head.headers, get.headers);
  }
}

TEST(Healthy, WhateverOpenCostDoes) {
  Running running;
  Client client(running.address());
  const Answer answer = client.get("/-/healthy");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "Healthy.\n");
  EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
}

TEST(Ready, OnceEverySourceHasBeenAskedForCurrent) {
  Running running;
  Client client(running.address());
  const auto check = [&](long status, std::string_view body) {
    const Answer answer = client.get("/-/ready");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, body);
  };
  check(503, "Nothing has been published yet.\n");

  poll::SourceStatus eu = samples::new_source("eu");
  poll::SourceStatus us = samples::new_source("us\n<b>");
  running.publish(samples::publication({eu, us}, {{}, {}}));
  check(503,
        "eu current: first poll not finished yet\n"
        "eu assets: first poll not finished yet\n"
        "eu today: first poll not finished yet\n"
        "us\\x0A<b> current: first poll not finished yet\n"
        "us\\x0A<b> assets: first poll not finished yet\n"
        "us\\x0A<b> today: first poll not finished yet\n");

  eu = samples::healthy_source("eu");
  us.queries[1].asked = true;
  running.publish(samples::publication({eu, us}, {{}, {}}));
  check(503,
        "us\\x0A<b> current: first poll not finished yet\n"
        "us\\x0A<b> today: first poll not finished yet\n");

  // Finished days are nobody's business here, asked for or not.
  us.queries[static_cast<std::size_t>(opencost::Query::day)].asked = true;
  running.publish(samples::publication({eu, us}, {{}, {}}));
  check(503,
        "us\\x0A<b> current: first poll not finished yet\n"
        "us\\x0A<b> today: first poll not finished yet\n");
  us.queries[static_cast<std::size_t>(opencost::Query::day)] = {};

  us.queries[0].asked = true;
  us.queries[0].failure = "timeout: no answer";
  running.publish(samples::publication({eu, us}, {{}, {}}));
  check(200, "Ready.\n");

  running.publish(samples::publication({}, {}));
  check(200, "Ready.\n");
}

TEST(Reload, SaysHowItWent) {
  Running running;
  Client client(running.address());
  const auto check = [&](long status, std::string_view body) {
    const Answer answer = client.send("POST", "/-/reload");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(answer.header("cache-control"), "no-store");
  };
  check(200, "Reloaded.\n");
  running.on_reload = [] { return fail("config.yaml:3: unknown key \"clustres\""); };
  check(500, "config.yaml:3: unknown key \"clustres\"\n");
  running.on_reload = []() -> Result<void> { throw std::runtime_error("out of luck"); };
  check(500, "Internal error: out of luck\n");
  running.on_reload = nullptr;
  check(200, "Reloaded.\n");
}

TEST(Reload, OnlyWhereItIsAskedForProperly) {
  Running running;
  std::atomic<int> reloads = 0;
  running.on_reload = [&]() -> Result<void> {
    ++reloads;
    return {};
  };
  Client client(running.address());
  const std::string most(64u << 10, 'x');
  EXPECT_EQ(client.get("/-/reload").status, 405);
  EXPECT_EQ(client.send("HEAD", "/-/reload").status, 405);
  EXPECT_EQ(client.send("PUT", "/-/reload", {}, "x").status, 405);

  const Answer huge = client.send("POST", "/-/reload", {}, most + "x");
  EXPECT_EQ(huge.status, 413);
  EXPECT_EQ(huge.body, "A request body may have 65536 bytes.\n");
  EXPECT_EQ(client.send("POST", "/-/reload", {"Expect:"}, most + "x").status, 413);
  const Answer chunked =
      client.send("POST", "/-/reload", {"Transfer-Encoding: chunked"}, "whatever");
  EXPECT_EQ(chunked.status, 411);
  EXPECT_EQ(chunked.body, "A request body needs a Content-Length.\n");
  EXPECT_EQ(reloads, 0);

  EXPECT_EQ(client.send("POST", "/-/reload", {}, most).status, 200);
  EXPECT_EQ(client.send("POST", "/-/reload", {}, "ignored").status, 200);
  EXPECT_EQ(reloads, 2);
}

TEST(Reload, OneAtATime) {
  Running running;
  std::latch entered(1), leave(1);
  std::atomic<int> calls = 0, inside = 0;
  std::atomic<bool> overlapped = false;
  running.on_reload = [&]() -> Result<void> {
    if (++inside > 1) overlapped = true;
    if (calls++ == 0) entered.count_down();
    leave.wait();
    --inside;
    return {};
  };
  const auto reload = [&] { return Client(running.address()).send("POST", "/-/reload"); };
  std::future<Answer> first = std::async(std::launch::async, reload);
  entered.wait();
  // Some of these fall to the worker that is busy with the first and wait for it.
  constexpr int kOthers = 8;
  std::vector<std::future<Answer>> others;
  others.reserve(kOthers);
  for (int i = 0; i < kOthers; ++i) others.push_back(std::async(std::launch::async, reload));
  leave.count_down();
  EXPECT_EQ(first.get().status, 200);
  for (std::future<Answer>& other : others) {
    const Answer answer = other.get();
    EXPECT_EQ(answer.body, answer.status == 503 ? "Another reload is under way.\n" : "Reloaded.\n");
  }
  EXPECT_FALSE(overlapped);
}

TEST(Document, HasEveryRoute) {
  const std::string text = document();
  const auto has_row = [&](const auto& route, std::string_view who) {
    EXPECT_NE(text.find(fmt::format("| `{}` | {} | {} | {} |\n", route.path, route.methods, who,
                                    route.summary)),
              std::string::npos)
        << route.path;
  };
  for (const api::Route& route : api::routes()) {
    constexpr std::array kWho = {"anybody", "callers", "admins"};
    has_row(route, kWho.at(static_cast<std::size_t>(route.who)));
  }
  for (const Route& route : routes()) {
    const bool open = route.path.starts_with("/-/heal") || route.path == "/-/ready" ||
                      route.path.starts_with("/api/");
    has_row(route, open ? "anybody" : "users, admins");
    EXPECT_NE(text.find(fmt::format("\n## {} {}\n", route.methods, route.path)), std::string::npos);
  }
  EXPECT_TRUE(text.starts_with("# HTTP\n"));
  EXPECT_TRUE(text.ends_with(".\n"));
}

}  // namespace
}  // namespace exporter::web
