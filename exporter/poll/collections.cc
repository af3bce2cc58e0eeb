#include "exporter/poll/collections.h"

namespace exporter::poll {

Collections::Collections(const Clock& clock) : clock_(clock) { static_cast<void>(clock_); }

std::vector<Collection> Collections::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Collection> out = waiting_;
  out.insert(out.end(), done_.begin(), done_.end());
  return out;
}

Result<std::vector<Collection>, Denied> Collections::ask(const std::vector<std::string>&,
                                                         const std::string&) {
  return std::vector<Collection>{};
}

}  // namespace exporter::poll
