#include "exporter/poll/decode.h"

namespace exporter::poll {
namespace {

using http::FailureKind;
using opencost::Fault;

PollFailure refused(const Fault& fault) {
  return {std::string(to_string(fault.refusal)), fault.detail, false, false};
}

PollFailure failed(const http::Failure& failure) {
  const FailureKind kind = failure.kind;
  const bool unreachable = kind == FailureKind::resolve || kind == FailureKind::connect ||
                           kind == FailureKind::tls || kind == FailureKind::reset ||
                           kind == FailureKind::credentials;
  return {std::string(to_string(kind)), failure.detail, unreachable, kind == FailureKind::timeout};
}

template <class Decoder>
Outcome run(Decoder decoder, const Transfer& transfer, std::optional<http::Failure>& failure) {
  bool refused_early = false;
  const auto answer = transfer([&](std::string_view bytes) {
    refused_early = !decoder.feed(bytes);
    return !refused_early;
  });
  if (!answer && !refused_early) {
    failure = answer.error();
    return failed(answer.error());
  }
  if (answer) {
    if (auto fault = opencost::check_content_type(answer->content_type)) return refused(*fault);
  }
  auto decoded = decoder.finish();
  if (!decoded) return refused(decoded.error());
  return std::move(*decoded);
}

}  // namespace

Outcome decode(const opencost::Question& question, std::string_view cluster,
               const Transfer& transfer, std::optional<http::Failure>& failure) {
  const opencost::Limits limits;
  if (question.query == opencost::Query::assets) {
    return run(opencost::AssetDecoder(question, cluster, limits), transfer, failure);
  }
  return run(opencost::AllocationDecoder(question, cluster, limits), transfer, failure);
}

std::size_t rows_of(const Observation& observation) {
  if (const auto* answer = std::get_if<opencost::AllocationAnswer>(&observation.outcome)) {
    return answer->table->rows.size();
  }
  const auto* assets = std::get_if<opencost::AssetAnswer>(&observation.outcome);
  return assets != nullptr ? assets->table->rows.size() : 0;
}

const opencost::Rejected* rejected_of(const Observation& observation) {
  if (const auto* answer = std::get_if<opencost::AllocationAnswer>(&observation.outcome)) {
    return &answer->rejected;
  }
  const auto* assets = std::get_if<opencost::AssetAnswer>(&observation.outcome);
  return assets != nullptr ? &assets->rejected : nullptr;
}

std::vector<std::string> failure_reasons() {
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < http::kFailureKinds; ++i) {
    const auto kind = static_cast<FailureKind>(i);
    if (kind != FailureKind::cancelled) reasons.emplace_back(to_string(kind));
  }
  for (std::size_t i = 0; i < opencost::kRefusals; ++i) {
    reasons.emplace_back(to_string(static_cast<opencost::Refusal>(i)));
  }
  return reasons;
}

std::vector<std::string> rejection_reasons() {
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < opencost::kRejections; ++i) {
    reasons.emplace_back(to_string(static_cast<opencost::Rejection>(i)));
  }
  return reasons;
}

}  // namespace exporter::poll
