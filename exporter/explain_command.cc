#include "exporter/explain_command.h"

#include <fmt/format.h>

#include <iostream>
#include <map>
#include <random>
#include <utility>

#include "exporter/interruptible.h"
#include "exporter/poll/poll.h"

namespace exporter {
namespace {

/// Pods of one workload with the same labels: they have one owner.
struct Group {
  std::size_t pods = 0;
  Cost cost;
};
using Groups = std::map<std::pair<cost::WorkloadName, std::uint32_t>, Group>;  // by label set

Groups matching(const model::AllocationTable& table, const config::ExplainOptions& wanted) {
  Groups groups;
  for (const model::Allocation& row : table.rows) {
    if (row.kind != model::RowKind::workload || row.name_space != wanted.name_space) continue;
    const cost::WorkloadName name = cost::workload_of(row);
    if (!wanted.workload.empty() && name.name != wanted.workload && row.pod != wanted.workload) {
      continue;
    }
    Group& group = groups[{name, row.label_set}];
    ++group.pods;
    group.cost += row.costs.total();
  }
  return groups;
}

std::string list(const model::LabelSet& labels) {
  if (labels.empty()) return "none of the labels that rules ask for";
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, value);
  }
  return out;
}

void print(const config::Config& config, const model::AllocationTable& table,
           const Groups& groups) {
  const auto& rules = config.tenants;
  for (const auto& [key, group] : groups) {
    const auto& [name, set] = key;
    const model::LabelSet& labels = table.label_sets[set];
    const cost::Explanation why = cost::explain(rules, name.cluster, name.name_space, labels);
    const double rate = group.cost.amount() / table.window.hours() * config.metrics.currency_rate;
    std::cout << fmt::format("{}/{} {} {}: {} pod{}, {:.4f} {} an hour\n", name.cluster,
                             name.name_space, name.kind, name.name, group.pods,
                             group.pods == 1 ? "" : "s", rate, config.currency);
    std::cout << "  labels: " << list(labels) << '\n';
    const std::string_view tenant = why.rule ? rules[*why.rule].tenant : cost::kUnallocated;
    std::cout << fmt::format("  tenant: {}{}\n", tenant, why.rule ? "" : ", since no rule matches");
    for (std::size_t i = 0; i < why.clauses.size(); ++i) {
      std::cout << fmt::format("    {} tenants[{}] {}: {}\n", why.rule == i ? "->" : "  ", i,
                               rules[i].tenant, why.clauses[i]);
    }
  }
}

/// What OpenCost knows of the pods of the last hour, or why it does not.
Result<std::shared_ptr<const model::AllocationTable>> ask(const config::Config& config,
                                                          const poll::Source& source,
                                                          const std::stop_token& stop) {
  const SystemClock clock;
  const auto& schedule = config.schedule;
  const auto window = opencost::window_for(opencost::Query::current, source.alignment,
                                           schedule.settle, schedule.calendar, clock.now());
  if (!window) return fail("there is no window to ask for yet");
  http::CurlTransport transport(source.http);
  std::mt19937_64 random(std::random_device{}());
  const auto observation = poll::ask(source, {opencost::Query::current, *window, schedule.labels},
                                     config.retry, transport, clock, random, stop);
  if (!observation) return fail("stopped");
  if (const auto* answer = std::get_if<opencost::AllocationAnswer>(&observation->outcome)) {
    return answer->table;
  }
  const auto& failure = std::get<poll::PollFailure>(observation->outcome);
  return fail(fmt::format("{}: {}", failure.reason, failure.detail));
}

int explain(const config::Config& config, const config::ExplainOptions& wanted,
            const std::stop_token& stop) {
  std::size_t found = 0;
  bool failed = false;
  for (const poll::Source& source : config.clusters) {
    const auto table = ask(config, source, stop);
    if (!table) {
      std::cerr << source.name << ": " << table.error().message << '\n';
      failed = true;
      continue;
    }
    const Groups groups = matching(**table, wanted);
    print(config, **table, groups);
    found += groups.size();
  }
  if (found == 0 && !failed) {
    std::cerr << fmt::format(
        "nothing{} ran in namespace {} in the last hour that OpenCost knows of\n",
        wanted.workload.empty() ? "" : fmt::format(" called {}", wanted.workload),
        wanted.name_space);
  }
  return found == 0 || failed ? config::kExitFailure : config::kExitOk;
}

}  // namespace

int run_explain(const config::Config& config, const config::ExplainOptions& wanted,
                const sigset_t& signals) {
  if (config.tenants.empty()) {
    std::cerr << "there are no tenants in the configuration, so nothing to explain\n";
    return config::kExitUsage;
  }
  std::stop_source stop;
  int code = config::kExitFailure;
  run_interruptible([&] { code = explain(config, wanted, stop.get_token()); }, stop, signals);
  return code;
}

}  // namespace exporter
