// What a table of routes says about itself, for programs and for people. Inside api/ only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/api/route.h"

namespace exporter::api {

/// OpenAPI 3.1, as JSON.
std::string openapi_of(std::span<const Endpoint> endpoints);
/// Markdown.
std::string document_of(std::span<const Endpoint> endpoints);

/// `cost_namespaces`, `start_collection`: unique in the document.
std::string operation_id(const Endpoint& endpoint);
/// GET or POST.
std::string_view main_method(const Route& route);
/// The codes of what can go wrong at a route, in the order of their statuses.
std::vector<std::string_view> problems_of(const Endpoint& endpoint);
/// Whether every answer of the route has this column.
bool is_always_there(const RowsRoute& route, const Column& column);

// Schemas of the document.

/// One row, and the totals.
nlohmann::ordered_json row_schema(const RowsRoute& route);
nlohmann::ordered_json total_schema(const RowsRoute& route);
/// A page of such rows.
nlohmann::ordered_json page_schema(std::string_view id);
/// Of a route that answers with something else than rows; `{}` when nothing is known of it.
nlohmann::ordered_json other_schema(std::string_view path, std::string_view method);
/// What all answers share, by name.
nlohmann::ordered_json common_schemas();
/// The values of a parameter.
nlohmann::ordered_json parameter_schema(const Parameter& parameter);
nlohmann::ordered_json filter_schema();

}  // namespace exporter::api
