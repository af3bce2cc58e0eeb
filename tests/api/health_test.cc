#include <gmock/gmock.h>

#include "exporter/version.h"
#include "tests/api/published.h"

namespace exporter::api {
namespace {

using namespace samples;
using opencost::Query;

const cost::TenantRules kRules = {{.tenant = "pay", .namespaces = {"pay"}},
                                  {.tenant = "shop", .namespaces = {"shop"}}};

poll::QueryStatus answered() {
  poll::QueryStatus status;
  status.asked = status.up = status.shown = true;
  status.last_success = at("2026-03-10T12:15:00Z");
  status.window = {at("2026-03-10T11:00:00Z"), at("2026-03-10T12:00:00Z")};
  return status;
}

poll::QueryStatus failed() {
  poll::QueryStatus status = answered();
  status.up = false;
  status.failure = "connect: connection refused";
  return status;
}

/// The exporter's state, asked for over the whole way.
struct Health {
  explicit Health(World& world)
      : clock(world.clock),
        ledger(world.ledger),
        publication(std::make_shared<poll::Publication>(*world.publication())) {}

  poll::QueryStatus& query(std::size_t source, Query query) {
    return publication->sources.at(source).queries[static_cast<std::size_t>(query)];
  }
  void answer_all() {
    for (poll::SourceStatus& source : publication->sources) source.queries.fill(answered());
  }

  Reply serve(const access::Caller& caller, std::string_view if_none_match = {}) {
    const Endpoint endpoint{.route = {"/api/v1/health", "GET", Who::callers, "How it is."},
                            .tag = {},
                            .details = {},
                            .other = health};
    if (published) board.put(publication);
    return api::serve(
        endpoint, {clock, board, ledger, collections},
        {.method = "GET", .path = "/api/v1/health", .query = {}, .if_none_match = if_none_match},
        caller);
  }
  Json json(const access::Caller& caller) { return Json::parse(serve(caller).body); }
  std::string status(const access::Caller& caller) { return json(caller)["status"]; }

