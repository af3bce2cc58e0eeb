// Money, exactly. OpenCost prints allocations with five decimals and assets with six, so an amount
// is a whole number of millionths: sums do not depend on their order and conservation is equality.
// It becomes a double only where it is printed.
#pragma once

#include <compare>
#include <cstdint>

namespace exporter {

/// Hours in a month as this project quotes monthly amounts: 365 days x 24 h / 12 = 730.
inline constexpr double kHoursPerMonth = 365.0 * 24 / 12;

/// Money spent over some window, in millionths of the currency OpenCost is set to. Says nothing
/// without its window: sums over one window are fine, comparisons across windows need a CostRate.
struct Cost {
  std::int64_t micros = 0;

  constexpr double amount() const { return static_cast<double>(micros) / 1e6; }

  constexpr Cost& operator+=(Cost other) {
    micros += other.micros;
    return *this;
  }
  constexpr Cost& operator-=(Cost other) {
    micros -= other.micros;
    return *this;
  }
  friend constexpr Cost operator+(Cost a, Cost b) { return {a.micros + b.micros}; }
  friend constexpr Cost operator-(Cost a, Cost b) { return {a.micros - b.micros}; }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that `<` compares with for one
  friend constexpr auto operator<=>(Cost, Cost) = default;
};

/// Money per hour.
struct CostRate {
  double per_hour = 0;

  friend constexpr auto operator<=>(CostRate, CostRate) = default;
};

/// The mean rate over `hours` at which `spent` was spent.
/// REQUIRES: hours > 0. A window that has only begun has no rate, and callers check.
constexpr CostRate mean_rate(Cost spent, double hours) { return {spent.amount() / hours}; }

}  // namespace exporter
