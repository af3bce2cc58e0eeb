// Two sources that speak of the same cluster, and names that settle it.
#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using samples::at;
using samples::Polling;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Publishing : samples::Publishing<ManualClock> {
  Publishing() : samples::Publishing<ManualClock>(samples::morning(), {"eu", "us"}) {}

  void accept(const std::string& source, const samples::AnswerOptions& answer,
              Query query = Query::current) {
    const Question question{query, {query == Query::today ? at(0) : at(9), at(10)}};
    Observation observation{.source = source,
                            .question = question,
                            .fetched_at = clock.now(),
                            .outcome = PollFailure{}};
    if (query == Query::assets) {
      observation.outcome = samples::assets(question, answer);
    } else {
      observation.outcome = samples::allocations(question, answer);
    }
    publisher.observe(observation);
  }
  bool shown(std::size_t source, Query query = Query::current) const {
    return latest()->sources.at(source).queries.at(static_cast<std::size_t>(query)).shown;
  }
  std::string failure(std::size_t source) const {
    return latest()->sources.at(source).queries[0].failure;
  }
};

TEST(Conflict, TheSourceConfiguredFirstIsShown) {
  for (const bool first_answers_first : {true, false}) {
    Publishing it;
    it.accept(first_answers_first ? "eu" : "us", {.cpu = first_answers_first ? 1.0 : 7.0});
    it.accept(first_answers_first ? "us" : "eu", {.cpu = first_answers_first ? 7.0 : 1.0});
    EXPECT_TRUE(it.shown(0));
    EXPECT_FALSE(it.shown(1));
    EXPECT_TRUE(it.shows("opencost_cluster_cost_per_hour{cluster=\"c\",resource=\"cpu\"} 2\n"));
    EXPECT_FALSE(it.shows("resource=\"cpu\"} 14\n"));
  }
}

TEST(Conflict, TheOtherIsExplainedAndLoggedOnce) {
  Publishing it;
  it.accept("eu", {});
  for (int i = 0; i < 3; ++i) it.accept("us", {});
  EXPECT_EQ(it.failure(0), "");
  EXPECT_EQ(it.failure(1),
            "not shown: it calls its cluster \"c\", as eu does; give each its own `name`");
  EXPECT_THAT(it.events.lines(),
              ElementsAre(AllOf(StartsWith("source not shown cluster=us"), HasSubstr("\"c\""))));
}

TEST(Conflict, OfOnePartHidesTheWholeSource) {
  Publishing it;
  it.accept("eu", {.cluster = "a"});
  it.accept("us", {.cluster = "b"});
  EXPECT_TRUE(it.shows("cluster=\"b\""));
  it.accept("us", {.cluster = "a"}, Query::assets);
  EXPECT_FALSE(it.shows("cluster=\"b\""));
  EXPECT_FALSE(it.shown(1, Query::current));
  EXPECT_FALSE(it.shown(1, Query::assets));
}

TEST(Conflict, EndsWhenTheAnswersDo) {
  Publishing it;
  it.accept("eu", {});
  it.clock.advance(std::chrono::minutes(10));
  it.accept("us", {.cpu = 7});
  EXPECT_FALSE(it.shown(1));
  it.clock.advance(std::chrono::minutes(5));
  it.publisher.expire();
  EXPECT_FALSE(it.shown(0));
  EXPECT_TRUE(it.shown(1));
  EXPECT_EQ(it.failure(1), "");
}

TEST(Conflict, IsNoneBetweenPartsOfOneSource) {
  Publishing it;
  for (const Query query : opencost::kQueries) it.accept("eu", {}, query);
  for (const Query query : opencost::kQueries) it.accept("us", {.cluster = "d"}, query);
  for (const Query query : opencost::kQueries) {
    EXPECT_TRUE(it.shown(0, query));
    EXPECT_TRUE(it.shown(1, query));
  }
  EXPECT_THAT(it.events.lines(), IsEmpty());
}

TEST(Conflict, SourcesThatNameNoClusterAreInConflictToo) {
  Publishing it;
  it.accept("eu", {.cluster = ""});
  it.accept("us", {.cluster = ""});
  EXPECT_TRUE(it.shown(0));
  EXPECT_FALSE(it.shown(1));
}

TEST(Name, AConfiguredOneReplacesWhatOpenCostSays) {
  samples::Publishing<samples::JumpingClock> it;
  samples::Script script(it.clock);
  Source source = Polling::make_source(opencost::Alignment::rolling);
  source.named = true;
  Poller poller(source, {}, {}, it.clock, std::make_unique<samples::ScriptedTransport>(script),
                it.history, it.publisher, it.collections, it.events.sink(), 1);
  for (int i = 0; i < 3; ++i) poller.step({});
  EXPECT_TRUE(it.shows("opencost_node_cost_per_hour{cluster=\"eu\""));
  EXPECT_TRUE(it.shows("opencost_pod_cost_per_hour{cluster=\"eu\""));
  EXPECT_TRUE(it.shows("opencost_workload_cost_today{cluster=\"eu\""));
  EXPECT_FALSE(it.shows("cluster=\"c\""));
}

TEST(Name, OneTakenFromTheUrlStaysOffTheCostPage) {
  Polling polling;
  for (int i = 0; i < 3; ++i) polling.poller.step({});
  EXPECT_TRUE(polling.shows("cluster=\"c\""));
  EXPECT_FALSE(polling.shows("cluster=\"eu\""));
}

}  // namespace
}  // namespace exporter::poll
