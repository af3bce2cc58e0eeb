#include "exporter/api/api.h"

namespace exporter::api {

std::span<const Route> routes() { return {}; }

Reply answer(const Sources&, const Request&, const access::Caller&) { return {.status = 404}; }


const std::string& openapi() {
  static const std::string text = "{}";
  return text;
}

std::string document() { return {}; }

}  // namespace exporter::api
