// What takes time, done by threads of its own. Inside web/ only.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace exporter::web {

/// Thread-safe. Every job that was taken is done, if need be at the end.
class Queue {
 public:
  /// The token is asked to stop when the queue ends: then a job only says that it was not done.
  /// REQUIRES: it does not throw.
  using Job = std::function<void(const std::stop_token&)>;

  /// `most` jobs may wait.
  Queue(unsigned threads, std::size_t most);
  ~Queue() { stop(); }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// False when too many wait, when the queue ends, or when `claim` says so, which is asked last
  /// and before the job can begin.
  bool add(const std::function<bool()>& claim, Job job);

  /// Returns when all jobs are done. No more are taken.
  void stop();

 private:
  void work(const std::stop_token& stop);

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> waiting_;  // guarded by mutex_, as what follows
  bool ended_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace exporter::web
