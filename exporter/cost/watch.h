// What has been seen of each workload over many windows: what a recommendation may rest on, and
// since when it has been idle. Part of the door cost.h.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/cost/breakdown.h"
#include "exporter/result.h"

namespace exporter::cost {

/// Days whose peaks are remembered, the present one included.
inline constexpr std::size_t kPeakDays = 8;
/// Windows further apart than this say nothing about the time between them, and all begins anew.
inline constexpr std::chrono::seconds kLongestGap = std::chrono::hours(2);

/// The highest hourly means of any one pod on one UTC day.
struct Peak {
  std::chrono::sys_days day{};
  float cores = 0;
  float memory_bytes = 0;

  friend bool operator==(const Peak&, const Peak&) = default;
};

struct Seen {
  /// The first window began, of all without a gap. Where the first ones lacked any usage, the first
  /// one that had some.
  std::chrono::sys_seconds since{};
  std::chrono::sys_seconds until{};  // the last window that had it ended
  /// The first window began in which it was idle, of all up to the last. Nothing while it is not,
  /// or while nobody knows.
  std::optional<std::chrono::sys_seconds> idle_since;
  std::vector<Peak> peaks;  // oldest day first, at most kPeakDays

  /// Of all days, each figure on its own; of the last day.
  Peak highest() const;
  friend bool operator==(const Seen&, const Seen&) = default;
};

/// The pods of one workload, in the order of their table.
struct WorkloadPods {
  WorkloadName name;
  std::span<const model::Allocation* const> pods;
};

/// Rows of pods by workload, sorted by its names. Points into the table.
class PodsByWorkload {
 public:
  explicit PodsByWorkload(const model::AllocationTable& table);
  PodsByWorkload(const PodsByWorkload&) = delete;
  PodsByWorkload& operator=(const PodsByWorkload&) = delete;

  const std::vector<WorkloadPods>& all() const { return workloads_; }

 private:
  std::vector<const model::Allocation*> pods_;
  std::vector<WorkloadPods> workloads_;
};

/// Idle is a workload that requests CPU or memory, and uses less than `idle_below` of each resource
/// it requests; usage that OpenCost does not know is not idle.
bool is_idle(std::span<const model::Allocation* const> pods, double idle_below);

/// Not thread-safe.
class Watch {
 public:
  /// Takes in the next window. One that does not end after the last is left out; one that ends
  /// longer than kLongestGap before it, as when a clock was wrong, begins all anew. Bare pods that
  /// are gone are forgotten, other workloads after kPeakDays. In a cluster where no pod at all used
  /// any CPU the usage is no measurement: nothing is idle, and there are no peaks.
  void take(const Breakdown& current, double idle_below);

  /// Null for a workload that was never seen.
  const Seen* find(const WorkloadName& name) const;
  /// When the last window ended.
  std::chrono::sys_seconds until() const { return until_; }
  std::size_t size() const { return seen_.size(); }

  /// To be kept over a restart, together or not at all: what changed since this was last called, or
  /// restore was, by key; an empty text means it was forgotten. Everything, in the place of all
  /// that was kept before, when `all` or when neither was called before. Of `until`, only that of
  /// the whole is kept, under the key "": a workload that is idle, or at rest, changes nothing.
  std::map<std::string, std::string> changes(bool all);
  /// Puts what was kept in the place of what is known. What cannot be read is left out, and counted
  /// in the result; nothing can be without what stands under "".
  std::size_t restore(const std::map<std::string, std::string>& kept);

 private:
  struct Key {
    std::string cluster, name_space, kind, name;

    WorkloadName names() const { return {cluster, name_space, kind, name}; }
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that `<` compares with for
    // one
    friend auto operator<=>(const Key& a, const Key& b) { return a.names() <=> b.names(); }
    // NOLINTNEXTLINE(modernize-use-nullptr): as above
    friend auto operator<=>(const Key& a, const WorkloadName& b) { return a.names() <=> b; }
  };
  using All = std::map<Key, Seen, std::less<>>;

  void begin_anew(std::chrono::sys_seconds at);
  All::iterator pass_over(All::iterator absent, std::chrono::sys_seconds last);
  void note(const Key& key, const Seen* seen);

  All seen_;
  std::chrono::sys_seconds until_{};
  std::map<std::string, std::string> changed_;
  bool kept_ = false;  // somebody keeps the changes
};

}  // namespace exporter::cost
