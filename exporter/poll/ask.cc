#include "exporter/poll/decode.h"

namespace exporter::poll {

std::optional<Observation> ask(const Source& source, const opencost::Question& question,
                               const http::RetryPolicy& retry, http::Transport& transport,
                               const Clock& clock, std::mt19937_64& random,
                               const std::stop_token& stop) {
  const std::string url = opencost::url(source.url, question);
  const SteadyTime began = clock.steady();
  Observation observation;
  observation.source = source.name;
  observation.question = question;
  observation.alignment = source.alignment;
  const auto transfer = [&](const http::Body& body) {
    return transport.get(
        url,
        [&](std::string_view bytes) {
          observation.bytes += bytes.size();
          return body(bytes);
        },
        stop);
  };
  for (int attempt = 1;; ++attempt) {
    std::optional<http::Failure> failure;
    observation.outcome =
        decode(question, source.named ? source.name : std::string_view(), transfer, failure);
    if (!failure) break;
    if (failure->kind == http::FailureKind::cancelled) return std::nullopt;
    const double jitter = std::uniform_real_distribution<double>(0, 1)(random);
    const auto delay = http::retry_delay(retry, *failure, attempt, jitter);
    if (!delay) break;
    if (!clock.sleep_until(clock.steady() + *delay, stop)) return std::nullopt;
    ++observation.retries;
  }
  observation.fetched_at = clock.now();
  observation.took = clock.steady() - began;
  return observation;
}

}  // namespace exporter::poll
