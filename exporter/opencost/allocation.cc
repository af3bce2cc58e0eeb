#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "exporter/opencost/allocation_row.h"

namespace exporter::opencost {
namespace {

using model::Allocation;
using model::Resource;
using model::RowKind;

constexpr std::string_view kIdle = "__idle__";
constexpr std::string_view kUnmounted = "__unmounted__";
constexpr std::string_view kUnallocated = "__unallocated__";

// The part of a multi-aggregate key at `index` of `count`; empty when the key has another number of
// parts or escapes, and for OpenCost's word for a missing part.
std::string_view key_part(std::string_view key, std::size_t index, std::size_t count) {
  if (static_cast<std::size_t>(std::count(key.begin(), key.end(), '/')) + 1 != count) return {};
  if (key.find('\\') != std::string_view::npos) return {};
  for (std::size_t i = 0; i < index; ++i) key.remove_prefix(key.find('/') + 1);
  std::string_view part = key.substr(0, key.find('/'));
  // A controller stands there as `kind:name`.
  if (count == 4 && index == 3) part.remove_prefix(part.find(':') + 1);
  return part == kUnallocated ? std::string_view() : part;
}

// Volumes that nobody mounts have a pod made up for them; it is all that is left of a namespace
// when OpenCost's query for pods failed.
bool runs(const Allocation& row) {
  return row.kind == RowKind::workload && !row.pod.ends_with("-unmounted-pvcs");
}

// As many names of rejected rows are kept; an answer with more is not to be trusted row by row.
constexpr std::size_t kMostNames = 10'000;

bool before(const Allocation& a, const Allocation& b) {
  const auto key = [](const Allocation& row) {
    return std::tie(row.cluster, row.name_space, row.pod, row.controller_kind, row.controller);
  };
  return key(a) < key(b);
}

}  // namespace

struct AllocationDecoder::State {
  State(const Question& asked, std::string_view cluster, const Limits& bounds)
      : question(asked),
        limits(bounds),
        table(std::make_shared<model::AllocationTable>()),
        names(table->text),
        labels(question.labels, names, table->label_sets),
        clusters(cluster, names),
        reader(bounds, answer.rejected,
               [this](std::string_view key, json::object& row) { return take(key, row); }) {
    table->window = asked.window;
    table->lived = {asked.window.end, asked.window.start};
  }

  simdjson::error_code take(std::string_view key, json::object& row);
  void accept(RawRow& raw, std::string_view key);
  void keep_names(const RawRow& raw, std::string_view key);
  std::optional<RowFault> identify(const RawRow& raw, std::string_view key, Allocation& row);
  std::optional<RowFault> check(const RawRow& raw, RowKind kind) const;
  void lived(const Life& life);
  void drop_duplicates();
  void count_unnamed();
  std::optional<Fault> verdict();

