#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using samples::broken_down;
using samples::idle;
using samples::owned;
using samples::pod;
using samples::Row;
using samples::unmounted;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> clusters(const std::vector<ClusterCost>& rows) {
  std::vector<std::string> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    out.push_back(std::string(row.cluster) + "=" + std::to_string(row.costs.total().micros));
  }
  return out;
}

std::vector<std::string> namespaces(const Breakdown& breakdown) {
  std::vector<std::string> out;
  out.reserve(breakdown.namespaces.size());
  for (const auto& row : breakdown.namespaces) {
    out.push_back(std::string(row.cluster) + "/" + std::string(row.name_space) + "=" +
                  std::to_string(row.costs.total().micros));
  }
  return out;
}

std::vector<std::string> workloads(const Breakdown& breakdown) {
  std::vector<std::string> out;
  out.reserve(breakdown.workloads.size());
  for (const auto& row : breakdown.workloads) {
    out.push_back(std::string(row.cluster) + "/" + std::string(row.name_space) + "/" +
                  std::string(row.kind) + "/" + std::string(row.name) + "=" +
                  std::to_string(row.costs.total().micros));
  }
  return out;
}

TEST(BreakDown, OfNoRowsIsEmptyAndKeepsItsWindow) {
  const Breakdown breakdown = broken_down({});
  EXPECT_EQ(breakdown.window, samples::hour());
  EXPECT_NE(breakdown.rows, nullptr);
  EXPECT_THAT(breakdown.workloads, IsEmpty());
  EXPECT_THAT(breakdown.namespaces, IsEmpty());
  EXPECT_THAT(breakdown.clusters, IsEmpty());
  EXPECT_THAT(breakdown.idle, IsEmpty());
  EXPECT_THAT(breakdown.unmounted, IsEmpty());
  EXPECT_THAT(breakdown.reconciliation, IsEmpty());
}

TEST(BreakDown, KeepsItsRowsAlive) {
  auto rows = samples::table({pod("c", "shop", "web-1", 5)});
  const std::weak_ptr<const model::AllocationTable> watch = rows;
  const Breakdown breakdown = break_down(std::move(rows));
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(breakdown.namespaces.at(0).name_space, "shop");
}

TEST(BreakDown, ABarePodIsItsOwnWorkload) {
  EXPECT_THAT(workloads(broken_down({pod("c", "ns", "a", 1), pod("c", "ns", "b", 2)})),
              ElementsAre("c/ns/pod/a=1", "c/ns/pod/b=2"));
}

TEST(BreakDown, AControllerKindWithoutAControllerMakesABarePodToo) {
  EXPECT_THAT(workloads(broken_down({owned(pod("c", "ns", "a", 1), "job", "")})),
              ElementsAre("c/ns/pod/a=1"));
}

TEST(BreakDown, AControllerWithoutAKindIsAWorkloadOfNoKind) {
  EXPECT_THAT(workloads(broken_down({owned(pod("c", "ns", "a", 1), "", "web")})),
              ElementsAre("c/ns//web=1"));
}

TEST(BreakDown, BarePodsThatOpenCostMergedAreUnallocated) {
  EXPECT_THAT(workloads(broken_down({pod("c", "ns", "", 3), owned(pod("c", "ns", "", 4), "job", ""),
                                     owned(pod("c", "ns", "", 5), "deployment", "web")})),
              ElementsAre("c/ns/deployment/web=5", "c/ns/pod/__unallocated__=7"));
}

TEST(BreakDown, TheSameControllerNameWithAnotherKindIsAnotherWorkload) {
  EXPECT_THAT(workloads(broken_down({owned(pod("c", "ns", "a", 1), "deployment", "db"),
                                     owned(pod("c", "ns", "b", 2), "statefulset", "db"),
                                     owned(pod("c", "ns", "c", 4), "deployment", "db")})),
              ElementsAre("c/ns/deployment/db=5", "c/ns/statefulset/db=2"));
}

TEST(BreakDown, TheSameNamesInAnotherNamespaceOrClusterStayApart) {
  const Breakdown breakdown = broken_down({owned(pod("c1", "a", "p", 1), "deployment", "web"),
                                           owned(pod("c1", "b", "p", 2), "deployment", "web"),
                                           owned(pod("c2", "a", "p", 4), "deployment", "web")});
  EXPECT_THAT(workloads(breakdown), ElementsAre("c1/a/deployment/web=1", "c1/b/deployment/web=2",
                                                "c2/a/deployment/web=4"));
  EXPECT_THAT(namespaces(breakdown), ElementsAre("c1/a=1", "c1/b=2", "c2/a=4"));
  EXPECT_THAT(clusters(breakdown.clusters), ElementsAre("c1=3", "c2=4"));
}

