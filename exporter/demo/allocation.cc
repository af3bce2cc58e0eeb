#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "exporter/demo/answers.h"
#include "exporter/demo/json.h"

namespace exporter::demo {

namespace {

constexpr std::size_t kBytesPerRow = 2600;

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

// Usage without a request counts as efficient where it cost something, as OpenCost has it.
double efficiency(const Metered& of) {
  if (of.request > 0) return of.usage / of.request;
  return of.usage > 0 && of.cost > 0 ? 1 : 0;
}

class Encoder {
 public:
  Encoder(std::string_view cluster, const Question& question, std::string& out)
      : cluster_(cluster), out_(out) {
    window_ = R"(},"window":{"start":)";
    append_time(window_, question.window.start);
    window_ += R"(,"end":)";
    append_time(window_, question.window.end);
    window_ += R"(},"start":)";
  }

  void row(const Row& row) {
    append_string(out_, row.key);
    out_ += R"(:{"name":)";
    append_string(out_, row.key);
    out_ += R"(,"properties":{)";
    properties(row);
    out_ += window_;
    append_time(out_, row.start);
    out_ += R"(,"end":)";
    append_time(out_, row.end);
    number(R"(,"minutes":)", row.hours() * 60);
    cpu(row);
    gpu(row);
    network(row);
    load_balancer(row);
    volumes(row);
    ram(row);
    totals(row);
    out_ += '}';
  }

 private:
  void number(std::string_view member, double value) {
    out_ += member;
    append_rounded(out_, value);
  }

  void property(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
    append_string(out_, value);
  }

  void properties(const Row& row) {
    property("cluster", row.cluster);
    property("node", row.node);
    property("container", row.container);
    property("controller", row.controller);
    property("controllerKind", row.controller_kind);
    property("namespace", row.name_space);
    property("pod", row.pod);
    if (!row.service.empty()) {
      out_ += R"(,"services":[)";
      append_string(out_, row.service);
      out_ += ']';
    }
    property("providerID", row.provider_id);
    if (row.labelled) labels(row);
    if (row.labelled && row.annotations != nullptr) map("annotations", *row.annotations);
    if (row.space != nullptr) map("namespaceLabels", row.space->labels);
  }

  void map(std::string_view name, const Labels& entries) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":{";
    for (const auto& [key, value] : entries) property(key, value);
    out_ += '}';
  }

