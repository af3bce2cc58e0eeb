#include <gmock/gmock.h>

#include <set>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Alignment;
using opencost::Query;
using samples::Asked;
using samples::at;
using samples::Polling;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;

// Times of day at which a query was asked.
std::vector<seconds> times(const Polling& polling, Query query) {
  std::vector<seconds> out;
  for (const Asked& asked : polling.script.asked()) {
    if (asked.question.query != query) continue;
    out.push_back(std::chrono::floor<seconds>(asked.at) - at(0));
  }
  return out;
}

std::vector<seconds> gaps(const std::vector<seconds>& times) {
  std::vector<seconds> out;
  for (std::size_t i = 1; i < times.size(); ++i) out.push_back(times[i] - times[i - 1]);
  return out;
}

TEST(Schedule, TheFirstRoundAsksEachQueryOnce) {
  Polling polling;
  EXPECT_LE(polling.poller.step({}), polling.clock.steady());
  EXPECT_THAT(polling.script.queries(), ElementsAre(Query::current));
  EXPECT_LE(polling.poller.step({}), polling.clock.steady());
  EXPECT_LE(polling.poller.step({}), polling.clock.steady());
  EXPECT_THAT(polling.script.queries(), ElementsAre(Query::current, Query::assets, Query::today));
  // No finished day is wanted here.
  EXPECT_EQ(polling.poller.step({}), polling.clock.steady() + minutes(5));
  EXPECT_EQ(polling.script.asked().size(), 3u);
}

TEST(Schedule, AssetsAreOfTheWindowOfCurrentAndTodayBeginsAtMidnight) {
  Polling polling;
  polling.run(seconds(0));
  const auto asked = polling.script.asked();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[0].question.window, (model::Window{at(9), at(10)}));
  EXPECT_EQ(asked[1].question.window, (model::Window{at(9), at(10)}));
  EXPECT_EQ(asked[2].question.window, (model::Window{at(0), at(10)}));
  EXPECT_EQ(asked[0].url,
            "http://opencost:9003/allocation?window=2026-03-10T09%3A00%3A00Z%2C"
            "2026-03-10T10%3A00%3A00Z&aggregate=cluster%2Cnamespace%2Cpod&includeIdle=true");
}

TEST(Schedule, AssetsFollowCurrentWhereverItsWindowIs) {
  Polling polling(samples::morning(), Alignment::rolling, Schedule{});
  polling.run(hours(9));
  std::set<model::Window> windows;
  for (const Asked& asked : polling.script.asked()) {
    if (asked.question.query == Query::current) windows.insert(asked.question.window);
    if (asked.question.query == Query::assets) {
      EXPECT_TRUE(windows.contains(asked.question.window))
          << model::format_time(asked.question.window.end);
    }
  }
  EXPECT_THAT(times(polling, Query::assets).size(), Gt(30u));
}

TEST(Schedule, EachQueryHasItsInterval) {
  Polling polling;
  polling.run(hours(2));
  EXPECT_THAT(gaps(times(polling, Query::current)), testing::Each(minutes(5)));
  EXPECT_THAT(gaps(times(polling, Query::assets)), testing::Each(minutes(15)));
  EXPECT_THAT(gaps(times(polling, Query::today)), testing::Each(minutes(30)));
  EXPECT_EQ(times(polling, Query::current).size(), 25u);
  EXPECT_EQ(times(polling, Query::assets).size(), 9u);
  EXPECT_EQ(times(polling, Query::today).size(), 5u);
}

TEST(Schedule, NoTwoPollsAreFurtherApartThanTheLongestInterval) {
  for (const Alignment alignment : {Alignment::rolling, Alignment::hour}) {
    for (const int current : {60, 300, 420, 3000, 4200}) {
      SCOPED_TRACE(fmt::format("{} {}", to_string(alignment), current));
      Schedule rules = Polling::steady_rules();
      rules.current = seconds(current);
      Polling polling(at(2), alignment, rules);
      polling.run(hours(20));  // no midnight, when there is no `today` to be asked for
      for (const Query query : {Query::current, Query::assets, Query::today}) {
        const auto between = gaps(times(polling, query));
        ASSERT_FALSE(between.empty());
        const seconds longest = *std::max_element(between.begin(), between.end());
        const seconds stated = rules.longest_interval(query, alignment);
        EXPECT_LE(longest, stated + seconds(30)) << to_string(query);  // how soon it looks again
        EXPECT_GE(longest, stated - seconds(30)) << to_string(query);
      }
    }
  }
}

