// Two clusters at random, with tenants that share namespaces, for the tests of api/.
#pragma once

#include <random>
#include <string>

#include "tests/api/publications.h"

namespace exporter::api::samples {

/// Workloads of few names, of which a namespace may have those of several tenants.
inline Rows random_rows(std::mt19937& random, const std::string& cluster) {
  const auto below = [&](std::int64_t limit) {
    return static_cast<std::int64_t>(random()) % limit;
  };
  Rows rows = {idle(cluster, below(1'000'000)), unmounted(cluster, below(1'000'000))};
  for (int i = 0; i < 60; ++i) {
    Row row = web(cluster, "n" + std::to_string(below(5)), "w" + std::to_string(i), 0);
    for (Cost& cost : row.costs.by) cost = Cost{below(1'000'000) - 1000};
    if (below(4) != 0) row.labels["team"] = "t" + std::to_string(below(4));
    if (below(20) == 0) row.labels["stage"] = "dev";
    if (below(4) == 0) row.node = "node" + std::to_string(below(3));
    rows.push_back(exact(row));
  }
  return rows;
}

struct RandomWorld : World {
  /// With `only`, without the rows of all others.
  explicit RandomWorld(unsigned seed, const std::string& only = {}) {
    std::mt19937 random(seed);
    const auto made = [&](const std::string& cluster) {
      Rows rows = random_rows(random, cluster);
      if (!only.empty()) {
        std::erase_if(rows, [&](const Row& row) { return owner_of(row) != only; });
      }
      return rows;
    };
    rules = {.tenants = {{.tenant = "a", .namespaces = {"n0"}, .labels = {{"team", "t0"}}},
                         {.tenant = "b", .labels = {{"team", "t1"}}},
                         {.tenant = "c", .cluster = "c1", .namespaces = {"n1", "n2"}},
                         {.tenant = "a", .namespaces = {"n3"}}},
             .labels = {"team"}};
    recorded_today = {"team"};
    for (const char* source : {"c1", "c2"}) {
      current(source, made(source));
      today(source, made(source));
      for (const char* day : {"2026-02-27", "2026-03-08", "2026-03-09"}) {
        this->day(source, day, made(source), {"team"});
      }
    }
  }

 private:
  std::string owner_of(const Row& row) const {
    if (row.kind != model::RowKind::workload) return {};
    model::LabelSet labels;
    for (const auto& [name, value] : row.labels) labels.push_back({name, value});
    return std::string(cost::tenant_of(rules.tenants, row.cluster, row.name_space, labels));
  }
};

}  // namespace exporter::api::samples
