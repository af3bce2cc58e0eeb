// Two clusters: what one source does, or fails to do, changes nothing of the other's series.
#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using samples::at;
using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

struct Several : samples::Publishing<ManualClock> {
  Several() : Publishing(samples::morning(), {"eu", "us"}) {
    options.rules.tenants = {{.tenant = "all"}};
    options.rules.labels = {"team"};
    options.shared = {.namespaces = {"none"}, .monthly_amounts = {{"support", 730}}};
    options.policies = {{.name = "any"}};
    publisher.adopt(options);
  }

  void accept(const std::string& source, Query query, double cpu = 1) {
    const opencost::Question asked{query, {at(9), at(10)}};
    const samples::AnswerOptions answer{.cluster = source, .cpu = cpu};
    Observation observation{
        .source = source, .question = asked, .fetched_at = clock.now(), .outcome = PollFailure{}};
    if (query == Query::assets) {
      observation.outcome = samples::assets(asked, answer);
    } else {
      observation.outcome = samples::allocations(asked, answer);
    }
    publisher.observe(observation);
  }
  void fail(const std::string& source) {
    publisher.observe({.source = source,
                       .question = {Query::current, {at(9), at(10)}},
                       .fetched_at = clock.now(),
                       .outcome = PollFailure{"timeout", "too slow", false, true}});
  }
  /// The lines of one cluster; of none, but for those of fleet totals and amounts borne by all.
  std::string lines(std::string_view cluster, std::string_view without = "source=\"amount") const {
    std::istringstream in(page());
    std::string out;
    for (std::string line; std::getline(in, line);) {
      if (line.find(fmt::format("cluster=\"{}\"", cluster)) == std::string::npos) continue;
      if (line.find(without) == std::string::npos) out += line + '\n';
    }
    return out;
  }
};

TEST(SeveralClusters, OneSickSourceChangesNothingOfTheOther) {
  Several it;
  for (const Query query : {Query::current, Query::assets}) {
    it.accept("eu", query);
    it.accept("us", query, 3);
  }
  const std::string eu = it.lines("eu");
  for (const char* family :
       {"namespace_cost_per_hour", "tenant_cost_per_hour", "label_cost_per_hour",
        "savings_total_per_month", "policy_matched_workloads"}) {
    EXPECT_THAT(eu, HasSubstr(family));
  }
  for (int i = 0; i < 5; ++i) {
    it.fail("us");
    EXPECT_EQ(it.lines("eu"), eu);
  }
  it.clock.advance(minutes(14));
  it.accept("eu", Query::current);
  it.clock.advance(minutes(2));
  it.publisher.expire();
  EXPECT_THAT(it.page(), Not(HasSubstr("namespace_cost_per_hour{cluster=\"us\"")));
  EXPECT_EQ(it.lines("eu"), eu);
  it.accept("us", Query::current, 100);
  EXPECT_EQ(it.lines("eu"), eu);
}

TEST(SeveralClusters, WhatTakesAllOfThemIsThereOnlyWithAllOfThem) {
  Several it;
  const auto shows_all = [&] {
    const bool fleet = it.shows("opencost_fleet_cost_per_hour{");
    EXPECT_EQ(it.shows("source=\"amount/support\""), fleet);
    return fleet;
  };
  EXPECT_FALSE(shows_all());
  it.accept("eu", Query::current);
  EXPECT_FALSE(shows_all());
  it.accept("us", Query::current, 3);
  EXPECT_TRUE(shows_all());
  EXPECT_TRUE(it.shows("opencost_fleet_cost_per_hour{resource=\"cpu\"} 8\n"));
  it.fail("us");  // its last answer is still good
  EXPECT_TRUE(shows_all());
  it.clock.advance(minutes(14));
  it.accept("eu", Query::current);
  it.clock.advance(minutes(2));
  it.publisher.expire();
  EXPECT_FALSE(shows_all());
  it.accept("us", Query::current, 3);
  EXPECT_TRUE(shows_all());
}

}  // namespace
}  // namespace exporter::poll
