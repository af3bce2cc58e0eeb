// Periods, forecasts, coverage and budgets as they stand on the page.
#include <gmock/gmock.h>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using cost::samples::idle;
using cost::samples::owned;
using cost::samples::pod;
using cost::samples::unmounted;
using model::Period;
using samples::rendered;
using samples::Row;
using samples::series;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

cost::PeriodCost& period(cost::SourceReport& source, Period which) {
  return source.periods[static_cast<std::size_t>(which)];
}

std::vector<Row> rows(std::int64_t micros) {
  return {owned(pod("c", "shop", "", micros), "deployment", "web"), pod("c", "shop", "", 0),
          idle("c", 10 * micros), unmounted("c", 100 * micros)};
}

/// Each period costs a million times its number, from 1.
cost::Report every_period() {
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  std::int64_t units = 0;
  for (const Period which : model::kPeriods) {
    period(source, which) = samples::known(rows(++units * 1'000'000), 1);
  }
  return report;
}

TEST(Periods, EachHasFamiliesOfItsOwn) {
  const std::string text = rendered(every_period());
  int units = 0;
  for (const Period which : model::kPeriods) {
    SCOPED_TRACE(to_string(which));
    const std::string one = std::to_string(++units);
    const auto of = [&](const std::string& family) {
      return series(text, "opencost_" + family + "_cost_" + std::string(to_string(which)));
    };
    EXPECT_THAT(of("cluster"), ElementsAre("c cpu " + std::to_string(11 * units), "c memory 0",
                                           "c storage " + one + "00"));
    EXPECT_THAT(of("namespace"), ElementsAre("c shop cpu " + one, "c shop memory 0"));
    EXPECT_THAT(
        of("workload"),
        ElementsAre("c shop deployment web cpu " + one, "c shop deployment web memory 0",
                    "c shop pod __unallocated__ cpu 0", "c shop pod __unallocated__ memory 0"));
    EXPECT_THAT(of("idle"), ElementsAre("c cpu " + one + "0", "c memory 0"));
    EXPECT_THAT(of("unmounted"), ElementsAre("c cpu 0", "c memory 0", "c storage " + one + "00"));
  }
}

TEST(Periods, StandInTheirOrder) {
  std::vector<std::string> expected;
  for (const Period which : model::kPeriods) {
    for (const char* what : {"cluster", "namespace", "workload", "idle", "unmounted"}) {
      expected.push_back("opencost_" + std::string(what) + "_cost_" +
                         std::string(to_string(which)));
    }
  }
  expected.emplace_back("opencost_window_coverage_ratio");
  EXPECT_EQ(samples::names_of(samples::read_families(rendered(every_period()))), expected);
}

TEST(Periods, EachMayBeUnknown) {
  for (const Period gone : model::kPeriods) {
    cost::Report report = every_period();
    period(report.sources[0], gone).costs = nullptr;
    const std::string text = rendered(report);
    for (const Period which : model::kPeriods) {
      const auto found = series(text, "opencost_cluster_cost_" + std::string(to_string(which)));
      EXPECT_EQ(found.empty(), which == gone) << to_string(gone) << " " << to_string(which);
    }
  }
}

TEST(Periods, AmountsAreNotDividedByTheirLength) {
  cost::Report report = every_period();
  const auto table = cost::samples::table({pod("c", "ns", "", 31'000'000)});
  table->window.end = table->window.start + 31 * 24h;
  period(report.sources[0], Period::last_month).costs =
      std::make_shared<const cost::Breakdown>(cost::break_down(table));
  EXPECT_THAT(series(rendered(report), "opencost_namespace_cost_last_month"),
              ElementsAre("c ns cpu 31", "c ns memory 0"));
}

TEST(Periods, WorkloadsCanBeLeftOut) {
  const std::string text = rendered(every_period(), {.workloads = false});
  EXPECT_EQ(text.find("opencost_workload_"), std::string::npos);
  EXPECT_THAT(series(text, "opencost_namespace_cost_yesterday"),
              ElementsAre("c shop cpu 2", "c shop memory 0"));
}

