#include "exporter/api/conditional.h"

#include <utility>

#include "exporter/metrics/metrics.h"

namespace exporter::api {
namespace {

// Below this a body is not worth compressing.
constexpr std::size_t kCompressed = 1024;
constexpr std::size_t kDigits = 32;

}  // namespace

Reply conditional(Reply reply, const Request& request) {
  const bool compress =
      reply.body.size() >= kCompressed &&
      metrics::negotiate_encoding(request.accept_encoding) == metrics::Encoding::gzip;
  const std::string digest = access::to_hex(access::sha256(reply.body)).substr(0, kDigits);
  const std::string etag = '"' + digest + (compress ? "-gzip\"" : "\"");
  const std::vector<std::pair<std::string, std::string>> caching = {
      {"ETag", etag},
      {"Vary", "Accept, Accept-Encoding, Authorization"},
      {"Cache-Control", "private, no-cache"}};
  if (compress) reply.body = metrics::gzip(reply.body);
  if (metrics::names_etag(request.if_none_match, etag)) {
    // The body is not sent with this status, but its length is.
    return {.status = 304, .headers = caching, .body = std::move(reply.body)};
  }
  reply.headers.insert(reply.headers.end(), caching.begin(), caching.end());
  if (compress) reply.headers.emplace_back("Content-Encoding", "gzip");
  return reply;
}

}  // namespace exporter::api
