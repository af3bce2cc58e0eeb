#include "exporter/api/conditional.h"

#include <algorithm>

#include "exporter/metrics/metrics.h"

namespace exporter::api {
namespace {

// Below this a body is not worth compressing.
constexpr std::size_t kCompressed = 1024;
constexpr std::size_t kDigits = 32;

void skip_any(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

}  // namespace

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  constexpr std::string_view kBetween = " \t,";
  std::string_view rest = if_none_match;
  skip_any(rest, kBetween);
  if (rest.starts_with('*')) return rest.find_first_not_of(" \t", 1) == std::string_view::npos;
  while (!rest.empty()) {
    if (rest.starts_with("W/")) rest.remove_prefix(2);
    const std::size_t close = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
    if (close == std::string_view::npos) return false;
    if (rest.substr(0, close + 1) == etag) return true;
    rest.remove_prefix(close + 1);
    skip_any(rest, kBetween);
  }
  return false;
}

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
  if (names_etag(request.if_none_match, etag)) return {.status = 304, .headers = caching};
  reply.headers.insert(reply.headers.end(), caching.begin(), caching.end());
  if (compress) {
    reply.headers.emplace_back("Content-Encoding", "gzip");
    reply.body = metrics::gzip(reply.body);
  }
  return reply;
}

}  // namespace exporter::api
