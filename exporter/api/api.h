// The JSON API under /api/v1: rows, not series. From the published report and the ledger alone;
// the one exception asks OpenCost because somebody wants it to (POST collections).
//
// One table of routes drives dispatch, parameters, the columns of every answer as JSON and as CSV,
// and the OpenAPI document. Speaks HTTP's words but opens no socket; see web/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/access/access.h"
#include "exporter/clock.h"
#include "exporter/ledger/ledger.h"
#include "exporter/poll/poll.h"

namespace exporter::api {

/// What every path begins with.
inline constexpr std::string_view kPrefix = "/api/v1";

struct Options {
  bool enabled = true;
  bool docs = true;  // the reference page, /api/v1/docs
  /// Origins of pages that browsers may let read answers: `https://portal.example.org`.
  std::vector<std::string> cors_origins{};

  friend bool operator==(const Options&, const Options&) = default;
};

enum class Who {
  anybody,  // describes the API, and says nothing of costs
  callers,  // see what is theirs
  admins,
};

struct Route {
  std::string_view path;     // whole, with kPrefix
  std::string_view methods;  // as sent in `Allow`
  Who who = Who::callers;
  std::string_view summary;  // one sentence
};
/// In the order of the OpenAPI document; those of a path with several methods follow each other,
/// one row each.
std::span<const Route> routes();

/// Views live until the answer is made. Headers sent several times are joined with a comma.
struct Request {
  std::string_view method;  // one of the route's
  std::string_view path;    // as sent
  std::string_view query;   // without the question mark
  std::string_view accept{};
  std::string_view accept_encoding{};
  std::string_view if_none_match{};
  std::string_view content_type{};
  std::string_view body{};
};

struct Reply {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
};

/// What answers are made from. All outlive the answer.
struct Sources {
  const Clock& clock;
  const poll::Board& board;
  ledger::Ledger& ledger;
  poll::Collections& collections;
};

/// Never throws for what a request holds. May take long (a year of days from the ledger), and so is
/// called where no scrape waits for it. HEAD is answered as GET is, and so is 304 where nothing has
/// changed: with the body, of which only the length is to be sent. REQUIRES: `caller` may see the
/// route, see Route::who.
Reply answer(const Sources& sources, const Request& request, const access::Caller& caller);

/// An error as RFC 9457 has it. `code` is one of the table of problems, which says status and
/// title; `detail` is a sentence for people. Also for what web/ refuses under kPrefix.
Reply problem(std::string_view code, std::string_view detail);

/// The OpenAPI 3.1 document, as JSON. It depends on nothing but this program.
const std::string& openapi();
/// docs/api-reference.md, from the tables: routes, parameters, columns, problems.
std::string document();

}  // namespace exporter::api
