// What was found out about credentials, for a while.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "exporter/access/access.h"

namespace exporter::access {

/// By the keyed hash of credentials: whom they belong to, or why they are refused. Holds at most
/// `most`; forgets what is out of date first, then the oldest. Thread-safe.
class Memory {
 public:
  explicit Memory(const Clock& clock, std::size_t most = 10'000) : clock_(clock), most_(most) {}

  void remember(const Digest& credentials, Outcome outcome, std::chrono::seconds lifetime);
  /// Nothing from `lifetime` on.
  std::optional<Outcome> recall(const Digest& credentials) const;

 private:
  struct Entry {
    Outcome outcome;
    SteadyTime since;
    SteadyTime until;
  };

  const Clock& clock_;
  std::size_t most_;
  mutable std::mutex mutex_;
  std::map<Digest, Entry> entries_;  // guarded by mutex_
};

}  // namespace exporter::access
