// Several sources publish while readers read.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/poll/scripted.h"

namespace exporter::poll {
namespace {

using opencost::Query;
using opencost::Question;
using samples::at;

TEST(Board, HoldsNothingBeforeTheFirst) {
  const Board board;
  EXPECT_EQ(board.latest(), nullptr);
}

std::shared_ptr<const Publication> publication(std::uint64_t generation) {
  auto out = std::make_shared<Publication>();
  out->generation = generation;
  return out;
}

TEST(Board, ReadersKeepWhatTheyTook) {
  Board board;
  board.put(publication(1));
  const auto taken = board.latest();
  board.put(publication(2));
  EXPECT_EQ(taken->generation, 1u);
  EXPECT_EQ(board.latest()->generation, 2u);
}

// The page says of each cluster what the report says.
bool agree(const Publication& publication) {
  std::string text;
  for (const std::string& block : publication.page->text()) text += block;
  std::size_t clusters = 0;
  for (const cost::SourceReport& source : publication.report.sources) {
    if (!source.current) continue;
    for (const cost::ClusterCost& cluster : source.current->clusters) {
      ++clusters;
      const std::string line =
          fmt::format("opencost_cluster_cost_per_hour{{cluster=\"{}\",resource=\"cpu\"}} {}\n",
                      cluster.cluster, cluster.costs[model::Resource::cpu].micros / 1'000'000);
      if (text.find(line) == std::string::npos) return false;
    }
  }
  std::size_t lines = 0;
  for (std::size_t found = 0;
       (found = text.find("opencost_cluster_cost_per_hour{", found)) != std::string::npos;
       ++found) {
    ++lines;
  }
  return lines == 2 * clusters;
}

TEST(Board, GenerationsRiseAndPageAndReportAgreeWhileManyWrite) {
  const std::vector<std::string> sources = {"a", "b", "c"};
  samples::Publishing<ManualClock> it(samples::morning(), sources);
  std::atomic<int> writing = static_cast<int>(sources.size());
  std::vector<std::thread> threads;
  threads.reserve(sources.size() + 2);
  for (const std::string& source : sources) {
    threads.emplace_back([&, source] {
      for (int i = 1; i <= 60; ++i) {
        const Question question{Query::current, {at(9), at(10)}};
        Observation observation{.source = source,
                                .question = question,
                                .fetched_at = it.clock.now(),
                                .outcome = PollFailure{"parse", ""}};
        if (i % 4 != 0) {
          observation.outcome = samples::allocations(
              question, {.cluster = source, .rows = 1 + i % 3, .cpu = 1.0 * i});
        }
        it.publisher.observe(observation);
        if (i % 10 == 0) it.publisher.expire();
        if (i % 20 == 0 && source == "a") it.publisher.adopt(it.options);
      }
      --writing;
    });
  }
  std::atomic<int> wrong = 0;
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      std::uint64_t last = 0;
      while (writing > 0) {
        const auto publication = it.board.latest();
        if (publication->generation < last || !agree(*publication)) ++wrong;
        last = publication->generation;
        static_cast<void>(it.publisher.next_expiry());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(agree(*it.latest()));
  // The first publication, 180 observations, 18 expiries, 3 adoptions: none was lost.
  EXPECT_EQ(it.latest()->generation, 1u + 180 + 18 + 3);
}

}  // namespace
}  // namespace exporter::poll
