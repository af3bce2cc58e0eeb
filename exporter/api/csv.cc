#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exporter/api/page.h"
#include "exporter/api/text.h"
#include "exporter/api/values.h"

namespace exporter::api {
namespace {

// What a row of costs begins with, see FOCUS.
constexpr std::array<std::string_view, 3> kLead = {"ChargePeriodStart", "ChargePeriodEnd",
                                                   "BillingCurrency"};

// A spreadsheet would run it.
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
}

void append_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string safe(std::string_view text) {
  std::string out(is_formula(text) ? "'" : "");
  return out + repaired(text);
}

void append_cell(std::string& out, const Column& column, const Value& value, double rate) {
  if (is_null(value)) return;
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    append_field(out, safe(*text));
  } else {
    append_plain(out, column.kind, value, rate);
  }
}

/// The columns that lead and their value, the same in every row. A column of the table that bears
/// such a name takes its place.
struct Lead {
  std::string names, values;
};

Lead lead_of(const Page& page) {
  Lead lead;
  if (page.table.window_name.empty()) return lead;
  const auto window = window_of(page.table);
  const std::array<std::string, kLead.size()> values = {
      window ? model::format_time(window->start) : "",
      window ? model::format_time(window->end) : "", safe(page.publication.currency)};
  for (std::size_t i = 0; i < kLead.size(); ++i) {
    const bool there = std::any_of(page.table.columns.begin(), page.table.columns.end(),
                                   [&](const Column& column) { return column.focus == kLead[i]; });
    if (there) continue;
    lead.names += kLead[i];
    lead.names += ',';
    append_field(lead.values, values[i]);
    lead.values += ',';
  }
  return lead;
}

}  // namespace

std::string csv_name(const Column& column) {
  if (!column.focus.empty()) return std::string(column.focus);
  std::string out = "x_";
  bool upper = true;
  for (const char c : column.name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

std::string csv_file(const Page& page) {
  std::string name(page.path.substr(kPrefix.size() + 1));
  std::replace(name.begin(), name.end(), '/', '-');
  return fmt::format("{}-{}.csv", name, page.publication.report.snapshot);
}

std::string to_csv(const Page& page) {
  const std::span<const Column> columns = page.table.columns;
  const Lead lead = lead_of(page);
  std::string out = lead.names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += i > 0 ? "," : "";
    out += csv_name(columns[i]);
  }
  out += "\r\n";
  for (const std::uint32_t index : page.selected.rows) {
    out += lead.values;
    const auto row = page.table.row(index);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      out += i > 0 ? "," : "";
      append_cell(out, columns[i], row[i], page.publication.currency_rate);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace exporter::api
