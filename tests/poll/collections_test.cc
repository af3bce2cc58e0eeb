// What is remembered of polls, and who may ask for one when.
#include "exporter/poll/collections.h"

#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using samples::at;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using Reason = Denied::Reason;
using State = CollectionState;

struct Asking {
  explicit Asking(const std::vector<std::string>& sources = {"eu"}) {
    for (const std::string& source : sources) attend(source);
  }
  void attend(const std::string& source) {
    collections.attend(source, [this, source] { woken.push_back(source); });
  }
  Observation answered(Query query, const std::string& source = "eu") const {
    const Question question{query, {at(9), at(10)}};
    Observation made{.source = source,
                     .question = question,
                     .fetched_at = clock.now(),
                     .took = seconds(2),
                     .retries = 1,
                     .bytes = 900,
                     .outcome = PollFailure{}};
    if (query == Query::assets) {
      made.outcome = samples::assets(question, {.rows = 3, .rejected = true});
    } else {
      made.outcome = samples::allocations(question, {.rows = 3, .rejected = true});
    }
    return made;
  }
  void finish(const std::string& source) {
    for (const Query query : collections.wanted(source)) {
      collections.finished(answered(query, source));
    }
  }
  /// `id/request source query state` of each.
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const Collection& one : collections.all()) {
      out.push_back(fmt::format("{}/{} {} {} {}", one.id, one.request, one.source,
                                to_string(one.query), to_string(one.state)));
    }
    return out;
  }
  /// `reason source seconds`, or nothing when it was taken.
  std::string denial(const std::vector<std::string>& sources) {
    const auto asked = collections.ask(sources, "ann");
    if (asked) return "";
    constexpr const char* kNames[] = {"unknown_source", "under_way", "too_soon"};
    return fmt::format("{} {} {}", kNames[static_cast<std::size_t>(asked.error().reason)],
                       asked.error().source, asked.error().retry_after.count());
  }

  ManualClock clock{samples::morning()};
  Collections collections{clock};
  std::vector<std::string> woken;
};

TEST(Collections, NobodyAttendsAtFirst) {
  Asking it(std::vector<std::string>{});
  EXPECT_THAT(it.collections.all(), IsEmpty());
  EXPECT_THAT(it.collections.ask({}, "ann").value(), IsEmpty());
  EXPECT_EQ(it.denial({"eu"}), "unknown_source eu 0");
}

TEST(Collections, ARequestIsThreePollsThatWait) {
  Asking it;
  const auto asked = it.collections.ask({"eu"}, "ann").value();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(it.collections.all(), asked);
  EXPECT_THAT(it.lines(), ElementsAre("1/1 eu current waiting", "2/1 eu assets waiting",
                                      "3/1 eu today waiting"));
  EXPECT_EQ(asked[0], (Collection{.id = 1,
                                  .request = 1,
                                  .asked_by = "ann",
                                  .source = "eu",
                                  .query = Query::current,
                                  .asked_at = it.clock.now()}));
  EXPECT_THAT(it.collections.wanted("eu"),
              ElementsAre(Query::current, Query::assets, Query::today));
  EXPECT_THAT(it.collections.wanted("us"), IsEmpty());
  EXPECT_THAT(it.woken, ElementsAre("eu"));
}

TEST(Collections, WithoutNamesAllAreAskedAndNoneTwice) {
  Asking it({"us", "eu"});
  EXPECT_EQ(it.collections.ask({}, "").value().size(), 6u);
  EXPECT_THAT(it.woken, ElementsAre("eu", "us"));
  Asking twice({"us", "eu"});
  EXPECT_EQ(twice.collections.ask({"us", "eu", "us"}, "").value().size(), 6u);
  EXPECT_THAT(twice.lines(), ElementsAre("1/1 us current waiting", "2/1 us assets waiting",
                                         "3/1 us today waiting", "4/1 eu current waiting",
                                         "5/1 eu assets waiting", "6/1 eu today waiting"));
}

TEST(Collections, AnAnswerIsKeptWithAllThatIsKnownOfIt) {
  Asking it;
  static_cast<void>(it.collections.ask({}, "ann"));
  const SystemTime asked_at = it.clock.now();
  it.clock.advance(seconds(3));
  it.collections.finished(it.answered(Query::assets));
  EXPECT_EQ(it.collections.all().back(), (Collection{.id = 2,
                                                     .request = 1,
                                                     .asked_by = "ann",
                                                     .source = "eu",
                                                     .query = Query::assets,
                                                     .state = State::answered,
                                                     .asked_at = asked_at,
                                                     .finished_at = it.clock.now(),
                                                     .window = model::Window{at(9), at(10)},
                                                     .seconds = 2,
                                                     .bytes = 900,
                                                     .rows = 3,
                                                     .rejected = 1,
                                                     .retries = 1}));
}

