#include "exporter/demo/inventory.h"

#include <fmt/format.h>

#include <algorithm>

namespace exporter::demo {

namespace {

// Share of a node that is given away, so that there is idle capacity at every moment.
constexpr double kFillLevel = 0.9;
constexpr std::size_t kNodesTried = 24;
constexpr std::string_view kRegion = "eu-west-1";
constexpr double kVolumePrice = 0.08 / kHoursPerMonth;  // a GiB, per hour
constexpr double kBalancerPrice = 0.0252;               // per hour
// Of the usage of a template: what chance makes of it for a single pod.
constexpr double kLeastScale = 0.85;
constexpr double kScales = 0.3;

double unit(std::uint64_t seed) { return static_cast<double>(seed >> 11) * 0x1p-53; }

Labels node_labels(const Node& node, char zone) {
  const std::string type(node.type->name);
  return {{"beta_kubernetes_io_arch", "amd64"},
          {"beta_kubernetes_io_instance_type", type},
          {"beta_kubernetes_io_os", "linux"},
          {"karpenter_sh_capacity_type", node.type->spot ? "spot" : "on-demand"},
          {"kubernetes_io_arch", "amd64"},
          {"kubernetes_io_hostname", node.name},
          {"kubernetes_io_os", "linux"},
          {"node_kubernetes_io_instance_type", type},
          {"providerID", fmt::format("aws:///{}{}/{}", kRegion, zone, node.provider_id)},
          {"topology_kubernetes_io_region", std::string(kRegion)},
          {"topology_kubernetes_io_zone", fmt::format("{}{}", kRegion, zone)}};
}

class Builder {
 public:
  Builder(const ClusterOptions& options, Inventory& to) : options_(options), to_(to) {}

  void build() {
    const auto wanted = static_cast<std::size_t>(std::max(options_.nodes, 1));
    while (to_.nodes.size() < wanted) {
      const bool last = wanted > 1 && to_.nodes.size() + 1 == wanted;
      add_node(last ? kInstanceTypes.back() : next_type());
    }
    for (const NamespacePlan& plan : kBaseNamespaces) add_namespace(plan, std::string(plan.name));
    const auto pods = static_cast<std::size_t>(std::max(options_.pods, 0));
    for (std::size_t i = 0; steady_pods_ < pods; ++i) {
      const NamespacePlan& plan = kFillNamespaces[i % kFillNamespaces.size()];
      add_namespace(plan, fmt::format("{}-{:03}", plan.name, i / kFillNamespaces.size() + 1));
    }
    add_leftovers();
    // Last, so that they change nothing of what is there without them.
    for (const Surge& surge : options_.surges) add_surge(surge);
  }

 private:
  struct Footprint {
    double cores = 0;
    double ram = 0;
    int gpus = 0;
  };

  std::uint64_t draw() { return mix(options_.seed, ++draws_); }

  const InstanceType& next_type() const {
    return kInstanceTypes[to_.nodes.size() % (kInstanceTypes.size() - 1)];
  }

  std::size_t add_node(const InstanceType& type, model::Window exists = kAlways) {
    const std::size_t index = to_.nodes.size();
    Node node;
    node.type = &type;
    node.exists = exists;
    node.name = fmt::format("ip-10-{}-{}-{}.{}.compute.internal", index / 62500 % 250,
                            index / 250 % 250, index % 250 + 4, kRegion);
    node.provider_id = fmt::format("i-0{:016x}", draw());
    node.labels = node_labels(node, static_cast<char>('a' + index % 3));
    to_.nodes.push_back(std::move(node));
    for (std::uint32_t workload : daemonsets_) add_place(workload, index);
    return index;
  }

