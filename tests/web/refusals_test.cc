// What is said to somebody who may not see something, and what is said to anybody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/web/people.h"

namespace exporter::web {
namespace {

using access::ada;
using access::basic;
using access::bearer;
using samples::ask;
using samples::Asked;
using samples::Known;
using samples::Sent;
using samples::Socket;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kShop = bearer("t0ken-of-shop");
const std::string kAdmin = bearer("t0ken-of-admin");
const std::string kAda = basic("ada:correct horse");

constexpr char kBearer[] = "Bearer realm=\"opencost-exporter\"";
constexpr char kBearerInvalid[] = "Bearer realm=\"opencost-exporter\", error=\"invalid_token\"";
constexpr char kBasic[] = "Basic realm=\"opencost-exporter\"";

TEST(Refusals, AreProblemsUnderTheApi) {
  Asked running(Known::tokens | Known::users);
  const Sent absent = running.say("GET", "/api/v1/cost/namespaces");
  EXPECT_EQ(absent.status(), 401);
  EXPECT_THAT(absent.all("WWW-Authenticate"), ElementsAre(kBasic, kBearer));
  EXPECT_EQ(absent.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(absent.code(), "unauthorized");
  EXPECT_THAT(absent.body,
              HasSubstr("\"Needs an Authorization header, Bearer with a token or Basic.\""));
  const Sent unknown = running.say("GET", "/api/v1/cost/namespaces", bearer("t0ken"));
  EXPECT_EQ(unknown.status(), 401);
  EXPECT_THAT(unknown.all("WWW-Authenticate"), ElementsAre(kBasic, kBearerInvalid));
  EXPECT_THAT(unknown.body, HasSubstr("\"No such token or user, or a wrong password.\""));
}

TEST(Refusals, ArePlainElsewhere) {
  Asked running(Known::tokens | Known::users);
  const Sent absent = running.say("GET", "/metrics");
  EXPECT_EQ(absent.status(), 401);
  EXPECT_THAT(absent.all("WWW-Authenticate"), ElementsAre(kBasic, kBearer));
  EXPECT_EQ(absent.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(absent.body, "Needs an Authorization header, Bearer with a token or Basic.\n");
  const Sent forbidden = running.say("GET", "/metrics", kShop);
  EXPECT_EQ(forbidden.status(), 403);
  EXPECT_THAT(forbidden.all("WWW-Authenticate"), ElementsAre());
  EXPECT_EQ(forbidden.body, "Token shop sees the tenant shop only, and this shows all.\n");
  const Sent expired = running.say("GET", "/metrics", bearer("t0ken-that-expired"));
  EXPECT_EQ(expired.status(), 401);
  EXPECT_EQ(expired.body, "The token old expired at 2026-03-10T10:00:00Z.\n");
}

TEST(Refusals, OfferBasicOnlyWhereThereAreUsers) {
  Asked running(Known::tokens);
  EXPECT_THAT(running.say("GET", "/api/v1/health").all("WWW-Authenticate"), ElementsAre(kBearer));
  EXPECT_THAT(running.say("GET", "/api/v1/health", kAda).all("WWW-Authenticate"),
              ElementsAre(kBearerInvalid));
}

// Whatever else is wrong with the question: it would tell what there is.
TEST(Refusals, ATenantHearsTheSameOfEveryAdminRoute) {
  Asked running(Known::tokens);
  std::string first;
  for (const api::Route& route : api::routes()) {
    if (route.who != api::Who::admins) continue;
    for (const std::string query :
         {"", "?cluster=prod", "?no-such=1", "?limit=-1", "?format=xml"}) {
      SCOPED_TRACE(route.path);
      const Sent answer = running.say(route.methods == "POST" ? "POST" : "GET",
                                      std::string(route.path) + query, kShop);
      EXPECT_EQ(answer.status(), 403);
      if (first.empty()) first = answer.body;
      EXPECT_EQ(answer.body, first);
    }
  }
  EXPECT_THAT(first, HasSubstr("\"Only admins may ask for this.\""));
}

TEST(Refusals, OfHeadAreThoseOfGetWithoutTheirBodies) {
  Asked running(Known::tokens | Known::users);
  const auto without_date = [](const std::string& head) {
    const std::size_t at = head.find("\r\nDate: ");
    return head.substr(0, at) + head.substr(head.find("\r\n", at + 2));
  };
  for (const std::string path : {"/metrics", "/", "/api/v1/health", "/api/v1/cost/nodes"}) {
    for (const std::string& who : {std::string(), kShop, bearer("t0ken")}) {
      SCOPED_TRACE(testing::Message() << path << ", " << who);
      const Sent get = running.say("GET", path, who), head = running.say("HEAD", path, who);
      EXPECT_EQ(without_date(head.head), without_date(get.head));
      EXPECT_EQ(head.body, "");
      EXPECT_NE(get.body, "");
    }
  }
}

TEST(Refusals, OfMethodsComeFirst) {
  Asked running(Known::tokens | Known::users);
  for (const std::string method : {"OPTIONS", "PUT", "DELETE"}) {
    EXPECT_EQ(running.say(method, "/metrics").status(), 405);
    const Sent api = running.say(method, "/api/v1/collections");
    EXPECT_EQ(api.status(), 405);
    EXPECT_EQ(api.header("Allow"), "GET, HEAD, POST");
    EXPECT_EQ(api.code(), "method_not_allowed");
  }
}

TEST(Refusals, OfTooManyRequestsSayWhenToComeBack) {
  Asked running(Known::tokens, 0.2);
  const auto once = [&](const std::string& who) {
    return ask(running.address(), "GET", "/api/v1/health", who);
  };
  // Bursts of ten times a second's.
  for (int i = 0; i < 2; ++i) EXPECT_EQ(once(kShop).status(), 200);
  const Sent limited = once(kShop);
  EXPECT_EQ(limited.status(), 429);
  EXPECT_EQ(limited.header("Retry-After"), "5");
  EXPECT_EQ(limited.code(), "too_many_requests");
  EXPECT_THAT(limited.body, HasSubstr("\"Too many requests of token shop.\""));
  EXPECT_THAT(limited.all("WWW-Authenticate"), ElementsAre());
  EXPECT_EQ(once(kAdmin).status(), 200);
  EXPECT_EQ(ask(running.address(), "GET", "/metrics").status(), 200);
  running.clock.advance(std::chrono::seconds(5));
  EXPECT_EQ(once(kShop).status(), 200);
  EXPECT_EQ(once(kShop).status(), 429);
}

TEST(Refusals, OfTooManyAttempts) {
  Asked running(Known::tokens | Known::users);
  const auto once = [&](const std::string& path, const std::string& who) {
    return ask(running.address(), "GET", path, who);
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(once("/metrics", kAda + "x").status(), 401);
  const Sent limited = once("/metrics", kAda + "x");
  EXPECT_EQ(limited.status(), 429);
  EXPECT_EQ(limited.header("Retry-After"), "1");
  EXPECT_EQ(limited.body, "Too many failed attempts from this address.\n");
  EXPECT_EQ(once("/api/v1/health", bearer("t0ken")).code(), "too_many_requests");
  EXPECT_EQ(once("/metrics", kAdmin).status(), 200);
  EXPECT_EQ(once("/-/healthy", kAda + "x").status(), 200);
}

TEST(Refusals, OfAPostEndItsConnection) {
  Asked running(Known::tokens | Known::users);
  int reloads = 0;
  running.on_reload = [&]() -> Result<void> {
    ++reloads;
    return {};
  };
  const std::string body(64u << 10, 'x');
  for (const std::string path : {"/-/reload", "/api/v1/collections"}) {
    for (const std::string& who : {std::string(), kShop, bearer("t0ken")}) {
      SCOPED_TRACE(testing::Message() << path << ", " << who);
      running.clock.advance(std::chrono::seconds(1));
      const Socket socket(running.address());
      std::string text = samples::request("POST", path, who, body);
      text.erase(text.find("Connection: close\r\n"), 19);
      socket.write(text);
      const Sent answer = samples::sent(socket.read_all());
      EXPECT_EQ(answer.status(), who == kShop ? 403 : 401);
      EXPECT_EQ(answer.header("Connection"), "close");
    }
  }
  EXPECT_EQ(reloads, 0);
  EXPECT_TRUE(running.collections.all().empty());
  EXPECT_EQ(ask(running.address(), "POST", "/-/reload", kAda, body).status(), 200);
  EXPECT_EQ(reloads, 1);
}

TEST(Refusals, HaveTheHeadersOfTheConfiguration) {
  Asked running(Known::tokens | Known::users);
  ASSERT_TRUE(running.server->adopt(
      {.users = {ada()},
       .headers = {{"X-Frame-Options", "deny"}, {"x-content-type-options", "whatever"}}},
      {}));
  for (const std::string path : {"/metrics", "/api/v1/health", "/-/healthy", "/nowhere"}) {
    const Sent answer = running.say("GET", path);
    EXPECT_EQ(answer.header("X-Frame-Options"), "deny") << path;
    EXPECT_EQ(answer.header("x-content-type-options"), "whatever") << path;
    EXPECT_THAT(answer.all("X-Content-Type-Options"), ElementsAre()) << path;
  }
}

TEST(ReadyToWhom, SourcesOnlyToThoseWhoMaySeeThem) {
  Asked running(Known::tokens | Known::users | Known::kubernetes);
  running.publish(samples::publication({samples::new_source("prod-eu")}, {{}}));
  const auto told = [&](const std::string& who) {
    const Sent answer = running.say("GET", "/-/ready", who);
    EXPECT_EQ(answer.status(), 503);
    EXPECT_THAT(answer.all("WWW-Authenticate"), ElementsAre());
    if (answer.body == "Not ready.\n") return false;
    EXPECT_THAT(answer.body, HasSubstr("prod-eu current: first poll not finished yet\n"));
    return true;
  };
  EXPECT_FALSE(told(""));
  EXPECT_TRUE(told(kAdmin));
  for (const std::string& who : {kShop, bearer("t0ken"), basic("ada:hunter2"),
                                 bearer("t0ken-that-expired"), std::string("nonsense")}) {
    EXPECT_FALSE(told(who)) << who;
  }
  // A probe waits for nobody: of these it is known only once something else has asked.
  for (const std::string& who : {kAda, bearer("t0ken-of-kube-admin")}) {
    EXPECT_FALSE(told(who));
    EXPECT_EQ(running.say("GET", "/metrics", who).status(), 200);
    EXPECT_TRUE(told(who));
  }
  EXPECT_EQ(running.say("GET", "/metrics", bearer("t0ken-of-kube-shop")).status(), 403);
  EXPECT_FALSE(told(bearer("t0ken-of-kube-shop")));
}

TEST(ReadyToWhom, ToAnybodyWhereThereAreNoUsers) {
  Asked running(Known::tokens | Known::kubernetes);
  running.publish(samples::publication({samples::new_source("prod-eu")}, {{}}));
  for (const std::string& who : {std::string(), kShop, bearer("t0ken")}) {
    EXPECT_THAT(running.say("GET", "/-/ready", who).body, HasSubstr("prod-eu current"));
  }
}

TEST(Apologies, SayWhatFailedAndNoMore) {
  Asked running(Known::users | Known::kubernetes, 1e6,
                [](const access::Kubernetes&, std::string_view,
                   const std::stop_token&) -> Result<access::Review> {
                  throw std::runtime_error("out of memory\r\nX-Evil: 1");
                });
  const Sent api = running.say("GET", "/api/v1/health", bearer("t0ken"));
  EXPECT_EQ(api.status(), 500);
  EXPECT_EQ(api.code(), "internal");
  EXPECT_THAT(api.body, HasSubstr("Internal error: out of memory\\\\x0D\\\\x0AX-Evil: 1"));
  const Sent page = running.say("GET", "/metrics", bearer("t0ken"));
  EXPECT_EQ(page.status(), 500);
  EXPECT_EQ(page.body, "Internal error: out of memory\\x0D\\x0AX-Evil: 1\n");
  const Sent post = running.say("POST", "/-/reload", bearer("t0ken"));
  EXPECT_EQ(post.status(), 500);
  EXPECT_EQ(running.say("GET", "/metrics", kAda).status(), 200);
}

}  // namespace
}  // namespace exporter::web
