#include "exporter/demo/faults.h"

#include <fmt/format.h>

#include <algorithm>

namespace exporter::demo {

namespace {

// Where an absurd value or a null stands: the first workload row, then every tenth.
constexpr std::size_t kEveryNth = 10;
constexpr std::size_t kFewRows = 20;
constexpr std::size_t kDepth = 3000;

// A body in pieces: `head`, rows joined by commas, `tail`.
struct Pieces {
  std::string head;
  std::vector<std::string> rows;
  std::string tail;
};

// The end of the JSON value that starts at `at`, or of the text.
std::size_t value_end(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i;
      --depth;
    } else if (c == ',' && depth == 0) {
      return i;
    }
  }
  return text.size();
}

Pieces take_apart(const std::string& body) {
  Pieces pieces;
  for (std::string_view head : {R"({"code":200,"data":[{)", R"({"code":200,"data":{)"}) {
    if (!body.starts_with(head)) continue;
    std::size_t at = head.size();
    while (at < body.size() && body[at] != '}') {
      const std::size_t end = value_end(body, at);
      pieces.rows.push_back(body.substr(at, end - at));
      at = end < body.size() && body[end] == ',' ? end + 1 : end;
    }
    pieces.head = head;
    pieces.tail = body.substr(at);
    return pieces;
  }
  pieces.head = body;
  return pieces;
}

std::string put_together(const Pieces& pieces) {
  std::string body = pieces.head;
  for (const std::string& row : pieces.rows) {
    if (&row != pieces.rows.data()) body += ',';
    body += row;
  }
  return body + pieces.tail;
}

bool is_idle(std::string_view row) { return row.starts_with(R"("__idle__")"); }

bool is_workload(std::string_view row) {
  return !is_idle(row.substr(0, row.find(':'))) &&
         row.substr(0, row.find(':')).find("__unmounted__") == std::string_view::npos;
}

// Gives every member of that name in `row` this value.
void set_member(std::string& row, std::string_view member, std::string_view value) {
  const std::string name = fmt::format("\"{}\":", member);
  for (std::size_t at = row.find(name); at != std::string::npos; at = row.find(name, at)) {
    at += name.size();
    row.replace(at, value_end(row, at) - at, value);
  }
}

template <class Change>
void change_every_tenth(Reply& reply, const Change& change) {
  Pieces pieces = take_apart(reply.body);
  std::size_t seen = 0;
  for (std::string& row : pieces.rows) {
    if (is_workload(row) && seen++ % kEveryNth == 0) change(row);
  }
  reply.body = put_together(pieces);
}

template <class Keep>
void keep_rows(Reply& reply, const Keep& keep) {
  Pieces pieces = take_apart(reply.body);
  std::size_t index = 0;
  const auto gone = std::remove_if(pieces.rows.begin(), pieces.rows.end(),
                                   [&](const std::string& row) { return !keep(row, index++); });
  pieces.rows.erase(gone, pieces.rows.end());
  reply.body = put_together(pieces);
}

void say(Reply& reply, std::string body) {
  reply = Reply{};
  reply.body = std::move(body);
}

void busy(Reply& reply, unsigned status, std::string text) {
  reply = plain_text(status, std::move(text));
  reply.headers.emplace_back("Retry-After", "1");
}

void log_in(Reply& reply) {
  say(reply, "<!DOCTYPE html>\n<html><body><form action=\"/login\">Sign in</form></body></html>\n");
  reply.type = "text/html; charset=utf-8";
}

void leave(Reply& reply) {
  reply = plain_text(302, "");
  reply.headers.emplace_back("Location", "http://127.0.0.1:1/");
}

void truncate(Reply& reply) {
  reply.body.resize(reply.body.size() / 2);
  reply.delivery = Delivery::counted;
}

void null_costs(Reply& reply) {
  change_every_tenth(reply, [](std::string& row) {
    for (std::string_view member : {"cpuCost", "ramCost", "totalCost"}) {
      set_member(row, member, "null");
    }
  });
}

void negative_minutes(Reply& reply) {
  change_every_tenth(reply, [](std::string& row) { set_member(row, "minutes", "-2.45"); });
}

void absurd_cost(Reply& reply) {
  change_every_tenth(reply, [](std::string& row) {
    for (std::string_view member : {"cpuCost", "totalCost"}) set_member(row, member, "1.97e+25");
  });
}

void negative_idle(Reply& reply) {
  Pieces pieces = take_apart(reply.body);
  for (std::string& row : pieces.rows) {
    if (!is_idle(row)) continue;
    for (std::string_view member : {"cpuCost", "totalCost"}) set_member(row, member, "-186.571");
    set_member(row, "ramCost", "0");
    set_member(row, "gpuCost", "0");
  }
  reply.body = put_together(pieces);
}

