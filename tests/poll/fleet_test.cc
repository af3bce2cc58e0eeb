// Threads: pollers that come and go, cancelling, readers beside writers.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using samples::at;
using samples::Script;
using samples::ScriptedTransport;
using samples::StalledTransport;
using std::chrono::minutes;
using std::chrono::seconds;

enum class Kind { scripted, stalled };

/// A fleet whose transports are counted by source.
struct Fleeting : samples::Publishing<ManualClock> {
  explicit Fleeting(Kind kind = Kind::scripted)
      : samples::Publishing<ManualClock>(samples::morning(), {"eu", "us"}), script(clock) {
    rules.jitter = 0;
    fleet = std::make_unique<Fleet>(
        clock, history, publisher, collections, events.sink(),
        [this, kind](const Source& source) -> std::unique_ptr<http::Transport> {
          made.push_back(source.name);
          if (kind == Kind::stalled) return std::make_unique<StalledTransport>(script);
          return std::make_unique<ScriptedTransport>(script);
        });
    script.set([](const Question& question) { return samples::Reply{samples::answer(question)}; });
  }

  static Source source(const std::string& name) {
    Source made;
    made.name = name;
    made.named = true;
    made.url = "http://" + name + ":9003";
    return made;
  }
  void adopt(const std::vector<Source>& sources) const { fleet->adopt(sources, rules, {}); }
  /// Returns when all three queries of so many sources are published.
  void wait_for_answers(std::size_t sources) {
    for (;;) {
      std::size_t up = 0;
      const auto publication = latest();
      for (const SourceStatus& status : publication->sources) {
        for (const QueryStatus& query : status.queries) up += query.shown ? 1u : 0u;
      }
      if (up == 3 * sources) return;
      std::this_thread::yield();
    }
  }

  Script script;
  Schedule rules;
  std::vector<std::string> made;  // by the thread that calls adopt()
  std::unique_ptr<Fleet> fleet;
};

TEST(Fleet, AsksEverySource) {
  Fleeting it;
  it.adopt({Fleeting::source("eu"), Fleeting::source("us")});
  it.script.wait_for(6);
  it.wait_for_answers(2);
  EXPECT_TRUE(it.shows("cluster=\"eu\""));
  EXPECT_TRUE(it.shows("cluster=\"us\""));
  EXPECT_THAT(it.made, testing::ElementsAre("eu", "us"));
}

TEST(Fleet, AnUnchangedSourceGoesOnUndisturbed) {
  Fleeting it;
  it.adopt({Fleeting::source("eu")});
  it.wait_for_answers(1);
  it.adopt({Fleeting::source("us"), Fleeting::source("eu")});
  it.adopt({Fleeting::source("eu")});
  it.adopt({Fleeting::source("eu")});
  EXPECT_THAT(it.made, testing::ElementsAre("eu", "us"));
  std::size_t of_eu = 0;
  for (const auto& asked : it.script.asked()) of_eu += asked.url.starts_with("http://eu") ? 1u : 0u;
  EXPECT_EQ(of_eu, 3u);
}

TEST(Fleet, AChangedSourceIsStartedAnew) {
  Fleeting it;
  it.adopt({Fleeting::source("eu")});
  it.wait_for_answers(1);
  Source moved = Fleeting::source("eu");
  moved.url = "http://elsewhere:9003";
  it.adopt({moved});
  it.script.wait_for(6);
  EXPECT_THAT(it.made, testing::ElementsAre("eu", "eu"));
  EXPECT_TRUE(it.script.asked()[3].url.starts_with("http://elsewhere:9003/"));
  Source slower = moved;
  slower.http.timeout += seconds(1);
  it.adopt({slower});
  it.script.wait_for(9);
  EXPECT_EQ(it.made.size(), 3u);
}

TEST(Fleet, OtherRulesStartEveryoneAnew) {
  Fleeting it;
  it.adopt({Fleeting::source("eu"), Fleeting::source("us")});
  it.script.wait_for(6);
  it.rules.today += seconds(60);
  it.adopt({Fleeting::source("eu"), Fleeting::source("us")});
  it.script.wait_for(12);
  it.fleet->adopt({Fleeting::source("eu"), Fleeting::source("us")}, it.rules, {.retries = 1});
  it.script.wait_for(18);
  EXPECT_EQ(it.made.size(), 6u);
}

