#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Alignment;
using opencost::Query;
using opencost::Question;
using samples::AnswerOptions;
using samples::at;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Question question(Query query, model::Window window = {at(9), at(10)}) {
  if (query == Query::today) window.start = std::chrono::floor<std::chrono::days>(window.end);
  return {query, window};
}

struct Publishing : samples::Publishing<ManualClock> {
  using samples::Publishing<ManualClock>::Publishing;

  void accept(const std::string& source, const Question& asked, const AnswerOptions& answer = {},
              Alignment alignment = Alignment::rolling) {
    Observation observation{.source = source,
                            .question = asked,
                            .alignment = alignment,
                            .fetched_at = clock.now(),
                            .outcome = PollFailure{}};
    if (asked.query == Query::assets) {
      observation.outcome = samples::assets(asked, answer);
    } else {
      observation.outcome = samples::allocations(asked, answer);
    }
    publisher.observe(observation);
  }
  void refuse(const std::string& source, Query query) {
    publisher.observe({.source = source,
                       .question = question(query),
                       .fetched_at = clock.now(),
                       .outcome = PollFailure{"timeout", "too slow", false, true}});
  }
  void readopt(const std::vector<std::string>& sources) {
    options.sources = sources;
    publisher.adopt(options);
  }
  const QueryStatus& status(Query query, std::size_t source = 0) {
    held = latest();
    return held->sources.at(source).queries.at(static_cast<std::size_t>(query));
  }
  // Advances to a millisecond before the end of the query's series, then to it.
  void expect_end_after(milliseconds life, Query query) {
    clock.advance(life - milliseconds(1));
    publisher.expire();
    EXPECT_TRUE(status(query).shown);
    EXPECT_EQ(publisher.next_expiry(), clock.steady() + milliseconds(1));
    clock.advance(milliseconds(1));
    publisher.expire();
    EXPECT_FALSE(status(query).shown);
    EXPECT_EQ(publisher.next_expiry(), midnight());
    EXPECT_EQ(page(), "");
  }
  std::shared_ptr<const Publication> held;
};

constexpr const char* kTooOld = "answer too old, its series end cluster=eu query=";

TEST(Publisher, PublishesBeforeTheFirstAnswer) {
  Publishing it;
  ASSERT_NE(it.latest(), nullptr);
  EXPECT_EQ(it.latest()->generation, 1u);
  EXPECT_EQ(it.latest()->currency, "USD");
  ASSERT_NE(it.latest()->page, nullptr);
  EXPECT_EQ(it.page(), "");
  ASSERT_EQ(it.latest()->sources.size(), 1u);
  for (const Query query : opencost::kQueries) {
    EXPECT_FALSE(it.status(query).asked);
    EXPECT_FALSE(it.status(query).shown);
  }
  EXPECT_EQ(it.publisher.next_expiry(), it.midnight());
}

TEST(Publisher, ShowsAnAnswerAndSaysWhatItWas) {
  Publishing it;
  it.accept("eu", question(Query::current), {.rows = 3, .rejected = true});
  const QueryStatus& status = it.status(Query::current);
  EXPECT_TRUE(status.asked && status.up && status.shown);
  EXPECT_EQ(status.last_success, it.clock.now());
  EXPECT_EQ(status.window, (model::Window{at(9), at(10)}));
  EXPECT_EQ(status.rows, 3u);
  EXPECT_EQ(status.rejected, 1u);
  EXPECT_EQ(status.failure, "");
  EXPECT_TRUE(
      it.shows("opencost_namespace_cost_per_hour{cluster=\"c\",namespace=\"ns\","
               "resource=\"cpu\"} 3\n"));
}

TEST(Publisher, AnAnswerLivesExactlyAsLongAsItMay) {
  const struct {
    Query query;
    Alignment alignment;
    milliseconds life;
  } cases[] = {{Query::current, Alignment::rolling, minutes(15)},
               {Query::assets, Alignment::rolling, minutes(25)},
               {Query::today, Alignment::rolling, minutes(40)},
               // The next answer cannot come before the next hour.
               {Query::current, Alignment::hour, minutes(70)},
               {Query::assets, Alignment::hour, minutes(70)},
               {Query::today, Alignment::hour, minutes(70)}};
  for (const auto& [query, alignment, life] : cases) {
    SCOPED_TRACE(to_string(query));
    Publishing it;
    it.accept("eu", question(query), {}, alignment);
    it.expect_end_after(life, query);
    EXPECT_THAT(it.events.lines(), ElementsAre(kTooOld + std::string(to_string(query))));
  }
}

// A window of a minute ago is the one that was answered already, for up to five minutes.
TEST(Publisher, AnAnswerOutlivesPollsThatComeFasterThanWindowsChange) {
  Publishing it;
  it.options.schedule.current = it.options.max_age = minutes(1);
  it.publisher.adopt(it.options);
  it.accept("eu", question(Query::current));
  it.expect_end_after(minutes(5), Query::current);
}

