#include "exporter/cost/efficiency.h"

#include <algorithm>
#include <cmath>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::Demand;
using model::Resource;

const Demand& demand_for(const Allocation& row, Resource resource) {
  if (resource == Resource::cpu) return row.cpu;
  return resource == Resource::memory ? row.memory : row.gpu;
}

// Bounded, so that no sum over rows overflows, whatever their demand says.
Cost priced(Cost cost, float amount, float charged) {
  constexpr long double kMost = 1e15L;
  const long double exact = static_cast<long double>(cost.micros) *
                            static_cast<long double>(amount) / static_cast<long double>(charged);
  return {std::llround(std::clamp(exact, 0.0L, kMost))};
}

template <class Name>
void sort_and_merge(std::vector<DemandsOf<Name>>& rows) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && rows[kept - 1].name == rows[i].name) {
      rows[kept - 1].demands += rows[i].demands;
    } else {
      rows[kept++] = rows[i];
    }
  }
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end());
}

// Neighbours are often alike, and need no sorting.
template <class Name>
void add(std::vector<DemandsOf<Name>>& rows, const Name& name, const Demands& demands) {
  if (!rows.empty() && rows.back().name == name) {
    rows.back().demands += demands;
  } else {
    rows.push_back({name, demands});
  }
}

}  // namespace

std::optional<double> PricedDemand::ratio() const {
  if (requested.micros <= 0) return std::nullopt;
  return static_cast<double>(used.micros) / static_cast<double>(requested.micros);
}

PricedDemand& PricedDemand::operator+=(const PricedDemand& other) {
  requested += other.requested;
  used += other.used;
  return *this;
}

Demands& Demands::operator+=(const Demands& other) {
  for (std::size_t i = 0; i < by.size(); ++i) by[i] += other.by[i];
  return *this;
}

Demands price(const Allocation& row) {
  Demands demands;
  for (std::size_t i = 0; i < kRequested.size(); ++i) {
    const Demand& demand = demand_for(row, kRequested[i]);
    const Cost cost = row.costs[kRequested[i]];
    if (!demand.known() || !(demand.requested > 0) || !(demand.charged > 0)) continue;
    if (cost.micros <= 0) continue;
    demands.by[i] = {priced(cost, demand.requested, demand.charged),
                     priced(cost, demand.used, demand.charged)};
  }
  return demands;
}

Efficiency measure(std::shared_ptr<const Breakdown> current) {
  Efficiency efficiency;
  for (const Allocation& row : current->rows->rows) {
    if (row.kind != model::RowKind::workload) continue;
    const Demands demands = price(row);
    if (demands == Demands{}) continue;
    add(efficiency.workloads, workload_of(row), demands);
    add(efficiency.namespaces, NamespaceName{row.cluster, row.name_space}, demands);
    add(efficiency.clusters, row.cluster, demands);
  }
  sort_and_merge(efficiency.workloads);
  sort_and_merge(efficiency.namespaces);
  sort_and_merge(efficiency.clusters);
  efficiency.of = std::move(current);
  return efficiency;
}

}  // namespace exporter::cost
