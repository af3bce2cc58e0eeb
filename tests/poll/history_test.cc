// Which finished days are asked for and when, and what the periods say of them.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using model::Period;
using model::Window;
using opencost::Query;
using opencost::Question;
using samples::AnswerOptions;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

std::chrono::sys_days date(int month, int day) {
  return std::chrono::sys_days(std::chrono::year(2026) / month / day);
}

/// A poller whose days are answered, on a clock that jumps.
struct Filling : samples::Polling {
  explicit Filling(SystemTime start = samples::morning(), std::optional<int> backfill_days = 3,
                   seconds utc_offset = seconds(0))
      : samples::Polling(start, opencost::Alignment::rolling, rules(utc_offset)) {
    options.backfill_days = backfill_days;
    options.schedule.calendar.utc_offset = utc_offset;
    options.max_age = hours(2);
    publisher.adopt(options);
    script.set([this](const Question& question) {
      const auto found = answers.find(question.window.start);
      if (question.query == Query::day && found != answers.end()) return found->second(question);
      return samples::Reply{samples::answer(question)};
    });
  }

  static Schedule rules(seconds utc_offset) {
    Schedule made = steady_rules();
    made.calendar.utc_offset = utc_offset;
    return made;
  }

  using Answer = std::function<samples::Reply(const Question&)>;
  void answer(std::chrono::sys_seconds day, Answer with) { answers[day] = std::move(with); }
  static Answer of(const AnswerOptions& what) {
    return [what](const Question& question) {
      return samples::Reply{samples::answer(question, what)};
    };
  }
  static Answer nothing(const std::string& data) {
    return [data](const Question&) { return samples::Reply{samples::enveloped(data)}; };
  }

  /// The days asked for, as `03-09`, in order.
  std::vector<std::string> days_asked() const {
    std::vector<std::string> out;
    for (const samples::Asked& one : script.asked()) {
      if (one.question.query != Query::day) continue;
      EXPECT_EQ(one.question.window.end - one.question.window.start, days(1));
      out.push_back(model::format_time(one.question.window.start).substr(5, 5));
    }
    return out;
  }
  /// When the days were asked for, as `10T00:15`.
  std::vector<std::string> times_asked() const {
    std::vector<std::string> out;
    for (const samples::Asked& one : script.asked()) {
      if (one.question.query != Query::day) continue;
      out.push_back(model::format_time(std::chrono::floor<seconds>(one.at)).substr(8, 8));
    }
    return out;
  }
  const cost::PeriodCost& period(Period which) {
    publisher.expire();
    held = latest();
    return held->report.sources.at(0).period(which);
  }
  double total(Period which) {
    const auto& costs = period(which).costs;
    return costs ? costs->clusters.at(0).costs.total().amount() : -1;
  }
  double coverage(Period which) { return period(which).coverage.ratio(); }
  double days_in(std::string_view state) const {
    const std::string series =
        fmt::format("opencost_exporter_ledger_entries{{cluster=\"eu\",state=\"{}\"}} ", state);
    const std::string text = self.render(metrics::Format::text);
    return std::stod(text.substr(text.find(series) + series.size()));
  }

  std::map<std::chrono::sys_seconds, Answer> answers;
};

TEST(History, FillsTheLedgerNewestFirst) {
  Filling it;
  it.run(minutes(1));
  EXPECT_THAT(it.days_asked(), ElementsAre("03-09", "03-08", "03-07"));
  EXPECT_EQ(it.days_in("recorded"), 3);
  EXPECT_EQ(it.days_in("missing"), 0);
  EXPECT_THAT(it.events.lines(log::Level::info),
              testing::Contains("ledger is filled cluster=eu days=3 of=3 absent=0"));
}

TEST(History, FillsBackToTheFirstOfLastMonth) {
  Filling it(samples::morning(), std::nullopt);
  it.run(minutes(5));
  const auto asked = it.days_asked();
  ASSERT_EQ(asked.size(), 28u + 9u);
  EXPECT_EQ(asked.front(), "03-09");
  EXPECT_EQ(asked.back(), "02-01");
  EXPECT_EQ(it.coverage(Period::last_month), 1);
  EXPECT_EQ(it.total(Period::last_month), 28 * 2);
}

TEST(History, AsksForNoDayWhenNoneIsWanted) {
  Filling it(samples::morning(), 0);
  it.run(days(3));
  EXPECT_THAT(it.days_asked(), IsEmpty());
}

