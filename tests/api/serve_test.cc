#include "exporter/api/serve.h"

#include <gmock/gmock.h>

#include <set>

#include "exporter/api/conditional.h"
#include "tests/api/made_up.h"
#include "tests/metrics/inflating.h"

namespace exporter::api {
namespace {

using metrics::samples::End;
using metrics::samples::Frame;
using metrics::samples::inflated;
using nlohmann::json;
using samples::Asking;
using samples::header;
using samples::kMadeUp;
using samples::MadeUp;
using samples::row;

// Names that live as long as the test.
std::vector<std::string> numbered(int count) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) names.push_back("pod-" + std::to_string(i));
  return names;
}

json problem_of(const Reply& reply) {
  EXPECT_EQ(header(reply, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  json body = json::parse(reply.body);
  EXPECT_EQ(body["status"], reply.status);
  return body;
}

TEST(Serve, NothingIsPublishedYet) {
  Asking asking;
  asking.board.put(nullptr);
  const Reply reply = asking.get("");
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(header(reply, "Retry-After"), "5");
  EXPECT_EQ(problem_of(reply)["code"], "not_published");
  EXPECT_EQ(MadeUp::asked, 0);
}

TEST(Serve, PagesHoldEveryRowOnce) {
  Asking asking;
  const auto names = numbered(23);
  for (const std::string& name : names) MadeUp::rows.push_back(row("a", std::string_view(name), 5));
  std::vector<std::string> seen;
  std::string query = "limit=5&pod=pod-*%2Cx%26y";
  for (int pages = 0; !query.empty(); ++pages) {
    ASSERT_LT(pages, 6);
    const Reply reply = asking.get(query);
    const json body = json::parse(reply.body);
    EXPECT_EQ(body["page"]["matching"], 23);
    EXPECT_EQ(body["page"]["offset"], seen.size());
    EXPECT_EQ(body["total"]["total_cost"], 23 * 5e-6);
    for (const json& one : body["rows"]) seen.push_back(one["pod"]);
    query.clear();
    if (body["page"]["next"].is_null()) {
      EXPECT_EQ(header(reply, "Link"), "");
      break;
    }
    const std::string next = body["page"]["next"];
    EXPECT_EQ(header(reply, "Link"), "<" + next + ">; rel=\"next\"");
    EXPECT_EQ(next, "/api/v1/made/up?limit=5&pod=pod-%2A%2Cx%26y&offset=" +
                        std::to_string(seen.size()) + "&snapshot=7");
    query = next.substr(next.find('?') + 1);
  }
  EXPECT_EQ(seen, names);
}

TEST(Serve, AnOffsetBehindTheEnd) {
  Asking asking;
  MadeUp::rows = {row("a", {}, 1)};
  const json body = asking.json("offset=9007199254740991&limit=1");
  EXPECT_EQ(body["rows"], json::array());
  EXPECT_EQ(body["page"]["matching"], 1);
  EXPECT_EQ(body["page"]["next"], nullptr);
}

TEST(Serve, ASnapshotThatIsGone) {
  Asking asking;
  EXPECT_EQ(asking.get("snapshot=7").status, 200u);
  EXPECT_EQ(asking.get("snapshot=0007").status, 200u);
  const Reply reply = asking.get("snapshot=6");
  EXPECT_EQ(reply.status, 410u);
  EXPECT_EQ(problem_of(reply), json::parse(R"({"type": "/api/v1/problems#snapshot_gone",
      "title": "Snapshot gone", "status": 410, "code": "snapshot_gone", "detail":
      "Snapshot 6 is gone, and 7 is published: ask for the first page again, without snapshot and offset."})"));
}

TEST(Serve, WhatTheRouteRefuses) {
  Asking asking;
  MadeUp::fails = true;
  const Reply reply = asking.get("");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(problem_of(reply)["detail"], "Parameter from is too early.");
}

TEST(Serve, WhatIsNotAcceptable) {
  Asking asking;
  const Reply reply = asking.ask({.method = {}, .path = {}, .query = {}, .accept = "image/png"});
  EXPECT_EQ(reply.status, 406u);
  EXPECT_EQ(problem_of(reply)["detail"],
            "Accept is \"image/png\": this route answers with application/json or text/csv.");
  EXPECT_EQ(MadeUp::asked, 0);
}

TEST(Serve, CsvHasItsHeaders) {
  Asking asking;
  const Reply reply = asking.ask({.method = {}, .path = {}, .query = {}, .accept = "text/csv"});
  EXPECT_EQ(header(reply, "Content-Type"), "text/csv; charset=utf-8; header=present");
  EXPECT_EQ(header(reply, "Content-Disposition"), "attachment; filename=\"made-up-7.csv\"");
}

TEST(Serve, CachingHeaders) {
  Asking asking;
  const Reply reply = asking.get("");
  EXPECT_THAT(header(reply, "ETag"), testing::MatchesRegex("\"[0-9a-f]+\""));
  EXPECT_EQ(header(reply, "ETag").size(), 34u);
  EXPECT_EQ(header(reply, "Vary"), "Accept, Accept-Encoding, Authorization");
  EXPECT_EQ(header(reply, "Cache-Control"), "private, no-cache");
}

TEST(Serve, TheTagIsOfWhatIsSentAndOfNothingElse) {
  Asking asking;
  const auto names = numbered(40);
  for (const std::string& name : names) MadeUp::rows.push_back(row("a", std::string_view(name), 5));
  const auto tag = [&](std::string_view accept, std::string_view encoding) {
    return header(
        asking.ask(
            {.method = {}, .path = {}, .query = {}, .accept = accept, .accept_encoding = encoding}),
        "ETag");
  };
  const std::string plain = tag("", ""), packed = tag("", "gzip");
  EXPECT_EQ(packed, plain.substr(0, 33) + "-gzip\"");
  const std::set<std::string> all = {plain, packed, tag("text/csv", ""), tag("text/csv", "gzip")};
  EXPECT_EQ(all.size(), 4u);
  asking.clock.advance(std::chrono::hours(5));
  EXPECT_EQ(tag("", ""), plain);
  asking.publish(8);
  EXPECT_NE(tag("", ""), plain);
}

TEST(Serve, NotAgainWhatHasNotChanged) {
  Asking asking;
  const auto names = numbered(40);
  for (const std::string& name : names) MadeUp::rows.push_back(row("a", std::string_view(name), 5));
  for (const std::string_view encoding : {"", "gzip"}) {
    for (const std::string_view method : {"GET", "HEAD"}) {
      Request request{
          .method = method, .path = {}, .query = {}, .accept = {}, .accept_encoding = encoding};
      const Reply fresh = asking.ask(request);
      const std::string etag = header(fresh, "ETag");
      const std::string list = "\"x\", W/" + etag;
      for (const std::string_view known :
           {std::string_view(etag), std::string_view(list), std::string_view("*")}) {
        request.if_none_match = known;
        const Reply reply = asking.ask(request);
        EXPECT_EQ(reply.status, 304u);
        EXPECT_EQ(reply.body.size(), fresh.body.size()) << "its length is sent";
        EXPECT_EQ(header(reply, "ETag"), etag);
        EXPECT_NE(header(reply, "Vary"), "");
        EXPECT_EQ(header(reply, "Content-Encoding"), "");
      }
      for (const std::string_view other : {"\"x\"", "x", "\"", "W/", "**", ","}) {
        request.if_none_match = other;
        EXPECT_EQ(asking.ask(request).status, 200u) << other;
      }
    }
  }
}

TEST(Serve, CompressedWhereItIsWorthIt) {
  Asking asking;
  const auto ask = [&] {
    return asking.ask(
        {.method = {}, .path = {}, .query = {}, .accept = {}, .accept_encoding = "gzip"});
  };
  EXPECT_EQ(header(ask(), "Content-Encoding"), "");
  const auto names = numbered(40);
  for (const std::string& name : names) MadeUp::rows.push_back(row("a", std::string_view(name), 5));
  const Reply packed = ask();
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(inflated(packed.body, Frame::gzip, End::closed), asking.get("").body);
}

TEST(Serve, HeadIsAnsweredAsGetIs) {
  Asking asking;
  const Reply get = asking.ask({.method = "GET", .path = {}, .query = {}});
  const Reply head = asking.ask({.method = "HEAD", .path = {}, .query = {}});
  EXPECT_EQ(head.headers, get.headers);
  EXPECT_EQ(head.body, get.body);
}

Reply other(const Sources&, const Request& request, const access::Caller&) {
  return {.status = request.method == "POST" ? 202u : 200u, .headers = {{"X", "y"}}, .body = "{}"};
}

TEST(Serve, RoutesWithoutRows) {
  Asking asking;
  Endpoint endpoint = kMadeUp;
  endpoint.rows = nullptr;
  endpoint.other = other;
  const Reply get = asking.ask({.method = "GET", .path = {}, .query = {}}, endpoint);
  EXPECT_EQ(get.body, "{}");
  EXPECT_NE(header(get, "ETag"), "");
  EXPECT_EQ(asking
                .ask({.method = "GET",
                      .path = {},
                      .query = {},
                      .accept = {},
                      .accept_encoding = {},
                      .if_none_match = "*"},
                     endpoint)
                .status,
            304u);
  const Reply post = asking.ask({.method = "POST",
                                 .path = {},
                                 .query = {},
                                 .accept = {},
                                 .accept_encoding = {},
                                 .if_none_match = "*"},
                                endpoint);
  EXPECT_EQ(post.status, 202u);
  EXPECT_EQ(post.headers.size(), 1u);
  EXPECT_EQ(asking.ask({.method = "POST", .path = {}, .query = "a=1"}, endpoint).status, 400u);
  EXPECT_EQ(problem_of(asking.ask({.method = "GET", .path = {}, .query = {}, .accept = "text/csv"},
                                  endpoint))["detail"],
            "Accept is \"text/csv\": this route answers with application/json.");
}

TEST(Serve, FindsByPathAndMethod) {
  Endpoint post = kMadeUp;
  post.route.methods = "POST";
  const Endpoint table[] = {kMadeUp, post};
  EXPECT_EQ(find(table, "/api/v1/made/up", "GET"), &table[0]);
  EXPECT_EQ(find(table, "/api/v1/made/up", "HEAD"), &table[0]);
  EXPECT_EQ(find(table, "/api/v1/made/up", "POST"), &table[1]);
  EXPECT_EQ(find(table, "/api/v1/made/up", "PUT"), nullptr);
  EXPECT_EQ(find(table, "/api/v1/made/up/", "GET"), nullptr);
  EXPECT_EQ(find(table, "", "GET"), nullptr);
}

}  // namespace
}  // namespace exporter::api
