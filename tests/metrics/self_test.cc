#include "tests/metrics/self.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

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

// What declare() makes of each family with labels: how many label sets a source and query have.
const std::pair<const char*, std::size_t> kDeclared[] = {
    {"opencost_up", 1},
    {"opencost_exporter_poll_interval_seconds", 1},
    {"opencost_exporter_polls_total", 1},
    {"opencost_exporter_poll_failures_total", 2},
    {"opencost_exporter_poll_retries_total", 1},
    {"opencost_exporter_poll_duration_seconds", 1},
    {"opencost_exporter_last_success_timestamp_seconds", 1},
    {"opencost_exporter_window_end_timestamp_seconds", 1},
    {"opencost_exporter_answer_rows", 1},
    {"opencost_exporter_answer_bytes_total", 1},
    {"opencost_exporter_rows_rejected_total", 2},
    {"opencost_exporter_idle_clamped_total", 1},
};

TEST(SelfMetrics, DeclaredLabelSetsStartAtZero) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  const auto families = read_families(self.render(Format::text));
  for (const auto& [name, reasons] : kDeclared) {
    SCOPED_TRACE(name);
    const Family* const family = find(families, name);
    ASSERT_NE(family, nullptr);
    const std::size_t lines = family->type == "histogram" ? 16 : 1;  // 13 + Inf + sum + count
    EXPECT_EQ(family->samples.size(), 4 * reasons * lines);
    for (const samples::Sample& sample : family->samples) EXPECT_EQ(sample.value, "0");
  }
}

TEST(SelfMetrics, EveryFamilyByQueryOfTheCatalogueIsInThatTable) {
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group == Group::cost || spec.label_count() < 2 || spec.labels[0] != "cluster" ||
        spec.labels[1] != "query") {
      continue;
    }
    EXPECT_TRUE(std::any_of(std::begin(kDeclared), std::end(kDeclared), [&](const auto& row) {
      return row.first == spec.name;
    })) << spec.name;
  }
}

SelfMetrics::Poll poll(std::string failure = {}) {
  return {.source = "eu",
          .query = "current",
          .seconds = 0.3,
          .retries = 2,
          .bytes = 1000,
          .failure = std::move(failure)};
}

TEST(SelfMetrics, CountsPollsAndTheirFailures) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.poll_finished(poll());
  self.poll_finished(poll("timeout"));
  self.poll_finished(poll("timeout"));
  self.poll_finished(poll("parse"));
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_polls_total", kEu), 4);
  EXPECT_EQ(value_of(text, "opencost_exporter_poll_retries_total", kEu), 8);
  EXPECT_EQ(value_of(text, "opencost_exporter_answer_bytes_total", kEu), 4000);
  const std::string failures = "opencost_exporter_poll_failures_total";
  EXPECT_EQ(value_of(text, failures, with(kEu, "reason", "timeout")), 2);
  EXPECT_EQ(value_of(text, failures, with(kEu, "reason", "parse")), 1);
  EXPECT_EQ(value_of(text, failures, with(with(kEu, "query", "assets"), "reason", "parse")), 0);
  EXPECT_EQ(value_of(text, "opencost_exporter_polls_total", with(kEu, "cluster", "us")), 0);
}

TEST(SelfMetrics, UpIsTheLastPollOnly) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  for (const char* failure : {"", "timeout", "", "", "parse"}) {
    self.poll_finished(poll(failure));
    EXPECT_EQ(value_of(self.render(Format::text), "opencost_up", kEu), *failure == '\0' ? 1 : 0);
  }
}

TEST(SelfMetrics, StatesTheIntervalInForce) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  const std::string name = "opencost_exporter_poll_interval_seconds";
  for (const int seconds : {300, 86'400, 60}) {
    self.set_interval("eu", "current", std::chrono::seconds(seconds));
    self.poll_finished(poll("timeout"));
    self.declare(kLabels);
    const std::string text = self.render(Format::text);
    EXPECT_EQ(value_of(text, name, kEu), seconds);
    EXPECT_EQ(value_of(text, name, with(kEu, "query", "assets")), 0);
    EXPECT_EQ(value_of(text, name, with(kEu, "cluster", "us")), 0);
  }
}