TEST(Publisher, AgeCountsFromTheFetching) {
  Publishing it;
  Observation late{.source = "eu",
                   .question = question(Query::current),
                   .fetched_at = it.clock.now() - minutes(10),
                   .outcome = samples::allocations(question(Query::current))};
  it.publisher.observe(late);
  it.expect_end_after(minutes(5), Query::current);
}

TEST(Publisher, AnAnswerThatIsTooOldAlreadyIsNotShown) {
  Publishing it;
  it.publisher.observe({.source = "eu",
                        .question = question(Query::current),
                        .fetched_at = it.clock.now() - minutes(15),
                        .outcome = samples::allocations(question(Query::current))});
  EXPECT_FALSE(it.status(Query::current).shown);
  EXPECT_TRUE(it.status(Query::current).up);
  EXPECT_EQ(it.page(), "");
}

TEST(Publisher, AtMidnightTodayBecomesYesterday) {
  Publishing it(at(23, 55));
  it.accept("eu", question(Query::today, {at(0), at(23, 45)}));
  EXPECT_EQ(it.publisher.next_expiry(), it.clock.steady() + minutes(5));
  it.clock.advance(minutes(5) - milliseconds(1));
  it.publisher.expire();
  EXPECT_TRUE(it.shows("_cost_today"));
  EXPECT_FALSE(it.shows("_cost_yesterday"));
  it.clock.advance(milliseconds(1));
  it.publisher.expire();
  EXPECT_FALSE(it.shows("_cost_today"));
  EXPECT_TRUE(it.shows("_cost_yesterday"));
  // It was good for 35 minutes more, and stands in for an hour.
  EXPECT_EQ(it.publisher.next_expiry(), it.clock.steady() + minutes(60));
  it.clock.advance(minutes(60) - milliseconds(1));
  it.publisher.expire();
  EXPECT_TRUE(it.shows("_cost_yesterday"));
  it.clock.advance(milliseconds(1));
  it.publisher.expire();
  EXPECT_FALSE(it.shows("_cost_yesterday"));
  EXPECT_THAT(it.events.lines(), IsEmpty());  // as it does every night
}

TEST(Publisher, AnAnswerTooOldAtMidnightStandsForNothing) {
  Publishing it(at(23, 15));
  it.accept("eu", question(Query::today, {at(0), at(23, 5)}));
  it.clock.advance(minutes(40));
  it.publisher.expire();
  EXPECT_FALSE(it.shows("_cost_today"));
  it.clock.advance(minutes(10));
  it.publisher.expire();
  EXPECT_FALSE(it.shows("_cost_yesterday"));
}

TEST(Publisher, AnAnswerOfYesterdayThatComesAfterMidnightIsNotTodays) {
  Publishing it(at(24));
  it.accept("eu", question(Query::today, {at(0), at(23, 45)}));
  EXPECT_FALSE(it.shows("_cost_today"));
  EXPECT_TRUE(it.shows("_cost_yesterday"));
}

TEST(Publisher, AnAnswerOfTheDayBeforeYesterdayIsNobodys) {
  Publishing it(at(23, 55));
  it.options.max_age = hours(72);
  it.publisher.adopt(it.options);
  it.accept("eu", question(Query::today, {at(0), at(23, 45)}));
  it.clock.advance(hours(25));
  it.publisher.expire();
  EXPECT_FALSE(it.shows("_cost_today"));
  EXPECT_FALSE(it.shows("_cost_yesterday"));
}

TEST(Publisher, ANewAnswerStartsTheAgeAnew) {
  Publishing it;
  it.accept("eu", question(Query::current));
  it.clock.advance(minutes(14));
  it.accept("eu", question(Query::current, {at(9, 5), at(10, 5)}));
  it.expect_end_after(minutes(15), Query::current);
}

TEST(Publisher, TheNextExpiryIsTheEarliest) {
  Publishing it;
  it.accept("eu", question(Query::today));
  it.accept("eu", question(Query::assets));
  EXPECT_EQ(it.publisher.next_expiry(), it.clock.steady() + minutes(25));
  it.accept("eu", question(Query::current));
  EXPECT_EQ(it.publisher.next_expiry(), it.clock.steady() + minutes(15));
}

TEST(Publisher, AFailureKeepsTheLastGoodAnswerAndItsPage) {
  Publishing it;
  it.accept("eu", question(Query::current));
  const auto before = it.latest();
  it.clock.advance(minutes(5));
  it.refuse("eu", Query::current);
  EXPECT_EQ(it.latest()->page, before->page);
  EXPECT_EQ(it.latest()->generation, before->generation + 1);
  const QueryStatus& status = it.status(Query::current);
  EXPECT_TRUE(status.asked && status.shown);
  EXPECT_FALSE(status.up);
  EXPECT_EQ(status.failure, "timeout: too slow");
  EXPECT_EQ(status.last_success, before->published_at);
  EXPECT_EQ(status.rows, 2u);
  it.accept("eu", question(Query::current, {at(9, 5), at(10, 5)}));
  EXPECT_EQ(it.status(Query::current).failure, "");
  EXPECT_NE(it.latest()->page, before->page);
}

