// A page as JSON, written by hand: rows are many, and labels hold any bytes.
#include <fmt/format.h>

#include <algorithm>

#include "exporter/api/page.h"
#include "exporter/api/text.h"
#include "exporter/api/values.h"

namespace exporter::api {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// `,` unless it is the first member or element.
void separate(std::string& out) {
  if (out.back() != '{' && out.back() != '[') out += ',';
}

void key(std::string& out, std::string_view name) {
  separate(out);
  append_json(out, name);
  out += ':';
}

void member(std::string& out, std::string_view name, std::string_view text) {
  key(out, name);
  append_json(out, text);
}

template <class T>
void number(std::string& out, std::string_view name, T value) {
  key(out, name);
  fmt::format_to(std::back_inserter(out), "{}", value);
}

void decimal(std::string& out, std::string_view name, double value) {
  key(out, name);
  append_decimal(out, value);
}

void append_value(std::string& out, Kind kind, const Value& value, double rate) {
  if (is_null(value)) {
    out += "null";
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    append_json(out, *text);
  } else if (kind == Kind::time) {
    out += '"';
    append_plain(out, kind, value, rate);
    out += '"';
  } else {
    append_plain(out, kind, value, rate);
  }
}

void bounds(std::string& out, const std::optional<model::Window>& window) {
  key(out, "start");
  out += window ? fmt::format("\"{}\"", model::format_time(window->start)) : "null";
  key(out, "end");
  out += window ? fmt::format("\"{}\"", model::format_time(window->end)) : "null";
}

void append_window(std::string& out, const Table& table) {
  key(out, "window");
  if (table.window_name.empty()) {
    out += "null,\"coverage\":null";
    return;
  }
  out += '{';
  member(out, "name", table.window_name);
  bounds(out, window_of(table));
  out += '}';
  cost::Coverage coverage;
  for (const SourceWindow& source : table.windows) coverage += source.coverage;
  key(out, "coverage");
  out += '{';
  decimal(out, "ratio", coverage.ratio());
  number(out, "known_seconds", coverage.known.count());
  number(out, "elapsed_seconds", coverage.elapsed.count());
  out += '}';
}

void append_sources(std::string& out, const Table& table) {
  key(out, "sources");
  out += '[';
  for (const SourceWindow& source : table.windows) {
    separate(out);
    out += '{';
    member(out, "name", source.source);
    bounds(out, source.window);
    decimal(out, "coverage_ratio", source.coverage.ratio());
    out += '}';
  }
  out += ']';
}

void append_total(std::string& out, const Page& page) {
  key(out, "total");
  out += '{';
  auto value = page.selected.totals.begin();
  for (const Column& column : page.table.columns) {
    if (!column.summed) continue;
    key(out, column.name);
    append_value(out, column.kind, *value++, page.publication.currency_rate);
  }
  out += '}';
}

void append_page(std::string& out, const Page& page) {
  key(out, "page");
  out += '{';
  number(out, "limit", page.asked.limit);
  number(out, "offset", page.asked.offset);
  number(out, "rows", page.selected.rows.size());
  number(out, "matching", page.selected.matching);
  const std::string next = next_of(page);
  key(out, "next");
  if (next.empty()) {
    out += "null";
  } else {
    append_json(out, next);
  }
  out += '}';
}

void append_rows(std::string& out, const Page& page) {
  // `{"cluster":`, `,"namespace":`: the same for every row.
  std::vector<std::string> names;
  for (const Column& column : page.table.columns) {
    std::string name(names.empty() ? "{" : ",");
    append_json(name, column.name);
    names.push_back(name + ':');
  }
  key(out, "rows");
  out += '[';
  for (const std::uint32_t index : page.selected.rows) {
    out += out.back() == '[' ? "\n" : ",\n";
    const auto row = page.table.row(index);
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += names[i];
      append_value(out, page.table.columns[i].kind, row[i], page.publication.currency_rate);
    }
    out += '}';
  }
  out += ']';
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = character(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += kReplacement;
    } else if (first == '"' || first == '\\') {
      out += '\\';
      out += text[0];
    } else if (first < 0x20 || first == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", first);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

std::optional<model::Window> window_of(const Table& table) {
  std::optional<model::Window> out;
  for (const SourceWindow& source : table.windows) {
    if (!out) out = source.window;
    out->start = std::min(out->start, source.window.start);
    out->end = std::max(out->end, source.window.end);
  }
  return out;
}

std::string next_of(const Page& page) {
  if (!page.selected.more) return {};
  std::string out(page.path);
  out += '?';
  for (const auto& [name, value] : page.asked.same) {
    out += percent_encoded(name) + '=' + percent_encoded(value) + '&';
  }
  return out + fmt::format("offset={}&snapshot={}", page.asked.offset + page.selected.rows.size(),
                           page.publication.report.snapshot);
}

std::string to_json(const Page& page) {
  const poll::Publication& publication = page.publication;
  std::string out = "{";
  member(out, "snapshot", fmt::to_string(publication.report.snapshot));
  member(out, "published_at",
         model::format_time(std::chrono::floor<std::chrono::seconds>(publication.published_at)));
  key(out, "currency");
  out += '{';
  member(out, "code", publication.currency);
  decimal(out, "rate", publication.currency_rate);
  out += '}';
  append_window(out, page.table);
  append_sources(out, page.table);
  append_total(out, page);
  append_page(out, page);
  append_rows(out, page);
  return out + "}\n";
}

}  // namespace exporter::api