TEST(Schedule, TheLongestIntervalIsPublishedAndFollowsAReload) {
  Polling polling;
  const auto published = [&] {
    std::vector<double> out;
    out.reserve(opencost::kQueries.size());
    for (const Query query : opencost::kQueries) {
      out.push_back(polling.self_value("opencost_exporter_poll_interval_seconds", query));
    }
    return out;
  };
  EXPECT_THAT(published(), ElementsAre(300, 900, 1800, 86'400));
  polling.options.schedule.current = minutes(20);
  polling.options.schedule.assets = minutes(1);
  polling.options.schedule.today = hours(2);
  polling.publisher.adopt(polling.options);
  EXPECT_THAT(published(), ElementsAre(1200, 1200, 7200, 86'400));
  polling.options.alignments = {{"eu", Alignment::hour}, {"us", Alignment::rolling}};
  polling.publisher.adopt(polling.options);
  EXPECT_THAT(published(), ElementsAre(3600, 3600, 7200, 86'400));
  polling.options.sources.clear();
  polling.publisher.adopt(polling.options);
  EXPECT_THAT(published(), testing::Each(-1));
}

TEST(Schedule, TheSameQuestionIsNeverAskedTwice) {
  for (const Alignment alignment : {Alignment::rolling, Alignment::hour}) {
    for (const int settle : {0, 60, 599, 600, 3600}) {
      Schedule rules;
      rules.current = seconds(60);  // the window moves every five minutes only
      rules.settle = seconds(settle);
      Polling polling(samples::morning(), alignment, rules);
      polling.run(hours(15));
      std::set<std::string> seen;
      for (const Asked& asked : polling.script.asked()) {
        EXPECT_TRUE(seen.insert(asked.url).second) << asked.url;
        EXPECT_LE(asked.question.window.end, asked.at - rules.settle);
      }
      EXPECT_THAT(polling.events.lines(), IsEmpty());
    }
  }
}

TEST(Schedule, JitterStaysInItsBoundsAndUsesThem) {
  Schedule rules;
  rules.current = seconds(3600);
  rules.jitter = 0.05;
  seconds shortest = hours(9), longest{};
  std::set<seconds> different;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Polling polling(samples::at(1), Alignment::rolling, rules, seed);
    polling.run(hours(12));
    for (const seconds gap : gaps(times(polling, Query::current))) {
      shortest = std::min(shortest, gap);
      longest = std::max(longest, gap);
      different.insert(gap);
    }
  }
  EXPECT_GE(shortest, seconds(3420) - seconds(1));  // times are cut off to seconds
  EXPECT_LE(longest, seconds(3780) + seconds(1));
  EXPECT_LT(shortest, seconds(3480));
  EXPECT_GT(longest, seconds(3720));
  EXPECT_GT(different.size(), 50u);
}

TEST(Schedule, AnIntervalCountsFromTheAskingNotFromTheAnswer) {
  Polling polling;
  polling.script.set([&](const opencost::Question& question) {
    if (question.query == Query::current) polling.clock.advance(seconds(50));
    return samples::Reply{samples::answer(question)};
  });
  polling.run(minutes(31));
  EXPECT_THAT(gaps(times(polling, Query::current)), testing::Each(minutes(5)));
}

// Else a slow OpenCost would never be asked for anything else.
TEST(Schedule, AQueryThatTakesLongerThanItsIntervalDoesNotStarveTheOthers) {
  Polling polling;
  polling.script.set([&](const opencost::Question& question) {
    if (question.query == Query::current) polling.clock.advance(minutes(7));
    return samples::Reply{samples::answer(question)};
  });
  polling.run(hours(6));
  EXPECT_GE(polling.script.count(Query::assets), 15u);
  EXPECT_GE(polling.script.count(Query::today), 8u);
  EXPECT_GE(polling.script.count(Query::current), 30u);
}

TEST(Schedule, WholeHoursAreAskedForOnceEachWithinHalfAMinute) {
  Polling polling(samples::morning(), Alignment::hour, Schedule{});
  polling.run(hours(8));
  for (const Query query : {Query::current, Query::assets, Query::today}) {
    SCOPED_TRACE(to_string(query));
    const auto asked = times(polling, query);
    ASSERT_EQ(asked.size(), 9u);
    for (std::size_t i = 1; i < asked.size(); ++i) {
      EXPECT_GE(asked[i], hours(10 + i) + minutes(10));
      EXPECT_LE(asked[i], hours(10 + i) + minutes(11));
    }
  }
  for (const Asked& asked : polling.script.asked()) {
    EXPECT_EQ(asked.question.window.end.time_since_epoch() % hours(1), seconds(0));
  }
}

TEST(Schedule, JustAfterMidnightThereIsNoTodayToAskFor) {
  for (const auto& [alignment, first] :
       {std::pair{Alignment::rolling, minutes(15)}, {Alignment::hour, minutes(70)}}) {
    Polling polling(at(0, 1), alignment);
    polling.run(hours(3));
    const auto asked = times(polling, Query::today);
    ASSERT_FALSE(asked.empty());
    EXPECT_GE(asked[0], first);
    EXPECT_LE(asked[0], first + seconds(30));
    EXPECT_EQ(polling.script.asked().at(0).question.query, Query::current);
  }
}

TEST(Schedule, OverMidnightTodayBeginsAnew) {
  Polling polling(at(23, 20));
  polling.run(hours(2));
  model::Window last{};
  for (const Asked& asked : polling.script.asked()) {
    if (asked.question.query != Query::today) continue;
    EXPECT_EQ(asked.question.window.start,
              std::chrono::floor<std::chrono::days>(asked.at - seconds(1)));
    last = asked.question.window;
  }
  EXPECT_EQ(last.start, at(24));
}

TEST(Schedule, IntervalsAreByQuery) {
  const Schedule rules{seconds(1), seconds(2), seconds(3)};
  EXPECT_EQ(rules.interval(Query::current), seconds(1));
  EXPECT_EQ(rules.interval(Query::assets), seconds(2));
  EXPECT_EQ(rules.interval(Query::today), seconds(3));
}

}  // namespace
}  // namespace exporter::poll