  // Labels of the node, the namespace and the pod as one map; the pod's win, then the namespace's.
  void labels(const Row& row) {
    struct Label {
      std::string_view name;
      std::string_view value;
    };
    std::array<Label, 32> all{};
    std::size_t count = 0;
    const auto add = [&](std::string_view name, std::string_view value) {
      const auto end = all.begin() + static_cast<std::ptrdiff_t>(count);
      const auto same =
          std::find_if(all.begin(), end, [&](const Label& one) { return one.name == name; });
      if (same == end && count < all.size() && !value.empty()) all[count++] = {name, value};
    };
    add(row.hash_label, row.hash);
    const Labels* const of_space = row.space == nullptr ? nullptr : &row.space->labels;
    for (const Labels* source : {row.own_labels, of_space, row.node_labels}) {
      if (source == nullptr) continue;
      for (const auto& [name, value] : *source) add(name, value);
    }
    std::sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count),
              [](const Label& a, const Label& b) { return a.name < b.name; });
    if (count == 0) return;
    out_ += R"(,"labels":{)";
    for (std::size_t i = 0; i < count; ++i) property(all[i].name, all[i].value);
    out_ += '}';
  }

  void cpu(const Row& row) {
    const double hours = row.hours();
    number(R"(,"cpuCores":)", ratio(row.cpu.hours, hours));
    number(R"(,"cpuCoreRequestAverage":)", ratio(row.cpu.request, hours));
    number(R"(,"cpuCoreLimitAverage":)", ratio(row.cpu.limit, hours));
    number(R"(,"cpuCoreUsageAverage":)", ratio(row.cpu.usage, hours));
    number(R"(,"cpuCoreHours":)", row.cpu.hours);
    number(R"(,"cpuCost":)", row.cpu.cost);
    out_ += R"(,"cpuCostAdjustment":0,"cpuCostIdle":0)";
    number(R"(,"cpuEfficiency":)", efficiency(row.cpu));
  }

  void gpu(const Row& row) {
    number(R"(,"gpuCount":)", ratio(row.gpu.hours, row.hours()));
    number(R"(,"gpuHours":)", row.gpu.hours);
    number(R"(,"gpuCost":)", row.gpu.cost);
    out_ += R"(,"gpuCostAdjustment":0,"gpuCostIdle":0)";
    number(R"(,"gpuEfficiency":)", ratio(row.gpu.usage, row.gpu.request));
  }

  void network(const Row& row) {
    number(R"(,"networkTransferBytes":)", row.network.sent);
    number(R"(,"networkReceiveBytes":)", row.network.received);
    number(R"(,"networkCost":)", row.network.cost());
    number(R"(,"networkCrossZoneCost":)", row.network.zone);
    number(R"(,"networkCrossRegionCost":)", row.network.region);
    number(R"(,"networkInternetCost":)", row.network.internet);
    number(R"(,"networkNatGatewayEgressCost":)", row.network.nat_egress);
    number(R"(,"networkNatGatewayIngressCost":)", row.network.nat_ingress);
    out_ += R"(,"networkCostAdjustment":0)";
  }

  void load_balancer(const Row& row) {
    number(R"(,"loadBalancerCost":)", row.balancer_cost);
    out_ += R"(,"loadBalancerCostAdjustment":0)";
  }

  void volumes(const Row& row) {
    number(R"(,"pvBytes":)", ratio(row.volume_byte_hours, row.hours()));
    number(R"(,"pvByteHours":)", row.volume_byte_hours);
    number(R"(,"pvCost":)", row.volume_cost);
    if (row.volumes.empty()) {
      out_ += R"(,"pvs":null,"pvCostAdjustment":0)";
      return;
    }
    out_ += R"(,"pvs":{)";
    for (const VolumeUse& use : row.volumes) {
      if (&use != row.volumes.data()) out_ += ',';
      std::string key("cluster=");
      append_string(out_, key.append(cluster_).append(":name=").append(use.volume->name));
      out_ += R"(:{"byteHours":)";
      append_number(out_, use.byte_hours);
      out_ += R"(,"cost":)";
      append_number(out_, use.cost);
      out_ += R"(,"providerID":)";
      append_string(out_, use.volume->name);
      out_ += R"(,"adjustment":0})";
    }
    out_ += R"(},"pvCostAdjustment":0)";
  }

  void ram(const Row& row) {
    const double hours = row.hours();
    number(R"(,"ramBytes":)", ratio(row.ram.hours, hours));
    number(R"(,"ramByteRequestAverage":)", ratio(row.ram.request, hours));
    number(R"(,"ramByteLimitAverage":)", ratio(row.ram.limit, hours));
    number(R"(,"ramByteUsageAverage":)", ratio(row.ram.usage, hours));
    number(R"(,"ramByteHours":)", row.ram.hours);
    number(R"(,"ramCost":)", row.ram.cost);
    out_ += R"(,"ramCostAdjustment":0,"ramCostIdle":0)";
    number(R"(,"ramEfficiency":)", efficiency(row.ram));
  }

  void totals(const Row& row) {
    out_ += R"(,"externalCost":0,"sharedCost":0)";
    number(R"(,"totalCost":)", row.total());
    const double weighed = efficiency(row.cpu) * row.cpu.cost + efficiency(row.ram) * row.ram.cost;
    number(R"(,"totalEfficiency":)", ratio(weighed, row.cpu.cost + row.ram.cost));
    const bool idle = row.kind == model::RowKind::idle;
    if (row.has_pod && !row.merged && !row.container.empty()) raw(row);
    if (idle) out_ += R"(,"proportionalAssetResourceCosts":{})";
    balancers(row);
    if (idle) out_ += R"(,"sharedCostBreakdown":{})";
    gpu_allocation(row);
  }

  void raw(const Row& row) {
    out_ += R"(,"rawAllocationOnly":{"cpuCoreUsageMax":)";
    append_number(out_, row.cores_peak);
    out_ += R"(,"ramByteUsageMax":)";
    append_number(out_, std::floor(row.ram_peak));
    out_ += R"(,"gpuUsageMax":)";
    append_number(out_, row.gpu.request > 0 ? row.gpu.usage / row.gpu.request : kNothing);
    out_ += '}';
  }

  void balancers(const Row& row) {
    if (row.balancers.empty()) {
      out_ += R"(,"lbAllocations":null)";
      return;
    }
    std::vector<std::pair<std::string, const BalancerUse*>> uses;
    for (const BalancerUse& use : row.balancers) {
      uses.emplace_back(use.balancer->name_space + "/" + use.balancer->service, &use);
    }
    std::sort(uses.begin(), uses.end());
    out_ += R"(,"lbAllocations":{)";
    for (const auto& [service, use] : uses) {
      if (out_.back() != '{') out_ += ',';
      append_string(out_, std::string(cluster_).append("/").append(service));
      out_ += R"(:{"service":)";
      append_string(out_, service);
      out_ += R"(,"cost":)";
      append_number(out_, use->cost);
      out_ += R"(,"private":false,"ip":)";
      append_string(out_, use->balancer->ip);
      out_ += R"(,"hours":)";
      append_number(out_, use->hours);
      out_ += R"(,"adjustment":0})";
    }
    out_ += '}';
  }

  void gpu_allocation(const Row& row) {
    if (!row.has_pod) {
      out_ += R"(,"gpuAllocation":null)";
      return;
    }
    out_ += R"(,"gpuAllocation":{)";
    const bool device = row.gpu.request > 0 && !row.merged;
    if (device) {
      out_ += R"("gpuDevice":"nvidia0","gpuModel":"NVIDIA A10G","gpuUUID":)";
      append_string(out_, std::string("GPU-").append(row.provider_id));
      out_ += ',';
    }
    out_ += device ? R"("isGPUShared":false)" : R"("isGPUShared":null)";
    out_ += R"(,"gpuUsageAverage":)";
    const double hours = row.hours();
    append_number(out_, row.gpu.request > 0 ? row.gpu.usage / hours : kNothing);
    out_ += R"(,"gpuRequestAverage":)";
    append_number(out_, ratio(row.gpu.request, hours));
    out_ += '}';
  }

  static constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

  std::string_view cluster_;
  std::string& out_;
  std::string window_;  // the same in every row, with what surrounds it
};

}  // namespace

void append_allocation_set(const Inventory& inventory, std::string_view cluster,
                           const Question& question, std::string& out) {
  Answer answer;
  collect(inventory, cluster, question, answer);
  Encoder encoder(cluster, question, out);
  out.reserve(out.size() + answer.rows.size() * kBytesPerRow + 64);
  out += '{';
  for (const Row& row : answer.rows) {
    if (&row != answer.rows.data()) out += ',';
    encoder.row(row);
  }
  out += '}';
}

}  // namespace exporter::demo
