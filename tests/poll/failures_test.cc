#include <gmock/gmock.h>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using http::FailureKind;
using opencost::Query;
using opencost::Question;
using samples::answer;
using samples::failing;
using samples::Polling;
using samples::Reply;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Each;
using testing::ElementsAre;

std::vector<seconds> waits(const Polling& polling, Query query) {
  std::vector<seconds> out;
  std::optional<SystemTime> last;
  for (const auto& asked : polling.script.asked()) {
    if (asked.question.query != query) continue;
    if (last) out.push_back(std::chrono::round<seconds>(asked.at - *last));
    last = asked.at;
  }
  return out;
}

// `current` gets `reply`, the others good answers.
void answer_current(Polling& polling, const Reply& reply) {
  polling.script.set([reply](const Question& question) {
    return question.query == Query::current ? reply : Reply{answer(question)};
  });
}

TEST(Failures, EachReasonIsCountedUnderItsName) {
  struct Case {
    std::string reason;
    Reply reply;
  };
  const auto say = [](std::string body) { return Reply{std::move(body)}; };
  const Case cases[] = {
      {"resolve", failing(FailureKind::resolve)},
      {"connect", failing(FailureKind::connect)},
      {"tls", failing(FailureKind::tls)},
      {"timeout", failing(FailureKind::timeout)},
      {"reset", failing(FailureKind::reset)},
      {"too_large", failing(FailureKind::too_large)},
      {"redirect", failing(FailureKind::redirect)},
      {"http_status", failing(FailureKind::http_status, 404)},
      {"http_status", failing(FailureKind::http_status, 503)},
      {"encoding", failing(FailureKind::encoding)},
      {"credentials", failing(FailureKind::credentials)},
      {"content_type", {.body = "<html>sign in</html>", .content_type = "text/html"}},
      {"parse", say("")},
      {"parse", say("{\"code\":200,")},
      {"parse", say("}")},
      {"envelope", say(R"({"code":500,"message":"no"})")},
      {"shape", say(R"({"code":200})")},
      {"shape", say(samples::enveloped("7"))},
      {"empty", say(samples::enveloped("[]"))},
      {"empty", say(samples::enveloped("[{}]"))},
      {"empty", say(samples::enveloped("[null]"))},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.reason);
    Polling polling;
    answer_current(polling, c.reply);
    polling.poller.step({});
    const std::string family = "opencost_exporter_poll_failures_total";
    for (const std::string& reason : failure_reasons()) {
      EXPECT_EQ(polling.self_value(family, Query::current, reason), reason == c.reason) << reason;
    }
    EXPECT_EQ(polling.self_value("opencost_exporter_polls_total", Query::current), 1);
    EXPECT_EQ(polling.self_value("opencost_up", Query::current), 0);
    EXPECT_TRUE(polling.status(Query::current).asked);
    EXPECT_FALSE(polling.status(Query::current).up);
    EXPECT_FALSE(polling.status(Query::current).shown);
    EXPECT_THAT(polling.status(Query::current).failure, testing::StartsWith(c.reason + ": "));
    ASSERT_EQ(polling.events.lines().size(), 1u);
    EXPECT_THAT(polling.events.lines()[0],
                testing::AllOf(testing::StartsWith("poll failed cluster=eu query=current"),
                               testing::HasSubstr(" reason=" + c.reason + " error=")));
  }
}

TEST(Failures, ReasonsAreKnownBeforehandAndCancellingIsNone) {
  EXPECT_THAT(failure_reasons(),
              ElementsAre("resolve", "connect", "tls", "timeout", "reset", "too_large", "redirect",
                          "http_status", "encoding", "credentials", "content_type", "parse",
                          "envelope", "shape", "empty", "implausible"));
  EXPECT_THAT(rejection_reasons(),
              ElementsAre("malformed", "no_identity", "duplicate", "null_cost", "negative_minutes",
                          "outside_window", "negative_cost", "negative_usage", "absurd_cost",
                          "invalid_text"));
}