TEST(SelfMetrics, RemembersTheLastAcceptedAnswer) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  SelfMetrics::Accepted accepted{.source = "eu",
                                 .query = "current",
                                 .at = kStart,
                                 .window_end = std::chrono::sys_seconds(std::chrono::seconds(900)),
                                 .rows = 70,
                                 .idle_clamped = 1,
                                 .rejected = {{"null_cost", 3}}};
  self.answer_accepted(accepted);
  accepted.rows = 60;
  accepted.at += std::chrono::minutes(5);
  self.answer_accepted(accepted);
  self.poll_finished(poll("timeout"));
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_answer_rows", kEu), 60);
  EXPECT_EQ(value_of(text, "opencost_exporter_last_success_timestamp_seconds", kEu),
            1'773'137'100.25);
  EXPECT_EQ(value_of(text, "opencost_exporter_window_end_timestamp_seconds", kEu), 900);
  EXPECT_EQ(value_of(text, "opencost_exporter_idle_clamped_total", kEu), 2);
  const std::string rejected = "opencost_exporter_rows_rejected_total";
  EXPECT_EQ(value_of(text, rejected, with(kEu, "reason", "null_cost")), 6);
  EXPECT_EQ(value_of(text, rejected, with(kEu, "reason", "malformed")), 0);
}

TEST(SelfMetrics, ADeclarationKeepsWhatStaysAndDropsWhatIsGone) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.poll_finished(poll("timeout"));
  self.declare({{"ap", "eu"}, kLabels.queries, kLabels.failures, kLabels.rejections, {}});
  self.poll_finished(poll("timeout"));
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_polls_total", kEu), 2);
  EXPECT_EQ(value_of(text, "opencost_exporter_polls_total", with(kEu, "cluster", "ap")), 0);
  EXPECT_EQ(text.find("\"us\""), std::string::npos);
}

TEST(SelfMetrics, ASourceThatComesBackStartsAtZero) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  self.poll_finished(poll("timeout"));
  self.declare({});
  EXPECT_EQ(self.render(Format::text).find("cluster=\""), std::string::npos);
  self.declare(kLabels);
  EXPECT_EQ(value_of(self.render(Format::text), "opencost_exporter_polls_total", kEu), 0);
}

TEST(SelfMetrics, NamesOneCurrency) {
  SelfMetrics self(kStart);
  const auto currencies = [&] {
    std::vector<std::string> out;
    const auto families = read_families(self.render(Format::text));
    const Family* const family = find(families, "opencost_exporter_currency_info");
    if (family == nullptr) return out;
    for (const auto& sample : family->samples) {
      out.push_back(sample.labels.at(0).second + " " + sample.value);
    }
    return out;
  };
  EXPECT_THAT(currencies(), IsEmpty());
  for (const char* code : {"USD", "EUR", "EUR", "USD"}) {
    self.set_currency(code);
    EXPECT_THAT(currencies(), testing::ElementsAre(std::string(code) + " 1"));
  }
}