TEST(History, LetsEverythingElseGoFirst) {
  Filling it;
  it.run(minutes(1));
  const auto queries = it.script.queries();
  ASSERT_GT(queries.size(), 3u);
  EXPECT_THAT(std::vector(queries.begin(), queries.begin() + 3),
              ElementsAre(Query::current, Query::assets, Query::today));
}

TEST(History, RestsTwiceAsLongAsADayTook) {
  Filling it(samples::morning(), 10);
  it.script.set([&](const Question& question) {
    if (question.query == Query::day) it.clock.advance(seconds(7));
    return samples::Reply{samples::answer(question)};
  });
  it.run(minutes(2));
  std::vector<SystemTime> asked;
  for (const auto& one : it.script.asked()) {
    if (one.question.query == Query::day) asked.push_back(one.at);
  }
  ASSERT_GT(asked.size(), 4u);
  for (std::size_t i = 1; i < asked.size(); ++i) EXPECT_EQ(asked[i] - asked[i - 1], seconds(21));
}

TEST(History, AsksForADayAtAQuarterPastMidnightAndAgainAtSix) {
  Filling it(date(3, 10) + hours(23), 1);
  it.run(days(1) + hours(8));
  EXPECT_THAT(it.days_asked(), ElementsAre("03-09", "03-10", "03-10", "03-11", "03-11"));
  // The first of them had long been over when the exporter started.
  EXPECT_EQ(it.times_asked().at(1), "11T00:15");
  EXPECT_EQ(it.times_asked().at(2), "11T06:00");
}

TEST(History, TakesLateDataAndCountsTheChange) {
  Filling it(date(3, 10) + hours(23) + minutes(59), 1);
  double cpu = 1;
  it.answer(date(3, 10), [&](const Question& question) {
    return samples::Reply{samples::answer(question, {.cpu = std::exchange(cpu, 1.5)})};
  });
  it.run(hours(1));
  EXPECT_EQ(it.total(Period::yesterday), 2);
  it.run(hours(6));
  EXPECT_EQ(it.total(Period::yesterday), 3);
  EXPECT_THAT(
      it.self.render(metrics::Format::text),
      testing::HasSubstr("opencost_exporter_ledger_entries_changed_total{cluster=\"eu\"} 1\n"));
  EXPECT_THAT(it.events.lines(log::Level::info),
              testing::Contains("late data changed a day cluster=eu day=2026-03-10 cost=3.00000 "
                                "cost_before=2.00000"));
}

TEST(History, AnEqualSecondAnswerIsNoChange) {
  Filling it(date(3, 10) + hours(23) + minutes(59), 1);
  it.run(hours(8));
  EXPECT_THAT(it.days_asked(), ElementsAre("03-09", "03-10", "03-10"));
  EXPECT_THAT(
      it.self.render(metrics::Format::text),
      testing::HasSubstr("opencost_exporter_ledger_entries_changed_total{cluster=\"eu\"} 0\n"));
}

class EmptyDay : public testing::TestWithParam<std::string> {};

TEST_P(EmptyDay, IsAbsentAndNotZeroAndAskedForTwice) {
  Filling it;
  it.answer(date(3, 8), Filling::nothing(GetParam()));
  it.run(hours(5));
  EXPECT_THAT(it.days_asked(), ElementsAre("03-09", "03-08", "03-07"));
  EXPECT_EQ(it.days_in("absent"), 1);
  EXPECT_EQ(it.days_in("recorded"), 2);
  EXPECT_NEAR(it.coverage(Period::last_7_days), 2.0 / 7, 1e-12);
  it.run(days(2));
  const auto asked = it.days_asked();
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "03-08"), 2);
  EXPECT_EQ(it.self_value("opencost_exporter_poll_failures_total", Query::day, "empty"), 0);
}
INSTANTIATE_TEST_SUITE_P(Shapes, EmptyDay, testing::Values("[]", "[{}]", "[null]"));

TEST(History, ASecondAnswerMayStillFillAnEmptyDay) {
  Filling it;
  bool first = true;
  it.answer(date(3, 8), [&](const Question& question) {
    if (std::exchange(first, false)) return samples::Reply{samples::enveloped("[{}]")};
    return samples::Reply{samples::answer(question)};
  });
  it.run(hours(7));
  EXPECT_EQ(it.days_in("absent"), 0);
  EXPECT_EQ(it.days_in("recorded"), 3);
}

TEST(History, FarFewerRowsThanTheDayBesideAreAskedForAgain) {
  Filling it;
  for (int day : {9, 7}) it.answer(date(3, day), Filling::of({.rows = 50}));
  it.answer(date(3, 8), Filling::of({.rows = 9}));
  it.run(hours(12));
  EXPECT_THAT(it.days_asked(), ElementsAre("03-09", "03-08", "03-07", "03-08"));
}

