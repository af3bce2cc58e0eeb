#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "exporter/sqlite/sqlite.h"
#include "tests/http/temporary_directory.h"
#include "tests/ledger/days.h"

namespace exporter::ledger {
namespace {

using namespace samples;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kAdvice = "; move it away or restore it";

class DamageTest : public testing::Test {
 protected:
  // Days that fill many pages, and a file that was closed in order.
  DamageTest() {
    std::mt19937 random(5);
    Ledger ledger({.path = path_});
    for (int i = 0; i < 4; ++i) {
      rows_.push_back(random_rows(random, 300));
      EXPECT_EQ(record(ledger, day(i), rows_.back()), std::nullopt);
    }
  }

  std::string bytes() const { return directory_.read("ledger.db"); }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  void overwrite(std::size_t at, std::string_view with) const {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << with;
  }
  void sql(const std::string& statements) const {
    auto database = sqlite::Database::open(path_);
    ASSERT_TRUE(database);
    const auto done = database->execute(statements);
    ASSERT_TRUE(done) << done.error().message;
  }

  /// The file as it is now is refused, and nothing that is done to the ledger changes it.
  void expect_refused(Trouble trouble, const testing::Matcher<std::string>& detail) {
    const std::string before = bytes();
    const auto files_before = files();
    {
      Ledger ledger({.path = path_});
      ASSERT_TRUE(ledger.trouble());
      EXPECT_EQ(ledger.trouble()->trouble, trouble);
      EXPECT_THAT(ledger.trouble()->detail, detail);
      EXPECT_THAT(ledger.entries("s"), IsEmpty());
      EXPECT_EQ(record(ledger, day(9), {cpu("n", "a", 1)}), ledger.trouble());
      EXPECT_EQ(ledger.recover(), ledger.trouble());
      EXPECT_EQ(ledger.expire(day(5000).start), std::nullopt);
      EXPECT_FALSE(ledger.figures().persistent);
      EXPECT_EQ(ledger.figures().bytes, before.size());
    }
    EXPECT_TRUE(bytes() == before);
    EXPECT_EQ(files(), files_before);
  }
  std::string refusal(std::string_view what) const {
    return fmt::format("cannot use {}: {}{}", path_, what, kAdvice);
  }

