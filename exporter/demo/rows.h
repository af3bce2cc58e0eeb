// The rows of an allocation answer before they are printed: every pod that lived in the window,
// metered, then merged by key as OpenCost merges them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/demo/aggregate.h"
#include "exporter/demo/inventory.h"
#include "exporter/model/model.h"

namespace exporter::demo {

enum class Idle : std::uint8_t { leave_out, include };
enum class Metadata : std::uint8_t { leave_out, keep_common };

struct Question {
  model::Window window;
  /// Nothing is spent from here on: the present, where the window reaches past it.
  std::chrono::sys_seconds until{};
  Aggregate aggregate;
  Idle idle = Idle::leave_out;
  Metadata metadata = Metadata::leave_out;
  /// Nothing is known of what was spent before.
  std::chrono::sys_seconds since = kBorn;
};

/// One resource: unit-hours by what they are counted from, and what was paid.
struct Metered {
  double hours = 0;  // max(request, usage)
  double request = 0;
  double limit = 0;
  double usage = 0;
  double cost = 0;

  Metered& operator+=(const Metered& other);
};

struct Traffic {
  double sent = 0;      // bytes
  double received = 0;  // bytes
  double zone = 0;      // money, this and all below
  double region = 0;
  double internet = 0;
  double nat_egress = 0;
  double nat_ingress = 0;

  double cost() const { return zone + region + internet + nat_egress + nat_ingress; }
  Traffic& operator+=(const Traffic& other);
};

struct VolumeUse {
  const Volume* volume = nullptr;
  double byte_hours = 0;
  double cost = 0;
};

struct BalancerUse {
  const Balancer* balancer = nullptr;
  double hours = 0;
  double cost = 0;
};

/// Views point into the inventory, or into the arena the row was collected with. A property that
/// differs between merged rows is empty.
struct Row {
  model::RowKind kind = model::RowKind::workload;
  std::string_view key;
  std::string_view cluster;
  std::string_view node;
  std::string_view container;
  std::string_view controller;
  std::string_view controller_kind;
  std::string_view name_space;
  std::string_view pod;
  std::string_view service;
  std::string_view provider_id;
  const Namespace* space = nullptr;  // whose labels are namespaceLabels
  bool labelled = false;             // prints `labels`, from the next four, and `annotations`
  const Labels* node_labels = nullptr;
  const Labels* own_labels = nullptr;
  std::string_view hash_label;
  std::string_view hash;
  const Labels* annotations = nullptr;
  bool has_pod = false;  // some container ran; leftovers have none
  bool merged = false;
  std::chrono::sys_seconds start{};
  std::chrono::sys_seconds end{};
  Metered cpu;
  Metered ram;  // bytes
  Metered gpu;
  Traffic network;
  double cores_peak = 0;
  double ram_peak = 0;
  double balancer_cost = 0;
  double volume_cost = 0;
  double volume_byte_hours = 0;
  std::vector<VolumeUse> volumes;
  std::vector<BalancerUse> balancers;

  double hours() const;
  double total() const;
};

/// Rows sorted by key, and the text they need.
struct Answer {
  std::vector<Row> rows;
  model::TextArena text;
};

void collect(const Inventory& inventory, std::string_view cluster, const Question& question,
             Answer& answer);

/// The second half of collect: keys the rows of `answer`, sorts them, and merges equal keys. The
/// rows of `extra` have keys already.
void merge_rows(const Question& question, std::vector<Row> extra, Answer& answer);

/// What was paid in the row, as printed: every resource rounded to five decimals.
model::Costs printed_costs(const Row& row);

/// What a node costs in `hours`, not rounded, the discount taken off.
struct NodeCost {
  double cpu = 0;
  double ram = 0;
  double gpu = 0;
};
NodeCost node_cost(const Node& node, double hours);

/// The part of the question's window in which anything was spent; empty where end <= start.
model::Window spent_in(const Question& question);

}  // namespace exporter::demo
