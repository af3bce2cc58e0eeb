// Pages in front of promtool, where it is installed; the reading of exposition.h judges them
// anyway.
#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

struct ClosePipe {
  void operator()(std::FILE* pipe) const { static_cast<void>(::pclose(pipe)); }
};

// What promtool has against `text`; empty when it has nothing, or is not installed. It takes the 7
// days of a window's name for a unit, which is left out here.
std::string promtool_says(const std::string& text) {
  std::string path = std::filesystem::temp_directory_path() / "exporter-metrics-XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) return "no temporary file";
  ::close(descriptor);
  std::ofstream(path, std::ios::binary) << text;
  const std::string command = "if command -v promtool >/dev/null; then promtool check metrics <'" +
                              path + "' 2>&1 | grep -v '_cost_last_7_days use base unit'; fi";
  std::string output;
  {
    const std::unique_ptr<std::FILE, ClosePipe> pipe(::popen(command.c_str(), "r"));
    char buffer[4096];
    while (pipe && std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr) output += buffer;
  }
  std::filesystem::remove(path);
  return output;
}

TEST(Promtool, HasNothingAgainstTheCostPage) {
  const std::string text = samples::rendered(samples::every_family({"eu", "us"}));
  EXPECT_THAT(samples::faults_of(text), testing::IsEmpty());
  EXPECT_EQ(promtool_says(text), "");
}

TEST(Promtool, HasNothingAgainstTheExportersOwnMetrics) {
  SelfMetrics self{SystemTime{}};
  self.declare({{"eu", "us"}, {"current"}, {"timeout"}, {"malformed"}, {"full"}});
  self.set_currency("USD");
  self.published(Page(), 0.1);
  const std::string text = self.render(Format::text);
  EXPECT_THAT(samples::faults_of(text), testing::IsEmpty());
  EXPECT_EQ(promtool_says(text), "");
}

// The judges themselves can tell a bad page.
TEST(OwnLint, NamesWhatIsWrong) {
  const auto faults = [](const std::string& text) { return samples::faults_of(text).size(); };
  const std::string head = "# HELP x X.\n# TYPE x gauge\n";
  EXPECT_EQ(faults(head + "x 1\n"), 0u);
  EXPECT_EQ(faults(head), 1u);
  EXPECT_EQ(faults(head + "x 1\nx 2\n"), 1u);
  EXPECT_EQ(faults(head + "y 1\n"), 1u);
  EXPECT_EQ(faults(head + "x{a=\"1\",a=\"2\"} 1\n"), 1u);
  EXPECT_EQ(faults(head + "x 1\n" + head + "x{a=\"\"} 1\n"), 1u);
  for (const char* broken : {"x 1", "x", "x{a=\"1\" 1\n", "x{a=\"\\t\"} 1\n", "x{a=1} 1\n",
                             "x 1 2 3\n", "# EOF\nx 1\n", "{} 1\n", "x{a=\"\n\"} 1\n"}) {
    EXPECT_THROW(faults(head + broken), std::runtime_error) << broken;
  }
  EXPECT_THROW(faults("x 1\n"), std::runtime_error);
}

}  // namespace
}  // namespace exporter::metrics
