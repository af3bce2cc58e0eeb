#include "exporter/ledger/schema.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/http/temporary_directory.h"
#include "tests/ledger/days.h"

namespace exporter::ledger {
namespace {

using namespace samples;

constexpr std::array<std::string_view, 3> kSteps = {
    "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
    "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1",
    "UPDATE a SET y = y * 10",
};

class SchemaTest : public testing::Test {
 protected:
  std::int64_t integer(std::string_view sql) {
    const auto value = database_.integer(sql);
    return value ? *value : -1;
  }
  std::int64_t version() { return integer("PRAGMA user_version"); }

  sqlite::Database database_ = *sqlite::Database::open(":memory:");
};

TEST_F(SchemaTest, TakesEachStepOnce) {
  const std::span<const std::string_view> steps(kSteps);
  for (std::size_t count = 0; count <= steps.size(); ++count) {
    SCOPED_TRACE(count);
    ASSERT_TRUE(migrate(database_, steps.first(count)));
    EXPECT_EQ(version(), static_cast<std::int64_t>(count));
    ASSERT_TRUE(migrate(database_, steps.first(count)));
    EXPECT_EQ(version(), static_cast<std::int64_t>(count));
  }
  EXPECT_EQ(integer("SELECT y FROM a"), 20);
}

TEST_F(SchemaTest, TakesAllStepsAtOnce) {
  ASSERT_TRUE(migrate(database_, kSteps));
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(integer("SELECT y FROM a"), 20);
}

TEST_F(SchemaTest, StaysBeforeAStepThatFails) {
  const std::array<std::string_view, 3> steps = {
      kSteps[0], "UPDATE a SET x = 7; UPDATE b SET x = 1", kSteps[2]};
  const auto done = migrate(database_, steps);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "no such table: b");
  EXPECT_EQ(done.error().reason, sqlite::Reason::refused);
  EXPECT_EQ(version(), 1);
  EXPECT_EQ(integer("SELECT x FROM a"), 1);

  ASSERT_TRUE(migrate(database_, kSteps));
  EXPECT_EQ(version(), 3);
}

TEST_F(SchemaTest, MakesALedgerOfVersionZero) {
  const http::TemporaryDirectory directory;
  const std::string path = directory.file("ledger.db");
  {
    // A file with a header and without a table, as a process leaves it that ends after the first.
    auto file = sqlite::Database::open(path);
    ASSERT_TRUE(file);
    ASSERT_EQ(file->text("PRAGMA journal_mode = WAL"), "wal");
  }
  ASSERT_GT(directory.read("ledger.db").size(), 0U);
  {
    Ledger ledger({.path = path});
    ASSERT_EQ(ledger.trouble(), std::nullopt);
    ASSERT_EQ(record(ledger, day(0), {cpu("n", "a", 1)}), std::nullopt);
  }
  auto file = sqlite::Database::open(path);
  EXPECT_EQ(file->integer("PRAGMA user_version"), 2);
  EXPECT_EQ(file->integer("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(file->text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(file->integer("SELECT sum(cpu) FROM cost"), 1);
}

TEST_F(SchemaTest, ComparesTables) {
  const auto differs = [&](const std::string& change, const std::string& message) {
    SCOPED_TRACE(change);
    auto other = sqlite::Database::open(":memory:");
    ASSERT_TRUE(migrate(*other, schema_steps()));
    ASSERT_TRUE(other->execute(change));
    const auto same = compare_schema(*other, database_);
    EXPECT_EQ(same ? "" : same.error().message, message);
  };
  ASSERT_TRUE(migrate(database_, schema_steps()));
  differs("", "");
  differs("CREATE TABLE mine (x)", "");
  differs("CREATE INDEX mine ON cost (workload); ANALYZE", "");
  differs("DROP TABLE day", "its table day is missing");
  differs("DROP TABLE day; CREATE VIEW day AS SELECT 1", "its table day is missing");
  differs("DROP TABLE source; CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT)",
          "its table source has other columns");
}

}  // namespace
}  // namespace exporter::ledger
