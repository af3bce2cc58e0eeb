#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "tests/http/temporary_directory.h"
#include "tests/ledger/days.h"
#include "tests/ledger/process.h"

namespace exporter::ledger {
namespace {

using namespace samples;
using testing::ElementsAre;

const Rows kRows = {cpu("n", "a", 1), cpu("n", "b", 2)};

Rows many_rows() {
  Rows rows;
  for (int i = 0; i < 6'000; ++i) rows.push_back(cpu("n", fmt::format("w{:05}", i), i));
  return rows;
}

/// A day goes to memory because of `failure`, and from there into the file once `mend` is done.
void expect_kept_until(Ledger& ledger, const Rows& rows, const Failure& failure,
                       const std::function<void()>& mend) {
  EXPECT_EQ(record(ledger, day(5), rows), failure);
  EXPECT_EQ(ledger.trouble(), failure);
  EXPECT_EQ(read(ledger, day(5)), rows);
  EXPECT_EQ(ledger.figures().waiting, 1U);
  EXPECT_FALSE(ledger.figures().persistent);
  EXPECT_EQ(ledger.recover(), failure);
  EXPECT_EQ(ledger.figures().waiting, 1U);

  mend();
  EXPECT_EQ(ledger.recover(), std::nullopt);
  EXPECT_EQ(ledger.trouble(), std::nullopt);
  EXPECT_EQ(ledger.figures().waiting, 0U);
  EXPECT_TRUE(ledger.figures().persistent);
  EXPECT_EQ(read(ledger, day(5)), rows);
}

void expect_in_file(const std::string& path, const Rows& rows) {
  Ledger ledger({.path = path});
  ASSERT_EQ(ledger.trouble(), std::nullopt);
  EXPECT_EQ(read(ledger, day(5)), rows);
}

class TroubleTest : public testing::Test {
 protected:
  http::TemporaryDirectory directory_;
  const std::string path_ = directory_.file("ledger.db");
};

TEST_F(TroubleTest, HasANameForEachReason) {
  const auto names = [](Trouble trouble, std::string_view name) {
    EXPECT_EQ(to_string(trouble), name);
  };
  names(Trouble::in_use, "in_use");
  names(Trouble::damaged, "damaged");
  names(Trouble::newer, "newer");
  names(Trouble::read_only, "read_only");
  names(Trouble::full, "full");
  names(Trouble::io, "io");
  EXPECT_EQ(kTroubles, 6U);
}

TEST_F(TroubleTest, IsNoneForAnEmptyFile) {
  directory_.write("ledger.db", "");
  {
    Ledger ledger({.path = path_});
    EXPECT_EQ(record(ledger, day(5), kRows), std::nullopt);
    EXPECT_GT(ledger.figures().bytes, 0U);
  }
  expect_in_file(path_, kRows);
}

TEST_F(TroubleTest, MissingFolder) {
  const std::string path = directory_.file("none/ledger.db");
  {
    Ledger ledger({.path = path});
    expect_kept_until(ledger, kRows,
                      {Trouble::io, "cannot use " + path +
                                        ": unable to open database file: No such file or "
                                        "directory; see that its folder exists and its disk works"},
                      [&] { std::filesystem::create_directory(directory_.file("none")); });
  }
  expect_in_file(path, kRows);
}

TEST_F(TroubleTest, AFolderInThePlaceOfTheFile) {
  std::filesystem::create_directory(path_);
  {
    Ledger ledger({.path = path_});
    expect_kept_until(ledger, kRows,
                      {Trouble::io, "cannot use " + path_ +
                                        ": unable to open database file: Is a directory; see that "
                                        "its folder exists and its disk works"},
                      [&] { std::filesystem::remove(path_); });
  }
  expect_in_file(path_, kRows);
}

TEST_F(TroubleTest, AFolderWithoutTheRightToWriteIt) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  const std::string folder = directory_.file("none");
  const std::string path = folder + "/ledger.db";
  std::filesystem::create_directory(folder);
  std::filesystem::permissions(folder, std::filesystem::perms(0500));
  {
    Ledger ledger({.path = path});
    expect_kept_until(ledger, kRows,
                      {Trouble::read_only,
                       "cannot write " + path +
                           ": unable to open database file: Permission denied; let this process "
                           "write to it and to its folder"},
                      [&] { std::filesystem::permissions(folder, std::filesystem::perms(0700)); });
  }
  expect_in_file(path, kRows);
}

TEST_F(TroubleTest, AFileThatAnotherProcessHolds) {
  const Failure in_use = {
      Trouble::in_use,
      path_ + " is in use by another process; give each exporter a ledger of its own"};
  Child child([&](const Child::Say& say) {
    Ledger ledger({.path = path_});
    say(ledger.trouble() || record(ledger, day(1), kRows) ? 0 : 1);
    ::pause();
  });
  ASSERT_EQ(child.read(), 1);
  {
    Ledger ledger({.path = path_});
    EXPECT_EQ(ledger.trouble(), in_use);
    // The kernel lets go of what a killed process held.
    expect_kept_until(ledger, kRows, in_use, [&] { child.kill(); });
    EXPECT_EQ(ledger.entries("s").size(), 2U);
    EXPECT_EQ(read(ledger, day(1)), kRows);
  }
  expect_in_file(path_, kRows);
}

TEST_F(TroubleTest, AFileThatThisProcessHolds) {
  auto first = std::make_unique<Ledger>(Options{.path = path_});
  Ledger second({.path = path_});
  expect_kept_until(
      second, kRows,
      {Trouble::in_use,
       path_ + " is in use by another process; give each exporter a ledger of its own"},
      [&] { first.reset(); });
}

/// No file grows beyond some bytes while it lives.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() { lift(); }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