TEST(Retries, AFailureThatPassesIsNotSeen) {
  Polling polling;
  int left = 2;
  polling.script.set([&](const Question& question) {
    return left-- > 0 ? failing(FailureKind::reset) : Reply{answer(question)};
  });
  polling.poller.step({});
  EXPECT_EQ(polling.script.asked().size(), 3u);
  EXPECT_EQ(polling.self_value("opencost_exporter_polls_total", Query::current), 1);
  EXPECT_EQ(polling.self_value("opencost_exporter_poll_retries_total", Query::current), 2);
  EXPECT_EQ(polling.self_value("opencost_up", Query::current), 1);
  EXPECT_TRUE(polling.shows("opencost_namespace_cost_per_hour"));
  EXPECT_THAT(polling.events.lines(), testing::IsEmpty());
}

TEST(Retries, WaitLongerEachTimeAndEndAfterThree) {
  Polling polling;
  answer_current(polling, failing(FailureKind::http_status, 500));
  polling.poller.step({});
  const auto asked = polling.script.asked();
  ASSERT_EQ(asked.size(), 4u);
  const auto between = [&](std::size_t i) { return asked[i].at - asked[i - 1].at; };
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GE(between(i), std::chrono::milliseconds(500 << (i - 1)));
    EXPECT_LE(between(i), std::chrono::milliseconds(1000 << (i - 1)));
  }
  EXPECT_EQ(polling.self_value("opencost_exporter_poll_retries_total", Query::current), 3);
}

TEST(Retries, NotForWhatWouldNotPass) {
  for (const Reply& reply :
       {failing(FailureKind::timeout), failing(FailureKind::tls), failing(FailureKind::too_large),
        failing(FailureKind::redirect), failing(FailureKind::http_status, 401),
        failing(FailureKind::http_status, 404), failing(FailureKind::encoding),
        failing(FailureKind::credentials), Reply{"nonsense"}, Reply{samples::enveloped("[]")}}) {
    Polling polling;
    answer_current(polling, reply);
    polling.poller.step({});
    EXPECT_EQ(polling.script.asked().size(), 1u);
    EXPECT_EQ(polling.self_value("opencost_exporter_poll_retries_total", Query::current), 0);
  }
}

TEST(Retries, HonourWhatTheServerAsksForUpToTheLongestWait) {
  for (const auto& [seconds_asked, attempts] : {std::pair{7, 4}, {10, 4}, {11, 1}, {3600, 1}}) {
    SCOPED_TRACE(seconds_asked);
    Polling polling;
    Reply busy = failing(FailureKind::http_status, 503);
    busy.failure->retry_after = seconds(seconds_asked);
    answer_current(polling, busy);
    polling.poller.step({});
    const auto asked = polling.script.asked();
    ASSERT_EQ(asked.size(), static_cast<std::size_t>(attempts));
    for (std::size_t i = 1; i < asked.size(); ++i) {
      EXPECT_EQ(asked[i].at - asked[i - 1].at, seconds(seconds_asked));
    }
  }
}

TEST(Retries, CountTheBytesOfEveryAttempt) {
  Polling polling;
  answer_current(polling, {"{\"code\""});
  polling.poller.step({});
  EXPECT_EQ(polling.self_value("opencost_exporter_answer_bytes_total", Query::current), 7);
}

TEST(Backoff, ARefusedQueryWaitsAloneAndEverLonger) {
  Polling polling;
  answer_current(polling, {samples::enveloped("[]")});
  polling.run(hours(4));
  EXPECT_THAT(std::vector(waits(polling, Query::current)),
              ElementsAre(minutes(1), minutes(2), minutes(4), minutes(8), minutes(16), minutes(30),
                          minutes(30), minutes(30), minutes(30), minutes(30), minutes(30)));
  EXPECT_THAT(waits(polling, Query::assets), Each(minutes(15)));
  EXPECT_THAT(waits(polling, Query::today), Each(minutes(30)));
}

