#include "exporter/api/windows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "exporter/poll/poll.h"

namespace exporter::api {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

bool recorded(const cost::PeriodCost& period, const Scope& scope) {
  if (!period.costs) return true;
  const std::vector<std::string> labels = scope.labels();
  return std::all_of(labels.begin(), labels.end(), [&](const std::string& name) {
    const auto at = period.by_label.find(name);
    return at != period.by_label.end() && at->second.known >= period.coverage.known;
  });
}

cost::Coverage current_coverage(const cost::Breakdown& current) {
  const model::Window window = current.window;
  return {cost::known_time(window, current.rows->lived), window.end - window.start};
}

bool any_row(const Known& known, const Scope& scope) {
  if (!known.costs) return false;
  if (scope.everything()) return !known.costs->rows->rows.empty();
  if (!known.attribution) return false;
  const auto& tenants = known.attribution->tenants;
  return std::any_of(tenants.begin(), tenants.end(),
                     [&](const cost::TenantCost& row) { return row.tenant == scope.tenant(); });
}

// Where the last answer is too old, its window says what is missing.
SourceWindow current_of(const cost::SourceReport& source, const poll::SourceStatus& status,
                        SystemTime published_at) {
  if (source.current) {
    return {source.name, source.current->window, current_coverage(*source.current)};
  }
  const auto end = floor<std::chrono::hours>(published_at);
  const auto& asked = status.queries[static_cast<std::size_t>(opencost::Query::current)];
  const model::Window window =
      asked.window.value_or(model::Window{end - std::chrono::hours(1), end});
  return {source.name, window, {seconds(0), window.end - window.start}};
}

}  // namespace

Known known_of(const cost::SourceReport& source, Stretch stretch, const Scope& scope) {
  if (!stretch) {
    if (!source.current) return {};
    return {source.current, source.attribution, current_coverage(*source.current)};
  }
  const cost::PeriodCost& period = source.period(*stretch);
  if (!scope.everything() && !recorded(period, scope)) {
    return {nullptr, nullptr, {seconds(0), period.coverage.elapsed}};
  }
  return {period.costs, source.period_attribution[static_cast<std::size_t>(*stretch)],
          period.coverage};
}

bool concerns(const cost::SourceReport& source, const Scope& scope) {
  if (scope.everything() && source.assets && !source.assets->rows->rows.empty()) return true;
  if (any_row(known_of(source, std::nullopt, scope), scope)) return true;
  return std::any_of(model::kPeriods.begin(), model::kPeriods.end(), [&](model::Period period) {
    return any_row(known_of(source, period, scope), scope);
  });
}

std::vector<SourceWindow> windows_of(const Question& question, Stretch stretch) {
  const poll::Publication& publication = question.publication;
  std::vector<SourceWindow> out;
  for (std::size_t i = 0; i < publication.report.sources.size(); ++i) {
    const cost::SourceReport& source = publication.report.sources[i];
    if (!concerns(source, question.scope)) continue;
    if (!stretch) {
      out.push_back(current_of(source, publication.sources[i], publication.published_at));
      continue;
    }
    const model::Calendar& calendar = publication.calendar;
    const auto today = calendar.date(floor<seconds>(publication.published_at));
    const cost::Coverage coverage = known_of(source, stretch, question.scope).coverage;
    const auto start = calendar.window(model::days_of(*stretch, today)).start;
    out.push_back({source.name, {start, start + coverage.elapsed}, coverage});
  }
  return out;
}

std::optional<Cost> at_rate(Cost spent, model::Window window, seconds time) {
  const auto length = static_cast<long double>((window.end - window.start).count());
  if (length <= 0) return std::nullopt;
  constexpr std::int64_t kHalf = std::numeric_limits<std::int64_t>::max() / 2;
  constexpr auto kMost = static_cast<long double>(kHalf);
  const long double share = static_cast<long double>(time.count()) / length;
  const long double micros = static_cast<long double>(spent.micros) * share;
  return Cost{std::llround(std::clamp(micros, -kMost, kMost))};
}

}  // namespace exporter::api
