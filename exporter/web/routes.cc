#include <fmt/format.h>

#include <array>
#include <iterator>

#include "exporter/web/answer.h"

namespace exporter::web {

namespace {

struct Endpoint {
  Route route;
  Reply (*handler)(Service&, const Request&);
  std::string_view details;  // of docs/http.md
};

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
| 503 | not yet; one line per source and query that has not finished its first poll |

For a readiness probe. An OpenCost that fails does not make the exporter unready, or Prometheus
would lose the metrics that explain the failure.
)";

constexpr std::string_view kReloadDetails = R"(
| status | when |
| --- | --- |
| 200 | the configuration was read and is in force |
| 500 | it was refused; the text says why, and the old one stays in force |
| 503 | another reload is under way |

The body is ignored.
)";

constexpr std::string_view kLandingDetails = R"(
A page for people: cost today, run rate, idle share, the dearest namespaces, and how fresh each
answer of OpenCost is. HTML without scripts, fonts or anything else from the network, under
`Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:`.
)";

constexpr std::array kEndpoints = {
    Endpoint{{"/metrics", "GET, HEAD", "Cost data and the exporter's own metrics, for Prometheus."},
             serve_metrics,
             kMetricsDetails},
    Endpoint{{"/-/healthy", "GET, HEAD", "200 while the process answers."},
             serve_healthy,
             kHealthyDetails},
    Endpoint{{"/-/ready", "GET, HEAD", "200 once every OpenCost has been asked."},
             serve_ready,
             kReadyDetails},
    Endpoint{{"/-/reload", "POST", "Reads the configuration again, as SIGHUP does."},
             serve_reload,
             kReloadDetails},
    Endpoint{{"/", "GET, HEAD", "Costs at a glance, for people."}, serve_landing, kLandingDetails},
};

constexpr std::array kRoutes = [] {
  std::array<Route, kEndpoints.size()> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = kEndpoints[i].route;
  return rows;
}();

constexpr std::string_view kDocumentIntroduction = R"(# HTTP

Every route of opencost-exporter. Made from the table of routes by `opencost-exporter print-docs`.

Paths match exactly. Another path is answered with 404, another method with 405 and `Allow`; HEAD
gives the headers of GET. Bodies above 64 KiB are refused with 413, bodies without a length with
411. A fault of the exporter itself is a 500. All answers carry `X-Content-Type-Options: nosniff`,
and all but the metrics `Cache-Control: no-store`.

| path | methods | meaning |
| --- | --- | --- |
)";

}  // namespace

std::span<const Route> routes() { return kRoutes; }

std::string_view path_of(const Route& route, std::string_view telemetry_path) {
  return route.path == kRoutes.front().path ? telemetry_path : route.path;
}

bool allows(std::string_view methods, std::string_view method) {
  constexpr std::string_view kComma = ", ";
  while (!methods.empty()) {
    const std::size_t end = methods.find(kComma);
    if (methods.substr(0, end) == method) return true;
    if (end == std::string_view::npos) break;
    methods.remove_prefix(end + kComma.size());
  }
  return false;
}

Reply answer(Service& service, const Request& request) {
  for (const Endpoint& endpoint : kEndpoints) {
    if (path_of(endpoint.route, service.telemetry_path) != request.path) continue;
    if (allows(endpoint.route.methods, request.method)) return endpoint.handler(service, request);
    Reply reply = plain(405, fmt::format("{} is answered to {} only.\n", printable(request.path),
                                         endpoint.route.methods));
    reply.headers.emplace_back("Allow", endpoint.route.methods);
    return reply;
  }
  return plain(404, fmt::format("There is no {} here. What there is, is listed at /\n",
                                printable(request.path)));
}

std::string document() {
  std::string text(kDocumentIntroduction);
  for (const Endpoint& endpoint : kEndpoints) {
    const Route& route = endpoint.route;
    fmt::format_to(std::back_inserter(text), "| `{}` | {} | {} |\n", route.path, route.methods,
                   route.summary);
  }
  for (const Endpoint& endpoint : kEndpoints) {
    fmt::format_to(std::back_inserter(text), "\n## {} {}\n{}", endpoint.route.methods,
                   endpoint.route.path, endpoint.details);
  }
  return text;
}

}  // namespace exporter::web
