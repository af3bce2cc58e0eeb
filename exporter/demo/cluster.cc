#include "exporter/demo/answers.h"
#include "exporter/demo/demo.h"
#include "exporter/demo/inventory.h"
#include "exporter/demo/json.h"
#include "exporter/demo/rows.h"

namespace exporter::demo {

namespace {

Question about(model::Window window, std::string_view aggregate, Idle idle) {
  return {window, window.end, parse_aggregate(aggregate), idle, Metadata::leave_out, kBorn};
}

}  // namespace

Cluster::Cluster(ClusterOptions options)
    : options_(std::move(options)), inventory_(std::make_unique<const Inventory>(options_)) {}

Cluster::~Cluster() = default;

std::string Cluster::allocation_json(model::Window window, std::string_view aggregate,
                                     bool include_idle) const {
  std::string body = R"({"code":200,"data":[)";
  const Idle idle = include_idle ? Idle::include : Idle::leave_out;
  append_allocation_set(*inventory_, options_.name, about(window, aggregate, idle), body);
  body += "]}\n";
  return body;
}

std::string Cluster::assets_json(model::Window window) const {
  std::string body = R"({"code":200,"data":)";
  append_assets(*inventory_, options_.name, about(window, "", Idle::leave_out), body);
  body += "}\n";
  return body;
}

std::map<std::string, model::Costs> Cluster::namespace_costs(model::Window window,
                                                             std::string_view aggregate) const {
  Answer answer;
  collect(*inventory_, options_.name, about(window, aggregate, Idle::leave_out), answer);
  std::map<std::string, model::Costs> sums;
  for (const Row& row : answer.rows) {
    if (row.kind == model::RowKind::workload) {
      sums[std::string(row.name_space)] += printed_costs(row);
    }
  }
  return sums;
}

namespace {

model::Costs costs_of(const Answer& answer, model::RowKind kind) {
  model::Costs sum;
  for (const Row& row : answer.rows) {
    if (row.kind == kind) sum += printed_costs(row);
  }
  return sum;
}

}  // namespace

model::Costs Cluster::idle_costs(model::Window window) const {
  Answer answer;
  collect(*inventory_, options_.name, about(window, kPodRows, Idle::include), answer);
  return costs_of(answer, model::RowKind::idle);
}

model::Costs Cluster::unmounted_costs(model::Window window) const {
  Answer answer;
  collect(*inventory_, options_.name, about(window, kPodRows, Idle::leave_out), answer);
  return costs_of(answer, model::RowKind::unmounted);
}

std::map<std::string, Cost> Cluster::node_costs(model::Window window) const {
  const model::Window spent = spent_in(about(window, "", Idle::leave_out));
  std::map<std::string, Cost> costs;
  for (const Node& node : inventory_->nodes) {
    const model::Window lived = overlap(spent, node.exists);
    if (lived.start >= lived.end) continue;
    costs[node.name] = Cost{millionths(node_total(node, lived.hours()))};
  }
  return costs;
}

}  // namespace exporter::demo
