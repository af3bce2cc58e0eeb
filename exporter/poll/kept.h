// What the Publisher keeps of each source. Private to poll/.
#pragma once

#include <memory>

#include "exporter/poll/derived.h"
#include "exporter/poll/poll.h"

namespace exporter::poll {

struct Publisher::Kept {
  QueryStatus status;
  opencost::Alignment alignment = opencost::Alignment::rolling;
  std::shared_ptr<const cost::Breakdown> breakdown;
  std::shared_ptr<const cost::Inventory> inventory;
  SteadyTime expires{};

  bool holds() const { return breakdown != nullptr || inventory != nullptr; }
  void drop() {
    breakdown = nullptr;
    inventory = nullptr;
    status.shown = false;
  }
};

struct Publisher::Made {
  Derived derived;
  Watchlist::Statuses policies;
};

}  // namespace exporter::poll