  Question question;
  Limits limits;
  std::shared_ptr<model::AllocationTable> table;
  Names names;
  LabelReader labels;
  Clusters clusters;
  LifeTimes times;
  AllocationAnswer answer;
  std::size_t workloads = 0;
  double sum = 0;
  RowReader reader;
};

simdjson::error_code AllocationDecoder::State::take(std::string_view key, json::object& row) {
  RawRow raw;
  const Reading with{names, labels, times, limits, question.query == Query::current};
  SIMDJSON_TRY(read_row(row, with, raw));
  accept(raw, key);
  return simdjson::SUCCESS;
}

// Who the row is of, its cluster by OpenCost's name.
std::optional<RowFault> AllocationDecoder::State::identify(const RawRow& raw, std::string_view key,
                                                           Allocation& row) {
  const bool pods = question.query == Query::current;
  const std::size_t parts = pods ? 3 : 4;
  std::optional<RowFault> wrong;
  // Properties were checked while they were read; what only the key says is checked here.
  const auto property = [&](Property which, std::size_t part,
                            std::string_view what) -> std::string_view {
    if (!raw.properties[which].empty()) return raw.properties[which];
    const std::string_view text = key_part(key, part, parts);
    if (!wrong) wrong = check_name(text, what, limits);
    return wrong ? std::string_view() : names.store(text);
  };
  if (key == kIdle) {
    row.kind = RowKind::idle;
    row.cluster = raw.properties[kCluster];
    return std::nullopt;
  }
  const std::string_view name_space = property(kNamespace, 1, "namespace");
  const std::string_view pod = pods ? property(kPod, 2, "pod") : std::string_view();
  const std::string_view cluster = property(kCluster, 0, "cluster");
  row.controller_kind =
      pods ? raw.properties[kControllerKind] : property(kControllerKind, 2, "controllerKind");
  row.controller = pods ? raw.properties[kController] : property(kController, 3, "controller");
  row.node = raw.properties[kNode];
  if (wrong) return wrong;
  if (name_space.empty() || (pods && pod.empty())) {
    return RowFault{Rejection::no_identity,
                    fmt::format("neither its properties nor its key name its {}",
                                name_space.empty() ? "namespace" : "pod")};
  }
  if (name_space == kUnmounted) row.kind = RowKind::unmounted;
  row.cluster = cluster;
  row.name_space = name_space;
  row.pod = pod;
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

namespace {

// True when something below zero had to be set to zero beyond rounding.
bool charge(const RawRow& raw, Allocation& row) {
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

}  // namespace

void AllocationDecoder::State::accept(RawRow& raw, std::string_view key) {
  Allocation row;
  const RowKind kind = key == kIdle ? RowKind::idle : RowKind::workload;
  if (!raw.wrong) raw.wrong = check(raw, kind);
  if (!raw.wrong) raw.wrong = identify(raw, key, row);
  if (raw.wrong) {
    reject(answer.rejected, *raw.wrong, key);
    if (raw.has(kTotalCost) && ((raw.nulls | raw.too_large) >> kTotalCost & 1) == 0) {
      table->rejected_total += static_cast<double>(raw.micros[kTotalCost]) / 1e6;
    }
    keep_names(raw, key);
    return;
  }
  row.cluster = clusters.name(row.cluster);
  if (charge(raw, row)) ++answer.idle_clamped;
  const bool unborn = raw.life.micro_minutes && *raw.life.micro_minutes <= 0;
  if (unborn && row.costs == model::Costs{}) {
    ++answer.rows_skipped;
    return;
  }
  sum += std::abs(row.costs.total().amount());
  if (runs(row)) {
    ++workloads;
    lived(raw.life);
  }
  row.label_set = raw.label_set;
  if (question.query == Query::current && runs(row)) take_usage(raw, question.window, row);
  table->rows.push_back(row);
}

void AllocationDecoder::State::keep_names(const RawRow& raw, std::string_view key) {
  Allocation row;
  if (table->rejected.size() >= kMostNames || raw.misnamed || identify(raw, key, row)) return;
  row.cluster = clusters.shown(row.cluster);
  table->rejected.push_back(row);
}

// OpenCost forgets from the far end, and a row then begins later than it did.
void AllocationDecoder::State::lived(const Life& life) {
  const model::Window& window = question.window;
  table->lived.start =
      std::min(table->lived.start, std::max(life.start.value_or(window.start), window.start));
  table->lived.end =
      std::max(table->lived.end, std::min(life.end.value_or(window.end), window.end));
}

void AllocationDecoder::State::drop_duplicates() {
  auto& rows = table->rows;
  const auto not_before = [](const Allocation& a, const Allocation& b) { return !before(a, b); };
  // Nearly every answer is as it should be, and so one look at each row is enough.
  if (std::adjacent_find(rows.begin(), rows.end(), not_before) == rows.end()) {
    rows.shrink_to_fit();
    return;
  }
  std::stable_sort(rows.begin(), rows.end(), before);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (kept > 0 && not_before(rows[kept - 1], rows[i])) {
      const Allocation& row = rows[i];
      table->rejected_total += row.reported_total.amount();
      reject(answer.rejected, {Rejection::duplicate, "it stands in the answer twice"},
             fmt::format("{}/{}/{}{}", row.cluster, row.name_space, row.pod, row.controller));
      if (runs(row)) --workloads;
      continue;
    }
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
  rows.shrink_to_fit();
}

// Duplicates are neither: the first of them stands.
void AllocationDecoder::State::count_unnamed() {
  std::stable_sort(table->rejected.begin(), table->rejected.end(), before);
  const auto duplicates = answer.rejected.counts[static_cast<std::size_t>(Rejection::duplicate)];
  table->rejected_unnamed = answer.rejected.total() - duplicates - table->rejected.size();
}

std::optional<Fault> AllocationDecoder::State::verdict() {
  auto wrong = reader.finish(true);
  const bool day = question.query == Query::day;
  if (wrong && !(day && wrong->refusal == Refusal::empty)) return wrong;
  if (sum > kLargestSum) {
    return Fault{Refusal::implausible, fmt::format("its rows add up to {:g}", sum)};
  }
  if (auto several = clusters.fault()) return several;
  drop_duplicates();
  count_unnamed();
  if (workloads > 0) return std::nullopt;
  table->lived = {question.window.start, question.window.start};
  if (day && answer.rejected.total() == 0) {
    table->rows.clear();
    return std::nullopt;
  }
  return Fault{Refusal::empty, fmt::format("none of its {} rows is a usable workload ({} rejected)",
                                           reader.rows(), answer.rejected.total())};
}

AllocationDecoder::AllocationDecoder(const Question& question, std::string_view cluster,
                                     const Limits& limits)
    : state_(std::make_unique<State>(question, cluster, limits)) {}

AllocationDecoder::~AllocationDecoder() = default;

bool AllocationDecoder::feed(std::string_view bytes) { return state_->reader.feed(bytes); }

Result<AllocationAnswer, Fault> AllocationDecoder::finish() {
  if (auto fault = state_->verdict()) return tl::unexpected(std::move(*fault));
  state_->answer.table = std::move(state_->table);
  return std::move(state_->answer);
}

}  // namespace exporter::opencost