TEST(Collections, AFailureSaysWhy) {
  Asking it;
  static_cast<void>(it.collections.ask({}, "ann"));
  Observation failed = it.answered(Query::current);
  failed.outcome = PollFailure{"timeout", "nothing after 120 s", false, true};
  it.collections.finished(failed);
  const Collection last = it.collections.all().back();
  EXPECT_EQ(last.state, State::failed);
  EXPECT_EQ(last.failure, "timeout: nothing after 120 s");
  EXPECT_EQ(last.rows, 0u);
  EXPECT_EQ(last.rejected, 0u);
  EXPECT_EQ(last.window, (model::Window{at(9), at(10)}));
  EXPECT_EQ(last.request, 1u);
}

TEST(Collections, WhatWasDueIsNobodysRequest) {
  Asking it;
  it.collections.finished(it.answered(Query::day));
  EXPECT_THAT(it.lines(), ElementsAre("1/0 eu day answered"));
  EXPECT_EQ(it.collections.all()[0].asked_at, std::nullopt);
  EXPECT_EQ(it.collections.all()[0].asked_by, "");
}

TEST(Collections, APollThatWasBegunBeforeDoesNotAnswerARequest) {
  Asking it;
  static_cast<void>(it.collections.ask({}, "ann"));
  it.collections.finished(it.answered(Query::current), false);
  EXPECT_THAT(it.lines(), ElementsAre("1/1 eu current waiting", "2/1 eu assets waiting",
                                      "3/1 eu today waiting", "4/0 eu current answered"));
}

TEST(Collections, ThoseThatWaitComeFirstThenTheNewest) {
  Asking it({"eu", "us"});
  it.collections.finished(it.answered(Query::day));
  static_cast<void>(it.collections.ask({"eu"}, "ann"));
  it.collections.finished(it.answered(Query::today));
  it.collections.unchanged("eu", Query::current);
  static_cast<void>(it.collections.ask({"us"}, "bob"));
  EXPECT_THAT(it.lines(), ElementsAre("3/2 eu assets waiting", "5/5 us current waiting",
                                      "6/5 us assets waiting", "7/5 us today waiting",
                                      "2/2 eu current unchanged", "4/2 eu today answered",
                                      "1/0 eu day answered"));
  EXPECT_EQ(it.collections.all()[4].finished_at, it.clock.now());
}

TEST(Collections, UnchangedIsOnlyWhatIsWanted) {
  Asking it;
  it.collections.unchanged("eu", Query::current);
  EXPECT_THAT(it.collections.all(), IsEmpty());
  static_cast<void>(it.collections.ask({}, "ann"));
  it.collections.unchanged("eu", Query::day);
  it.collections.unchanged("us", Query::current);
  EXPECT_EQ(it.collections.wanted("eu").size(), 3u);
}

TEST(Collections, NoSecondRequestWhileOneWaits) {
  Asking it;
  EXPECT_EQ(it.denial({}), "");
  it.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(it.denial({"eu"}), "under_way eu 0");
  it.collections.unchanged("eu", Query::current);
  it.collections.unchanged("eu", Query::assets);
  EXPECT_EQ(it.denial({"eu"}), "under_way eu 0");
  it.collections.unchanged("eu", Query::today);
  EXPECT_EQ(it.denial({"eu"}), "");
}

