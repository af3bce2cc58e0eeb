// The door: what is made of the real table of routes.
#include <fmt/format.h>

#include "exporter/api/describe.h"
#include "exporter/api/handlers.h"
#include "exporter/api/serve.h"
#include "exporter/api/text.h"

namespace exporter::api {

Reply answer(const Sources& sources, const Request& request, const access::Caller& caller) {
  const Endpoint* const endpoint = find(endpoints(), request.path, request.method);
  if (endpoint == nullptr) {
    return problem("not_found",
                   fmt::format("There is no {} {}.", quoted(request.method), quoted(request.path)));
  }
  return serve(*endpoint, sources, request, caller);
}

const std::string& openapi() {
  static const std::string text = openapi_of(endpoints());
  return text;
}

std::string document() { return document_of(endpoints()); }

Reply serve_openapi(const Sources&, const Request&, const access::Caller&) {
  return {.headers = {{"Content-Type", "application/json"}}, .body = openapi()};
}

}  // namespace exporter::api
