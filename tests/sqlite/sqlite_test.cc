#include "exporter/sqlite/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/http/temporary_directory.h"

namespace exporter::sqlite {
namespace {

using namespace std::string_view_literals;
using testing::ElementsAre;

class SqliteTest : public testing::Test {
 protected:
  Database open(const std::string& path = ":memory:") {
    auto database = Database::open(path);
    EXPECT_TRUE(database) << database.error().message;
    return *std::move(database);
  }
  std::vector<std::int64_t> values(Database& database) {
    std::vector<std::int64_t> values;
    auto select = database.prepare("SELECT x FROM t ORDER BY x");
    while (*select->step()) values.push_back(select->integer(0));
    return values;
  }
  static std::string refusal(const Outcome<void>& outcome) {
    return outcome ? "" : outcome.error().message;
  }

  http::TemporaryDirectory directory_;
};

TEST_F(SqliteTest, GivesBackWhatWasBound) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a, b)"));
  auto insert = database.prepare("INSERT INTO t VALUES (?1, ?2)");
  ASSERT_TRUE(insert);
  constexpr std::array kTexts = {"web"sv,          ""sv,    "nul\0nul"sv, "'; --"sv,
                                 "\xe2\x82\xac"sv, "\xff"sv};
  for (const std::string_view text : kTexts) {
    insert->bind(1, std::int64_t{1} << 62);
    insert->bind(2, text);
    ASSERT_TRUE(insert->run());
  }
  insert->bind(1, std::string_view());
  insert->bind_null(2);
  ASSERT_TRUE(insert->run());

  auto select = database.prepare("SELECT a, b, typeof(b) FROM t ORDER BY rowid");
  ASSERT_TRUE(select);
  for (const std::string_view text : kTexts) {
    ASSERT_TRUE(*select->step());
    EXPECT_EQ(select->integer(0), std::int64_t{1} << 62);
    EXPECT_EQ(select->text(1), text);
    EXPECT_EQ(select->text(2), "text");
    EXPECT_FALSE(select->is_null(1));
  }
  ASSERT_TRUE(*select->step());
  EXPECT_FALSE(select->is_null(0));  // empty, which is not absent
  EXPECT_TRUE(select->is_null(1));
  EXPECT_EQ(select->text(1), "");
  EXPECT_FALSE(*select->step());
  // At its end it begins anew.
  EXPECT_TRUE(*select->step());
  select->reset();
}

TEST_F(SqliteTest, GivesTheFirstColumnOfTheFirstRow) {
  Database database = open();
  EXPECT_EQ(database.integer("SELECT 7, 8 UNION ALL SELECT 9, 10"), 7);
  EXPECT_EQ(database.text("SELECT 'a' || char(0) || 'b'"), "a\0b"sv);
  ASSERT_TRUE(database.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)"));
  EXPECT_EQ(database.last_insert_id(), 2);

  const auto none = database.integer("SELECT x FROM t WHERE x > 2");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "no row from SELECT x FROM t WHERE x > 2");
  EXPECT_EQ(none.error().reason, Reason::refused);
  EXPECT_EQ(database.text("SELECT").error().message, "incomplete input");
}

TEST_F(SqliteTest, RefusesSqlThatDoesNotFit) {
  Database database = open();
  ASSERT_TRUE(
      database.execute("CREATE TABLE u (x INTEGER UNIQUE) STRICT; INSERT INTO u VALUES(1)"));
  const auto refused = [&](const std::string& sql, int code, std::string_view message) {
    SCOPED_TRACE(sql);
    const auto done = database.execute(sql);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().reason, Reason::refused);
    EXPECT_EQ(done.error().code, code);
    EXPECT_EQ(done.error().message, message);
  };
  refused("SELECT * FROM v", 1, "no such table: v");
  refused("SELECT y FROM u", 1, "no such column: y");
  refused("SELEKT 1", 1, "near \"SELEKT\": syntax error");
  refused("INSERT INTO u VALUES (1)", 19, "UNIQUE constraint failed: u.x");
  refused("INSERT INTO u VALUES ('a')", 19, "cannot store TEXT value in INTEGER column u.x");
  refused("COMMIT", 1, "cannot commit - no transaction is active");
  EXPECT_EQ(database.execute("INSERT INTO u VALUES (1)").error().extended, 19 | (8 << 8));
  EXPECT_EQ(database.prepare("SELECT 1 FROM v").error().message, "no such table: v");
}

