#include "exporter/web/landing.h"

#include <fmt/format.h>

#include <iterator>
#include <map>

#include "exporter/version.h"
#include "exporter/web/answer.h"

namespace exporter::web {

namespace {

// A coin whose slice is missing: the share nobody uses.
constexpr std::string_view kLogo =
    R"(<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="15"/>)"
    R"(<path d="M16 16V5a11 11 0 1 1-9.5 5.5z"/></svg>)";
constexpr std::string_view kIcon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle "
    "cx='16' cy='16' r='15' fill='%230d9488'/%3E%3Cpath d='M16 16V5a11 11 0 1 1-9.5 5.5z' "
    "fill='white'/%3E%3C/svg%3E";

struct Tally {
  std::size_t all = 0;
  std::map<Freshness, std::size_t> by;
};

Tally tally(const poll::Publication& publication) {
  Tally tally;
  for (const poll::SourceStatus& source : publication.sources) {
    for (const poll::QueryStatus& query : source.queries) {
      ++tally.all;
      ++tally.by[freshness(query)];
    }
  }
  return tally;
}

std::string overall(const poll::Publication* publication) {
  const auto pill = [](std::string_view kind, std::string_view text) {
    return fmt::format(R"(<p class="pill {}"><i class="dot"></i>{}</p>)", kind, text);
  };
  if (publication == nullptr || publication->sources.empty()) return pill("waiting", "Starting");
  Tally counts = tally(*publication);
  const std::size_t troubled = counts.by[Freshness::failing] + counts.by[Freshness::stale];
  if (troubled > 0) {
    return pill(counts.by[Freshness::stale] > 0 ? "stale" : "failing",
                fmt::format("{} of {} queries in trouble", troubled, counts.all));
  }
  if (counts.by[Freshness::waiting] > 0) {
    return pill("waiting",
                fmt::format("{} of {} queries answered", counts.by[Freshness::ok], counts.all));
  }
  return pill("ok", fmt::format("All {} queries answered", counts.all));
}

std::string top(const poll::Publication* publication, SystemTime now) {
  std::string about = fmt::format("Version {}", kVersion);
  if (publication != nullptr) {
    fmt::format_to(std::back_inserter(about), " \u00b7 published {}",
                   age(publication->published_at, now));
    if (publication->page) {
      fmt::format_to(std::back_inserter(about), " \u00b7 {} series",
                     count(publication->page->series));
    }
  }
  return fmt::format(R"(<header class="top">{}<div class="title"><h1>OpenCost exporter</h1>
<p class="muted">{}</p></div>{}</header>
)",
                     kLogo, about, overall(publication));
}

struct Fleet {
  std::size_t clusters = 0;
  bool whole = true;  // every source shows this window
  double cost = 0;
};

using PartOf = const cost::Breakdown* (*)(const cost::SourceReport& source);

Fleet sum_up(const poll::Publication& publication, PartOf part, bool per_hour) {
  Fleet fleet;
  for (const cost::SourceReport& source : publication.report.sources) {
    const cost::Breakdown* breakdown = part(source);
    const double hours = breakdown == nullptr ? 0 : breakdown->window.hours();
    if (breakdown == nullptr || (per_hour && !(hours > 0))) {
      fleet.whole = false;
      continue;
    }
    for (const cost::ClusterCost& cluster : breakdown->clusters) {
      ++fleet.clusters;
      fleet.cost += cluster.costs.total().amount() / (per_hour ? hours : 1);
    }
  }
  fleet.cost *= publication.currency_rate;
  return fleet;
}

std::string fleet_band(const poll::Publication& publication) {
  const PartOf this_day = [](const cost::SourceReport& source) {
    return source.period(model::Period::today).costs.get();
  };
  const PartOf this_hour = [](const cost::SourceReport& source) { return source.current.get(); };
  const Fleet today = sum_up(publication, this_day, false);
  const Fleet now = sum_up(publication, this_hour, true);
  const std::size_t clusters = std::max(today.clusters, now.clusters);
  if (clusters < 2) return "";
  // A sum that lacks a cluster must never look like a saving.
  if (!today.whole || !now.whole) {
    return R"(<div class="fleet"><p class="muted">Totals of all clusters appear when every OpenCost
has given a recent answer.</p></div>
)";
  }
  const auto figure = [&](std::string_view label, double value) {
    return fmt::format("<div><dt>{}</dt><dd>{} <small>{}</small></dd></div>", label, amount(value),
                       escape(publication.currency));
  };
  return fmt::format(R"(<dl class="fleet">{}{}{}</dl>
)",
                     figure(fmt::format("All {} clusters today", clusters), today.cost),
                     figure("Per hour", now.cost), figure("Per month", now.cost * kHoursPerMonth));
}

std::string content(const poll::Publication* publication, SystemTime now) {
  constexpr std::string_view kEmpty =
      R"(<section class="empty">{}<h2>{}</h2><p class="muted">{}</p></section>
)";
  if (publication == nullptr) {
    return fmt::format(fmt::runtime(kEmpty), R"(<span class="pulse"></span>)",
                       "Asking OpenCost for the first time\u2026",
                       "This page refreshes by itself. Costs appear with the first answer, which "
                       "on a large cluster may take a minute.");
  }
  if (publication->sources.empty()) {
    return fmt::format(fmt::runtime(kEmpty), "", "No OpenCost is configured",
                       "Name one under <code>clusters</code> in the configuration file, or set "
                       "<code>OPENCOST_URL</code>.");
  }
  std::string text = fleet_band(*publication);
  for (std::size_t i = 0; i < publication->sources.size(); ++i) {
    text += source_section(*publication, i, now);
  }
  return text;
}

std::string link_row(std::string_view path, std::string_view query, std::string_view summary) {
  std::string encoded;
  for (const char c : query) encoded += c == '[' ? "%5B" : c == ']' ? "%5D" : std::string(1, c);
  return fmt::format("<li><a href=\"{0}{1}\"><code>{0}{2}</code></a><span>{3}</span></li>\n",
                     escape(path), escape(encoded), escape(query), escape(summary));
}

std::string links(std::string_view telemetry_path, bool api_docs) {
  std::string rows;
  for (const Route& route : routes()) {
    const std::string_view path = path_of(route, telemetry_path);
    if (under_api(path) && (!api_docs || path.ends_with(".js"))) continue;
    if (!allows(route.methods, "GET")) {
      fmt::format_to(std::back_inserter(rows), "<li><code>{} {}</code><span>{}</span></li>\n",
                     route.methods, escape(path), escape(route.summary));
      continue;
    }
    rows += link_row(path, "", route.summary);
    if (path != telemetry_path) continue;
    rows += link_row(path, "?collect[]=cost", "Cost data only.");
    rows += link_row(path, "?collect[]=exporter", "The exporter's own metrics only.");
  }
  return fmt::format(R"(<nav class="card links" aria-label="Pages"><h2>Pages</h2><ul>
{}</ul></nav>
)",
                     rows);
}

}  // namespace

std::string landing_page(const poll::Publication* publication, SystemTime now,
                         std::string_view telemetry_path, bool api_docs) {
  const int refresh_seconds = publication == nullptr ? 5 : 60;
  return fmt::format(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{}">
<title>OpenCost exporter</title>
<link rel="icon" href="{}">
<style>{}</style>
</head>
<body>
<main>
{}{}{}</main>
</body>
</html>
)",
                     refresh_seconds, kIcon, kStyle, top(publication, now),
                     content(publication, now), links(telemetry_path, api_docs));
}

}  // namespace exporter::web
