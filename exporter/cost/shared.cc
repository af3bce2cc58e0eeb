#include "exporter/cost/shared.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "exporter/cost/cost.h"
#include "exporter/cost/portions.h"
#include "exporter/cost/run_rate.h"

namespace exporter::cost {
namespace {

// As much as apportion() takes.
constexpr std::int64_t kMost = std::int64_t{1} << 62;

/// Who may bear something.
struct Target {
  std::string_view cluster, name;
  std::int64_t basis = 0;  // what it costs itself an hour, from 0 to kMost
  bool own = true;         // not all it has is shared
};
using Targets = std::vector<Target>;
using Clusters = std::set<std::string_view>;

/// What is to be split, and over whom.
struct Pool {
  std::string source;
  Cost per_hour;
  Targets targets;
};

bool is_shared(const SharedOptions& options, std::string_view name_space) {
  return matches_any(options.namespaces, name_space);
}

Targets namespaces_of(const Breakdown& current, const SharedOptions& options) {
  Targets out;
  for (const NamespaceCost& row : current.namespaces) {
    if (is_shared(options, row.name_space)) continue;
    out.push_back({row.cluster, row.name_space, row.costs.total().micros});
  }
  return out;
}

Targets tenants_of(const SourceReport& source, const SharedOptions& options) {
  const TenantRules none;
  const TenantRules& rules = source.attribution ? source.attribution->rules->tenants : none;
  std::map<std::tuple<std::string_view, std::string_view>, Target> found;
  for (const auto& [cluster, name_space, labels, costs] : portions(*source.current->rows)) {
    const std::string_view tenant = tenant_of(rules, cluster, name_space, *labels);
    Target& target =
        found.try_emplace({cluster, tenant}, Target{cluster, tenant, 0, false}).first->second;
    if (is_shared(options, name_space)) continue;
    target.own = true;
    target.basis += costs.total().micros;
  }
  Targets out;
  for (const auto& [names, target] : found) out.push_back(target);
  return out;
}

Targets targets_of(const SourceReport& source, const SharedOptions& options) {
  Targets out = options.over == Over::tenants ? tenants_of(source, options)
                                              : namespaces_of(*source.current, options);
  const RunRate rate = per_hour(source.current->window);
  for (Target& target : out) {
    target.basis = std::clamp<std::int64_t>(rate.of(Cost{target.basis}).micros, 0, kMost);
  }
  return out;
}

Clusters clusters_of(const Breakdown& current) {
  Clusters out;
  for (const ClusterCost& row : current.clusters) out.insert(row.cluster);
  return out;
}

// Those of the clusters that bear what is shared there; never nobody.
Targets bearers(const Targets& targets, const Clusters& clusters) {
  Targets own, sharing;
  for (const Target& target : targets) {
    if (clusters.count(target.cluster) > 0) (target.own ? own : sharing).push_back(target);
  }
  if (!own.empty()) return own;
  if (!sharing.empty()) return sharing;
  for (std::string_view cluster : clusters) own.push_back({cluster, kUnallocated});
  if (own.empty()) own.push_back({{}, kUnallocated});
  return own;
}

std::int64_t sum_of_bases(std::span<const Target> targets) {
  std::int64_t sum = 0;
  for (const Target& target : targets) sum += std::min(target.basis, kMost - sum);
  return sum;
}

std::int64_t weight_of(std::span<const Target> group, const SharedOptions& options) {
  if (options.split == Split::proportional) return sum_of_bases(group);
  if (options.split == Split::even) return 1;
  const auto at = options.weights.find(std::string(group.front().name));
  return std::llround(std::clamp(at == options.weights.end() ? 1 : at->second, 0.0, 4e12) * 1e6);
}

// A tenant in several clusters is one that bears, and its clusters share that by what they cost; a
// namespace is another one in each cluster.
std::vector<std::span<const Target>> groups_of(Targets& targets, Over over) {
  const bool tenants = over == Over::tenants;
  std::stable_sort(targets.begin(), targets.end(), [&](const Target& a, const Target& b) {
    return tenants ? std::tie(a.name, a.cluster) < std::tie(b.name, b.cluster)
                   : std::tie(a.cluster, a.name) < std::tie(b.cluster, b.name);
  });
  std::vector<std::span<const Target>> out;
  for (std::size_t i = 0, end; i < targets.size(); i = end) {
    end = i + 1;
    while (tenants && end < targets.size() && targets[end].name == targets[i].name) ++end;
    out.push_back(std::span<const Target>(targets).subspan(i, end - i));
  }
  return out;
}

void split(Pool pool, const SharedOptions& options, std::vector<SharedCost>& out) {
  const auto groups = groups_of(pool.targets, options.over);
  std::vector<std::int64_t> weights;
  weights.reserve(groups.size());
  for (const auto& group : groups) weights.push_back(weight_of(group, options));
  const std::vector<Cost> parts = apportion(pool.per_hour, weights);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::vector<std::int64_t> bases;
    for (const Target& target : groups[i]) bases.push_back(target.basis);
    const std::vector<Cost> shares = apportion(parts[i], bases);
    for (std::size_t j = 0; j < shares.size(); ++j) {
      out.push_back({groups[i][j].cluster, groups[i][j].name, pool.source, shares[j]});
    }
  }
}

void share_own(const Breakdown& current, const Targets& targets, const SharedOptions& options,
               std::vector<SharedCost>& out) {
  const RunRate rate = per_hour(current.window);
  for (const NamespaceCost& row : current.namespaces) {
    if (!is_shared(options, row.name_space)) continue;
    split({"namespace/" + std::string(row.name_space), rate.of(row.costs.total()),
           bearers(targets, {row.cluster})},
          options, out);
  }
  if (!options.idle) return;
  for (const ClusterCost& row : current.idle) {
    split({"idle", rate.of(row.costs.total()), bearers(targets, {row.cluster})}, options, out);
  }
}

void sort_and_merge(std::vector<SharedCost>& shares) {
  const auto key = [](const SharedCost& share) {
    return std::tie(share.cluster, share.target, share.source);
  };
  std::sort(shares.begin(), shares.end(),
            [&](const SharedCost& a, const SharedCost& b) { return key(a) < key(b); });
  std::vector<SharedCost> out;
  for (SharedCost& share : shares) {
    if (!out.empty() && key(out.back()) == key(share)) {
      out.back().per_hour += share.per_hour;
    } else {
      out.push_back(std::move(share));
    }
  }
  out.erase(std::remove_if(out.begin(), out.end(),
                           [](const SharedCost& share) { return share.per_hour == Cost{}; }),
            out.end());
  shares = std::move(out);
}

}  // namespace

std::string_view to_string(Split split) {
  switch (split) {
    case Split::proportional:
      return "proportional";
    case Split::even:
      return "even";
    case Split::weighted:
      return "weighted";
  }
  return "proportional";
}

std::string_view to_string(Over over) { return over == Over::tenants ? "tenants" : "namespaces"; }

std::vector<SharedCost> share(std::span<const SourceReport> sources, const SharedOptions& options) {
  std::vector<SharedCost> out;
  if (!options.any()) return out;
  Targets all;
  Clusters clusters;
  bool complete = !sources.empty();
  for (const SourceReport& source : sources) {
    complete = complete && source.current != nullptr;
    if (!source.current) continue;
    const Targets targets = targets_of(source, options);
    share_own(*source.current, targets, options, out);
    all.insert(all.end(), targets.begin(), targets.end());
    clusters.merge(clusters_of(*source.current));
  }
  if (complete) {
    for (const auto& [name, monthly] : options.monthly_amounts) {
      split({"amount/" + name, Cost{std::llround(monthly / kHoursPerMonth * 1e6)},
             bearers(all, clusters)},
            options, out);
    }
  }
  sort_and_merge(out);
  return out;
}

}  // namespace exporter::cost
