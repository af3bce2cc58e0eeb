// From what is kept to a publication.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "exporter/poll/kept.h"

namespace exporter::poll {

using opencost::Query;

namespace {

/// Every cluster an answer speaks of.
std::set<std::string_view> clusters_of(const cost::SourceReport& source) {
  std::set<std::string_view> clusters;
  const auto take = [&](const cost::Breakdown* part) {
    if (part == nullptr) return;
    for (const auto& cluster : part->clusters) clusters.insert(cluster.cluster);
  };
  take(source.current.get());
  for (const cost::PeriodCost& period : source.periods) take(period.costs.get());
  if (source.assets) {
    for (const auto& node : source.assets->nodes) clusters.insert(node.cluster);
    for (const auto& asset : source.assets->others) clusters.insert(asset.cluster);
  }
  return clusters;
}

/// Made of the same, as far as the page and any answer of the API can tell.
bool same(const Publication& a, const Publication& b) {
  return a.report == b.report && a.currency == b.currency && a.rules == b.rules &&
         a.calendar == b.calendar;
}

}  // namespace

cost::SourceReport Publisher::report(const std::string& name, const Queries& queries) {
  const auto kept = [&](Query query) -> const Kept& {
    return *queries[static_cast<std::size_t>(query)];
  };
  const SystemTime now = clock_.now();
  cost::SourceReport report;
  report.name = name;
  report.current = kept(Query::current).breakdown;
  report.assets = kept(Query::assets).inventory;
  report.periods = history_.periods(name, kept(Query::today).breakdown, now);
  Made& made = *made_.at(name);
  made.derived.fill(report, rules_, options_.savings, watchlist_.watch(name), history_.month(now));
  if (report.current) report.policies = made.policies;
  return report;
}

// Two sources that speak of the same cluster would give every series twice, and Prometheus refuses
// such a page whole; the one configured first is shown.
void Publisher::drop_conflicts(Publication& next) {
  std::map<std::string_view, std::string_view> owner;
  for (std::size_t i = 0; i < next.sources.size(); ++i) {
    SourceStatus& status = next.sources[i];
    for (std::string_view cluster : clusters_of(next.report.sources[i])) {
      const auto [at, fresh] = owner.emplace(cluster, status.name);
      if (fresh || at->second == status.name) continue;
      const std::string detail = fmt::format(
          "it calls its cluster \"{}\", as {} does; give each its own `name`", cluster, at->second);
      next.report.sources[i] = {};
      for (QueryStatus& query : status.queries) {
        query.shown = false;
        query.failure = "not shown: " + detail;
      }
      if (conflicts_.insert(status.name).second) {
        log_(
            {log::Level::error, "source not shown", {{"cluster", status.name}, {"error", detail}}});
      }
      break;
    }
  }
}

void Publisher::publish() {
  const SteadyTime began = clock_.steady();
  auto next = std::make_shared<Publication>();
  for (const std::string& name : options_.sources) {
    SourceStatus status{name, {}};
    const Queries& queries = kept_[name];
    for (std::size_t i = 0; i < queries.size(); ++i) {
      Kept& kept = *queries[i];
      if (kept.holds() && kept.expires <= began) end(kept, name, static_cast<Query>(i));
      // What days have told stands in the ledger.
      kept.status.shown =
          static_cast<Query>(i) == Query::day ? kept.status.last_success.has_value() : kept.holds();
      status.queries[i] = kept.status;
    }
    next->sources.push_back(std::move(status));
    next->report.sources.push_back(report(name, queries));
  }
  drop_conflicts(*next);
  complete(next->report);
  midnight_ = began + (history_.midnight(clock_.now()) - clock_.now());
  put(std::move(next), began);
}

// What takes all sources together.
void Publisher::complete(cost::Report& report) {
  const auto month = history_.month(clock_.now());
  for (const cost::Budget& budget : options_.budgets) {
    report.budgets.push_back(cost::check(budget, options_.rules.tenants, report.sources, month));
  }
  report.fleet = cost::add_up(report.sources);
  if (!options_.shared.any()) return;
  report.shared = cost::share(report.sources, options_.shared);
  report.shared_over_tenants = options_.shared.over == cost::Over::tenants;
}

// A failed poll changes what is said of a source but not a byte of the page, which is then shared,
// as is the snapshot that stands on it.
void Publisher::put(std::shared_ptr<Publication> next, SteadyTime began) {
  next->generation = ++generation_;
  next->published_at = clock_.now();
  next->currency = options_.currency;
  next->currency_rate = options_.metrics.currency_rate;
  next->rules = rules_;
  next->calendar = options_.schedule.calendar;
  const auto last = board_.latest();
  if (last) next->report.snapshot = last->report.snapshot;
  if (last && same(*last, *next) && rendered_with_ == options_.metrics) {
    next->page = last->page;
  } else {
    const auto time = next->published_at.time_since_epoch().count();
    next->report.snapshot = std::max(static_cast<std::uint64_t>(time), next->report.snapshot + 1);
    next->page =
        std::make_shared<const metrics::Page>(renderer_.render(next->report, options_.metrics));
    rendered_with_ = options_.metrics;
    const std::chrono::duration<double> took = clock_.steady() - began;
    self_.published(*next->page, took.count());
  }
  board_.put(std::move(next));
}

}  // namespace exporter::poll
