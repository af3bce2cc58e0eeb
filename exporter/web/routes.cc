#include <array>

#include "exporter/web/pages.h"

namespace exporter::web {

namespace {

constexpr std::string_view kMetricsDetails = R"(
The path is `web.telemetry_path`.

| query parameter | meaning |
| --- | --- |
| `collect[]=cost` | cost data only: rendered once per publication, so two scrapes in between are equal |
| `collect[]=exporter` | the exporter's own metrics only, read at that moment |

`collect[]` may be repeated and may be percent-encoded. Both values or none of them mean everything.

| request header | effect |
| --- | --- |
| `Accept` | `application/openmetrics-text` gives OpenMetrics, all else the Prometheus text format |
| `Accept-Encoding` | `gzip` gives gzip, all else no encoding |
| `If-None-Match` | a list of entity tags, compared weakly, or `*`: 304 when the page has not changed |

| status | when |
| --- | --- |
| 200 | with `Content-Type`, `Content-Encoding` when compressed, `ETag`, `Vary: Accept, Accept-Encoding` |
| 304 | `If-None-Match` names the page as it is; `ETag`, no body |
| 400 | `collect[]` has another value; the text names the legal ones |

A scrape never waits for a poll and never asks OpenCost. Before the first publication there is no
cost data, and the exporter's own metrics are served alone.
)";

constexpr std::string_view kHealthyDetails = R"(
| status | when |
| --- | --- |
| 200 | the process answers |

For a liveness probe. A failing OpenCost does not change it: a restart would not help.
)";

constexpr std::string_view kReadyDetails = R"(
| status | when |
| --- | --- |
| 200 | the query `current` of every configured source has been asked at least once, well or badly |
| 503 | not yet |

The 503 has a line for each source and query that has not finished its first poll, if whoever asks
may see `/metrics`.

For a readiness probe. An OpenCost that fails does not make the exporter unready, or Prometheus
would lose the metrics that explain the failure.
)";

constexpr std::string_view kReloadDetails = R"(
| status | when |
| --- | --- |
| 200 | the configuration was read and is in force |
| 500 | it was refused; the text says why, and the old one stays in force |
| 503 | another reload is under way |

The body is ignored. Where TLS changed, new connections have the new one at once, and those there
are may go on for five seconds.
)";

constexpr std::string_view kLandingDetails = R"(
A page for people: cost today, run rate, idle share, the dearest namespaces, and how fresh each
answer of OpenCost is. HTML without scripts, fonts or anything else from the network, under
`Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:`.
)";

constexpr std::string_view kReferenceDetails = R"(
[The API](api.md) for people, made from its OpenAPI document in the browser. Only where `api.docs`
is on. It comes with `Content-Security-Policy: default-src 'none'; script-src 'self'; ...`: nothing
of another host.
)";

constexpr std::string_view kScriptDetails = R"(
The script of that page. `ETag`, `Cache-Control: max-age=86400`, 304, and gzip by `Accept-Encoding`.
)";

using access::Area;

constexpr std::array kPages = {
    Page{{"/metrics", "GET, HEAD", "Cost data and the exporter's own metrics, for Prometheus."},
         Area::pages,
         serve_metrics,
         kMetricsDetails},
    Page{{"/-/healthy", "GET, HEAD", "200 while the process answers."},
         Area::open,
         serve_healthy,
         kHealthyDetails},
    Page{{"/-/ready", "GET, HEAD", "200 once every OpenCost has been asked."},
         Area::open,
         serve_ready,
         kReadyDetails},
    Page{{"/-/reload", "POST", "Reads the configuration again, as SIGHUP does."},
         Area::pages,
         serve_reload,
         kReloadDetails},
    Page{{"/", "GET, HEAD", "Costs at a glance, for people."},
         Area::pages,
         serve_landing,
         kLandingDetails},
    Page{{"/api/v1/docs", "GET, HEAD", "The API, described for people."},
         Area::open,
         serve_reference_page,
         kReferenceDetails},
    Page{{"/api/v1/docs/redoc.js", "GET, HEAD", "The script of that page."},
         Area::open,
         serve_reference_script,
         kScriptDetails},
};

constexpr std::array kRoutes = [] {
  std::array<Route, kPages.size()> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = kPages[i].route;
  return rows;
}();

}  // namespace

std::span<const Page> pages() { return kPages; }
std::span<const Route> routes() { return kRoutes; }

std::string_view path_of(const Route& route, std::string_view telemetry_path) {
  return route.path == kRoutes.front().path ? telemetry_path : route.path;
}

}  // namespace exporter::web
