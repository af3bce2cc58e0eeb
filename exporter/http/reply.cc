#include "exporter/http/reply.h"

#include <fmt/format.h>

#include <utility>

#include "exporter/http/failure.h"

namespace exporter::http {
namespace {

constexpr int kMostRedirects = 3;

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Failure bad_status(const Url& url, const Reply& reply) {
  std::string detail = fmt::format("{} answered {}", url.place(), reply.status);
  if (!reply.opening.empty()) detail += ": " + excerpt(reply.opening);
  return {.kind = FailureKind::http_status,
          .status = reply.status,
          .detail = std::move(detail),
          .retry_after = reply.retry_after};
}

Result<Url, Failure> follow(const Url& url, const std::string& location, int redirects) {
  Result<Url> next = resolve(url, location);
  if (!next) {
    return failure(FailureKind::redirect, fmt::format("{} redirects to {}: {}", url.place(),
                                                      excerpt(location), next.error().message));
  }
  const std::string target = excerpt(next->text());
  if (!url.same_origin(*next)) {
    return failure(FailureKind::redirect,
                   fmt::format("{} redirects to another server: {}", url.place(), target));
  }
  if (redirects >= kMostRedirects) {
    return failure(FailureKind::redirect,
                   fmt::format("{} redirects more than {} times, at last to {}", url.place(),
                               kMostRedirects, target));
  }
  return *std::move(next);
}

Failure not_followed(const Url& url, const std::string& location) {
  return {.kind = FailureKind::redirect,
          .detail = fmt::format("{} redirects to {}, which a POST does not follow", url.place(),
                                excerpt(location))};
}

}  // namespace exporter::http