  http::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("ledger.db");
  std::vector<Rows> rows_;
};

TEST_F(DamageTest, IsNotSeenWhereThereIsNone) {
  EXPECT_THAT(files(), ElementsAre("ledger.db"));
  EXPECT_GT(bytes().size(), 64U << 10);
  Ledger ledger({.path = path_});
  EXPECT_EQ(ledger.trouble(), std::nullopt);
  EXPECT_EQ(read(ledger, days(0, 4)), naive_sum(rows_));
}

TEST_F(DamageTest, RefusesWhatIsNoLedger) {
  const auto refused = [&](std::string_view content, std::string_view what) {
    SCOPED_TRACE(content.substr(0, 20));
    directory_.write("ledger.db", content);
    expect_refused(Trouble::damaged, refusal(what));
  };
  const std::string whole = bytes();

  refused("x", "file is not a database");
  refused("not a database, but text that somebody keeps here\n", "file is not a database");
  refused(std::string(8192, '\0'), "file is not a database");
  refused("SQLite format 3", "it is cut off after 15 bytes");
  refused(whole.substr(0, 50), "it is cut off after 50 bytes");
  refused("sqlite" + whole.substr(6), "file is not a database");
  // A page size that does not exist, and a format yet to come.
  refused(whole.substr(0, 16) + "\x10\x01" + whole.substr(18),
          fmt::format("it is cut off after {} bytes", whole.size()));
  refused(whole.substr(0, 18) + "\x03\x03" + whole.substr(20), "file is not a database");
}

TEST_F(DamageTest, RefusesAFileThatWasCutOff) {
  const std::string whole = bytes();
  const auto refused = [&](std::size_t length) {
    SCOPED_TRACE(length);
    directory_.write("ledger.db", std::string_view(whole).substr(0, length));
    expect_refused(Trouble::damaged, testing::AllOf(StartsWith("cannot use " + path_ + ": "),
                                                    testing::EndsWith(std::string(kAdvice))));
  };
  refused(4096);
  refused(12'288);
  refused(whole.size() / 2);
  refused(whole.size() - 4096);
  refused(whole.size() - 1);
}

TEST_F(DamageTest, RefusesPagesThatDoNotFitTogether) {
  const std::string whole = bytes();
  int refused = 0;
  // The first bytes of a page say what is in it.
  for (std::size_t at = 4096; at < whole.size(); at += 4096) {
    SCOPED_TRACE(at);
    directory_.write("ledger.db", whole);
    overwrite(at, std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff", 8));
    expect_refused(Trouble::damaged, StartsWith("cannot use " + path_ + ": "));
    ++refused;
  }
  EXPECT_GT(refused, 20);
}

// Whatever byte is changed, the ledger says damaged or tells no other amounts.
TEST_F(DamageTest, NeverAddsUpToAnotherAmount) {
  const std::string whole = bytes();
  std::mt19937 random(11);
  int noticed = 0;
  for (int i = 0; i < 150; ++i) {
    const auto at = std::uniform_int_distribution<std::size_t>(100, whole.size() - 1)(random);
    const auto flip = static_cast<char>(1 << (random() % 8));
    SCOPED_TRACE(fmt::format("byte {} with {:02x}", at, static_cast<unsigned char>(flip)));
    directory_.write("ledger.db", whole);
    overwrite(at, std::string(1, static_cast<char>(whole[at] ^ flip)));
    Ledger ledger({.path = path_});
    const auto sum = ledger.sum("s", days(0, 4));
    if (ledger.trouble()) {
      ASSERT_THAT(ledger.trouble()->trouble, testing::AnyOf(Trouble::damaged, Trouble::newer));
      ++noticed;
      continue;
    }
    ASSERT_TRUE(sum);
    std::int64_t expected = 0;
    for (const Entry& entry : ledger.entries("s")) {
      if (entry.window.start >= day(0).start && entry.window.end <= day(4).start &&
          (entry.window.start - day(0).start) % std::chrono::days(1) == std::chrono::seconds(0) &&
          entry.state == State::recorded) {
        expected += entry.total.micros;
      }
    }
    ASSERT_EQ(total(rows_of(**sum)), expected);
  }
  EXPECT_GT(noticed, 50);
}

TEST_F(DamageTest, RefusesTablesThatAreNotItsOwn) {
  const std::string whole = bytes();
  const auto refused = [&](const std::string& change, std::string_view what) {
    SCOPED_TRACE(change);
    directory_.write("ledger.db", whole);
    ASSERT_NO_FATAL_FAILURE(sql(change));
    expect_refused(Trouble::damaged, refusal(what));
  };

  refused("PRAGMA application_id = 7", "it belongs to another program (application_id 7)");
  refused("PRAGMA application_id = 0", "it belongs to another program (application_id 0)");
  refused("PRAGMA user_version = -1", "its schema version is -1");
  refused("PRAGMA user_version = 0", "table source already exists");
  refused("DROP TABLE cost", "its table cost is missing");
  refused("DROP TABLE cluster_total", "its table cluster_total is missing");
  refused("ALTER TABLE cluster_total RENAME TO totals", "its table cluster_total is missing");
  refused("ALTER TABLE day ADD COLUMN more INTEGER", "its table day has other columns");
  refused("ALTER TABLE cost DROP COLUMN gpu", "its table cost has other columns");
}

TEST_F(DamageTest, RefusesAnotherProgramsDatabase) {
  std::filesystem::remove(path_);
  sql("CREATE TABLE mine (value TEXT); INSERT INTO mine VALUES ('precious')");
  expect_refused(Trouble::damaged, refusal("it belongs to another program (application_id 0)"));
  std::filesystem::remove(path_);
  sql("PRAGMA journal_mode = WAL; CREATE TABLE mine (value TEXT)");
  expect_refused(Trouble::damaged, refusal("it belongs to another program (application_id 0)"));
  std::filesystem::remove(path_);
  sql("PRAGMA user_version = 3");
  expect_refused(Trouble::damaged, refusal("it belongs to another program (application_id 0)"));
}

TEST_F(DamageTest, RefusesWhatALaterVersionWrote) {
  sql("PRAGMA user_version = 3");
  expect_refused(Trouble::newer,
                 fmt::format("cannot use {}: a later version of this program wrote it (schema 3, "
                             "known up to 2); run that version or name another file",
                             path_));
}

TEST_F(DamageTest, LeavesTheLogOfARefusedFileToWhoeverCanReadIt) {
  std::string log;
  {
    auto database = sqlite::Database::open(path_);
    ASSERT_TRUE(database);
    database->keep_log(true);
    ASSERT_TRUE(database->execute("PRAGMA user_version = 3"));
  }
  log = directory_.read("ledger.db-wal");
  ASSERT_FALSE(log.empty());
  const std::string before = bytes();
  {
    const Ledger ledger({.path = path_});
    ASSERT_TRUE(ledger.trouble());
    EXPECT_EQ(ledger.trouble()->trouble, Trouble::newer);
    EXPECT_EQ(ledger.figures().bytes, before.size() + log.size());
  }
  EXPECT_TRUE(directory_.read("ledger.db-wal") == log);
  EXPECT_TRUE(bytes() == before);
}

TEST_F(DamageTest, IsFoundWhereRowsAndTotalsDiffer) {
  const std::string whole = bytes();
  const auto found = [&](const std::string& change, const testing::Matcher<std::string>& what) {
    SCOPED_TRACE(change);
    directory_.write("ledger.db", whole);
    ASSERT_NO_FATAL_FAILURE(sql(change));
    const std::string before = bytes();
    {
      Ledger ledger({.path = path_});
      ASSERT_EQ(ledger.trouble(), std::nullopt);
      const auto sum = ledger.sum("s", days(0, 4));
      ASSERT_FALSE(sum);
      EXPECT_EQ(sum.error().trouble, Trouble::damaged);
      EXPECT_THAT(sum.error().detail, what);
      EXPECT_EQ(ledger.trouble(), sum.error());
      // From here on there is memory only, until the file is repaired.
      EXPECT_THAT(ledger.entries("s"), IsEmpty());
      EXPECT_TRUE(ledger.sum("s", days(0, 4)));
      EXPECT_EQ(record(ledger, day(9), {cpu("n", "a", 1)}), sum.error());
      ASSERT_TRUE(ledger.recover());
      EXPECT_EQ(ledger.recover()->trouble, Trouble::damaged);
      EXPECT_TRUE(bytes() == before);

      directory_.write("ledger.db", whole);
      EXPECT_EQ(ledger.recover(), std::nullopt);
      EXPECT_EQ(ledger.entries("s").size(), 5U);
    }
    Ledger again({.path = path_});
    EXPECT_EQ(read(again, days(0, 4)), naive_sum(rows_));
    EXPECT_EQ(read(again, day(9)), Rows{cpu("n", "a", 1)});
  };
  const std::string first = "(SELECT id FROM day ORDER BY starts LIMIT 1)";
  const auto adds_up = [&](std::int64_t by) {
    const double wrong = static_cast<double>(total(rows_[0]) + by) / 1e6;
    const double right = static_cast<double>(total(rows_[0])) / 1e6;
    return refusal(fmt::format(
        "the rows of the day from 2026-03-01T00:00:00Z add up to {} and not to {} as recorded",
        wrong, right));
  };
  const std::string clusters = refusal(
      "the rows of 4 days from 2026-03-01T00:00:00Z do not add up to the totals of "
      "clusters");
  const std::string one =
      " WHERE (day, workload) IN (SELECT day, workload FROM cost WHERE day = " + first +
      " LIMIT 1)";

  found("UPDATE cost SET memory = memory + 1" + one, adds_up(1));
  found("UPDATE cost SET cpu = cpu - 1, gpu = gpu - 4" + one, adds_up(-5));
  found("UPDATE day SET total = total - 1 WHERE id = " + first,
        HasSubstr("the rows of the day from 2026-03-01T00:00:00Z add up to "));
  found("DELETE FROM cost WHERE day = " + first, adds_up(-total(rows_[0])));
  found("UPDATE cost SET external = 9223372036854775807", HasSubstr(" add up to "));
  found("UPDATE cost SET cpu = cpu - 1, gpu = gpu + 1" + one, clusters);
  found("UPDATE cost SET reported_total = reported_total + 1" + one, clusters);
  found("UPDATE cluster_total SET shared = shared + 1 WHERE day = " + first, clusters);
  found("DELETE FROM cluster_total", clusters);
  found("UPDATE workload SET cluster = 'c9' WHERE id = 1", clusters);
  found("DELETE FROM workload WHERE id = 3",
        refusal("its workload 3 is missing or makes no sense"));
  found("UPDATE workload SET kind = 3 WHERE id = 3",
        refusal("its workload 3 is missing or makes no sense"));
  found("DELETE FROM label_set WHERE id = 2",
        refusal("its label set 2 is missing or makes no sense"));
  found("UPDATE label_set SET labels = 'team' WHERE id = 2",
        refusal("its label set 2 is missing or makes no sense"));
  found("UPDATE label_set SET labels = 'team' || char(10) WHERE id = 2",
        refusal("its label set 2 is missing or makes no sense"));
  found("UPDATE day SET state = 2 WHERE id = 1", refusal("its day 1 makes no sense"));
  found("UPDATE day SET ends = starts WHERE id = 1", refusal("its day 1 makes no sense"));
  found("UPDATE day SET labels = '\\' WHERE id = 1", refusal("its day 1 makes no sense"));
}

TEST_F(DamageTest, IsFoundByEntriesToo) {
  sql("UPDATE day SET state = -1 WHERE id = 2");
  Ledger ledger({.path = path_});
  EXPECT_THAT(ledger.entries("s"), IsEmpty());
  EXPECT_EQ(ledger.trouble(), (Failure{Trouble::damaged, refusal("its day 2 makes no sense")}));
}

TEST_F(DamageTest, IsOverOnceTheFileIsMovedAway) {
  directory_.write("ledger.db", "garbage");
  Ledger ledger({.path = path_});
  ASSERT_TRUE(ledger.trouble());
  ASSERT_TRUE(record(ledger, day(0), {cpu("n", "a", 1)}));
  std::filesystem::rename(path_, path_ + ".bad");
  EXPECT_EQ(ledger.recover(), std::nullopt);
  EXPECT_EQ(ledger.trouble(), std::nullopt);
  EXPECT_TRUE(ledger.figures().persistent);
  EXPECT_EQ(read(ledger, day(0)), Rows{cpu("n", "a", 1)});
  EXPECT_EQ(directory_.read("ledger.db.bad"), "garbage");
}

}  // namespace
}  // namespace exporter::ledger
