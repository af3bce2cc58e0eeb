#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "exporter/web/landing.h"

namespace exporter::web {

namespace {

constexpr std::size_t kTopNamespaces = 5;

// How money of one publication is written.
struct Money {
  double rate = 1;
  std::string code;  // escaped

  std::string operator()(double value) const {
    return fmt::format("{} <small>{}</small>", amount(value * rate), code);
  }
};

double total_of(const std::vector<cost::ClusterCost>& rows, std::string_view cluster) {
  for (const cost::ClusterCost& row : rows) {
    if (row.cluster == cluster) return row.costs.total().amount();
  }
  return 0;
}

bool has(const cost::Breakdown* breakdown, std::string_view cluster) {
  if (breakdown == nullptr) return false;
  return std::any_of(breakdown->clusters.begin(), breakdown->clusters.end(),
                     [&](const cost::ClusterCost& row) { return row.cluster == cluster; });
}

std::string today_figure(const cost::Breakdown* today, std::string_view cluster,
                         const Money& money) {
  if (!has(today, cluster)) {
    return R"(<p class="label">Today so far</p><p class="big muted">not known yet</p>)";
  }
  constexpr std::size_t kMinute = 11;  // where 03:04 starts in 2026-01-02T03:04:00Z
  const auto minute = [](std::chrono::sys_seconds time) {
    return model::format_time(time).substr(kMinute, 5);
  };
  return fmt::format(
      R"(<p class="label">Today so far</p><p class="big">{}</p><p class="muted">{} to {} UTC</p>)",
      money(total_of(today->clusters, cluster)), minute(today->window.start),
      minute(today->window.end));
}

std::string month_figure(const cost::SourceReport& report, std::string_view cluster,
                         const Money& money) {
  const cost::PeriodCost& month = report.period(model::Period::month_to_date);
  if (!has(month.costs.get(), cluster)) return "";
  std::string facts = fmt::format("{} of it known", percent_text(100 * month.coverage.ratio()));
  if (report.forecast) {
    facts =
        fmt::format("ends at {}, {}", money(total_of(report.forecast->clusters, cluster)), facts);
  }
  return fmt::format(
      R"(<p class="label">Month to date</p><p class="big">{}</p><p class="muted">{}</p>)",
      money(total_of(month.costs->clusters, cluster)), facts);
}

struct Slice {
  std::string_view kind, label;
  double share;  // percent
  double per_hour;
};

// Where the money of an hour goes: to workloads, to nobody, to volumes without a pod.
std::string split_bar(const cost::Breakdown& current, std::string_view cluster, double hours,
                      const Money& money) {
  const double whole = total_of(current.clusters, cluster);
  const double idle = total_of(current.idle, cluster);
  const double unmounted = total_of(current.unmounted, cluster);
  const auto slice = [&](std::string_view kind, std::string_view label, double part) {
    return Slice{kind, label, percent(part, whole), part / hours};
  };
  const Slice slices[] = {slice("used", "Workloads", whole - idle - unmounted),
                          slice("idle", "Idle", idle), slice("unmounted", "Unmounted", unmounted)};
  std::string bar, legend;
  for (const Slice& part : slices) {
    if (part.kind == "unmounted" && part.per_hour == 0) continue;
    fmt::format_to(std::back_inserter(bar), R"(<i class="{}" style="width:{:.2f}%"></i>)",
                   part.kind, part.share);
    fmt::format_to(
        std::back_inserter(legend),
        R"(<li><i class="dot {}"></i>{} <b>{}</b><span class="muted">{} per hour</span></li>)",
        part.kind, part.label, percent_text(part.share), money(part.per_hour));
  }
  return fmt::format(R"(<div class="split" aria-hidden="true">{}</div><ul class="legend">{}</ul>)",
                     bar, legend);
}

std::string namespace_row(std::string_view css, std::string_view name, double width,
                          std::string_view value) {
  return fmt::format(
      R"(<li class="{0}"><span class="name" title="{1}">{1}</span><span class="track" aria-hidden="true">)"
      R"(<i style="width:{2:.2f}%"></i></span><span class="value">{3}</span></li>)",
      css, name, width, value);
}

std::string top_namespaces(const cost::Breakdown& current, std::string_view cluster, double hours,
                           const Money& money) {
  std::vector<std::pair<Cost, std::string_view>> ranking;
  for (const cost::NamespaceCost& row : current.namespaces) {
    if (row.cluster == cluster) ranking.emplace_back(row.costs.total(), row.name_space);
  }
  if (ranking.empty()) return R"(<p class="muted">No namespace cost anything in this hour.</p>)";
  const auto shown =
      ranking.begin() + static_cast<std::ptrdiff_t>(std::min(kTopNamespaces, ranking.size()));
  const auto dearer = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  std::partial_sort(ranking.begin(), shown, ranking.end(), dearer);
  const double most = ranking.front().first.amount();
  std::string rows;
  for (auto at = ranking.begin(); at != shown; ++at) {
    const double spent = at->first.amount();
    rows += namespace_row("", escape(at->second), percent(spent, most), money(spent / hours));
  }
  Cost rest;
  for (auto at = shown; at != ranking.end(); ++at) rest += at->first;
  if (shown != ranking.end()) {
    const auto others = static_cast<std::uint64_t>(ranking.end() - shown);
    rows += namespace_row("rest", fmt::format("{} more", count(others)),
                          percent(rest.amount(), most), money(rest.amount() / hours));
  }
  return fmt::format(R"(<h3>Top namespaces, per hour</h3><ol class="ranking">{}</ol>)", rows);
}

std::string hour_figures(const cost::Breakdown& current, std::string_view cluster, double hours,
                         const Money& money) {
  const double per_hour = total_of(current.clusters, cluster) / hours;
  return fmt::format(R"(<dl class="rates"><div><dt>Per hour</dt><dd>{}</dd></div>)"
                     R"(<div><dt>Per month</dt><dd>{}</dd></div></dl>{})",
                     money(per_hour), money(per_hour * kHoursPerMonth),
                     split_bar(current, cluster, hours, money));
}

std::string cluster_card(const cost::SourceReport& report, std::string_view cluster,
                         const Money& money) {
  const cost::Breakdown* current = report.current.get();
  const double hours = has(current, cluster) ? current->window.hours() : 0;
  std::string figures =
      today_figure(report.period(model::Period::today).costs.get(), cluster, money) +
      month_figure(report, cluster, money);
  std::string namespaces;
  if (hours > 0) {
    figures += hour_figures(*current, cluster, hours, money);
    namespaces = top_namespaces(*current, cluster, hours, money);
  } else {
    namespaces = R"(<p class="muted">The run rate is not known: no answer is recent enough.</p>)";
  }
  return fmt::format(
      R"(<article class="card cluster"><div><h3>{}</h3>{}</div><div>{}</div></article>
)",
      cluster.empty() ? "Cluster without a name" : fmt::format("Cluster {}", escape(cluster)),
      figures, namespaces);
}

struct Wording {
  std::string_view css, text;
};

Wording wording(Freshness freshness, bool ever) {
  switch (freshness) {
    case Freshness::ok:
      return {"ok", "ok"};
    case Freshness::failing:
      return {"failing", "failing"};
    case Freshness::stale:
      return {"stale", ever ? "stale" : "failing"};
    case Freshness::waiting:
      break;
  }
  return {"waiting", "waiting"};
}

std::string query_facts(const poll::QueryStatus& status, SystemTime now) {
  if (!status.last_success) return status.asked ? "never answered" : "not answered yet";
  std::string facts = fmt::format("answered {}", age(*status.last_success, now));
  // An answer that the ledger remembers from an earlier process has no window.
  if (!status.window) return facts;
  facts += fmt::format(" \u00b7 {} {} \u00b7 {} rejected<br>{}", count(status.rows),
                       status.rows == 1 ? "row" : "rows", count(status.rejected),
                       window_text(*status.window));
  if (!status.shown) facts += "<br>too old to be shown";
  return facts;
}

std::string query_row(opencost::Query query, const poll::QueryStatus& status, SystemTime now) {
  const Wording state = wording(freshness(status), status.last_success.has_value());
  const std::string failure =
      status.failure.empty() ? ""
                             : fmt::format(R"(<p class="failure">{}</p>)", escape(status.failure));
  return fmt::format(
      R"(<li><p class="query"><b>{}</b><span class="state {}"><i class="dot"></i>{}</span></p>)"
      R"(<p class="muted">{}</p>{}</li>)",
      opencost::to_string(query), state.css, state.text, query_facts(status, now), failure);
}

std::string query_card(const poll::SourceStatus& source, SystemTime now) {
  std::string rows;
  for (const opencost::Query query : opencost::kQueries) {
    rows += query_row(query, source.queries[static_cast<std::size_t>(query)], now);
  }
  return fmt::format(
      R"(<article class="card"><h3>OpenCost's answers</h3><ul class="queries">{}</ul></article>
)",
      rows);
}

