#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/web/client.h"
#include "tests/web/heads.h"

namespace exporter::web {
namespace {

using samples::Answer;
using samples::Client;
using samples::Reloads;
using Headers = std::vector<std::string>;

const std::string kPortal = "https://portal.example.org";

struct Forged : testing::Test {
  Reloads running{{}, {.cors_origins = {kPortal}}};
  Client client{running.address()};

  Answer reload(const Headers& headers) { return client.send("POST", "/-/reload", headers); }
  Answer collect(Headers headers) {
    headers.emplace_back("Content-Type: application/json");
    return client.send("POST", "/api/v1/collections", headers, "{}");
  }
  void expect_refused(const Answer& answer, bool api) const {
    EXPECT_EQ(answer.status, 403);
    const std::string detail = "A page of another site may not send this.";
    EXPECT_EQ(answer.body, api ? api::problem("forbidden", detail).body : detail + "\n");
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_EQ(running.count, 0);
  }
  // It got as far as to who could be asked, and that is nobody.
  static void expect_heard(const Answer& answer) {
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.body.find("No source is being asked right now"), std::string::npos)
        << answer.body;
  }
};

TEST_F(Forged, PostsOfOtherSitesAreRefused) {
  for (const Headers& headers : {
           Headers{"Sec-Fetch-Site: cross-site"},
           Headers{"Sec-Fetch-Site: cross-site ", "Origin: https://evil.example"},
           Headers{"sec-fetch-site: cross-site", "Origin: null"},
           Headers{"Sec-Fetch-Site: cross-site", "Origin: " + kPortal + ".evil.example"},
           // It names itself as the host that is asked, which no browser does.
           Headers{"Sec-Fetch-Site: cross-site", "Origin: http://" + running.address()},
           // Without TLS, browsers say where it is from only.
           Headers{"Origin: https://evil.example"},
           Headers{"Origin: http://evil.example"},
           Headers{"Origin: null"},
           Headers{"Origin: x"},
           Headers{"Origin: http://127.0.0.1"},
           Headers{"Origin: http://127.0.0.1:1"},
           Headers{"Origin: " + running.address()},
           Headers{"Origin: http://" + running.address() + "0"},
           Headers{"Origin: http://evil.example", "Origin: http://" + running.address()},
       }) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(headers, ", ")));
    expect_refused(reload(headers), false);
    expect_refused(collect(headers), true);
  }
}

TEST_F(Forged, PostsOfAnAllowedOriginReachTheApiAlone) {
  for (const Headers& headers : {Headers{"Origin: " + kPortal, "Sec-Fetch-Site: cross-site"},
                                 Headers{"Origin: " + kPortal}}) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(headers, ", ")));
    expect_refused(reload(headers), false);
    const Answer heard = collect(headers);
    expect_heard(heard);
    EXPECT_EQ(heard.header("access-control-allow-origin"), kPortal);
  }
}

TEST_F(Forged, PostsOfNoBrowserAndOfOurOwnPagesAreNot) {
  int reloads = 0;
  for (const Headers& headers : {
           Headers{},
           Headers{"Origin: http://" + running.address()},
           Headers{"Origin: https://" + running.address()},  // TLS ends in front
           Headers{"Sec-Fetch-Site: same-origin", "Origin: https://public.example"},
           Headers{"Sec-Fetch-Site: same-site", "Origin: https://sibling.example"},
           Headers{"Sec-Fetch-Site: none"},
       }) {
    SCOPED_TRACE(fmt::format("{}", fmt::join(headers, ", ")));
    EXPECT_EQ(reload(headers).status, 200);
    EXPECT_EQ(running.count, ++reloads);
    expect_heard(collect(headers));
  }
}

TEST_F(Forged, WhatOnlyReadsIsNot) {
  for (const char* path : {"/metrics", "/-/healthy", "/api/v1/problems"}) {
    for (const char* method : {"GET", "HEAD"}) {
      SCOPED_TRACE(fmt::format("{} {}", method, path));
      const Answer answer =
          client.send(method, path, {"Sec-Fetch-Site: cross-site", "Origin: https://evil.example"});
      EXPECT_EQ(answer.status, 200);
    }
  }
}

// What is not there cannot be forged.
TEST_F(Forged, PostsToNothingAreNotFound) {
  const Headers headers = {"Sec-Fetch-Site: cross-site"};
  EXPECT_EQ(client.send("POST", "/nowhere", headers).status, 404);
  EXPECT_EQ(client.send("POST", "/metrics", headers).status, 405);
}

}  // namespace
}  // namespace exporter::web
