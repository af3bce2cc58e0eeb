#include <fmt/format.h>

#include <algorithm>

#include "exporter/poll/decode.h"

namespace exporter::poll {
namespace {

Observation observe(const http::Recording& recording, const opencost::Question& question) {
  Observation observation;
  observation.source = recording.source;
  observation.question = question;
  observation.fetched_at = recording.fetched_at;
  observation.bytes = recording.body.size();
  const auto transfer = [&](const http::Body& body) -> Result<http::Answer, http::Failure> {
    if (recording.failure) return tl::unexpected(*recording.failure);
    if (!body(recording.body)) {
      return tl::unexpected(
          http::Failure{http::FailureKind::reset, 0, "refused by the reader", {}});
    }
    return http::Answer{recording.content_type, recording.body.size()};
  };
  std::optional<http::Failure> failure;
  observation.outcome = decode(question, {}, transfer, failure);
  return observation;
}

}  // namespace

Result<void> replay(const std::vector<http::Recording>& recordings,
                    const std::vector<std::string>& labels, ManualClock& clock,
                    Publisher& publisher) {
  for (const http::Recording& recording : recordings) {
    auto question = opencost::parse_url(recording.url);
    if (!question) return tl::unexpected(question.error());
    // Without them in it, an answer would pass for one that knows of no label.
    const bool labelled = recording.url.find("includeAggregatedMetadata=true") != std::string::npos;
    if (labelled) question->labels = labels;
    const auto ahead = recording.fetched_at - clock.now();
    if (ahead > std::chrono::milliseconds::zero()) clock.advance(ahead);
    publisher.observe(observe(recording, *question));
  }
  return {};
}

}  // namespace exporter::poll
