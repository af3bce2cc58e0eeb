#include <array>
#include <chrono>
#include <limits>

#include "exporter/opencost/allocation_row.h"

namespace exporter::opencost {
namespace {

using model::Demand;

// More cores or GPUs than any pod has. Bytes need no such bound: what is beyond 9e12 of them does
// not fit into millionths and is unknown for that.
constexpr double kMostUnits = 1e6;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// From the first sample to the last; 0 where it cannot be told. No sound row reaches further out
// of its window than check_life lets it.
double span_hours(const Life& life, const model::Window& window) {
  double hours = 0;
  if (life.micro_minutes) {
    hours = static_cast<double>(*life.micro_minutes) / 60e6;
  } else if (life.start && life.end) {
    hours = model::Window{*life.start, *life.end}.hours();
  }
  const model::Window widest{window.start - kResolution, window.end + kResolution};
  return hours > 0 && hours <= widest.hours() ? hours : 0;
}

double units(std::int64_t micros) { return static_cast<double>(micros) / 1e6; }

std::int64_t plausible(std::int64_t micros) {
  return units(micros) <= kMostUnits ? micros : kUnknown;
}

// Hours of use as they stand in the row; 0 for what is no sane number of them.
double charged_hours(const RawRow& raw, Slot slot, double most) {
  const double hours = units(raw.micros[slot]);
  return (raw.too_large >> slot & 1) == 0 && hours <= most ? hours : 0;
}

Demand demand(double charged, std::int64_t request, std::int64_t usage, double hours) {
  Demand made;
  made.charged = static_cast<float>(charged);
  if (request > 0) made.requested = static_cast<float>(units(request) * hours);
  if (usage >= 0 && hours > 0) made.used = static_cast<float>(units(usage) * hours);
  return made;
}

Demand gpu_demand(const RawRow& raw, double charged, double hours) {
  const auto either = [&](Average which, Average old) {
    const std::int64_t figure = plausible(raw.averages[which]);
    return figure != kUnknown ? figure : plausible(raw.averages[old]);
  };
  std::int64_t usage = plausible(raw.averages[kGpuUsage]);
  // Without metrics of the GPUs an old version says 0 here, not null.
  if (usage == kUnknown && raw.averages[kOldGpuUsage] > 0) {
    usage = plausible(raw.averages[kOldGpuUsage]);
  }
  Demand made = demand(charged, either(kGpuRequest, kOldGpuRequest), usage, hours);
  // Nobody is given a GPU without asking for it.
  if (made.requested <= 0) made.requested = made.charged;
  return made;
}

}  // namespace

void take_usage(const RawRow& raw, const model::Window& window, model::Allocation& row) {
  const double hours = span_hours(raw.life, window);
  const double most = kMostUnits * window.hours();
  row.hours = static_cast<float>(hours);
  // What runs uses memory. Where none is seen there are no metrics of it, and so none of its CPU.
  const bool seen = raw.averages[kMemoryUsage] != 0;
  row.cpu = demand(charged_hours(raw, kCpuHours, most), plausible(raw.averages[kCpuRequest]),
                   seen ? plausible(raw.averages[kCpuUsage]) : kUnknown, hours);
  row.memory = demand(charged_hours(raw, kMemoryHours, kInfinite), raw.averages[kMemoryRequest],
                      seen ? raw.averages[kMemoryUsage] : kUnknown, hours);
  row.gpu = gpu_demand(raw, charged_hours(raw, kGpuHours, most), hours);
}

}  // namespace exporter::opencost
