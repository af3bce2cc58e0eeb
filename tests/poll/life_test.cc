// Seventy days of an exporter's life beside a fake OpenCost, over real HTTP and on a clock that
// jumps: month ends, outages of either side, restarts, late data, and an OpenCost that forgets.
// Every period is held against the fake cluster's own model, and every request is counted.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "tests/poll/living.h"

namespace exporter::poll {
namespace {

using model::Days;
using model::Period;
using model::Window;
using opencost::Query;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;

using samples::Process;

using Sums = std::map<std::string, model::Costs>;

/// What the cluster cost by its own model, namespace by namespace; idle and unmounted under names
/// no namespace can have.
void add_model(Sums& sums, const demo::Cluster& cluster, Window window) {
  for (const auto& [name, costs] : cluster.namespace_costs(window, demo::kWorkloadRows)) {
    sums[name] += costs;
  }
  sums["(idle)"] += cluster.idle_costs(window);
  sums["(unmounted)"] += cluster.unmounted_costs(window);
}

Sums sums_of(const cost::Breakdown& breakdown) {
  Sums sums;
  for (const auto& row : breakdown.namespaces) sums[std::string(row.name_space)] += row.costs;
  for (const auto& row : breakdown.idle) sums["(idle)"] += row.costs;
  for (const auto& row : breakdown.unmounted) sums["(unmounted)"] += row.costs;
  return sums;
}

std::string text(const Sums& sums) {
  std::string out;
  for (const auto& [name, costs] : sums) {
    out += name;
    for (const Cost cost : costs.by) out += fmt::format(" {}", cost.micros);
    out += '\n';
  }
  return out;
}

struct Life : testing::Test {
  Life() {
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    server->forget_before(std::chrono::sys_days(std::chrono::year(2025) / 12 / 16));
  }
  ~Life() override { std::filesystem::remove_all(folder); }

  static SystemTime on(int month, int day, int hour = 0, int minute = 0) {
    return std::chrono::sys_days(std::chrono::year(2026) / month / day) + hours(hour) +
           minutes(minute);
  }

  void begin() {
    PublisherOptions options;
    // Fewer questions about the present than by default: this is about days.
    options.schedule = {.current = hours(2), .assets = hours(8), .today = hours(1), .jitter = 0};
    options.max_age = hours(3);
    process = std::make_unique<Process>(clock, *server, folder + "/ledger.db", cut, options);
    ASSERT_FALSE(process->ledger.trouble().has_value()) << process->ledger.trouble()->detail;
  }
  void end() { process.reset(); }
  void fail(int requests) {
    const std::size_t from = server->requests().size();
    ASSERT_TRUE(server->fail_next("error500", requests));
    for (int i = 0; i < requests; ++i) faulted.insert(from + static_cast<std::size_t>(i));
  }

  const cost::SourceReport& report() {
    held = process->board.latest();
    return held->report.sources.at(0);
  }
  Window today_window() {
    return held->sources.at(0).queries.at(static_cast<std::size_t>(Query::today)).window.value();
  }

  /// Every period against the model. All finished days since `known_since` must be known.
  void check(local_days known_since) {
    const cost::SourceReport& source = report();
    const model::Calendar calendar;
    const local_days today = calendar.date(std::chrono::floor<seconds>(clock.now()));
    for (Period period : model::kPeriods) {
      SCOPED_TRACE(fmt::format("{} at {}", to_string(period),
                               model::format_time(std::chrono::floor<seconds>(clock.now()))));
      const Days all = model::days_of(period, today);
      Sums expected;
      for (local_days day = std::max(all.first, known_since); day < std::min(all.end, today);
           day += days(1)) {
        add_model(expected, *server->cluster(), calendar.day(day));
      }
      if (all.end > today) add_model(expected, *server->cluster(), today_window());
      const cost::PeriodCost& cost = source.period(period);
      ASSERT_TRUE(cost.costs != nullptr);
      EXPECT_EQ(text(sums_of(*cost.costs)), text(expected));
      const bool whole = all.first >= known_since;
      EXPECT_EQ(cost.coverage.ratio() == 1, whole) << cost.coverage.ratio();
      ++checked;
    }
  }

