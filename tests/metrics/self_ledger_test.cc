// What the exporter says of its ledger.
#include <gmock/gmock.h>

#include "tests/metrics/self.h"

namespace exporter::metrics {
namespace {

using samples::find;
using samples::kEu;
using samples::kLabels;
using samples::kStart;
using samples::read_families;
using samples::value_of;
using LabelMap = std::map<std::string, std::string>;

double days(const SelfMetrics& self, const std::string& source, const std::string& state) {
  return value_of(self.render(Format::text), "opencost_exporter_ledger_entries",
                  {{"cluster", source}, {"state", state}});
}

double failures(const SelfMetrics& self, const std::string& reason) {
  return value_of(self.render(Format::text), "opencost_exporter_ledger_failures_total",
                  {{"reason", reason}});
}

TEST(SelfMetrics, TheLedgerStartsAtZero) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  const std::string text = self.render(Format::text);
  const auto families = read_families(text);
  const std::pair<const char*, std::size_t> rows[] = {
      {"opencost_exporter_ledger_entries", 6},  // two sources, three states
      {"opencost_exporter_ledger_entries_changed_total", 2},
      {"opencost_exporter_ledger_persistent", 1},
      {"opencost_exporter_ledger_entries_waiting", 1},
      {"opencost_exporter_ledger_failures_total", 2},
      {"opencost_exporter_ledger_size_bytes", 1}};
  for (const auto& [name, count] : rows) {
    SCOPED_TRACE(name);
    const samples::Family* const family = find(families, name);
    ASSERT_NE(family, nullptr);
    EXPECT_EQ(family->samples.size(), count);
    for (const samples::Sample& sample : family->samples) EXPECT_EQ(sample.value, "0");
  }
  for (const char* source : {"eu", "us"}) {
    for (const char* state : {"recorded", "absent", "missing"}) {
      EXPECT_EQ(days(self, source, state), 0) << source << " " << state;
    }
  }
  EXPECT_EQ(failures(self, "open"), 0);
  EXPECT_EQ(failures(self, "write"), 0);
}

TEST(SelfMetrics, TheLedgerIsWhatItWasLast) {
  SelfMetrics self(kStart);
  self.ledger({.persistent = true, .waiting = 3, .bytes = 4096});
  std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_ledger_persistent", {}), 1);
  EXPECT_EQ(value_of(text, "opencost_exporter_ledger_entries_waiting", {}), 3);
  EXPECT_EQ(value_of(text, "opencost_exporter_ledger_size_bytes", {}), 4096);
  self.ledger({});
  text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_ledger_persistent", {}), 0);
  EXPECT_EQ(value_of(text, "opencost_exporter_ledger_entries_waiting", {}), 0);
  EXPECT_EQ(value_of(text, "opencost_exporter_ledger_size_bytes", {}), 0);
}

TEST(SelfMetrics, DaysAreOfOneSource) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.ledger_days("eu", {.recorded = 40, .absent = 5, .missing = 16});
  self.ledger_days("eu", {.recorded = 41, .absent = 5, .missing = 15});
  EXPECT_EQ(days(self, "eu", "recorded"), 41);
  EXPECT_EQ(days(self, "eu", "absent"), 5);
  EXPECT_EQ(days(self, "eu", "missing"), 15);
  for (const char* state : {"recorded", "absent", "missing"}) EXPECT_EQ(days(self, "us", state), 0);
}

TEST(SelfMetrics, ChangedDaysAndFailuresAreCounted) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.ledger_day_changed("us");
  self.ledger_day_changed("us");
  self.ledger_failed("write");
  const std::string text = self.render(Format::text);
  const std::string changed = "opencost_exporter_ledger_entries_changed_total";
  EXPECT_EQ(value_of(text, changed, {{"cluster", "us"}}), 2);
  EXPECT_EQ(value_of(text, changed, {{"cluster", "eu"}}), 0);
  EXPECT_EQ(failures(self, "write"), 1);
  EXPECT_EQ(failures(self, "open"), 0);
}

// A ledger fails for all sources at once, so a reload of the sources forgets none of it.
TEST(SelfMetrics, ADeclarationKeepsTheLedger) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.ledger_failed("open");
  self.ledger_days("eu", {.recorded = 7, .absent = 0, .missing = 0});
  self.ledger_days("us", {.recorded = 8, .absent = 0, .missing = 0});
  self.ledger_day_changed("us");
  SelfMetrics::Labels labels = kLabels;
  labels.sources = {"eu"};
  self.declare(labels);
  EXPECT_EQ(failures(self, "open"), 1);
  EXPECT_EQ(days(self, "eu", "recorded"), 7);
  EXPECT_TRUE(std::isnan(days(self, "us", "recorded")));
  self.declare(kLabels);
  EXPECT_EQ(days(self, "us", "recorded"), 0);
}

TEST(SelfMetrics, ARememberedAnswerIsUpAndNoPoll) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.answer_remembered("eu", "current", kStart);
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_up", kEu), 1);
  EXPECT_EQ(value_of(text, "opencost_exporter_last_success_timestamp_seconds", kEu),
            1'773'136'800.25);
  EXPECT_EQ(value_of(text, "opencost_exporter_polls_total", kEu), 0);
  EXPECT_EQ(value_of(text, "opencost_exporter_answer_rows", kEu), 0);
  EXPECT_EQ(value_of(text, "opencost_up", {{"cluster", "us"}, {"query", "current"}}), 0);
  EXPECT_EQ(value_of(text, "opencost_up", {{"cluster", "eu"}, {"query", "assets"}}), 0);
}

}  // namespace
}  // namespace exporter::metrics
