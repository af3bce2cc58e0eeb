// How the exporter's own families are written, in both formats.
#include <gmock/gmock.h>

#include "exporter/version.h"
#include "tests/metrics/self.h"

namespace exporter::metrics {
namespace {

using samples::Family;
using samples::find;
using samples::kEu;
using samples::kLabels;
using samples::kStart;
using samples::read_families;
using samples::value_of;
using samples::with;
using testing::IsEmpty;

TEST(SelfMetrics, AHistogramIsWrittenTheSameInBothFormats) {
  SelfMetrics self(kStart);
  self.published(Page(), 0.004);
  self.published(Page(), 2);
  self.published(Page(), 1000);
  const std::string expected =
      "# TYPE opencost_exporter_publish_duration_seconds histogram\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.001\"} 0\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.0025\"} 0\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.005\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.01\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.025\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.05\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.1\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.25\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"0.5\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"1.0\"} 1\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"2.5\"} 2\n"
      "opencost_exporter_publish_duration_seconds_bucket{le=\"+Inf\"} 3\n"
      "opencost_exporter_publish_duration_seconds_sum 1002.004\n"
      "opencost_exporter_publish_duration_seconds_count 3\n";
  for (Format format : {Format::text, Format::openmetrics}) {
    EXPECT_THAT(self.render(format), testing::HasSubstr(expected));
  }
}

TEST(SelfMetrics, OpenMetricsCountersAreFamiliesWithoutTotal) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group == Group::cost || spec.type != Type::counter) continue;
    SCOPED_TRACE(spec.name);
    const std::string name(spec.name), family = name.substr(0, name.size() - 6);
    const auto text = read_families(self.render(Format::text));
    const auto open = read_families(self.render(Format::openmetrics));
    ASSERT_NE(find(text, name), nullptr);
    EXPECT_EQ(find(text, family), nullptr);
    ASSERT_NE(find(open, family), nullptr);
    EXPECT_EQ(find(open, name), nullptr);
    EXPECT_EQ(find(open, family)->type, "counter");
    for (const auto& sample : find(open, family)->samples) EXPECT_EQ(sample.name, name);
  }
}

TEST(SelfMetrics, WritesWholeFamiliesInTheOrderOfTheCatalogue) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.set_currency("USD");
  self.set_rules("00ff");
  std::vector<std::string> expected;
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group == Group::exporter) expected.emplace_back(spec.name);
  }
  const std::string text = self.render(Format::text);
  EXPECT_EQ(samples::names_of(read_families(text)), expected);
  EXPECT_THAT(samples::faults_of(text), IsEmpty());
  EXPECT_THAT(samples::faults_of(self.render(Format::openmetrics)), IsEmpty());
  EXPECT_EQ(text.find("# EOF"), std::string::npos);
}

TEST(SelfMetrics, LabelsStandInTheOrderOfTheCatalogue) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  const auto families = read_families(self.render(Format::text));
  for (const MetricSpec& spec : kCatalogue) {
    const Family* const family = find(families, std::string(spec.name));
    if (spec.group == Group::cost || family == nullptr) continue;
    for (const auto& sample : family->samples) {
      ASSERT_GE(sample.labels.size(), spec.label_count()) << spec.name;
      for (std::size_t i = 0; i < spec.label_count(); ++i) {
        EXPECT_EQ(sample.labels[i].first, spec.labels[i]);
      }
    }
  }
}

TEST(SelfMetrics, HostileSourceNamesComeBack) {
  SelfMetrics self(kStart);
  const std::string name = "a\"b\\c\nd{}=,\xc3\xa9";
  self.declare({{name}, {"current"}, {}, {}, {}});
  EXPECT_EQ(value_of(self.render(Format::openmetrics), "opencost_up", with(kEu, "cluster", name)),
            0);
}

TEST(SelfMetrics, SaysWhatTheProcessIs) {
  SelfMetrics self(kStart);
  const std::string text = self.render(Format::text);
  EXPECT_GE(value_of(text, "process_cpu_seconds_total", {}), 0);
  EXPECT_GT(value_of(text, "process_resident_memory_bytes", {}), 1e5);
  EXPECT_GT(value_of(text, "process_virtual_memory_bytes", {}),
            value_of(text, "process_resident_memory_bytes", {}));
  EXPECT_GE(value_of(text, "process_open_fds", {}), 3);
  EXPECT_GE(value_of(text, "process_max_fds", {}), value_of(text, "process_open_fds", {}));
  EXPECT_EQ(value_of(text, "process_start_time_seconds", {}), 1'773'136'800.25);
  EXPECT_EQ(value_of(text, "opencost_exporter_build_info", {{"version", std::string(kVersion)}}),
            1);
}

}  // namespace
}  // namespace exporter::metrics
