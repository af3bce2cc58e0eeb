// Polls that somebody asked for: at rest, under way, held back, and over a reload.
#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using http::FailureKind;
using opencost::Query;
using opencost::Question;
using samples::answer;
using samples::at;
using samples::failing;
using samples::Polling;
using samples::Reply;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using State = CollectionState;

/// A poller that has asked all it wanted by itself, at 10:13:07; its next poll is in five minutes.
struct Settled : Polling {
  explicit Settled() {
    collections.attend("eu", [this] { poller.wake(); });
    run(seconds(0));
  }

  void ask() { ASSERT_EQ(collections.ask({}, "ann").value().size(), 3u); }
  /// Steps as long as something is to be done now.
  void work() {
    while (poller.step({}) <= clock.steady()) {
    }
  }
  /// `query state window-end failure` of what was asked for, in the order in which it ended.
  std::vector<std::string> requested() const {
    std::vector<std::string> out;
    for (const Collection& one : collections.all()) {
      if (one.request == 0) continue;
      const std::string end = one.window ? model::format_time(one.window->end).substr(11, 5) : "-";
      out.push_back(
          fmt::format("{} {} {} {}", to_string(one.query), to_string(one.state), end, one.failure));
    }
    std::reverse(out.begin(), out.end());
    return out;
  }
  std::size_t asked() const { return script.asked().size(); }
};

TEST(Asking, WhatIsDueIsRememberedToo) {
  Settled it;
  std::vector<Query> queries;
  for (const Collection& one : it.collections.all()) {
    EXPECT_EQ(one.state, State::answered);
    EXPECT_EQ(one.request, 0u);
    EXPECT_EQ(one.rows, 2u);
    EXPECT_GT(one.bytes, 100u);
    EXPECT_EQ(one.finished_at, samples::morning());
    queries.push_back(one.query);
  }
  EXPECT_THAT(queries, ElementsAre(Query::today, Query::assets, Query::current));
}

TEST(Asking, ANewWindowIsAskedForAtOnceWhateverIsDue) {
  Settled it;
  it.clock.advance(minutes(3));  // 10:16: the window that ended at 10:05 can be asked for
  EXPECT_GT(it.poller.step({}), it.clock.steady());
  it.ask();
  it.work();
  EXPECT_EQ(it.asked(), 6u);
  EXPECT_THAT(it.requested(), ElementsAre("current answered 10:05 ", "assets answered 10:05 ",
                                          "today answered 10:05 "));
  EXPECT_TRUE(it.latest()->sources[0].queries[0].up);
  // Each has its interval before it again.
  it.run(minutes(5) - seconds(1));
  EXPECT_EQ(it.asked(), 6u);
  it.run(seconds(1));
  EXPECT_EQ(it.asked(), 7u);
}

TEST(Asking, TheSameWindowIsNotAskedForTwice) {
  Settled it;
  it.clock.advance(minutes(1));
  const SteadyTime next = it.poller.step({});
  it.ask();
  EXPECT_EQ(it.poller.step({}), next);  // and nothing that is due has moved
  EXPECT_EQ(it.asked(), 3u);
  EXPECT_THAT(it.requested(),
              ElementsAre("current unchanged - ", "assets unchanged - ", "today unchanged - "));
  EXPECT_EQ(it.collections.all()[0].finished_at, it.clock.now());
}

TEST(Asking, JustAfterMidnightThereIsNoTodayToAskFor) {
  Polling it(at(0, 11));
  it.collections.attend("eu", [] {});
  ASSERT_TRUE(it.collections.ask({}, "ann"));
  it.run(seconds(0));
  EXPECT_EQ(it.script.count(Query::today), 0u);
  const Collection first = it.collections.all().at(0);
  EXPECT_EQ(first.query, Query::today);
  EXPECT_EQ(first.state, State::unchanged);
}

TEST(Asking, OneQuestionAStepAndCurrentFirst) {
  Settled it;
  it.clock.advance(minutes(20));  // all but `today` is overdue
  it.ask();
  for (const std::size_t asked : {4u, 5u}) {
    EXPECT_EQ(it.poller.step({}), it.clock.steady());
    EXPECT_EQ(it.asked(), asked);
  }
  EXPECT_GT(it.poller.step({}), it.clock.steady());
  const auto queries = it.script.queries();
  EXPECT_THAT(std::vector(queries.begin() + 3, queries.end()),
              ElementsAre(Query::current, Query::assets, Query::today));
}

