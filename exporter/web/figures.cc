#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "exporter/web/landing.h"

namespace exporter::web {

namespace {

void separate_thousands(std::string& digits, std::size_t end) {
  const std::size_t start = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = end; at > start + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string amount(double value) {
  constexpr double kSmallestShown = 0.000001;
  const double size = std::abs(value);
  if (!(size >= kSmallestShown / 2)) return "0.00";
  const int decimals = size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
  std::string digits = fmt::format("{:.{}f}", value, decimals);
  separate_thousands(digits, digits.find('.'));
  return digits;
}

std::string count(std::uint64_t value) {
  std::string digits = fmt::format("{}", value);
  separate_thousands(digits, digits.size());
  return digits;
}

std::string age(SystemTime then, SystemTime now) {
  using std::chrono::duration_cast;
  const auto passed = now - then;
  if (passed < std::chrono::seconds(2)) return "just now";
  if (passed < std::chrono::minutes(1)) {
    return fmt::format("{} s ago", duration_cast<std::chrono::seconds>(passed).count());
  }
  if (passed < std::chrono::hours(1)) {
    return fmt::format("{} min ago", duration_cast<std::chrono::minutes>(passed).count());
  }
  if (passed < std::chrono::days(2)) {
    return fmt::format("{} h ago", duration_cast<std::chrono::hours>(passed).count());
  }
  return fmt::format("{} days ago", duration_cast<std::chrono::days>(passed).count());
}

std::string window_text(const model::Window& window) {
  constexpr std::size_t kDate = 10;    // 2026-01-02
  constexpr std::size_t kMinute = 11;  // where 03:04 starts
  const std::string start = model::format_time(window.start);
  const std::string end = model::format_time(window.end);
  const std::string_view start_date = std::string_view(start).substr(0, kDate);
  const std::string_view end_date = std::string_view(end).substr(0, kDate);
  const std::string_view until = std::string_view(end).substr(kMinute, 5);
  std::string text = fmt::format("{} {}", start_date, start.substr(kMinute, 5));
  text += start_date == end_date ? fmt::format("\u2013{}", until)
                                 : fmt::format(" \u2013 {} {}", end_date, until);
  return text + " UTC";
}

double percent(double part, double whole) {
  if (!(whole > 0)) return 0;
  return std::clamp(part / whole * 100, 0.0, 100.0);
}

std::string percent_text(double percent) {
  if (percent > 0 && percent < 1) return "<1\u00a0%";
  return fmt::format("{:.0f}\u00a0%", percent);
}

}  // namespace exporter::web
