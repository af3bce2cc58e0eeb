#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/temporary_directory.h"
#include "tests/ledger/days.h"

namespace exporter::ledger {
namespace {

using namespace samples;
using namespace std::chrono_literals;
using testing::IsEmpty;

class SumTest : public testing::Test {
 protected:
  http::TemporaryDirectory directory_;
  Ledger ledger_{{.path = directory_.file("ledger.db")}};
};

TEST_F(SumTest, AddsUpAnyDaysAsTheyAddUpByHand) {
  std::mt19937 random(20260301);
  std::vector<Rows> all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(random_rows(random, 20 + static_cast<std::size_t>(i) * 15));
    ASSERT_EQ(record(ledger_, day(i), all.back()), std::nullopt);
  }
  for (int first = 0; first < 12; ++first) {
    for (int end = first; end <= 12; ++end) {
      SCOPED_TRACE(testing::Message() << "days " << first << " to " << end);
      const std::vector<Rows> some(all.begin() + first, all.begin() + end);
      ASSERT_EQ(read(ledger_, days(first, end)), naive_sum(some));
    }
  }
}

TEST_F(SumTest, IsATableAsTablesAre) {
  std::mt19937 random(7);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(record(ledger_, day(i), random_rows(random, 200)), std::nullopt);
  }
  const Table sum = *ledger_.sum("s", days(0, 3));
  EXPECT_EQ(sum->window, days(0, 3));
  EXPECT_EQ(sum->rejected_total, 0);
  const auto key = [](const model::Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  EXPECT_TRUE(std::is_sorted(sum->rows.begin(), sum->rows.end(),
                             [&](const auto& a, const auto& b) { return key(a) < key(b); }));
  EXPECT_THAT(sum->label_sets.at(0), IsEmpty());
  for (std::size_t i = 0; i < sum->label_sets.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(sum->label_sets[i], sum->label_sets[j]);
  }
}

TEST_F(SumTest, HasARowForEachLabelSetOfAWorkload) {
  Row web = cpu("n", "a", 1);
  web.labels = {{"team", "web"}};
  Row shop = cpu("n", "a", 2);
  shop.labels = {{"team", "shop"}};
  Row none = cpu("n", "a", 4);
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(record(ledger_, day(i), {std::array{web, shop, none}.at(static_cast<size_t>(i) % 3)}),
              std::nullopt);
  }
  web.costs[0] = web.reported = 2;
  shop.costs[0] = shop.reported = 4;
  none.costs[0] = none.reported = 8;
  EXPECT_EQ(read(ledger_, days(0, 6)), (Rows{none, shop, web}));
}

TEST_F(SumTest, TakesWholeDaysOnly) {
  for (int i = 0; i < 4; ++i)
    ASSERT_EQ(record(ledger_, day(i), {cpu("n", "a", 1 << i)}), std::nullopt);
  const auto sums_to = [&](model::Window window, std::int64_t expected) {
    SCOPED_TRACE(model::format_time(window.start) + " to " + model::format_time(window.end));
    EXPECT_EQ(total(read(ledger_, window)), expected);
  };
  sums_to(days(0, 4), 15);
  sums_to(days(1, 3), 6);
  sums_to(days(-9, 40), 15);
  sums_to(days(2, 2), 0);
  sums_to(days(3, 1), 0);
  sums_to({day(1).start, day(2).end - 1s}, 2);
  sums_to({day(1).start, day(2).end + 1s}, 6);
  sums_to({day(1).start + 1s, day(3).end}, 0);
  sums_to({day(1).start - 1s, day(3).end}, 0);
  sums_to(days(4, 8), 0);
}

TEST_F(SumTest, LeavesDaysOfAnotherCalendarAlone) {
  const model::Window there = {day(1).start - 1h, day(2).start - 1h};
  ASSERT_EQ(record(ledger_, day(1), {cpu("n", "a", 1)}), std::nullopt);
  ASSERT_EQ(record(ledger_, there, {cpu("n", "a", 2)}), std::nullopt);
  EXPECT_EQ(total(read(ledger_, days(0, 9))), 1);
  EXPECT_EQ(total(read(ledger_, {day(0).start - 1h, day(9).start - 1h})), 2);
  EXPECT_EQ(ledger_.entries("s").size(), 2U);
}

TEST_F(SumTest, LivedFromTheFirstDayToTheLast) {
  const auto lived = [&](int number, model::Window alive) {
    Entry entry = recorded(day(number));
    entry.lived = alive;
    ASSERT_EQ(ledger_.record("s", entry, table(day(number), {cpu("n", "a", 1)}).get()),
              std::nullopt);
  };
  const model::Window none = {day(0).end, day(0).start};  // as a table without a running row has it
  lived(0, none);
  lived(1, {day(1).start + 5min, day(1).end - 1h});
  lived(2, {day(2).start + 1h, day(2).end - 2h});
  lived(3, {day(3).start, day(3).start});

  const auto all = (*ledger_.sum("s", days(0, 4)))->lived;
  EXPECT_EQ(all.start, day(1).start + 5min);
  EXPECT_EQ(all.end, day(2).end - 2h);
  EXPECT_EQ((*ledger_.sum("s", day(2)))->lived.start, day(2).start + 1h);
  const auto nothing = (*ledger_.sum("s", day(0)))->lived;
  EXPECT_EQ(nothing.start, nothing.end);
}

TEST_F(SumTest, OutlivesItsLedger) {
  Table sum;
  {
    Ledger ledger({});
    Row row = cpu("name space", "controller", 1);
    row.labels = {{"team", "web"}};
    ASSERT_EQ(record(ledger, day(0), {row}), std::nullopt);
    sum = *ledger.sum("s", day(0));
    ASSERT_EQ(record(ledger, day(0), {}), std::nullopt);
  }
  EXPECT_EQ(rows_of(*sum).at(0).name_space, "name space");
  EXPECT_EQ(rows_of(*sum).at(0).labels, (Labels{{"team", "web"}}));
}

}  // namespace
}  // namespace exporter::ledger