TEST(SelfMetrics, TheCurrencyIsNeverAbsentWhileItIsSetAgain) {
  SelfMetrics self(kStart);
  self.set_currency("USD");
  std::atomic<bool> done = false;
  int absent = 0;
  std::thread reader([&] {
    while (!done) {
      if (self.render(Format::text).find("currency=\"") == std::string::npos) ++absent;
    }
  });
  for (int i = 0; i < 2'000; ++i) self.set_currency(i % 3 == 0 ? "EUR" : "USD");
  done = true;
  reader.join();
  EXPECT_EQ(absent, 0);
}

TEST(SelfMetrics, PublicationsAndReloads) {
  SelfMetrics self(kStart);
  Page page;
  page.series = 120;
  self.published(page, 0.004);
  page.series = 80;
  self.published(page, 3);
  self.config_loaded(true, kStart);
  self.config_loaded(false, kStart + std::chrono::hours(1));
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_series", {}), 80);
  EXPECT_EQ(value_of(text, "opencost_exporter_publications_total", {}), 2);
  EXPECT_EQ(value_of(text, "opencost_exporter_publish_duration_seconds_count", {}), 2);
  EXPECT_EQ(value_of(text, "opencost_exporter_config_last_reload_successful", {}), 0);
  EXPECT_EQ(value_of(text, "opencost_exporter_config_last_reload_success_timestamp_seconds", {}),
            1'773'136'800.25);
  self.config_loaded(true, kStart + std::chrono::hours(1));
  EXPECT_EQ(
      value_of(self.render(Format::text), "opencost_exporter_config_last_reload_successful", {}),
      1);
}

TEST(SelfMetrics, SaysWhatTheLastPublicationChanged) {
  SelfMetrics self(kStart);
  Page page;
  page.added = 12;
  page.removed = 3;
  self.published(page, 1);
  page.added = 0;
  page.removed = 7;
  self.published(page, 1);
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_series_added", {}), 0);
  EXPECT_EQ(value_of(text, "opencost_exporter_series_removed", {}), 7);
}

TEST(SelfMetrics, SaysWhatWasFoldedOfEachFamilyThatEverCanBe) {
  SelfMetrics self(kStart);
  const std::string name = "opencost_exporter_series_folded";
  const Page page = render({}, {});
  ASSERT_EQ(page.folded.size(), 18u);
  const auto families = read_families(self.render(Format::text));
  const Family* const before = find(families, name);
  ASSERT_NE(before, nullptr);
  ASSERT_EQ(before->samples.size(), page.folded.size());
  for (const samples::Sample& sample : before->samples) EXPECT_EQ(sample.value, "0");

  Page folded = render({}, {});
  folded.folded = {{"opencost_pod_cost_per_hour", 99}};
  self.published(folded, 1);
  const std::map<std::string, std::string> pods = {{"family", "opencost_pod_cost_per_hour"}};
  const std::map<std::string, std::string> labels = {{"family", "opencost_label_cost_per_hour"}};
  EXPECT_EQ(value_of(self.render(Format::text), name, pods), 99);
  EXPECT_EQ(value_of(self.render(Format::text), name, labels), 0);
  self.published(page, 1);
  EXPECT_EQ(value_of(self.render(Format::text), name, pods), 0);
}

TEST(SelfMetrics, NamesTheRulesInForce) {
  SelfMetrics self(kStart);
  const auto rules = [&] {
    std::vector<std::string> out =
        samples::series(self.render(Format::text), "opencost_exporter_rules_info");
    return out;
  };
  EXPECT_THAT(rules(), IsEmpty());
  for (const char* hash : {"00ff", "00ff", "", "", "11aa"}) {
    self.set_rules(hash);
    const std::string line = std::string(hash) + " 1";
    EXPECT_EQ(rules(), *hash == '\0' ? std::vector<std::string>() : std::vector{line});
  }
}

// A page that counts a poll without its failure would make one look like a success.
TEST(SelfMetrics, APageShowsAPollWholeOrNotAtAll) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  std::atomic<bool> done = false;
  std::thread poller([&] {
    while (!done) self.poll_finished(poll("timeout"));
  });
  int torn = 0;
  for (int i = 0; i < 500; ++i) {
    const std::string text = self.render(Format::text);
    if (value_of(text, "opencost_exporter_polls_total", kEu) !=
        value_of(text, "opencost_exporter_poll_failures_total", with(kEu, "reason", "timeout"))) {
      ++torn;
    }
  }
  done = true;
  poller.join();
  EXPECT_EQ(torn, 0);
}

TEST(SelfMetrics, APageShowsTheLedgerWholeOrNotAtAll) {
  SelfMetrics self(kStart);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (std::uint64_t days = 0; !done; days = 1 - days) self.ledger({days == 0, days, days});
  });
  int torn = 0;
  for (int i = 0; i < 500; ++i) {
    const std::string text = self.render(Format::text);
    const auto waiting = value_of(text, "opencost_exporter_ledger_entries_waiting", {});
    if (waiting != value_of(text, "opencost_exporter_ledger_size_bytes", {})) ++torn;
  }
  done = true;
  writer.join();
  EXPECT_EQ(torn, 0);
}

TEST(SelfMetrics, CanBeUsedFromSeveralThreads) {
  SelfMetrics self(kStart);
  self.declare(kLabels);
  SelfMetrics::Accepted accepted;
  accepted.source = "eu";
  accepted.query = "current";
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        self.poll_finished(poll(i % 2 == 0 ? "timeout" : ""));
        self.answer_accepted(accepted);
        self.published(Page(), 0.1);
        self.config_loaded(true, kStart);
        if (i % 20 == 0) self.declare(kLabels);
        EXPECT_TRUE(i % 50 != t || !self.render(Format::openmetrics).empty());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = self.render(Format::text);
  EXPECT_EQ(value_of(text, "opencost_exporter_polls_total", kEu), 800);
  EXPECT_EQ(value_of(text, "opencost_exporter_poll_failures_total", with(kEu, "reason", "timeout")),
            400);
}

}  // namespace
}  // namespace exporter::metrics