  ManualClock& clock;
  ledger::Ledger& ledger;
  std::shared_ptr<poll::Publication> publication;
  bool published = true;
  poll::Board board;
  poll::Collections collections{clock};
};

TEST(Health, IsStartingBeforeAnythingIsPublished) {
  World world;
  Health health(world);
  health.published = false;
  EXPECT_EQ(health.json(admin()), Json({{"status", "starting"},
                                        {"snapshot", nullptr},
                                        {"published_at", nullptr},
                                        {"version", kVersion},
                                        {"sources", Json::array()}}));
  EXPECT_EQ(health.json(tenant("shop")), Json({{"status", "starting"},
                                               {"snapshot", nullptr},
                                               {"published_at", nullptr},
                                               {"version", kVersion}}));
}

TEST(Health, SaysWhatIsKnownOfEachQuery) {
  World world;
  world.silent("s");
  Health health(world);
  health.publication->report.snapshot = 1795363200123;
  health.query(0, Query::current) = answered();
  health.query(0, Query::assets) = failed();
  const Json body = health.json(admin());
  EXPECT_EQ(body["snapshot"], "1795363200123");
  EXPECT_EQ(body["published_at"], "2026-03-10T12:30:00Z");
  const Json window = {{"start", "2026-03-10T11:00:00Z"}, {"end", "2026-03-10T12:00:00Z"}};
  const auto query = [&](const char* name, bool up, const Json& success, const Json& of,
                         const Json& failure) {
    return Json({{"query", name},
                 {"up", up},
                 {"last_success", success},
                 {"window", of},
                 {"failure", failure}});
  };
  EXPECT_EQ(
      body["sources"],
      Json::array({Json(
          {{"name", "s"},
           {"queries", Json::array({query("current", true, "2026-03-10T12:15:00Z", window, nullptr),
                                    query("assets", false, "2026-03-10T12:15:00Z", window,
                                          "connect: connection refused"),
                                    query("today", false, nullptr, nullptr, nullptr),
                                    query("day", false, nullptr, nullptr, nullptr)})}})}));
}

TEST(Health, IsOkOnceAllThatWasAskedIsAnswered) {
  World world;
  world.silent("s");
  world.silent("t");
  Health health(world);
  EXPECT_EQ(health.status(admin()), "starting");
  health.query(0, Query::current) = answered();
  EXPECT_EQ(health.status(admin()), "starting");
  health.query(1, Query::current) = answered();
  EXPECT_EQ(health.status(admin()), "ok");
  health.answer_all();
  EXPECT_EQ(health.status(admin()), "ok");
}

TEST(Health, IsDegradedOnceSomethingFails) {
  World world;
  world.silent("s");
  world.silent("t");
  Health health(world);
  for (const Query query : opencost::kQueries) {
    health.answer_all();
    health.query(1, query) = failed();
    EXPECT_EQ(health.status(admin()), "degraded") << to_string(query);
  }
  health.publication->sources[1].queries.fill({});
  health.query(0, Query::today) = failed();
  EXPECT_EQ(health.status(admin()), "degraded") << "though t has not been asked";
}

TEST(Health, IsDegradedWhileSomethingIsTooOldToBeShown) {
  World world;
  world.silent("s");
  Health health(world);
  health.answer_all();
  health.query(0, Query::assets).shown = false;
  EXPECT_EQ(health.status(admin()), "degraded");
}

TEST(Health, IsThatOfATenantsOwnSources) {
  World world;
  world.rules.tenants = kRules;
  world.current("s", {web("c", "shop", "web", 1)});
  world.current("t", {web("d", "pay", "web", 1)});
  world.silent("u");
  Health health(world);
  health.answer_all();
  health.query(1, Query::current) = failed();
  health.query(2, Query::current) = {};
  EXPECT_EQ(health.status(admin()), "degraded");
  EXPECT_EQ(health.status(tenant("pay")), "degraded");
  EXPECT_EQ(health.status(tenant("shop")), "ok");
  EXPECT_EQ(health.status(tenant("nobody")), "starting");
  EXPECT_FALSE(health.json(tenant("pay")).contains("sources"));
}

TEST(Health, OfOthersChangesNoByte) {
  World alone, world;
  for (World* one : {&alone, &world}) {
    one->rules.tenants = kRules;
    one->current("s", {web("c", "shop", "web", 1)});
  }
  world.current("t", {web("d", "pay", "web", 1)});
  Health own(alone), all(world);
  own.answer_all();
  all.answer_all();
  all.query(1, Query::day) = failed();
  EXPECT_EQ(all.serve(tenant("shop")).body, own.serve(tenant("shop")).body);
  EXPECT_EQ(all.serve(tenant("shop")).headers, own.serve(tenant("shop")).headers);
}

TEST(Health, IsTheSameAtAnyTime) {
  World world;
  world.silent("s");
  Health health(world);
  const Reply first = health.serve(admin());
  const auto etag = std::find_if(first.headers.begin(), first.headers.end(),
                                 [](const auto& header) { return header.first == "ETag"; });
  ASSERT_NE(etag, first.headers.end());
  world.clock.advance(std::chrono::hours(30));
  EXPECT_EQ(health.serve(admin()).body, first.body);
  EXPECT_EQ(health.serve(admin(), etag->second).status, 304U);
}

TEST(Health, ForeignBytesInFailuresAreNoBytesOfJson) {
  World world;
  world.silent("s");
  Health health(world);
  health.query(0, Query::current) = failed();
  health.query(0, Query::current).failure = "parse: \"\xff\n";
  EXPECT_EQ(health.json(admin())["sources"][0]["queries"][0]["failure"], "parse: \"\xef\xbf\xbd\n");
}

}  // namespace
}  // namespace exporter::api