  void lift() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

TEST_F(TroubleTest, AFileThatMayNotGrow) {
  const Rows rows = many_rows();
  const Failure full = {Trouble::full, "cannot write " + path_ +
                                           ": disk I/O error: File too large; make room for it"};
  {
    Ledger ledger({.path = path_});
    ASSERT_EQ(record(ledger, day(4), kRows), std::nullopt);
    SizeLimit limit(256U << 10);
    expect_kept_until(ledger, rows, full, [&] { limit.lift(); });
    EXPECT_EQ(read(ledger, day(4)), kRows);
  }
  expect_in_file(path_, rows);
}

TEST_F(TroubleTest, StillReadsAFullFileAndWritesWhatFits) {
  const Rows rows = many_rows();
  Ledger ledger({.path = path_});
  ASSERT_EQ(record(ledger, day(4), kRows), std::nullopt);
  const SizeLimit limit(256U << 10);
  ASSERT_TRUE(record(ledger, day(5), rows));
  EXPECT_EQ(read(ledger, days(4, 6)), naive_sum({kRows, rows}));
  EXPECT_THAT(ledger.entries("s"),
              ElementsAre(with(recorded(day(4)), kRows), with(recorded(day(5)), rows)));

  EXPECT_EQ(record(ledger, day(6), kRows), std::nullopt);
  EXPECT_EQ(ledger.trouble(), std::nullopt);
  EXPECT_EQ(ledger.figures().waiting, 1U);
  // A newer answer takes the place of the one that waits, in memory and then in the file.
  ASSERT_TRUE(record(ledger, day(4), rows));
  EXPECT_EQ(ledger.figures().waiting, 2U);
  EXPECT_EQ(read(ledger, day(4)), rows);
  EXPECT_EQ(record(ledger, day(4), {cpu("n", "a", 7)}), std::nullopt);
  EXPECT_EQ(record(ledger, day(5), {cpu("n", "a", 8)}), std::nullopt);
  EXPECT_EQ(ledger.figures().waiting, 0U);
  EXPECT_EQ(read(ledger, days(4, 6)), Rows{cpu("n", "a", 15)});
}

/// A file system of its own, of some size. Only root may mount one.
class Mount {
 public:
  Mount(std::string path, const char* options) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    error_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, options) == 0 ? 0 : errno;
  }
  ~Mount() {
    if (error_ == 0) ::umount2(path_.c_str(), MNT_DETACH);
  }
  Mount(const Mount&) = delete;
  Mount& operator=(const Mount&) = delete;

  void remount(unsigned long flags, const char* options) const {
    ASSERT_EQ(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | flags, options), 0);
  }
  std::string refusal() const {
    return error_ == 0 ? "" : "cannot mount: " + std::generic_category().message(error_);
  }

 private:
  std::string path_;
  int error_ = 0;
};

TEST_F(TroubleTest, AFullDisk) {
  const Mount disk(directory_.file("disk"), "size=512k");
  if (!disk.refusal().empty()) GTEST_SKIP() << disk.refusal();
  const std::string path = directory_.file("disk/ledger.db");
  const Rows rows = many_rows();
  {
    Ledger ledger({.path = path});
    ASSERT_EQ(record(ledger, day(4), kRows), std::nullopt);
    expect_kept_until(
        ledger, rows,
        {Trouble::full, "cannot write " + path + ": database or disk is full; make room for it"},
        [&] { disk.remount(0, "size=64m"); });
    EXPECT_EQ(read(ledger, days(4, 6)), naive_sum({kRows, rows}));
  }
  expect_in_file(path, rows);
}

