// Tenants, labels, shared cost, the fleet, efficiency, savings and policies as they stand on the
// page.
#include <gmock/gmock.h>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

using cost::samples::cpu;
using cost::samples::on_node;
using cost::samples::owned;
using cost::samples::pod;
using model::Period;
using samples::rendered;
using samples::series;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

const std::vector<std::string> kPerHour = {"opencost_tenant_cost_per_hour",
                                           "opencost_label_cost_per_hour"};

/// A window of half an hour.
std::shared_ptr<const cost::Breakdown> half_an_hour(const std::vector<samples::Row>& rows) {
  auto table = cost::samples::table(rows);
  table->window.end = table->window.start + 30min;
  return std::make_shared<const cost::Breakdown>(cost::break_down(table));
}

cost::Report attributed() {
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  auto attribution = std::make_shared<cost::Attribution>();
  attribution->of = half_an_hour({});
  attribution->tenants = {{"c", "__unallocated__", cpu(0)}, {"c", "shop", cpu(1'500'000)}};
  attribution->tenants[1].costs[model::Resource::gpu] = Cost{1};
  attribution->labels = {{"c", "annotation:owner", "a\"b", cpu(2'000'000)},
                         {"c", "team", "__unallocated__", cpu(250'000)}};
  source.attribution = attribution;
  return report;
}

// Tenants and labels

TEST(Tenants, HaveARateOverTheCurrentWindow) {
  EXPECT_THAT(series(rendered(attributed()), "opencost_tenant_cost_per_hour"),
              ElementsAre("c __unallocated__ cpu 0", "c __unallocated__ memory 0", "c shop cpu 3",
                          "c shop memory 0", "c shop gpu 2e-06"));
  EXPECT_THAT(series(rendered(attributed(), {.currency_rate = 0.5}), kPerHour[0]).at(2),
              "c shop cpu 1.5");
}

TEST(Labels, HaveARateByValue) {
  EXPECT_THAT(series(rendered(attributed()), "opencost_label_cost_per_hour"),
              ElementsAre("c annotation:owner a\"b cpu 4", "c annotation:owner a\"b memory 0",
                          "c team __unallocated__ cpu 0.5", "c team __unallocated__ memory 0"));
}

TEST(Tenants, HaveAnAmountInEachPeriod) {
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  for (std::size_t i = 0; i < model::kPeriods.size(); ++i) {
    auto attribution = std::make_shared<cost::Attribution>();
    attribution->of = half_an_hour({});
    attribution->tenants = {{"c", "shop", cpu(static_cast<std::int64_t>(i + 1) * 1'000'000)}};
    source.period_attribution[i] = attribution;
  }
  for (const Period gone : model::kPeriods) {
    auto& hidden = source.period_attribution[static_cast<std::size_t>(gone)];
    const auto kept = std::exchange(hidden, nullptr);
    const std::string text = rendered(report, {.currency_rate = 2});
    for (const Period period : model::kPeriods) {
      SCOPED_TRACE(to_string(period));
      const auto found = series(text, "opencost_tenant_cost_" + std::string(to_string(period)));
      if (period == gone) {
        EXPECT_THAT(found, IsEmpty());
      } else {
        const auto amount = std::to_string(2 * (static_cast<int>(period) + 1));
        EXPECT_THAT(found, ElementsAre("c shop cpu " + amount, "c shop memory 0"));
      }
    }
    hidden = kept;
  }
}

TEST(Tenants, HaveAForecast) {
  cost::Report report;
  auto forecast = std::make_shared<cost::TenantForecast>();
  forecast->tenants = {{"c", "shop", cpu(720'000'000)}};
  report.sources.emplace_back().tenant_forecast = forecast;
  EXPECT_THAT(series(rendered(report, {.currency_rate = 0.5}), "opencost_tenant_cost_forecast"),
              ElementsAre("c shop cpu 360", "c shop memory 0"));
}

TEST(Tenants, AreAbsentWithoutRulesAndAnswers) {
  cost::Report report = samples::every_family();
  report.sources[0].attribution = nullptr;
  report.sources[0].period_attribution = {};
  report.sources[0].tenant_forecast = nullptr;
  const std::string text = rendered(report);
  EXPECT_EQ(text.find("opencost_tenant_"), std::string::npos);
  EXPECT_EQ(text.find("opencost_label_"), std::string::npos);
}

// The fleet

TEST(Fleet, EachFigureMayBeUnknown) {
  const std::string names[] = {"opencost_fleet_cost_per_hour", "opencost_fleet_cost_month_to_date",
                               "opencost_fleet_cost_forecast"};
  for (std::size_t known = 0; known < 3; ++known) {
    cost::Report report;
    (known == 0   ? report.fleet.per_hour
     : known == 1 ? report.fleet.month_to_date
                  : report.fleet.forecast) = cpu(2'500'000);
    const std::string text = rendered(report, {.currency_rate = 2});
    for (std::size_t i = 0; i < 3; ++i) {
      SCOPED_TRACE(names[i]);
      if (i == known) {
        EXPECT_THAT(series(text, names[i]), ElementsAre("cpu 5", "memory 0"));
      } else {
        EXPECT_THAT(series(text, names[i]), IsEmpty());
      }
    }
  }
}

// Shared cost

TEST(Shared, IsOverNamespacesOrTenants) {
  cost::Report report;
  report.shared = {{"c", "shop", "amount/support", Cost{1'250'000}}, {"c", "web", "idle", Cost{1}}};
  const std::string spaces = "opencost_namespace_shared_cost_per_hour";
  const std::string tenants = "opencost_tenant_shared_cost_per_hour";
  const auto expected = ElementsAre("c shop amount/support 2.5", "c web idle 2e-06");
  std::string text = rendered(report, {.currency_rate = 2});
  EXPECT_THAT(series(text, spaces), expected);
  EXPECT_THAT(series(text, tenants), IsEmpty());
  EXPECT_NE(text.find("{cluster=\"c\",namespace=\"shop\",source="), std::string::npos);
  report.shared_over_tenants = true;
  text = rendered(report, {.currency_rate = 2});
  EXPECT_THAT(series(text, spaces), IsEmpty());
  EXPECT_THAT(series(text, tenants), expected);
  EXPECT_NE(text.find("{cluster=\"c\",tenant=\"shop\",source="), std::string::npos);
}

// Efficiency

/// CPU half used, memory not requested, GPU used beyond the request.
cost::Report demanding() {
  samples::Row row = on_node(owned(pod("c", "ns", "web-1", 4'000'000), "deployment", "web"), "n1");
  row.costs[model::Resource::gpu] = Cost{1'000'000};
  auto table = cost::samples::table({row, pod("c", "ns", "quiet", 9)});
  table->rows[1].cpu = {.charged = 4, .requested = 4, .used = 2};
  table->rows[1].memory = {.charged = 1, .requested = 0, .used = 1};
  table->rows[1].gpu = {.charged = 2, .requested = 1, .used = 2};
  cost::Report report;
  cost::SourceReport& source = report.sources.emplace_back();
  source.current = std::make_shared<const cost::Breakdown>(cost::break_down(table));
  source.efficiency = std::make_shared<const cost::Efficiency>(cost::measure(source.current));
  return report;
}

TEST(Efficiency, IsSaidOfClustersNamespacesWorkloadsAndPods) {
  const std::string text = rendered(demanding(), {.currency_rate = 3});
  EXPECT_THAT(series(text, "opencost_cluster_efficiency_ratio"),
              ElementsAre("c cpu 0.5", "c gpu 2"));
  EXPECT_THAT(series(text, "opencost_namespace_efficiency_ratio"),
              ElementsAre("c ns cpu 0.5", "c ns gpu 2"));
  EXPECT_THAT(series(text, "opencost_workload_efficiency_ratio"),
              ElementsAre("c ns deployment web cpu 0.5", "c ns deployment web gpu 2"));
  EXPECT_THAT(
      series(text, "opencost_pod_efficiency_ratio"),
      ElementsAre("c ns web-1 deployment web n1 cpu 0.5", "c ns web-1 deployment web n1 gpu 2"));
}

TEST(Efficiency, OfPodsAndWorkloadsCanBeLeftOut) {
  std::string text = rendered(demanding(), {.pods = false});
  EXPECT_EQ(text.find("opencost_pod_"), std::string::npos);
  EXPECT_THAT(series(text, "opencost_workload_efficiency_ratio"), testing::SizeIs(2));
  text = rendered(demanding(), {.workloads = false});
  EXPECT_EQ(text.find("opencost_workload_"), std::string::npos);
  EXPECT_THAT(series(text, "opencost_pod_efficiency_ratio"), testing::SizeIs(2));
}

TEST(Efficiency, IsAbsentWhereNobodySaysWhatWasUsed) {
  cost::Report report = demanding();
  report.sources[0].efficiency = nullptr;
  EXPECT_EQ(rendered(report).find("_efficiency_"), std::string::npos);
}

// Savings

cost::Report savings() {
  cost::Report report;
  auto savings = std::make_shared<cost::Savings>();
  const cost::WorkloadName web = {"c", "shop", "deployment", "web"},
                           job = {"c", "shop", "job", "j"};
  using enum cost::SavingKind;
  using enum cost::Priority;
  savings->rows = {
      {idle_capacity, high, {"c", "", "", ""}, Cost{600'500'000}, {}},
      {cpu_request, medium, web, Cost{150'000'000}, cost::Evidence{4, 1.25, 1.923, 36h}},
      {memory_request, low, web, Cost{1}, cost::Evidence{8e9 + 1, 2e9 + 1, 2'516'582'400, 36h}},
      {memory_request, low, job, Cost{2'000'000}, cost::Evidence{64, 1, 2, 24h}},
      {idle_workload, low, {"c", "test", "pod", "p"}, Cost{3'000'000}, {}},
  };
  savings->nodes = {{"c", "n1", medium, Cost{100'000'000}}, {"c", "n2", low, Cost{0}}};
  savings->totals = {{"c", Cost{755'500'001}}, {"d", Cost{0}}};
  savings->waste = {{"c", Cost{2'000'000'000}}, {"d", Cost{0}}};
  report.sources.emplace_back().savings = savings;
  return report;
}

TEST(Savings, AreAmountsAMonth) {
  const std::string text = rendered(savings(), {.currency_rate = 2});
  EXPECT_THAT(
      series(text, "opencost_savings_per_month"),
      ElementsAre("c    idle_capacity high 1201", "c shop deployment web cpu_request medium 300",
                  "c shop deployment web memory_request low 2e-06",
                  "c shop job j memory_request low 4", "c test pod p idle_workload low 6"));
  EXPECT_THAT(series(text, "opencost_savings_total_per_month"),
              ElementsAre("c 1511.000002", "d 0"));
  EXPECT_THAT(series(text, "opencost_waste_per_month"), ElementsAre("c 4000", "d 0"));
  EXPECT_THAT(series(text, "opencost_idle_node_savings_per_month"),
              ElementsAre("c n1 medium 200", "c n2 low 0"));
}

TEST(Savings, ShowWhatARequestShouldBeAndWhy) {
  const std::string text = rendered(savings(), {.currency_rate = 2});
  const std::string web = "c shop deployment web ", job = "c shop job j ";
  EXPECT_THAT(series(text, "opencost_recommended_cpu_request_cores"), ElementsAre(web + "1.923"));
  EXPECT_THAT(series(text, "opencost_recommended_memory_request_bytes"),
              ElementsAre(web + "2516582400", job + "2"));
  EXPECT_THAT(series(text, "opencost_observed_cpu_request_cores"), ElementsAre(web + "4"));
  EXPECT_THAT(series(text, "opencost_observed_cpu_usage_cores"), ElementsAre(web + "1.25"));
  EXPECT_THAT(series(text, "opencost_observed_memory_request_bytes"),
              ElementsAre(web + "8000000001", job + "64"));
  EXPECT_THAT(series(text, "opencost_observed_memory_usage_bytes"),
              ElementsAre(web + "2000000001", job + "1"));
  EXPECT_THAT(series(text, "opencost_observation_seconds"),
              ElementsAre(web + "129600", job + "86400"));
}

TEST(Savings, AreThereWhateverElseIsLeftOut) {
  EXPECT_EQ(rendered(savings(), {.pods = false, .workloads = false}), rendered(savings()));
}

TEST(Savings, AreAbsentBeforeThereAreAny) {
  cost::Report report = samples::every_family();
  report.sources[0].savings = nullptr;
  const std::string text = rendered(report);
  for (const char* family : {"saving", "waste", "recommended", "observ"}) {
    EXPECT_EQ(text.find("opencost_" + std::string(family)), std::string::npos) << family;
  }
  // Nothing to save is something known.
  auto nothing = std::make_shared<cost::Savings>();
  nothing->totals = {{"c", Cost{0}}};
  report.sources[0].savings = nothing;
  EXPECT_THAT(series(rendered(report), "opencost_savings_total_per_month"), ElementsAre("c 0"));
}

// Policies

std::shared_ptr<const cost::PolicyStatus> policy(std::string name,
                                                 std::vector<cost::PolicyStatus::OfCluster> of) {
  auto status = std::make_shared<cost::PolicyStatus>();
  status->policy = std::move(name);
  status->clusters = std::move(of);
  return status;
}

TEST(Policies, SayWhatTheyWouldDoAndWhyNot) {
  cost::Report report;
  report.sources.emplace_back().policies = {
      policy("z", {{"a", {1, 2, 3, 4, 5, 6, 7, 8}, Cost{9'500'000}}, {"b", {}, Cost{}}}), nullptr,
      policy("n\"", {{"a", {10}, Cost{2}}})};
  const std::string text = rendered(report, {.currency_rate = 2});
  EXPECT_THAT(series(text, "opencost_policy_matched_workloads"),
              ElementsAre("a n\" 10", "a z 1", "b z 0"));
  EXPECT_THAT(series(text, "opencost_policy_savings_per_month"),
              ElementsAre("a n\" 4e-06", "a z 19", "b z 0"));
  const auto skipped = series(text, "opencost_policy_skipped_workloads");
  ASSERT_EQ(skipped.size(), 21u);
  EXPECT_THAT(std::vector(skipped.begin() + 7, skipped.begin() + 14),
              ElementsAre("a z namespace_not_in_scope 2", "a z label_mismatch 3", "a z excluded 4",
                          "a z in_cooldown 5", "a z not_idle 6", "a z cost_below_minimum 7",
                          "a z cost_unknown 8"));
  EXPECT_EQ(skipped.front(), "a n\" namespace_not_in_scope 0");
  EXPECT_EQ(skipped.back(), "b z cost_unknown 0");
}

TEST(Policies, AreAbsentWithoutAnAnswer) {
  cost::Report report = samples::every_family();
  report.sources[0].policies.clear();
  EXPECT_EQ(rendered(report).find("opencost_policy_"), std::string::npos);
}

}  // namespace
}  // namespace exporter::metrics
