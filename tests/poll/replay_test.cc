#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using http::Recording;
using opencost::Query;
using opencost::Question;
using samples::at;
using std::chrono::minutes;

Recording recording(std::string source, const Question& question, SystemTime fetched_at,
                    std::string body) {
  return {.source = std::move(source),
          .url = opencost::url("/model", question),
          .fetched_at = fetched_at,
          .failure = {},
          .content_type = "application/json",
          .body = std::move(body)};
}

Recording answered(std::string source, const Question& question, SystemTime fetched_at,
                   const samples::AnswerOptions& options = {}) {
  return recording(std::move(source), question, fetched_at, samples::answer(question, options));
}

const Question kCurrent{Query::current, {at(9), at(10)}};
const Question kAssets{Query::assets, {at(9), at(10)}};
const Question kToday{Query::today, {at(0), at(10)}};
const Question kLater{Query::current, {at(9, 5), at(10, 5)}};

struct Replaying : samples::Publishing<ManualClock> {
  explicit Replaying(std::vector<std::string> sources = {"eu"})
      : samples::Publishing<ManualClock>(at(10, 13), std::move(sources)) {}
  Result<void> run(const std::vector<Recording>& recordings) {
    return replay(recordings, {}, clock, publisher);
  }
};

TEST(Replay, EndsWithWhatWasKnownAtTheEnd) {
  Replaying it({"eu", "us"});
  ASSERT_TRUE(it.run({answered("eu", kCurrent, at(10, 13)), answered("eu", kAssets, at(10, 13)),
                      answered("us", kCurrent, at(10, 13), {.cluster = "d", .cpu = 5}),
                      answered("eu", kToday, at(10, 14), {.rejected = true}),
                      answered("eu", kLater, at(10, 18), {.cpu = 3})}));
  EXPECT_EQ(it.clock.now(), at(10, 18));
  EXPECT_EQ(it.latest()->published_at, at(10, 18));
  EXPECT_EQ(it.latest()->generation, 6u);
  const auto& eu = it.latest()->sources.at(0);
  EXPECT_EQ(eu.queries[0].window, kLater.window);
  EXPECT_EQ(eu.queries[0].last_success, at(10, 18));
  EXPECT_EQ(eu.queries[2].rejected, 1u);
  EXPECT_TRUE(it.shows("opencost_cluster_cost_per_hour{cluster=\"c\",resource=\"cpu\"} 6\n"));
  EXPECT_TRUE(it.shows("opencost_cluster_cost_per_hour{cluster=\"d\",resource=\"cpu\"} 10\n"));
  EXPECT_TRUE(it.shows("opencost_node_idle_cost_per_hour{cluster=\"c\",node=\"n1\""));
  EXPECT_TRUE(it.shows("opencost_workload_cost_today{cluster=\"c\""));
}

TEST(Replay, OfNothingPublishesNothingNew) {
  Replaying it;
  EXPECT_TRUE(it.run({}));
  EXPECT_EQ(it.latest()->generation, 1u);
  EXPECT_EQ(it.clock.now(), at(10, 13));
}

TEST(Replay, FailuresAndRefusalsAreReplayedToo) {
  Replaying it;
  Recording failed = recording("eu", kLater, at(10, 18), "");
  failed.failure = http::Failure{http::FailureKind::http_status, 502, "bad gateway", {}};
  Recording page = recording("eu", kLater, at(10, 20), "<html>");
  page.content_type = "text/html";
  ASSERT_TRUE(it.run({answered("eu", kCurrent, at(10, 13)), failed,
                      recording("eu", kLater, at(10, 19), samples::enveloped("[]")), page}));
  const QueryStatus& status = it.latest()->sources.at(0).queries[0];
  EXPECT_TRUE(status.shown);
  EXPECT_FALSE(status.up);
  EXPECT_THAT(status.failure, testing::StartsWith("content_type: "));
  const std::string text = it.self.render(metrics::Format::text);
  for (const char* reason : {"http_status", "empty", "content_type"}) {
    EXPECT_NE(text.find(fmt::format("reason=\"{}\"}} 1\n", reason)), std::string::npos) << reason;
  }
}

TEST(Replay, AnAnswerRefusedAtItsFirstBytesIsCountedAsWhatItIs) {
  Replaying it;
  ASSERT_TRUE(it.run({recording("eu", kCurrent, at(10, 13), "}" + std::string(5'000, ' '))}));
  EXPECT_THAT(it.latest()->sources.at(0).queries[0].failure, testing::StartsWith("parse: "));
}

TEST(Replay, AnswersGrowOldAsTheyDidThen) {
  Replaying it;
  ASSERT_TRUE(it.run({answered("eu", kCurrent, at(10, 13)), answered("eu", kAssets, at(10, 28))}));
  EXPECT_FALSE(it.shows("opencost_cluster_cost_per_hour"));
  EXPECT_TRUE(it.shows("opencost_node_cost_per_hour"));
}

TEST(Replay, SourcesThatAreNotAskedForAreLeftOut) {
  Replaying it;
  ASSERT_TRUE(it.run({answered("us", kCurrent, at(10, 13), {.cluster = "d"})}));
  EXPECT_EQ(it.page(), "");
}

TEST(Replay, TimeNeverGoesBack) {
  Replaying it;
  ASSERT_TRUE(it.run({answered("eu", kCurrent, at(10, 10))}));
  EXPECT_EQ(it.clock.now(), at(10, 13));
  EXPECT_EQ(it.publisher.next_expiry() - it.clock.steady(), minutes(12));
}

TEST(Replay, SaysWhichRecordingIsNone) {
  for (const std::string url : {"", "/", "/allocation", "/metrics?x=1", "/allocation?window=today",
                                "/assets?window=a,b", "/assets?window=2026-03-10T10:00:00Z"}) {
    Replaying it;
    Recording bad = answered("eu", kCurrent, at(10, 13));
    bad.url = url;
    const auto replayed = it.run({bad});
    ASSERT_FALSE(replayed) << url;
    EXPECT_THAT(replayed.error().message,
                testing::StartsWith("\"" + url + "\" is not a question of ours: "));
  }
}

}  // namespace
}  // namespace exporter::poll
