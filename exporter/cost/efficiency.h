// How much of what was asked for was used, weighed with what it cost. Part of the door cost.h.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "exporter/cost/breakdown.h"

namespace exporter::cost {

/// What the requests and the usage of some rows cost, each at the price its row paid:
/// cost / charged hours × requested (used) hours. Rows that say nothing about usage, that request
/// nothing or that are free are in neither sum.
struct PricedDemand {
  Cost requested, used;

  /// used / requested: never a mean of ratios. Above 1 where more is used than requested; nothing
  /// where nothing is requested.
  std::optional<double> ratio() const;
  PricedDemand& operator+=(const PricedDemand& other);
  friend bool operator==(const PricedDemand&, const PricedDemand&) = default;
};

/// The resources that are requested.
inline constexpr std::array kRequested = {model::Resource::cpu, model::Resource::memory,
                                          model::Resource::gpu};

struct Demands {
  std::array<PricedDemand, kRequested.size()> by{};  // by kRequested

  Demands& operator+=(const Demands& other);
  friend bool operator==(const Demands&, const Demands&) = default;
};

/// Of one pod.
Demands price(const model::Allocation& row);

template <class Name>
struct DemandsOf {
  Name name;
  Demands demands;
};

/// Efficiency over the current window; sorted as a Breakdown is. What no row says anything priced
/// about is left out. Pods are priced one by one where they are shown.
struct Efficiency {
  std::shared_ptr<const Breakdown> of;
  std::vector<DemandsOf<WorkloadName>> workloads;
  std::vector<DemandsOf<NamespaceName>> namespaces;
  std::vector<DemandsOf<std::string_view>> clusters;
};

Efficiency measure(std::shared_ptr<const Breakdown> current);

}  // namespace exporter::cost
