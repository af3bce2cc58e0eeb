// Publications made by hand, and questions put to what answers routes, for the tests of api/.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/api/handlers.h"
#include "tests/api/rows.h"

namespace exporter::api::samples {

using Labels = std::vector<std::string>;

inline std::chrono::sys_seconds at(std::string_view time) { return *model::parse_time(time); }
inline std::chrono::local_days date(std::string_view text) { return *model::parse_date(text); }

inline access::Caller admin() { return {.name = "token root", .admin = true}; }
inline access::Caller tenant(const std::string& name) {
  return {.name = "token " + name, .tenant = name};
}

/// What is known of some sources, from which publications are made as the exporter makes them: by
/// its own sums of periods. Days are kept in memory unless there is a path.
class World {
 public:
  explicit World(std::string_view now = "2026-03-10T12:30:00Z", model::Calendar calendar = {},
                 const std::string& ledger_path = {})
      : clock(at(now)), ledger({.path = ledger_path}), calendar_(calendar) {}

  /// The last whole hour, pod by pod.
  void current(const std::string& source, const Rows& rows) {
    const auto end = std::chrono::floor<std::chrono::hours>(clock.now());
    current(source, {end - std::chrono::hours(1), end}, rows);
  }
  void current(const std::string& source, model::Window window, const Rows& rows) {
    at_source(source).current = broken_down(in(window, rows));
  }
  /// From midnight to the last whole hour.
  void today(const std::string& source, const Rows& rows) {
    const auto start = calendar_.start(calendar_.date(seconds(clock.now())));
    const auto end = std::chrono::floor<std::chrono::hours>(clock.now());
    at_source(source).today = broken_down(by_workload({start, end}, rows));
  }
  /// All of yesterday, of which there is no other answer yet.
  void yesterday(const std::string& source, const Rows& rows) {
    const auto day = calendar_.day(calendar_.date(seconds(clock.now())) - std::chrono::days(1));
    at_source(source).today = broken_down(by_workload(day, rows));
  }
  /// A finished day, recorded with these labels.
  void day(const std::string& source, std::string_view day, const Rows& rows,
           const Labels& labels = {}) {
    day_of(source, calendar_.day(date(day)), rows, labels);
  }
  void day_of(const std::string& source, model::Window window, const Rows& rows,
              const Labels& labels = {}) {
    at_source(source);
    ledger::Entry entry;
    entry.window = entry.lived = window;
    entry.answered_at = window.end + std::chrono::hours(7);
    entry.labels = labels;
    ledger.record(source, entry, by_workload(window, rows).get());
  }
  /// A finished day of which OpenCost knew nothing.
  void absent(const std::string& source, std::string_view day) {
    at_source(source);
    ledger::Entry entry;
    entry.window = calendar_.day(date(day));
    entry.state = ledger::State::absent;
    ledger.record(source, entry, nullptr);
  }
  /// Of the window of `current`, by default.
  void assets(const std::string& source, const std::vector<AssetRow>& rows) {
    Source& one = at_source(source);
    auto table = cost::samples::assets(rows);
    table->window = one.current ? one.current->window : cost::samples::hour();
    one.assets = std::make_shared<const cost::Inventory>(
        cost::take_inventory(table, one.current ? one.current->rows.get() : nullptr));
  }
  /// It speaks of the same cluster as another source, and is not shown.
  void conflict(const std::string& source) { at_source(source).conflict = true; }
  /// It is configured, and has not answered.
  void silent(const std::string& source) { at_source(source); }

  /// Made once. What is known must not change afterwards, but for days.
  std::shared_ptr<const poll::Publication> publication() {
    if (!publication_) publication_ = make();
    return publication_;
  }

  using Given = std::map<std::string, std::string>;
  /// With defaults for what is not given, as if all had been checked.
  Answer<Table> ask(const RowsRoute& route, const access::Caller& caller, const Given& given = {}) {
    Parameters parameters;
    for (const Parameter& one : route.parameters) {
      const auto found = given.find(std::string(one.name));
      parameters.set(std::string(one.name),
                     found == given.end() ? std::string(one.default_value) : found->second);
    }
    const auto held = publication();
    const Scope scope(caller, held->rules);
    const Sources sources{clock, board_, ledger, collections_};
    return route.rows({sources, *held, held, scope, caller, parameters, clock.now()});
  }

  ManualClock clock;
  ledger::Ledger ledger;
  cost::AttributionRules rules{};
  Labels recorded_today{};  // labels that answers of today hold

 private:
  struct Source {
    std::shared_ptr<const cost::Breakdown> current, today;
    std::shared_ptr<const cost::Inventory> assets;
    bool conflict = false;
  };

  static std::chrono::sys_seconds seconds(SystemTime time) {
    return std::chrono::floor<std::chrono::seconds>(time);
  }
  static std::shared_ptr<const cost::Breakdown> broken_down(
      std::shared_ptr<const model::AllocationTable> table) {
    return std::make_shared<const cost::Breakdown>(cost::break_down(std::move(table)));
  }

  Source& at_source(const std::string& name) {
    for (auto& [known, source] : sources_) {
      if (known == name) return source;
    }
    return sources_.emplace_back(name, Source{}).second;
  }

  std::shared_ptr<const poll::Publication> make() {
    auto made = std::make_shared<poll::Publication>();
    made->published_at = clock.now();
    made->report.snapshot = 1;
    made->currency = "USD";
    made->calendar = calendar_;
    made->rules = std::make_shared<const cost::AttributionRules>(rules);
    metrics::SelfMetrics self(clock.now());
    poll::History history(ledger, self, [](const log::Event&) {});
    std::vector<std::string> names;
    for (const auto& [name, source] : sources_) names.push_back(name);
    history.adopt({names, calendar_, std::nullopt, recorded_today}, clock.now());
    for (const auto& [name, source] : sources_) {
      made->sources.push_back({name, {}});
      cost::SourceReport& report = made->report.sources.emplace_back();
      if (!source.conflict)
        fill(report, name, source, history.periods(name, source.today, clock.now()), made->rules);
    }
    return made;
  }

  static void fill(cost::SourceReport& report, const std::string& name, const Source& source,
                   poll::History::Periods periods,
                   const std::shared_ptr<const cost::AttributionRules>& rules) {
    const auto attributed = [&](const std::shared_ptr<const cost::Breakdown>& costs) {
      return costs ? std::make_shared<const cost::Attribution>(cost::attribute(costs, rules))
                   : nullptr;
    };
    report.name = name;
    report.current = source.current;
    report.attribution = attributed(source.current);
    report.assets = source.assets;
    report.periods = std::move(periods);
    for (std::size_t i = 0; i < report.periods.size(); ++i) {
      report.period_attribution[i] = attributed(report.periods[i].costs);
    }
  }

  const model::Calendar calendar_;
  std::vector<std::pair<std::string, Source>> sources_;
  std::shared_ptr<const poll::Publication> publication_;
  poll::Board board_;
  poll::Collections collections_{clock};
};

}  // namespace exporter::api::samples
