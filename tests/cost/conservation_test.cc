// Properties over thousands of small random clusters, against a recomputation by std::map.
#include <gmock/gmock.h>

#include <map>

#include "tests/cost/sums.h"
#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Costs;
using model::RowKind;
using samples::Names;
using samples::Row;
using samples::Sums;
using samples::text;

// A few names from small pools, so that they often meet.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  int upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool one_in(int n) { return upto(n - 1) == 0; }
  std::string name(std::string_view stem, int most) {
    return std::string(stem) + std::to_string(upto(most));
  }
  Costs costs() {
    Costs costs;
    for (Cost& cost : costs.by) {
      if (one_in(2)) cost.micros = upto(2'000'000'000);
      if (one_in(20)) cost.micros = -upto(1000);  // an adjustment may be larger than the cost
    }
    return costs;
  }
  std::mt19937_64& random() { return random_; }

 private:
  std::mt19937_64 random_;
};

Row random_pod(Dice& dice, const std::string& cluster) {
  Row row{.cluster = cluster, .name_space = dice.name("ns", 3), .costs = dice.costs()};
  if (!dice.one_in(6)) row.pod = dice.name("pod", 500);
  if (!dice.one_in(3)) {
    row.controller_kind = dice.one_in(2) ? "deployment" : "statefulset";
    row.controller = dice.name("app", 2);
  }
  if (dice.one_in(2)) row.node = dice.name("node", 2);
  return row;
}

// Without two rows of one key, as decoding promises.
std::vector<Row> random_rows(Dice& dice) {
  std::vector<Row> rows;
  const int clusters = dice.upto(3);
  for (int c = 0; c <= clusters; ++c) {
    const std::string cluster = "c" + std::to_string(c);
    for (int i = dice.upto(25); i >= 0; --i) rows.push_back(random_pod(dice, cluster));
    if (dice.one_in(2)) rows.push_back(samples::idle(cluster, dice.upto(1'000'000)));
    if (dice.one_in(2)) rows.push_back(samples::unmounted(cluster, dice.upto(1'000'000)));
  }
  std::map<Names, Row> unique;
  for (Row& row : rows) {
    const Names key = {row.cluster, row.name_space, row.pod, row.controller_kind, row.controller};
    row.reported = row.costs.total();
    unique.emplace(key, row);
  }
  std::vector<Row> out;
  out.reserve(unique.size());
  for (const auto& [key, row] : unique) out.push_back(row);
  return out;
}

struct Naive {
  Sums workloads, namespaces, idle, unmounted, clusters;
};

Naive recompute(const std::vector<Row>& rows) {
  Naive naive;
  for (const Row& row : rows) {
    naive.clusters[{row.cluster}] += row.costs;
    if (row.kind == RowKind::idle) naive.idle[{row.cluster}] += row.costs;
    if (row.kind == RowKind::unmounted) naive.unmounted[{row.cluster}] += row.costs;
    if (row.kind != RowKind::workload) continue;
    naive.namespaces[{row.cluster, row.name_space}] += row.costs;
    std::string kind = row.controller_kind, name = row.controller;
    if (name.empty()) kind = "pod", name = row.pod.empty() ? "__unallocated__" : row.pod;
    naive.workloads[{row.cluster, row.name_space, kind, name}] += row.costs;
  }
  return naive;
}

Sums by_cluster(const std::vector<ClusterCost>& rows) {
  return samples::sums(rows, [](const ClusterCost& row) { return Names{text(row.cluster)}; });
}

Naive read(const Breakdown& breakdown) {
  Naive out;
  out.workloads = samples::sums(breakdown.workloads, [](const WorkloadCost& row) {
    return Names{text(row.cluster), text(row.name_space), text(row.kind), text(row.name)};
  });
  out.namespaces = samples::sums(breakdown.namespaces, [](const NamespaceCost& row) {
    return Names{text(row.cluster), text(row.name_space)};
  });
  out.idle = by_cluster(breakdown.idle);
  out.unmounted = by_cluster(breakdown.unmounted);
  out.clusters = by_cluster(breakdown.clusters);
  return out;
}

void expect_equal(const Naive& found, const Naive& expected) {
  EXPECT_TRUE(found.workloads == expected.workloads);
  EXPECT_TRUE(found.namespaces == expected.namespaces);
  EXPECT_TRUE(found.idle == expected.idle);
  EXPECT_TRUE(found.unmounted == expected.unmounted);
  EXPECT_TRUE(found.clusters == expected.clusters);
}

// The first `parts` labels kept.
Sums coarser(const Sums& sums, std::size_t parts) {
  Sums out;
  for (const auto& [names, costs] : sums) {
    out[Names(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(parts))] += costs;
  }
  return out;
}

class EveryCluster : public testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr std::uint64_t kClustersEach = 250;
  // Runs `check` on the rows of each cluster of this shard.
  template <class Check>
  void each(Check check) {
    for (std::uint64_t i = 0; i < kClustersEach && !HasFailure(); ++i) {
      const std::uint64_t seed = GetParam() * kClustersEach + i;
      SCOPED_TRACE(seed);
      Dice dice(seed);
      const std::vector<Row> rows = random_rows(dice);
      check(rows, dice);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, EveryCluster, testing::Range<std::uint64_t>(0, 8));

TEST_P(EveryCluster, IsBrokenDownAsANaiveSumWouldBe) {
  each([](const std::vector<Row>& rows, Dice&) {
    expect_equal(read(samples::broken_down(rows)), recompute(rows));
  });
}

TEST_P(EveryCluster, AddsUpExactlyAtEveryLevel) {
  each([](const std::vector<Row>& rows, Dice&) {
    const Naive found = read(samples::broken_down(rows));
    EXPECT_TRUE(coarser(found.workloads, 2) == found.namespaces);
    Sums clusters = coarser(found.namespaces, 1);
    for (const Sums* rest : {&found.idle, &found.unmounted}) {
      for (const auto& [cluster, costs] : *rest) clusters[cluster] += costs;
    }
    EXPECT_TRUE(clusters == found.clusters);
  });
}

TEST_P(EveryCluster, DoesNotDependOnTheOrderOfItsRows) {
  each([](const std::vector<Row>& rows, Dice& dice) {
    std::vector<Row> shuffled = rows;
    std::shuffle(shuffled.begin(), shuffled.end(), dice.random());
    expect_equal(read(samples::broken_down(shuffled)), read(samples::broken_down(rows)));
  });
}

TEST_P(EveryCluster, ReconcilesWithItselfToTheMillionth) {
  each([](const std::vector<Row>& rows, Dice&) {
    const Breakdown breakdown = samples::broken_down(rows);
    ASSERT_EQ(breakdown.reconciliation.size(), breakdown.clusters.size());
    for (std::size_t i = 0; i < breakdown.clusters.size(); ++i) {
      EXPECT_EQ(breakdown.reconciliation[i].first, breakdown.clusters[i].cluster);
      EXPECT_EQ(breakdown.reconciliation[i].second, 0);
    }
  });
}

}  // namespace
}  // namespace exporter::cost
