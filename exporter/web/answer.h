// From a request to its answer, without sockets. Inside web/ only.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/web/web.h"

namespace exporter::web {

/// What the handlers read. Lives as long as the server.
struct Service {
  std::string telemetry_path;
  const Clock& clock;
  const poll::Board& board;
  const metrics::SelfMetrics& self;
  Server::Reload reload;
  std::mutex reloading;  // held while `reload` runs
};

/// Views live until the answer is built. Headers sent several times are joined with a comma.
struct Request {
  std::string_view method;
  std::string_view path;   // as sent, neither decoded nor normalised
  std::string_view query;  // without the question mark
  std::string accept{};
  std::string accept_encoding{};
  std::string if_none_match{};
};

struct Reply {
  unsigned status = 200;
  std::vector<std::pair<const char*, std::string>> headers{};
  std::string body{};
  /// Sent in place of `body` when there is one.
  std::shared_ptr<const metrics::Exposition> exposition{};
};

/// By the table of routes. May throw what a handler throws.
Reply answer(Service& service, const Request& request);

/// A short plain-text reply that must not be stored.
Reply plain(unsigned status, std::string body);

/// Foreign text for a plain-text body: printable ASCII, the rest as \xNN, cut after 200 bytes.
std::string printable(std::string_view text);

/// One handler per route.
Reply serve_metrics(Service& service, const Request& request);
Reply serve_healthy(Service& service, const Request& request);
Reply serve_ready(Service& service, const Request& request);
Reply serve_reload(Service& service, const Request& request);
Reply serve_landing(Service& service, const Request& request);

/// Where `route` is served.
std::string_view path_of(const Route& route, std::string_view telemetry_path);
/// Whether `method` is one of `methods`, a list as in `Allow`.
bool allows(std::string_view methods, std::string_view method);
/// The values of the query parameter `name`, decoded, in order.
std::vector<std::string> parameters(std::string_view query, std::string_view name);
/// Whether an If-None-Match header names `etag`, compared weakly, or is `*`.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace exporter::web
