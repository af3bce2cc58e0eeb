#include <fmt/format.h>

#include <iterator>

#include "exporter/web/pages.h"

namespace exporter::web {

namespace {

constexpr std::string_view kIntroduction = R"(# HTTP

Every route of opencost-exporter. Made from the tables of routes by `opencost-exporter print-docs`.
What the API answers is in [api.md](api.md).

Paths match exactly. Another path is answered with 404, another method with 405 and `Allow`; HEAD
gives the headers of GET. A fault of the exporter itself is a 500. All answers carry
`X-Content-Type-Options: nosniff` and the headers of the web configuration file, where a page has
none of that name itself. Below `/api/v1` refusals are JSON, RFC 9457, elsewhere plain text with
`Cache-Control: no-store`.

| path | methods | who | meaning |
| --- | --- | --- | --- |
)";

constexpr std::string_view kRules = R"(
## Who may ask

| who | is |
| --- | --- |
| anybody | whoever reaches the port: probes, and what describes the API; no costs |
| users, admins | while the web configuration file has no users: anybody. Else its users, and tokens of admins |
| callers | while there are neither users nor tokens nor Kubernetes: anybody. Else who is known; a tenant sees what is its own |
| admins | of those, users and tokens of admins |

Credentials are `Authorization: Bearer TOKEN` or `Authorization: Basic ...`, on every request.

| status | when |
| --- | --- |
| 401 | no credentials, or not good ones; `WWW-Authenticate` says which are taken |
| 403 | known, but without a right to it; or a POST that a browser sends for another site's page |
| 429 | too many requests of one caller, or failed attempts from one network; `Retry-After` |
| 503 | Kubernetes cannot be asked about the token, or too many requests wait; `Retry-After` |

Browsers let pages of `api.cors_origins` read answers of the API: these carry
`Access-Control-Allow-Origin` and `Vary: Origin`, and `OPTIONS` is answered with 204, without
credentials, as browsers ask before they send a header of their own. Nothing else carries any of
this, and to nobody else.

## TLS

Settings are those of the web configuration file. A client's certificate is checked in the
handshake, and without a good one there is no connection. Cipher suites can be chosen up to TLS 1.2;
GnuTLS makes them of their parts, so a client that has none of the listed may agree upon another
made of the same parts: the handshake is then broken off before it ends. With a list the server's
order decides. Sessions are not resumed and not renegotiated.

## Limits

| what | limit |
| --- | --- |
| request line and headers together | 16 KiB to 32 KiB, as they come; beyond it 414 or 431 |
| body | 64 KiB, else 413; without `Content-Length` 411 |
| a connection without traffic | 30 s |
| connections | 4,096, of which 2,048 from one address; more wait, or are closed |
| requests that wait for an answer of the API | 256, answered by two threads; else 503 |
| requests that wait for it to be found out who asks | 256 with passwords and 256 with tokens, one of each at a time; else 503 |
| at the end of the process | answers under way have 5 s |

Scrapes, probes and pages wait for none of these. A request that is not what RFC 9112 says (two
lengths, a folded or malformed header, a bare line feed, no or several hosts) is refused with 400,
and its connection closed; what the library refuses by itself carries no header of the
configuration.
)";

std::string_view who_of(const Page& page) {
  return page.area == access::Area::open ? "anybody" : "users, admins";
}

std::string_view who_of(const api::Route& route) {
  switch (route.who) {
    case api::Who::anybody:
      return "anybody";
    case api::Who::callers:
      return "callers";
    case api::Who::admins:
      break;
  }
  return "admins";
}

}  // namespace

std::string document() {
  std::string text(kIntroduction);
  const auto row = [&](const auto& route, std::string_view who) {
    fmt::format_to(std::back_inserter(text), "| `{}` | {} | {} | {} |\n", route.path, route.methods,
                   who, route.summary);
  };
  for (const Page& page : pages()) row(page.route, who_of(page));
  for (const api::Route& route : api::routes()) row(route, who_of(route));
  text += kRules;
  for (const Page& page : pages()) {
    fmt::format_to(std::back_inserter(text), "\n## {} {}\n{}", page.route.methods, page.route.path,
                   page.details);
  }
  return text;
}

}  // namespace exporter::web
