#include "exporter/demo/rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "exporter/demo/json.h"

namespace exporter::demo {

namespace {

using std::chrono::sys_seconds;

constexpr std::string_view kUnmounted = "__unmounted__";
constexpr auto kStagger = std::chrono::minutes(5);  // between the replicas of a rollout

// Shares of what is sent, and prices of a GiB.
constexpr double kReceivedPerSent = 0.6;
constexpr double kZone = 0.3 * 0.01;
constexpr double kRegion = 0.02 * 0.02;
constexpr double kInternet = 0.03 * 0.09;
constexpr double kInternetBalanced = 0.5 * 0.09;
constexpr double kNat = 0.05 * 0.045;

double hours_of(sys_seconds from, sys_seconds to) {
  return static_cast<double>((to - from).count()) / 3600;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// The lives of the pods of a place that touch a window: calls back with generation, begin, end.
template <class Visit>
void for_each_life(const Workload& workload, const Place& place, model::Window window,
                   const Visit& visit) {
  const Schedule& schedule = workload.schedule;
  if (schedule.period.count() == 0) {
    visit(0, window.start, window.start, window.end);
    return;
  }
  const std::chrono::seconds period = schedule.period;
  const std::chrono::seconds length = schedule.length;
  const std::chrono::seconds lag =
      workload.what->kind == "job" ? kStagger * 0 : kStagger * place.ordinal;
  const std::chrono::seconds offset = schedule.phase + lag;
  const std::int64_t since = (window.start.time_since_epoch() - offset).count();
  for (std::int64_t nth = floor_divide(since, period.count());; ++nth) {
    const sys_seconds begin(offset + nth * period);
    if (begin >= window.end) return;
    const sys_seconds from = std::max(begin, window.start);
    const sys_seconds to = std::min(begin + length, window.end);
    if (from < to) visit(nth, begin, from, to);
  }
}

void meter_traffic(const Template& what, double gib, Traffic& network) {
  network.sent += gib * kGiB;
  network.received += gib * kReceivedPerSent * kGiB;
  network.zone += gib * kZone;
  network.region += gib * kRegion;
  network.internet += gib * (what.balanced ? kInternetBalanced : kInternet);
  network.nat_egress += gib * kNat;
  network.nat_ingress += gib * kReceivedPerSent * kNat;
}

void meter_resource(Metered& of, double request, double used, double hours) {
  of.hours += std::max(request, used) * hours;
  of.usage += used * hours;
  of.request += request * hours;
}

// Usage is constant within an hour of the clock, so hours are the pieces a window is cut into.
void meter(const Template& what, const Place& place, Row& row) {
  const double ram_request = what.mib.request * kMiB;
  for (sys_seconds from = row.start; from < row.end;) {
    const sys_seconds to = std::min(
        row.end, sys_seconds(std::chrono::floor<std::chrono::hours>(from)) + std::chrono::hours(1));
    const double hours = hours_of(from, to);
    const double shape = shape_factor(what.shape, from);
    const double cores = what.cores.used * place.scale * shape;
    const double ram = what.mib.used * kMiB * place.scale * ram_factor(shape);
    meter_resource(row.cpu, what.cores.request, cores, hours);
    meter_resource(row.ram, ram_request, ram, hours);
    meter_resource(row.gpu, what.gpus, what.gpus * std::min(1.0, 0.5 * shape), hours);
    meter_traffic(what, what.network_gib * place.scale * shape * hours, row.network);
    row.cores_peak = std::max(row.cores_peak, cores * 1.2);
    row.ram_peak = std::max(row.ram_peak, ram * 1.05);
    from = to;
  }
  row.cpu.limit = 2 * row.cpu.request;
  row.ram.limit = 1.5 * row.ram.request;
}

void price(const Inventory& inventory, const Workload& workload, const Place& place, Row& row) {
  const InstanceType& type = *inventory.nodes[place.node].type;
  row.cpu.cost = row.cpu.hours * type.core_price;
  row.ram.cost = row.ram.hours / kGiB * type.gib_price;
  row.gpu.cost = row.gpu.hours * type.gpu_price;
  const double hours = row.hours();
  if (place.volume >= 0) {
    const Volume& volume = inventory.volumes[static_cast<std::size_t>(place.volume)];
    row.volumes.push_back({&volume, volume.bytes * hours, volume.price * hours});
    row.volume_byte_hours = row.volumes.back().byte_hours;
    row.volume_cost = row.volumes.back().cost;
  }
  if (workload.balancer >= 0) {
    const Balancer& balancer = inventory.balancers[static_cast<std::size_t>(workload.balancer)];
    row.balancer_cost = balancer.price * hours / workload.places;
    row.balancers.push_back({&balancer, hours, row.balancer_cost});
  }
}

class Collector {
 public:
  Collector(const Inventory& inventory, std::string_view cluster, const Question& question,
            Answer& answer)
      : inventory_(inventory),
        cluster_(cluster),
        question_(question),
        window_(spent_in(question)),
        answer_(answer) {}

  void pods() {
    answer_.rows.reserve(inventory_.places.size() + 16);
    for (const Place& place : inventory_.places) {
      const Workload& workload = inventory_.workloads[place.workload];
      const model::Window there = overlap(window_, inventory_.nodes[place.node].exists);
      if (there.start >= there.end) continue;
      for_each_life(workload, place, there,
                    [&](std::int64_t nth, sys_seconds begin, sys_seconds from, sys_seconds to) {
                      pod(workload, place, pod_name(workload, place, nth, begin), {from, to});
                    });
    }
  }

  void leftovers() {
    Row lost = row_without_pod(kUnmounted, kUnmounted);
    lost.kind = model::RowKind::unmounted;
    for (const Volume& volume : inventory_.volumes) {
      if (volume.mounted) continue;
      if (volume.claim_namespace.empty()) {
        hold(volume, lost);
        continue;
      }
      const std::string pod = volume.claim_namespace + "-unmounted-pvcs";
      Row claimed = row_without_pod(volume.claim_namespace, answer_.text.store(pod));
      const auto& spaces = inventory_.namespaces;
      claimed.space = &*std::find_if(spaces.begin(), spaces.end(), [&](const Namespace& space) {
        return space.name == volume.claim_namespace;
      });
      hold(volume, claimed);
      answer_.rows.push_back(std::move(claimed));
    }
    for (const Balancer& balancer : inventory_.balancers) {
      if (!balancer.used) lost.balancer_cost += balancer.price * lost.hours();
    }
    answer_.rows.push_back(std::move(lost));
  }

  Row idle() const {
    Row row;
    row.kind = model::RowKind::idle;
    row.key = "__idle__";
    row.cluster = cluster_;
    row.start = window_.start;
    row.end = window_.end;
    std::size_t nodes = 0;
    for (const Node& node : inventory_.nodes) {
      const model::Window there = overlap(window_, node.exists);
      if (there.start >= there.end) continue;
      row.node = ++nodes == 1 ? node.name : std::string_view();
      const NodeCost cost = node_cost(node, there.hours());
      row.cpu.cost += cost.cpu;
      row.ram.cost += cost.ram;
      row.gpu.cost += cost.gpu;
    }
    for (const Row& pod : answer_.rows) {
      row.cpu.cost -= pod.cpu.cost;
      row.ram.cost -= pod.ram.cost;
      row.gpu.cost -= pod.gpu.cost;
    }
    for (Metered* part : {&row.cpu, &row.ram, &row.gpu}) part->cost = std::max(part->cost, 0.0);
    return row;
  }

 private:
  void pod(const Workload& workload, const Place& place, const PodName& name, model::Window lived) {
    const Template& what = *workload.what;
    const Node& node = inventory_.nodes[place.node];
    Row& row = answer_.rows.emplace_back();
    row.cluster = cluster_;
    row.node = node.name;
    row.provider_id = node.provider_id;
    row.container = what.container;
    if (!what.kind.empty()) row.controller = what.name;
    row.controller_kind = what.kind;
    row.space = &inventory_.namespaces[workload.name_space];
    row.name_space = row.space->name;
    row.pod = answer_.text.store(name.name);
    if (what.service) row.service = what.name;
    row.labelled = !what.container.empty() || question_.metadata == Metadata::keep_common;
    row.node_labels = &node.labels;
    row.own_labels = &workload.labels;
    row.hash_label = name.hash_label;
    row.hash = answer_.text.store(name.hash);
    if (!row.space->annotations.empty()) row.annotations = &row.space->annotations;
    row.has_pod = true;
    row.start = lived.start;
    row.end = lived.end;
    meter(what, place, row);
    price(inventory_, workload, place, row);
  }

  Row row_without_pod(std::string_view name_space, std::string_view pod) const {
    Row row;
    row.cluster = cluster_;
    row.name_space = name_space;
    row.pod = pod;
    row.container = kUnmounted;
    row.start = window_.start;
    row.end = window_.end;
    return row;
  }

  static void hold(const Volume& volume, Row& row) {
    const double hours = row.hours();
    row.volumes.push_back({&volume, volume.bytes * hours, volume.price * hours});
    row.volume_byte_hours += volume.bytes * hours;
    row.volume_cost += volume.price * hours;
  }

  const Inventory& inventory_;
  std::string_view cluster_;
  const Question& question_;
  model::Window window_;
  Answer& answer_;
};

}  // namespace

model::Window spent_in(const Question& question) {
  return overlap(question.window, {std::max(question.since, kBorn), question.until});
}

void collect(const Inventory& inventory, std::string_view cluster, const Question& question,
             Answer& answer) {
  const model::Window window = spent_in(question);
  if (window.start >= window.end) return;
  Collector collector(inventory, answer.text.store(cluster), question, answer);
  collector.pods();
  std::vector<Row> extra;
  if (question.idle == Idle::include) extra.push_back(collector.idle());
  collector.leftovers();
  merge_rows(question, std::move(extra), answer);
}

NodeCost node_cost(const Node& node, double hours) {
  const InstanceType& type = *node.type;
  return {type.cores * type.core_price * hours, type.ram_gib * type.gib_price * hours,
          type.gpus * type.gpu_price * hours};
}

double Row::hours() const { return hours_of(start, end); }

double Row::total() const {
  return cpu.cost + gpu.cost + ram.cost + volume_cost + network.cost() + balancer_cost;
}

model::Costs printed_costs(const Row& row) {
  using model::Resource;
  // A printed digit is ten millionths.
  const auto printed = [](double cost) { return Cost{hundred_thousandths(cost) * 10}; };
  model::Costs costs;
  costs[Resource::cpu] = printed(row.cpu.cost);
  costs[Resource::memory] = printed(row.ram.cost);
  costs[Resource::gpu] = printed(row.gpu.cost);
  costs[Resource::storage] = printed(row.volume_cost);
  costs[Resource::network] = printed(row.network.cost());
  costs[Resource::load_balancer] = printed(row.balancer_cost);
  return costs;
}

}  // namespace exporter::demo
