// What an automatic scale-down would do, and why not. Nothing is ever scaled. Part of the door
// cost.h.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/cost/breakdown.h"
#include "exporter/cost/owners.h"
#include "exporter/cost/watch.h"

namespace exporter::cost {

struct Policy {
  std::string name;
  std::vector<std::string> include{};  // patterns of namespaces; empty: all
  std::vector<std::string> exclude{};
  LabelPatterns labels{};          // all must match, on every pod
  LabelPatterns exclude_labels{};  // one is enough, on any pod
  std::chrono::seconds idle_for = std::chrono::hours(1);
  double minimum_per_hour = 0;  // before any currency rate
  std::chrono::seconds cooldown{0};

  friend bool operator==(const Policy&, const Policy&) = default;
};

/// In the order in which they are checked, but for the first; the first that holds is it.
enum class Verdict : std::uint8_t {
  would_act,
  namespace_not_in_scope,
  label_mismatch,
  excluded,
  in_cooldown,         // it was matched, came to life again, and that is not long ago
  not_idle,            // or not for long enough, or nobody knows
  cost_below_minimum,  // CPU, memory and GPU, an hour
  cost_unknown,        // some of its pods, or pods unnamed, were rejected; or it is no sane sum
};
inline constexpr std::size_t kVerdicts = 8;
std::string_view to_string(Verdict verdict);

/// Which workloads of one source each policy would act on, and which it would have acted on before
/// they came to life again. Not thread-safe.
class Matches {
 public:
  struct Match {
    std::chrono::sys_seconds since{};               // the window began that matched first
    std::optional<std::chrono::sys_seconds> ended;  // the window ended that did not any more
    friend bool operator==(const Match&, const Match&) = default;
  };

  const Match* find(std::string_view policy, const WorkloadName& name) const;
  /// Nothing changes where one is open (has ended) already.
  void began(std::string_view policy, const WorkloadName& name, std::chrono::sys_seconds at);
  void ended(std::string_view policy, const WorkloadName& name, std::chrono::sys_seconds at);
  /// Those that have not ended, sorted. Views are valid until forget() or restore().
  std::vector<WorkloadName> open(std::string_view policy) const;
  /// Ended ones whose cooldown is over by `now`, and those of policies no longer named, go.
  void forget(const std::vector<Policy>& policies, std::chrono::sys_seconds now);
  std::size_t size() const { return matches_.size(); }

  /// As those of Watch.
  std::map<std::string, std::string> changes(bool all);
  std::size_t restore(const std::map<std::string, std::string>& kept);

 private:
  using View = std::pair<std::string_view, WorkloadName>;
  struct Key {
    std::string policy, cluster, name_space, kind, name;

    View view() const { return {policy, {cluster, name_space, kind, name}}; }
    friend bool operator<(const Key& a, const Key& b) { return a.view() < b.view(); }
    friend bool operator<(const Key& a, const View& b) { return a.view() < b; }
    friend bool operator<(const View& a, const Key& b) { return a < b.view(); }
  };

  void note(const Key& key, const Match* match);

  std::map<Key, Match, std::less<>> matches_;
  std::map<std::string, std::string> changed_;
  bool kept_ = false;  // somebody keeps the changes
};

struct PolicyMatch {
  WorkloadName workload;
  Cost cost;  // CPU, memory and GPU, in the current window
  std::chrono::sys_seconds idle_since{};
};

struct PolicyStatus {
  std::shared_ptr<const Breakdown> of;  // views point into it
  std::string policy;
  struct OfCluster {
    std::string_view cluster;
    std::array<std::uint64_t, kVerdicts> workloads{};  // by Verdict; all workloads are in one
    Cost per_month;                                    // of those it would act on, 730 hours
  };
  std::vector<OfCluster> clusters;   // sorted
  std::vector<PolicyMatch> matches;  // those it would act on, sorted
};

/// The verdict on one workload: `pods` are its rows in `current`, `known` says whether nothing of
/// it was rejected. Fails closed: what is not known never leads to would_act. Of a workload without
/// any pod, all of them having been rejected, nothing is known but its name.
Verdict judge(const Policy& policy, const WorkloadName& name,
              std::span<const model::Allocation* const> pods, const Breakdown& current, bool known,
              const Seen* seen, const Matches::Match* match);

/// Judges every workload by one policy, those that were rejected as a whole included, and keeps
/// `matches` up to date: what it would not act on any more, or is gone, has ended. To be called
/// once a window, when `watch` has taken it in; the caller then lets `matches` forget.
PolicyStatus apply(const Policy& policy, std::shared_ptr<const Breakdown> current,
                   const Watch& watch, Matches& matches);

}  // namespace exporter::cost
