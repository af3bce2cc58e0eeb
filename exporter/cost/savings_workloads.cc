// What could be saved of what workloads are charged.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <tuple>

#include "exporter/cost/cost.h"
#include "exporter/cost/savings_parts.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::Demand;
using model::Resource;
using std::chrono::seconds;

using Pods = std::span<const Allocation* const>;

/// A resource whose request may be too large. Amounts are compared and recommended in whole units,
/// of which the resource's own unit has `units`.
struct Request {
  SavingKind kind;
  Resource resource;
  Demand Allocation::*demand;
  float Peak::*peak;
  double units;
  double target;
  double minimum;
};

std::array<Request, 2> requests(const SavingsOptions& options) {
  return {Request{SavingKind::cpu_request, Resource::cpu, &Allocation::cpu, &Peak::cores, 1000,
                  options.target_cpu_utilisation, options.minimum_cpu_cores},
          Request{SavingKind::memory_request, Resource::memory, &Allocation::memory,
                  &Peak::memory_bytes, 1.0 / (1 << 20), options.target_memory_utilisation,
                  options.minimum_memory_bytes}};
}

double mean(float unit_hours, float hours) {
  return static_cast<double>(unit_hours) / static_cast<double>(hours);
}

// Up to a whole unit, but for what is left of seven digits.
double round_up(double units) { return std::ceil(units * (1 - 1e-6)); }

/// What the resource costs at most, of what it costs now.
class Week {
 public:
  Week(const PeriodCost& last_week, model::Window window) : window_(window) {
    if (last_week.coverage.known < kLeastWeek) return;
    costs_ = last_week.costs.get();
    known_ = last_week.coverage.known;
  }

  const model::Costs* find(const WorkloadName& name) const {
    if (costs_ == nullptr || name.kind == kBarePod) return nullptr;
    const auto names = [](const WorkloadCost& row) {
      return WorkloadName{row.cluster, row.name_space, row.kind, row.name};
    };
    const auto at = std::lower_bound(
        costs_->workloads.begin(), costs_->workloads.end(), name,
        [&](const WorkloadCost& row, const WorkloadName& key) { return names(row) < key; });
    return at != costs_->workloads.end() && names(*at) == name ? &at->costs : nullptr;
  }

  long double factor(Cost week, Cost now) const {
    if (now.micros <= 0) return 0;
    const auto then = static_cast<long double>(std::max(week, Cost{}).micros) *
                      static_cast<long double>((window_.end - window_.start).count());
    return std::min(1.0L, then / static_cast<long double>(now.micros) /
                              static_cast<long double>(known_.count()));
  }

 private:
  model::Window window_;
  const Breakdown* costs_ = nullptr;
  seconds known_{0};
};

model::Costs sum(Pods pods) {
  model::Costs costs;
  for (const Allocation* pod : pods) costs += pod->costs;
  return costs;
}

/// What the request is, what it should be, and what that would free of what the pods cost now.
struct Finding {
  Evidence evidence;
  Cost freed;
};

// What the smaller request of one pod frees; where more is used than that, it is still charged for.
Cost freed(const Allocation& pod, const Request& request, double recommended) {
  const Demand& demand = pod.*request.demand;
  const Cost cost = pod.costs[request.resource];
  if (!(demand.charged > 0) || cost.micros <= 0) return {};
  const double kept =
      std::max(recommended * static_cast<double>(pod.hours), static_cast<double>(demand.used));
  const auto charged = static_cast<long double>(demand.charged);
  const long double beyond = charged - static_cast<long double>(kept);
  return whole(static_cast<long double>(cost.micros) * std::clamp(beyond, 0.0L, charged) / charged);
}

std::optional<Finding> examine(Pods pods, const Seen& seen, const Request& request) {
  auto peak = static_cast<double>(seen.highest().*request.peak);
  for (const Allocation* pod : pods) {
    const Demand& demand = pod->*request.demand;
    if (!demand.known()) return std::nullopt;
    if (pod->hours > 0) peak = std::max(peak, mean(demand.used, pod->hours));
  }
  // A pod that runs uses memory; one that is too small to be seen uses no CPU.
  if (seen.peaks.empty() || (request.resource == Resource::memory && !(peak > 0))) {
    return std::nullopt;
  }
  const double least = std::max(request.minimum, peak / request.target);
  const double recommended = round_up(least * request.units);
  Finding finding{{0, peak, recommended / request.units, seen.until - seen.since}, {}};
  for (const Allocation* pod : pods) {
    const Demand& demand = pod->*request.demand;
    if (!(pod->hours > 0) || !(demand.requested > 0)) continue;
    const double requested = mean(demand.requested, pod->hours);
    finding.evidence.requested = std::max(finding.evidence.requested, requested);
    if (!(std::round(requested * request.units) > recommended)) continue;
    finding.freed += freed(*pod, request, finding.evidence.recommended);
  }
  return finding;
}

bool is_unmounted(const WorkloadName& name) {
  constexpr std::string_view kSuffix = "-unmounted-pvcs";
  return name.kind == kBarePod && name.name.size() == name.name_space.size() + kSuffix.size() &&
         name.name.starts_with(name.name_space) && name.name.ends_with(kSuffix);
}

}  // namespace

std::vector<Saving> workload_savings(const Breakdown& current, const PeriodCost& last_week,
                                     const Watch& watch, const SavingsOptions& options) {
  std::vector<Saving> out;
  const Week week(last_week, current.window);
  const auto found = [&](SavingKind kind, const WorkloadName& name, long double micros) -> Saving& {
    return out.emplace_back(Saving{kind, {}, name, monthly(micros, current.window), {}});
  };
  const PodsByWorkload workloads(*current.rows);
  for (const auto& [name, pods] : workloads.all()) {
    const model::Costs costs = sum(pods);
    if (is_unmounted(name)) {
      const Cost storage = costs[Resource::storage];
      found(SavingKind::unmounted_storage, name, static_cast<long double>(storage.micros));
    }
    const Seen* seen = watch.find(name);
    if (seen == nullptr) continue;
    const model::Costs* then = week.find(name);
    if (seen->idle_since && seen->until - *seen->idle_since >= options.idle_for) {
      const Cost now = of_nodes(costs);
      const long double factor = then == nullptr ? 1 : week.factor(of_nodes(*then), now);
      found(SavingKind::idle_workload, name, static_cast<long double>(now.micros) * factor);
      continue;
    }
    if (seen->until - seen->since < options.minimum_observation) continue;
    for (const Request& request : requests(options)) {
      const auto finding = examine(pods, *seen, request);
      if (!finding || finding->freed.micros <= 0) continue;
      const Resource resource = request.resource;
      const long double factor =
          then == nullptr ? 1 : week.factor((*then)[resource], costs[resource]);
      found(request.kind, name, static_cast<long double>(finding->freed.micros) * factor).evidence =
          finding->evidence;
    }
  }
  return out;
}

}  // namespace exporter::cost
