#include <algorithm>
#include <utility>
#include <vector>

#include "exporter/demo/answers.h"
#include "exporter/demo/json.h"

namespace exporter::demo {

namespace {

constexpr std::string_view kProvider = "AWS";
constexpr std::string_view kProject = "123456789012";
constexpr double kManagementPrice = 0.1;  // per hour
constexpr double kRootDiskGib = 100;
constexpr double kRootDiskPrice = kRootDiskGib * 0.08 / kHoursPerMonth;

struct Identity {
  std::string_view type;
  std::string_view category;
  std::string_view name;
  std::string_view provider_id;
};

class Encoder {
 public:
  Encoder(std::string_view cluster, const Question& question)
      : cluster_(cluster), question_(question) {}

  /// What follows existed for so long.
  void during(model::Window window) {
    lived_ = window;
    hours_ = window.hours();
  }

  void node(const Node& node) {
    const InstanceType& type = *node.type;
    const NodeCost cost = node_cost(node, hours_);
    std::string& out = begin({"Node", "Compute", node.name, node.provider_id}, &node.labels);
    text(R"(,"nodeType":)", type.name);
    text(R"(,"pool":)", type.spot ? "spot" : "on-demand");
    number(R"(,"cpuCores":)", type.cores);
    number(R"(,"ramBytes":)", type.ram_gib * kGiB);
    number(R"(,"cpuCoreHours":)", type.cores * hours_);
    number(R"(,"ramByteHours":)", type.ram_gib * kGiB * hours_);
    number(R"(,"GPUHours":)", type.gpus * hours_);
    out += R"(,"cpuBreakdown":{"idle":0.6,"other":0.02,"system":0.08,"user":0.3})";
    out += R"(,"ramBreakdown":{"idle":0.4,"other":0,"system":0.1,"user":0.5})";
    number(R"(,"preemptible":)", type.spot ? 1 : 0);
    number(R"(,"discount":)", type.discount);
    number(R"(,"cpuCost":)", cost.cpu / (1 - type.discount));
    number(R"(,"gpuCost":)", cost.gpu);
    number(R"(,"gpuCount":)", type.gpus);
    number(R"(,"ramCost":)", cost.ram / (1 - type.discount));
    number(R"(,"adjustment":)", 0);
    total(node_total(node, hours_));
    root_disk(node);
  }

  void volume(const Volume& volume) {
    disk({"Disk", "Storage", volume.name, volume.name}, volume.bytes, volume.price);
    text(R"(,"storageClass":)", "gp3");
    text(R"(,"volumeName":)", volume.name);
    text(R"(,"claimName":)", volume.claim);
    number(R"(,"local":)", 0);
    text(R"(,"claimNamespace":)", volume.claim_namespace);
    body() += '}';
  }

  void balancer(const Balancer& balancer) {
    const std::string name = balancer.name_space + "/" + balancer.service;
    std::string& out = begin({"LoadBalancer", "Network", name, balancer.ip}, nullptr);
    number(R"(,"adjustment":)", 0);
    number(R"(,"totalCost":)", balancer.price * hours_);
    out += R"(,"private":false)";
    text(R"(,"ip":)", balancer.ip);
    out += '}';
  }

  void management() {
    begin({"ClusterManagement", "Management", "", ""}, nullptr);
    total(kManagementPrice * hours_);
  }

  void finish(std::string& out) {
    std::sort(assets_.begin(), assets_.end());
    out += '{';
    for (const auto& [key, text] : assets_) {
      if (out.back() != '{') out += ',';
      append_string(out, key);
      out += ':';
      out += text;
    }
    out += '}';
  }

 private:
  std::string& body() { return assets_.back().second; }

  void text(std::string_view member, std::string_view value) {
    body() += member;
    append_string(body(), value);
  }

  void number(std::string_view member, double value) {
    body() += member;
    append_fixed(body(), value);
  }

  void total(double cost) {
    number(R"(,"totalCost":)", cost);
    body() += '}';
  }

  static std::string_view or_undefined(std::string_view part) {
    return part.empty() ? "__undefined__" : part;
  }

  void key(const Identity& of) {
    std::string& key = assets_.emplace_back().first;
    for (std::string_view part : {kProvider, std::string_view(), kProject, of.category, cluster_,
                                  of.type, std::string_view("Kubernetes"), of.provider_id}) {
      key.append(or_undefined(part)).append("/");
    }
    key.append(or_undefined(of.name));
  }

  void optional_text(std::string_view member, std::string_view value) {
    if (!value.empty()) text(member, value);
  }

  std::string& begin(const Identity& of, const Labels* labels) {
    key(of);
    std::string& out = body();
    text(R"({"type":)", of.type);
    text(R"(,"properties":{"category":)", of.category);
    text(R"(,"provider":)", kProvider);
    text(R"(,"project":)", kProject);
    text(R"(,"service":)", "Kubernetes");
    text(R"(,"cluster":)", cluster_);
    optional_text(R"(,"name":)", of.name);
    optional_text(R"(,"providerID":)", of.provider_id);
    out += R"(},"labels":{)";
    if (labels != nullptr) {
      for (const auto& [name, value] : *labels) {
        if (out.back() != '{') out += ',';
        append_string(out, name);
        text(":", value);
      }
    }
    out += R"(},"window":{"start":)";
    append_time(out, question_.window.start);
    out += R"(,"end":)";
    append_time(out, question_.window.end);
    out += R"(},"start":)";
    append_time(out, lived_.start);
    out += R"(,"end":)";
    append_time(out, lived_.end);
    number(R"(,"minutes":)", hours_ * 60);
    return out;
  }

  void disk(const Identity& of, double bytes, double price) {
    std::string& out = begin(of, nullptr);
    number(R"(,"byteHours":)", bytes * hours_);
    number(R"(,"bytes":)", bytes);
    number(R"(,"byteHoursUsed":)", bytes * hours_ * 0.4);
    number(R"(,"byteUsageMax":)", bytes * 0.45);
    out += R"(,"breakdown":{"idle":0.6,"other":0,"system":0,"user":0.4})";
    number(R"(,"adjustment":)", 0);
    number(R"(,"totalCost":)", price * hours_);
  }

  void root_disk(const Node& node) {
    disk({"Disk", "Storage", node.name, node.provider_id}, kRootDiskGib * kGiB, kRootDiskPrice);
    body() += R"(,"storageClass":"__local__","volumeName":"","claimName":"")";
    number(R"(,"local":)", 1);
    body() += R"(,"claimNamespace":""})";
  }

  std::string_view cluster_;
  const Question& question_;
  model::Window lived_;
  double hours_ = 0;
  std::vector<std::pair<std::string, std::string>> assets_;
};

}  // namespace

double node_total(const Node& node, double hours) {
  const NodeCost cost = node_cost(node, hours);
  return cost.cpu + cost.ram + cost.gpu;
}

void append_assets(const Inventory& inventory, std::string_view cluster, const Question& question,
                   std::string& out) {
  Encoder encoder(cluster, question);
  const model::Window spent = spent_in(question);
  if (spent.start < spent.end) {
    for (const Node& node : inventory.nodes) {
      const model::Window lived = overlap(spent, node.exists);
      if (lived.start >= lived.end) continue;
      encoder.during(lived);
      encoder.node(node);
    }
    encoder.during(spent);
    for (const Volume& volume : inventory.volumes) encoder.volume(volume);
    for (const Balancer& balancer : inventory.balancers) encoder.balancer(balancer);
    encoder.management();
  }
  encoder.finish(out);
}

}  // namespace exporter::demo
