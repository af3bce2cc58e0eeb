// What could be saved, and what that rests on.
#include <array>
#include <cmath>

#include "exporter/api/columns.h"
#include "exporter/api/cost_window.h"
#include "exporter/api/handlers.h"

namespace exporter::api {
namespace {

constexpr std::array kColumns = {
    kCluster,
    Column{.name = "namespace",
           .meaning = "The namespace of the workload; null where it belongs to none.",
           .nullable = true,
           .example = "payments"},
    Column{.name = "controller_kind",
           .meaning = "What runs the pods: `deployment`, `statefulset`, ..., `pod` for one that "
                      "nothing runs.",
           .nullable = true,
           .example = "deployment"},
    Column{.name = "controller",
           .meaning = "The name of the workload.",
           .nullable = true,
           .example = "ledger"},
    Column{.name = "kind",
           .meaning = "`cpu_request`, `memory_request`, `idle_workload`, `unmounted_storage`, "
                      "`idle_load_balancer`, `idle_capacity` or `idle_node`.",
           .example = "cpu_request"},
    Column{.name = "priority", .meaning = "`high`, `medium` or `low`.", .example = "medium"},
    Column{.name = "saving_per_month",
           .kind = Kind::money,
           .meaning = "What 730 hours would cost less; null for nodes.",
           .nullable = true,
           .summed = true},
    Column{.name = "requested",
           .kind = Kind::number,
           .meaning = "The request of the largest pod; null but for requests, as what follows.",
           .nullable = true},
    Column{.name = "recommended",
           .kind = Kind::number,
           .meaning = "The request that would do.",
           .nullable = true},
    Column{.name = "used",
           .kind = Kind::number,
           .meaning = "The highest hourly mean of any pod while it was observed.",
           .nullable = true},
    Column{.name = "unit",
           .meaning = "What these three are counted in: `cores` or `bytes`.",
           .nullable = true,
           .example = "cores"},
    Column{.name = "observed_seconds",
           .kind = Kind::count,
           .meaning = "How long the workload was observed.",
           .nullable = true},
    Column{.name = "node",
           .meaning = "The node that could go.",
           .nullable = true,
           .example = "ip-10-0-0-9.eu-west-1.compute.internal"},
    Column{.name = "node_saving_per_month",
           .kind = Kind::money,
           .meaning = "What 730 hours would cost less without the node. Part of the idle capacity "
                      "of its cluster, and so never to be added to it.",
           .nullable = true},
};

Value text(std::string_view value) { return value.empty() ? Value{} : Value{value}; }

// OpenCost's own five decimals, which single precision has drowned in digits; bytes are whole.
Value as_stated(double amount) { return std::round(amount * 1e5) / 1e5; }

bool of_workload(const cost::Saving& saving) {
  return !saving.of.name_space.empty() || !saving.of.name.empty();
}

void add(Table& table, const cost::Saving& saving) {
  std::array<Value, 5> evidence{};
  if (saving.evidence) {
    const bool cpu = saving.kind == cost::SavingKind::cpu_request;
    evidence = {as_stated(saving.evidence->requested), as_stated(saving.evidence->recommended),
                as_stated(saving.evidence->used), std::string_view(cpu ? "cores" : "bytes"),
                static_cast<std::uint64_t>(saving.evidence->observed.count())};
  }
  const auto& [requested, recommended, used, unit, observed] = evidence;
  table.add({saving.of.cluster,
             text(saving.of.name_space),
             text(saving.of.kind),
             text(saving.of.name),
             to_string(saving.kind),
             to_string(saving.priority),
             saving.per_month,
             requested,
             recommended,
             used,
             unit,
             observed,
             {},
             {}});
}

void add(Table& table, const cost::NodeSaving& saving) {
  table.add({saving.cluster,
             {},
             {},
             {},
             std::string_view("idle_node"),
             to_string(saving.priority),
             {},
             {},
             {},
             {},
             {},
             {},
             saving.node,
             saving.per_month});
}

Answer<Table> rows(const Question& question) {
  Table table = table_of(question, "current", kColumns);
  const Scope& scope = question.scope;
  for (const cost::SourceReport& source : question.publication.report.sources) {
    if (!source.savings) continue;
    for (const cost::Saving& saving : source.savings->rows) {
      const bool seen =
          scope.everything() ||
          (of_workload(saving) && scope.sees_whole(saving.of, *source.savings->of->rows));
      if (seen) add(table, saving);
    }
    if (!scope.everything()) continue;
    for (const cost::NodeSaving& saving : source.savings->nodes) add(table, saving);
  }
  return table;
}

}  // namespace

constexpr RowsRoute kSavings{
    .parameters = {}, .columns = kColumns, .rows = rows, .sort = "-saving_per_month"};

}  // namespace exporter::api
