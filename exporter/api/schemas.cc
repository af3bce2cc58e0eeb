// The schemas of the OpenAPI document.
#include <nlohmann/json.hpp>

#include "exporter/api/describe.h"
#include "exporter/api/parameters.h"
#include "exporter/api/problems.h"
#include "exporter/version.h"

namespace exporter::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSnapshot = "1795309927123";

Json reference(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

/// An object all of whose members are always there, and no others.
Json whole(const Json& properties) {
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"},
          {"required", required},
          {"additionalProperties", false},
          {"properties", properties}};
}

// Each with one value it can have, for whoever reads or tries the document.

Json text(std::string_view description, std::string_view example) {
  return {{"type", "string"}, {"description", description}, {"examples", {example}}};
}
Json time(std::string_view description, std::string_view example = "2026-11-22T01:00:00Z") {
  return {{"type", "string"},
          {"format", "date-time"},
          {"description", description},
          {"examples", {example}}};
}
Json count(std::string_view description, std::uint64_t example) {
  return {
      {"type", "integer"}, {"minimum", 0}, {"description", description}, {"examples", {example}}};
}
Json ratio(std::string_view description) {
  return {{"type", "number"},
          {"minimum", 0},
          {"maximum", 1},
          {"description", description},
          {"examples", {1}}};
}
Json array(const Json& items) { return {{"type", "array"}, {"items", items}}; }
Json nullable(Json schema) {
  schema["type"] = {schema["type"], "null"};
  return schema;
}
Json or_null(const Json& schema) { return {{"oneOf", {schema, {{"type", "null"}}}}}; }

Json kind_schema(const Column& column) {
  switch (column.kind) {
    case Kind::text:
      return text(column.meaning, column.example);
    case Kind::money:
      return {{"type", "number"}, {"description", column.meaning}, {"examples", {12.345678}}};
    case Kind::number:
      return {{"type", "number"}, {"description", column.meaning}, {"examples", {0.75}}};
    case Kind::count:
      return count(column.meaning, 42);
    case Kind::truth:
      return {{"type", "boolean"}, {"description", column.meaning}, {"examples", {true}}};
    case Kind::time:
      return time(column.meaning);
    case Kind::date:
      break;
  }
  return {{"type", "string"},
          {"format", "date"},
          {"description", column.meaning},
          {"examples", {"2026-11-01"}}};
}

Json column_schema(const Column& column) {
  return column.nullable ? nullable(kind_schema(column)) : kind_schema(column);
}

Json columns_schema(const RowsRoute& route, bool totals) {
  Json properties = Json::object(), required = Json::array();
  for (const Column& column : route.columns) {
    if (totals && !column.summed) continue;
    properties[column.name] = column_schema(column);
    if (is_always_there(route, column)) required.push_back(column.name);
  }
  return {{"type", "object"},
          {"required", required},
          {"additionalProperties", false},
          {"properties", properties}};
}

Json bounds() {
  return {{"start", nullable(time("Where it begins; null when it is of no source.",
                                  "2026-11-01T00:00:00Z"))},
          {"end", nullable(time("Where it ends, which is not part of it."))}};
}

Json window_schema() {
  Json properties = {{"name", text("What was asked for: `current`, `month_to_date`, or two dates.",
                                   "month_to_date")}};
  properties.update(bounds());
  return whole(properties);
}

Json source_schema() {
  Json properties = {{"name", text("As the configuration calls this OpenCost.", "prod-eu")}};
  properties.update(bounds());
  properties["coverage_ratio"] = ratio("How much of that is known.");
  return whole(properties);
}

Json health_schema() {
  Json window = whole({{"start", time("Where it begins.", "2026-11-22T00:00:00Z")},
                       {"end", time("Where it ends.")}});
  const Json query = whole({
      {"query", text("What is asked: `current`, `assets`, `today` or `day`.", "current")},
      {"up",
       {{"type", "boolean"},
        {"description", "Whether the last answer was good."},
        {"examples", {true}}}},
      {"last_success", nullable(time("When a good answer came; null before the first."))},
      {"window", or_null(window)},
      {"failure", nullable(text("Why the last answer was not good; null when it was.",
                                "timeout: nothing after 120 s"))},
  });
  const Json source = whole({{"name", text("As the configuration calls this OpenCost.", "prod-eu")},
                             {"queries", array(query)}});
  Json status = text("`degraded` while a question fails.", "ok");
  status["enum"] = {"ok", "degraded", "starting"};
  Json out =
      whole({{"status", status},
             {"snapshot", nullable(text("What is published; null before the first.", kSnapshot))},
             {"published_at", nullable(time("When that was.", "2026-11-22T01:12:07Z"))},
             {"version", text("Of the exporter.", kVersion)}});
  out["properties"]["sources"] = array(source);
  out["properties"]["sources"]["description"] = "For admins only.";
  return out;
}

Json accepted_schema() {
  const Json collection = whole({{"id", count("Of the poll.", 63)},
                                 {"state", text("`waiting`.", "waiting")},
                                 {"source", text("The OpenCost that is asked.", "prod-eu")},
                                 {"query", text("What it is asked for.", "current")}});
  return whole({{"request", count("What `request` of `GET /api/v1/collections` takes.", 63)},
                {"collections", array(collection)}});
}