TEST(Backoff, AGoodAnswerClosesIt) {
  Polling polling;
  int asked = 0;
  polling.script.set([&](const Question& question) {
    if (question.query != Query::current) return Reply{answer(question)};
    ++asked;
    return asked <= 3 || asked == 5 ? Reply{samples::enveloped("[]")} : Reply{answer(question)};
  });
  polling.run(minutes(15));
  const auto found = waits(polling, Query::current);
  ASSERT_GE(found.size(), 5u);
  EXPECT_THAT(std::vector(found.begin(), found.begin() + 5),
              ElementsAre(minutes(1), minutes(2), minutes(4), minutes(5), minutes(1)));
}

TEST(Backoff, AnAbandonedQueryWaitsForItsIntervalAtLeast) {
  Polling polling;
  polling.script.set([](const Question&) { return failing(FailureKind::timeout); });
  polling.run(hours(3));
  const auto current = waits(polling, Query::current);
  ASSERT_GE(current.size(), 6u);
  EXPECT_THAT(
      std::vector(current.begin(), current.begin() + 6),
      ElementsAre(minutes(5), minutes(5), minutes(5), minutes(8), minutes(16), minutes(30)));
  EXPECT_THAT(waits(polling, Query::today), Each(minutes(30)));
  EXPECT_EQ(waits(polling, Query::assets).at(0), minutes(15));
}

TEST(Backoff, AnUnreachableServerHoldsBackEverything) {
  for (const FailureKind kind : {FailureKind::tls, FailureKind::credentials}) {
    Polling polling;
    polling.script.set([kind](const Question&) { return failing(kind); });
    polling.run(hours(2));
    const auto asked = polling.script.asked();
    std::vector<seconds> gaps;
    for (std::size_t i = 1; i < asked.size(); ++i) {
      gaps.push_back(std::chrono::round<seconds>(asked[i].at - asked[i - 1].at));
    }
    EXPECT_THAT(gaps, ElementsAre(minutes(1), minutes(2), minutes(4), minutes(8), minutes(16),
                                  minutes(30), minutes(30)));
  }
}

TEST(Backoff, AllThatIsOverdueIsAskedAtOnceWhenTheServerIsBack) {
  Polling polling;
  bool down = true;
  polling.script.set([&](const Question& question) {
    return down ? failing(FailureKind::connect) : Reply{answer(question)};
  });
  polling.run(minutes(20));
  const std::size_t before = polling.script.asked().size();
  EXPECT_EQ(before, 20u);  // five polls of four attempts
  down = false;
  SteadyTime next = polling.poller.step({});
  EXPECT_EQ(polling.script.asked().size(), before);  // held back
  polling.clock.sleep_until(next, {});
  for (int i = 0; i < 3; ++i)
    EXPECT_GE(next = polling.poller.step({}), polling.clock.steady() - seconds(1));
  EXPECT_EQ(polling.script.asked().size(), before + 3);
  EXPECT_EQ(polling.script.count(Query::assets), 1u);
  EXPECT_EQ(polling.script.count(Query::today), 1u);
  EXPECT_TRUE(polling.shows("opencost_node_idle_cost_per_hour"));
  for (const Query query : {Query::current, Query::assets, Query::today}) {
    EXPECT_TRUE(polling.status(query).up);
  }
}

TEST(Backoff, AServerThatIsBackStartsAfreshWhenItFailsAgain) {
  Polling polling;
  bool down = true;
  polling.script.set([&](const Question& question) {
    return down ? failing(FailureKind::tls) : Reply{answer(question)};
  });
  polling.run(minutes(16));
  down = false;
  polling.run(minutes(20));
  down = true;
  polling.run(minutes(5) + seconds(30));
  const std::size_t count = polling.script.asked().size();
  polling.run(seconds(61));
  EXPECT_EQ(polling.script.asked().size(), count + 1);
}

}  // namespace
}  // namespace exporter::poll