  void add_namespace(const NamespacePlan& plan, std::string name) {
    Namespace added;
    added.team = plan.team;
    added.labels = {{"environment", name.starts_with("dev") ? "dev" : "prod"},
                    {"kubernetes_io_metadata_name", name},
                    {"team", added.team}};
    if (!plan.cost_center.empty()) {
      added.annotations = {{"cost_center", std::string(plan.cost_center)}};
    }
    added.name = std::move(name);
    to_.namespaces.push_back(std::move(added));
    for (std::size_t i = 0; i < plan.count; ++i) {
      add_workload(plan.first[i], to_.namespaces.size() - 1);
    }
  }

  std::uint32_t add_workload(const Template& what, std::size_t name_space) {
    const auto index = static_cast<std::uint32_t>(to_.workloads.size());
    const Namespace& space = to_.namespaces[name_space];
    Workload added;
    added.what = &what;
    added.name_space = static_cast<std::uint32_t>(name_space);
    added.schedule = what.schedule;
    added.seed = draw();
    if (what.schedule.period == what.schedule.length && what.schedule.period.count() > 0) {
      const auto slots = static_cast<std::uint64_t>(what.schedule.period.count() / 5);
      added.schedule.phase = std::chrono::minutes(5 * static_cast<int>(added.seed % slots));
    }
    added.labels = {{"app", std::string(what.name)},
                    {"app_kubernetes_io_managed_by", "Helm"},
                    {"app_kubernetes_io_part_of", space.name},
                    {"environment", space.labels.front().second},
                    {"team", space.team}};
    if (what.balanced) added.balancer = add_balancer(space.name, what.name, true);
    to_.workloads.push_back(std::move(added));
    if (what.kind == "daemonset") {
      daemonsets_.push_back(index);
      for (std::size_t node = 0; node < to_.nodes.size(); ++node) add_place(index, node);
    } else {
      for (int i = 0; i < what.replicas; ++i) add_place(index, kAnyNode);
    }
    return index;
  }

  void add_surge(const Surge& surge) {
    std::size_t space = 0;
    while (to_.namespaces[space].name != surge.name_space) ++space;
    const std::uint32_t workload = add_workload(kSurge, space);
    const Footprint largest = footprint(kSurge, kLeastScale + kScales);
    std::size_t node = kAnyNode;
    for (int i = 0; i < surge.pods; ++i) {
      if (node == kAnyNode || !fits(to_.nodes[node], largest)) {
        node = add_node(kSurgeNode, surge.window);
      }
      add_place(workload, node);
    }
  }

  void add_place(std::uint32_t workload, std::size_t node) {
    Workload& of = to_.workloads[workload];
    const Template& what = *of.what;
    Place place;
    place.workload = workload;
    place.ordinal = of.places++;
    place.scale = kLeastScale + kScales * unit(draw());
    const Footprint needs = footprint(what, place.scale);
    if (node == kAnyNode) node = find_node(needs);
    Node& on = to_.nodes[node];
    on.cores_taken += needs.cores;
    on.ram_taken += needs.ram;
    on.gpus_taken += needs.gpus;
    place.node = static_cast<std::uint32_t>(node);
    if (what.volume_gib > 0) {
      const std::string claim = fmt::format("data-{}-{}", what.name, place.ordinal);
      place.volume = add_volume(to_.namespaces[of.name_space].name, claim, what.volume_gib, true);
    }
    if (what.schedule.period == what.schedule.length) ++steady_pods_;
    to_.places.push_back(place);
  }

  static Footprint footprint(const Template& what, double scale) {
    const double peak = shape_peak(what.shape);
    return {std::max(what.cores.request, what.cores.used * scale * peak),
            std::max(what.mib.request, what.mib.used * scale * ram_factor(peak)) / 1024, what.gpus};
  }

  static bool fits(const Node& node, const Footprint& needs) {
    const InstanceType& type = *node.type;
    // GPU nodes are kept for those who need one.
    return (needs.gpus > 0) == (type.gpus > 0) && node.gpus_taken + needs.gpus <= type.gpus &&
           node.cores_taken + needs.cores <= type.cores * kFillLevel &&
           node.ram_taken + needs.ram <= type.ram_gib * kFillLevel;
  }