TEST(Asking, FinishedDaysComeAfterWhatIsWanted) {
  Settled it;
  it.options.backfill_days = 1;
  it.publisher.adopt(it.options);
  it.clock.advance(minutes(4));
  it.ask();
  it.run(minutes(0));
  const auto queries = it.script.queries();
  ASSERT_EQ(it.requested().size(), 3u);
  EXPECT_EQ(std::vector(queries.begin() + 3, queries.begin() + 6),
            (std::vector{Query::current, Query::assets, Query::today}));
}

TEST(Asking, AFailureIsSaidWithItsReason) {
  Settled it;
  it.clock.advance(minutes(3));
  it.script.set([](const Question& question) {
    return question.query == Query::assets ? failing(FailureKind::http_status, 403)
                                           : Reply{answer(question)};
  });
  it.ask();
  it.work();
  EXPECT_THAT(it.requested(),
              ElementsAre("current answered 10:05 ", "assets failed 10:05 http_status: scripted",
                          "today answered 10:05 "));
}

TEST(Asking, ABreakerDoesNotHoldBackWhatIsWanted) {
  Settled it;
  it.script.set([](const Question&) { return failing(FailureKind::http_status, 403); });
  it.run(minutes(40));  // every query is held back on its own
  const std::size_t before = it.asked();
  EXPECT_GT(it.poller.step({}), it.clock.steady());
  it.script.set([](const Question& question) { return Reply{answer(question)}; });
  it.ask();
  it.work();
  EXPECT_EQ(it.asked(), before + 3);
  EXPECT_THAT(it.requested(), ElementsAre("current answered 10:40 ", "assets answered 10:40 ",
                                          "today answered 10:40 "));
}

TEST(Asking, AServerThatCouldNotBeReachedIsAskedAllTheSame) {
  Settled it;
  it.script.set([](const Question&) { return failing(FailureKind::credentials); });
  it.run(minutes(40));
  const SteadyTime held = it.poller.step({});
  EXPECT_GT(held, it.clock.steady() + minutes(10));
  const std::size_t before = it.asked();
  it.ask();
  it.work();
  EXPECT_EQ(it.asked(), before + 3);
  EXPECT_THAT(it.requested(), ElementsAre("current failed 10:40 credentials: scripted",
                                          "assets failed 10:40 credentials: scripted",
                                          "today failed 10:40 credentials: scripted"));
  EXPECT_EQ(it.poller.step({}), held);  // it is not held back for longer
  // It is back: whatever is overdue is asked at once, as always.
  it.script.set([](const Question& question) { return Reply{answer(question)}; });
  it.clock.advance(seconds(60));
  it.ask();
  it.work();
  EXPECT_EQ(it.collections.all()[0].state, State::answered);
  EXPECT_LE(it.poller.step({}), it.clock.steady() + minutes(5));
}

TEST(Asking, WhileAPollIsUnderWayTheNextOneWaitsForIt) {
  Settled it;
  bool asked = false;
  it.script.set([&](const Question& question) {
    if (!asked) it.ask();
    asked = true;
    return Reply{answer(question)};
  });
  it.clock.advance(minutes(5));
  EXPECT_EQ(it.poller.step({}), it.clock.steady());
  EXPECT_EQ(it.asked(), 4u);
  EXPECT_EQ(it.collections.wanted("eu").size(), 3u);  // it was begun because it was due
  it.work();
  EXPECT_EQ(it.asked(), 6u);
  EXPECT_THAT(it.requested(), ElementsAre("current unchanged - ", "assets answered 10:05 ",
                                          "today answered 10:05 "));
}

/// Pollers on threads of their own, which sleep until the clock is moved or somebody wakes them.
struct Threaded : samples::Publishing<ManualClock> {
  explicit Threaded(std::vector<std::string> names = {"eu"})
      : samples::Publishing<ManualClock>(samples::morning(), std::move(names)), script(clock) {
    rules.jitter = 0;
    for (const std::string& name : options.sources) sources.push_back(source(name));
  }

  static Source source(const std::string& name) {
    Source made;
    made.name = name;
    made.named = true;
    made.url = "http://" + name + ":9003";
    return made;
  }
  void start() {
    fleet.emplace(clock, history, publisher, collections, events.sink(),
                  [this](const Source&) -> std::unique_ptr<http::Transport> {
                    if (stalled) return std::make_unique<samples::StalledTransport>(script);
                    return std::make_unique<samples::ScriptedTransport>(script);
                  });
    fleet->adopt(sources, rules, {});
  }
  /// Returns when so many polls have ended and none is waited for.
  std::vector<Collection> wait_for_end(std::size_t polls) const {
    for (;;) {
      auto all = collections.all();
      const bool waits = !all.empty() && all[0].state == State::waiting;
      if (all.size() >= polls && !waits) return all;
      std::this_thread::yield();
    }
  }