TEST(Fleet, AsksAgainWhenTheClockSaysSo) {
  Fleeting it;
  it.adopt({Fleeting::source("eu")});
  it.wait_for_answers(1);
  it.clock.advance(minutes(5));
  it.script.wait_for(4);
  EXPECT_EQ(it.script.asked()[3].question, (Question{Query::current, {at(9, 5), at(10, 5)}}));
}

TEST(Fleet, EndsSeriesWithoutAnybodyAsking) {
  Fleeting it;
  it.publisher.observe({.source = "eu",
                        .question = {Query::current, {at(9), at(10)}},
                        .fetched_at = it.clock.now(),
                        .outcome = samples::allocations({Query::current, {at(9), at(10)}})});
  EXPECT_TRUE(it.shows("cluster=\"c\""));
  // Ten seconds is as far as it sleeps without looking.
  for (int i = 0; i < 91; ++i) it.clock.advance(seconds(10));
  while (it.shows("cluster=\"c\"")) it.clock.advance(seconds(10));
  EXPECT_EQ(it.page(), "");
}

TEST(Fleet, EndsPromptlyWhileTransportsAreStalled) {
  const auto began = std::chrono::steady_clock::now();
  {
    Fleeting it(Kind::stalled);
    it.adopt({Fleeting::source("eu"), Fleeting::source("us")});
    it.script.wait_for(2);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(30));
}

TEST(Fleet, DropsASourceWhileItsTransportIsStalled) {
  Fleeting it(Kind::stalled);
  it.adopt({Fleeting::source("eu"), Fleeting::source("us")});
  it.script.wait_for(2);
  it.adopt({Fleeting::source("us")});
  it.adopt({});
  EXPECT_EQ(it.script.asked().size(), 2u);
}

TEST(Fleet, WithoutSourcesDoesNothing) {
  Fleeting it;
  it.adopt({});
  EXPECT_TRUE(it.made.empty());
  EXPECT_TRUE(it.script.asked().empty());
}

TEST(Cancelling, InTheMiddleOfAnAnswerCountsNothing) {
  samples::Publishing<ManualClock> it;
  Script script(it.clock);
  Poller poller(Fleeting::source("eu"), {}, {}, it.clock,
                std::make_unique<StalledTransport>(script), it.history, it.publisher,
                it.collections, it.events.sink(), 1);
  const auto before = it.latest();
  std::jthread thread([&](const std::stop_token& stop) { poller.run(stop); });
  script.wait_for(1);
  thread.request_stop();
  thread.join();
  EXPECT_EQ(it.latest(), before);
  EXPECT_EQ(
      it.self.render(metrics::Format::text).find("polls_total{cluster=\"eu\",query=\"current\"} 1"),
      std::string::npos);
  EXPECT_TRUE(it.events.lines(log::Level::debug).empty());
}

TEST(Cancelling, WhileWaitingForARetryCountsNothing) {
  samples::Publishing<ManualClock> it;
  Script script(it.clock);
  script.set([](const Question&) { return samples::failing(http::FailureKind::reset); });
  Poller poller(Fleeting::source("eu"), {}, {}, it.clock,
                std::make_unique<ScriptedTransport>(script), it.history, it.publisher,
                it.collections, it.events.sink(), 1);
  const auto before = it.latest();
  std::jthread thread([&](const std::stop_token& stop) { poller.run(stop); });
  script.wait_for(1);
  thread.request_stop();
  thread.join();
  EXPECT_EQ(script.asked().size(), 1u);
  EXPECT_EQ(it.latest(), before);
}

TEST(Cancelling, BeforeTheFirstQuestionAsksNothing) {
  samples::Publishing<ManualClock> it;
  Script script(it.clock);
  Poller poller(Fleeting::source("eu"), {}, {}, it.clock,
                std::make_unique<ScriptedTransport>(script), it.history, it.publisher,
                it.collections, it.events.sink(), 1);
  std::stop_source stopped;
  stopped.request_stop();
  poller.run(stopped.get_token());
  EXPECT_TRUE(script.asked().empty());
}

}  // namespace
}  // namespace exporter::poll
