// What workloads cost in a window, by what is asked for.
#include <algorithm>

#include "exporter/api/columns.h"
#include "exporter/api/cost_window.h"
#include "exporter/api/group.h"
#include "exporter/api/handlers.h"
#include "exporter/api/labels.h"
#include "exporter/api/windows.h"

namespace exporter::api {
namespace {

constexpr auto kFigures = join(kMoney, std::array{kCostPerHour});
constexpr auto kClusterColumns = join(kByCluster, kFigures);
constexpr auto kNamespaceColumns = join(kByNamespace, kFigures);
constexpr auto kWorkloadColumns = join(kByWorkload, kFigures);
constexpr auto kPodColumns = join(kByPod, kFigures);
constexpr auto kNodeColumns = join(kByNode, kFigures);
constexpr auto kTenantColumns = join(kByTenant, kFigures);
constexpr auto kLabelColumns = join(kByLabel, kFigures);
constexpr auto kCurrentColumns = join(std::array{kCluster, kNamespace, kPod, kControllerKind,
                                                 kController, kNode, kTenant, kLabel, kValue},
                                      kFigures);

constexpr std::array kCurrentParameters = {Parameter{
    .name = "aggregate",
    .type = "choice",
    .default_value = "namespace",
    .choices = "cluster, namespace, workload, pod, node, tenant, label:NAME",
    .meaning = "What a row is of: what workloads cost on or in it. Idle cost is nobody's and "
               "stands in `/api/v1/cost/total`.",
    .example = "workload"}};
constexpr std::array kWindowParameters = {kWindow};
constexpr std::array kLabelParameters = {
    Parameter{.name = "label",
              .type = "text",
              .default_value = "",
              .choices = "",
              .meaning = "The name of the label, as OpenCost has it, with `_` for what Prometheus "
                         "does not allow.",
              .example = "team",
              .required = true},
    kWindow};

std::span<const Column> columns_of(By by) {
  switch (by) {
    case By::total:
    case By::cluster:
      return kClusterColumns;
    case By::name_space:
      return kNamespaceColumns;
    case By::workload:
      return kWorkloadColumns;
    case By::pod:
      return kPodColumns;
    case By::node:
      return kNodeColumns;
    case By::tenant:
      return kTenantColumns;
    case By::label:
      return kLabelColumns;
  }
  return kClusterColumns;
}

/// The groups of all sources. Those of each are a rate over what is known of it.
std::vector<Group> groups_of(const Question& question, Stretch stretch, const Grouping& grouping) {
  std::vector<Group> all;
  for (const cost::SourceReport& source : question.publication.report.sources) {
    const Known known = known_of(source, stretch, question.scope);
    if (!known.costs) continue;
    const model::AllocationTable& rows = *known.costs->rows;
    const auto time = stretch ? known.coverage.known : rows.window.end - rows.window.start;
    for (Group& one : group(rows, grouping, question.scope, *question.publication.rules)) {
      one.per_hour = per_hour(one.costs.total(), time);
      all.push_back(one);
    }
  }
  merge(all);
  return all;
}

Answer<Table> costs(const Question& question, const std::string& window, const Grouping& grouping,
                    std::string_view label_parameter) {
  if (grouping.by == By::label) {
    if (auto problem = check_label(question, label_parameter, grouping.label)) {
      return tl::unexpected(*std::move(problem));
    }
  }
  Table table = table_of(question, window, columns_of(grouping.by));
  const std::string_view label = table.texts->store(grouping.label);
  const std::size_t names = table.columns.size() - kFigures.size();
  std::vector<Group> groups = groups_of(question, stretch_of(window), grouping);
  table.cells.reserve(groups.size() * table.columns.size());
  for (Group& group : groups) {
    if (grouping.by == By::label) group.names[1] = label;
    add_names(table, group, names);
    add_money(table, group.costs);
    table.cells.push_back(group.per_hour ? Value{*group.per_hour} : Value{});
  }
  return table;
}

Answer<Table> current(const Question& question) {
  return costs(question, "current", grouping_of(question.parameters.of("aggregate")), "aggregate");
}

template <By by>
Answer<Table> in_window(const Question& question) {
  return costs(question, question.parameters.of("window"), {by}, {});
}

Answer<Table> pods(const Question& question) { return costs(question, "current", {By::pod}, {}); }

Answer<Table> labels(const Question& question) {
  return costs(question, question.parameters.of("window"),
               {By::label, question.parameters.of("label")}, "label");
}

}  // namespace

constexpr std::string_view kCostliest = "-total_cost";

const RowsRoute kCostsCurrent{kCurrentParameters, kCurrentColumns, current, kCostliest};
const RowsRoute kCostNamespaces{kWindowParameters, kNamespaceColumns, in_window<By::name_space>,
                                kCostliest};
const RowsRoute kCostWorkloads{kWindowParameters, kWorkloadColumns, in_window<By::workload>,
                               kCostliest};
const RowsRoute kCostPods{{}, kPodColumns, pods, kCostliest};
const RowsRoute kCostLabels{kLabelParameters, kLabelColumns, labels, kCostliest};
const RowsRoute kCostTenants{kWindowParameters, kTenantColumns, in_window<By::tenant>, kCostliest};

}  // namespace exporter::api
