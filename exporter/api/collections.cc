// Polls: those that were, those that are under way, and asking for more.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>

#include "exporter/api/collection_body.h"
#include "exporter/api/handlers.h"
#include "exporter/api/text.h"

namespace exporter::api {
namespace {

using poll::Collection;
using std::chrono::seconds;

constexpr std::array kColumns = {
    Column{.name = "id", .kind = Kind::count, .meaning = "Ascending, from 1."},
    Column{.name = "request",
           .kind = Kind::count,
           .meaning = "The id of the first poll of the same request; null where it was due.",
           .nullable = true},
    Column{.name = "state",
           .meaning =
               "`waiting`, `answered`, `failed`, or `unchanged` where there was no new window "
               "to ask for.",
           .example = "answered"},
    Column{.name = "source", .meaning = "The OpenCost that is asked.", .example = "prod-eu"},
    Column{
        .name = "query", .meaning = "`current`, `assets`, `today` or `day`.", .example = "current"},
    Column{.name = "asked_by",
           .meaning = "Who wanted it; null where it was due.",
           .nullable = true,
           .example = "token finops"},
    Column{.name = "asked_at",
           .kind = Kind::time,
           .meaning = "When it was wanted; null where it was due.",
           .nullable = true},
    Column{.name = "finished_at",
           .kind = Kind::time,
           .meaning = "When it was over; null while it waits, as what follows.",
           .nullable = true},
    Column{.name = "window_start",
           .kind = Kind::time,
           .meaning = "Where the window begins that was asked for.",
           .nullable = true},
    Column{.name = "window_end", .kind = Kind::time, .meaning = "Where it ends.", .nullable = true},
    Column{.name = "seconds",
           .kind = Kind::number,
           .meaning = "How long it took, retries included; null where nothing was asked.",
           .nullable = true},
    Column{.name = "bytes",
           .kind = Kind::count,
           .meaning = "How long the answer was.",
           .nullable = true},
    Column{.name = "rows",
           .kind = Kind::count,
           .meaning = "How many rows were accepted.",
           .nullable = true},
    Column{
        .name = "rejected", .kind = Kind::count, .meaning = "How many were not.", .nullable = true},
    Column{.name = "retries",
           .kind = Kind::count,
           .meaning = "How often it was tried again.",
           .nullable = true},
    Column{.name = "failure",
           .meaning = "Why no accepted answer came; null where one did.",
           .nullable = true,
           .example = "timeout: nothing after 120 s"},
};

constexpr std::array kParameters = {
    Parameter{.name = "request",
              .type = "integer",
              .default_value = "",
              .choices = "",
              .meaning = "Only the polls of one request, as its answer names it.",
              .example = "12"}};

Value text(const std::string& value) {
  return value.empty() ? Value{} : Value{std::string_view(value)};
}
Value time(std::optional<SystemTime> at) { return at ? Value{*at} : Value{}; }

void add(Table& table, const Collection& one) {
  const bool asked = one.window.has_value();
  const auto count = [&](std::uint64_t number) { return asked ? Value{number} : Value{}; };
  const auto bound = [&](std::chrono::sys_seconds model::Window::*end) {
    return one.window ? Value{SystemTime((*one.window).*end)} : Value{};
  };
  table.add({one.id, one.request == 0 ? Value{} : Value{one.request}, to_string(one.state),
             std::string_view(one.source), to_string(one.query), text(one.asked_by),
             time(one.asked_at), time(one.finished_at), bound(&model::Window::start),
             bound(&model::Window::end), asked ? Value{one.seconds} : Value{}, count(one.bytes),
             count(one.rows), count(one.rejected), count(one.retries), text(one.failure)});
}

Answer<Table> rows(const Question& question) {
  const std::string& given = question.parameters.of("request");
  std::uint64_t request = 0;
  const auto read = std::from_chars(given.data(), given.data() + given.size(), request);
  const bool whole = read.ec == std::errc{} && read.ptr == given.data() + given.size();
  if (!given.empty() && (!whole || request == 0)) {
    return tl::unexpected(
        Problem{"bad_parameter",
                fmt::format("Parameter request is {}: it must be a whole number from 1 on.",
                            api::quoted(given))});
  }
  Table table;
  table.columns = kColumns;
  const auto all =
      std::make_shared<const std::vector<Collection>>(question.sources.collections.all());
  table.keep.push_back(all);
  for (const Collection& one : *all) {
    if (request == 0 || one.request == request) add(table, one);
  }
  return table;
}

// `application/json`, whatever its parameters.
bool is_json(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return std::equal(type.begin(), type.end(), kJson.begin(), kJson.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

std::string names_of(const poll::Publication* publication) {
  std::string out;
  if (publication == nullptr) return out;
  for (const poll::SourceStatus& source : publication->sources) {
    out += (out.empty() ? ": it must be one of " : ", ") + api::quoted(source.name);
  }
  return out;
}

Reply refusal(const poll::Denied& denied, const poll::Board& board) {
  switch (denied.reason) {
    case poll::Denied::Reason::unknown_source:
      break;
    case poll::Denied::Reason::under_way:
      return problem("collection_under_way", fmt::format("{} is being asked already: wait for it.",
                                                         api::quoted(denied.source)));
    case poll::Denied::Reason::too_soon: {
      const auto wait = std::max(denied.retry_after, seconds(1));
      Reply reply = problem(
          "too_many_requests",
          fmt::format("{} was asked less than {} s ago: ask again in {} s.",
                      api::quoted(denied.source), poll::Collections::kRest.count(), wait.count()));
      reply.headers.emplace_back("Retry-After", fmt::format("{}", wait.count()));
      return reply;
    }
  }
  return problem("bad_body", fmt::format("{} is no source{}.", api::quoted(denied.source),
                                         names_of(board.latest().get())));
}

// As while a reload replaces the pollers.
Reply nobody() {
  Reply reply = problem("busy", "No source is being asked right now: ask again in 1 s.");
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

Reply accepted(const std::vector<Collection>& asked) {
  nlohmann::ordered_json body;
  const std::uint64_t request = asked.front().request;
  body["request"] = request;
  body["collections"] = nlohmann::ordered_json::array();
  for (const Collection& one : asked) {
    body["collections"].push_back({{"id", one.id},
                                   {"state", to_string(one.state)},
                                   {"source", one.source},
                                   {"query", to_string(one.query)}});
  }
  Reply reply{.status = 202};
  reply.headers = {{"Content-Type", "application/json"},
                   {"Cache-Control", "no-store"},
                   {"Location", fmt::format("{}/collections?request={}", kPrefix, request)}};
  reply.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return reply;
}

}  // namespace

constexpr RowsRoute kCollections{
    .parameters = kParameters, .columns = kColumns, .rows = rows, .sort = "-id"};

Reply start_collection(const Sources& sources, const Request& request,
                       const access::Caller& caller) {
  if (!is_json(request.content_type)) {
    return problem("unsupported_media_type",
                   request.content_type.empty()
                       ? "Content-Type is missing: it must be application/json."
                       : fmt::format("Content-Type is {}: it must be application/json.",
                                     api::quoted(request.content_type)));
  }
  const auto wanted = parse_collection_body(request.body);
  if (!wanted) return problem("bad_body", wanted.error().message);
  const auto asked = sources.collections.ask(*wanted, caller.name);
  if (!asked) return refusal(asked.error(), sources.board);
  if (asked->empty()) return nobody();
  return accepted(*asked);
}

}  // namespace exporter::api
