#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "exporter/web/answer.h"

namespace exporter::web {

namespace {

constexpr const char* kLandingPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

Result<metrics::Selection> select(std::string_view query) {
  const std::vector<std::string> wanted = parameters(query, "collect[]");
  if (wanted.empty()) return metrics::Selection{};
  metrics::Selection selection{.cost = false, .exporter = false};
  for (const std::string& value : wanted) {
    if (value == "cost") {
      selection.cost = true;
    } else if (value == "exporter") {
      selection.exporter = true;
    } else {
      return fail(fmt::format("collect[] cannot be \"{}\"; it may be cost or exporter, or both",
                              printable(value)));
    }
  }
  return selection;
}

}  // namespace

Reply plain(unsigned status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

std::string printable(std::string_view text) {
  constexpr std::size_t kMost = 200;
  std::string out;
  for (const char c : text.substr(0, kMost)) {
    if (c >= ' ' && c <= '~' && c != '\\') {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned char>(c));
    }
  }
  if (text.size() > kMost) out += "...";
  return out;
}

Reply serve_metrics(Service& service, const Rules&, const Request& request) {
  Result<metrics::Selection> selection = select(request.query);
  if (!selection) return plain(400, selection.error().message + "\n");
  selection->format = metrics::negotiate_format(request.accept);
  selection->encoding = metrics::negotiate_encoding(request.accept_encoding);

  const std::shared_ptr<const poll::Publication> publication = service.context.board.latest();
  std::string live;
  if (selection->exporter) live = service.context.self.render(selection->format);
  std::shared_ptr<const metrics::Exposition> exposition =
      metrics::expose(publication ? publication->page : nullptr, live, *selection);

  Reply reply;
  reply.headers.emplace_back("ETag", exposition->etag);
  reply.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  reply.headers.emplace_back("Cache-Control", "no-cache");
  if (metrics::names_etag(request.if_none_match, exposition->etag)) {
    // The body is not sent with this status, but its length is.
    reply.status = 304;
  } else {
    reply.headers.emplace_back("Content-Type", metrics::content_type(selection->format));
    if (selection->encoding == metrics::Encoding::gzip) {
      reply.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  reply.exposition = std::move(exposition);
  return reply;
}

Reply serve_healthy(Service&, const Rules&, const Request&) { return plain(200, "Healthy.\n"); }

Reply serve_ready(Service& service, const Rules&, const Request& request) {
  const std::shared_ptr<const poll::Publication> publication = service.context.board.latest();
  if (!publication) return plain(503, "Nothing has been published yet.\n");
  bool ready = true;
  std::string waiting;
  for (const poll::SourceStatus& source : publication->sources) {
    for (const opencost::Query query : opencost::kQueries) {
      // Finished days come when there is time for them, and a ledger may hold them all.
      if (query == opencost::Query::day) continue;
      if (source.queries[static_cast<std::size_t>(query)].asked) continue;
      if (query == opencost::Query::current) ready = false;
      fmt::format_to(std::back_inserter(waiting), "{} {}: first poll not finished yet\n",
                     printable(source.name), opencost::to_string(query));
    }
  }
  if (ready) return plain(200, "Ready.\n");
  // What there is to be polled is told to those who may see what came of it.
  const auto who =
      service.context.gate.known(access::Area::pages, {request.authorization, request.peer});
  return plain(503, who && *who ? std::move(waiting) : "Not ready.\n");
}

Reply serve_reload(Service& service, const Rules&, const Request&) {
  const std::unique_lock lock(service.reloading, std::try_to_lock);
  if (!lock) return plain(503, "Another reload is under way.\n");
  const Result<void> outcome = service.reload();
  if (!outcome) return plain(500, outcome.error().message + "\n");
  return plain(200, "Reloaded.\n");
}

Reply serve_landing(Service& service, const Rules& rules, const Request&) {
  const std::shared_ptr<const poll::Publication> publication = service.context.board.latest();
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"Content-Security-Policy", kLandingPolicy},
                      {"Referrer-Policy", "no-referrer"}},
          .body = landing_page(publication.get(), service.context.clock.now(),
                               service.telemetry_path, rules.has_docs())};
}

}  // namespace exporter::web
