#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "exporter/opencost/fields.h"
#include "exporter/opencost/rows.h"
#include "exporter/opencost/scalars.h"
#include "exporter/opencost/splitter.h"

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
  kSkip,
};

constexpr Field kAssetFields[] = {
    {R"(type")", kType},
    {R"(properties")", kProperties},
    {R"(labels")", kSkip},
    {R"(window")", kSkip},
    {R"(start")", kStart},
    {R"(end")", kEnd},
    {R"(minutes")", kMinutes},
    {R"(nodeType")", kNodeType},
    {R"(pool")", kSkip},
    {R"(cpuCores")", kSkip},
    {R"(ramBytes")", kSkip},
    {R"(cpuCoreHours")", kSkip},
    {R"(ramByteHours")", kSkip},
    {R"(GPUHours")", kSkip},
    {R"(cpuBreakdown")", kSkip},
    {R"(ramBreakdown")", kSkip},
    {R"(preemptible")", kPreemptible},
    {R"(discount")", kSkip},
    {R"(cpuCost")", kSkip},
    {R"(gpuCost")", kSkip},
    {R"(gpuCount")", kSkip},
    {R"(ramCost")", kSkip},
    {R"(adjustment")", kSkip},
    {R"(overhead")", kSkip},
    {R"(totalCost")", kTotalCost},
};

enum Property : std::uint8_t {
  kCluster,
  kName,
  kProviderId,
  kProperties_,
  kSkipProperty = kProperties_
};

constexpr Field kPropertyFields[] = {
    {R"(category")", kSkipProperty},
    {R"(provider")", kSkipProperty},
    {R"(account")", kSkipProperty},
    {R"(project")", kSkipProperty},
    {R"(service")", kSkipProperty},
    {R"(cluster")", kCluster},
    {R"(name")", kName},
    {R"(providerID")", kProviderId},
};

constexpr std::array<std::string_view, kProperties_> kPropertyNames = {"cluster", "name",
                                                                       "providerID"};

struct RawAsset {
  std::string_view type, node_type;
  std::array<std::string_view, kProperties_> properties{};
  std::optional<std::int64_t> total, preemptible;
  bool total_null = false;
  Life life;
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
        splitter(bounds, [this](const char* text, std::size_t length, std::size_t capacity) {
          return batch(text, length, capacity);
        }) {
    table->window = asked.window;
  }

  bool batch(const char* text, std::size_t length, std::size_t capacity);
  simdjson::error_code rows(json::document& document);
  std::optional<RowFault> read(json::object row, RawAsset& raw, simdjson::error_code& broken);
  std::optional<RowFault> member(json::value& value, std::uint8_t slot, RawAsset& raw,
                                 simdjson::error_code& broken);
  std::optional<RowFault> properties(json::object object, RawAsset& raw,
                                     simdjson::error_code& broken);
  std::optional<RowFault> check(const RawAsset& raw) const;
  void accept(const RawAsset& raw, std::string_view key);
  void drop_duplicates();
  std::optional<Fault> verdict();

  model::Window window;
  Limits limits;
  std::shared_ptr<model::AssetTable> table;
  Names names;
  Clusters clusters;
  RowTimes times;
  AssetAnswer answer;
  std::optional<Fault> fault;
  std::uint64_t rows_seen = 0;
  double sum = 0;
  json::parser parser;
  RowSplitter splitter;
};

bool AssetDecoder::State::batch(const char* text, std::size_t length, std::size_t capacity) {
  json::document document;
  simdjson::error_code error =
      parser.iterate(simdjson::padded_string_view(text, length, capacity)).get(document);
  if (error == simdjson::SUCCESS) error = rows(document);
  if (error != simdjson::SUCCESS && !fault) {
    fault = Fault{Refusal::parse, fmt::format("broken JSON near asset {}: {}", rows_seen + 1,
                                              simdjson::error_message(error))};
  }
  return !fault;
}

simdjson::error_code AssetDecoder::State::rows(json::document& document) {
  json::object object;
  SIMDJSON_TRY(document.get_object().get(object));
  for (auto item : object) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    if (++rows_seen > limits.max_rows) {
      fault = Fault{Refusal::implausible, fmt::format("more than {} assets", limits.max_rows)};
      return simdjson::SUCCESS;
    }
    const std::string_view key = raw_key(field);
    json::object row;
    if (field.value().get_object().get(row) != simdjson::SUCCESS) {
      reject(answer.rejected, {Rejection::malformed, "it is not an object"}, key);
      continue;
    }
    RawAsset raw;
    simdjson::error_code broken = simdjson::SUCCESS;
    const auto wrong = read(row, raw, broken);
    if (broken != simdjson::SUCCESS) return broken;
    if (wrong) {
      reject(answer.rejected, *wrong, key);
    } else {
      accept(raw, key);
    }
  }
  return simdjson::SUCCESS;
}

