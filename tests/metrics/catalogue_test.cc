#include "exporter/metrics/catalogue.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "exporter/model/model.h"

namespace exporter::metrics {
namespace {

// What well_formed() refuses, each wrong in one way. Held at compile time, as the catalogue is.
constexpr MetricSpec kGood = {.name = "opencost_x_total", .type = Type::counter, .help = "Good."};
consteval bool refuses(MetricSpec row) { return !well_formed(std::array{kGood, row}); }
consteval MetricSpec with(std::string_view name, std::string_view help,
                          std::string_view label = {}) {
  return {.name = name, .help = help, .labels = {label}};
}
static_assert(well_formed(std::array{kGood}));
static_assert(!refuses(with("opencost_y", "Fine.", "cluster")));
static_assert(refuses(with("opencost_Y", "Upper case.")));
static_assert(refuses(with("opencost-y", "A dash.")));
static_assert(refuses(with("opencost:y", "A colon belongs to recording rules.")));
static_assert(refuses(with("opencost_y_total", "A gauge called total.")));
static_assert(refuses({.name = "opencost_y", .type = Type::counter, .help = "No total."}));
static_assert(refuses(with("opencost_y", "")));
static_assert(refuses(with("opencost_y", "No full stop")));
static_assert(refuses(with("opencost_y", "A \"quote\".")));
static_assert(refuses(with("opencost_y", "A \\ backslash.")));
static_assert(refuses(with("opencost_y", "Two\nlines.")));
static_assert(refuses(with("opencost_y", "Reserved.", "job")));
static_assert(refuses(with("opencost_y", "Reserved.", "instance")));
static_assert(refuses(with("opencost_y", "Reserved.", "le")));
static_assert(refuses(kGood));

TEST(Catalogue, LabelsAreSnakeCaseAndNoneStandsTwice) {
  for (const MetricSpec& spec : kCatalogue) {
    SCOPED_TRACE(spec.name);
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < kMaxLabels; ++i) {
      const std::string_view label = spec.labels[i];
      EXPECT_EQ(label.empty(), i >= spec.label_count()) << "a gap before " << label;
      EXPECT_EQ(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
      EXPECT_TRUE(label.empty() || seen.insert(label).second) << label;
    }
  }
}

TEST(Catalogue, PrefixesTellCostDataFromTheExporter) {
  for (const MetricSpec& spec : kCatalogue) {
    SCOPED_TRACE(spec.name);
    const bool ours = spec.name.starts_with("opencost_exporter_") ||
                      spec.name.starts_with("process_") || spec.name == "opencost_up";
    EXPECT_EQ(ours, spec.group == Group::exporter);
    EXPECT_TRUE(ours || spec.name.starts_with("opencost_"));
  }
}

TEST(Catalogue, CostDataAreGauges) {
  for (const MetricSpec& spec : kCatalogue) {
    EXPECT_TRUE(spec.group != Group::cost || spec.type == Type::gauge) << spec.name;
  }
}

std::string period_end(model::Period period) { return "_cost_" + std::string(to_string(period)); }

TEST(Catalogue, NamesSayTheirUnits) {
  for (const MetricSpec& spec : kCatalogue) {
    SCOPED_TRACE(spec.name);
    const std::string_view bare =
        spec.name.substr(0, spec.name.size() - (spec.type == Type::counter ? 6 : 0));
    EXPECT_EQ(spec.unit == "seconds", bare.ends_with("_seconds"));
    EXPECT_EQ(spec.unit == "bytes", bare.ends_with("_bytes"));
    EXPECT_EQ(spec.unit == "ratio", bare.ends_with("_ratio"));
    EXPECT_EQ(spec.unit == "cores", bare.ends_with("_cores"));
    EXPECT_EQ(spec.unit == "currency per hour", bare.ends_with("_per_hour"));
    EXPECT_EQ(spec.unit == "currency per month", bare.ends_with("_per_month"));
    const bool of_a_period =
        std::any_of(model::kPeriods.begin(), model::kPeriods.end(),
                    [&](model::Period period) { return bare.ends_with(period_end(period)); });
    const bool of_a_budget =
        bare.starts_with("opencost_budget_") && !bare.ends_with("_coverage_ratio");
    EXPECT_EQ(spec.unit == "currency",
              of_a_period || of_a_budget || bare.ends_with("_cost_forecast"));
  }
}

// OpenMetrics forbids two families of which one's sample names are the other's.
TEST(Catalogue, NoNameIsWhatAnotherMakesOfItself) {
  std::set<std::string> taken;
  for (const MetricSpec& spec : kCatalogue) {
    std::vector<std::string> names = {std::string(spec.name)};
    if (spec.type == Type::counter) names.emplace_back(spec.name.substr(0, spec.name.size() - 6));
    if (spec.type == Type::histogram) {
      for (const char* suffix : {"_bucket", "_sum", "_count"}) {
        names.push_back(std::string(spec.name) + suffix);
      }
    }
    for (const std::string& name : names) EXPECT_TRUE(taken.insert(name).second) << name;
  }
}

TEST(Catalogue, HelpIsASentence) {
  for (const MetricSpec& spec : kCatalogue) {
    SCOPED_TRACE(spec.name);
    const auto first = static_cast<unsigned char>(spec.help.front());
    EXPECT_TRUE(std::isupper(first) != 0 || std::isdigit(first) != 0);
    EXPECT_LT(spec.help.size(), 200u);
    EXPECT_EQ(spec.help.find("  "), std::string_view::npos);
  }
}

}  // namespace
}  // namespace exporter::metrics
