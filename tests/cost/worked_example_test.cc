// The example of docs/cost-model.md, figure by figure.
#include <gmock/gmock.h>

#include "tests/cost/tables.h"

namespace exporter::cost {
namespace {

using model::Period;
using std::chrono::days;
using std::chrono::hours;
using namespace std::chrono_literals;

using Table = std::shared_ptr<const model::AllocationTable>;

constexpr hours kMonth = 31 * 24h;

std::chrono::sys_seconds march(int day) {
  return std::chrono::sys_days(2026y / 3 / 1) + days(day - 1);
}

struct Spent {
  double checkout = 0, payments = 0, idle = 0, unmounted = 0;
  double team = 0;  // of payments

  double total() const { return checkout + payments + idle + unmounted; }
};

std::int64_t micros(double units) { return std::llround(units * 1e6); }

// Known from `missing` after the beginning of the window on.
Table table(const Spent& spent, model::Window window, hours missing = 0h) {
  const auto out = samples::table(
      {samples::owned(samples::pod("prod", "checkout", "", micros(spent.checkout)), "job", "a"),
       samples::owned(samples::pod("prod", "payments", "", micros(spent.payments - spent.team)),
                      "job", "b"),
       samples::owned(samples::pod("prod", "payments", "", micros(spent.team)), "job", "c"),
       samples::idle("prod", micros(spent.idle)),
       samples::unmounted("prod", micros(spent.unmounted))});
  out->label_sets.push_back({{"team", "a"}});
  for (model::Allocation& row : out->rows) {
    if (row.controller == "c") row.label_set = 1;
  }
  out->window = window;
  out->lived = {window.start + missing, window.end};
  return out;
}

Table day(int date, const Spent& spent, hours missing = 0h) {
  return table(spent, {march(date), march(date + 1)}, missing);
}

struct March {
  std::vector<Table> finished = {day(2, {10, 6, 3, 1}, 14h)};
  Table today = table({11, 8, 4, 1, 2}, {march(11), march(11) + 10h});
  Table current = table({1.2, 0.8, 0.5, 0.1, 0.2}, {march(11) + 9h, march(11) + 10h});

  March() {
    for (int date = 3; date <= 9; ++date) {
      finished.push_back(day(date, {22, 14.25, 9.75, 2, date == 9 ? 5.0 : 0}));
    }
    finished.push_back(day(10, {25, 16.25, 11.75, 1, 6}));
  }

  SourceReport report() const {
    SourceReport out;
    out.current = std::make_shared<const Breakdown>(break_down(current));
    PeriodCost& month = out.periods[static_cast<std::size_t>(Period::month_to_date)];
    std::vector<Table> all = finished;
    all.push_back(today);
    month.costs = std::make_shared<const Breakdown>(break_down(add_up(all)));
    for (const Table& part : all) {
      const Coverage coverage{known_time(part->window, part->lived),
                              part->window.end - part->window.start};
      month.coverage += coverage;
      if (part->window.start >= march(9)) month.by_label["team"].known += coverage.known;
    }
    month.coverage += {0h, 24h};  // the first
    month.by_label["team"].elapsed = month.coverage.elapsed;
    return out;
  }
};

template <class Rows, class Name>
double cost_of(const Rows& rows, std::string_view name, Name name_of) {
  for (const auto& row : rows) {
    if (name_of(row) == name) return row.costs.total().amount();
  }
  return -1;
}
std::string_view name_space(const NamespaceCost& row) { return row.name_space; }
std::string_view cluster(const ClusterCost& row) { return row.cluster; }

TEST(WorkedExample, Periods) {
  const March month;
  std::vector<Table> week(month.finished.end() - 7, month.finished.end());
  EXPECT_EQ(break_down(add_up(week)).clusters.at(0).costs.total(), Cost{342'000'000});
  EXPECT_EQ(week.front()->window.start, march(4));
  EXPECT_EQ(break_down(month.finished.back()).clusters.at(0).costs.total(), Cost{54'000'000});
  EXPECT_EQ(break_down(month.today).clusters.at(0).costs.total(), Cost{24'000'000});
  EXPECT_EQ(break_down(month.finished.front()).clusters.at(0).costs.total(), Cost{20'000'000});
}

TEST(WorkedExample, MonthToDateAndForecast) {
  const SourceReport report = March().report();
  const PeriodCost& month = report.period(Period::month_to_date);
  EXPECT_EQ(month.coverage, (Coverage{212h, 250h}));
  EXPECT_EQ(month.coverage.ratio(), 0.848);
  EXPECT_EQ(cost_of(month.costs->clusters, "prod", cluster), 434);
  EXPECT_EQ(cost_of(month.costs->namespaces, "checkout", name_space), 200);
  EXPECT_EQ(cost_of(month.costs->namespaces, "payments", name_space), 130);
  EXPECT_EQ(cost_of(month.costs->idle, "prod", cluster), 87);
  EXPECT_EQ(cost_of(month.costs->unmounted, "prod", cluster), 17);
  const auto end = forecast(month, report.current, kMonth);
  EXPECT_EQ(cost_of(end->clusters, "prod", cluster), 1817.2);
  EXPECT_EQ(cost_of(end->namespaces, "checkout", name_space), 838.4);
  EXPECT_EQ(cost_of(end->namespaces, "payments", name_space), 555.6);
}

TEST(WorkedExample, Budgets) {
  const std::vector<SourceReport> sources = {March().report()};
  const auto is = [&](const Budget& budget, double spent, double forecast, double coverage) {
    const BudgetStatus status = check(budget, {}, sources, kMonth);
    ASSERT_TRUE(status.spent && status.forecast);
    EXPECT_EQ(status.spent->amount(), spent);
    EXPECT_EQ(status.forecast->amount(), forecast);
    EXPECT_EQ(status.coverage, coverage);
  };
  Budget prod;
  prod.cluster = "prod";
  is(prod, 434, 1817.2, 0.848);
  Budget payments;
  payments.namespaces = {"payments"};
  is(payments, 130, 555.6, 0.848);
  Budget team;
  team.labels = {{"team", "a"}};
  is(team, 13, 150.2, 0.232);
}

}  // namespace
}  // namespace exporter::cost
