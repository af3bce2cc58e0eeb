#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "exporter/opencost/rows.h"

namespace exporter::opencost {
namespace {

using model::Asset;
using model::AssetType;

enum Slot : std::uint8_t {
  kType,
  kProperties,
  kStart,
  kEnd,
  kMinutes,
  kNodeType,
  kPreemptible,
  kTotalCost,
  kCores,
  kMemory,
  kGpus,
  kSkip,
};

constexpr Field kAssetFields[] = {
    {"type", kType},
    {"properties", kProperties},
    {"labels", kSkip},
    {"window", kSkip},
    {"start", kStart},
    {"end", kEnd},
    {"minutes", kMinutes},
    {"nodeType", kNodeType},
    {"pool", kSkip},
    {"cpuCores", kCores},
    {"ramBytes", kMemory},
    {"cpuCoreHours", kSkip},
    {"ramByteHours", kSkip},
    {"GPUHours", kSkip},
    {"cpuBreakdown", kSkip},
    {"ramBreakdown", kSkip},
    {"preemptible", kPreemptible},
    {"discount", kSkip},
    {"cpuCost", kSkip},
    {"gpuCost", kSkip},
    {"gpuCount", kGpus},
    {"ramCost", kSkip},
    {"adjustment", kSkip},
    {"overhead", kSkip},
    {"totalCost", kTotalCost},
};

enum Property : std::uint8_t {
  kCluster,
  kName,
  kProviderId,
  kPropertyCount,
};

constexpr Field kPropertyFields[] = {
    {"category", kPropertyCount},
    {"provider", kPropertyCount},
    {"account", kPropertyCount},
    {"project", kPropertyCount},
    {"service", kPropertyCount},
    {"cluster", kCluster},
    {"name", kName},
    {"providerID", kProviderId},
};

constexpr std::array<std::string_view, kPropertyCount> kPropertyNames = {"cluster", "name",
                                                                         "providerID"};

struct RawAsset {
  std::string_view type, node_type;
  std::array<std::string_view, kPropertyCount> properties{};
  std::optional<std::int64_t> total, preemptible;
  std::int64_t cores = 0, memory = 0, gpus = 0;
  bool total_null = false;
  Life life;
  Wrong wrong;
};

AssetType type_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, AssetType>, 5> kTypes = {{
      {"Node", AssetType::node},
      {"Disk", AssetType::disk},
      {"LoadBalancer", AssetType::load_balancer},
      {"ClusterManagement", AssetType::cluster_management},
      {"Network", AssetType::network},
  }};
  for (const auto& [name, value] : kTypes) {
    if (name == type) return value;
  }
  return AssetType::other;
}

double capacity(std::int64_t micros) {
  return micros == kUnknown ? 0 : static_cast<double>(micros) / 1e6;
}

bool before(const Asset& a, const Asset& b) {
  const auto key = [](const Asset& row) {
    return std::tie(row.type, row.cluster, row.name, row.provider_id);
  };
  return key(a) < key(b);
}

}  // namespace

struct AssetDecoder::State {
  State(const Question& asked, std::string_view cluster, const Limits& bounds)
      : window(asked.window),
        limits(bounds),
        table(std::make_shared<model::AssetTable>()),
        names(table->text),
        clusters(cluster, names),
        reader(bounds, answer.rejected,
               [this](std::string_view key, json::object& row) { return take(key, row); }) {
    table->window = asked.window;
  }

  simdjson::error_code take(std::string_view key, json::object& row);
  simdjson::error_code member(json::value& value, std::uint8_t slot, RawAsset& raw);
  static void take_number(json::value& value, std::uint8_t slot, RawAsset& raw);
  std::optional<RowFault> check(const RawAsset& raw) const;
  void accept(RawAsset& raw, std::string_view key);
  void drop_duplicates();
  std::optional<Fault> verdict();

  model::Window window;
  Limits limits;
  std::shared_ptr<model::AssetTable> table;
  Names names;
  Clusters clusters;
  LifeTimes times;
  AssetAnswer answer;
  double sum = 0;
  RowReader reader;
};

simdjson::error_code AssetDecoder::State::take(std::string_view key, json::object& row) {
  RawAsset raw;
  FieldCursor cursor(kAssetFields);
  for (auto item : row) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot < kSkip) SIMDJSON_TRY(member(field.value(), slot, raw));
  }
  accept(raw, key);
  return simdjson::SUCCESS;
}

