#include <fmt/format.h>

#include "exporter/web/answer.h"
#include "exporter/web/reference.h"

namespace exporter::web {

namespace {

constexpr const char* kReferencePolicy =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'none'";

// The first 32 digits of a SHA-256, as entity tags of the API are.
std::string digest_of(std::string_view bytes) {
  return access::to_hex(access::sha256(bytes)).substr(0, 32);
}

}  // namespace

Reply serve_reference_page(Service&, const Rules&, const Request&) {
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"Content-Security-Policy", kReferencePolicy},
                      {"Referrer-Policy", "no-referrer"}},
          .constant = reference_page()};
}

Reply serve_reference_script(Service&, const Rules&, const Request& request) {
  static const std::string compressed = metrics::gzip(reference_script());
  static const std::string digest = digest_of(reference_script());
  const bool gzip = metrics::negotiate_encoding(request.accept_encoding) == metrics::Encoding::gzip;
  const std::string etag = fmt::format("\"{}{}\"", digest, gzip ? "-gzip" : "");
  Reply reply{
      .status = 200,
      .headers = {{"ETag", etag}, {"Vary", "Accept-Encoding"}, {"Cache-Control", "max-age=86400"}},
      .constant = gzip ? std::string_view(compressed) : reference_script()};
  if (metrics::names_etag(request.if_none_match, etag)) {
    reply.status = 304;
    return reply;
  }
  reply.headers.emplace_back("Content-Type", "text/javascript; charset=utf-8");
  if (gzip) reply.headers.emplace_back("Content-Encoding", "gzip");
  return reply;
}

}  // namespace exporter::web