  samples::Script script;
  Schedule rules;
  std::vector<Source> sources;
  std::atomic<bool> stalled = false;
  std::optional<Fleet> fleet;
};

TEST(AskingThreads, ARequestWakesEverySleeper) {
  Threaded it({"eu", "us"});
  it.start();
  it.wait_for_end(6);
  it.clock.advance(minutes(3));
  ASSERT_TRUE(it.collections.ask({}, "ann"));
  for (const Collection& one : it.wait_for_end(12)) EXPECT_EQ(one.state, State::answered);
  EXPECT_EQ(it.script.asked().size(), 12u);
}

TEST(AskingThreads, OnlyWhoIsMeantIsWoken) {
  Threaded it({"eu", "us"});
  it.start();
  it.wait_for_end(6);
  it.clock.advance(minutes(3));
  ASSERT_TRUE(it.collections.ask({"us"}, "ann"));
  const auto all = it.wait_for_end(9);
  EXPECT_EQ(it.script.asked().size(), 9u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)].source, "us");
}

// Whether it is about to sleep, sleeps or is being stopped: no wake is lost, and none hurts.
TEST(AskingThreads, NoWakeIsLost) {
  Threaded it;
  it.start();
  it.wait_for_end(3);
  for (std::size_t round = 1; round <= 300; ++round) {
    it.clock.advance(Collections::kRest);
    ASSERT_TRUE(it.collections.ask({}, "ann"));
    const auto all = it.wait_for_end(3 + round);
    ASSERT_EQ(all.size(), it.collections.all().size());
  }
}

TEST(AskingThreads, ASleeperThatIsStoppedEndsHoweverOftenItIsWoken) {
  samples::Publishing<ManualClock> it;
  samples::Script script(it.clock);
  for (int round = 0; round < 100; ++round) {
    Poller poller(Threaded::source("eu"), {}, {}, it.clock,
                  std::make_unique<samples::ScriptedTransport>(script), it.history, it.publisher,
                  it.collections, it.events.sink(), 1);
    std::jthread thread([&](const std::stop_token& stop) { poller.run(stop); });
    std::jthread waker([&] {
      for (int i = 0; i < round; ++i) poller.wake();
    });
    thread.request_stop();
    thread.join();
  }
  EXPECT_THAT(it.collections.all().size(), testing::Le(300u));
}

TEST(AskingThreads, WhatWaitsIsDoneByTheNextPollerOfASource) {
  Threaded it;
  it.stalled = true;
  it.start();
  it.script.wait_for(1);
  ASSERT_TRUE(it.collections.ask({}, "ann"));
  it.stalled = false;
  it.sources[0].http.timeout += seconds(1);
  it.fleet->adopt(it.sources, it.rules, {});
  const auto all = it.wait_for_end(3);
  ASSERT_EQ(all.size(), 3u);  // the poll that was given up is none
  for (const Collection& one : all) {
    EXPECT_EQ(one.state, State::answered);
    EXPECT_EQ(one.request, 1u);
  }
}

TEST(AskingThreads, AnUnchangedSourceGoesOnAttending) {
  Threaded it({"eu", "us"});
  it.start();
  it.wait_for_end(6);
  it.sources.pop_back();
  it.fleet->adopt(it.sources, it.rules, {});
  EXPECT_EQ(it.collections.ask({"us"}, "ann").error().reason, Denied::Reason::unknown_source);
  it.clock.advance(minutes(3));
  ASSERT_TRUE(it.collections.ask({"eu"}, "ann"));
  EXPECT_EQ(it.wait_for_end(9).size(), 9u);
}

TEST(AskingThreads, ASourceThatLeavesFailsWhatWaits) {
  Threaded it;
  it.stalled = true;
  it.start();
  it.script.wait_for(1);
  ASSERT_TRUE(it.collections.ask({}, "ann"));
  it.fleet->adopt({}, it.rules, {});
  const auto all = it.collections.all();
  ASSERT_EQ(all.size(), 3u);
  for (const Collection& one : all) {
    EXPECT_EQ(one.state, State::failed);
    EXPECT_EQ(one.failure,
              "its source was taken out of the configuration before it had been asked");
  }
  EXPECT_FALSE(it.collections.ask({"eu"}, "ann"));
}

TEST(AskingThreads, NobodyAttendsAfterTheEnd) {
  Threaded it;
  it.start();
  it.fleet.reset();
  EXPECT_FALSE(it.collections.ask({"eu"}, "ann"));
  EXPECT_THAT(it.collections.ask({}, "ann").value(), IsEmpty());
}

}  // namespace
}  // namespace exporter::poll
