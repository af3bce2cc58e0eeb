#include <gmock/gmock.h>

#include "exporter/api/collection_body.h"
#include "tests/api/published.h"
#include "tests/api/rows.h"

namespace exporter::api {
namespace {

using namespace samples;
using opencost::Query;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// An API beside pollers that do nothing but what a test says.
struct Polls {
  explicit Polls(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      collections.attend(name, [] {});
      publication->sources.push_back({name, {}});
    }
    board.put(publication);
  }

  Sources sources() { return {clock, board, ledger, collections}; }

  Reply post(std::string_view body, std::string_view content_type = "application/json") {
    const Endpoint endpoint{.route = {"/api/v1/collections", "POST", Who::admins, "Asks."},
                            .tag = {},
                            .details = {},
                            .other = start_collection};
    return serve(endpoint, sources(),
                 {.method = "POST",
                  .path = "/api/v1/collections",
                  .query = {},
                  .content_type = content_type,
                  .body = body},
                 admin());
  }
  Answer<Table> get(const std::string& request = {}) {
    Parameters parameters;
    parameters.set("request", request);
    const access::Caller caller = admin();
    const Scope scope(caller, publication->rules);
    return kCollections.rows(
        {sources(), *publication, publication, scope, caller, parameters, clock.now()});
  }
  /// An answer of three rows, one of which was rejected; or no answer.
  void finish(const std::string& source, Query query, const std::string& failure = {}) {
    poll::Observation observation;
    observation.source = source;
    observation.question = {query, {at("2026-03-10T11:00:00Z"), at("2026-03-10T12:00:00Z")}, {}};
    observation.fetched_at = clock.now();
    observation.took = std::chrono::duration<double>(1.5);
    observation.retries = 2;
    observation.bytes = 345;
    if (failure.empty()) {
      opencost::AllocationAnswer answer;
      answer.table =
          in(observation.question.window, {web("c", "shop", "web", 1), web("c", "shop", "api", 2)});
      answer.rejected.counts[0] = 1;
      observation.outcome = answer;
    } else {
      observation.outcome = poll::PollFailure{.reason = "connect", .detail = failure};
    }
    collections.finished(observation);
  }

