#include "exporter/cost/watch.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "exporter/cost/cost.h"

namespace exporter::cost {
namespace {

using model::Allocation;
using model::Demand;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr days kRemembered{kPeakDays};

struct Sum {
  double requested = 0, used = 0;
  bool known = true;

  void add(const Demand& demand) {
    requested += static_cast<double>(demand.requested);
    used += static_cast<double>(demand.used);
    known = known && demand.known();
  }
  bool idle(double below) const { return !(requested > 0) || (known && used / requested < below); }
};

// OpenCost says 0 of every pod when its Prometheus lacks the metrics.
std::set<std::string_view> measured_clusters(const model::AllocationTable& table) {
  std::set<std::string_view> clusters;
  for (const Allocation& row : table.rows) {
    if (row.kind == model::RowKind::workload && row.cpu.used > 0) clusters.insert(row.cluster);
  }
  return clusters;
}

void raise(float& most, const Demand& demand, float hours) {
  const float mean = demand.known() ? demand.used / hours : 0;
  if (std::isfinite(mean)) most = std::max(most, mean);
}

/// The highest hourly means of these pods; nothing when nobody knows any.
std::optional<Peak> peak_of(std::span<const Allocation* const> pods, sys_days day) {
  std::optional<Peak> peak;
  for (const Allocation* pod : pods) {
    if (!(pod->hours > 0) || (!pod->cpu.known() && !pod->memory.known())) continue;
    if (!peak) peak = Peak{day};
    raise(peak->cores, pod->cpu, pod->hours);
    raise(peak->memory_bytes, pod->memory, pod->hours);
  }
  return peak;
}

// These say whether anything changed that is to be kept.
bool forget_old(std::vector<Peak>& peaks, sys_days day) {
  const auto recent = std::find_if(peaks.begin(), peaks.end(),
                                   [&](const Peak& peak) { return peak.day + kRemembered > day; });
  if (recent == peaks.begin()) return false;
  peaks.erase(peaks.begin(), recent);
  return true;
}

bool add(Seen& seen, const Peak& peak, sys_seconds start) {
  if (seen.peaks.empty()) seen.since = start;
  if (seen.peaks.empty() || seen.peaks.back().day < peak.day) {
    seen.peaks.push_back(peak);
    return true;
  }
  Peak& last = seen.peaks.back();
  const Peak was = last;
  last.cores = std::max(last.cores, peak.cores);
  last.memory_bytes = std::max(last.memory_bytes, peak.memory_bytes);
  return last != was;
}

bool set_idle(Seen& seen, bool idle, sys_seconds start) {
  if (seen.idle_since.has_value() == idle) return false;
  seen.idle_since = idle ? std::optional(start) : std::nullopt;
  return true;
}

bool update(Seen& seen, const std::optional<Peak>& peak, sys_days day, bool idle,
            sys_seconds start) {
  bool changed = forget_old(seen.peaks, day);
  if (peak && add(seen, *peak, start)) changed = true;
  return set_idle(seen, idle, start) || changed;
}

}  // namespace

PodsByWorkload::PodsByWorkload(const model::AllocationTable& table) {
  std::vector<std::pair<WorkloadName, const Allocation*>> rows;
  for (const Allocation& row : table.rows) {
    if (row.kind == model::RowKind::workload) rows.emplace_back(workload_of(row), &row);
  }
  std::sort(rows.begin(), rows.end());  // in one array, so the addresses are in the table's order
  pods_.reserve(rows.size());
  for (const auto& [name, row] : rows) {
    if (workloads_.empty() || workloads_.back().name != name) {
      workloads_.push_back({name, {pods_.data() + pods_.size(), 0}});
    }
    pods_.push_back(row);
    auto& pods = workloads_.back().pods;
    pods = {pods.data(), pods.size() + 1};
  }
}

Peak Seen::highest() const {
  Peak highest;
  for (const Peak& peak : peaks) {
    highest.day = peak.day;
    highest.cores = std::max(highest.cores, peak.cores);
    highest.memory_bytes = std::max(highest.memory_bytes, peak.memory_bytes);
  }
  return highest;
}

bool is_idle(std::span<const Allocation* const> pods, double idle_below) {
  Sum cpu, memory, gpu;
  for (const Allocation* pod : pods) {
    cpu.add(pod->cpu);
    memory.add(pod->memory);
    gpu.add(pod->gpu);
  }
  if (!(cpu.requested > 0) && !(memory.requested > 0)) return false;
  return cpu.idle(idle_below) && memory.idle(idle_below) && gpu.idle(idle_below);
}

void Watch::take(const Breakdown& current, double idle_below) {
  const auto [start, end] = current.window;
  // A clock that was ahead and was set right would otherwise be waited for.
  const bool set_back = end + kLongestGap < until_;
  if (end <= until_ && !set_back) return;
  if (set_back || start > until_ + kLongestGap) begin_anew(start);
  const sys_seconds last = std::exchange(until_, end);
  const sys_days day = floor<days>(end - seconds(1));
  const PodsByWorkload workloads(*current.rows);
  const auto measured = measured_clusters(*current.rows);

  auto at = seen_.begin();  // both are sorted alike
  for (const auto& [name, pods] : workloads.all()) {
    while (at != seen_.end() && at->first < name) at = pass_over(at, last);
    const bool fresh = at == seen_.end() || at->first > name;
    if (fresh) {
      Key key{std::string(name.cluster), std::string(name.name_space), std::string(name.kind),
              std::string(name.name)};
      at = seen_.emplace_hint(at, std::move(key), Seen{start, end, {}, {}});
    }
    Seen& seen = at->second;
    const bool returned = seen.until != last;
    seen.until = end;
    const auto peak = measured.contains(name.cluster) ? peak_of(pods, day) : std::nullopt;
    const bool changed = update(seen, peak, day, peak && is_idle(pods, idle_below), start);
    if (fresh || returned || changed) note(at->first, &seen);
    ++at;
  }
  while (at != seen_.end()) at = pass_over(at, last);
}

const Seen* Watch::find(const WorkloadName& name) const {
  const auto at = seen_.find(name);
  return at == seen_.end() ? nullptr : &at->second;
}

void Watch::begin_anew(sys_seconds at) {
  for (auto& [key, seen] : seen_) {
    seen.since = at;
    seen.idle_since.reset();
    note(key, &seen);
  }
}

Watch::All::iterator Watch::pass_over(All::iterator absent, sys_seconds last) {
  auto& [key, seen] = *absent;
  if (key.kind == kBarePod || until_ - seen.until > kRemembered) {
    note(key, nullptr);
    return seen_.erase(absent);
  }
  if (seen.until == last) {
    seen.idle_since.reset();
    note(key, &seen);
  }
  return std::next(absent);
}

}  // namespace exporter::cost
