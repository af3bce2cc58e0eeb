// Two days beside the demo's cluster, a question every five minutes: what is wasted there is found
// when it has been watched for long enough, and not before; nothing that is well run is; nothing
// comes and goes; and a restart forgets nothing.
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/poll/living.h"

namespace exporter::poll {
namespace {

using samples::Process;
using std::chrono::hours;
using std::chrono::minutes;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

PublisherOptions options() {
  PublisherOptions out;
  out.schedule.jitter = 0;
  out.policies = {{.name = "zombies",
                   .include = {"checkout"},
                   .idle_for = hours(3),
                   .minimum_per_hour = 0.01,
                   .cooldown = hours(1)},
                  {.name = "nobody", .include = {"none-*"}}};
  return out;
}

struct SavingsLife : testing::Test {
  SavingsLife() { EXPECT_NE(mkdtemp(folder.data()), nullptr); }
  ~SavingsLife() override {
    process.reset();
    std::filesystem::remove_all(folder);
  }

  void begin() {
    process.reset();
    process = std::make_unique<Process>(clock, *server, folder + "/ledger.db", cut, options());
    ASSERT_FALSE(process->ledger.trouble().has_value());
  }
  void live(hours span) {
    process->live_until(clock.now() + span, [this] { look(); });
  }

  /// `kind namespace/controller` of each saving, and how often each has appeared.
  void look() {
    const auto publication = process->board.latest();
    const cost::SourceReport& report = publication->report.sources.at(0);
    const auto& savings = report.savings;
    // The first answer of a process leaves the page without the others.
    if (!savings || !report.assets || savings->of == looked_at) return;
    looked_at = savings->of;
    std::set<std::string> now;
    for (const cost::Saving& saving : savings->rows) {
      now.insert(
          fmt::format("{} {}/{}", to_string(saving.kind), saving.of.name_space, saving.of.name));
    }
    for (const std::string& one : now) {
      if (!shown.contains(one)) ++appeared[one];
    }
    shown = std::move(now);
    count_series(*publication->page);
  }
  /// How often each series of cost data has appeared, of whatever does not come and go by itself.
  void count_series(const metrics::Page& page) {
    std::string text;
    for (const std::string& block : page.text()) text += block;
    std::istringstream lines(text);
    std::set<std::string> now;
    for (std::string line; std::getline(lines, line);) {
      if (line.front() == '#' || line.find("pod=") != std::string::npos) continue;
      if (line.find("\"job\"") != std::string::npos) continue;
      if (line.find("\"batch\"") != std::string::npos) continue;  // all jobs
      if (line.find("\"dev-") != std::string::npos) continue;     // in office hours only
      if (line.find("today") != std::string::npos) continue;      // not just after midnight
      now.insert(line.substr(0, line.rfind(' ')));
    }
    for (const std::string& one : now) {
      if (!series.contains(one)) ++series_appeared[one];
    }
    series = std::move(now);
  }
  const cost::PolicyStatus& policy(std::size_t index) {
    held = process->board.latest();
    return *held->report.sources.at(0).policies.at(index);
  }

  ManualClock clock{std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + hours(10) +
                    minutes(3)};
  std::unique_ptr<demo::Server> server = demo::Server::start({}, clock).value();
  std::string folder = testing::TempDir() + "savings_XXXXXX";
  bool cut = false;
  std::unique_ptr<Process> process;
  std::shared_ptr<const cost::Breakdown> looked_at;
  std::shared_ptr<const Publication> held;
  std::set<std::string> shown;
  std::map<std::string, int> appeared;
  std::set<std::string> series;
  std::map<std::string, int> series_appeared;
};

TEST_F(SavingsLife, WasteIsFoundOnceAndAfterARestartAsWell) {
  begin();
  live(hours(1));
  // What needs no watching.
  EXPECT_THAT(shown, Contains("unmounted_storage /"));
  EXPECT_THAT(shown, Contains("idle_load_balancer /"));
  EXPECT_THAT(shown, Contains("idle_capacity /"));
  EXPECT_THAT(shown, Not(Contains("cpu_request search/indexer")));
  live(hours(12));
  begin();
  live(hours(9));
  EXPECT_THAT(shown, Not(Contains("cpu_request search/indexer")));
  EXPECT_THAT(shown, Not(Contains("idle_workload checkout/legacy-cart")));
  live(hours(3));
  EXPECT_THAT(shown, Contains("cpu_request search/indexer"));
  EXPECT_THAT(shown, Contains("memory_request search/indexer"));
  EXPECT_THAT(shown, Contains("idle_workload checkout/legacy-cart"));
  EXPECT_THAT(shown, Not(Contains("cpu_request checkout/legacy-cart")));
  begin();
  live(hours(1));
  EXPECT_THAT(shown, Contains("idle_workload checkout/legacy-cart"));
  live(hours(22));
  for (const auto& [saving, times] : appeared) {
    // What runs in office hours only comes back every morning.
    EXPECT_LE(times, saving.find(" dev-") == std::string::npos ? 1 : 3) << saving;
    EXPECT_THAT(saving, Not(testing::HasSubstr(" payments/")));
  }
  // Which nodes were needed is not remembered: three lives, and each node once in each.
  EXPECT_GT(series_appeared.size(), 500U);
  for (const auto& [name, times] : series_appeared) {
    EXPECT_LE(times, name.find("idle_node") == std::string::npos ? 1 : 3) << name;
  }
}

TEST_F(SavingsLife, IdleTimeIsRememberedThroughRestarts) {
  begin();
  live(hours(2));
  EXPECT_THAT(policy(0).matches, IsEmpty());
  begin();
  live(hours(2));
  ASSERT_EQ(policy(0).matches.size(), 1U);
  EXPECT_EQ(policy(0).matches.front().workload.name, "legacy-cart");
  const auto idle_since = policy(0).matches.front().idle_since;
  begin();
  live(hours(1));
  ASSERT_EQ(policy(0).matches.size(), 1U);
  EXPECT_EQ(policy(0).matches.front().idle_since, idle_since);
  EXPECT_THAT(policy(1).matches, IsEmpty());
  // Away for too long: what happened meanwhile nobody knows.
  process.reset();
  clock.advance(hours(4));
  begin();
  live(hours(1));
  EXPECT_THAT(policy(0).matches, IsEmpty());
  live(hours(3));
  ASSERT_EQ(policy(0).matches.size(), 1U);
  EXPECT_GT(policy(0).matches.front().idle_since, idle_since);
}

}  // namespace
}  // namespace exporter::poll
