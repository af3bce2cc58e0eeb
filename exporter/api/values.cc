#include "exporter/api/values.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace exporter::api {
namespace {

// The largest finite double has 309 digits, the smallest 1074 behind the point.
constexpr std::size_t kLongestDecimal = 1100;
constexpr std::int64_t kMicros = 1'000'000;
// Amounts beyond this do not fit into whole millionths.
constexpr long double kMostMicros = 9e18L;

void append_micros(std::string& out, std::int64_t micros) {
  if (micros < 0) out += '-';
  const std::uint64_t size =
      micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  fmt::format_to(std::back_inserter(out), "{}", size / kMicros);
  if (const std::uint64_t rest = size % kMicros; rest != 0) {
    fmt::format_to(std::back_inserter(out), ".{:06}", rest);
    out.erase(out.find_last_not_of('0') + 1);
  }
}

void append_amount(std::string& out, long double micros) {
  if (std::abs(micros) < kMostMicros) {
    append_micros(out, std::llround(micros));
  } else {
    append_decimal(out, static_cast<double>(micros / kMicros));
  }
}

}  // namespace

bool is_null(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return !std::isfinite(*number);
  return std::holds_alternative<std::monostate>(value);
}

void append_decimal(std::string& out, double value) {
  if (value == 0) value = 0;  // -0 is 0
  char digits[kLongestDecimal];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr;
  out.append(digits, end);
}

void append_money(std::string& out, Cost cost, double rate) {
  append_amount(out, static_cast<long double>(cost.micros) * rate);
}

void append_plain(std::string& out, Kind kind, const Value& value, double rate) {
  if (const auto* cost = std::get_if<Cost>(&value)) {
    append_money(out, *cost, rate);
  } else if (const auto* number = std::get_if<double>(&value)) {
    if (kind == Kind::money) {
      append_amount(out, static_cast<long double>(*number) * kMicros);
    } else {
      append_decimal(out, *number);
    }
  } else if (const auto* count = std::get_if<std::uint64_t>(&value)) {
    fmt::format_to(std::back_inserter(out), "{}", *count);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    out += *truth ? "true" : "false";
  } else if (const auto* time = std::get_if<SystemTime>(&value)) {
    out += model::format_time(std::chrono::floor<std::chrono::seconds>(*time));
  }
}

}  // namespace exporter::api