TEST(BreakDown, NamesThatOnlyBeginAlikeStayApart) {
  EXPECT_THAT(namespaces(broken_down({pod("c", "pay", "a", 1), pod("c", "pay-eu", "a", 2),
                                      pod("c", "pay.eu", "a", 4)})),
              ElementsAre("c/pay=1", "c/pay-eu=2", "c/pay.eu=4"));
}

TEST(BreakDown, IdleAndUnmountedAreNoNamespaces) {
  const Breakdown breakdown =
      broken_down({pod("c", "ns", "a", 1), idle("c", 10), unmounted("c", 100)});
  EXPECT_THAT(namespaces(breakdown), ElementsAre("c/ns=1"));
  EXPECT_THAT(workloads(breakdown), ElementsAre("c/ns/pod/a=1"));
  EXPECT_THAT(clusters(breakdown.idle), ElementsAre("c=10"));
  EXPECT_THAT(clusters(breakdown.unmounted), ElementsAre("c=100"));
  EXPECT_THAT(clusters(breakdown.clusters), ElementsAre("c=111"));
}

TEST(BreakDown, UnmountedClaimsOfANamespaceBelongToIt) {
  EXPECT_THAT(namespaces(broken_down(
                  {pod("c", "shop", "a", 1), pod("c", "shop", "shop-unmounted-pvcs", 20)})),
              ElementsAre("c/shop=21"));
}

TEST(BreakDown, SeveralUnmountedRowsOfAClusterAreOne) {
  Row second = unmounted("c", 5);
  second.pod = "lb";
  EXPECT_THAT(clusters(broken_down({unmounted("c", 100), second}).unmounted), ElementsAre("c=105"));
}

TEST(BreakDown, IdleWithoutAClusterBelongsToTheOnlyOne) {
  const Breakdown breakdown = broken_down({pod("c", "ns", "a", 1), idle("", 10)});
  EXPECT_THAT(clusters(breakdown.idle), ElementsAre("c=10"));
  EXPECT_THAT(clusters(breakdown.clusters), ElementsAre("c=11"));
  EXPECT_THAT(breakdown.reconciliation, ElementsAre(testing::Pair("c", 0)));
}

TEST(BreakDown, IdleWithoutAClusterIsAddedToWhatTheOnlyOneStates) {
  EXPECT_THAT(clusters(broken_down({pod("c", "ns", "a", 1), idle("", 10), idle("c", 100)}).idle),
              ElementsAre("c=110"));
}

TEST(BreakDown, IdleWithoutAClusterStaysApartAmongSeveral) {
  const Breakdown breakdown =
      broken_down({pod("c1", "ns", "a", 1), pod("c2", "ns", "a", 2), idle("", 10)});
  EXPECT_THAT(clusters(breakdown.idle), ElementsAre("=10"));
  EXPECT_THAT(clusters(breakdown.clusters), ElementsAre("=10", "c1=1", "c2=2"));
}

TEST(BreakDown, IdleMayBeTheOnlyRowThatNamesASecondCluster) {
  const Breakdown breakdown = broken_down({pod("c1", "ns", "a", 1), idle("c2", 5), idle("", 10)});
  EXPECT_THAT(clusters(breakdown.idle), ElementsAre("=10", "c2=5"));
}

TEST(BreakDown, NothingSaysItsCluster) {
  const Breakdown breakdown =
      broken_down({pod("", "ns", "a", 1), idle("", 10), unmounted("", 100)});
  EXPECT_THAT(namespaces(breakdown), ElementsAre("/ns=1"));
  EXPECT_THAT(clusters(breakdown.clusters), ElementsAre("=111"));
}

// Else the cluster would be more than its namespaces, idle and unmounted.
TEST(BreakDown, PodsWithoutAClusterAreNotLaidToTheOnlyNamedOne) {
  const Breakdown breakdown = broken_down(
      {pod("", "ns", "a", 1), pod("c", "ns", "a", 2), idle("", 10), unmounted("", 100)});
  EXPECT_THAT(namespaces(breakdown), ElementsAre("/ns=1", "c/ns=2"));
  EXPECT_THAT(clusters(breakdown.idle), ElementsAre("=10"));
  EXPECT_THAT(clusters(breakdown.unmounted), ElementsAre("=100"));
  EXPECT_THAT(clusters(breakdown.clusters), ElementsAre("=111", "c=2"));
}

TEST(BreakDown, HoldsALargeSumExactly) {
  std::vector<Row> rows;
  rows.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    rows.push_back(pod("c", "ns", "p" + std::to_string(i), 999'999'999'999'999));
  }
  EXPECT_EQ(broken_down(rows).clusters.at(0).costs.total().micros, 999'999'999'999'999'000);
}

TEST(BreakDown, KeepsANegativeAdjustmentInItsSums) {
  EXPECT_THAT(namespaces(broken_down({pod("c", "ns", "a", 100), pod("c", "ns", "b", -30)})),
              ElementsAre("c/ns=70"));
}

}  // namespace
}  // namespace exporter::cost
