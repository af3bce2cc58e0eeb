#include <algorithm>
#include <cmath>

#include "exporter/access/access.h"
#include "exporter/access/forget.h"

namespace exporter::access {
namespace {

constexpr double kLongestWait = 3600;  // seconds; a rate near 0 would ask for more than fit

double refilled(double tokens, SteadyTime since, SteadyTime now, double rate, double burst) {
  const double seconds = std::chrono::duration<double>(now - since).count();
  return std::min(burst, tokens + std::max(0.0, seconds) * rate);
}

/// Nothing when there is a whole token.
std::optional<std::chrono::seconds> wait_for(double tokens, double rate) {
  if (tokens >= 1) return std::nullopt;
  const double seconds = rate > 0 ? std::ceil((1 - tokens) / rate) : kLongestWait;
  return std::chrono::seconds(static_cast<int>(std::clamp(seconds, 1.0, kLongestWait)));
}

}  // namespace

Limiter::Limiter(const Clock& clock, double rate, double burst, std::size_t most)
    : clock_(clock), rate_(rate), burst_(burst), most_(most) {}

std::optional<std::chrono::seconds> Limiter::take(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    make_room(buckets_, most_, [&](const Bucket& bucket) {
      return -refilled(bucket.tokens, bucket.at, now, rate_, burst_);
    });
    found = buckets_.emplace(key, Bucket{burst_, now}).first;
  }
  Bucket& bucket = found->second;
  bucket = {refilled(bucket.tokens, bucket.at, now, rate_, burst_), now};
  const auto wait = wait_for(bucket.tokens, rate_);
  if (!wait) bucket.tokens -= 1;
  return wait;
}

std::optional<std::chrono::seconds> Limiter::look(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(key);
  const Bucket bucket = found == buckets_.end() ? Bucket{burst_, clock_.steady()} : found->second;
  return wait_for(refilled(bucket.tokens, bucket.at, clock_.steady(), rate_, burst_), rate_);
}

}  // namespace exporter::access
