#include "exporter/web/queue.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

namespace exporter::web {
namespace {

bool yes() { return true; }
bool no() { return false; }
void nothing(const std::stop_token&) {}

// Keeps a thread of a queue busy until it is let go, or at the latest when the queue ends.
class Busy {
 public:
  explicit Busy(Queue& queue) {
    EXPECT_TRUE(queue.add(yes, [state = state_](const std::stop_token& stop) {
      const std::stop_callback at_the_end(stop, [&] { state->let_go(); });
      state->began.count_down();
      state->go.wait();
    }));
    state_->began.wait();
  }
  ~Busy() { state_->let_go(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

  void let_go() { state_->let_go(); }

 private:
  // Of the job, too, which may end later.
  struct State {
    void let_go() {
      if (!gone.exchange(true)) go.count_down();
    }
    std::latch began{1}, go{1};
    std::atomic<bool> gone = false;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

TEST(Queue, DoesWhatItTakesInTheOrderInWhichItCame) {
  constexpr int kJobs = 100;
  std::vector<int> done;
  std::latch all(kJobs);
  Queue queue(1, kJobs);
  for (int i = 0; i < kJobs; ++i) {
    EXPECT_TRUE(queue.add(yes, [&, i](const std::stop_token& stop) {
      EXPECT_FALSE(stop.stop_requested());
      done.push_back(i);
      all.count_down();
    }));
  }
  all.wait();
  ASSERT_EQ(done.size(), std::size_t{kJobs});
  for (int i = 0; i < kJobs; ++i) EXPECT_EQ(done[static_cast<std::size_t>(i)], i);
}

TEST(Queue, RefusesWhatFindsItFullAndDoesNotAskForTheClaim) {
  for (const std::size_t most : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    SCOPED_TRACE(most);
    std::size_t done = 0;
    const auto count = [&](const std::stop_token&) { ++done; };
    Queue queue(1, most);
    std::optional<Busy> busy;
    if (most > 0) busy.emplace(queue);
    for (std::size_t i = 0; i < most; ++i) EXPECT_TRUE(queue.add(yes, count));
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(queue.add(
          [] {
            ADD_FAILURE() << "there is no room for it";
            return true;
          },
          [](const std::stop_token&) { ADD_FAILURE() << "was refused"; }));
    }
    queue.stop();
    EXPECT_EQ(done, most);
  }
}

TEST(Queue, HasRoomAgainOnceAJobBegins) {
  std::latch began(1), go(1);
  Queue queue(1, 1);
  Busy first(queue);
  ASSERT_TRUE(queue.add(yes, [&](const std::stop_token&) {
    began.count_down();
    go.wait();
  }));
  EXPECT_FALSE(queue.add(yes, nothing));
  first.let_go();
  began.wait();
  EXPECT_TRUE(queue.add(yes, nothing));
  EXPECT_FALSE(queue.add(yes, nothing));
  go.count_down();
}

TEST(Queue, RefusesWhatIsNotClaimedAndKeepsItsRoom) {
  constexpr std::size_t kMost = 3;
  std::size_t done = 0;
  Queue queue(1, kMost);
  const Busy busy(queue);
  for (std::size_t i = 0; i <= kMost; ++i) {
    EXPECT_FALSE(
        queue.add(no, [](const std::stop_token&) { ADD_FAILURE() << "nobody claimed it"; }));
  }
  for (std::size_t i = 0; i < kMost; ++i) {
    EXPECT_TRUE(queue.add(yes, [&](const std::stop_token&) { ++done; }));
  }
  EXPECT_FALSE(queue.add(yes, nothing));
  queue.stop();
  EXPECT_EQ(done, kMost);
}

// What a claim writes, the job may read without a lock: a request is taken out of the hands of one
// thread before another has it.
TEST(Queue, AsksForTheClaimBeforeTheJobCanBegin) {
  constexpr int kJobs = 1000;
  std::array<int, kJobs> claimed{};
  std::atomic<int> early = 0;
  Queue queue(2, kJobs);
  for (int& mine : claimed) {
    EXPECT_TRUE(queue.add(
        [&mine] {
          mine = 1;
          return true;
        },
        [&](const std::stop_token&) { early += mine == 1 ? 0 : 1; }));
  }
  queue.stop();
  EXPECT_EQ(early, 0);
}

TEST(Queue, DoesAsManyAtOnceAsItHasThreads) {
  constexpr unsigned kThreads = 2;
  // None gets past it before all have come.
  std::latch together(kThreads + 1);
  Queue queue(kThreads, 8);
  for (unsigned i = 0; i < kThreads; ++i) {
    ASSERT_TRUE(queue.add(yes, [&](const std::stop_token&) { together.arrive_and_wait(); }));
  }
  together.arrive_and_wait();
}

TEST(Queue, GoesOnWhileOneThreadIsHeldUp) {
  std::binary_semaphore done(0);
  Queue queue(2, 8);
  const Busy busy(queue);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(queue.add(yes, [&](const std::stop_token&) { done.release(); }));
    done.acquire();
  }
}

TEST(Queue, AJobMayAddAnother) {
  std::latch done(1);
  Queue queue(1, 1);
  ASSERT_TRUE(queue.add(yes, [&](const std::stop_token&) {
    EXPECT_TRUE(queue.add(yes, [&](const std::stop_token&) { done.count_down(); }));
  }));
  done.wait();
}

TEST(Queue, TellsWhateverIsThereWhenItStopsAndDoesAllOfIt) {
  constexpr int kWaiting = 5;
  int told = 0;
  Queue queue(1, kWaiting);
  const Busy under_way(queue);  // goes on until it is told
  for (int i = 0; i < kWaiting; ++i) {
    EXPECT_TRUE(queue.add(
        yes, [&](const std::stop_token& stop) { told += stop.stop_requested() ? 1 : 0; }));
  }
  queue.stop();
  EXPECT_EQ(told, kWaiting);
}

TEST(Queue, TellsWhatBothItsThreadsAreAt) {
  Queue queue(2, 4);
  const Busy first(queue), second(queue);
  queue.stop();  // would never return otherwise
}

TEST(Queue, RefusesOnceItHasStopped) {
  Queue queue(2, 4);
  queue.stop();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(queue.add(
        [] {
          ADD_FAILURE() << "it has stopped";
          return true;
        },
        [](const std::stop_token&) { ADD_FAILURE() << "it has stopped"; }));
  }
  queue.stop();
}

TEST(Queue, RefusesWhatAJobAddsWhileItStops) {
  Queue queue(1, 4);
  bool added = true;
  std::latch began(1);
  ASSERT_TRUE(queue.add(yes, [&](const std::stop_token& stop) {
    std::latch told(1);
    const std::stop_callback at_the_end(stop, [&] { told.count_down(); });
    began.count_down();
    told.wait();
    added = queue.add(yes, nothing);
  }));
  began.wait();
  queue.stop();
  EXPECT_FALSE(added);
}

TEST(Queue, EndsWithJobsStillWaiting) {
  constexpr int kWaiting = 50;
  const auto held = std::make_shared<int>(0);
  std::atomic<int> told = 0;
  auto queue = std::make_unique<Queue>(2, kWaiting);
  const Busy first(*queue), second(*queue);
  for (int i = 0; i < kWaiting; ++i) {
    EXPECT_TRUE(queue->add(
        yes, [&, held](const std::stop_token& stop) { told += stop.stop_requested() ? 1 : 0; }));
  }
  EXPECT_EQ(told, 0);
  queue.reset();
  EXPECT_EQ(told, kWaiting);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Queue, EndsUnused) { const Queue queue(2, 4); }

// Each taken job is done once, none that was refused, and never more at once than there are
// threads.
TEST(Queue, OfManyProducersLosesNothing) {
  constexpr int kProducers = 4, kEach = 2000;
  constexpr unsigned kThreads = 2;
  std::atomic<int> taken = 0, refused = 0, inside = 0, crowded = 0;
  std::array<std::atomic<int>, std::size_t{kProducers} * kEach> done{};
  std::array<bool, std::size_t{kProducers} * kEach> was_taken{};
  std::latch ready(kProducers);
  Queue queue(kThreads, 16);
  {
    std::vector<std::jthread> producers;
    producers.reserve(kProducers);
    for (std::size_t producer = 0; producer < kProducers; ++producer) {
      producers.emplace_back([&, producer] {
        ready.arrive_and_wait();
        for (std::size_t i = producer * kEach; i < (producer + 1) * kEach; ++i) {
          was_taken.at(i) = queue.add(yes, [&, i](const std::stop_token&) {
            if (++inside > static_cast<int>(kThreads)) ++crowded;
            ++done.at(i);
            --inside;
          });
          ++(was_taken.at(i) ? taken : refused);
        }
      });
    }
  }
  queue.stop();
  EXPECT_EQ(taken + refused, kProducers * kEach);
  EXPECT_GT(taken, 0);
  EXPECT_EQ(crowded, 0);
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done.at(i), was_taken.at(i) ? 1 : 0) << i;
}

// It stops while they are at it: what was taken until then is done, and nothing is taken after.
TEST(Queue, StopsUnderManyProducers) {
  constexpr int kProducers = 4, kRounds = 30;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> taken = 0, done = 0;
    std::atomic<bool> stopped = false;
    std::latch under_way(kProducers);
    Queue queue(2, 16);
    std::vector<std::jthread> producers;
    producers.reserve(kProducers);
    for (int producer = 0; producer < kProducers; ++producer) {
      producers.emplace_back([&] {
        bool first = true;
        for (bool last = false; !last;) {
          last = stopped;
          const bool was_taken = queue.add(yes, [&](const std::stop_token&) { ++done; });
          if (was_taken) ++taken;
          if (was_taken && last) ADD_FAILURE() << "taken after the end";
          if (std::exchange(first, false)) under_way.count_down();
        }
      });
    }
    under_way.wait();
    queue.stop();
    stopped = true;
    producers.clear();
    EXPECT_EQ(done, taken);
  }
}

}  // namespace
}  // namespace exporter::web
