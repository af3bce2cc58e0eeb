#include <algorithm>
#include <cassert>
#include <limits>

#include "exporter/http/http.h"

namespace exporter::http {
namespace {

using std::chrono::milliseconds;

bool may_help(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::resolve:
    case FailureKind::connect:
    case FailureKind::reset:
      return true;
    case FailureKind::http_status:
      return failure.status == 429 || (failure.status >= 500 && failure.status <= 599);
    case FailureKind::tls:
    case FailureKind::timeout:
    case FailureKind::too_large:
    case FailureKind::redirect:
    case FailureKind::encoding:
    case FailureKind::credentials:
    case FailureKind::cancelled:
      return false;
  }
  return false;
}

/// min(first * 2^doublings, longest)
milliseconds doubled(milliseconds first, int doublings, milliseconds longest) {
  if (first <= milliseconds::zero()) return std::min(first, longest);
  milliseconds delay = first;
  for (int i = 0; i < doublings; ++i) {
    if (delay > longest / 2) return longest;
    delay *= 2;
  }
  return std::min(delay, longest);
}

}  // namespace

std::optional<milliseconds> retry_delay(const RetryPolicy& policy, const Failure& failure,
                                        int attempt, double jitter) {
  assert(attempt >= 1 && jitter >= 0 && jitter <= 1);
  if (attempt > policy.retries || !may_help(failure)) return std::nullopt;
  const milliseconds full = doubled(policy.first, attempt - 1, policy.longest);
  const milliseconds scaled(
      static_cast<milliseconds::rep>(static_cast<double>(full.count()) * (0.5 + 0.5 * jitter)));
  if (!failure.retry_after) return scaled;
  // Compared in whole seconds: a header may ask for more seconds than milliseconds can count.
  if (*failure.retry_after > std::chrono::floor<std::chrono::seconds>(policy.longest)) {
    return std::nullopt;
  }
  return std::max<milliseconds>(scaled, *failure.retry_after);
}

milliseconds Breaker::failed() {
  if (failures_ < std::numeric_limits<int>::max()) ++failures_;
  return doubled(shortest_, failures_ - 1, longest_);
}

}  // namespace exporter::http
