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

using model::Allocation;
using model::Resource;
using model::RowKind;

constexpr std::string_view kIdle = "__idle__";
constexpr std::string_view kUnmounted = "__unmounted__";
constexpr std::string_view kUnallocated = "__unallocated__";

// Numbers first, so that they index RawRow::micros.
enum Slot : std::uint8_t {
  kCpuCost,
  kCpuAdjustment,
  kMemoryCost,
  kMemoryAdjustment,
  kGpuCost,
  kGpuAdjustment,
  kStorageCost,
  kStorageAdjustment,
  kNetworkCost,
  kNetworkAdjustment,
  kLoadBalancerCost,
  kLoadBalancerAdjustment,
  kSharedCost,
  kExternalCost,
  kTotalCost,
  kMinutes,
  kCpuHours,
  kMemoryHours,
  kGpuHours,
  kStorageHours,
  kNumbers,
  kProperties = kNumbers,
  kStart,
  kEnd,
  kSkip,
};

// In the order of 1.121; members we do not use keep the cursor in step.
constexpr Field kRowFields[] = {
    {R"(name")", kSkip},
    {R"(properties")", kProperties},
    {R"(window")", kSkip},
    {R"(start")", kStart},
    {R"(end")", kEnd},
    {R"(minutes")", kMinutes},
    {R"(cpuCores")", kSkip},
    {R"(cpuCoreRequestAverage")", kSkip},
    {R"(cpuCoreLimitAverage")", kSkip},
    {R"(cpuCoreUsageAverage")", kSkip},
    {R"(cpuCoreHours")", kCpuHours},
    {R"(cpuCost")", kCpuCost},
    {R"(cpuCostAdjustment")", kCpuAdjustment},
    {R"(cpuCostIdle")", kSkip},
    {R"(cpuEfficiency")", kSkip},
    {R"(gpuCount")", kSkip},
    {R"(gpuHours")", kGpuHours},
    {R"(gpuCost")", kGpuCost},
    {R"(gpuCostAdjustment")", kGpuAdjustment},
    {R"(gpuCostIdle")", kSkip},
    {R"(gpuEfficiency")", kSkip},
    {R"(networkTransferBytes")", kSkip},
    {R"(networkReceiveBytes")", kSkip},
    {R"(networkCost")", kNetworkCost},
    {R"(networkCrossZoneCost")", kSkip},
    {R"(networkCrossRegionCost")", kSkip},
    {R"(networkInternetCost")", kSkip},
    {R"(networkNatGatewayEgressCost")", kSkip},
    {R"(networkNatGatewayIngressCost")", kSkip},
    {R"(networkCostAdjustment")", kNetworkAdjustment},
    {R"(loadBalancerCost")", kLoadBalancerCost},
    {R"(loadBalancerCostAdjustment")", kLoadBalancerAdjustment},
    {R"(pvBytes")", kSkip},
    {R"(pvByteHours")", kStorageHours},
    {R"(pvCost")", kStorageCost},
    {R"(pvs")", kSkip},
    {R"(pvCostAdjustment")", kStorageAdjustment},
    {R"(ramBytes")", kSkip},
    {R"(ramByteRequestAverage")", kSkip},
    {R"(ramByteLimitAverage")", kSkip},
    {R"(ramByteUsageAverage")", kSkip},
    {R"(ramByteHours")", kMemoryHours},
    {R"(ramCost")", kMemoryCost},
    {R"(ramCostAdjustment")", kMemoryAdjustment},
    {R"(ramCostIdle")", kSkip},
    {R"(ramEfficiency")", kSkip},
    {R"(externalCost")", kExternalCost},
    {R"(sharedCost")", kSharedCost},
    {R"(totalCost")", kTotalCost},
    {R"(totalEfficiency")", kSkip},
    {R"(rawAllocationOnly")", kSkip},
    {R"(proportionalAssetResourceCosts")", kSkip},
    {R"(lbAllocations")", kSkip},
    {R"(sharedCostBreakdown")", kSkip},
    {R"(gpuAllocation")", kSkip},
};

enum Property : std::uint8_t {
  kCluster,
  kNode,
  kController,
  kControllerKind,
  kNamespace,
  kPod,
  kProperties_,
  kSkipProperty = kProperties_,
};

constexpr Field kPropertyFields[] = {
    {R"(cluster")", kCluster},
    {R"(node")", kNode},
    {R"(container")", kSkipProperty},
    {R"(controller")", kController},
    {R"(controllerKind")", kControllerKind},
    {R"(namespace")", kNamespace},
    {R"(pod")", kPod},
    {R"(services")", kSkipProperty},
    {R"(providerID")", kSkipProperty},
    {R"(labels")", kSkipProperty},
    {R"(annotations")", kSkipProperty},
    {R"(namespaceLabels")", kSkipProperty},
    {R"(namespaceAnnotations")", kSkipProperty},
};

