// The process is killed again and again while it writes days, and nothing it had reported as
// written is ever missing, doubled or mixed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <utility>

#include "tests/ledger/days.h"
#include "tests/ledger/process.h"

namespace exporter::ledger {
namespace {

using namespace samples;

// In each of six tests.
constexpr int kKills = 40;
constexpr int kDays = 7;

/// The writes follow from their number alone, so that both processes know them. Numbers begin at 1.
struct Write {
  explicit Write(std::int64_t number) : random(static_cast<unsigned>(number)) {
    day_number = static_cast<int>(random() % kDays);
    entry = recorded(day(day_number));
    entry.answer_bytes = static_cast<std::uint64_t>(number);
    // From a row or none to transactions of some hundred pages.
    const std::size_t count = std::array{0U, 1U, 40U, 300U, 1000U}.at(random() % 5);
    for (std::size_t i = 0; i < count; ++i) {
      Row row = cpu(fmt::format("n{}", i % 7), fmt::format("w{:05}-{}", i, random() % 3),
                    static_cast<std::int64_t>(random() % 1'000'000));
      if (i % 4 == 0) row.labels = {{"write", fmt::format("{}", number % 50)}};
      rows.push_back(row);
    }
    sort(rows);
  }

  std::mt19937 random;
  int day_number = 0;
  Entry entry;
  Rows rows;
};

/// The kernel kills this process after that time, whatever it does then.
void arm(std::chrono::microseconds after) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer{};
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(after.count() / 1'000'000);
  when.it_value.tv_nsec = static_cast<long>(after.count() % 1'000'000 * 1000);
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
      ::timer_settime(timer, 0, &when, nullptr) != 0) {
    ::_exit(2);
  }
}

/// Writes days from number `next` on until it is killed, and says each number once it is written.
/// The end is drawn: while it opens the ledger for the first time, or within some writes after the
/// first, however long they take here.
void write_days(const std::string& path, std::int64_t next, std::mt19937 random,
                const Child::Say& say) {
  using std::chrono::microseconds;
  const auto up_to = [&](microseconds longest) {
    return microseconds(
        std::uniform_int_distribution<std::int64_t>(1, 1 + longest.count())(random));
  };
  bool armed = random() % 4 == 0;
  if (armed) arm(up_to(microseconds(20'000)));
  // Closing and opening again are moments to be killed at, too.
  while (true) {
    Ledger ledger({.path = path});
    if (ledger.trouble()) ::_exit(3);
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      const Write write(next);
      if (ledger.record("s", write.entry, table(write.entry.window, write.rows).get())) ::_exit(4);
      say(next++);
      const auto took = std::chrono::steady_clock::now() - begin;
      if (!std::exchange(armed, true)) {
        arm(up_to(
            std::min(2 * std::chrono::duration_cast<microseconds>(took), microseconds(40'000))));
      }
    }
  }
}

/// A killed process loses nothing that the kernel has, so it matters little what the kernel does
/// with it; in memory there are many more writes a second to be killed in.
class FastFolder {
 public:
  FastFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = ::access(memory.c_str(), W_OK) == 0;
    path_ = (usable ? memory : std::filesystem::temp_directory_path()) / "exporter-ledger-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~FastFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FastFolder(const FastFolder&) = delete;
  FastFolder& operator=(const FastFolder&) = delete;

  std::string file(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

 private:
  std::string path_;
};

class KillTest : public testing::TestWithParam<unsigned> {
 protected:
  /// Lets a child write from where the last one was killed, and says how far it came for sure.
  void run_child(unsigned seed) {
    Child child(
        [&](const Child::Say& say) { write_days(path_, done_ + 1, std::mt19937(seed), say); });
    while (const auto number = child.read()) {
      ASSERT_EQ(*number, done_ + 1);
      written();
    }
    ASSERT_EQ(child.wait(), SIGKILL);
  }

  /// One more write is done.
  void written() {
    const auto write = std::make_shared<const Write>(++done_);
    last_[write->day_number] = write;
  }

  void check() {
    Ledger ledger({.path = path_});
    ASSERT_EQ(ledger.trouble(), std::nullopt);
    std::map<int, Entry> found;
    const auto begun = static_cast<std::uint64_t>(done_ + 1);
    for (const Entry& entry : ledger.entries("s")) {
      const auto number = std::chrono::floor<std::chrono::days>(entry.window.start - day(0).start);
      ASSERT_TRUE(found.emplace(static_cast<int>(number.count()), entry).second);
      // It may have been written and only not been reported yet.
      if (entry.answer_bytes == begun) {
        written();
        ++unreported_;
      }
    }
    ASSERT_EQ(found.size(), last_.size());
    for (const auto& [number, write] : last_) {
      SCOPED_TRACE(fmt::format("day {} by write {}", number, write->entry.answer_bytes));
      ASSERT_TRUE(found.contains(number));
      ASSERT_EQ(found.at(number), with(write->entry, write->rows));
      ASSERT_EQ(read(ledger, day(number)), write->rows);
    }
  }

  FastFolder directory_;
  const std::string path_ = directory_.file("ledger.db");
  std::int64_t done_ = 0;
  std::map<int, std::shared_ptr<const Write>> last_;  // by day
  int unreported_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Seeds, KillTest, testing::Range(1U, 7U));

TEST_P(KillTest, LosesNothingThatWasWritten) {
  std::mt19937 random(GetParam());
  int with_log = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    SCOPED_TRACE(fmt::format("kill {}", kill));
    ASSERT_NO_FATAL_FAILURE(run_child(static_cast<unsigned>(random())));
    std::error_code error;
    if (std::filesystem::file_size(path_ + "-wal", error) > 0 && !error) ++with_log;
    ASSERT_NO_FATAL_FAILURE(check());
  }
  // Most left work behind that was not yet in the file itself.
  EXPECT_GT(with_log, kKills / 10);
  EXPECT_GT(done_, kKills / 2);
  RecordProperty("writes", std::to_string(done_));
  RecordProperty("killed_with_log", with_log);
  RecordProperty("unreported", unreported_);
}

}  // namespace
}  // namespace exporter::ledger
