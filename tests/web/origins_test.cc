#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/client.h"
#include "tests/web/running.h"

namespace exporter::web {
namespace {

using samples::Answer;
using samples::Client;
using samples::Running;

const std::string kPortal = "https://portal.example.org", kLocal = "http://localhost:3000";

const std::vector<std::string> kOfTheApi = {
    "/api/v1/health",      "/api/v1/problems",      "/api/v1/openapi.json", "/api/v1/collections",
    "/api/v1/budgets?x=1",  // 400
    "/api/v1/docs",        "/api/v1/docs/redoc.js", "/api/v1/nowhere",      "/api/v1"};
const std::vector<std::string> kOthers = {"/",        "/metrics",  "/-/healthy",
                                          "/-/ready", "/-/reload", "/nowhere",
                                          "/api/v10", "/api",      "/API/v1"};

const access::Options kGuarded{
    .tokens = {{.name = "a", .sha256 = access::sha256("a"), .admin = true}}};

api::Options origins(std::vector<std::string> allowed) {
  return {.cors_origins = std::move(allowed)};
}

bool varies_by_origin(const Answer& answer) {
  const std::string vary = ", " + answer.header("vary") + ",";
  return vary.find(", Origin,") != std::string::npos;
}

void expect_nothing_allowed(const Answer& answer) {
  for (const auto& [name, value] : answer.headers) {
    EXPECT_FALSE(name.starts_with("access-control-")) << name << ": " << value;
  }
}

void expect_allowed(const Answer& answer, const std::string& origin) {
  EXPECT_EQ(answer.header("access-control-allow-origin"), origin);
  EXPECT_EQ(answer.header("access-control-expose-headers"), "ETag, Link, Retry-After");
  // Credentials that a browser has of its own are nobody else's to use.
  EXPECT_EQ(answer.headers.count("access-control-allow-credentials"), 0U);
  EXPECT_TRUE(varies_by_origin(answer)) << answer.header("vary");
}

TEST(Origins, AreUnknownWhereNoneIsConfigured) {
  Running running;
  running.publish(samples::uniform_page(7, 10));
  Client client(running.address());
  for (const auto* paths : {&kOfTheApi, &kOthers}) {
    for (const std::string& path : *paths) {
      for (const char* origin : {"https://portal.example.org", "null", "*", ""}) {
        SCOPED_TRACE(fmt::format("{} {}", path, origin));
        const std::string header = fmt::format("Origin: {}", origin);
        for (const char* method : {"GET", "HEAD"}) {
          const Answer answer = client.send(method, path, {header});
          expect_nothing_allowed(answer);
          EXPECT_FALSE(varies_by_origin(answer));
        }
        const Answer asked =
            client.send("OPTIONS", path, {header, "Access-Control-Request-Method: GET"});
        EXPECT_TRUE(asked.status == 404 || asked.status == 405) << asked.status;
        expect_nothing_allowed(asked);
        EXPECT_FALSE(varies_by_origin(asked));
      }
    }
  }
}

TEST(Origins, ThatAreConfiguredMayReadTheApi) {
  Running running({}, {}, origins({kPortal, kLocal}));
  running.publish(samples::uniform_page(7, 10));
  Client client(running.address());
  for (const std::string& origin : {kPortal, kLocal}) {
    for (const std::string& path : kOfTheApi) {
      SCOPED_TRACE(path);
      for (const char* method : {"GET", "HEAD", "PUT"}) {
        expect_allowed(client.send(method, path, {"Origin: " + origin}), origin);
      }
    }
    for (const std::string& path : kOthers) {
      SCOPED_TRACE(path);
      const Answer answer = client.get(path, {"Origin: " + origin});
      expect_nothing_allowed(answer);
      EXPECT_FALSE(varies_by_origin(answer));
    }
  }
}

TEST(Origins, OfNobodyAreAllowedNothing) {
  Running running({}, {}, origins({kPortal, kLocal}));
  running.publish(samples::uniform_page(7, 10));
  Client client(running.address());
  for (const char* origin : {"http://portal.example.org",
                             "https://portal.example.org:443",
                             "https://portal.example.org:8443",
                             "https://portal.example.org/",
                             "https://portal.example.org.evil.example",
                             "https://portal.example.orgevil",
                             "https://evilportal.example.org",
                             "https://evil.portal.example.org",
                             "https://example.org",
                             "https://portal.example.or",
                             "https://Portal.example.org",
                             "HTTPS://portal.example.org",
                             "https://portal.example.org.",
                             "https://u@portal.example.org",
                             "portal.example.org",
                             "https://portal_example.org",
                             "https://portal.example.org, http://localhost:3000",
                             "https://portal.example.org https://evil.example",
                             "https://portal.example.org%00",
                             "http://localhost",
                             "http://localhost:30000",
                             "http://localhost:3001",
                             "https://localhost:3000",
                             "http://127.0.0.1:3000",
                             "null",
                             "NULL",
                             "*",
                             "file://",
                             "\"\"",
                             "https://p\xc3\xb6rtal.example.org"}) {
    SCOPED_TRACE(origin);
    const std::string header = fmt::format("Origin: {}", origin);
    for (const char* path : {"/api/v1/health", "/api/v1/nowhere"}) {
      const Answer answer = client.get(path, {header});
      expect_nothing_allowed(answer);
      EXPECT_TRUE(varies_by_origin(answer));
    }
    const Answer asked =
        client.send("OPTIONS", "/api/v1/health", {header, "Access-Control-Request-Method: GET"});
    EXPECT_EQ(asked.status, 405);
    EXPECT_EQ(asked.header("allow"), "GET, HEAD");
    expect_nothing_allowed(asked);
    EXPECT_TRUE(varies_by_origin(asked));
  }
  for (const std::vector<std::string>& headers :
       {std::vector<std::string>{}, std::vector<std::string>{"Origin;"},
        std::vector<std::string>{"Origin: " + kPortal, "Origin: " + kPortal},
        std::vector<std::string>{"Origin: https://evil.example", "Origin: " + kPortal},
        std::vector<std::string>{"X-Origin: " + kPortal, "Referer: " + kPortal + "/"}}) {
    const Answer answer = client.get("/api/v1/health", headers);
    EXPECT_EQ(answer.status, 200);
    expect_nothing_allowed(answer);
    EXPECT_TRUE(varies_by_origin(answer));
  }
  expect_allowed(client.get("/api/v1/health", {"Origin: " + kPortal + " \t"}), kPortal);
}

// What a cache keeps for one origin must not be given to another, and a 304 renews what it keeps.
TEST(Origins, AreSaidToMatterAlsoWhereNothingHasChanged) {
  Running running({}, {}, origins({kPortal}));
  running.publish(samples::uniform_page(7, 10));
  Client client(running.address());
  for (const char* path : {"/api/v1/health", "/api/v1/problems", "/api/v1/docs/redoc.js"}) {
    SCOPED_TRACE(path);
    const Answer fresh = client.get(path);
    EXPECT_EQ(fresh.status, 200);
    EXPECT_TRUE(varies_by_origin(fresh));
    ASSERT_NE(fresh.header("etag"), "");
    const std::string condition = "If-None-Match: " + fresh.header("etag");
    EXPECT_NE(fresh.header("vary").find("Accept-Encoding, "), std::string::npos);
    const Answer known = client.get(path, {condition});
    EXPECT_EQ(known.status, 304);
    expect_nothing_allowed(known);
    EXPECT_EQ(known.header("vary"), fresh.header("vary"));
    const Answer to_portal = client.get(path, {condition, "Origin: " + kPortal});
    EXPECT_EQ(to_portal.status, 304);
    expect_allowed(to_portal, kPortal);
  }
}

TEST(Origins, MayReadWhyTheyWereRefused) {
  Running running({}, {}, origins({kPortal}));
  running.publish(samples::uniform_page(7, 10));
  const auto check = [&](const std::string& method, const std::string& path,
                         std::vector<std::string> headers, const std::string& body, long status) {
    SCOPED_TRACE(fmt::format("{} {} {}", method, path, status));
    Client client(running.address());
    Answer answer = client.send(method, path, headers, body);
    EXPECT_EQ(answer.status, status) << answer.body;
    expect_nothing_allowed(answer);
    EXPECT_TRUE(varies_by_origin(answer));
    headers.push_back("Origin: " + kPortal);
    answer = client.send(method, path, headers, body);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    expect_allowed(answer, kPortal);
  };
  check("GET", "/api/v1/nowhere", {}, "", 404);
  check("DELETE", "/api/v1/health", {}, "", 405);
  check("GET", "/api/v1/problems", {"Accept: image/png"}, "", 406);
  check("GET", "/api/v1/problems?nonsense=1", {}, "", 400);
  check("POST", "/api/v1/collections", {"Transfer-Encoding: chunked"}, "{}", 411);
  check("POST", "/api/v1/collections", {"Expect:"}, std::string(70'000, ' '), 413);
  running.gate.adopt(kGuarded, {});
  check("GET", "/api/v1/health", {}, "", 401);
  check("GET", "/api/v1/health", {"Authorization: Digest x"}, "", 401);
}

TEST(Preflight, NamesTheMethodsOfTheRoute) {
  Running running({}, {}, origins({kPortal, kLocal}));
  // A browser asks without credentials.
  running.gate.adopt(kGuarded, {});
  Client client(running.address());
  const auto check = [&](const std::string& path, const std::string& methods) {
    for (const std::string& origin : {kPortal, kLocal}) {
      for (const char* method : {"GET", "POST", "DELETE", "whatever"}) {
        SCOPED_TRACE(fmt::format("{} {} {}", path, origin, method));
        const Answer answer = client.send(
            "OPTIONS", path,
            {"Origin: " + origin, fmt::format("Access-Control-Request-Method: {}", method),
             "Access-Control-Request-Headers: authorization"});
        EXPECT_EQ(answer.status, 204);
        EXPECT_EQ(answer.body, "");
        expect_allowed(answer, origin);
        EXPECT_EQ(answer.header("access-control-allow-methods"), methods);
        EXPECT_EQ(answer.header("access-control-allow-headers"),
                  "Authorization, Content-Type, If-None-Match");
        EXPECT_EQ(answer.header("access-control-max-age"), "600");
        EXPECT_EQ(answer.header("cache-control"), "no-store");
      }
    }
  };
  for (const api::Route& route : api::routes()) {
    const bool both = route.path == "/api/v1/collections";
    check(std::string(route.path), both ? "GET, HEAD, POST" : std::string(route.methods));
  }
  check("/api/v1/docs", "GET, HEAD");
  EXPECT_EQ(client.get("/api/v1/health").status, 401);
}

TEST(Preflight, IsOfTheApiOnly) {
  Running running({}, {}, origins({kPortal}));
  Client client(running.address());
  const std::vector<std::string> headers = {"Origin: " + kPortal,
                                            "Access-Control-Request-Method: POST"};
  for (const Route& route : routes()) {
    const std::string path(route.path);
    SCOPED_TRACE(path);
    if (path.starts_with("/api/v1/")) continue;
    const Answer answer = client.send("OPTIONS", path, headers);
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.header("allow"), route.methods);
    expect_nothing_allowed(answer);
  }
  for (const char* path : {"/nowhere", "/api/v10", "/api/v1/nowhere", "/api/v1", "*"}) {
    SCOPED_TRACE(path);
    const Answer answer = client.send("OPTIONS", path[0] == '*' ? "/*" : path, headers);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.headers.count("access-control-allow-methods"), 0U);
  }
  for (const char* method : {"PUT", "DELETE", "POST", "options"}) {
    SCOPED_TRACE(method);
    EXPECT_EQ(client.send(method, "/api/v1/health", headers).status, 405);
  }
  // Somebody who asks what there is, rather than a browser.
  const Answer plain = client.send("OPTIONS", "/api/v1/health", {"Origin: " + kPortal});
  EXPECT_EQ(plain.status, 405);
  EXPECT_EQ(plain.headers.count("access-control-allow-methods"), 0U);
}

TEST(Preflight, IsRefusedWhereTheApiIsSwitchedOff) {
  api::Options off = origins({kPortal});
  off.enabled = false;
  Running running({}, {}, off);
  Client client(running.address());
  const Answer answer = client.send("OPTIONS", "/api/v1/health",
                                    {"Origin: " + kPortal, "Access-Control-Request-Method: GET"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.headers.count("access-control-allow-methods"), 0U);
}

}  // namespace
}  // namespace exporter::web
