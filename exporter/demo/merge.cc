#include <algorithm>
#include <numeric>

#include "exporter/demo/rows.h"

namespace exporter::demo {

namespace {

void keep_if_equal(std::string_view& property, std::string_view other) {
  if (property != other) property = {};
}

template <class T>
void keep_if_equal(const T*& property, const T* other) {
  if (property != other) property = nullptr;
}

void merge_properties(Row& into, const Row& from, Metadata metadata) {
  keep_if_equal(into.cluster, from.cluster);
  keep_if_equal(into.node, from.node);
  keep_if_equal(into.container, from.container);
  keep_if_equal(into.controller, from.controller);
  keep_if_equal(into.controller_kind, from.controller_kind);
  keep_if_equal(into.name_space, from.name_space);
  keep_if_equal(into.pod, from.pod);
  keep_if_equal(into.provider_id, from.provider_id);
  keep_if_equal(into.space, from.space);
  keep_if_equal(into.node_labels, from.node_labels);
  keep_if_equal(into.own_labels, from.own_labels);
  keep_if_equal(into.hash_label, from.hash_label);
  keep_if_equal(into.hash, from.hash);
  keep_if_equal(into.annotations, from.annotations);
  into.service = {};
  into.labelled = metadata == Metadata::keep_common && into.labelled && from.labelled;
  into.has_pod = into.has_pod || from.has_pod;
  into.merged = true;
  if (into.kind != from.kind) into.kind = model::RowKind::workload;
}

void merge(Row& into, const Row& from, Metadata metadata) {
  merge_properties(into, from, metadata);
  into.start = std::min(into.start, from.start);
  into.end = std::max(into.end, from.end);
  into.cpu += from.cpu;
  into.ram += from.ram;
  into.gpu += from.gpu;
  into.network += from.network;
  into.balancer_cost += from.balancer_cost;
  into.volume_cost += from.volume_cost;
  into.volume_byte_hours += from.volume_byte_hours;
  into.volumes.insert(into.volumes.end(), from.volumes.begin(), from.volumes.end());
  for (const BalancerUse& use : from.balancers) {
    const auto same =
        std::find_if(into.balancers.begin(), into.balancers.end(),
                     [&](const BalancerUse& one) { return one.balancer == use.balancer; });
    if (same == into.balancers.end()) {
      into.balancers.push_back(use);
    } else {
      same->hours += use.hours;
      same->cost += use.cost;
    }
  }
}

}  // namespace

Metered& Metered::operator+=(const Metered& other) {
  hours += other.hours;
  request += other.request;
  limit += other.limit;
  usage += other.usage;
  cost += other.cost;
  return *this;
}

Traffic& Traffic::operator+=(const Traffic& other) {
  sent += other.sent;
  received += other.received;
  zone += other.zone;
  region += other.region;
  internet += other.internet;
  nat_egress += other.nat_egress;
  nat_ingress += other.nat_ingress;
  return *this;
}

void merge_rows(const Question& question, std::vector<Row> extra, Answer& answer) {
  std::vector<Row> rows = std::move(answer.rows);
  for (Row& row : rows) row.key = answer.text.store(row_key(question.aggregate, row));
  std::move(extra.begin(), extra.end(), std::back_inserter(rows));

  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return rows[a].key < rows[b].key; });
  answer.rows.clear();
  answer.rows.reserve(rows.size());
  for (std::uint32_t index : order) {
    if (!answer.rows.empty() && answer.rows.back().key == rows[index].key) {
      merge(answer.rows.back(), rows[index], question.metadata);
    } else {
      answer.rows.push_back(std::move(rows[index]));
    }
  }
  for (Row& row : answer.rows) {
    std::sort(row.volumes.begin(), row.volumes.end(), [](const VolumeUse& a, const VolumeUse& b) {
      return a.volume->name < b.volume->name;
    });
  }
}

}  // namespace exporter::demo
