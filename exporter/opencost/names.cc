// The words of the API and of our labels, and the checks that need no rows.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "exporter/opencost/rows.h"

namespace exporter::opencost {

std::string_view to_string(Query query) {
  switch (query) {
    case Query::current:
      return "current";
    case Query::assets:
      return "assets";
    case Query::today:
      return "today";
    case Query::day:
      return "day";
  }
  return "";
}

std::string_view to_string(Alignment alignment) {
  return alignment == Alignment::rolling ? "rolling" : "hour";
}

std::string_view to_string(Refusal refusal) {
  constexpr std::array<std::string_view, kRefusals> kNames = {
      "content_type", "parse", "envelope", "shape", "empty", "implausible"};
  return kNames[static_cast<std::size_t>(refusal)];
}

std::string_view to_string(Rejection rejection) {
  constexpr std::array<std::string_view, kRejections> kNames = {
      "malformed",      "no_identity",   "duplicate",      "null_cost",   "negative_minutes",
      "outside_window", "negative_cost", "negative_usage", "absurd_cost", "invalid_text"};
  return kNames[static_cast<std::size_t>(rejection)];
}

std::optional<Fault> check_content_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  while (!type.empty() && type.back() == ' ') type.pop_back();
  if (type.empty() || type == "application/json" || type.ends_with("+json")) return std::nullopt;
  return Fault{Refusal::content_type,
               fmt::format("the answer is \"{}\", not JSON; is a login page or proxy in between?",
                           excerpt(content_type))};
}

std::optional<Fault> check_row_count(std::size_t rows, std::size_t previous) {
  if (previous < 10 || rows * 5 >= previous) return std::nullopt;
  return Fault{Refusal::implausible,
               fmt::format("{} rows where the last answer had {}", rows, previous)};
}

}  // namespace exporter::opencost
