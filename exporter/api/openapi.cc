#include <algorithm>
#include <nlohmann/json.hpp>

#include "exporter/api/describe.h"
#include "exporter/api/parameters.h"
#include "exporter/api/problems.h"
#include "exporter/version.h"

namespace exporter::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDescription =
    R"(What Kubernetes workloads cost, from the figures that the exporter has published. Asking costs OpenCost nothing; only `POST /api/v1/collections` puts questions to it.

**Rows.** Every route of rows takes `limit`, `offset`, `sort` and `snapshot`, and a filter for each of its columns of text: patterns in which `*` stands for any text, several of them as alternatives. `total` and `page.matching` are of all rows that match. `page.next` leads to the next page of the same figures; once they are gone, it is answered with 410, and the first page must be asked for again.

**Money** is in the currency that `currency` names, with at most six decimals. Null is what is not known or does not apply, and never zero; `coverage` says how much of a window is known.

**CSV** is sent for `Accept: text/csv`, with the names of FOCUS columns where they fit.

**Caching.** Every good answer has an `ETag`; with `If-None-Match` it is sent again only when it has changed. HEAD is answered wherever GET is.

**Who sees what.** An admin sees everything. A tenant sees the rows that the rules of the configuration give to it: its answers, totals and errors are made of these alone. Where the configuration has neither tokens nor users nor Kubernetes, nobody needs credentials, and everybody is an admin.)";

struct Tag {
  std::string_view name, description;
};
constexpr Tag kTags[] = {
    {"Costs", "What was spent in a window, by whatever one asks for."},
    {"History", "What was spent day by day, and month by month."},
    {"Findings", "What follows from costs: savings, budgets, policies, tenants."},
    {"Operation", "How the exporter is, and when it asks OpenCost."},
    {"Reference", "What describes the API."},
};

Json media(const Json& schema) { return {{"schema", schema}}; }
Json reference(const std::string& place) { return {{"$ref", "#/components/" + place}}; }
Json header(std::string_view description, bool required, std::string_view type = "string") {
  return {{"description", description}, {"required", required}, {"schema", {{"type", type}}}};
}

Json parameter(std::string_view name, std::string_view meaning, bool required, const Json& schema) {
  Json out = {{"name", name}, {"in", "query"}, {"description", meaning}};
  if (required) out["required"] = true;
  out["schema"] = schema;
  return out;
}

Json parameters_of(const RowsRoute& route) {
  Json out = Json::array();
  const auto add = [&](const Parameter& one, std::string_view example) {
    Json& added =
        out.emplace_back(parameter(one.name, one.meaning, one.required, parameter_schema(one)));
    if (one.type == "integer") {
      added["example"] = std::stoull(std::string(example));
    } else {
      added["example"] = example;
    }
  };
  for (const Parameter& one : route.parameters) add(one, one.example);
  for (const Column* column : filters_of(route)) {
    Json added = parameter(
        column->name,
        "Keeps the rows that match one of these patterns. " + std::string(column->meaning), false,
        filter_schema());
    added["style"] = "form";
    added["explode"] = true;
    if (is_always_there(route, *column)) added["example"] = {column->example};
    out.push_back(added);
  }
  for (const Parameter& one : common_parameters()) {
    add(one, one.name == "sort" ? route.sort : one.example);
  }
  return out;
}

Json good_headers(bool rows) {
  Json out = {{"ETag", reference("headers/ETag")}, {"Vary", reference("headers/Vary")}};
  if (rows) out["Link"] = reference("headers/Link");
  return out;
}

Json good_answer(const Endpoint& endpoint) {
  const std::string id = operation_id(endpoint);
  Json content = {{"application/json", media(reference("schemas/" + id))}};
  if (endpoint.rows != nullptr) {
    content["text/csv"] =
        media({{"type", "string"},
               {"description", "A header and a line for each row (RFC 4180), UTF-8."}});
  }
  if (main_method(endpoint.route) == "POST") {
    return {{"description", "OpenCost will be asked."},
            {"headers", {{"Location", header("Where to look for what became of it.", true)}}},
            {"content", content}};
  }
  return {{"description", endpoint.rows != nullptr ? "A page of rows." : "The answer."},
          {"headers", good_headers(endpoint.rows != nullptr)},
          {"content", content}};
}

void add_problems(const Endpoint& endpoint, Json& responses) {
  for (const std::string_view code : problems_of(endpoint)) {
    const ProblemKind& kind = problem_kind(code);
    Json& response = responses[std::to_string(kind.status)];
    std::string text =
        response.contains("description") ? response["description"].get<std::string>() : "";
    text += (text.empty() ? "`" : "\n\n`") + std::string(code) + "`: " + std::string(kind.meaning);
    response["description"] = text;
    if (kind.status == 405) response["headers"] = {{"Allow", reference("headers/Allow")}};
    if (kind.status == 401) {
      response["headers"] = {{"WWW-Authenticate", reference("headers/WWW-Authenticate")}};
    }
    if (kind.status == 429 || kind.status == 503) {
      response["headers"] = {{"Retry-After", reference("headers/Retry-After")}};
    }
    response["content"] = {{"application/problem+json", media(reference("schemas/Problem"))}};
  }
}

