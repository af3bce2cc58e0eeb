// The table of routes, with all that is known of each. Inside api/ only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/api/api.h"
#include "exporter/api/scope.h"
#include "exporter/api/table.h"
#include "exporter/result.h"

namespace exporter::api {

/// A query parameter that is not the name of a text column. (Those are parameters of their own:
/// `namespace=pay-*` keeps the rows that match, several values or values with commas are
/// alternatives, `*` stands for any text.)
struct Parameter {
  std::string_view name;
  std::string_view type;           // `choice`, `date`, `integer`, `text`
  std::string_view default_value;  // empty: none
  std::string_view choices;        // of `choice`: `day, week, month`; with a trailing `:NAME` where
                                   // a name follows: `namespace, workload, label:NAME`
  std::string_view meaning;        // one sentence
  std::string_view example;        // one that is legal
  bool required = false;           // a request without it is refused
};

/// What is wrong with a request: a row of the table of problems, and a sentence with the value, the
/// place and what to do.
struct Problem {
  std::string_view code;
  std::string detail;
};
template <class T>
using Answer = Result<T, Problem>;

/// The parameters of a request, checked against those of its route: every one is given or has its
/// default, and holds a legal value.
class Parameters {
 public:
  /// The value of a parameter of the route; empty when it was not given and has no default.
  const std::string& of(std::string_view name) const;
  void set(std::string name, std::string value);

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// What a handler knows. `publication` is never null: before the first one the answer is a problem.
struct Question {
  const Sources& sources;
  const poll::Publication& publication;
  std::shared_ptr<const poll::Publication> held;  // the same, to be kept
  const Scope& scope;
  const access::Caller& caller;
  const Parameters& parameters;
  SystemTime now;
};

/// A route that answers with rows.
struct RowsRoute {
  std::span<const Parameter> parameters;  // beside those of every such route
  /// All it can have. Where `aggregate` is a parameter, an answer leaves out the text columns that
  /// do not tell its rows apart; all others are in every answer.
  std::span<const Column> columns;
  Answer<Table> (*rows)(const Question& question);
  /// How the rows are sorted when nobody says: as `sort` would.
  std::string_view sort;
};

struct Endpoint {
  Route route;
  std::string_view tag;      // of the OpenAPI document
  std::string_view details;  // Markdown, for the document
  const RowsRoute* rows = nullptr;
  /// Of routes that answer with something else.
  Reply (*other)(const Sources& sources, const Request& request,
                 const access::Caller& caller) = nullptr;
};
std::span<const Endpoint> endpoints();

}  // namespace exporter::api