TEST(History, ASecondAnswerWithFarFewerRowsIsNotBelieved) {
  Filling it(date(3, 10) + hours(23) + minutes(59), 1);
  int rows = 50;
  it.answer(date(3, 10), [&](const Question& question) {
    return samples::Reply{samples::answer(question, {.rows = std::exchange(rows, 9)})};
  });
  it.run(days(1));
  EXPECT_EQ(it.total(Period::yesterday), 50);
  EXPECT_THAT(it.days_asked(), ElementsAre("03-09", "03-10", "03-10"));
  EXPECT_THAT(it.events.lines(), ElementsAre("second answer for a day not believed cluster=eu "
                                             "day=2026-03-10 rows=9 rows_before=50"));
}

TEST(History, ARecordedDayIsNotForgottenBecauseOpenCostForgetsIt) {
  Filling it(date(3, 10) + hours(23) + minutes(59), 1);
  bool first = true;
  it.answer(date(3, 10), [&](const Question& question) {
    if (std::exchange(first, false)) return samples::Reply{samples::answer(question, {.rows = 12})};
    return samples::Reply{samples::enveloped("[{}]")};
  });
  it.run(days(1));
  EXPECT_EQ(it.days_in("recorded"), 1);
  EXPECT_EQ(it.total(Period::yesterday), 12);
}

TEST(History, ADayThatFailsDoesNotHoldUpTheOthers) {
  Filling it;
  it.answer(date(3, 9), [](const Question&) { return samples::Reply{"{}"}; });
  it.run(minutes(10));
  const auto asked = it.days_asked();
  EXPECT_THAT(asked, ElementsAre("03-09", "03-08", "03-07"));
  EXPECT_EQ(it.days_in("missing"), 1);
  it.run(minutes(30));
  EXPECT_EQ(it.days_asked().size(), 4u) << "and is tried again half an hour later";
}

TEST(History, ADayThatAlwaysFailsIsAskedForEverLessOften) {
  Filling it;
  it.answer(date(3, 8), [](const Question&) { return samples::Reply{"{}"}; });
  it.run(days(1));
  std::vector<minutes> gaps;
  std::optional<SystemTime> last;
  for (const samples::Asked& one : it.script.asked()) {
    if (one.question.query != Query::day || one.question.window.start != date(3, 8)) continue;
    if (last) gaps.push_back(std::chrono::floor<minutes>(one.at - *last));
    last = one.at;
  }
  EXPECT_THAT(gaps, ElementsAre(minutes(30), minutes(60), minutes(120), minutes(240), minutes(360),
                                minutes(360)));
}

TEST(History, ADayThatWasGivenUpIsLeftTimeToEnd) {
  Filling it;
  it.script.set([&](const Question& question) {
    if (question.query != Query::day) return samples::Reply{samples::answer(question)};
    it.clock.advance(minutes(4));
    return samples::failing(http::FailureKind::timeout);
  });
  it.run(minutes(20));
  std::vector<SystemTime> asked;
  for (const auto& one : it.script.asked()) {
    if (one.question.query == Query::day) asked.push_back(one.at);
  }
  ASSERT_GE(asked.size(), 2u);
  // OpenCost goes on working on it.
  EXPECT_GE(asked[1] - asked[0], minutes(12));
}

TEST(History, PartOfADayIsCoveredInPart) {
  Filling it(samples::morning(), 1);
  // As where retention ends in the middle of it.
  it.answer(date(3, 9), [](const Question& question) {
    Question half = question;
    half.window.start += hours(12);
    return samples::Reply{samples::answer(half)};
  });
  it.run(minutes(1));
  EXPECT_EQ(it.coverage(Period::yesterday), 0.5);
}

TEST(History, TodayStandsForYesterdayUntilItsOwnAnswerComes) {
  Filling it(date(3, 10) + hours(23) + minutes(50), 1);
  it.answer(date(3, 10), [](const Question&) { return samples::Reply{"{}"}; });
  it.run(minutes(9));
  EXPECT_EQ(it.total(Period::today), 2);
  it.run(minutes(2));
  EXPECT_EQ(it.total(Period::today), -1);
  EXPECT_EQ(it.total(Period::yesterday), 2);
  // Asked for at 23:50, up to 23:40; its rows end there, within two steps of nothing.
  EXPECT_NEAR(it.coverage(Period::yesterday), (24 * 60 - 20) / (24.0 * 60), 1e-12);
}

