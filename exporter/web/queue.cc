#include "exporter/web/queue.h"

#include <utility>

namespace exporter::web {

Queue::Queue(unsigned threads, std::size_t most) : most_(most) {
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

bool Queue::add(const std::function<bool()>& claim, Job job) {
  const std::lock_guard lock(mutex_);
  if (ended_ || waiting_.size() >= most_ || !claim()) return false;
  waiting_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

void Queue::stop() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  for (std::jthread& thread : threads_) thread.request_stop();
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Queue::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job(stop);
    lock.lock();
  }
}

}  // namespace exporter::web