// Coverage

std::vector<std::string> coverage(const cost::Report& report) {
  return series(rendered(report), "opencost_window_coverage_ratio");
}

TEST(Coverage, IsTheShareOfEachWindow) {
  cost::Report report = every_period();
  period(report.sources[0], Period::yesterday).coverage = {18h, 24h};
  period(report.sources[0], Period::last_7_days).coverage = {0h, 7 * 24h};
  period(report.sources[0], Period::last_month).coverage = {100h, 50h};
  EXPECT_THAT(coverage(report), ElementsAre("c today 1", "c yesterday 0.75", "c last_7_days 0",
                                            "c month_to_date 1", "c last_month 1"));
}

TEST(Coverage, OfAWindowThatHasNotBegunIsNoSeries) {
  cost::Report report = every_period();
  period(report.sources[0], Period::today) = {};
  period(report.sources[0], Period::month_to_date) = {};
  EXPECT_THAT(coverage(report), ElementsAre("c yesterday 1", "c last_7_days 1", "c last_month 1"));
}

TEST(Coverage, OfAWindowOfWhichNothingIsKnownIsZero) {
  cost::Report report = every_period();
  period(report.sources[0], Period::yesterday) = {
      .costs = nullptr, .coverage = {0s, 24h}, .by_label = {}};
  EXPECT_THAT(coverage(report), ElementsAre("c today 1", "c yesterday 0", "c last_7_days 1",
                                            "c month_to_date 1", "c last_month 1"));
}

TEST(Coverage, OfASourceThatNeverAnsweredIsUnderItsName) {
  cost::Report report;
  cost::SourceReport& silent = report.sources.emplace_back();
  silent.name = "prod";
  EXPECT_THAT(coverage(report), IsEmpty());
  period(silent, Period::yesterday).coverage = {0s, 24h};
  EXPECT_THAT(coverage(report), ElementsAre("prod yesterday 0"));
  silent.name = "";
  EXPECT_THAT(coverage(report), IsEmpty());
}

TEST(Coverage, OfASourceThatAnsweredIsUnderItsClusters) {
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  source.name = "opencost:9003";
  source.current = samples::breakdown({pod("b", "ns", "p", 1), pod("a", "ns", "p", 1)});
  period(source, Period::today) = samples::known({pod("z", "ns", "", 1)}, 0.5);
  EXPECT_THAT(coverage(report), ElementsAre("a today 0.5", "b today 0.5", "z today 0.5"));
}

TEST(Coverage, OfACurrentHourAloneHasNoSeries) {
  EXPECT_THAT(coverage(samples::current({pod("c", "ns", "p", 1)})), IsEmpty());
}

TEST(Coverage, IsWrittenOncePerCluster) {
  cost::Report report;
  for (const double share : {0.25, 0.75}) {
    cost::SourceReport& source = report.sources.emplace_back();
    source.name = "c";
    period(source, Period::today) = samples::known({pod("c", "ns", "", 1)}, share);
  }
  EXPECT_THAT(coverage(report), ElementsAre("c today 0.25"));
  EXPECT_THAT(samples::faults_of(rendered(report)), testing::Contains(testing::HasSubstr("twice")))
      << "sources of one cluster are kept apart before";
}

// Forecasts