  ManualClock clock{at("2026-03-10T12:30:00Z")};
  std::shared_ptr<poll::Publication> publication = std::make_shared<poll::Publication>();
  poll::Board board;
  ledger::Ledger ledger{{}};
  poll::Collections collections{clock};
};

const std::vector<std::string_view> kAsked = {"id",    "request",  "state",   "source",
                                              "query", "asked_by", "asked_at"};

std::string detail_of(const Reply& reply) { return Json::parse(reply.body)["detail"]; }
std::string code_of(const Reply& reply) { return Json::parse(reply.body)["code"]; }

TEST(Collections, AreAskedForOfAllSources) {
  Polls polls({"prod-eu", "prod-us"});
  const Reply reply = polls.post("");
  EXPECT_EQ(reply.status, 202U);
  EXPECT_THAT(reply.headers, ElementsAre(Pair("Content-Type", "application/json"),
                                         Pair("Cache-Control", "no-store"),
                                         Pair("Location", "/api/v1/collections?request=1")));
  const Json body = Json::parse(reply.body);
  EXPECT_EQ(body["request"], 1);
  EXPECT_EQ(body["collections"].size(), 6U);
  EXPECT_EQ(body["collections"][3],
            Json({{"id", 4}, {"state", "waiting"}, {"source", "prod-us"}, {"query", "current"}}));
  EXPECT_THAT(lines(polls.get(), kAsked),
              ElementsAre("1 1 waiting prod-eu current token root 2026-03-10T12:30:00Z",
                          "2 1 waiting prod-eu assets token root 2026-03-10T12:30:00Z",
                          "3 1 waiting prod-eu today token root 2026-03-10T12:30:00Z",
                          "4 1 waiting prod-us current token root 2026-03-10T12:30:00Z",
                          "5 1 waiting prod-us assets token root 2026-03-10T12:30:00Z",
                          "6 1 waiting prod-us today token root 2026-03-10T12:30:00Z"));
}

TEST(Collections, AreAskedForOfSomeSources) {
  for (const char* type : {"application/json", "Application/JSON",
                           "application/json; charset=utf-8", "application/json ;x=\"y;z\""}) {
    Polls polls({"prod-eu", "prod-us"});
    EXPECT_EQ(polls.post(R"({"sources": ["prod-us"]})", type).status, 202U) << type;
    EXPECT_THAT(lines(polls.get(), {"source"}), ElementsAre("prod-us", "prod-us", "prod-us"));
  }
}

TEST(Collections, SayHowTheyWent) {
  Polls polls({"s"});
  polls.finish("s", Query::current);
  polls.finish("s", Query::today, "connection refused");
  EXPECT_THAT(lines(polls.get(), {"id", "request", "state", "query", "asked_by", "asked_at",
                                  "finished_at", "window_start", "window_end", "seconds", "bytes",
                                  "rows", "rejected", "retries", "failure"}),
              ElementsAre("2 - failed today - - 2026-03-10T12:30:00Z 2026-03-10T11:00:00Z "
                          "2026-03-10T12:00:00Z 1.5 345 0 0 2 connect: connection refused",
                          "1 - answered current - - 2026-03-10T12:30:00Z 2026-03-10T11:00:00Z "
                          "2026-03-10T12:00:00Z 1.5 345 2 1 2 -"));
}

TEST(Collections, WhatIsNotKnownIsNull) {
  Polls polls({"s"});
  polls.post("{}");
  polls.collections.unchanged("s", Query::assets);
  const std::vector<std::string_view> columns = {
      "state", "finished_at", "window_start", "window_end", "seconds",
      "bytes", "rows",        "rejected",     "retries",    "failure"};
  EXPECT_THAT(lines(polls.get(), columns),
              ElementsAre("waiting - - - - - - - - -", "waiting - - - - - - - - -",
                          "unchanged 2026-03-10T12:30:00Z - - - - - - - -"));
}

TEST(Collections, OfOneRequestAreFoundByIt) {
  Polls polls({"s", "t"});
  polls.finish("s", Query::current);
  polls.post(R"({"sources": ["s"]})");
  polls.post(R"({"sources": ["t"]})");
  polls.finish("t", Query::today);
  EXPECT_THAT(lines(polls.get("5"), {"id", "state"}),
              ElementsAre("5 waiting", "6 waiting", "7 answered"));
  EXPECT_THAT(lines(polls.get("6"), {"id"}), IsEmpty());
  EXPECT_THAT(lines(polls.get("0"), {"id"}),
              ElementsAre("bad_parameter: Parameter request is \"0\": it must be a whole number "
                          "from 1 on."));
}

TEST(Collections, HaveNoWindowAndNoSources) {
  Polls polls({"s"});
  polls.finish("s", Query::current);
  const Endpoint endpoint{.route = {"/api/v1/collections", "GET", Who::admins, "Polls."},
                          .tag = {},
                          .details = {},
                          .rows = &kCollections};
  const Reply reply =
      serve(endpoint, polls.sources(),
            {.method = "GET", .path = "/api/v1/collections", .query = "state=answered"}, admin());
  const Json body = Json::parse(reply.body);
  EXPECT_TRUE(body["window"].is_null());
  EXPECT_TRUE(body["coverage"].is_null());
  EXPECT_EQ(body["sources"], Json::array());
  EXPECT_EQ(body["rows"][0]["rejected"], 1);
}

TEST(Collections, AreRefusedToTypesThatPagesOfOtherSitesCanSend) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "Content-Type is missing: it must be application/json."},
      {"text/plain", "Content-Type is \"text/plain\": it must be application/json."},
      {"application/jsonp", "Content-Type is \"application/jsonp\": it must be application/json."},
      {"application/x-www-form-urlencoded",
       "Content-Type is \"application/x-www-form-urlencoded\": it must be application/json."},
      {"application/json, text/plain",
       "Content-Type is \"application/json, text/plain\": it must be application/json."},
      {"text/plain; a=application/json",
       "Content-Type is \"text/plain; a=application/json\": it must be application/json."},
  };
  Polls polls({"s"});
  for (const auto& [type, detail] : cases) {
    const Reply reply = polls.post("", type);
    EXPECT_EQ(reply.status, 415U) << type;
    EXPECT_EQ(code_of(reply), "unsupported_media_type");
    EXPECT_EQ(detail_of(reply), detail);
  }
  EXPECT_THAT(lines(polls.get(), {"id"}), IsEmpty());
}