simdjson::error_code AssetDecoder::State::member(json::value& value, std::uint8_t slot,
                                                 RawAsset& raw) {
  switch (slot) {
    case kProperties:
      return read_members(value, kPropertyFields, [&](std::uint8_t which, json::value& name) {
        if (which >= kPropertyCount) return simdjson::SUCCESS;
        return read_name(name, kPropertyNames[which], raw.properties[which], names, limits,
                         raw.wrong);
      });
    case kType:
      return read_name(value, "type", raw.type, names, limits, raw.wrong);
    case kNodeType:
      return read_name(value, "nodeType", raw.node_type, names, limits, raw.wrong);
    case kStart:
      read_time(value, times.start, raw.life.start, raw.wrong);
      return simdjson::SUCCESS;
    case kEnd:
      read_time(value, times.end, raw.life.end, raw.wrong);
      return simdjson::SUCCESS;
    case kCores:
      raw.cores = read_figure(value);
      return simdjson::SUCCESS;
    case kMemory:
      raw.memory = read_figure(value);
      return simdjson::SUCCESS;
    case kGpus:
      raw.gpus = read_figure(value);
      return simdjson::SUCCESS;
    default:
      take_number(value, slot, raw);
      return simdjson::SUCCESS;
  }
}

void AssetDecoder::State::take_number(json::value& value, std::uint8_t slot, RawAsset& raw) {
  auto& number = slot == kTotalCost ? raw.total
                 : slot == kMinutes ? raw.life.micro_minutes
                                    : raw.preemptible;
  std::int64_t micros = 0;
  const Number read = read_number(value, micros, raw.wrong);
  if (slot == kTotalCost && (raw.total || raw.total_null) && !raw.wrong) {
    raw.wrong = RowFault{Rejection::malformed, "a member stands in it twice"};
  }
  if (slot == kTotalCost) raw.total_null = read == Number::null;
  if (read != Number::null) number = micros;
}

std::optional<RowFault> AssetDecoder::State::check(const RawAsset& raw) const {
  if (raw.total_null) return RowFault{Rejection::null_cost, "its totalCost is null"};
  if (!raw.total) return RowFault{Rejection::malformed, "it has no totalCost"};
  if (auto wrong = check_amount(std::abs(static_cast<double>(*raw.total)), window, limits)) {
    return wrong;
  }
  if (auto wrong = check_life(raw.life, window, *raw.total != 0)) return wrong;
  if (*raw.total < -kNegligibleMicros) {
    return RowFault{Rejection::negative_cost,
                    fmt::format("its totalCost is {}", static_cast<double>(*raw.total) / 1e6)};
  }
  // Nodes are joined to pods by name; the fee of a managed control plane has none.
  if (raw.type == "Node" && raw.properties[kName].empty()) {
    return RowFault{Rejection::no_identity, "it is a node without a name"};
  }
  return std::nullopt;
}

void AssetDecoder::State::accept(RawAsset& raw, std::string_view key) {
  if (!raw.wrong) raw.wrong = check(raw);
  if (raw.wrong) {
    reject(answer.rejected, *raw.wrong, key);
    return;
  }
  Asset row;
  row.type = type_of(raw.type);
  row.cluster = clusters.name(raw.properties[kCluster]);
  row.name = raw.properties[kName];
  row.provider_id = raw.properties[kProviderId];
  if (row.type == AssetType::node) {
    row.instance_type = raw.node_type;
    row.spot = raw.preemptible.value_or(0) > 0;
    row.cores = capacity(raw.cores);
    row.memory_bytes = capacity(raw.memory);
    row.gpus = capacity(raw.gpus);
  }
  row.total = Cost{std::max<std::int64_t>(*raw.total, 0)};
  sum += row.total.amount();
  table->rows.push_back(row);
}

void AssetDecoder::State::drop_duplicates() {
  auto& rows = table->rows;
  std::stable_sort(rows.begin(), rows.end(), before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && !before(rows[kept - 1], rows[i])) {
      reject(answer.rejected, {Rejection::duplicate, "it stands in the answer twice"},
             fmt::format("{}/{}/{}", rows[i].cluster, to_string(rows[i].type), rows[i].name));
      continue;
    }
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
}

std::optional<Fault> AssetDecoder::State::verdict() {
  if (auto wrong = reader.finish(false)) return wrong;
  if (sum > kLargestSum) {
    return Fault{Refusal::implausible, fmt::format("its assets add up to {:g}", sum)};
  }
  if (auto several = clusters.fault()) return several;
  drop_duplicates();
  if (!table->rows.empty()) return std::nullopt;
  return Fault{Refusal::empty, fmt::format("none of its {} assets is usable ({} rejected)",
                                           reader.rows(), answer.rejected.total())};
}

AssetDecoder::AssetDecoder(const Question& question, std::string_view cluster, const Limits& limits)
    : state_(std::make_unique<State>(question, cluster, limits)) {}

AssetDecoder::~AssetDecoder() = default;

bool AssetDecoder::feed(std::string_view bytes) { return state_->reader.feed(bytes); }

Result<AssetAnswer, Fault> AssetDecoder::finish() {
  if (auto fault = state_->verdict()) return tl::unexpected(std::move(*fault));
  state_->answer.table = std::move(state_->table);
  return std::move(state_->answer);
}

}  // namespace exporter::opencost
