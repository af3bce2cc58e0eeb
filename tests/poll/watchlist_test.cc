// What is remembered of workloads when the ledger works, and when it does not.
#include "exporter/poll/watchlist.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/http/temporary_directory.h"
#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using samples::Events;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

// The hour that begins so many hours after the morning's, with these idle workloads in it.
std::shared_ptr<const cost::Breakdown> window(int hour, const std::vector<const char*>& idle) {
  auto table = std::make_shared<model::AllocationTable>();
  table->window = table->lived = {samples::at(hour), samples::at(hour + 1)};
  for (const char* name : idle) {
    model::Allocation& row = table->rows.emplace_back();
    row.cluster = "eu";
    row.name_space = "n";
    row.pod = name;
    row.controller_kind = "deployment";
    row.controller = name;
    row.hours = 1;
    row.cpu = {1, 1, 0.01F};
    row.memory = {1e9F, 1e9F, 1e6F};
    row.costs[model::Resource::cpu] = {50'000};
  }
  model::Allocation& busy =
      table->rows.emplace_back(table->rows.empty() ? model::Allocation{} : table->rows.front());
  busy.cluster = "eu";
  busy.name_space = busy.pod = busy.controller = "z";
  busy.controller_kind = "deployment";
  busy.hours = 1;
  busy.cpu = {1, 1, 0.9F};
  busy.memory = {1e9F, 1e9F, 9e8F};
  return std::make_shared<const cost::Breakdown>(cost::break_down(table));
}

const std::vector<cost::Policy> kPolicies = {
    {.name = "any", .idle_for = hours(2), .cooldown = hours(3)}};

struct WatchlistTest : testing::Test {
  std::vector<std::string> matched(Watchlist& list, int hour,
                                   const std::vector<const char*>& idle) {
    std::vector<std::string> names;
    const auto status = list.take("eu", window(hour, idle)).at(0);
    for (const auto& match : status->matches) {
      names.emplace_back(match.workload.name);
    }
    return names;
  }
  Watchlist list(ledger::Ledger& ledger) {
    Watchlist made(ledger, self, events.sink());
    made.adopt({"eu"}, kPolicies, 0.05);
    return made;
  }
  double failures() const {
    const std::string text = self.render(metrics::Format::text);
    const std::string series = R"(opencost_exporter_ledger_failures_total{reason="damaged"} )";
    const std::size_t at = text.find(series);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size()));
  }

  http::TemporaryDirectory directory;
  const std::string path = directory.file("ledger.db");
  metrics::SelfMetrics self{samples::morning()};
  Events events;
};

TEST_F(WatchlistTest, GoesOnWhereAnotherProcessEnded) {
  {
    ledger::Ledger ledger({.path = path});
    Watchlist first = list(ledger);
    EXPECT_THAT(matched(first, 10, {"a", "b"}), IsEmpty());
  }
  ledger::Ledger ledger({.path = path});
  Watchlist second = list(ledger);
  EXPECT_THAT(matched(second, 11, {"a"}), ElementsAre("a"));  // b is gone
  EXPECT_THAT(matched(second, 12, {"a", "b"}), ElementsAre("a"));
  EXPECT_THAT(events.lines(), IsEmpty());
}

TEST_F(WatchlistTest, ForgetsSourcesThatAreGoneButTheLedgerDoesNot) {
  ledger::Ledger ledger({.path = path});
  Watchlist kept = list(ledger);
  matched(kept, 10, {"a"});
  kept.adopt({"us"}, kPolicies, 0.05);
  kept.adopt({"eu"}, kPolicies, 0.05);
  EXPECT_THAT(matched(kept, 11, {"a"}), ElementsAre("a"));
}

TEST_F(WatchlistTest, TheSameWindowAgainChangesNothing) {
  ledger::Ledger ledger({.path = path});
  Watchlist kept = list(ledger);
  for (int i = 0; i < 5; ++i) EXPECT_THAT(matched(kept, 10, {"a"}), IsEmpty());
  EXPECT_THAT(matched(kept, 11, {"a"}), ElementsAre("a"));
  kept.adopt({"eu"}, {}, 0.05);
  EXPECT_THAT(kept.take("eu", window(11, {"a"})), IsEmpty());
}

TEST_F(WatchlistTest, WithoutAFileItRemembersAsLongAsItLives) {
  ledger::Ledger ledger({});
  Watchlist kept = list(ledger);
  EXPECT_THAT(matched(kept, 10, {"a"}), IsEmpty());
  EXPECT_THAT(matched(kept, 11, {"a"}), ElementsAre("a"));
  EXPECT_EQ(failures(), 0);
}

TEST_F(WatchlistTest, AFileThatComesBackHoldsWhatIsTrueNow) {
  {
    ledger::Ledger ledger({.path = path});
    Watchlist first = list(ledger);
    matched(first, 10, {"a", "old"});
  }
  std::filesystem::rename(path, path + ".good");
  directory.write("ledger.db", "no database at all");
  {
    ledger::Ledger ledger({.path = path});
    Watchlist second = list(ledger);
    EXPECT_THAT(matched(second, 11, {"a"}), IsEmpty());
    EXPECT_THAT(matched(second, 12, {"a"}), ElementsAre("a"));
    EXPECT_GE(failures(), 2);
    EXPECT_THAT(events.lines(), SizeIs(1));
    EXPECT_THAT(events.lines().front(),
                StartsWith("what is seen of workloads is not kept over a restart reason=damaged"));
    std::filesystem::rename(path + ".good", path);
    ASSERT_EQ(ledger.recover(), std::nullopt);
    EXPECT_THAT(matched(second, 13, {"a"}), ElementsAre("a"));
  }
  ledger::Ledger ledger({.path = path});
  const auto notes = ledger.remembered("eu", "workloads");
  ASSERT_TRUE(notes);
  for (const auto& [key, text] : *notes) {
    EXPECT_EQ(key.find("old"), std::string::npos);
  }
  Watchlist third = list(ledger);
  // Idle for three hours: since the second process first saw it, not since the first did.
  const auto status = third.take("eu", window(14, {"a"})).at(0);
  ASSERT_THAT(status->matches, SizeIs(1));
  EXPECT_EQ(status->matches.front().idle_since, samples::at(11));
}

TEST_F(WatchlistTest, NotesThatMakeNoSenseAreSaidAndLeftOut) {
  ledger::Ledger ledger({.path = path});
  ASSERT_EQ(ledger.remember("eu", "workloads", {{"what", "ever"}, {"x\x1fy", "1 2 3"}}),
            std::nullopt);
  Watchlist kept = list(ledger);
  EXPECT_THAT(events.lines(),
              ElementsAre("what the ledger remembers of some workloads makes no sense, these are "
                          "seen anew cluster=eu workloads=2"));
  EXPECT_THAT(matched(kept, 10, {"a"}), IsEmpty());
}

}  // namespace
}  // namespace exporter::poll
