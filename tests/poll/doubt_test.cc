// Answers that are too small to be true, and rows that are rejected.
#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using samples::answer;
using samples::Polling;
using samples::Reply;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kFailures = "opencost_exporter_poll_failures_total";

class Doubt : public testing::Test {
 protected:
  Doubt() {
    polling.script.set([this](const Question& question) {
      const bool asked = question.query == query;
      return Reply{answer(question, {.rows = asked ? rows : 2})};
    });
  }
  double refused() const { return polling.self_value(kFailures, query, "implausible"); }

  Query query = Query::current;
  int rows = 100;
  Polling polling;
};

TEST_F(Doubt, AnAnswerOfAFifthIsBelieved) {
  polling.run(seconds(0));
  rows = 20;
  polling.run(minutes(5));
  EXPECT_EQ(refused(), 0);
  EXPECT_EQ(polling.status(query).rows, 20u);
}

TEST_F(Doubt, LessThanAFifthIsRefusedTwiceAndThenBelieved) {
  polling.run(seconds(0));
  rows = 19;
  polling.run(minutes(5));
  EXPECT_EQ(refused(), 1);
  EXPECT_EQ(polling.status(query).rows, 100u);
  EXPECT_FALSE(polling.status(query).up);
  EXPECT_TRUE(polling.shows("pod=\"p99\""));
  polling.run(minutes(1));
  EXPECT_EQ(refused(), 2);
  EXPECT_TRUE(polling.shows("pod=\"p99\""));
  polling.run(minutes(2));
  EXPECT_EQ(refused(), 2);
  EXPECT_EQ(polling.status(query).rows, 19u);
  EXPECT_TRUE(polling.status(query).up);
  EXPECT_FALSE(polling.shows("pod=\"p99\""));
  polling.run(hours(1));
  EXPECT_EQ(refused(), 2);
}

TEST_F(Doubt, ADropThatPassesIsForgotten) {
  int asked = 0, drops = 0;
  polling.script.set([&](const Question& question) {
    if (question.query != query) return Reply{answer(question)};
    const bool dropped = asked++ % 3 != 0;  // never more than two in a row
    drops += dropped ? 1 : 0;
    return Reply{answer(question, {.rows = dropped ? 3 : 100})};
  });
  polling.run(hours(1));
  EXPECT_GT(drops, 10);
  EXPECT_EQ(refused(), drops);
  EXPECT_EQ(polling.status(query).rows, 100u);
}

TEST_F(Doubt, AFailureInBetweenDoesNotMakeADropTrue) {
  polling.run(seconds(0));
  rows = 3;
  polling.run(minutes(5));
  rows = 0;  // refused as empty
  polling.run(minutes(1));
  rows = 3;
  polling.run(minutes(2));
  EXPECT_EQ(refused(), 2);
  EXPECT_EQ(polling.status(query).rows, 100u);
}

TEST_F(Doubt, AFewRowsMayBecomeFewer) {
  rows = 9;
  polling.run(seconds(0));
  rows = 1;
  polling.run(minutes(5));
  EXPECT_EQ(refused(), 0);
}

TEST_F(Doubt, AssetsAreDoubtedToo) {
  query = Query::assets;
  polling.run(seconds(0));
  rows = 1;
  polling.run(minutes(15));
  EXPECT_EQ(refused(), 1);
}

// A day begins with the workloads that ran at midnight; yesterday ended with all of its jobs.
TEST_F(Doubt, ANewDayMayBeginWithFewRows) {
  query = Query::today;
  polling.run(seconds(0));
  polling.clock.sleep_until(polling.clock.steady() + hours(14), {});
  rows = 3;
  polling.run(minutes(30));
  EXPECT_EQ(polling.status(query).window->start, samples::at(24));
  EXPECT_EQ(refused(), 0);
  EXPECT_EQ(polling.status(query).rows, 3u);
}

TEST_F(Doubt, ADropWithinTheDayIsDoubted) {
  query = Query::today;
  polling.run(seconds(0));
  rows = 3;
  polling.run(minutes(30));
  EXPECT_EQ(refused(), 1);
}

TEST(RejectedRows, AreCountedEachTimeAndLoggedOnce) {
  Polling polling;
  polling.script.set([](const Question& question) {
    return Reply{answer(question, {.rejected = question.query == Query::current})};
  });
  polling.run(minutes(20));
  EXPECT_EQ(
      polling.self_value("opencost_exporter_rows_rejected_total", Query::current, "null_cost"), 5);
  EXPECT_EQ(polling.status(Query::current).rejected, 1u);
  EXPECT_TRUE(polling.status(Query::current).up);
  const auto lines = polling.events.lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::StartsWith(
                            "row rejected cluster=eu query=current reason=null_cost row=bad"));
}

TEST(RejectedRows, EachQueryLogsItsOwn) {
  Polling polling;
  polling.script.set(
      [](const Question& question) { return Reply{answer(question, {.rejected = true})}; });
  polling.run(hours(1));
  EXPECT_EQ(polling.events.lines().size(), 3u);
}

TEST(RejectedRows, AnAnswerOfNothingElseIsRefused) {
  Polling polling;
  polling.script.set([](const Question& question) {
    return Reply{answer(question, {.rows = 0, .rejected = true})};
  });
  polling.run(seconds(0));
  EXPECT_EQ(polling.self_value(kFailures, Query::current, "empty"), 1);
  EXPECT_EQ(
      polling.self_value("opencost_exporter_rows_rejected_total", Query::current, "null_cost"), 0);
}

TEST(FirstAnswer, IsLoggedOncePerQuery) {
  Polling polling;
  polling.run(hours(1));
  int first = 0;
  for (const std::string& line : polling.events.lines(log::Level::info)) {
    first += line.starts_with("first answer cluster=eu query=") ? 1 : 0;
  }
  EXPECT_EQ(first, 3);
}

}  // namespace
}  // namespace exporter::poll