TEST(Collections, ASourceRestsForAMinute) {
  Asking it;
  EXPECT_EQ(it.denial({}), "");
  it.finish("eu");
  EXPECT_EQ(it.denial({}), "too_soon eu 60");
  it.clock.advance(milliseconds(1));
  EXPECT_EQ(it.denial({}), "too_soon eu 60");  // 59.999 s
  it.clock.advance(milliseconds(999));
  EXPECT_EQ(it.denial({}), "too_soon eu 59");
  it.clock.advance(milliseconds(58'999));
  EXPECT_EQ(it.denial({}), "too_soon eu 1");
  it.clock.advance(milliseconds(1));
  EXPECT_EQ(it.denial({}), "");
}

TEST(Collections, SeveralAreAskedAllOrNone) {
  Asking it({"ap", "eu", "us"});
  EXPECT_EQ(it.denial({"us"}), "");
  const auto before = it.collections.all();
  EXPECT_EQ(it.denial({"ap", "us"}), "under_way us 0");
  EXPECT_EQ(it.denial({}), "under_way us 0");
  EXPECT_EQ(it.denial({"us", "mars"}), "unknown_source mars 0");
  it.clock.advance(seconds(1));
  it.finish("us");
  EXPECT_EQ(it.denial({"eu", "us", "ap"}), "too_soon us 59");
  EXPECT_THAT(it.woken, ElementsAre("us"));
  EXPECT_EQ(it.collections.all().size(), before.size());
  EXPECT_EQ(it.denial({"eu", "ap"}), "");  // what was denied is not counted as asked
}

TEST(Collections, TheOldestAreForgotten) {
  Asking it;
  for (std::size_t i = 0; i < Collections::kKept + 5; ++i) {
    it.collections.finished(it.answered(Query::day), false);
  }
  static_cast<void>(it.collections.ask({}, "ann"));
  const auto all = it.collections.all();
  ASSERT_EQ(all.size(), Collections::kKept + 3);  // those that wait are not forgotten
  EXPECT_EQ(all[0].id, Collections::kKept + 6);
  EXPECT_EQ(all[3].id, Collections::kKept + 5);
  EXPECT_EQ(all.back().id, 6u);
}

TEST(Collections, WhoLeavesLetsWhatWaitsFail) {
  Asking it({"eu", "us"});
  static_cast<void>(it.collections.ask({}, "ann"));
  it.collections.unchanged("eu", Query::current);
  it.clock.advance(seconds(1));
  it.collections.leave("eu");
  EXPECT_THAT(it.lines(), ElementsAre("4/1 us current waiting", "5/1 us assets waiting",
                                      "6/1 us today waiting", "3/1 eu today failed",
                                      "2/1 eu assets failed", "1/1 eu current unchanged"));
  EXPECT_EQ(it.collections.all()[3].failure,
            "its source was taken out of the configuration before it had been asked");
  EXPECT_EQ(it.collections.all()[3].finished_at, it.clock.now());
  EXPECT_EQ(it.denial({"eu"}), "unknown_source eu 0");
  it.collections.leave("eu");
  it.collections.leave("mars");
  it.attend("eu");
  EXPECT_EQ(it.denial({"eu"}), "");
}

TEST(Collections, WhoAttendsAgainKeepsWhatWaits) {
  Asking it;
  static_cast<void>(it.collections.ask({}, "ann"));
  int woken = 0;
  it.collections.attend("eu", [&] { ++woken; });
  EXPECT_EQ(it.collections.wanted("eu").size(), 3u);
  it.finish("eu");
  it.clock.advance(Collections::kRest - milliseconds(1));
  EXPECT_EQ(it.denial({}), "too_soon eu 1");
  it.clock.advance(milliseconds(1));
  EXPECT_EQ(it.denial({}), "");
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(it.woken.size(), 1u);
}

// Whoever is woken may look at what is wanted, and so may whatever ends with an old way to wake.
TEST(Collections, NoLockIsHeldWhileOthersCodeRuns) {
  ManualClock clock(samples::morning());
  Collections collections(clock);
  std::size_t seen = 0;
  const auto looking = [&] {
    return std::shared_ptr<void>(nullptr, [&](void*) { seen += collections.all().size(); });
  };
  collections.attend("eu", [&, held = looking()] { seen += collections.wanted("eu").size(); });
  static_cast<void>(collections.ask({}, "ann"));
  EXPECT_EQ(seen, 3u);
  collections.attend("eu", [held = looking()] {});
  EXPECT_EQ(seen, 6u);
  collections.leave("eu");
  EXPECT_EQ(seen, 9u);
}

TEST(Collections, StatesHaveNames) {
  EXPECT_EQ(to_string(State::waiting), "waiting");
  EXPECT_EQ(to_string(State::answered), "answered");
  EXPECT_EQ(to_string(State::failed), "failed");
  EXPECT_EQ(to_string(State::unchanged), "unchanged");
}

TEST(Collections, ManyThreadsAskAndOnePollsEachSource) {
  ManualClock clock(samples::morning());
  Collections collections(clock);
  const Asking maker;
  constexpr int kRounds = 50;
  std::atomic<int> pollers = 2, taken = 0;
  const std::vector<std::string> names = {"eu", "us"};
  for (const std::string& name : names) collections.attend(name, [] {});
  {
    std::vector<std::jthread> threads;
    for (const std::string& name : names) {
      threads.emplace_back([&, name] {
        for (int done = 0; done < 3 * kRounds;) {
          for (const Query query : collections.wanted(name)) {
            collections.finished(maker.answered(query, name));
            ++done;
          }
          clock.advance(Collections::kRest);
          std::this_thread::yield();
        }
        --pollers;
      });
    }
    for (int asker = 0; asker < 3; ++asker) {
      threads.emplace_back([&, asker] {
        while (pollers > 0) {
          const auto asked = collections.ask({names[static_cast<std::size_t>(asker) % 2]}, "ann");
          if (asked) ++taken;
          EXPECT_LE(collections.all().size(), Collections::kKept + 6);
        }
      });
    }
  }
  EXPECT_GE(taken, 2 * kRounds);
  std::set<std::uint64_t> ids;
  for (const Collection& one : collections.all()) EXPECT_TRUE(ids.insert(one.id).second);
}

}  // namespace
}  // namespace exporter::poll
