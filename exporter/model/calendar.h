// Days and months as they are billed. Part of the door model.h.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exporter/result.h"

namespace exporter::model {

struct Window;

/// What figures are added up over. The names are the ends of metric names and the values of the
/// label `window`.
enum class Period : std::uint8_t { today, yesterday, last_7_days, month_to_date, last_month };
inline constexpr std::array kPeriods = {Period::today, Period::yesterday, Period::last_7_days,
                                        Period::month_to_date, Period::last_month};
std::string_view to_string(Period period);

/// The days from `first` up to, not including, `end`.
struct Days {
  std::chrono::local_days first{};
  std::chrono::local_days end{};

  friend bool operator==(const Days&, const Days&) = default;
};

/// Days are UTC days, or begin at a fixed distance from them; there is no daylight saving time.
struct Calendar {
  /// What clocks show there beyond UTC: +1 h where a day begins at 23:00 UTC. A multiple of 5
  /// minutes, so that days begin on OpenCost's grid.
  std::chrono::seconds utc_offset{0};

  std::chrono::local_days date(std::chrono::sys_seconds time) const;
  std::chrono::sys_seconds start(std::chrono::local_days date) const;
  Window window(Days range) const;
  /// [start of the day, start of the next).
  Window day(std::chrono::local_days date) const;

  friend bool operator==(const Calendar&, const Calendar&) = default;
};

/// The days of a period, of which `today` is the last one of `today` and `month_to_date`, and comes
/// right behind the last one of `yesterday` and `last_7_days`.
Days days_of(Period period, std::chrono::local_days today);
/// The whole month that holds `date`.
Days month_of(std::chrono::local_days date);

/// 2026-02-28.
std::string format_date(std::chrono::local_days date);
Result<std::chrono::local_days> parse_date(std::string_view text);

}  // namespace exporter::model