TEST(History, NothingIsSilentlyPartial) {
  Filling it(samples::morning(), 3);
  it.run(minutes(1));
  // Nine days are over, and ten hours of the tenth; three days and the tenth are known.
  EXPECT_NEAR(it.coverage(Period::month_to_date), (3 * 24 + 10.0) / (9 * 24 + 10), 1e-12);
  EXPECT_EQ(it.total(Period::month_to_date), 4 * 2);
  EXPECT_NEAR(it.coverage(Period::last_7_days), 3.0 / 7, 1e-12);
  EXPECT_EQ(it.coverage(Period::last_month), 0);
  EXPECT_EQ(it.total(Period::last_month), -1);
}

TEST(History, TimeWithoutAnAnswerForTodayIsNotKnown) {
  Filling it(samples::morning(), 3);
  it.run(minutes(1));
  it.script.set([](const Question&) { return samples::failing(http::FailureKind::connect); });
  it.run(hours(6));
  EXPECT_EQ(it.coverage(Period::today), 0);
  EXPECT_NEAR(it.coverage(Period::month_to_date), (3 * 24) / (9.0 * 24 + 16), 1e-12);
}

TEST(History, DaysBeginWhereTheCalendarSays) {
  Filling it(date(3, 10) + hours(22) + minutes(30), 1, hours(2));
  it.run(minutes(1));
  // There it is half past midnight on the 11th.
  const auto asked = it.script.asked();
  const auto day = std::find_if(asked.begin(), asked.end(), [](const samples::Asked& one) {
    return one.question.query == Query::day;
  });
  ASSERT_NE(day, asked.end());
  EXPECT_EQ(day->question.window, (Window{date(3, 9) + hours(22), date(3, 10) + hours(22)}));
  EXPECT_EQ(it.coverage(Period::yesterday), 1);
}

TEST(History, ANewCalendarKnowsNothingOfTheDaysOfTheOld) {
  Filling it(samples::morning(), 3);
  it.run(minutes(1));
  it.options.schedule.calendar.utc_offset = hours(1);
  it.publisher.adopt(it.options);
  EXPECT_EQ(it.coverage(Period::last_7_days), 0);
  EXPECT_EQ(it.days_in("missing"), 3);
}

TEST(History, LabelsAreKnownOnlyForDaysThatRecordedThem) {
  Filling it(samples::morning(), 1);
  it.options.schedule.labels = {"team"};
  it.publisher.adopt(it.options);
  it.run(minutes(1));
  const auto& by_label = it.period(Period::month_to_date).by_label;
  // The poller of this test asked without labels; only what the publisher was told of counts.
  ASSERT_TRUE(by_label.contains("team"));
  EXPECT_EQ(by_label.at("team").known, hours(10));
}

/// A process with a ledger file: its poller asks until nothing is due.
std::vector<std::string> days_asked_by_a_process(const std::string& path, SystemTime start) {
  samples::JumpingClock clock(start);
  samples::Script script(clock);
  samples::Events events;
  metrics::SelfMetrics self(start);
  ledger::Ledger ledger({.path = path});
  EXPECT_FALSE(ledger.trouble().has_value());
  History history(ledger, self, events.sink());
  Board board;
  Publisher publisher(clock, history, ledger, self, board, events.sink());
  PublisherOptions options;
  options.sources = {"eu"};
  options.backfill_days = 3;
  publisher.adopt(options);
  Collections collections(clock);
  Poller poller(samples::Polling::make_source(opencost::Alignment::rolling),
                samples::Polling::steady_rules(), {}, clock,
                std::make_unique<samples::ScriptedTransport>(script), history, publisher,
                collections, events.sink(), 1);
  for (int i = 0; i < 10; ++i) poller.step({});
  EXPECT_TRUE(board.latest()->sources.at(0).queries.at(static_cast<std::size_t>(Query::day)).up);
  std::vector<std::string> out;
  for (const samples::Asked& one : script.asked()) {
    if (one.question.query != Query::day) continue;
    out.push_back(model::format_time(one.question.window.start).substr(5, 5));
  }
  return out;
}

TEST(History, RemembersAcrossRestarts) {
  std::string folder = testing::TempDir() + "history_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/ledger.db";
  const SystemTime start = samples::morning();
  EXPECT_THAT(days_asked_by_a_process(path, start), ElementsAre("03-09", "03-08", "03-07"));
  EXPECT_THAT(days_asked_by_a_process(path, start + hours(1)), IsEmpty());
  EXPECT_THAT(days_asked_by_a_process(path, start + days(2)), ElementsAre("03-11", "03-10"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace exporter::poll
