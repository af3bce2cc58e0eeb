#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exporter/config/flags.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label_name(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) && !name.starts_with("__") &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

/// Whether a series of costs has a label of this name already.
bool is_taken(std::string_view name) {
  const auto* const end = std::end(metrics::kCatalogue);
  return std::any_of(std::begin(metrics::kCatalogue), end, [&](const metrics::MetricSpec& spec) {
    return spec.group == metrics::Group::cost &&
           std::find(spec.labels.begin(), spec.labels.end(), name) != spec.labels.end();
  });
}

Result<void> set_time(std::string& field, const std::string& text) {
  if (!model::parse_date(text) && !model::parse_time(text)) {
    return fail(
        fmt::format("{} is neither a date nor a time in UTC; write it as 2026-10-01 or "
                    "2026-10-01T12:00:00Z",
                    in_quotes(text)));
  }
  field = text;
  return {};
}

/// How two of a kind lie; a date and a time can be compared only by who knows the calendar.
bool is_after(const std::string& later, const std::string& earlier) {
  const auto dates = std::pair(model::parse_date(later), model::parse_date(earlier));
  if (dates.first && dates.second) return *dates.first > *dates.second;
  const auto times = std::pair(model::parse_time(later), model::parse_time(earlier));
  if (times.first && times.second) return *times.first > *times.second;
  return true;
}

}  // namespace

Result<void> set_from(Invocation& invocation, const std::string& text) {
  return set_time(invocation.backfill.from, text);
}

// The table has --from in front of --to, and so it is here already, wherever it was written.
Result<void> set_to(Invocation& invocation, const std::string& text) {
  if (auto set = set_time(invocation.backfill.to, text); !set) return set;
  if (is_after(text, invocation.backfill.from)) return {};
  return fail(fmt::format("{} is not after {}, which is --from; write a later one", in_quotes(text),
                          in_quotes(invocation.backfill.from)));
}

Result<void> set_step(Invocation& invocation, const std::string& text) {
  if (text != "1h" && text != "1d") {
    return fail(fmt::format("{} is not one of 1h, 1d; write one of them", in_quotes(text)));
  }
  invocation.backfill.step = text == "1h" ? backfill::Step::hour : backfill::Step::day;
  return {};
}

Result<void> set_output(Invocation& invocation, const std::string& text) {
  return assign(invocation.backfill.output, parse_file(text));
}

Result<void> add_label(Invocation& invocation, const std::string& text) {
  const auto equals = std::min(text.find('='), text.size());
  const std::string name = text.substr(0, equals);
  const std::string value = text.substr(std::min(equals + 1, text.size()));
  if (equals == text.size() || value.empty()) {
    return fail(fmt::format("{} is not a name and a value; write them as job=opencost-exporter",
                            in_quotes(text)));
  }
  if (!is_label_name(name)) {
    return fail(
        fmt::format("{} is not the name of a label; write letters, digits and underscores, "
                    "no digit first and no two underscores",
                    in_quotes(name)));
  }
  if (is_taken(name)) {
    return fail(
        fmt::format("{} is a label the costs have already; write another name", in_quotes(name)));
  }
  if (invalid_utf8(value) || has_control_character(value)) {
    return fail(
        fmt::format("{} has a value that is not UTF-8 or holds a control character; write "
                    "plain text",
                    in_quotes(text)));
  }
  auto& labels = invocation.backfill.labels;
  const bool twice = std::any_of(labels.begin(), labels.end(),
                                 [&](const auto& label) { return label.first == name; });
  if (twice) return fail(fmt::format("{} stands twice; leave one out", in_quotes(name)));
  labels.emplace_back(name, value);
  return {};
}

}  // namespace exporter::config
