#include "exporter/api/serve.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/api/conditional.h"
#include "exporter/api/media.h"
#include "exporter/api/page.h"
#include "exporter/api/parameters.h"
#include "exporter/api/problems.h"
#include "exporter/api/select.h"
#include "exporter/api/text.h"

namespace exporter::api {
namespace {

Answer<Reply> gone(const Asked& asked, const poll::Publication& publication) {
  return tl::unexpected(
      Problem{"snapshot_gone", fmt::format("Snapshot {} is gone, and {} is published: ask for the "
                                           "first page again, without snapshot and offset.",
                                           asked.snapshot, publication.report.snapshot)});
}

Answer<Reply> rows_of(const Endpoint& endpoint, const Sources& sources, const Request& request,
                      const access::Caller& caller, Media media) {
  const RowsRoute& route = *endpoint.rows;
  const auto asked = read(request.query, route, media);
  if (!asked) return tl::unexpected(asked.error());
  const std::shared_ptr<const poll::Publication> held = sources.board.latest();
  if (!held) {
    return tl::unexpected(
        Problem{"not_published", "Nothing has been published yet: ask again in 5 seconds."});
  }
  if (!asked->snapshot.empty() && asked->snapshot != fmt::to_string(held->report.snapshot)) {
    return gone(*asked, *held);
  }
  const Scope scope(caller, held->rules);
  const Answer<Table> table =
      route.rows({sources, *held, held, scope, caller, asked->parameters, sources.clock.now()});
  if (!table) return tl::unexpected(table.error());
  const auto selected = select(*table, route, *asked);
  if (!selected) return tl::unexpected(selected.error());

  const Page page{*held, *table, *asked, *selected, endpoint.route.path};
  Reply reply;
  if (media == Media::csv) {
    reply.headers.emplace_back("Content-Type", "text/csv; charset=utf-8; header=present");
    reply.headers.emplace_back("Content-Disposition",
                               fmt::format("attachment; filename=\"{}\"", csv_file(page)));
    reply.body = to_csv(page);
  } else {
    reply.headers.emplace_back("Content-Type", "application/json");
    reply.body = to_json(page);
  }
  if (const std::string next = next_of(page); !next.empty()) {
    reply.headers.emplace_back("Link", fmt::format("<{}>; rel=\"next\"", next));
  }
  return reply;
}

Answer<Reply> answer_of(const Endpoint& endpoint, const Sources& sources, const Request& request,
                        const access::Caller& caller) {
  const bool rows = endpoint.rows != nullptr;
  const auto media = negotiate(request.accept, rows);
  if (!media) {
    return tl::unexpected(Problem{
        "not_acceptable", fmt::format("Accept is {}: this route answers with application/json{}.",
                                      quoted(request.accept), rows ? " or text/csv" : "")});
  }
  if (rows) return rows_of(endpoint, sources, request, caller, *media);
  if (auto none = read_none(request.query); !none) return tl::unexpected(none.error());
  return endpoint.other(sources, request, caller);
}

}  // namespace

const Endpoint* find(std::span<const Endpoint> endpoints, std::string_view path,
                     std::string_view method) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const auto at = std::find_if(endpoints.begin(), endpoints.end(), [&](const Endpoint& endpoint) {
    std::string_view methods = endpoint.route.methods;
    return endpoint.route.path == path && next_word(methods) == wanted;
  });
  return at == endpoints.end() ? nullptr : &*at;
}

Reply serve(const Endpoint& endpoint, const Sources& sources, const Request& request,
            const access::Caller& caller) {
  auto reply = answer_of(endpoint, sources, request, caller);
  if (!reply) return reply_of(reply.error());
  const bool read = request.method == "GET" || request.method == "HEAD";
  if (read && reply->status == 200) return conditional(*std::move(reply), request);
  return *std::move(reply);
}

}  // namespace exporter::api
