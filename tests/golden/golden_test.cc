// Recorded answers in, the whole page out. After a change that is meant: tests/golden/update.
#include "tests/golden/golden.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <sstream>

#include "tests/metrics/exposition.h"

namespace exporter::golden {
namespace {

const std::string kHere = std::string(EXPORTER_TESTS_DIR) + "/golden";

std::string read(const std::string& name) {
  std::ifstream file(kHere + '/' + name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + name);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// The first line that differs, since two pages side by side help nobody.
std::string difference(const std::string& found, const std::string& expected) {
  std::istringstream a(found), b(expected);
  for (int number = 1;; ++number) {
    std::string left, right;
    const bool more_left = static_cast<bool>(std::getline(a, left));
    const bool more_right = static_cast<bool>(std::getline(b, right));
    if (!more_left && !more_right) return found == expected ? "" : "the end of the last line";
    if (more_left != more_right || left != right) {
      return fmt::format("line {}\n  found:    {}\n  expected: {}", number, left, right);
    }
  }
}

TEST(Golden, TheCostPage) {
  EXPECT_EQ(difference(replay(kHere + "/recordings").cost, read("metrics.txt")), "");
}

TEST(Golden, TheExportersOwnMetrics) {
  EXPECT_EQ(difference(replay(kHere + "/recordings").exporter, read("exporter.txt")), "");
}

TEST(Golden, PrometheusWouldTakeIt) {
  EXPECT_THAT(metrics::samples::faults_of(read("metrics.txt")), testing::IsEmpty());
  EXPECT_THAT(metrics::samples::faults_of(read("exporter.txt")), testing::IsEmpty());
}

// So that a change of the recordings cannot quietly hollow the page out.
TEST(Golden, ItShowsEveryFamilyOfTwoClustersAndWhatWasWrong) {
  const std::string cost = read("metrics.txt"), exporter = read("exporter.txt");
  for (const metrics::MetricSpec& spec : metrics::kCatalogue) {
    if (spec.group != metrics::Group::cost || spec.label_count() == 0) continue;
    // Common cost is borne by namespaces or by tenants, here by the latter.
    if (spec.name == "opencost_namespace_shared_cost_per_hour") continue;
    const std::string label(spec.labels[0]);
    const auto values = label == "budget"     ? std::array{"all", "payments"}
                        : label == "resource" ? std::array{"cpu", "memory"}
                                              : std::array{"eu", "us"};
    for (const char* value : values) {
      const std::string series = std::string(spec.name) + "{" + label + "=\"" + value + "\"";
      EXPECT_NE(cost.find(series), std::string::npos) << series;
    }
  }
  for (const char* line :
       {"poll_failures_total{cluster=\"us\",query=\"assets\",reason=\"http_status\"} 1\n",
        "rows_rejected_total{cluster=\"us\",query=\"current\",reason=\"null_cost\"} 1\n",
        "rows_rejected_total{cluster=\"us\",query=\"current\",reason=\"absurd_cost\"} 1\n"}) {
    EXPECT_NE(exporter.find(line), std::string::npos) << line;
  }
}

TEST(Difference, NamesTheFirstLine) {
  EXPECT_EQ(difference("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(difference("a\nb\n", "a\nc\n"), "line 2\n  found:    b\n  expected: c");
  EXPECT_EQ(difference("a\n", "a\nc\n"), "line 2\n  found:    \n  expected: c");
  EXPECT_EQ(difference("a\nb\n", "a\n"), "line 2\n  found:    b\n  expected: ");
  EXPECT_EQ(difference("a", "a\n"), "the end of the last line");
}

}  // namespace
}  // namespace exporter::golden
