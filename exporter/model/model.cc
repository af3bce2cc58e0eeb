#include "exporter/model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace exporter::model {

std::string format_time(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

namespace {

// Two or four digits at `at`; -1 where there are none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// `Z`, or a fraction of digits and `Z`.
bool ends_well(std::string_view tail) {
  if (tail == "Z") return true;
  if (tail.size() < 3 || tail.front() != '.' || tail.back() != 'Z') return false;
  return tail.substr(1, tail.size() - 2).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<std::chrono::sys_seconds> parse_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  const auto wrong = [&] {
    return fail(fmt::format("{:?} is not a time like 2026-01-02T03:04:05Z", text.substr(0, 64)));
  };
  if (text.size() <= kShape.size() || !ends_well(text.substr(kShape.size()))) return wrong();
  for (std::size_t i : {4u, 7u, 10u, 13u, 16u}) {
    if (text[i] != kShape[i]) return wrong();
  }
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return wrong();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return wrong();
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

Cost Costs::total() const {
  Cost sum;
  for (Cost cost : by) sum += cost;
  return sum;
}

Costs& Costs::operator+=(const Costs& other) {
  for (std::size_t i = 0; i < kResources; ++i) by[i] += other.by[i];
  return *this;
}

std::string_view TextArena::store(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > capacity_ - used_) {
    capacity_ = std::max<std::size_t>(64u << 10, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
    used_ = 0;
    bytes_ += capacity_;
  }
  char* const at = blocks_.back().get() + used_;
  std::memcpy(at, text.data(), text.size());
  used_ += text.size();
  return {at, text.size()};
}

std::string_view to_string(AssetType type) {
  switch (type) {
    case AssetType::node:
      return "node";
    case AssetType::disk:
      return "disk";
    case AssetType::load_balancer:
      return "load_balancer";
    case AssetType::cluster_management:
      return "cluster_management";
    case AssetType::network:
      return "network";
    case AssetType::other:
      return "other";
  }
  return "other";
}

}  // namespace exporter::model
