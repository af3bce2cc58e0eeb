#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using samples::broken_down;
using samples::idle;
using samples::pod;
using samples::Row;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pair;

Row reported(Row row, std::int64_t micros) {
  row.reported = Cost{micros};
  return row;
}

TEST(Reconciliation, IsZeroWhenEveryTotalIsTheSumOfItsParts) {
  EXPECT_THAT(broken_down({pod("c", "ns", "a", 1'000'000), idle("c", 5)}).reconciliation,
              ElementsAre(Pair("c", 0)));
}

TEST(Reconciliation, IsAShareOfWhatOpenCostStates) {
  struct Case {
    std::int64_t ours, theirs;
    double ratio;
  };
  for (const Case& c : {Case{1'000'000, 2'000'000, -0.5}, Case{3'000'000, 2'000'000, 0.5},
                        Case{2'000'000, 1'999'995, 5.0 / 1'999'995}, Case{0, 4'000'000, -1}}) {
    SCOPED_TRACE(c.ratio);
    EXPECT_THAT(broken_down({reported(pod("c", "ns", "a", c.ours), c.theirs)}).reconciliation,
                ElementsAre(Pair("c", DoubleNear(c.ratio, 1e-12))));
  }
}

TEST(Reconciliation, IsZeroWhereNothingCostsAnything) {
  EXPECT_THAT(broken_down({pod("c", "ns", "a", 0)}).reconciliation, ElementsAre(Pair("c", 0)));
}

TEST(Reconciliation, IsOneWhereOpenCostSaysZeroAndWeDoNot) {
  EXPECT_THAT(broken_down({reported(pod("c", "ns", "a", 1), 0)}).reconciliation,
              ElementsAre(Pair("c", 1)));
}

TEST(Reconciliation, DifferencesOfRowsMayCancelOut) {
  EXPECT_THAT(
      broken_down({reported(pod("c", "ns", "a", 10), 11), reported(pod("c", "ns", "b", 11), 10)})
          .reconciliation,
      ElementsAre(Pair("c", 0)));
}

TEST(Reconciliation, SaysHowMuchWasRejected) {
  EXPECT_THAT(broken_down({pod("c", "ns", "a", 750'000)}, 0.25).reconciliation,
              ElementsAre(Pair("c", DoubleNear(-0.25, 1e-12))));
}

TEST(Reconciliation, OfSeveralClustersIsEachItsOwn) {
  EXPECT_THAT(
      broken_down({pod("c1", "ns", "a", 1), reported(pod("c2", "ns", "a", 3), 4)}).reconciliation,
      ElementsAre(Pair("c1", 0), Pair("c2", DoubleNear(-0.25, 1e-12))));
}

TEST(Reconciliation, OfSeveralClustersLeavesRejectedRowsOut) {
  EXPECT_THAT(broken_down({pod("c1", "ns", "a", 1), pod("c2", "ns", "a", 3)}, 1000).reconciliation,
              ElementsAre(Pair("c1", 0), Pair("c2", 0)));
}

TEST(Reconciliation, CountsIdleWithoutAClusterToTheOnlyOne) {
  EXPECT_THAT(broken_down({pod("c", "ns", "a", 3), reported(idle("", 0), 1)}).reconciliation,
              ElementsAre(Pair("c", DoubleNear(-0.25, 1e-12))));
}

// OpenCost before 1.119 may state a negative idle, which is clamped: we are above it.
TEST(Reconciliation, IsPositiveWhenWeAreAboveANegativeTotal) {
  EXPECT_THAT(broken_down({pod("c", "ns", "a", 1), reported(idle("c", 0), -3)}).reconciliation,
              ElementsAre(Pair("c", DoubleNear(1.5, 1e-12))));
}

}  // namespace
}  // namespace exporter::cost