constexpr std::array<std::string_view, kProperties_> kPropertyNames = {
    "cluster", "node", "controller", "controllerKind", "namespace", "pod"};

// A row as it stands in the answer. Views end with the batch.
struct RawRow {
  std::array<std::int64_t, kNumbers> micros{};
  std::uint32_t seen = 0;  // bit per number
  std::uint32_t nulls = 0;
  std::uint32_t too_large = 0;
  std::array<std::string_view, kProperties_> properties{};
  Life life;

  bool has(Slot slot) const { return (seen >> slot & 1) != 0; }
};

constexpr std::uint32_t kCostBits = (1u << (kTotalCost + 1)) - 1;

}  // namespace

struct AllocationDecoder::State {
  State(const Question& asked, std::string_view cluster, const Limits& bounds)
      : question(asked),
        limits(bounds),
        table(std::make_shared<model::AllocationTable>()),
        names(table->text),
        clusters(cluster, names),
        splitter(bounds, [this](const char* text, std::size_t length, std::size_t capacity) {
          return batch(text, length, capacity);
        }) {
    table->window = asked.window;
  }

  bool batch(const char* text, std::size_t length, std::size_t capacity);
  simdjson::error_code rows(json::document& document);
  std::optional<RowFault> read(json::object row, RawRow& raw, simdjson::error_code& broken);
  std::optional<RowFault> number(json::value& value, Slot slot, RawRow& raw);
  std::optional<RowFault> properties(json::object object, RawRow& raw,
                                     simdjson::error_code& broken);
  void accept(const RawRow& raw, std::string_view key);
  std::optional<RowFault> identify(const RawRow& raw, std::string_view key, Allocation& row);
  std::optional<RowFault> check(const RawRow& raw, RowKind kind) const;
  bool charge(const RawRow& raw, Allocation& row);
  void drop_duplicates();
  std::optional<Fault> verdict();

  Question question;
  Limits limits;
  std::shared_ptr<model::AllocationTable> table;
  Names names;
  Clusters clusters;
  RowTimes times;
  AllocationAnswer answer;
  std::optional<Fault> fault;  // found inside a batch
  std::uint64_t rows_seen = 0;
  std::size_t workloads = 0;
  double sum = 0;
  json::parser parser;
  RowSplitter splitter;
};

bool AllocationDecoder::State::batch(const char* text, std::size_t length, std::size_t capacity) {
  json::document document;
  simdjson::error_code error =
      parser.iterate(simdjson::padded_string_view(text, length, capacity)).get(document);
  if (error == simdjson::SUCCESS) error = rows(document);
  if (error != simdjson::SUCCESS && !fault) {
    fault = Fault{Refusal::parse, fmt::format("broken JSON near row {}: {}", rows_seen + 1,
                                              simdjson::error_message(error))};
  }
  return !fault;
}