void duplicate_row(Reply& reply) {
  Pieces pieces = take_apart(reply.body);
  const auto first = std::find_if(pieces.rows.begin(), pieces.rows.end(), is_workload);
  if (first != pieces.rows.end()) pieces.rows.insert(first, std::string(*first));
  reply.body = put_together(pieces);
}

void invalid_utf8(Reply& reply) {
  const std::string_view member = R"("cluster":")";
  const std::size_t at = reply.body.find(member);
  if (at != std::string::npos) reply.body.insert(at + member.size(), "\xff\xfe");
}

void deep_nesting(Reply& reply) {
  Pieces pieces = take_apart(reply.body);
  if (pieces.rows.empty()) return;
  std::string& row = pieces.rows.back();
  row.pop_back();
  row += R"(,"nested":)" + std::string(kDepth, '[') + std::string(kDepth, ']') + "}";
  reply.body = put_together(pieces);
}

void few_rows(Reply& reply) {
  keep_rows(reply, [](const std::string&, std::size_t index) { return index % kFewRows == 0; });
}

void only_idle(Reply& reply) {
  keep_rows(reply, [](const std::string& row, std::size_t) { return is_idle(row); });
}

template <Delivery how>
void deliver(Reply& reply) {
  reply.delivery = how;
}

}  // namespace

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {"envelope500", "HTTP 200 around an envelope with code 500: the encoder failed half-way",
       [](Reply& r) { say(r, "{\"code\":500,\"message\":\"Internal Server Error\"}"); }},
      {"error500", "HTTP 500 with an envelope: Prometheus did not answer",
       [](Reply& r) { r = error_envelope("error computing allocations: query error: timeout"); }},
      {"error503", "HTTP 503 with Retry-After: 1",
       [](Reply& r) { busy(r, 503, "service unavailable\n"); }},
      {"error429", "HTTP 429 with Retry-After: 1",
       [](Reply& r) { busy(r, 429, "too many requests\n"); }},
      {"text400", "HTTP 400 in plain text: the window was refused",
       [](Reply& r) {
         r = plain_text(400, "Invalid 'window' parameter: illegal window: bogus\n");
       }},
      {"old-window-error", "HTTP 400 as up to 1.120: the text, then an envelope after it",
       [](Reply& r) {
         r = plain_text(
             400,
             "Invalid 'window' parameter: illegal window: bogus\n"
             "{\"code\":500,\"data\":null,\"message\":\"illegal window: [nil, nil)\"}\n");
       }},
      {"empty-body", "HTTP 200 and nothing", [](Reply& r) { say(r, ""); }},
      {"empty-list", "no sets at all", [](Reply& r) { say(r, "{\"code\":200,\"data\":[]}\n"); }},
      {"empty-set", "one set without rows: the data source was away",
       [](Reply& r) { say(r, "{\"code\":200,\"data\":[{}]}\n"); }},
      {"null-set", "null for a set, as when only idle rows exist",
       [](Reply& r) { say(r, "{\"code\":200,\"data\":[null]}\n"); }},
      {"only-idle", "every row but __idle__ is gone", only_idle},
      {"few-rows", "one row in twenty is left", few_rows},
      {"null-costs", "one workload row in ten has null for its CPU, RAM and total cost",
       null_costs},
      {"negative-minutes", "one workload row in ten ran for -2.45 minutes", negative_minutes},
      {"absurd-cost", "one workload row in ten cost 1.97e+25", absurd_cost},
      {"negative-idle", "__idle__ is -186.571, as before 1.119", negative_idle},
      {"duplicate-row", "the first workload row comes twice", duplicate_row},
      {"invalid-utf8", "two bytes that are not UTF-8 in the first cluster name", invalid_utf8},
      {"deep-nesting", "the last row has a member of 3,000 nested lists", deep_nesting},
      {"login-page", "HTTP 200 and a page in HTML, from a proxy", log_in},
      {"redirect", "HTTP 302 to http://127.0.0.1:1/, where nobody listens", leave},
      {"truncated", "half of the answer, with a Content-Length that agrees", truncate},
      {"truncated-connection", "half of what Content-Length promises, then the connection closes",
       deliver<Delivery::cut>},
      {"stall", "nothing, until the client leaves or the server stops", deliver<Delivery::never>},
      {"drip", "the answer, one byte every tenth of a second", deliver<Delivery::drip>},
  };
  return all;
}

const Fault* find_fault(std::string_view kind) {
  const auto found = std::find_if(faults().begin(), faults().end(),
                                  [&](const Fault& fault) { return fault.kind == kind; });
  return found == faults().end() ? nullptr : &*found;
}

std::string fault_list() {
  std::string text;
  for (const Fault& fault : faults()) text += fmt::format("{:21} {}\n", fault.kind, fault.what);
  return text;
}

}  // namespace exporter::demo
