#include "exporter/web/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "exporter/web/pages.h"

namespace exporter::web {

namespace {

constexpr std::string_view kContentTypeOptions = "X-Content-Type-Options";
constexpr std::string_view kReferencePath = "/api/v1/docs";

// Of a path, page or route of the API: the one for this method, and the methods of all.
struct Found {
  Target target;
  std::string methods;
};

Found find_path(const Service& service, const Request& request) {
  Found found;
  const auto take = [&](std::string_view methods, const Target& target) {
    if (!found.methods.empty()) found.methods += ", ";
    found.methods += methods;
    if (allows(methods, request.method)) found.target = target;
  };
  for (const Page& page : pages()) {
    if (path_of(page.route, service.telemetry_path) != request.path) continue;
    take(page.route.methods, {.page = &page});
    return found;
  }
  for (const api::Route& route : api::routes()) {
    if (route.path == request.path) take(route.methods, {.route = &route});
  }
  return found;
}

std::string not_found(const Rules& rules, const Request& request) {
  const bool reference = request.path.starts_with(kReferencePath) && !rules.api.docs;
  if (under_api(request.path) && !rules.api.enabled) {
    return "The API is switched off: `api.enabled` of the configuration.";
  }
  if (reference) return "This page is switched off: `api.docs` of the configuration.";
  return fmt::format("There is no {} here. What there is, is listed at {}", printable(request.path),
                     under_api(request.path) ? "/api/v1/openapi.json" : "/");
}

bool is_switched_off(const Rules& rules, const Request& request) {
  if (!under_api(request.path)) return false;
  if (!rules.api.enabled) return true;
  const bool reference = request.path == kReferencePath ||
                         request.path.starts_with(fmt::format("{}/", kReferencePath));
  return reference && !rules.api.docs;
}

bool has_header(const Reply& reply, std::string_view name) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::any_of(reply.headers.begin(), reply.headers.end(), [&](const auto& header) {
    return std::equal(header.first.begin(), header.first.end(), name.begin(), name.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
  });
}

}  // namespace

std::shared_ptr<const Rules> Service::rules() const {
  const std::lock_guard lock(mutex);
  return in_force;
}

void Service::adopt(std::shared_ptr<const Rules> next) {
  const std::lock_guard lock(mutex);
  in_force.swap(next);
}

access::Area Target::area() const {
  if (page != nullptr) return page->area;
  return route->who == api::Who::anybody ? access::Area::open : access::Area::api;
}

bool under_api(std::string_view path) {
  return path.starts_with(api::kPrefix) &&
         (path.size() == api::kPrefix.size() || path[api::kPrefix.size()] == '/');
}

bool allows(std::string_view methods, std::string_view method) {
  constexpr std::string_view kComma = ", ";
  while (!methods.empty()) {
    const std::size_t end = methods.find(kComma);
    if (methods.substr(0, end) == method) return true;
    if (end == std::string_view::npos) break;
    methods.remove_prefix(end + kComma.size());
  }
  return false;
}

Result<Target, Reply> find(const Service& service, const Rules& rules, const Request& request) {
  const auto refused = [&](unsigned status, std::string_view code, std::string detail) {
    return tl::unexpected<Reply>(refusal(request, status, code, std::move(detail)));
  };
  const Found found = find_path(service, request);
  if (found.methods.empty() || is_switched_off(rules, request)) {
    return refused(404, "not_found", not_found(rules, request));
  }
  if (found.target.page == nullptr && found.target.route == nullptr) {
    if (under_api(request.path) && is_preflight(rules, request)) {
      return tl::unexpected<Reply>(preflight(found.methods));
    }
    auto reply =
        refused(405, "method_not_allowed",
                fmt::format("{} is answered to {} only.", printable(request.path), found.methods));
    reply.value().headers.emplace_back("Allow", found.methods);
    return reply;
  }
  if (is_forged(rules, request)) {
    return refused(403, "forbidden", "A page of another site may not send this.");
  }
  return found.target;
}

Reply api_reply(api::Reply reply) {
  return {
      .status = reply.status, .headers = std::move(reply.headers), .body = std::move(reply.body)};
}

Reply answer(Service& service, const Rules& rules, const Request& request, const Target& target,
             const access::Caller& caller) {
  if (target.page != nullptr) return target.page->handler(service, rules, request);
  const Context& context = service.context;
  return api_reply(api::answer({.clock = context.clock,
                                .board = context.board,
                                .ledger = context.ledger,
                                .collections = context.collections},
                               {.method = request.method,
                                .path = request.path,
                                .query = request.query,
                                .accept = request.accept,
                                .accept_encoding = request.accept_encoding,
                                .if_none_match = request.if_none_match,
                                .content_type = request.content_type,
                                .body = request.body},
                               caller));
}

void complete(Reply& reply, const Rules& rules, const Request& request) {
  if (under_api(request.path)) allow_origin(reply, rules, request);
  for (const auto& [name, value] : rules.security.headers) {
    if (!has_header(reply, name)) reply.headers.emplace_back(name, value);
  }
  if (!has_header(reply, kContentTypeOptions)) {
    reply.headers.emplace_back(kContentTypeOptions, "nosniff");
  }
}

}  // namespace exporter::web