simdjson::error_code AllocationDecoder::State::rows(json::document& document) {
  json::object object;
  SIMDJSON_TRY(document.get_object().get(object));
  for (auto item : object) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    if (++rows_seen > limits.max_rows) {
      fault = Fault{Refusal::implausible, fmt::format("more than {} rows", limits.max_rows)};
      return simdjson::SUCCESS;
    }
    const std::string_view key = raw_key(field);
    json::object row;
    if (field.value().get_object().get(row) != simdjson::SUCCESS) {
      reject(answer.rejected, {Rejection::malformed, "it is not an object"}, key);
      continue;
    }
    RawRow raw;
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

std::optional<RowFault> AllocationDecoder::State::read(json::object row, RawRow& raw,
                                                       simdjson::error_code& broken) {
  FieldCursor cursor(kRowFields);
  std::optional<RowFault> wrong;
  for (auto item : row) {
    json::field field;
    broken = std::move(item).get(field);
    if (broken != simdjson::SUCCESS) return wrong;
    const std::uint8_t slot = cursor.match(field.key().raw());
    if (slot >= kSkip) continue;
    std::optional<RowFault> fault_here;
    if (slot < kNumbers) {
      fault_here = number(field.value(), static_cast<Slot>(slot), raw);
    } else if (slot == kProperties) {
      json::object object;
      if (field.value().get_object().get(object) == simdjson::SUCCESS) {
        fault_here = properties(object, raw, broken);
        if (broken != simdjson::SUCCESS) return wrong;
      }
    } else {
      auto& time = slot == kStart ? raw.life.start : raw.life.end;
      const std::string_view text = raw_text(field.value());
      time = times.read(text);
      if (!time && !text.empty()) {
        fault_here =
            RowFault{Rejection::malformed, fmt::format("\"{}\" is not a time", excerpt(text))};
      }
    }
    if (fault_here && !wrong) wrong = std::move(fault_here);
  }
  if (raw.has(kMinutes)) raw.life.micro_minutes = raw.micros[kMinutes];
  return wrong;
}

std::optional<RowFault> AllocationDecoder::State::number(json::value& value, Slot slot,
                                                         RawRow& raw) {
  const std::uint32_t bit = 1u << slot;
  const std::string_view token = value.raw_json_token();
  std::int64_t micros = 0;
  const Number read = parse_micros(token, micros);
  if (read == Number::malformed) {
    return RowFault{Rejection::malformed,
                    fmt::format("\"{}\" stands where a number belongs", excerpt(token))};
  }
  if ((raw.seen & bit) != 0) {
    return RowFault{Rejection::malformed, "a member stands in it twice"};
  }
  // The sign of an enormous number still tells whether it may be one (hours) or not.
  if (read == Number::too_large) micros = token.front() == '-' ? INT64_MIN : INT64_MAX;
  raw.micros[slot] = micros;
  raw.seen |= bit;
  if (read == Number::null) raw.nulls |= bit;
  if (read == Number::too_large) raw.too_large |= bit;
  return std::nullopt;
}

std::optional<RowFault> AllocationDecoder::State::properties(json::object object, RawRow& raw,
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

namespace {

// The part of a multi-aggregate key at `index` of `count`; empty when the key has another number of
// parts or escapes, and for OpenCost's word for a missing part.
std::string_view key_part(std::string_view key, std::size_t index, std::size_t count) {
  if (static_cast<std::size_t>(std::count(key.begin(), key.end(), '/')) + 1 != count) return {};
  if (key.find('\\') != std::string_view::npos) return {};
  for (; index > 0; --index) key.remove_prefix(key.find('/') + 1);
  const std::string_view part = key.substr(0, key.find('/'));
  return part == kUnallocated ? std::string_view() : part;
}

}  // namespace

std::optional<RowFault> AllocationDecoder::State::identify(const RawRow& raw, std::string_view key,
                                                           Allocation& row) {
  const bool pods = question.query == Query::current;
  const std::size_t parts = pods ? 3 : 4;
  const auto property = [&](Property which, std::size_t part) {
    const std::string_view text = raw.properties[which];
    return !text.empty() || part >= parts ? text : key_part(key, part, parts);
  };
  if (key == kIdle) {
    row.kind = RowKind::idle;
    row.cluster = clusters.name(raw.properties[kCluster]);
    return std::nullopt;
  }
  const std::string_view name_space = property(kNamespace, 1);
  const std::string_view pod = pods ? property(kPod, 2) : std::string_view();
  if (name_space.empty() || (pods && pod.empty())) {
    return RowFault{Rejection::no_identity,
                    fmt::format("neither its properties nor its key name its {}",
                                name_space.empty() ? "namespace" : "pod")};
  }
  if (name_space == kUnmounted) row.kind = RowKind::unmounted;
  row.cluster = clusters.name(property(kCluster, 0));
  row.name_space = names.store(name_space);
  row.pod = table->text.store(pod);
  row.controller_kind = names.store(raw.properties[kControllerKind]);
  row.controller = names.store(raw.properties[kController]);
  row.node = names.store(raw.properties[kNode]);
  return std::nullopt;
}

std::optional<RowFault> AllocationDecoder::State::check(const RawRow& raw, RowKind kind) const {
  if (!raw.has(kTotalCost)) return RowFault{Rejection::malformed, "it has no totalCost"};
  if ((raw.nulls & kCostBits) != 0) {
    return RowFault{Rejection::null_cost, "one of its costs is null"};
  }
  double largest = 0;
  bool costs = false;
  for (std::size_t i = 0; i <= kTotalCost; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(raw.micros[i])));
    costs = costs || raw.micros[i] != 0;
  }
  if (auto wrong = check_amount(largest, question.window, limits)) return wrong;
  if (auto wrong = check_life(raw.life, question.window, costs)) return wrong;
  for (Slot slot : {kCpuCost, kMemoryCost, kGpuCost, kStorageCost, kNetworkCost, kLoadBalancerCost,
                    kSharedCost, kExternalCost}) {
    if (raw.micros[slot] < -kNegligibleMicros && kind != RowKind::idle) {
      return RowFault{
          Rejection::negative_cost,
          fmt::format("one of its costs is {}", static_cast<double>(raw.micros[slot]) / 1e6)};
    }
  }
  for (Slot slot : {kCpuHours, kMemoryHours, kGpuHours, kStorageHours}) {
    if (raw.micros[slot] < 0) {
      return RowFault{Rejection::negative_usage, "its hours of use are negative"};
    }
  }
  return std::nullopt;
}