std::set<std::string_view> clusters_of(const cost::SourceReport& report) {
  std::set<std::string_view> names;
  const auto take = [&](const cost::Breakdown* part) {
    if (part == nullptr) return;
    for (const cost::ClusterCost& row : part->clusters) names.insert(row.cluster);
  };
  take(report.current.get());
  for (const cost::PeriodCost& period : report.periods) take(period.costs.get());
  return names;
}

std::string empty_card(const poll::SourceStatus& source) {
  const bool asked = source.queries[static_cast<std::size_t>(opencost::Query::current)].asked;
  return fmt::format(
      R"(<article class="card hollow">{}<h3>{}</h3><p class="muted">{}</p></article>
)",
      asked ? "" : R"(<span class="pulse"></span>)",
      asked ? "No costs to show" : "Asking OpenCost for the first time\u2026",
      asked ? "OpenCost has given no answer that is recent enough. What went wrong is listed "
              "below."
            : "Costs appear with the first answer.");
}

}  // namespace

Freshness freshness(const poll::QueryStatus& status) {
  if (!status.asked) return Freshness::waiting;
  if (!status.shown) return Freshness::stale;
  return status.up ? Freshness::ok : Freshness::failing;
}

std::string source_section(const poll::Publication& publication, std::size_t index,
                           SystemTime now) {
  const poll::SourceStatus& source = publication.sources[index];
  const cost::SourceReport report = index < publication.report.sources.size()
                                        ? publication.report.sources[index]
                                        : cost::SourceReport{};
  const Money money{publication.currency_rate, escape(publication.currency)};
  std::string cards;
  for (const std::string_view cluster : clusters_of(report)) {
    cards += cluster_card(report, cluster, money);
  }
  if (cards.empty()) cards = empty_card(source);
  return fmt::format(R"(<section><h2>{}</h2><div class="grid">
{}</div>{}</section>
)",
                     escape(source.name), cards, query_card(source, now));
}

}  // namespace exporter::web
