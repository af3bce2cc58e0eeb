// What is remembered beside the days.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/ledger/schema.h"
#include "tests/http/temporary_directory.h"
#include "tests/ledger/days.h"

namespace exporter::ledger {
namespace {

using namespace samples;
using testing::IsEmpty;

class NotesTest : public testing::Test {
 protected:
  Notes remembered(Ledger& ledger, const std::string& source, std::string_view topic) {
    auto notes = ledger.remembered(source, topic);
    EXPECT_TRUE(notes) << notes.error().detail;
    return notes ? *notes : Notes{};
  }

  http::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("ledger.db");
};

TEST_F(NotesTest, OutliveTheProcess) {
  const Notes notes = {{"", "1"},
                       {"n\x1f"
                        "a",
                        "two\nlines"},
                       {"ключ", "значение"}};
  {
    Ledger ledger({.path = path_});
    EXPECT_EQ(ledger.remember("s", "watch", notes), std::nullopt);
    EXPECT_EQ(remembered(ledger, "s", "watch"), notes);
  }
  Ledger ledger({.path = path_});
  EXPECT_EQ(remembered(ledger, "s", "watch"), notes);
}

TEST_F(NotesTest, ReplaceAndDeleteOnlyTheirOwnKeys) {
  Ledger ledger({.path = path_});
  ASSERT_EQ(ledger.remember("s", "watch", {{"a", "1"}, {"b", "2"}, {"c", "3"}}), std::nullopt);
  ASSERT_EQ(ledger.remember("s", "watch", {{"b", ""}, {"c", "4"}, {"gone", ""}}), std::nullopt);
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}, {"c", "4"}}));
  ASSERT_EQ(ledger.remember("s", "watch", {}), std::nullopt);
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}, {"c", "4"}}));
}

TEST_F(NotesTest, AreApartBySourceAndTopic) {
  Ledger ledger({.path = path_});
  ASSERT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), std::nullopt);
  ASSERT_EQ(ledger.remember("s", "policies", {{"a", "2"}}), std::nullopt);
  ASSERT_EQ(ledger.remember("t", "watch", {{"a", "3"}}), std::nullopt);
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}}));
  EXPECT_EQ(remembered(ledger, "s", "policies"), (Notes{{"a", "2"}}));
  EXPECT_EQ(remembered(ledger, "t", "watch"), (Notes{{"a", "3"}}));
  EXPECT_THAT(remembered(ledger, "t", "policies"), IsEmpty());
  EXPECT_THAT(remembered(ledger, "u", "watch"), IsEmpty());
}

TEST_F(NotesTest, HaveNothingToDoWithDays) {
  Ledger ledger({.path = path_, .keep_days = 62});
  ASSERT_EQ(record(ledger, day(0), {cpu("n", "a", 1)}), std::nullopt);
  ASSERT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), std::nullopt);
  ASSERT_EQ(ledger.expire(day(1000).start), std::nullopt);
  EXPECT_THAT(ledger.entries("s"), IsEmpty());
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}}));
}

TEST_F(NotesTest, AreNotKeptWithoutAPath) {
  Ledger ledger({});
  EXPECT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), std::nullopt);
  EXPECT_THAT(remembered(ledger, "s", "watch"), IsEmpty());
}

TEST_F(NotesTest, SayWhyTheyWereNotKept) {
  directory_.write("ledger.db", "no database at all");
  Ledger ledger({.path = path_});
  ASSERT_TRUE(ledger.trouble());
  EXPECT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), ledger.trouble());
  EXPECT_THAT(remembered(ledger, "s", "watch"), IsEmpty());
  std::filesystem::remove(path_);
  ASSERT_EQ(ledger.recover(), std::nullopt);
  EXPECT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), std::nullopt);
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}}));
}

TEST_F(NotesTest, AreWrittenWholeOrNotAtAll) {
  const auto sql = [&](const std::string& text) {
    auto file = sqlite::Database::open(path_);
    ASSERT_TRUE(file && file->execute(text));
  };
  {
    Ledger ledger({.path = path_});
    ASSERT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), std::nullopt);
  }
  sql("CREATE TRIGGER no BEFORE INSERT ON note WHEN new.key = 'b' "
      "BEGIN SELECT raise(ABORT, 'not b'); END");
  {
    Ledger ledger({.path = path_});
    EXPECT_NE(ledger.remember("s", "watch", {{"a", "2"}, {"b", "2"}}), std::nullopt);
  }
  sql("DROP TRIGGER no");
  Ledger ledger({.path = path_});
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}}));
}

TEST_F(NotesTest, FindTheirPlaceInALedgerOfVersionOne) {
  {
    auto file = sqlite::Database::open(path_);
    ASSERT_TRUE(file);
    ASSERT_EQ(file->text("PRAGMA journal_mode = WAL"), "wal");
    ASSERT_TRUE(migrate(*file, schema_steps().first(1)));
    ASSERT_TRUE(file->execute(
        "INSERT INTO source VALUES (1, 's');"
        "INSERT INTO workload VALUES (1, 'c', 'n', 'deployment', 'a', 0, 2000000000);"
        "INSERT INTO label_set VALUES (1, '', 2000000000);"
        "INSERT INTO day VALUES (1, 1, 1772323200, 1772409600, 0, 1772500000000, 2, 1, 1772323200, "
        "1772409600, 900, 0, '', 1, 5);"
        "INSERT INTO cost VALUES (1, 1, 1, 5, 0, 0, 0, 0, 0, 0, 0, 5);"
        "INSERT INTO cluster_total VALUES (1, 'c', 5, 0, 0, 0, 0, 0, 0, 0, 5)"));
    ASSERT_EQ(file->integer("PRAGMA user_version"), 1);
  }
  Ledger ledger({.path = path_});
  ASSERT_EQ(ledger.trouble(), std::nullopt);
  const auto entries = ledger.entries("s");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().window, day(0));
  EXPECT_EQ(entries.front().total, Cost{5});
  const auto sum = ledger.sum("s", day(0));
  ASSERT_TRUE(sum) << sum.error().detail;
  ASSERT_EQ((*sum)->rows.size(), 1U);
  EXPECT_EQ((*sum)->rows.front().costs[model::Resource::cpu], Cost{5});
  EXPECT_EQ(ledger.remember("s", "watch", {{"a", "1"}}), std::nullopt);
  EXPECT_EQ(remembered(ledger, "s", "watch"), (Notes{{"a", "1"}}));
}

}  // namespace
}  // namespace exporter::ledger
