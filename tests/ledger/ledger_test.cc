#include "exporter/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/temporary_directory.h"
#include "tests/ledger/days.h"

namespace exporter::ledger {
namespace {

using namespace samples;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// Everything here holds with a file and without one.
class LedgerTest : public testing::TestWithParam<bool> {
 protected:
  Options options() const {
    return {.path = GetParam() ? directory_.file("ledger.db") : "", .keep_days = 62};
  }
  /// As after a restart, where there is a file to come back from.
  void reopen() {
    if (!GetParam()) return;
    ledger_.reset();
    ledger_ = std::make_unique<Ledger>(options());
    ASSERT_EQ(ledger_->trouble(), std::nullopt);
  }
  Ledger& ledger() { return *ledger_; }

 private:
  http::TemporaryDirectory directory_;
  std::unique_ptr<Ledger> ledger_ = std::make_unique<Ledger>(options());
};

INSTANTIATE_TEST_SUITE_P(Stores, LedgerTest, testing::Values(false, true),
                         [](const auto& store) { return store.param ? "File" : "Memory"; });

TEST_P(LedgerTest, KnowsNothingAtFirst) {
  EXPECT_EQ(ledger().trouble(), std::nullopt);
  EXPECT_THAT(ledger().entries("s"), IsEmpty());
  const auto sum = ledger().sum("s", days(0, 31));
  ASSERT_TRUE(sum);
  EXPECT_THAT((*sum)->rows, IsEmpty());
  EXPECT_EQ((*sum)->window, days(0, 31));
  EXPECT_EQ((*sum)->lived.start, (*sum)->lived.end);
  EXPECT_EQ((*sum)->label_sets, std::vector<model::LabelSet>{{}});
  EXPECT_EQ(ledger().expire(day(500).start), std::nullopt);
  EXPECT_EQ(ledger().recover(), std::nullopt);
  EXPECT_EQ(ledger().figures().persistent, GetParam());
  EXPECT_EQ(ledger().figures().waiting, 0U);
}

TEST_P(LedgerTest, GivesBackEveryFieldOfAnEntry) {
  Entry entry;
  entry.window = day(0);
  entry.answered_at = SystemTime(day(1).start) + 917'345ms;
  entry.answers = 3;
  entry.settled = false;
  entry.lived = {day(0).start + 5min, day(0).end - 7min};
  entry.answer_bytes = 0xffff'ffff'ff;
  entry.rows_rejected = 17;
  entry.labels = {"", "app", "back\\slash", "line\nbreak", "team", "\xc3\xbc"};
  const Rows rows = {cpu("n", "a", 5), cpu("n", "b", -7)};
  EXPECT_EQ(ledger().record("s", entry, table(day(0), rows).get()), std::nullopt);
  Entry absent;
  absent.window = day(1);
  absent.state = State::absent;
  absent.settled = false;
  EXPECT_EQ(ledger().record("s", absent, nullptr), std::nullopt);

  reopen();
  EXPECT_THAT(ledger().entries("s"), ElementsAre(with(entry, rows), absent));
  EXPECT_EQ(ledger().entries("s").at(0).total, Cost{-2});
}

TEST_P(LedgerTest, GivesBackEveryColumnOfARow) {
  Rows rows;
  for (std::size_t i = 0; i < model::kResources; ++i) {
    Row row = cpu("n", std::string(model::kResourceNames[i]), 0);
    row.costs[i] = 1'000'000'007 * static_cast<std::int64_t>(i + 1);
    row.reported = -static_cast<std::int64_t>(i);
    rows.push_back(row);
  }
  rows.push_back({.cluster = "c1", .kind = model::RowKind::idle, .costs = {1, 2}, .reported = 3});
  rows.push_back({.cluster = "c2", .kind = model::RowKind::idle, .costs = {3, 4}, .reported = 7});
  rows.push_back({.cluster = "c1",
                  .name_space = "__unmounted__",
                  .kind = model::RowKind::unmounted,
                  .costs = {0, 0, 0, 9}});
  // Told apart by one column each.
  rows.push_back(cpu("n", "", 1));
  rows.push_back(cpu("", "n", 2));
  rows.push_back({.cluster = "n", .costs = {3}});
  rows.push_back({.cluster = "", .controller_kind = "n", .costs = {4}});
  rows.push_back({.cluster = "", .costs = {std::int64_t{1} << 60}});
  ASSERT_EQ(record(ledger(), day(0), rows), std::nullopt);

  reopen();
  sort(rows);
  EXPECT_EQ(read(ledger(), day(0)), rows);
}

TEST_P(LedgerTest, GivesBackAnyLabels) {
  const std::vector<Labels> sets = {
      {},
      {{"team", "web"}},
      {{"team", ""}},
      {{"", "web"}},
      {{"", ""}},
      {{"", ""}, {"", ""}},
      {{"a", "b"}, {"c", "d"}},
      {{"a", "b\nc\nd"}},
      {{"a\nb", "c\nd"}},
      {{"a", "\\"}},
      {{"a", "\\n"}},
      {{"a", "\n"}},
      {{"a\\", "n"}},
      {{"a", "'; DROP TABLE cost; --"}},
      {{"a", "\"=,{}%?1"}},
      {{"a", std::string("nul\0nul", 7)}},
      {{"a", "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x92\xb8"}},
      {{"a", "\xff\xfe no UTF-8"}},
      {{"a", std::string(100'000, 'x')}},
  };
  Rows rows;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    Row row = cpu("n", "w" + std::to_string(100 + i), 1);
    row.labels = sets[i];
    rows.push_back(row);
  }
  ASSERT_EQ(record(ledger(), day(0), rows), std::nullopt);

  reopen();
  EXPECT_EQ(read(ledger(), day(0)), rows);
  const auto sum = ledger().sum("s", day(0));
  EXPECT_EQ((*sum)->label_sets.size(), sets.size());
  EXPECT_THAT((*sum)->label_sets.at(0), IsEmpty());
}

TEST_P(LedgerTest, PutsAnAnswerInThePlaceOfTheLast) {
  ASSERT_EQ(record(ledger(), day(0), {cpu("n", "a", 1), cpu("n", "b", 2)}), std::nullopt);
  ASSERT_EQ(record(ledger(), day(1), {cpu("n", "a", 10)}), std::nullopt);
  Entry second = recorded(day(0));
  second.answers = 2;
  const Rows rows = {cpu("n", "b", 5), cpu("n", "c", 7)};
  ASSERT_EQ(ledger().record("s", second, table(day(0), rows).get()), std::nullopt);

  reopen();
  EXPECT_EQ(read(ledger(), day(0)), rows);
  EXPECT_EQ(read(ledger(), day(1)), Rows{cpu("n", "a", 10)});
  EXPECT_THAT(ledger().entries("s"),
              ElementsAre(with(second, rows), with(recorded(day(1)), {cpu("n", "a", 10)})));
}

TEST_P(LedgerTest, TurnsARecordedDayIntoAnAbsentOneAndBack) {
  Entry absent;
  absent.window = day(0);
  absent.state = State::absent;
  ASSERT_EQ(record(ledger(), day(0), {cpu("n", "a", 1)}), std::nullopt);
  ASSERT_EQ(ledger().record("s", absent, nullptr), std::nullopt);
  reopen();
  EXPECT_THAT(ledger().entries("s"), ElementsAre(absent));
  EXPECT_THAT(read(ledger(), day(0)), IsEmpty());

  ASSERT_EQ(record(ledger(), day(0), {cpu("n", "b", 2)}), std::nullopt);
  reopen();
  EXPECT_EQ(read(ledger(), day(0)), Rows{cpu("n", "b", 2)});
}

TEST_P(LedgerTest, KeepsNoRowsOfAnAbsentDay) {
  Entry absent;
  absent.window = day(0);
  absent.state = State::absent;
  const Table rows = table(day(0), {cpu("n", "a", 1)});
  ASSERT_EQ(ledger().record("s", absent, rows.get()), std::nullopt);
  EXPECT_THAT(ledger().entries("s"), ElementsAre(absent));
}

TEST_P(LedgerTest, KeepsADayWithoutRowsAsRecorded) {
  ASSERT_EQ(record(ledger(), day(0), {}), std::nullopt);
  reopen();
  EXPECT_THAT(ledger().entries("s"), ElementsAre(recorded(day(0))));
  EXPECT_THAT(read(ledger(), day(0)), IsEmpty());
}

TEST_P(LedgerTest, KeepsSourcesApart) {
  ASSERT_EQ(record(ledger(), day(0), {cpu("n", "a", 1)}, "one"), std::nullopt);
  ASSERT_EQ(record(ledger(), day(0), {cpu("n", "a", 2)}, "two"), std::nullopt);
  ASSERT_EQ(record(ledger(), day(1), {cpu("n", "a", 4)}, ""), std::nullopt);
  reopen();
  EXPECT_EQ(read(ledger(), days(0, 9), "one"), Rows{cpu("n", "a", 1)});
  EXPECT_EQ(read(ledger(), days(0, 9), "two"), Rows{cpu("n", "a", 2)});
  EXPECT_EQ(read(ledger(), days(0, 9), ""), Rows{cpu("n", "a", 4)});
  EXPECT_THAT(read(ledger(), days(0, 9), "ONE"), IsEmpty());
  EXPECT_THAT(ledger().entries("three"), IsEmpty());
}

TEST_P(LedgerTest, AddsUpRowsThatOnlyTheirPodsTellApart) {
  const Table rows = table(day(0), {cpu("n", "a", 1), cpu("n", "a", 2)});
  ASSERT_EQ(ledger().record("s", recorded(day(0)), rows.get()), std::nullopt);
  EXPECT_EQ(read(ledger(), day(0)), Rows{cpu("n", "a", 3)});
}

TEST_P(LedgerTest, DeletesDaysThatEndedLongAgo) {
  ASSERT_EQ(record(ledger(), day(0), {cpu("old", "gone", 1)}), std::nullopt);
  ASSERT_EQ(record(ledger(), day(1), {cpu("n", "a", 2)}), std::nullopt);
  ASSERT_EQ(record(ledger(), day(0), {cpu("n", "a", 4)}, "other"), std::nullopt);

  // 62 days after day 0 ended it is still kept; one second later it is not.
  EXPECT_EQ(ledger().expire(day(63).start), std::nullopt);
  EXPECT_EQ(ledger().entries("s").size(), 2U);
  EXPECT_EQ(ledger().expire(day(63).start + 1s), std::nullopt);
  reopen();
  EXPECT_THAT(ledger().entries("s"), ElementsAre(with(recorded(day(1)), {cpu("n", "a", 2)})));
  EXPECT_THAT(ledger().entries("other"), IsEmpty());
  EXPECT_EQ(read(ledger(), days(0, 31)), Rows{cpu("n", "a", 2)});

  // Names that went with the day come back with another.
  ASSERT_EQ(record(ledger(), day(2), {cpu("old", "gone", 8)}), std::nullopt);
  EXPECT_EQ(read(ledger(), day(2)), Rows{cpu("old", "gone", 8)});
}

}  // namespace
}  // namespace exporter::ledger