TEST(Forecasts, AreAmountsAMonth) {
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  const auto current = samples::breakdown({pod("c", "a", "p", 2'000'000), idle("c", 500'000)});
  source.forecast = cost::forecast({.costs = samples::breakdown({pod("c", "b", "p", 7'000'000)}),
                                    .coverage = {24h, 24h},
                                    .by_label = {}},
                                   current, 31 * 24h);
  const std::string text = rendered(report);
  // 720 hours are left.
  EXPECT_THAT(series(text, "opencost_cluster_cost_forecast"),
              ElementsAre("c cpu 1807", "c memory 0"));
  EXPECT_THAT(series(text, "opencost_namespace_cost_forecast"),
              ElementsAre("c a cpu 1440", "c a memory 0", "c b cpu 7", "c b memory 0"));
}

TEST(Forecasts, AreAbsentWithoutOne) {
  cost::Report report = every_period();
  report.sources[0].current = samples::breakdown({pod("c", "a", "p", 1)});
  const std::string text = rendered(report);
  EXPECT_THAT(series(text, "opencost_cluster_cost_forecast"), IsEmpty());
  EXPECT_THAT(series(text, "opencost_namespace_cost_forecast"), IsEmpty());
}

// Budgets

const std::vector<std::string> kBudgets = {"opencost_budget_limit", "opencost_budget_spent",
                                           "opencost_budget_forecast",
                                           "opencost_budget_coverage_ratio"};

std::vector<std::string> budget_series(const cost::BudgetStatus& status,
                                       const Options& options = {}) {
  cost::Report report;
  report.budgets.push_back(status);
  const std::string text = rendered(report, options);
  std::vector<std::string> out;
  for (const std::string& name : kBudgets) {
    const auto found = series(text, name);
    out.push_back(found.empty() ? "absent" : found.at(0));
  }
  return out;
}

TEST(Budgets, HaveAFamilyForEachFigure) {
  EXPECT_THAT(budget_series({"shop", 500, Cost{125'500'000}, Cost{480'000'001}, 0.75}),
              ElementsAre("shop month 500", "shop month 125.5", "shop month 480.000001",
                          "shop month 0.75"));
}

TEST(Budgets, LeaveOutWhatIsNotKnown) {
  EXPECT_THAT(budget_series({"b", 1, std::nullopt, Cost{2'000'000}, 0}),
              ElementsAre("b month 1", "absent", "b month 2", "b month 0"));
  EXPECT_THAT(budget_series({"b", 1, Cost{3'000'000}, std::nullopt, 1}),
              ElementsAre("b month 1", "b month 3", "absent", "b month 1"));
  EXPECT_THAT(budget_series({"b", 1, std::nullopt, std::nullopt, 0}),
              ElementsAre("b month 1", "absent", "absent", "b month 0"));
  EXPECT_THAT(budget_series({"b", 1, Cost{0}, Cost{0}, 1}),
              ElementsAre("b month 1", "b month 0", "b month 0", "b month 1"))
      << "nothing spent is known";
}

// The limit is written in the currency that is exported, what is spent in OpenCost's.
TEST(Budgets, TheCurrencyRateIsOnWhatIsSpent) {
  EXPECT_THAT(
      budget_series({"b", 100, Cost{40'000'000}, Cost{80'000'000}, 0.5}, {.currency_rate = 0.5}),
      ElementsAre("b month 100", "b month 20", "b month 40", "b month 0.5"));
}

TEST(Budgets, StandInTheOrderOfTheConfiguration) {
  cost::Report report;
  report.budgets = {{"z", 1, std::nullopt, std::nullopt, 0}, {"a", 2, Cost{5'000'000}, {}, 1}};
  const std::string text = rendered(report);
  EXPECT_THAT(series(text, "opencost_budget_limit"), ElementsAre("z month 1", "a month 2"));
  EXPECT_THAT(series(text, "opencost_budget_spent"), ElementsAre("a month 5"));
  EXPECT_THAT(series(text, "opencost_budget_forecast"), IsEmpty());
  EXPECT_THAT(series(text, "opencost_budget_coverage_ratio"),
              ElementsAre("z month 0", "a month 1"));
}

TEST(Budgets, NamesMayHoldAnything) {
  EXPECT_EQ(budget_series({"a\"b\\c\n", 1, {}, {}, 0}).at(0), "a\"b\\c\n month 1");
}

}  // namespace
}  // namespace exporter::metrics