// True when something below zero had to be set to zero beyond rounding.
bool AllocationDecoder::State::charge(const RawRow& raw, Allocation& row) {
  bool clamped = false;
  const auto put = [&](Resource resource, Slot cost, std::int64_t adjustment) {
    std::int64_t micros = raw.micros[cost];
    clamped = clamped || micros < -kNegligibleMicros;
    row.costs[resource] = Cost{std::max<std::int64_t>(micros, 0) + adjustment};
  };
  put(Resource::cpu, kCpuCost, raw.micros[kCpuAdjustment]);
  put(Resource::memory, kMemoryCost, raw.micros[kMemoryAdjustment]);
  put(Resource::gpu, kGpuCost, raw.micros[kGpuAdjustment]);
  put(Resource::storage, kStorageCost, raw.micros[kStorageAdjustment]);
  put(Resource::network, kNetworkCost, raw.micros[kNetworkAdjustment]);
  put(Resource::load_balancer, kLoadBalancerCost, raw.micros[kLoadBalancerAdjustment]);
  put(Resource::shared, kSharedCost, 0);
  put(Resource::external, kExternalCost, 0);
  row.reported_total = Cost{raw.micros[kTotalCost]};
  return clamped;
}

void AllocationDecoder::State::accept(const RawRow& raw, std::string_view key) {
  Allocation row;
  const RowKind kind = key == kIdle ? RowKind::idle : RowKind::workload;
  auto wrong = check(raw, kind);
  if (!wrong) wrong = identify(raw, key, row);
  if (wrong) {
    reject(answer.rejected, *wrong, key);
    if (raw.has(kTotalCost) && ((raw.nulls | raw.too_large) >> kTotalCost & 1) == 0) {
      table->rejected_total += static_cast<double>(raw.micros[kTotalCost]) / 1e6;
    }
    return;
  }
  if (charge(raw, row)) ++answer.idle_clamped;
  const bool unborn = raw.life.micro_minutes && *raw.life.micro_minutes <= 0;
  if (unborn && row.costs == model::Costs{}) {
    ++answer.rows_skipped;
    return;
  }
  sum += std::abs(row.costs.total().amount());
  if (row.kind == RowKind::workload) ++workloads;
  table->rows.push_back(row);
}

namespace {

bool before(const Allocation& a, const Allocation& b) {
  const auto key = [](const Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  return key(a) < key(b);
}

}  // namespace

void AllocationDecoder::State::drop_duplicates() {
  auto& rows = table->rows;
  if (!std::is_sorted(rows.begin(), rows.end(), before)) {
    std::stable_sort(rows.begin(), rows.end(), before);
  }
  const auto same = [](const Allocation& a, const Allocation& b) { return !before(a, b); };
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && same(rows[kept - 1], rows[i])) {
      const Allocation& row = rows[i];
      reject(answer.rejected, {Rejection::duplicate, "it stands in the answer twice"},
             fmt::format("{}/{}/{}{}", row.cluster, row.name_space, row.pod, row.controller));
      if (row.kind == RowKind::workload) --workloads;
      continue;
    }
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
  rows.shrink_to_fit();
}

std::optional<Fault> AllocationDecoder::State::verdict() {
  const bool whole = splitter.finish();
  if (fault) return fault;
  if (!whole) return splitter.fault();
  if (auto wrong = check_envelope(splitter.envelope(), true, rows_seen)) return wrong;
  if (sum > kLargestSum) {
    return Fault{Refusal::implausible, fmt::format("its rows add up to {:g}", sum)};
  }
  if (auto several = clusters.fault()) return several;
  drop_duplicates();
  if (workloads > 0) return std::nullopt;
  return Fault{Refusal::empty, fmt::format("none of its {} rows is a usable workload ({} rejected)",
                                           rows_seen, answer.rejected.total())};
}

AllocationDecoder::AllocationDecoder(const Question& question, std::string_view cluster,
 const Limits& limits)
    : state_(std::make_unique<State>(question, cluster, limits)) {}

AllocationDecoder::~AllocationDecoder() = default;

bool AllocationDecoder::feed(std::string_view bytes) {
  return !state_->fault && state_->splitter.feed(bytes);
}

Result<AllocationAnswer, Fault> AllocationDecoder::finish() {
  if (auto fault = state_->verdict()) return tl::unexpected(std::move(*fault));
  state_->answer.table = std::move(state_->table);
  return std::move(state_->answer);
}

}  // namespace exporter::opencost
