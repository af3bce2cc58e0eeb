#include "exporter/access/refusals.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace exporter::access {
namespace {

constexpr std::chrono::seconds kUntilKubernetesIsAskedAgain{5};

}  // namespace

std::string_view to_string(Refusal refusal) {
  constexpr std::array<std::string_view, 7> kNames = {
      "absent", "malformed", "unknown", "expired", "forbidden", "unavailable", "limited"};
  return kNames.at(static_cast<std::size_t>(refusal));
}

Refused unknown() {
  return {.refusal = Refusal::unknown, .detail = "no such token or user, or a wrong password"};
}

Refused expired(const Token& token) {
  return {.refusal = Refusal::expired,
          .detail = fmt::format("the token {} expired at {:%Y-%m-%dT%H:%M:%SZ}", token.name,
                                *token.expires)};
}

Refused forbidden(const Caller& caller) {
  return {.refusal = Refusal::forbidden,
          .detail = fmt::format("{} sees the tenant {} only, and this shows all", caller.name,
                                caller.tenant)};
}

Refused without_subject(const Review& review) {
  return {.refusal = Refusal::forbidden,
          .detail = fmt::format("no subject of the configuration is {}", review.user)};
}

Refused unavailable() {
  return {.refusal = Refusal::unavailable,
          .detail = "Kubernetes could not be asked about the token",
          .retry_after = kUntilKubernetesIsAskedAgain};
}

Refused too_many_attempts(std::chrono::seconds retry_after) {
  return {.refusal = Refusal::limited,
          .detail = "too many failed attempts from this address",
          .retry_after = retry_after};
}

Refused too_many_requests(const Caller& caller, std::chrono::seconds retry_after) {
  return {.refusal = Refusal::limited,
          .detail = fmt::format("too many requests of {}", caller.name),
          .retry_after = retry_after};
}

}  // namespace exporter::access