TEST(Publisher, FailuresDoNotProlongALife) {
  Publishing it;
  it.accept("eu", question(Query::current));
  for (int i = 0; i < 14; ++i) {
    it.clock.advance(minutes(1));
    it.refuse("eu", Query::current);
    EXPECT_TRUE(it.status(Query::current).shown);
  }
  it.clock.advance(minutes(1));
  it.refuse("eu", Query::current);
  EXPECT_FALSE(it.status(Query::current).shown);
  EXPECT_EQ(it.page(), "");
}

TEST(Publisher, ObservationsOfAStrangerChangeNothing) {
  Publishing it;
  it.accept("eu", question(Query::current));
  const auto before = it.latest();
  it.accept("us", question(Query::current));
  it.refuse("us", Query::current);
  EXPECT_EQ(it.latest(), before);
  EXPECT_EQ(it.self.render(metrics::Format::text).find("\"us\""), std::string::npos);
}

TEST(Publisher, ARereadConfigurationKeepsWhatIsKnown) {
  Publishing it(samples::morning(), {"eu", "us"});
  it.accept("eu", question(Query::current), {.cluster = "a"});
  it.accept("us", question(Query::current), {.cluster = "b"});
  it.readopt({"ap", "us"});
  ASSERT_EQ(it.latest()->sources.size(), 2u);
  EXPECT_EQ(it.latest()->sources[0].name, "ap");
  EXPECT_FALSE(it.status(Query::current, 0).asked);
  EXPECT_TRUE(it.status(Query::current, 1).shown);
  EXPECT_TRUE(it.shows("cluster=\"b\""));
  EXPECT_FALSE(it.shows("cluster=\"a\""));
  it.readopt({"eu", "us"});
  EXPECT_FALSE(it.shows("cluster=\"a\""));
}

TEST(Publisher, NoReloadLeavesThePageEmpty) {
  Publishing it;
  it.accept("eu", question(Query::current));
  for (int i = 0; i < 5; ++i) {
    it.options.currency = i % 2 == 0 ? "EUR" : "USD";
    it.readopt(i % 2 == 0 ? std::vector<std::string>{"eu"} : std::vector<std::string>{"us", "eu"});
    EXPECT_TRUE(it.shows("opencost_namespace_cost_per_hour"));
    EXPECT_EQ(it.latest()->currency, it.options.currency);
  }
}

TEST(Publisher, AnUnchangedConfigurationKeepsThePageItself) {
  Publishing it;
  it.accept("eu", question(Query::current));
  const auto before = it.latest();
  it.readopt({"eu"});
  EXPECT_EQ(it.latest()->page, before->page);
  it.options.metrics.currency_rate = 2;
  it.readopt({"eu"});
  EXPECT_NE(it.latest()->page, before->page);
  EXPECT_EQ(it.latest()->currency_rate, 2);
  EXPECT_TRUE(it.shows("resource=\"cpu\"} 4\n"));
}

TEST(Publisher, AnotherMaximumAgeIsInForceAtOnce) {
  for (const int age : {60, 3600}) {
    Publishing it;
    it.accept("eu", question(Query::current));
    it.options.max_age = seconds(age);
    it.readopt({"eu"});
    it.expect_end_after(seconds(age), Query::current);
  }
}

TEST(Publisher, NodesGetTheirIdleWhicheverAnswerComesFirst) {
  for (const bool assets_first : {false, true}) {
    Publishing it;
    it.accept("eu", question(assets_first ? Query::assets : Query::current));
    EXPECT_FALSE(it.shows("opencost_node_idle_cost_per_hour"));
    it.accept("eu", question(assets_first ? Query::current : Query::assets));
    EXPECT_TRUE(
        it.shows("opencost_node_idle_cost_per_hour{cluster=\"c\",node=\"n0\","
                 "instance_type=\"m5\",spot=\"false\"} 9\n"));
  }
}

TEST(Publisher, NodesOfAnotherWindowHaveNoIdle) {
  Publishing it;
  it.accept("eu", question(Query::current, {at(9, 5), at(10, 5)}));
  it.accept("eu", question(Query::assets));
  it.accept("eu", question(Query::current, {at(9, 10), at(10, 10)}));
  EXPECT_TRUE(it.shows("opencost_node_cost_per_hour"));
  EXPECT_FALSE(it.shows("opencost_node_idle_cost_per_hour"));
}

TEST(Publisher, NodesKeepTheIdleOfTheirOwnWindow) {
  Publishing it;
  it.accept("eu", question(Query::current));
  it.accept("eu", question(Query::assets));
  it.accept("eu", question(Query::current, {at(9, 5), at(10, 5)}), {.cpu = 5});
  EXPECT_TRUE(it.shows("instance_type=\"m5\",spot=\"false\"} 9\n"));
}

}  // namespace
}  // namespace exporter::poll
