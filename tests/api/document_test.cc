// The OpenAPI document and the reference are what the table of routes says.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "exporter/api/describe.h"
#include "exporter/api/page.h"
#include "exporter/api/problems.h"

namespace exporter::api {
namespace {

using Json = nlohmann::json;

const Json& parsed() {
  static const Json document = Json::parse(openapi());
  return document;
}

// Calls `each` for every object in `node`, with where it is.
void walk(const Json& node, const std::string& at,
          const std::function<void(const Json&, const std::string&)>& each) {
  if (node.is_object()) each(node, at);
  if (!node.is_structured()) return;
  for (const auto& [key, value] : node.items()) {
    walk(value, fmt::format("{}/{}", at, key), each);
  }
}

TEST(OpenApi, HasEveryRouteAndNoOther) {
  std::set<std::string> documented;
  for (const auto& [path, item] : parsed().at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      documented.insert(fmt::format("{} {}", method, path));
    }
  }
  std::set<std::string> served;
  for (const Route& route : routes()) {
    const bool post = route.methods == "POST";
    EXPECT_TRUE(post || route.methods == "GET, HEAD") << route.path;
    served.insert(fmt::format("{} {}", post ? "post" : "get", route.path));
  }
  EXPECT_EQ(documented, served);
}

TEST(OpenApi, HasWhatEveryRouteTakesAndAnswers) {
  for (const Endpoint& endpoint : endpoints()) {
    SCOPED_TRACE(endpoint.route.path);
    const bool post = endpoint.route.methods == "POST";
    const Json& operation =
        parsed().at("paths").at(std::string(endpoint.route.path)).at(post ? "post" : "get");
    EXPECT_EQ(operation.at("security").empty(), endpoint.route.who == Who::anybody);
    std::set<std::string> statuses{post ? "202" : "200"};
    if (!post) statuses.insert("304");
    for (const std::string_view code : problems_of(endpoint)) {
      statuses.insert(fmt::format("{}", problem_kind(code).status));
    }
    std::set<std::string> documented;
    for (const auto& [status, answer] : operation.at("responses").items()) {
      documented.insert(status);
    }
    EXPECT_EQ(documented, statuses);
    if (endpoint.rows == nullptr) continue;
    const Json& row = parsed()
                          .at("components")
                          .at("schemas")
                          .at(operation_id(endpoint) + "_row")
                          .at("properties");
    EXPECT_EQ(row.size(), endpoint.rows->columns.size());
    for (const Column& column : endpoint.rows->columns) {
      EXPECT_TRUE(row.contains(std::string(column.name))) << column.name;
    }
  }
}

TEST(OpenApi, NamesNothingTwiceAndNothingThatIsNotThere) {
  std::set<std::string> ids;
  walk(parsed(), "", [&](const Json& node, const std::string& at) {
    if (node.contains("operationId")) {
      EXPECT_TRUE(ids.insert(node["operationId"]).second) << at;
    }
    if (!node.contains("$ref")) return;
    const Json::json_pointer target(node["$ref"].get<std::string>().substr(1));
    EXPECT_TRUE(parsed().contains(target)) << at << ": " << node["$ref"];
  });
  EXPECT_EQ(ids.size(), endpoints().size());
}

TEST(OpenApi, ShowsAValueOfEveryMember) {
  const auto is_value = [](const Json& schema) {
    const Json type = schema.value("type", Json());
    const Json first = type.is_array() ? type.at(0) : type;
    return first == "string" || first == "number" || first == "integer" || first == "boolean";
  };
  int values = 0;
  walk(parsed().at("components").at("schemas"), "", [&](const Json& node, const std::string& at) {
    if (!node.contains("properties")) return;
    for (const auto& [name, schema] : node["properties"].items()) {
      if (!is_value(schema)) continue;
      ++values;
      const Json examples = schema.value("examples", Json::array());
      EXPECT_EQ(examples.size(), 1u) << at << "/" << name;
      EXPECT_FALSE(examples.empty() || examples[0].dump() == "\"\"") << at << "/" << name;
      EXPECT_NE(schema.value("description", ""), "") << at << "/" << name;
    }
  });
  EXPECT_GT(values, 100);
}

TEST(OpenApi, SaysWhereAColumnMayBeNull) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.rows == nullptr) continue;
    const Json row = Json(row_schema(*endpoint.rows));
    for (const Column& column : endpoint.rows->columns) {
      const Json& type = row.at("properties").at(std::string(column.name)).at("type");
      EXPECT_EQ(type.is_array() && type.at(1) == "null", column.nullable)
          << endpoint.route.path << " " << column.name;
    }
  }
}

TEST(Reference, HasEveryRouteColumnAndProblem) {
  const std::string text = document();
  const auto has = [&](const std::string& part) { EXPECT_THAT(text, testing::HasSubstr(part)); };
  for (const Endpoint& endpoint : endpoints()) {
    has(fmt::format("| `{}` | {} |", endpoint.route.path, endpoint.route.methods));
    has(fmt::format("\n## {} {}\n", main_method(endpoint.route), endpoint.route.path));
    if (endpoint.rows == nullptr) continue;
    for (const Column& column : endpoint.rows->columns) {
      has(fmt::format("| `{}` | ", column.name));
      has(fmt::format("| `{}` | ", csv_name(column)));
    }
    for (const Parameter& parameter : endpoint.rows->parameters) {
      has(fmt::format("| `{}` | ", parameter.name));
    }
  }
  for (const ProblemKind& kind : problems()) {
    has(fmt::format("| `{}` | {} | ", kind.code, kind.status));
  }
}

}  // namespace
}  // namespace exporter::api
