// Publications made by hand, for the tests of web/.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/poll/poll.h"

namespace exporter::web::samples {

/// 2026-03-10 10:00 UTC.
inline const SystemTime kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::hours(10);

inline std::chrono::sys_seconds before(std::chrono::minutes span) {
  return std::chrono::floor<std::chrono::seconds>(kNow) - span;
}

/// Cost in units of the currency, spent on CPU and memory evenly.
inline model::Costs spend(double units) {
  const auto half = static_cast<std::int64_t>(units * 1e6) / 2;
  model::Costs costs;
  costs[model::Resource::cpu] = {half};
  costs[model::Resource::memory] = {static_cast<std::int64_t>(units * 1e6) - half};
  return costs;
}

struct Cluster {
  std::string_view name;
  std::vector<std::pair<std::string_view, double>> namespaces;
  double idle = 0;
  double unmounted = 0;
};

/// The roll-up of a window, each total the sum of its parts.
inline std::shared_ptr<const cost::Breakdown> breakdown(model::Window window,
                                                        const std::vector<Cluster>& clusters) {
  const auto table = std::make_shared<model::AllocationTable>();
  auto made = std::make_shared<cost::Breakdown>();
  made->window = window;
  for (const Cluster& cluster : clusters) {
    const std::string_view name = table->text.store(cluster.name);
    double total = cluster.idle + cluster.unmounted;
    for (const auto& [name_space, units] : cluster.namespaces) {
      made->namespaces.push_back({name, table->text.store(name_space), spend(units)});
      total += units;
    }
    made->clusters.push_back({name, spend(total)});
    if (cluster.idle != 0) made->idle.push_back({name, spend(cluster.idle)});
    if (cluster.unmounted != 0) made->unmounted.push_back({name, spend(cluster.unmounted)});
  }
  made->rows = table;
  return made;
}

inline model::Window last_hour() {
  return {before(std::chrono::minutes(75)), before(std::chrono::minutes(15))};
}
inline model::Window this_day() {
  return {before(std::chrono::hours(10)), before(std::chrono::minutes(15))};
}

inline model::Window last_day() {
  return {before(std::chrono::hours(34)), before(std::chrono::hours(10))};
}

inline poll::QueryStatus answered(std::chrono::minutes ago, model::Window window,
                                  std::uint64_t rows) {
  return {.asked = true,
          .up = true,
          .last_success = kNow - ago,
          .window = window,
          .rows = rows,
          .rejected = 0,
          .shown = true,
          .failure = {}};
}

inline poll::SourceStatus healthy_source(std::string_view name) {
  using std::chrono::minutes;
  return {
      .name = std::string(name),
      .queries = {answered(minutes(3), last_hour(), 1842), answered(minutes(11), last_hour(), 96),
                  answered(minutes(24), this_day(), 311), answered(minutes(580), last_day(), 402)}};
}

/// A source that has not been asked.
inline poll::SourceStatus new_source(std::string_view name) {
  return {.name = std::string(name), .queries = {}};
}

/// What is known of a source; either may be null.
inline cost::SourceReport report_of(std::shared_ptr<const cost::Breakdown> current,
                                    std::shared_ptr<const cost::Breakdown> today = nullptr) {
  cost::SourceReport report;
  report.current = std::move(current);
  report.periods[static_cast<std::size_t>(model::Period::today)].costs = std::move(today);
  return report;
}

inline poll::Publication publication(std::vector<poll::SourceStatus> sources,
                                     std::vector<cost::SourceReport> reports) {
  return {.generation = 1,
          .published_at = kNow - std::chrono::seconds(12),
          .report = {.sources = std::move(reports), .budgets = {}},
          .sources = std::move(sources),
          .page = nullptr,
          .currency = "USD",
          .currency_rate = 1};
}

}  // namespace exporter::web::samples