  SystemTime start = on(1, 15, 10, 7);
  ManualClock clock{start};
  std::unique_ptr<demo::Server> server =
      demo::Server::start({.seed = 7, .name = "life", .nodes = 3, .pods = 12}, clock).value();
  std::string folder = testing::TempDir() + "life_XXXXXX";
  bool cut = false;
  std::set<std::size_t> faulted;  // requests, by number, that were answered badly on purpose
  std::unique_ptr<Process> process;
  std::shared_ptr<const Publication> held;
  int checked = 0;
};

double number(const std::string& page, const std::string& series) {
  const std::size_t at = page.find(series + " ");
  return at == std::string::npos ? -1 : std::stod(page.substr(at + series.size()));
}

TEST_F(Life, EveryPeriodEqualsTheModelThroughSeventyDays) {
  const local_days remembered{std::chrono::year(2025) / 12 / 16};
  begin();
  fail(5);  // while the ledger is being filled
  process->live_until(on(1, 16, 12));
  check(remembered);
  double changed = 0;
  for (int day = 17; day <= 31; ++day) {
    // Data of the evening comes in the morning.
    process->live_until(on(1, day - 1, 21));
    server->fall_behind(day % 3 == 0 ? hours(4) : hours(0));
    process->live_until(on(1, day, 5));
    server->fall_behind(hours(0));
    process->live_until(on(1, day, 12));
    check(remembered);
  }
  changed += number(process->self.render(metrics::Format::text),
                    "opencost_exporter_ledger_entries_changed_total{cluster=\"life\"}");
  EXPECT_EQ(changed, 5);  // the days before 18, 21, 24, 27 and 30

  process->live_until(on(2, 1, 0, 50));  // a month has just begun
  check(remembered);
  end();  // the exporter is down for four days
  clock.advance(on(2, 5, 9) - clock.now());
  begin();
  process->live_until(on(2, 5, 12));
  check(remembered);

  process->live_until(on(2, 9, 23, 30));
  cut = true;  // OpenCost cannot be reached for two and a half days, and a restart in between
  process->live_until(on(2, 11, 12));
  EXPECT_EQ(report().period(Period::yesterday).coverage.ratio(), 0);
  EXPECT_LT(report().period(Period::month_to_date).coverage.ratio(), 0.9);
  end();
  begin();
  process->live_until(on(2, 12, 10));
  cut = false;
  process->live_until(on(2, 12, 14));
  check(remembered);

  for (int day = 13; day <= 28; ++day) {
    process->live_until(on(2, day, 12));
    if (day % 5 == 0) fail(20);
    if (day % 4 == 0) {
      end();
      begin();
    }
    process->live_until(on(2, day, 23));
    check(remembered);
  }
  for (int day = 1; day <= 26; ++day) {
    process->live_until(on(3, day, 7));
    check(remembered);
  }
  EXPECT_EQ(checked, 5 * (1 + 15 + 1 + 1 + 1 + 16 + 26));
  EXPECT_GE(clock.now() - start, days(69) + hours(20));

  // The ledger says the same to a process that asks for nothing.
  end();
  cut = true;
  begin();
  process->live_until(clock.now() + minutes(1));
  Sums expected;
  const model::Calendar calendar;
  for (auto day = local_days{std::chrono::year(2026) / 2 / 1};
       day < local_days{std::chrono::year(2026) / 3 / 1}; day += days(1)) {
    add_model(expected, *server->cluster(), calendar.day(day));
  }
  EXPECT_EQ(text(sums_of(*report().period(Period::last_month).costs)), text(expected));
  end();

  // What OpenCost was asked.
  const std::vector<std::string> requests = server->requests();
  std::map<Window, int> answered;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto question = opencost::parse_url(server->url() + requests[i]);
    ASSERT_TRUE(question.has_value()) << requests[i];
    EXPECT_LE(question->window.end - question->window.start, days(1)) << requests[i];
    if (question->query == Query::day && !faulted.contains(i)) ++answered[question->window];
  }
  for (const auto& [window, times] : answered) {
    EXPECT_LE(times, 2) << model::format_time(window.start);
  }
  // From December 1st to yesterday, whether OpenCost knew of them or not.
  EXPECT_EQ(answered.size(), 31u + 31 + 28 + 25);
}

}  // namespace
}  // namespace exporter::poll
