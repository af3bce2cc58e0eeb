// The answers the benchmarks read: the demo cluster's, one hour of pods.
#pragma once

#include <string>

#include "exporter/demo/demo.h"
#include "exporter/opencost/opencost.h"

namespace exporter::bench {

inline model::Window window() {
  return {*model::parse_time("2026-03-03T09:00:00Z"), *model::parse_time("2026-03-03T10:00:00Z")};
}

inline opencost::Question question() { return {opencost::Query::current, window()}; }

inline std::string answer(int pods) {
  demo::ClusterOptions options;
  options.pods = pods;
  options.nodes = std::max(6, pods / 30);
  return demo::Cluster(options).allocation_json(window(), demo::kPodRows, true);
}

/// What libcurl hands over at a time.
inline constexpr std::size_t kChunk = 64u << 10;

inline opencost::AllocationAnswer decode(std::string_view body) {
  opencost::AllocationDecoder decoder(question(), {}, {});
  while (!body.empty()) {
    if (!decoder.feed(body.substr(0, kChunk))) break;
    body.remove_prefix(std::min(body.size(), kChunk));
  }
  return std::move(*decoder.finish());
}

}  // namespace exporter::bench
