#include <algorithm>

#include "exporter/web/answer.h"

namespace exporter::web {

namespace {

bool is_allowed(const Rules& rules, std::string_view origin) {
  const std::vector<std::string>& allowed = rules.api.cors_origins;
  return std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

// An answer that depends on the origin must say so, also to those who sent none.
void vary_by_origin(Reply& reply) {
  for (auto& [name, value] : reply.headers) {
    if (name != "Vary") continue;
    value += ", Origin";
    return;
  }
  reply.headers.emplace_back("Vary", "Origin");
}

// Browsers send Sec-Fetch-Site over TLS and to their own machine only, Origin with every POST.
bool is_of_another_site(const Request& request) {
  if (!request.fetch_site.empty()) return request.fetch_site == "cross-site";
  if (request.origin.empty()) return false;
  const std::string_view origin = request.origin;
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos || origin.substr(scheme + 3) != request.host;
}

}  // namespace

bool is_preflight(const Rules& rules, const Request& request) {
  return request.method == "OPTIONS" && !request.requested_method.empty() &&
         is_allowed(rules, request.origin);
}

Reply preflight(std::string_view methods) {
  return {
      .status = 204,
      .headers = {{"Access-Control-Allow-Methods", std::string(methods)},
                  {"Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match"},
                  {"Access-Control-Max-Age", "600"},
                  {"Cache-Control", "no-store"}}};
}

bool is_forged(const Rules& rules, const Request& request) {
  if (request.method != "POST" || !is_of_another_site(request)) return false;
  return !under_api(request.path) || !is_allowed(rules, request.origin);
}

void allow_origin(Reply& reply, const Rules& rules, const Request& request) {
  if (rules.api.cors_origins.empty()) return;
  vary_by_origin(reply);
  if (!is_allowed(rules, request.origin)) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", request.origin);
  reply.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Link, Retry-After");
}

}  // namespace exporter::web
