#include "exporter/metrics/metrics.h"
#include "tests/backfill/backfilling.h"
#include "tests/backfill/openmetrics.h"

namespace exporter::backfill {
namespace {

using samples::at;
using samples::LabelMap;
using samples::ReadFile;
using samples::unix_seconds;
using ::testing::ElementsAre;

const LabelMap kTarget{{"instance", "localhost:9754"}, {"job", "opencost"}};

LabelMap with(LabelMap labels, const LabelMap& target = kTarget) {
  labels.insert(target.begin(), target.end());
  return labels;
}

class Figures : public samples::Backfilling {
 protected:
  /// Every cost of a window, as the fake's own model has it, stands in the file at its end.
  /// Counts what it looked at.
  void expect_window(const ReadFile& file, const demo::Cluster& cluster, model::Window window) {
    SCOPED_TRACE(model::format_time(window.start));
    const std::string& name = cluster.options().name;
    for (const auto& [name_space, costs] : cluster.namespace_costs(window)) {
      expect_costs(file, "opencost_namespace_cost_per_hour",
                   {{"cluster", name}, {"namespace", name_space}}, costs, window);
    }
    expect_costs(file, "opencost_idle_cost_per_hour", {{"cluster", name}},
                 cluster.idle_costs(window), window);
    expect_costs(file, "opencost_unmounted_cost_per_hour", {{"cluster", name}},
                 cluster.unmounted_costs(window), window);
    const samples::ReadFamily* const nodes = file.family("opencost_node_cost_per_hour");
    ASSERT_NE(nodes, nullptr);
    for (const auto& [node, cost] : cluster.node_costs(window)) {
      for (const samples::ReadSeries& series : nodes->series) {
        if (series.labels.at("node") != node || series.labels.at("cluster") != name) continue;
        EXPECT_DOUBLE_EQ(series.points.at(unix_seconds(window.end)), rate(cost, window));
        ++looked_["nodes"];
      }
    }
  }
  static double rate(Cost cost, model::Window window) { return cost.amount() / window.hours(); }
  void expect_costs(const ReadFile& file, std::string_view family, LabelMap labels,
                    const model::Costs& costs, model::Window window) {
    for (std::size_t i = 0; i < model::kResources; ++i) {
      if (i > 1 && costs.by[i] == Cost{}) continue;
      labels["resource"] = model::kResourceNames[i];
      const double value = file.value(family, with(labels), unix_seconds(window.end));
      if (std::isnan(value) && costs.total() == Cost{}) continue;  // nothing unmounted: no row
      EXPECT_DOUBLE_EQ(value, rate(costs.by[i], window))
          << family << labels["namespace"] << ' ' << i;
      ++looked_[std::string(family)];
    }
  }
  std::map<std::string, std::size_t> looked_;
};

TEST_F(Figures, EveryWindowIsWhatTheClusterCost) {
  const auto made = run();
  ASSERT_TRUE(made) << made.error().message;
  const ReadFile file = samples::read_openmetrics(read());
  for (int hour = 0; hour < 6; ++hour) {
    const auto start = at("2026-10-01T00:00:00Z") + std::chrono::hours(hour);
    expect_window(file, *server().cluster(), {start, start + std::chrono::hours(1)});
  }
  // Nothing besides what was looked at.
  EXPECT_GT(looked_["opencost_namespace_cost_per_hour"], 6u * 2 * 3);
  for (const char* family : {"opencost_namespace_cost_per_hour", "opencost_idle_cost_per_hour"}) {
    EXPECT_EQ(file.points(family), looked_[family]) << family;
  }
  EXPECT_GE(looked_["nodes"], 6u * 3);
  EXPECT_EQ(file.points("opencost_node_cost_per_hour"), looked_["nodes"]);
  EXPECT_EQ(made->done, 6u);
  EXPECT_EQ(made->total, 6u);
  EXPECT_EQ(made->empty, 0u);
  EXPECT_EQ(made->rejected, 0u);
  EXPECT_GT(made->bytes, 6u * 1000);
}

TEST_F(Figures, OnlyRunRatesEfficiencyAndTheReconciliationAreInIt) {
  ASSERT_TRUE(run());
  std::vector<std::string> names;
  for (const auto& family : samples::read_openmetrics(read()).families) {
    EXPECT_EQ(family.type, "gauge");
    names.push_back(family.name);
  }
  EXPECT_THAT(
      names,
      ElementsAre("opencost_cluster_cost_per_hour", "opencost_namespace_cost_per_hour",
                  "opencost_workload_cost_per_hour", "opencost_pod_cost_per_hour",
                  "opencost_idle_cost_per_hour", "opencost_unmounted_cost_per_hour",
                  "opencost_node_cost_per_hour", "opencost_node_idle_cost_per_hour",
                  "opencost_asset_cost_per_hour", "opencost_cluster_efficiency_ratio",
                  "opencost_namespace_efficiency_ratio", "opencost_workload_efficiency_ratio",
                  "opencost_pod_efficiency_ratio", "opencost_reconciliation_difference_ratio"));
}

TEST_F(Figures, HelpIsThatOfTheCatalogue) {
  ASSERT_TRUE(run());
  for (const auto& family : samples::read_openmetrics(read()).families) {
    const auto same = [&](const metrics::MetricSpec& spec) { return spec.name == family.name; };
    const auto spec =
        std::find_if(std::begin(metrics::kCatalogue), std::end(metrics::kCatalogue), same);
    ASSERT_NE(spec, std::end(metrics::kCatalogue)) << family.name;
    EXPECT_EQ(family.help, spec->help);
  }
}

TEST_F(Figures, DaysAreMeanRatesOfWholeDays) {
  options_.from = "2026-09-28";
  options_.to = "2026-10-01";
  options_.step = Step::day;
  ASSERT_TRUE(run());
  const ReadFile file = samples::read_openmetrics(read());
  for (int day = 0; day < 3; ++day) {
    const auto start = at("2026-09-28T00:00:00Z") + std::chrono::days(day);
    expect_window(file, *server().cluster(), {start, start + std::chrono::days(1)});
  }
  EXPECT_EQ(file.points("opencost_namespace_cost_per_hour"),
            looked_["opencost_namespace_cost_per_hour"]);
}

TEST_F(Figures, DaysBeginWhereTheCalendarSays) {
  setup_.calendar.utc_offset = std::chrono::minutes(330);
  options_.from = "2026-09-29";
  options_.to = "2026-09-30";
  options_.step = Step::day;
  ASSERT_TRUE(run());
  const model::Window day{at("2026-09-28T18:30:00Z"), at("2026-09-29T18:30:00Z")};
  expect_window(samples::read_openmetrics(read()), *server().cluster(), day);
  EXPECT_THAT(server().requests().at(0),
              ::testing::HasSubstr("2026-09-28T18%3A30%3A00Z%2C2026-09-29T18%3A30%3A00Z"));
}

TEST_F(Figures, HoursFollowTheCalendarToo) {
  setup_.calendar.utc_offset = std::chrono::minutes(-210);
  options_.from = "2026-09-29";
  options_.to = "2026-09-29T05:30:00Z";
  ASSERT_TRUE(run());
  const ReadFile file = samples::read_openmetrics(read());
  expect_window(file, *server().cluster(),
                {at("2026-09-29T03:30:00Z"), at("2026-09-29T04:30:00Z")});
  expect_window(file, *server().cluster(),
                {at("2026-09-29T04:30:00Z"), at("2026-09-29T05:30:00Z")});
}

TEST_F(Figures, OfTwoSourcesStandSideBySide) {
  add_server("second", "west");
  options_.to = "2026-10-01T02:00:00Z";
  const auto made = run();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->done, 4u);
  const ReadFile file = samples::read_openmetrics(read());
  for (const auto& server : servers_) {
    expect_window(file, *server->cluster(),
                  {at("2026-10-01T00:00:00Z"), at("2026-10-01T01:00:00Z")});
    expect_window(file, *server->cluster(),
                  {at("2026-10-01T01:00:00Z"), at("2026-10-01T02:00:00Z")});
  }
  std::vector<std::string> asked;
  for (const Progress& progress : seen_) {
    asked.push_back(progress.source + ' ' + model::format_time(progress.window.start));
  }
  EXPECT_THAT(asked, ElementsAre("demo 2026-10-01T00:00:00Z", "second 2026-10-01T00:00:00Z",
                                 "demo 2026-10-01T01:00:00Z", "second 2026-10-01T01:00:00Z"));
}

TEST_F(Figures, OfTwoClustersOfOneNameNeedNamesOfTheirOwn) {
  add_server("second");
  EXPECT_EQ(
      refusal(),
      "second: from 2026-10-01T00:00:00Z to 2026-10-01T01:00:00Z: the series "
      "opencost_cluster_cost_per_hour{cluster=\"demo\",resource=\"cpu\"} was given before; two "
      "sources call their cluster by the same name: give each its own `name`");
  EXPECT_FALSE(exists("past.om"));
  std::filesystem::remove(file("past.om.partial"));
  for (poll::Source& source : setup_.sources) source.named = true;
  ASSERT_TRUE(run());
  const ReadFile file = samples::read_openmetrics(read());
  for (const char* cluster : {"demo", "second"}) {
    EXPECT_FALSE(std::isnan(file.value("opencost_cluster_cost_per_hour",
                                       with({{"cluster", cluster}, {"resource", "cpu"}}),
                                       unix_seconds(at("2026-10-01T06:00:00Z")))))
        << cluster;
  }
}

TEST_F(Figures, AreInTheCurrencyAndOfTheFamiliesThatLiveOnesAreOf) {
  setup_.metrics = {.pods = false, .workloads = false, .currency_rate = 2};
  ASSERT_TRUE(run());
  const ReadFile file = samples::read_openmetrics(read());
  EXPECT_EQ(file.family("opencost_pod_cost_per_hour"), nullptr);
  EXPECT_EQ(file.family("opencost_workload_cost_per_hour"), nullptr);
  const model::Window window{at("2026-10-01T00:00:00Z"), at("2026-10-01T01:00:00Z")};
  const Cost cpu = server().cluster()->idle_costs(window)[model::Resource::cpu];
  EXPECT_DOUBLE_EQ(
      file.value("opencost_idle_cost_per_hour", with({{"cluster", "demo"}, {"resource", "cpu"}}),
                 unix_seconds(window.end)),
      2 * cpu.amount());
}

TEST_F(Figures, TenantsAndLabelsShareOutTheNamespaces) {
  setup_.rules = {{{.tenant = "money", .namespaces = {"pay*"}}}, {"team"}};
  setup_.labels = {"team"};
  setup_.metrics.max_series = setup_.metrics.max_family_series = 1;  // nothing is folded
  ASSERT_TRUE(run());
  for (const std::string& request : server().requests()) {
    EXPECT_EQ(request.find("includeAggregatedMetadata") != std::string::npos,
              request.find("/allocation") != std::string::npos)
        << request;
  }
  const ReadFile file = samples::read_openmetrics(read());
  const auto sums = [&](const char* family) {
    std::map<std::pair<std::string, std::int64_t>, double> out;
    for (const auto& series : file.family(family)->series) {
      for (const auto& [time, value] : series.points) {
        out[{series.labels.at("resource"), time}] += value;
      }
    }
    return out;
  };
  const auto whole = sums("opencost_namespace_cost_per_hour");
  for (const char* family : {"opencost_tenant_cost_per_hour", "opencost_label_cost_per_hour"}) {
    ASSERT_NE(file.family(family), nullptr);
    const auto parts = sums(family);
    ASSERT_EQ(parts.size(), whole.size());
    for (const auto& [key, cost] : whole) EXPECT_NEAR(parts.at(key), cost, 1e-9) << key.first;
  }
}

TEST_F(Figures, LabelsAreEscapedAndASeriesKeepsItsOwn) {
  options_.to = "2026-10-01T01:00:00Z";
  options_.labels = {{"job", "a \"b\" \\c\nd}, e"}, {"namespace", "observability"}};
  ASSERT_TRUE(run());
  const ReadFile file = samples::read_openmetrics(read());
  for (const auto& family : file.families) {
    for (const auto& series : family.series) {
      EXPECT_EQ(series.labels.at("job"), "a \"b\" \\c\nd}, e");
      const auto spec =
          std::find_if(std::begin(metrics::kCatalogue), std::end(metrics::kCatalogue),
                       [&](const metrics::MetricSpec& row) { return row.name == family.name; });
      const bool own = std::count(spec->labels.begin(), spec->labels.end(), "namespace") > 0;
      EXPECT_EQ(series.labels.at("namespace") == "observability", !own) << series.text;
    }
  }
}

TEST_F(Figures, NoLabelsAreNeeded) {
  options_.labels.clear();
  ASSERT_TRUE(run());
  EXPECT_FALSE(std::isnan(samples::read_openmetrics(read()).value(
      "opencost_cluster_cost_per_hour", {{"cluster", "demo"}, {"resource", "cpu"}},
      unix_seconds(at("2026-10-01T01:00:00Z")))));
}

TEST_F(Figures, WindowsBeforeAllThatIsKnownAreEmpty) {
  options_.from = "2019-12-31T22:00:00Z";
  options_.to = "2020-01-01T02:00:00Z";
  const auto made = run();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->done, 4u);
  EXPECT_EQ(made->empty, 2u);
  const ReadFile file = samples::read_openmetrics(read());
  const samples::ReadFamily* const clusters = file.family("opencost_cluster_cost_per_hour");
  ASSERT_NE(clusters, nullptr);
  for (const auto& series : clusters->series) {
    EXPECT_GE(series.points.begin()->first, unix_seconds(at("2020-01-01T01:00:00Z")));
  }
  expect_window(file, *server().cluster(),
                {at("2020-01-01T01:00:00Z"), at("2020-01-01T02:00:00Z")});
}

