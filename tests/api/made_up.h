// A route of made-up rows, asked all the way to bytes.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/api/serve.h"

namespace exporter::api::samples {

inline constexpr Column kMadeUpColumns[] = {
    {.name = "cluster", .meaning = "A cluster.", .focus = "SubAccountId"},
    {.name = "pod", .meaning = "A pod.", .nullable = true},
    {.name = "total_cost",
     .kind = Kind::money,
     .meaning = "All.",
     .summed = true,
     .focus = "EffectiveCost"},
    {.name = "idle_cost",
     .kind = Kind::money,
     .meaning = "Idle.",
     .nullable = true,
     .summed = true},
    {.name = "ratio", .kind = Kind::number, .meaning = "A ratio.", .nullable = true},
    {.name = "pods", .kind = Kind::count, .meaning = "How many."},
    {.name = "spot", .kind = Kind::truth, .meaning = "Whether."},
    {.name = "seen", .kind = Kind::time, .meaning = "When."},
    {.name = "day", .kind = Kind::date, .meaning = "A day."},
};
inline constexpr Parameter kMadeUpParameters[] = {
    {"aggregate", "choice", "pod", "cluster, pod, label:NAME", "By what.", "cluster"},
    {"from", "date", "", "", "The first day.", "2026-10-01"},
    {"request", "integer", "", "", "Which.", "1"},
    {"who", "text", "", "", "Whose.", "ada"},
};

/// What the route answers with, and what it was asked.
struct MadeUp {
  static inline std::vector<std::vector<Value>> rows;
  static inline std::string window;
  static inline std::vector<SourceWindow> windows;
  static inline bool fails = false;
  static inline int asked = 0;

  static Answer<Table> answer(const Question& question) {
    ++asked;
    if (fails) return tl::unexpected(Problem{"bad_parameter", "Parameter from is too early."});
    Table table;
    // By cluster, there are no pods.
    const bool pods = question.parameters.of("aggregate") != "cluster";
    const std::span<const Column> all = kMadeUpColumns;
    table.columns = pods ? all : all.first(1);
    table.window_name = window;
    table.windows = windows;
    for (const auto& row : rows) {
      table.cells.insert(table.cells.end(), row.begin(), pods ? row.end() : row.begin() + 1);
    }
    return table;
  }
};

inline const RowsRoute kMadeUpRoute{kMadeUpParameters, kMadeUpColumns, MadeUp::answer,
                                    "-total_cost"};
inline const Endpoint kMadeUp{{"/api/v1/made/up", "GET, HEAD", Who::callers, "Made up."},
                              "Costs",
                              "Of no use.",
                              &kMadeUpRoute};

inline std::vector<Value> row(std::string_view cluster, Value pod, std::int64_t micros,
                              Value idle = {}) {
  return {cluster,
          pod,
          Cost{micros},
          idle,
          0.5,
          std::uint64_t{3},
          true,
          SystemTime(std::chrono::seconds(1'700'000'000)),
          std::string_view("2026-11-22")};
}

class Asking {
 public:
  Asking() {
    MadeUp::rows.clear();
    MadeUp::windows.clear();
    MadeUp::window.clear();
    MadeUp::fails = false;
    MadeUp::asked = 0;
    publish(7);
  }

  void publish(std::uint64_t snapshot, double rate = 1) {
    auto next = std::make_shared<poll::Publication>();
    next->report.snapshot = snapshot;
    next->published_at = SystemTime(std::chrono::milliseconds(1'795'309'323'456));
    next->currency = "USD";
    next->currency_rate = rate;
    board.put(std::move(next));
  }

  Reply ask(Request request, const Endpoint& endpoint = kMadeUp) {
    if (request.method.empty()) request.method = "GET";
    return serve(endpoint, {clock, board, ledger, collections}, request,
                 {.name = "token root", .admin = true});
  }
  Reply get(std::string_view query) { return ask({.method = {}, .path = {}, .query = query}); }
  nlohmann::json json(std::string_view query = {}) {
    return nlohmann::json::parse(get(query).body);
  }
  std::string csv(std::string_view query = {}) {
    return ask({.method = {}, .path = {}, .query = query, .accept = "text/csv"}).body;
  }

  ManualClock clock{SystemTime{}};
  poll::Board board;
  ledger::Ledger ledger{{}};
  poll::Collections collections{clock};
};

/// Empty when it was not sent.
inline std::string header(const Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace exporter::api::samples
