// Answers of assets, built like those of allocations.
#pragma once

#include "tests/opencost/answers.h"

namespace exporter::opencost {

inline std::string assets(std::string_view rows) {
  return fmt::format("{{\"code\":200,\"data\":{{{}}}}}\n", rows);
}

/// A disk's members with a type of one's own; it costs 0.25.
inline Members asset(std::string_view type) {
  Members members;
  members.set("type", fmt::format("\"{}\"", type))
      .set("properties", R"({"category":"Storage","cluster":"prod","name":"d1"})")
      .set("labels", R"({"a":"b"})")
      .set("start", "\"2026-10-03T10:00:00Z\"")
      .set("end", "\"2026-10-03T11:00:00Z\"")
      .set("minutes", "60.000000")
      .set("byteHours", "3848061831850.666504")
      .set("byteHoursUsed", "null")
      .set("adjustment", "-0.000000")
      .set("totalCost", "0.250000")
      .set("storageClass", "\"gp3\"");
  return members;
}

/// A spot node that costs 1.4: 2 less a discount of 30 %.
inline Members node() {
  Members members;
  members.set("type", "\"Node\"")
      .set("properties", R"({"category":"Compute","provider":"AWS","cluster":"prod","name":"n1",)"
                         R"("providerID":"aws:///i-1"})")
      .set("labels", R"({"node_kubernetes_io_instance_type":"m5.large"})")
      .set("start", "\"2026-10-03T10:00:00Z\"")
      .set("end", "\"2026-10-03T11:00:00Z\"")
      .set("minutes", "60.000000")
      .set("nodeType", "\"m5.large\"")
      .set("cpuCores", "2.000000")
      .set("preemptible", "1.000000")
      .set("discount", "0.300000")
      .set("cpuCost", "1.500000")
      .set("gpuCost", "0.000000")
      .set("ramCost", "0.500000")
      .set("adjustment", "0.000000")
      .set("totalCost", "1.400000");
  return members;
}

}  // namespace exporter::opencost