TEST_F(Figures, WhereNothingIsKnownAtAllTheFileHasOnlyItsEnd) {
  options_.from = "2019-06-01";
  options_.to = "2019-06-01T03:00:00Z";
  const auto made = run();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->empty, 3u);
  EXPECT_EQ(read(), "# EOF\n");
  EXPECT_EQ(server().requests().size(), 3u);
}

TEST_F(Figures, AWindowWithoutAssetsHasItsAllocations) {
  options_.to = "2026-10-01T01:00:00Z";
  on_window_ = nullptr;
  // The first question is answered, the second, for assets, is not.
  setup_.make_transport = [this](const poll::Source& source) {
    class Failing final : public http::Transport {
     public:
      Failing(demo::Server& server, const http::Options& options)
          : server_(server), curl_(options) {}
      Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                              std::stop_token stop) override {
        if (url.find("/assets") != std::string::npos) {
          EXPECT_TRUE(server_.fail_next("empty-list", 1));
        }
        return curl_.get(url, body, stop);
      }

     private:
      demo::Server& server_;
      http::CurlTransport curl_;
    };
    return std::make_unique<Failing>(server(), source.http);
  };
  const auto made = run();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->empty, 0u);
  const ReadFile file = samples::read_openmetrics(read());
  EXPECT_EQ(file.family("opencost_node_cost_per_hour"), nullptr);
  EXPECT_NE(file.family("opencost_pod_cost_per_hour"), nullptr);
}

TEST_F(Figures, RowsLeftOutAreCounted) {
  options_.to = "2026-10-01T01:00:00Z";
  ASSERT_TRUE(server().fail_next("null-costs", 1));
  const auto made = run();
  ASSERT_TRUE(made);
  EXPECT_GT(made->rejected, 0u);
}

}  // namespace
}  // namespace exporter::backfill
