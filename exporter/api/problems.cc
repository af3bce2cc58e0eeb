#include "exporter/api/problems.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "exporter/api/handlers.h"
#include "exporter/api/text.h"

namespace exporter::api {
namespace {

constexpr std::array kProblems = {
    ProblemKind{"bad_parameter", 400, "Bad parameter",
                "A query parameter is unknown, missing, given too often or holds a value that is "
                "not legal; `detail` names each one and what is legal."},
    ProblemKind{"bad_body", 400, "Bad body",
                "The body is not what this route takes; `detail` says where and what is legal."},
    ProblemKind{"unauthorized", 401, "Unauthorized",
                "Credentials are missing or not known; send a bearer token or a name and a "
                "password."},
    ProblemKind{"forbidden", 403, "Forbidden",
                "The credentials are known, but give no right to this; an admin has it."},
    ProblemKind{"not_found", 404, "Not found",
                "There is no such path; `/api/v1/openapi.json` lists those there are."},
    ProblemKind{"method_not_allowed", 405, "Method not allowed",
                "The path has other methods, which the header `Allow` names."},
    ProblemKind{"not_acceptable", 406, "Not acceptable",
                "The header `Accept` admits nothing that this route can answer with."},
    ProblemKind{"collection_under_way", 409, "Collection under way",
                "A poll of this source has been asked for and is not finished; wait for it."},
    ProblemKind{"snapshot_gone", 410, "Snapshot gone",
                "The figures have been published anew since the first page; begin again without "
                "`snapshot` and `offset`."},
    ProblemKind{"length_required", 411, "Length required",
                "A body came without a `Content-Length`; send one."},
    ProblemKind{"body_too_large", 413, "Body too large",
                "The body is longer than any legal one; ask for less at a time."},
    ProblemKind{"unsupported_media_type", 415, "Unsupported media type",
                "The body must be JSON, and the header `Content-Type` must say so: "
                "`application/json`."},
    ProblemKind{"too_many_requests", 429, "Too many requests",
                "Too much was asked for in too short a time; wait as long as `Retry-After` says."},
    ProblemKind{"internal", 500, "Internal error",
                "The exporter failed, and its log says how; ask again, and report it if it stays."},
    ProblemKind{"not_published", 503, "Not published yet",
                "The exporter has just started and knows nothing yet; ask again after "
                "`Retry-After`."},
    ProblemKind{"busy", 503, "Busy",
                "Too many requests wait for their answers; ask again after `Retry-After`."},
    ProblemKind{"authentication_unavailable", 503, "Authentication unavailable",
                "Kubernetes could not be asked about the token; ask again after `Retry-After`."},
};

std::string type_of(std::string_view code) {
  return std::string(kPrefix) + "/problems#" + std::string(code);
}

}  // namespace

std::span<const ProblemKind> problems() { return kProblems; }

const ProblemKind& problem_kind(std::string_view code) {
  const auto at = std::find_if(kProblems.begin(), kProblems.end(),
                               [&](const ProblemKind& kind) { return kind.code == code; });
  if (at == kProblems.end()) std::abort();  // a code that somebody made up
  return *at;
}

Reply problem(std::string_view code, std::string_view detail) {
  const ProblemKind& kind = problem_kind(code);
  const nlohmann::ordered_json body = {{"type", type_of(kind.code)},
                                       {"title", kind.title},
                                       {"status", kind.status},
                                       {"detail", repaired(detail)},
                                       {"code", kind.code}};
  return {.status = kind.status,
          .headers = {{"Content-Type", "application/problem+json"}, {"Cache-Control", "no-store"}},
          .body = body.dump() + '\n'};
}

Reply reply_of(const Problem& problem) {
  Reply reply = api::problem(problem.code, problem.detail);
  // The first publication follows the first answer of an OpenCost.
  if (problem.code == "not_published") reply.headers.emplace_back("Retry-After", "5");
  return reply;
}

Reply serve_problems(const Sources&, const Request&, const access::Caller&) {
  auto body = nlohmann::ordered_json::array();
  for (const ProblemKind& kind : kProblems) {
    body.push_back({{"code", kind.code},
                    {"status", kind.status},
                    {"title", kind.title},
                    {"meaning", kind.meaning}});
  }
  return {.headers = {{"Content-Type", "application/json"}}, .body = body.dump() + '\n'};
}

}  // namespace exporter::api
