#include "exporter/poll/poll.h"

namespace exporter::poll {

std::shared_ptr<const Publication> Board::latest() const {
  std::lock_guard lock(mutex_);
  return latest_;
}

void Board::put(std::shared_ptr<const Publication> next) {
  {
    std::lock_guard lock(mutex_);
    latest_.swap(next);
  }
  // The old publication, if this was its last holder, is freed here and not under the lock.
}

}  // namespace exporter::poll
