// A page of rows as JSON and as CSV. Inside api/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exporter/api/parameters.h"
#include "exporter/api/select.h"
#include "exporter/poll/poll.h"

namespace exporter::api {

struct Page {
  const poll::Publication& publication;
  const Table& table;
  const Asked& asked;
  const Selected& selected;
  std::string_view path;  // of the route
};

/// Where the rows behind this page are: path and query. Empty when there are none.
std::string next_of(const Page& page);
/// From the first start to the last end of the sources; nothing without sources.
std::optional<model::Window> window_of(const Table& table);

/// The whole answer, see docs/api.md.
std::string to_json(const Page& page);

/// RFC 4180 with a header; text that a spreadsheet would take for a formula begins with `'`.
std::string to_csv(const Page& page);
/// What a column is called there: as FOCUS has it, or `x_` and Pascal case.
std::string csv_name(const Column& column);
/// What the file is called.
std::string csv_file(const Page& page);

/// Appends a JSON string; U+FFFD in place of what is not UTF-8.
void append_json(std::string& out, std::string_view text);

}  // namespace exporter::api
