// Answers of OpenCost, built member by member so that a test changes one thing in them, and what
// the decoders make of them, as text.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/opencost/opencost.h"

namespace exporter::opencost {

/// Members of a JSON object as raw text, in order.
class Members {
 public:
  /// Replaces the member's value, or appends it.
  Members& set(std::string_view member, std::string_view json) {
    for (auto& [name, value] : members_) {
      if (name == member) {
        value = json;
        return *this;
      }
    }
    return add(member, json);
  }
  /// Appends the member even where it stands already.
  Members& add(std::string_view member, std::string_view json) {
    members_.emplace_back(member, json);
    return *this;
  }
  Members& drop(std::string_view member) {
    std::erase_if(members_, [&](const auto& entry) { return entry.first == member; });
    return *this;
  }
  std::string text() const {
    std::string out = "{";
    for (const auto& [name, value] : members_) {
      if (out.size() > 1) out += ',';
      out += fmt::format("\"{}\":{}", name, value);
    }
    return out + "}";
  }
  std::vector<std::pair<std::string, std::string>>& list() { return members_; }

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

/// The window every answer here is asked for.
inline model::Window asked_window() {
  return {*model::parse_time("2026-10-03T10:00:00Z"), *model::parse_time("2026-10-03T11:00:00Z")};
}

inline std::string properties(std::string_view name_space, std::string_view pod) {
  return fmt::format(
      R"({{"cluster":"prod","node":"n1","container":"app","controller":"web",)"
      R"("controllerKind":"deployment","namespace":"{}","pod":"{}","services":["web"],)"
      R"("labels":{{"app":"web","k":"a]b}}c"}}}})",
      name_space, pod);
}

/// A row that costs 1 in all, in the order OpenCost 1.121 writes.
inline Members row(std::string_view pod = "web-1") {
  Members members;
  members.set("name", fmt::format("\"prod/shop/{}\"", pod))
      .set("properties", properties("shop", pod))
      .set("window", R"({"start":"2026-10-03T10:00:00Z","end":"2026-10-03T11:00:00Z"})")
      .set("start", "\"2026-10-03T10:00:00Z\"")
      .set("end", "\"2026-10-03T11:00:00Z\"")
      .set("minutes", "60")
      .set("cpuCoreRequestAverage", "0.25")
      .set("cpuCoreUsageAverage", "0.125")
      .set("cpuCoreHours", "0.25")
      .set("cpuCost", "0.5")
      .set("cpuCostAdjustment", "0")
      .set("gpuHours", "0")
      .set("gpuCost", "0.125")
      .set("gpuCostAdjustment", "0")
      .set("networkCost", "0.03")
      .set("networkCostAdjustment", "0")
      .set("loadBalancerCost", "0.02")
      .set("loadBalancerCostAdjustment", "0")
      .set("pvByteHours", "3848061831850.666504")
      .set("pvCost", "0.06")
      .set("pvs", "null")
      .set("pvCostAdjustment", "0")
      .set("ramByteRequestAverage", "2097152")
      .set("ramByteUsageAverage", "3440652.88196")
      .set("ramByteHours", "3440652.88196")
      .set("ramCost", "0.25")
      .set("ramCostAdjustment", "0")
      .set("externalCost", "0.005")
      .set("sharedCost", "0.01")
      .set("totalCost", "1.00000")
      .set("rawAllocationOnly", R"({"cpuCoreUsageMax":0.002,"gpuUsageMax":null})")
      .set("lbAllocations", "null")
      .set("gpuAllocation", R"({"isGPUShared":null,"gpuUsageAverage":null,"gpuRequestAverage":0})");
  return members;
}

inline std::string pod_key(std::string_view pod) { return fmt::format("prod/shop/{}", pod); }

/// `"key":{row}`
inline std::string keyed(std::string_view key, const Members& members) {
  return fmt::format("\"{}\":{}", key, members.text());
}
inline std::string keyed(const Members& members) { return keyed(pod_key("web-1"), members); }

/// The envelope around rows that stand one behind the other with commas.
inline std::string answer(std::string_view rows) {
  return fmt::format("{{\"code\":200,\"data\":[{{{}}}]}}\n", rows);
}

inline std::string good_answer() {
  return answer(keyed(pod_key("web-1"), row("web-1")) + "," +
                keyed(pod_key("web-2"), row("web-2")));
}

struct Asking {
  Query query = Query::current;
  std::string cluster = {};
  Limits limits = {};
  std::size_t chunk = std::string::npos;
  model::Window window = asked_window();
  std::vector<std::string> labels = {};  // sorted
};

template <class Decoder>
auto decode_with(std::string_view text, const Asking& asking) {
  Decoder decoder(Question{asking.query, asking.window, asking.labels}, asking.cluster,
                  asking.limits);
  while (!text.empty()) {
    const std::string_view chunk = text.substr(0, asking.chunk);
    if (!decoder.feed(chunk)) break;
    text.remove_prefix(chunk.size());
  }
  return decoder.finish();
}

inline Result<AllocationAnswer, Fault> decode(std::string_view text, const Asking& asking = {}) {
  return decode_with<AllocationDecoder>(text, asking);
}

inline Result<AssetAnswer, Fault> decode_assets(std::string_view text, Asking asking = {}) {
  asking.query = Query::assets;
  return decode_with<AssetDecoder>(text, asking);
}

inline std::string describe(const Fault& fault) {
  return fmt::format("{}: {}", to_string(fault.refusal), fault.detail);
}

/// `reason xN key: detail` of every reason, joined by newlines.
inline std::string describe(const Rejected& rejected) {
  std::string out;
  for (const RejectedRow& example : rejected.examples) {
    if (!out.empty()) out += '\n';
    out += fmt::format("{} x{} {}: {}", to_string(example.reason),
                       rejected.counts[static_cast<std::size_t>(example.reason)], example.key,
                       example.detail);
  }
  return out;
}

inline std::string describe(const model::Allocation& row) {
  constexpr std::string_view kKinds[] = {"workload", "idle", "unmounted"};
  std::string costs;
  for (Cost cost : row.costs.by) costs += fmt::format(" {}", cost.micros);
  return fmt::format("{} {}|{}|{}|{}|{}|{}{} ={}", kKinds[static_cast<std::size_t>(row.kind)],
                     row.cluster, row.name_space, row.pod, row.controller_kind, row.controller,
                     row.node, costs, row.reported_total.micros);
}

inline std::string describe(const model::Asset& row) {
  return fmt::format("{} {}|{}|{}|{}|{} {}", to_string(row.type), row.cluster, row.name,
                     row.provider_id, row.instance_type, row.spot ? "spot" : "-", row.total.micros);
}

/// Everything an answer says, one line each: rows, then rejections, then counts.
inline std::string describe(const Result<AllocationAnswer, Fault>& result) {
  if (!result) return describe(result.error());
  std::string out;
  for (const auto& row : result->table->rows) out += describe(row) + "\n";
  if (!result->rejected.examples.empty()) out += describe(result->rejected) + "\n";
  return out + fmt::format("skipped {} clamped {} rejected_total {:.6f}", result->rows_skipped,
                           result->idle_clamped, result->table->rejected_total);
}

inline std::string describe(const Result<AssetAnswer, Fault>& result) {
  if (!result) return describe(result.error());
  std::string out;
  for (const auto& row : result->table->rows) out += describe(row) + "\n";
  return out + describe(result->rejected);
}

}  // namespace exporter::opencost