Json request_body() {
  const Json sources = {{"type", "array"},
                        {"minItems", 1},
                        {"uniqueItems", true},
                        {"items", {{"type", "string"}, {"minLength", 1}}},
                        {"description", "Names of the configuration; all when it is left out."}};
  const Json schema = {
      {"type", "object"}, {"additionalProperties", false}, {"properties", {{"sources", sources}}}};
  Json content = media(schema);
  content["example"] = {{"sources", {"prod-eu"}}};
  return {{"description", "Which OpenCosts to ask."},
          {"required", false},
          {"content", {{"application/json", content}}}};
}

// A heading, without its full stop.
std::string_view title_of(const Route& route) {
  std::string_view title = route.summary;
  if (title.ends_with('.')) title.remove_suffix(1);
  return title;
}

Json operation_of(const Endpoint& endpoint) {
  const bool post = main_method(endpoint.route) == "POST";
  Json out = {{"operationId", operation_id(endpoint)},
              {"tags", {endpoint.tag}},
              {"summary", title_of(endpoint.route)},
              {"description", endpoint.details}};
  if (endpoint.route.who == Who::anybody) {
    out["security"] = Json::array();
  } else {
    out["security"] = {{{"bearer", Json::array()}}, {{"basic", Json::array()}}};
  }
  if (endpoint.rows != nullptr) out["parameters"] = parameters_of(*endpoint.rows);
  if (post) out["requestBody"] = request_body();
  Json responses;
  responses[post ? "202" : "200"] = good_answer(endpoint);
  if (!post) {
    responses["304"] = {{"description", "The answer is the one that `If-None-Match` names."},
                        {"headers", good_headers(false)}};
  }
  add_problems(endpoint, responses);
  out["responses"] = responses;
  return out;
}

Json paths_of(std::span<const Endpoint> endpoints) {
  Json out = Json::object();
  for (const Endpoint& endpoint : endpoints) {
    const std::string method = main_method(endpoint.route) == "POST" ? "post" : "get";
    out[std::string(endpoint.route.path)][method] = operation_of(endpoint);
  }
  return out;
}

Json schemas_of(std::span<const Endpoint> endpoints) {
  Json out = common_schemas();
  for (const Endpoint& endpoint : endpoints) {
    const std::string id = operation_id(endpoint);
    if (endpoint.rows == nullptr) {
      out[id] = other_schema(endpoint.route.path, main_method(endpoint.route));
      continue;
    }
    out[id] = page_schema(id);
    out[id + "_total"] = total_schema(*endpoint.rows);
    out[id + "_row"] = row_schema(*endpoint.rows);
  }
  return out;
}

Json components_of(std::span<const Endpoint> endpoints) {
  return {
      {"schemas", schemas_of(endpoints)},
      {"headers",
       {{"ETag", header("Names this body, to be sent back in `If-None-Match`.", true)},
        {"Vary", header("What else the answer depends on.", true)},
        {"Link", header("The next page, with `rel=\"next\"`, where there is one.", false)},
        {"Allow", header("The methods of the path.", true)},
        {"WWW-Authenticate", header("How to say who one is.", false)},
        {"Retry-After", header("How many seconds to wait.", false, "integer")}}},
      {"securitySchemes",
       {{"bearer",
         {{"type", "http"},
          {"scheme", "bearer"},
          {"description", "A token of the configuration, or one of Kubernetes."}}},
        {"basic",
         {{"type", "http"},
          {"scheme", "basic"},
          {"description", "A user of the web configuration file."}}}}},
  };
}

Json tags_of(std::span<const Endpoint> endpoints) {
  Json out = Json::array();
  for (const Tag& tag : kTags) {
    const bool used =
        std::any_of(endpoints.begin(), endpoints.end(),
                    [&](const Endpoint& endpoint) { return endpoint.tag == tag.name; });
    if (used) out.push_back({{"name", tag.name}, {"description", tag.description}});
  }
  return out;
}

}  // namespace

std::string openapi_of(std::span<const Endpoint> endpoints) {
  const Json document = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "opencost-exporter"},
        {"version", kVersion},
        {"description", kDescription},
        {"license", {{"name", "Apache License 2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"servers", {{{"url", "/"}, {"description", "Where this document was read."}}}},
      {"tags", tags_of(endpoints)},
      {"paths", paths_of(endpoints)},
      {"components", components_of(endpoints)}};
  // Indented, so that the one in docs/ shows what a change changes.
  return document.dump(1) + '\n';
}

}  // namespace exporter::api