TEST_F(SqliteTest, FailsWhileStepping) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (x INTEGER UNIQUE)"));
  auto insert = database.prepare("INSERT INTO t VALUES (?1)");
  insert->bind(1, std::int64_t{1});
  ASSERT_TRUE(insert->run());
  EXPECT_EQ(refusal(insert->run()), "UNIQUE constraint failed: t.x");
  // It can be used again after that.
  insert->bind(1, std::int64_t{2});
  EXPECT_EQ(refusal(insert->run()), "");
  auto overflow = database.prepare("SELECT sum(x + 9223372036854775800) FROM t");
  const auto row = overflow->step();
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().message, "integer overflow");
}

TEST_F(SqliteTest, CommitsWholeTransactionsOnly) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (x)"));
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
    ASSERT_TRUE(transaction->commit());
  }
  {
    const auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (2)"));
    EXPECT_EQ(Transaction::begin(database).error().message,
              "cannot start a transaction within a transaction");
  }
  {
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (3)"));
    ASSERT_TRUE(database.execute("ROLLBACK"));
    EXPECT_EQ(refusal(transaction->commit()), "cannot commit - no transaction is active");
  }
  EXPECT_THAT(values(database), ElementsAre(1));
}

TEST_F(SqliteTest, MovesItsHandles) {
  const std::string path = directory_.file("t.db");
  Database database = open(path);
  ASSERT_TRUE(database.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)"));
  auto first = database.prepare("SELECT x FROM t");
  Statement second = *std::move(first);
  Database moved = std::move(database);
  EXPECT_TRUE(*second.step());
  second = *moved.prepare("SELECT x + 1 FROM t");
  EXPECT_TRUE(*second.step());
  EXPECT_EQ(second.integer(0), 2);
  moved = open();
  second.reset();
  EXPECT_FALSE(moved.integer("SELECT x FROM t"));
}

TEST_F(SqliteTest, WaitsForNobody) {
  const std::string path = directory_.file("t.db");
  Database one = open(path), two = open(path);
  ASSERT_TRUE(one.execute("CREATE TABLE t (x)"));
  const auto transaction = Transaction::begin(one);
  ASSERT_TRUE(transaction);
  const auto second = Transaction::begin(two);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::busy);
  EXPECT_EQ(second.error().code, 5);
  EXPECT_EQ(second.error().message, "database is locked");
}

TEST_F(SqliteTest, SaysWhyAFileCannotBeOpened) {
  const auto refused = [&](const std::string& path, Reason reason, std::string_view message) {
    SCOPED_TRACE(path);
    auto database = Database::open(path);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().reason, reason);
    EXPECT_EQ(database.error().message, message);
  };
  refused(directory_.file("none/t.db"), Reason::io,
          "unable to open database file: No such file or directory");
  refused(directory_.path(), Reason::io, "unable to open database file: Is a directory");
  directory_.write("file", "");
  refused(directory_.file("file/t.db"), Reason::io,
          "unable to open database file: Not a directory");
}

TEST_F(SqliteTest, SaysWhatIsNoDatabase) {
  Database database = open(directory_.write("t.db", std::string(5000, 'x')));
  const auto version = database.integer("PRAGMA user_version");
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().reason, Reason::damaged);
  EXPECT_EQ(version.error().code, 26);
  EXPECT_EQ(version.error().message, "file is not a database");
}

TEST_F(SqliteTest, SaysThatThereIsNoRoom) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (x); PRAGMA max_page_count = 4"));
  const auto done = database.execute("INSERT INTO t VALUES (zeroblob(100000))");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, Reason::full);
  EXPECT_EQ(done.error().message, "database or disk is full");
}

TEST_F(SqliteTest, KeepsALogIfAskedTo) {
  const std::string path = directory_.file("t.db");
  const auto write = [&](bool keep) {
    Database database = open(path);
    database.keep_log(keep);
    ASSERT_EQ(database.text("PRAGMA journal_mode = WAL"), "wal");
    ASSERT_TRUE(database.execute("CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1)"));
  };
  write(true);
  EXPECT_GT(std::filesystem::file_size(path + "-wal"), 0U);
  write(false);
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  Database database = open(path);
  EXPECT_THAT(values(database), ElementsAre(1, 1));
}

}  // namespace
}  // namespace exporter::sqlite