TEST(Collections, ABodyIsWhatItMustBe) {
  constexpr const char* kArray = "\"sources\" is {}: it must be an array of names.";
  const auto array = [&](const char* what) {
    std::string text = kArray;
    return text.replace(text.find("{}"), 2, what);
  };
  const auto whole = [](const std::string& what) {
    return "The body is " + what +
           ": it must be an object, such as {\"sources\": [\"prod-eu\"]}, or empty.";
  };
  const std::pair<std::string, std::string> cases[] = {
      {" ", "The body is not JSON: see byte 2, at \" \"."},
      {"{", "The body is not JSON: see byte 2, at \"{\"."},
      {"{} {}", "The body is not JSON: see byte 4, at \"{} {\"."},
      {"nul", "The body is not JSON: see byte 4, at \"nul\"."},
      {"{'sources': []}", "The body is not JSON: see byte 2, at \"{'\"."},
      {R"({"sources": ["s",]})", "The body is not JSON: see byte 18, at \"\"s\",]\"."},
      {"{\"sources\": [\"\xff\"]}", "The body is not JSON: see byte 15, at \"\"\xef\xbf\xbd\"."},
      {"[1e999]", "The body is not JSON: see byte 6, at \"1e999\"."},
      {"null", whole("null")},
      {"true", whole("a truth value")},
      {"1", whole("a number")},
      {"-1", whole("a number")},
      {"1.5", whole("a number")},
      {"\"s\"", whole("a text")},
      {"[]", whole("an array")},
      {R"(["s"])", whole("an array")},
      {R"({"sources": null})", array("null")},
      {R"({"sources": "s"})", array("a text")},
      {R"({"sources": {"s": 1}})", array("an object")},
      {R"({"sources": 1})", array("a number")},
      {R"({"sources": []})", "\"sources\" is empty: leave it out to ask all."},
      {R"({"sources": [""]})", "sources[0] is empty: it must be a name."},
      {R"({"sources": ["s", 1]})", "sources[1] is a number: it must be a name."},
      {R"({"sources": ["s", null]})", "sources[1] is null: it must be a name."},
      {R"({"sources": [["s"], "s"]})", "sources[0] is an array: it must be a name."},
      {R"({"sources": ["s", {"sources": ["t"]}]})", "sources[1] is an object: it must be a name."},
      {R"({"sources": ["s", "s"]})", "sources[1] is \"s\" again."},
      {R"({"sources": ["s"], "sources": ["t"]})", "\"sources\" is given twice."},
      {R"({"source": ["s"]})", "\"source\" is unknown: only \"sources\" may be given."},
      {R"({"": 1})", "\"\" is unknown: only \"sources\" may be given."},
      {R"({"a": {"sources": [1, ""]}})", "\"a\" is unknown: only \"sources\" may be given."},
      {R"({"sources": ["other"]})", "\"other\" is no source: it must be one of \"s\", \"t\"."},
      {R"({"sources": ["s*"]})", "\"s*\" is no source: it must be one of \"s\", \"t\"."},
      {R"({"sources": ["\u0000"]})",
       "\"\xef\xbf\xbd\" is no source: it must be one of \"s\", \"t\"."},
  };
  Polls polls({"s", "t"});
  for (const auto& [body, detail] : cases) {
    const Reply reply = polls.post(body);
    EXPECT_EQ(reply.status, 400U) << body;
    EXPECT_EQ(code_of(reply), "bad_body") << body;
    EXPECT_EQ(detail_of(reply), detail) << body;
  }
  EXPECT_THAT(lines(polls.get(), {"id"}), IsEmpty());
}

