// The same tables, for people.
#include <fmt/format.h>

#include <algorithm>

#include "exporter/api/describe.h"
#include "exporter/api/page.h"
#include "exporter/api/parameters.h"
#include "exporter/api/problems.h"

namespace exporter::api {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Written by `opencost-exporter print-docs` from the table of routes in exporter/api/. -->
# API reference

Every route of the API, with what may be asked of it and what it answers. The same as
`/api/v1/openapi.json` says to programs.

## Routes

)";

constexpr std::string_view kEveryRoute = R"(## Parameters of every route of rows

A filter is a parameter of the name of a column of text: it keeps the rows that match one of its patterns,
in which `*` stands for any text. Several patterns are separated by commas, or the parameter is repeated.

)";

std::string_view who_of(Who who) {
  switch (who) {
    case Who::anybody:
      return "anybody";
    case Who::callers:
      return "callers";
    case Who::admins:
      return "admins";
  }
  return {};
}

std::string_view kind_of(Kind kind) {
  constexpr std::string_view kNames[] = {"text",  "money", "number", "count",
                                         "truth", "time",  "date"};
  return kNames[static_cast<std::size_t>(kind)];
}

// A cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

void add_routes(std::string& out, std::span<const Endpoint> endpoints) {
  out += "| route | methods | for | answers |\n| --- | --- | --- | --- |\n";
  for (const Endpoint& endpoint : endpoints) {
    const Route& route = endpoint.route;
    out += fmt::format("| `{}` | {} | {} | {} |\n", route.path, route.methods, who_of(route.who),
                       cell(route.summary));
  }
  out += '\n';
}

void add_parameters(std::string& out, std::span<const Parameter> parameters) {
  if (parameters.empty()) return;
  out += "| parameter | legal | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const Parameter& parameter : parameters) {
    const std::string_view legal = parameter.choices.empty() ? parameter.type : parameter.choices;
    out += fmt::format(
        "| `{}` | {} | {} | {} |\n", parameter.name, cell(legal),
        parameter.required ? std::string("must be given") : code(parameter.default_value),
        cell(parameter.meaning));
  }
  out += '\n';
}

void add_columns(std::string& out, const RowsRoute& route) {
  out += "| column | kind | in CSV | meaning |\n| --- | --- | --- | --- |\n";
  for (const Column& column : route.columns) {
    out += fmt::format("| `{}` | {}{}{} | `{}` | {} |\n", column.name, kind_of(column.kind),
                       column.nullable ? ", or null" : "", column.summed ? ", in `total`" : "",
                       csv_name(column), cell(column.meaning));
  }
  out += '\n';
}

void add_route(std::string& out, const Endpoint& endpoint) {
  out += fmt::format("## {} {}\n\n{} {}\n\n", main_method(endpoint.route), endpoint.route.path,
                     endpoint.route.summary, endpoint.details);
  if (endpoint.rows == nullptr) return;
  add_parameters(out, endpoint.rows->parameters);
  std::string filters;
  for (const Column* column : filters_of(*endpoint.rows)) {
    filters += fmt::format("{}`{}`", filters.empty() ? "" : ", ", column->name);
  }
  if (!filters.empty()) out += fmt::format("Filters: {}. ", filters);
  out += fmt::format("Sorted by `{}` unless `sort` says something else.\n\n", endpoint.rows->sort);
  add_columns(out, *endpoint.rows);
}

void add_problems(std::string& out) {
  out +=
      "## Problems\n\nEvery error is `application/problem+json` (RFC 9457) with one of these "
      "codes.\n\n| code | status | meaning |\n| --- | --- | --- |\n";
  for (const ProblemKind& kind : problems()) {
    out += fmt::format("| `{}` | {} | {} |\n", kind.code, kind.status, cell(kind.meaning));
  }
}

}  // namespace

std::string_view main_method(const Route& route) {
  return route.methods.substr(0, route.methods.find(','));
}

std::string operation_id(const Endpoint& endpoint) {
  std::string out(endpoint.route.path.substr(kPrefix.size() + 1));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '/' || c == '-' || c == '.'; }, '_');
  return main_method(endpoint.route) == "POST" ? "start_" + out : out;
}

std::vector<std::string_view> problems_of(const Endpoint& endpoint) {
  const bool post = main_method(endpoint.route) == "POST";
  const auto can_be = [&](std::string_view code) {
    if (code == "not_found") return false;
    if (code == "snapshot_gone" || code == "not_published") return endpoint.rows != nullptr;
    if (code == "unauthorized" || code == "too_many_requests" ||
        code == "authentication_unavailable") {
      return endpoint.route.who != Who::anybody;
    }
    if (code == "forbidden") return endpoint.route.who != Who::anybody;
    if (code == "bad_body" || code == "collection_under_way" || code == "length_required" ||
        code == "body_too_large" || code == "unsupported_media_type") {
      return post;
    }
    return true;
  };
  std::vector<std::string_view> out;
  for (const ProblemKind& kind : problems()) {
    if (can_be(kind.code)) out.push_back(kind.code);
  }
  return out;
}

bool is_always_there(const RowsRoute& route, const Column& column) {
  return column.kind != Kind::text || !has_parameter(route, "aggregate");
}

std::string document_of(std::span<const Endpoint> endpoints) {
  std::string out(kIntroduction);
  add_routes(out, endpoints);
  out += kEveryRoute;
  add_parameters(out, common_parameters());
  for (const Endpoint& endpoint : endpoints) add_route(out, endpoint);
  add_problems(out);
  return out;
}

}  // namespace exporter::api
