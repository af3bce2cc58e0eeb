#include "exporter/access/memory.h"

#include <utility>

#include "exporter/access/forget.h"

namespace exporter::access {

void Memory::remember(const Digest& credentials, Outcome outcome, std::chrono::seconds lifetime) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  Entry entry{std::move(outcome), now, now + lifetime};
  if (const auto found = entries_.find(credentials); found != entries_.end()) {
    found->second = std::move(entry);
    return;
  }
  make_room(entries_, most_,
            [now](const Entry& old) { return std::pair(old.until > now, old.since); });
  entries_.emplace(credentials, std::move(entry));
}

std::optional<Outcome> Memory::recall(const Digest& credentials) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(credentials);
  if (found == entries_.end() || found->second.until <= clock_.steady()) return std::nullopt;
  return found->second.outcome;
}

}  // namespace exporter::access