TEST_F(TroubleTest, ADiskWithoutRoomForTheFileAtAll) {
  const Mount disk(directory_.file("disk"), "size=8k");
  if (!disk.refusal().empty()) GTEST_SKIP() << disk.refusal();
  const std::string path = directory_.file("disk/ledger.db");
  {
    Ledger ledger({.path = path});
    expect_kept_until(
        ledger, kRows,
        {Trouble::full, "cannot write " + path + ": database or disk is full; make room for it"},
        [&] { disk.remount(0, "size=64m"); });
  }
  expect_in_file(path, kRows);
}

TEST_F(TroubleTest, ADiskThatIsReadOnly) {
  const Mount disk(directory_.file("disk"), "size=64m");
  if (!disk.refusal().empty()) GTEST_SKIP() << disk.refusal();
  const std::string path = directory_.file("disk/ledger.db");
  disk.remount(MS_RDONLY, "");
  {
    Ledger ledger({.path = path});
    expect_kept_until(
        ledger, kRows,
        {Trouble::read_only, "cannot write " + path +
                                 ": unable to open database file: Read-only file system; let this "
                                 "process write to it and to its folder"},
        [&] { disk.remount(0, ""); });
  }
  disk.remount(MS_RDONLY, "");
  {
    // Now the file exists.
    Ledger ledger({.path = path});
    expect_kept_until(ledger, kRows,
                      {Trouble::read_only,
                       "cannot write " + path +
                           ": attempt to write a readonly database; let this process write to it "
                           "and to its folder"},
                      [&] { disk.remount(0, ""); });
  }
  expect_in_file(path, kRows);
}

TEST_F(TroubleTest, AFileWithoutTheRightToWriteIt) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  { const Ledger ledger({.path = path_}); }
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  Ledger ledger({.path = path_});
  expect_kept_until(
      ledger, kRows,
      {Trouble::read_only, "cannot write " + path_ +
                               ": attempt to write a readonly database; let this process write to "
                               "it and to its folder"},
      [&] { std::filesystem::permissions(path_, std::filesystem::perms::owner_all); });
}

TEST_F(TroubleTest, MemoryOnlyWaitsForNothing) {
  Ledger ledger({});
  EXPECT_EQ(record(ledger, day(5), kRows), std::nullopt);
  EXPECT_EQ(ledger.recover(), std::nullopt);
  EXPECT_EQ(ledger.trouble(), std::nullopt);
  EXPECT_FALSE(ledger.figures().persistent);
  EXPECT_EQ(ledger.figures().waiting, 0U);
  EXPECT_EQ(ledger.figures().bytes, 0U);
  EXPECT_EQ(read(ledger, day(5)), kRows);
}

TEST_F(TroubleTest, MovesAllThatWaits) {
  const std::string path = directory_.file("none/ledger.db");
  std::mt19937 random(3);
  std::vector<Rows> all;
  Entry absent;
  absent.window = day(9);
  absent.state = State::absent;
  absent.answers = 4;
  {
    Ledger ledger({.path = path});
    for (int i = 0; i < 3; ++i) {
      all.push_back(random_rows(random, 50));
      ASSERT_TRUE(record(ledger, day(i), all.back(), i == 1 ? "other" : "s"));
    }
    ASSERT_TRUE(ledger.record("s", absent, nullptr));
    EXPECT_EQ(ledger.figures().waiting, 4U);
    std::filesystem::create_directory(directory_.file("none"));
    ASSERT_EQ(ledger.recover(), std::nullopt);
    EXPECT_EQ(ledger.figures().waiting, 0U);
  }
  Ledger ledger({.path = path});
  EXPECT_EQ(read(ledger, days(0, 9)), naive_sum({all[0], all[2]}));
  EXPECT_EQ(read(ledger, days(0, 9), "other"), all[1]);
  EXPECT_THAT(ledger.entries("s"),
              ElementsAre(with(recorded(day(0)), all[0]), with(recorded(day(2)), all[2]), absent));
}

TEST_F(TroubleTest, MemoryWinsOverTheFile) {
  const Rows rows = many_rows();
  Ledger ledger({.path = path_});
  for (int i = 0; i < 3; ++i) ASSERT_EQ(record(ledger, day(i), kRows), std::nullopt);
  Entry absent;
  absent.window = day(0);
  absent.state = State::absent;
  {
    const SizeLimit limit(256U << 10);
    ASSERT_TRUE(record(ledger, day(1), rows));
  }
  EXPECT_EQ(ledger.entries("s").size(), 3U);
  EXPECT_EQ(read(ledger, days(0, 3)), naive_sum({kRows, rows, kRows}));
  EXPECT_EQ(ledger.recover(), std::nullopt);
  EXPECT_EQ(read(ledger, days(0, 3)), naive_sum({kRows, rows, kRows}));
}

}  // namespace
}  // namespace exporter::ledger
