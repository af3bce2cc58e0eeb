// How the exporter is, from what was published: never from what time it is.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "exporter/api/handlers.h"
#include "exporter/api/windows.h"
#include "exporter/version.h"

namespace exporter::api {
namespace {

using Json = nlohmann::ordered_json;
using opencost::Query;
using poll::QueryStatus;
using poll::SourceStatus;

const QueryStatus& status_of(const SourceStatus& source, Query query) {
  return source.queries[static_cast<std::size_t>(query)];
}

// Refused, not answered, or too old to be shown.
bool troubled(const QueryStatus& query) {
  return (query.asked && !query.up) || (query.last_success && !query.shown);
}

std::string_view state_of(const std::vector<const SourceStatus*>& sources) {
  const bool trouble = std::any_of(sources.begin(), sources.end(), [](const auto* source) {
    return std::any_of(source->queries.begin(), source->queries.end(), troubled);
  });
  if (trouble) return "degraded";
  const bool all = std::all_of(sources.begin(), sources.end(), [](const auto* source) {
    return status_of(*source, Query::current).asked;
  });
  return all && !sources.empty() ? "ok" : "starting";
}

Json time(std::optional<SystemTime> at) {
  if (!at) return nullptr;
  return model::format_time(std::chrono::floor<std::chrono::seconds>(*at));
}

Json query_of(const QueryStatus& status, Query query) {
  Json out;
  out["query"] = to_string(query);
  out["up"] = status.up;
  out["last_success"] = time(status.last_success);
  out["window"] = nullptr;
  if (status.window) {
    out["window"] = {{"start", model::format_time(status.window->start)},
                     {"end", model::format_time(status.window->end)}};
  }
  out["failure"] = status.failure.empty() ? Json(nullptr) : Json(status.failure);
  return out;
}

Json source_of(const SourceStatus& source) {
  Json out;
  out["name"] = source.name;
  out["queries"] = Json::array();
  for (const Query query : opencost::kQueries) {
    out["queries"].push_back(query_of(status_of(source, query), query));
  }
  return out;
}

// Those that concern the caller.
std::vector<const SourceStatus*> sources_of(const poll::Publication& publication,
                                            const Scope& scope) {
  std::vector<const SourceStatus*> out;
  for (std::size_t i = 0; i < publication.sources.size(); ++i) {
    if (scope.everything() || concerns(publication.report.sources[i], scope)) {
      out.push_back(&publication.sources[i]);
    }
  }
  return out;
}

}  // namespace

Reply health(const Sources& sources, const Request&, const access::Caller& caller) {
  const std::shared_ptr<const poll::Publication> held = sources.board.latest();
  std::vector<const SourceStatus*> shown;
  if (held) shown = sources_of(*held, Scope(caller, held->rules));
  Json body;
  body["status"] = state_of(shown);
  body["snapshot"] = held ? Json(fmt::to_string(held->report.snapshot)) : Json(nullptr);
  body["published_at"] = held ? time(held->published_at) : Json(nullptr);
  body["version"] = kVersion;
  if (caller.admin) {
    body["sources"] = Json::array();
    for (const SourceStatus* source : shown) body["sources"].push_back(source_of(*source));
  }
  return {.headers = {{"Content-Type", "application/json"}},
          .body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'};
}

}  // namespace exporter::api