TEST(Collections, AllFaultsOfABodyAreNamed) {
  Polls polls({"s"});
  EXPECT_EQ(detail_of(polls.post(R"({"a": 1, "sources": ["s", "", 2, "s"], "b": []})")),
            "\"a\" is unknown: only \"sources\" may be given. sources[1] is empty: it must be a "
            "name. sources[2] is a number: it must be a name. sources[3] is \"s\" again. \"b\" is "
            "unknown: only \"sources\" may be given.");
  EXPECT_THAT(detail_of(polls.post(R"({"sources": [1,1,1,1,1,1,1,1,1,1,1,1]})")),
              testing::EndsWith("sources[9] is a number: it must be a name. There are 2 more "
                                "faults."));
}

TEST(Collections, ABodyMayBeDeepAndLong) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(parse_collection_body(deep + std::string(deep.size(), ']')).error().message,
            "The body is an array: it must be an object, such as {\"sources\": [\"prod-eu\"]}, or "
            "empty.");
  EXPECT_EQ(
      parse_collection_body("{\"a\":" + deep + std::string(deep.size(), ']') + "}").error().message,
      "\"a\" is unknown: only \"sources\" may be given.");
  std::string many = "{\"sources\": [";
  for (int i = 0; i <= 100; ++i) many += (i == 0 ? "\"" : ", \"") + std::to_string(i) + '"';
  EXPECT_EQ(parse_collection_body(many + "]}").error().message,
            "\"sources\" has 101 names: 100 are the most.");
  EXPECT_EQ(parse_collection_body(many.substr(0, many.rfind(',')) + "]}")->size(), 100U);
}

TEST(Collections, UnderWayAreNotAskedForAgain) {
  Polls polls({"s", "t"});
  polls.post(R"({"sources": ["t"]})");
  const Reply reply = polls.post("");
  EXPECT_EQ(reply.status, 409U);
  EXPECT_EQ(code_of(reply), "collection_under_way");
  EXPECT_EQ(detail_of(reply), "\"t\" is being asked already: wait for it.");
  EXPECT_THAT(lines(polls.get(), {"source"}), ElementsAre("t", "t", "t"));
}

TEST(Collections, AskedForTooOftenSayWhenToComeBack) {
  Polls polls({"s"});
  polls.post("");
  for (const Query query : {Query::current, Query::assets, Query::today}) {
    polls.finish("s", query);
  }
  polls.clock.advance(std::chrono::seconds(20));
  const Reply reply = polls.post("");
  EXPECT_EQ(reply.status, 429U);
  EXPECT_EQ(code_of(reply), "too_many_requests");
  EXPECT_EQ(detail_of(reply), "\"s\" was asked less than 60 s ago: ask again in 40 s.");
  EXPECT_THAT(reply.headers, testing::Contains(Pair("Retry-After", "40")));
  polls.clock.advance(std::chrono::seconds(40));
  EXPECT_EQ(polls.post("").status, 202U);
}

TEST(Collections, WithoutPollersNobodyIsAsked) {
  Polls polls({});
  const Reply reply = polls.post("");
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(code_of(reply), "busy");
  EXPECT_THAT(reply.headers, testing::Contains(Pair("Retry-After", "1")));
}

}  // namespace
}  // namespace exporter::api