Json problem_properties() {
  Json codes = Json::array();
  for (const ProblemKind& kind : problems()) codes.push_back(kind.code);
  Json status = {{"type", "integer"},
                 {"minimum", 400},
                 {"maximum", 599},
                 {"description", "The status of the answer."},
                 {"examples", {400}}};
  Json code = text("Names the problem; `/api/v1/problems` tells what it means.", "bad_parameter");
  code["enum"] = codes;
  return {{"title", text("What the code means, in a few words.", "Bad parameter")},
          {"status", status},
          {"code", code}};
}

Json problem_schema() {
  const Json shared = problem_properties();
  return whole(
      {{"type", text("`/api/v1/problems#` and the code.", "/api/v1/problems#bad_parameter")},
       {"title", shared["title"]},
       {"status", shared["status"]},
       {"detail", text("What is wrong with this request, and what to do.",
                       "Parameter limit is \"0\": it must be a whole number from 1 to "
                       "1000.")},
       {"code", shared["code"]}});
}

Json problem_kind_schema() {
  const Json shared = problem_properties();
  return whole(
      {{"code", shared["code"]},
       {"status", shared["status"]},
       {"title", shared["title"]},
       {"meaning", text("What it means, and what to do.", problem_kind("bad_parameter").meaning)}});
}

}  // namespace

Json row_schema(const RowsRoute& route) { return columns_schema(route, false); }
Json total_schema(const RowsRoute& route) {
  Json out = columns_schema(route, true);
  out["description"] = "Sums over all rows that match, on whatever page.";
  return out;
}

Json page_schema(std::string_view id) {
  return whole(
      {{"snapshot", text("Names the figures: all pages of an answer are made from the "
                         "same. The metric `opencost_snapshot_id`.",
                         kSnapshot)},
       {"published_at", time("When these figures were published.", "2026-11-22T01:12:07Z")},
       {"currency", reference("Currency")},
       {"window", or_null(reference("Window"))},
       {"coverage", or_null(reference("Coverage"))},
       {"sources", array(reference("Source"))},
       {"total", reference(std::string(id) + "_total")},
       {"page", reference("Page")},
       {"rows", array(reference(std::string(id) + "_row"))}});
}

Json other_schema(std::string_view path, std::string_view method) {
  if (method == "POST") return accepted_schema();
  if (path.ends_with("/health")) return health_schema();
  if (path.ends_with("/problems")) return array(problem_kind_schema());
  return {{"type", "object"}};
}

Json common_schemas() {
  const Json page = whole({{"limit", count("How many rows a page has at most.", 100)},
                           {"offset", count("How many rows come before this page.", 0)},
                           {"rows", count("How many rows are on this page.", 1)},
                           {"matching", count("How many rows there are on all pages.", 1)},
                           {"next",
                            {{"type", {"string", "null"}},
                             {"description", "Where the next page is; null on the last."},
                             {"examples", {nullptr}}}}});
  return {
      {"Problem", problem_schema()},
      {"Currency", whole({{"code", text("As the configuration names it.", "USD")},
                          {"rate",
                           {{"type", "number"},
                            {"description", "What OpenCost's amounts are multiplied with."},
                            {"examples", {1}}}}})},
      {"Window", window_schema()},
      {"Coverage", whole({{"ratio", ratio("`known_seconds` of `elapsed_seconds`.")},
                          {"known_seconds", count("Of all sources together.", 1'818'000)},
                          {"elapsed_seconds", count("Of all sources together.", 1'818'000)}})},
      {"Source", source_schema()},
      {"Page", page},
  };
}

Json parameter_schema(const Parameter& parameter) {
  if (parameter.type == "integer") {
    const bool limit = parameter.name == "limit";
    Json out = {{"type", "integer"},
                {"minimum", limit ? 1 : 0},
                {"maximum", limit ? page_size(Media::json).most : kLargest}};
    if (limit) out["default"] = page_size(Media::json).usual;
    if (parameter.name == "offset") out["default"] = 0;
    return out;
  }
  Json out = {{"type", "string"}};
  if (parameter.type == "choice") {
    const Choices choices = choices_of(parameter);
    if (choices.prefix.empty()) {
      out["enum"] = choices.words;
    } else {
      std::string pattern = "^(";
      for (const std::string_view word : choices.words) pattern += std::string(word) + '|';
      out["pattern"] = pattern + std::string(choices.prefix) + "[A-Za-z0-9_./:-]+)$";
      out["maxLength"] = kLongestValue;
      out["examples"] = choices.words;
    }
  } else if (parameter.type == "date") {
    out["format"] = "date";
  } else if (parameter.type == "snapshot") {
    out["pattern"] = "^[0-9]{1,16}$";
  } else {
    out["minLength"] = 1;
    out["maxLength"] = kLongestValue;
  }
  if (!parameter.default_value.empty()) out["default"] = parameter.default_value;
  return out;
}

Json filter_schema() {
  const Json pattern = {{"type", "string"}, {"minLength", 1}, {"maxLength", kLongestValue}};
  return {{"type", "array"}, {"items", pattern}, {"minItems", 1}};
}

}  // namespace exporter::api
