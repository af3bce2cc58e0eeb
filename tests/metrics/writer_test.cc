#include "exporter/metrics/writer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

#include "tests/metrics/exposition.h"
#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

TEST(AppendNumber, WritesWhatPrometheusReads) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::pair<double, std::string> rows[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {-1, "-1"},
      {0.1, "0.1"},
      {0.5, "0.5"},
      {1e-7, "1e-07"},
      {1e21, "1e+21"},
      {1e-6, "1e-06"},
      {123456.789, "123456.789"},
      {1773136800, "1773136800"},
      {4e9, "4000000000"},
      {-1e15, "-1000000000000000"},
      {1'795'363'000'000, "1795363000000"},
      {9'007'199'254'740'992, "9007199254740992"},
      {1e17, "1e+17"},
      {0.1 + 0.2, "0.30000000000000004"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {kInfinity, "+Inf"},
      {-kInfinity, "-Inf"},
      {std::nan(""), "NaN"},
      {-std::nan(""), "NaN"}};
  for (const auto& [value, expected] : rows) EXPECT_EQ(number(value), expected);
}

TEST(AppendNumber, ReadsBackTheSame) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const auto bits = random();
    double value = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    const std::string text = number(value);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    ASSERT_EQ(std::signbit(std::strtod(text.c_str(), nullptr)), std::signbit(value)) << text;
  }
}

TEST(AppendNumber, Appends) {
  std::string out = "x ";
  append_number(out, 2.5);
  EXPECT_EQ(out, "x 2.5");
}

TEST(AppendLabelValue, EscapesQuotesBackslashesAndLineBreaksOnly) {
  const std::pair<std::string, std::string> rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"\"", "\\\""},
      {"\\", "\\\\"},
      {"\n", "\\n"},
      {"\\n", "\\\\n"},
      {"\\\"", "\\\\\\\""},
      {"a\nb\nc", "a\\nb\\nc"},
      {"\n\n", "\\n\\n"},
      {"tab\there", "tab\there"},
      {"cr\r", "cr\r"},
      {"{}=, #", "{}=, #"},
      {"caf\xc3\xa9 \xf0\x9f\x92\xb8", "caf\xc3\xa9 \xf0\x9f\x92\xb8"},
      {std::string("nul\0!", 5), std::string("nul\0!", 5)}};
  for (const auto& [value, expected] : rows) {
    std::string out = "<";
    append_label_value(out, value);
    EXPECT_EQ(out, "<" + expected);
  }
}

TEST(Labels, HostileNamesComeBackFromThePage) {
  const std::string hostile[] = {"\"",
                                 "\\",
                                 "\n",
                                 "a\"b\\c\nd",
                                 "\\n",
                                 "\"} 1\nopencost_up 0",
                                 "# HELP",
                                 "{x=\"y\"}",
                                 " ",
                                 ",",
                                 "caf\xc3\xa9",
                                 "\xf0\x9f\x92\xb8",
                                 "ends with \\",
                                 "\\\\\\\"\"\"\n\n"};
  for (const std::string& name : hostile) {
    SCOPED_TRACE(name);
    using cost::samples::on_node;
    using cost::samples::owned;
    using cost::samples::pod;
    const auto row = on_node(owned(pod(name, name, name, 7), name, name), name);
    cost::Report report;
    report.sources.push_back(cost::samples::report_of(
        samples::breakdown({row}), samples::breakdown({row}),
        samples::inventory({{.cluster = name, .name = name, .instance_type = name, .micros = 8},
                            {.type = model::AssetType::disk,
                             .cluster = name,
                             .name = name,
                             .provider_id = name,
                             .micros = 9}},
                           {row})));
    int found = 0;
    const std::string text = samples::rendered(report);
    EXPECT_THAT(samples::faults_of(text), testing::IsEmpty());
    for (const auto& family : samples::read_families(text)) {
      for (const auto& sample : family.samples) {
        for (const auto& [label, value] : sample.labels) {
          if (label == "resource" || label == "spot" || label == "asset_type" ||
              label == "window") {
            continue;
          }
          EXPECT_EQ(value, name) << family.name << " " << label;
          ++found;
        }
      }
    }
    EXPECT_GT(found, 30);
  }
}

TEST(Crc32, ContinuesOverPieces) {
  EXPECT_EQ(crc32(0, ""), 0u);
  EXPECT_EQ(crc32(0, "123456789"), 0xcbf43926u);  // the check value of CRC-32
  for (std::size_t cut = 0; cut <= 9; ++cut) {
    const std::string_view text = "123456789";
    EXPECT_EQ(crc32(crc32(0, text.substr(0, cut)), text.substr(cut)), 0xcbf43926u) << cut;
  }
}

}  // namespace
}  // namespace exporter::metrics