std::optional<RowFault> AssetDecoder::State::read(json::object row, RawAsset& raw,
                                                  simdjson::error_code& broken) {
  FieldCursor cursor(kAssetFields);
  std::optional<RowFault> wrong;
  for (auto item : row) {
    json::field field;
    broken = std::move(item).get(field);
    if (broken != simdjson::SUCCESS) return wrong;
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot >= kSkip) continue;
    auto here = member(field.value(), slot, raw, broken);
    if (broken != simdjson::SUCCESS) return wrong;
    if (here && !wrong) wrong = std::move(here);
  }
  return wrong;
}

std::optional<RowFault> AssetDecoder::State::member(json::value& value, std::uint8_t slot,
                                                    RawAsset& raw, simdjson::error_code& broken) {
  if (slot == kProperties) {
    json::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
    return properties(object, raw, broken);
  }
  if (slot == kType || slot == kNodeType) {
    auto& text = slot == kType ? raw.type : raw.node_type;
    const simdjson::error_code error = value.get_string().get(text);
    if (error == simdjson::STRING_ERROR) broken = error;
    return check_name(text, "type", limits);
  }
  if (slot == kStart || slot == kEnd) {
    const std::string_view text = raw_text(value);
    const auto time = times.read(text);
    (slot == kStart ? raw.life.start : raw.life.end) = time;
    if (time || text.empty()) return std::nullopt;
    return RowFault{Rejection::malformed, fmt::format("\"{}\" is not a time", excerpt(text))};
  }
  std::int64_t micros = 0;
  const std::string_view token = value.raw_json_token();
  const Number read = parse_micros(token, micros);
  if (read == Number::malformed) {
    return RowFault{Rejection::malformed,
                    fmt::format("\"{}\" stands where a number belongs", excerpt(token))};
  }
  if (read == Number::too_large) micros = token.front() == '-' ? INT64_MIN : INT64_MAX;
  if (slot == kTotalCost) raw.total_null = read == Number::null;
  if (read == Number::null) return std::nullopt;
  auto& number = slot == kTotalCost ? raw.total
                 : slot == kMinutes ? raw.life.micro_minutes
                                    : raw.preemptible;
  number = micros;
  return std::nullopt;
}

std::optional<RowFault> AssetDecoder::State::properties(json::object object, RawAsset& raw,
                                                        simdjson::error_code& broken) {
  FieldCursor cursor(kPropertyFields);
  std::optional<RowFault> wrong;
  for (auto item : object) {
    json::field field;
    broken = std::move(item).get(field);
    if (broken != simdjson::SUCCESS) return wrong;
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot >= kSkipProperty) continue;
    const simdjson::error_code error = field.value().get_string().get(raw.properties[slot]);
    if (error == simdjson::STRING_ERROR) {
      broken = error;
      return wrong;
    }
    if (wrong) continue;
    if (error != simdjson::SUCCESS) {
      wrong = RowFault{Rejection::malformed,
                       fmt::format("its {} is not a string", kPropertyNames[slot])};
    } else {
      wrong = check_name(raw.properties[slot], kPropertyNames[slot], limits);
    }
  }
  return wrong;
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

void AssetDecoder::State::accept(const RawAsset& raw, std::string_view key) {
  if (auto wrong = check(raw)) {
    reject(answer.rejected, *wrong, key);
    return;
  }
  Asset row;
  row.type = type_of(raw.type);
  row.cluster = clusters.name(raw.properties[kCluster]);
  row.name = names.store(raw.properties[kName]);
  row.provider_id = names.store(raw.properties[kProviderId]);
  if (row.type == AssetType::node) {
    row.instance_type = names.store(raw.node_type);
    row.spot = raw.preemptible.value_or(0) > 0;
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
  const bool whole = splitter.finish();
  if (fault) return fault;
  if (!whole) return splitter.fault();
  if (auto wrong = check_envelope(splitter.envelope(), false, rows_seen)) return wrong;
  if (sum > kLargestSum) {
    return Fault{Refusal::implausible, fmt::format("its assets add up to {:g}", sum)};
  }
  if (auto several = clusters.fault()) return several;
  drop_duplicates();
  if (!table->rows.empty()) return std::nullopt;
  return Fault{Refusal::empty, fmt::format("none of its {} assets is usable ({} rejected)",
                                           rows_seen, answer.rejected.total())};
}

AssetDecoder::AssetDecoder(const Question& question, std::string_view cluster,
 const Limits& limits)
    : state_(std::make_unique<State>(question, cluster, limits)) {}

AssetDecoder::~AssetDecoder() = default;

bool AssetDecoder::feed(std::string_view bytes) {
  return !state_->fault && state_->splitter.feed(bytes);
}

Result<AssetAnswer, Fault> AssetDecoder::finish() {
  if (auto fault = state_->verdict()) return tl::unexpected(std::move(*fault));
  state_->answer.table = std::move(state_->table);
  return std::move(state_->answer);
}

}  // namespace exporter::opencost