  std::size_t find_node(const Footprint& needs) {
    const std::size_t count = to_.nodes.size();
    const std::size_t tries = needs.gpus > 0 ? count : std::min(count, kNodesTried);
    for (std::size_t i = 0; i < tries; ++i) {
      const std::size_t candidate = ++rotor_ % count;
      if (fits(to_.nodes[candidate], needs)) return candidate;
    }
    return add_node(needs.gpus > 0 ? kInstanceTypes.back() : next_type());
  }

  int add_volume(std::string name_space, std::string claim, double gib, bool mounted) {
    const std::uint64_t a = draw();
    const std::uint64_t b = draw();
    to_.volumes.push_back({fmt::format("pvc-{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", a >> 32,
                                       a >> 16 & 0xffff, a & 0xfff, b >> 52, b & 0xffffffffffff),
                           std::move(claim), std::move(name_space), gib * kGiB, gib * kVolumePrice,
                           mounted});
    return static_cast<int>(to_.volumes.size() - 1);
  }

  int add_balancer(std::string name_space, std::string_view service, bool used) {
    const std::uint64_t at = draw();
    to_.balancers.push_back({std::move(name_space), std::string(service),
                             fmt::format("203.0.{}.{}", 113 + at % 2, at >> 8 & 0xff),
                             kBalancerPrice, used});
    return static_cast<int>(to_.balancers.size() - 1);
  }

  void add_leftovers() {
    add_volume("", "", 80, false);
    add_volume("data", "data-old-warehouse-0", 250, false);
    add_balancer("search", "beta", false);
  }

  static constexpr std::size_t kAnyNode = ~std::size_t{0};

  const ClusterOptions& options_;
  Inventory& to_;
  std::vector<std::uint32_t> daemonsets_;
  std::size_t steady_pods_ = 0;  // that are there at every moment
  std::uint64_t draws_ = 0;
  std::size_t rotor_ = 0;
};

}  // namespace

Inventory::Inventory(const ClusterOptions& options) { Builder(options, *this).build(); }

bool Inventory::has_namespace(std::string_view name) const {
  return std::any_of(namespaces.begin(), namespaces.end(),
                     [&](const Namespace& space) { return space.name == name; });
}

model::Window overlap(model::Window a, model::Window b) {
  return {std::max(a.start, b.start), std::min(a.end, b.end)};
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  // splitmix64, once for each argument.
  std::uint64_t state = 0;
  for (std::uint64_t part : {a, b, c}) {
    state += part + 0x9E3779B97F4A7C15;
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
    state ^= state >> 31;
  }
  return state;
}

std::string random_name(std::uint64_t seed, int length) {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string name;
  for (int i = 0; i < length; ++i, seed /= kLetters.size())
    name += kLetters[seed % kLetters.size()];
  return name;
}

double ram_factor(double shape) { return 0.85 + 0.15 * shape; }

PodName pod_name(const Workload& workload, const Place& place, std::int64_t generation,
                 std::chrono::sys_seconds begin) {
  const Template& what = *workload.what;
  const auto nth = static_cast<std::uint64_t>(generation);
  const std::string own = random_name(mix(workload.seed, place.ordinal + 1, nth), 5);
  const std::string shared = random_name(mix(workload.seed, 0, nth), 10);
  if (what.kind == "deployment") {
    return {fmt::format("{}-{}-{}", what.name, shared, own), "pod_template_hash", shared};
  }
  if (what.kind == "daemonset") {
    return {fmt::format("{}-{}", what.name, own), "controller_revision_hash", shared};
  }
  if (what.kind == "statefulset") {
    return {fmt::format("{}-{}", what.name, place.ordinal), "controller_revision_hash", shared};
  }
  if (what.kind == "job") {
    const auto minute = std::chrono::floor<std::chrono::minutes>(begin).time_since_epoch().count();
    const std::string job = fmt::format("{}-{}", what.name, minute);
    return {fmt::format("{}-{}", job, own), "job_name", job};
  }
  return {std::string(what.name), "", ""};
}

}  // namespace exporter::demo
