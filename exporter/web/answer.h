// From a request to its answer, without sockets. Inside web/ only.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/web/queue.h"
#include "exporter/web/web.h"

namespace exporter::web {

/// What can change while it serves. A request goes by those that were in force when it began.
struct Rules {
  Security security;
  api::Options api;

  bool has_docs() const { return api.enabled && api.docs; }
};

/// What the handlers read. Lives as long as the server.
struct Service {
  std::string telemetry_path;
  const Context context;
  Server::Reload reload;
  std::mutex reloading;  // held while `reload` runs

  std::shared_ptr<const Rules> rules() const;
  void adopt(std::shared_ptr<const Rules> next);

  // What may wait in each of them; they are short enough to be through within seconds.
  static constexpr std::size_t kMostWaiting = 256;
  Queue look_ups{1, kMostWaiting};   // whose a token is, which Kubernetes may be slow to say
  Queue passwords{1, kMostWaiting};  // whether they are right
  Queue answers{2, kMostWaiting};    // of the API

  mutable std::mutex mutex;
  std::shared_ptr<const Rules> in_force;  // guarded by mutex
};

/// Headers sent several times are joined with a comma.
struct Request {
  std::string method{};
  std::string path{};   // as sent, neither decoded nor normalised
  std::string query{};  // without the question mark
  std::string accept{};
  std::string accept_encoding{};
  std::string if_none_match{};
  std::string content_type{};
  std::string authorization{};
  std::string host{};
  std::string origin{};
  std::string fetch_site{};        // Sec-Fetch-Site
  std::string requested_method{};  // Access-Control-Request-Method
  std::string body{};              // of routes that take one
  std::string peer{};              // numeric address, without port
};

struct Reply {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  /// Sent in place of `body` when there is one.
  std::shared_ptr<const metrics::Exposition> exposition{};
  /// Likewise; is never gone.
  std::string_view constant{};
};

struct Page;  // see pages.h

/// What a request is for, once it is known to be for something.
struct Target {
  const Page* page = nullptr;  // a page, or else:
  const api::Route* route = nullptr;

  access::Area area() const;
  bool for_admins() const { return route != nullptr && route->who == api::Who::admins; }
  bool takes_body() const { return route != nullptr && route->methods == "POST"; }
};

bool under_api(std::string_view path);

/// The error is the answer: another path or method, what the configuration switches off, a form
/// that somebody else's page sends.
Result<Target, Reply> find(const Service& service, const Rules& rules, const Request& request);

/// By whoever may see it. May throw what a handler throws.
Reply answer(Service& service, const Rules& rules, const Request& request, const Target& target,
             const access::Caller& caller);

/// What is said to somebody who may not see it.
Reply refuse(const access::Refused& refused, const Rules& rules, const Request& request);
Reply refuse_all_but_admins();
/// When too much waits already.
Reply busy(const Request& request);
/// As a problem where the API is, else as plain text of this status. `code` is one of api/'s.
Reply refusal(const Request& request, unsigned status, std::string_view code, std::string detail);
Reply apologise(const Request& request, std::string_view fault);

/// Adds what every answer has.
void complete(Reply& reply, const Rules& rules, const Request& request);

/// A short plain-text reply that must not be stored.
Reply plain(unsigned status, std::string body);
Reply api_reply(api::Reply reply);

/// What somebody else's page may do here. Only the API can be read, by the origins configured.
bool is_preflight(const Rules& rules, const Request& request);
Reply preflight(std::string_view methods);
/// Whether a browser sends it for a page that has no business with this.
bool is_forged(const Rules& rules, const Request& request);
void allow_origin(Reply& reply, const Rules& rules, const Request& request);

/// Foreign text for a plain-text body: printable ASCII, the rest as \xNN, cut after 200 bytes.
std::string printable(std::string_view text);

/// One handler per page.
Reply serve_metrics(Service& service, const Rules& rules, const Request& request);
Reply serve_healthy(Service& service, const Rules& rules, const Request& request);
Reply serve_ready(Service& service, const Rules& rules, const Request& request);
Reply serve_reload(Service& service, const Rules& rules, const Request& request);
Reply serve_landing(Service& service, const Rules& rules, const Request& request);
Reply serve_reference_page(Service& service, const Rules& rules, const Request& request);
Reply serve_reference_script(Service& service, const Rules& rules, const Request& request);

/// Where `route` is served.
std::string_view path_of(const Route& route, std::string_view telemetry_path);
/// Whether `method` is one of `methods`, a list as in `Allow`.
bool allows(std::string_view methods, std::string_view method);
/// The values of the query parameter `name`, decoded, in order.
std::vector<std::string> parameters(std::string_view query, std::string_view name);

}  // namespace exporter::web
