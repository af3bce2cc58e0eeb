// The golden pages: what the recordings beside them look like on /metrics.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "exporter/poll/poll.h"

namespace exporter::golden {

struct Pages {
  std::string cost;      // the whole of /metrics?collect[]=cost
  std::string exporter;  // of /metrics?collect[]=exporter what does not depend on the machine
};

/// Without what differs from one machine, run or version to the next.
inline std::string stable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n') + 1);
    text.remove_prefix(line.size());
    const bool differs = line.find("process_") != std::string_view::npos ||
                         line.find("_duration_seconds") != std::string_view::npos ||
                         line.find("_build_info") != std::string_view::npos;
    if (!differs) out += line;
  }
  return out;
}

/// Replays `directory` as `opencost-exporter run --replay` does.
inline Pages replay(const std::string& directory) {
  const auto recordings = http::read_recordings(directory);
  if (!recordings) throw std::runtime_error(recordings.error().message);
  if (recordings->empty()) throw std::runtime_error("no recordings in " + directory);
  ManualClock clock(recordings->front().fetched_at);
  metrics::SelfMetrics self(clock.now());
  poll::Board board;
  ledger::Ledger ledger({});
  poll::History history(ledger, self, [](const log::Event&) {});
  poll::Publisher publisher(clock, history, ledger, self, board, [](const log::Event&) {});
  poll::PublisherOptions options;
  options.sources = {"eu", "us"};
  options.budgets = {{.name = "all", .monthly = 5000},
                     {.name = "payments", .monthly = 90.5, .cluster = "eu", .namespaces = {"pay*"}},
                     {.name = "shop", .monthly = 300, .tenant = "shop"}};
  options.rules.tenants = {{.tenant = "money", .namespaces = {"pay*"}},
                           {.tenant = "shop", .cluster = "eu", .namespaces = {"checkout"}}};
  options.rules.labels = {"team"};
  options.shared = {.namespaces = {"kube-system"},
                    .monthly_amounts = {{"support", 100}},
                    .idle = true,
                    .over = cost::Over::tenants};
  options.savings.idle_for = options.savings.minimum_observation = std::chrono::hours(1);
  options.policies = {{.name = "idle", .exclude = {"dev-*"}, .minimum_per_hour = 0.01}};
  publisher.adopt(options);
  if (const auto replayed = poll::replay(*recordings, {"team"}, clock, publisher); !replayed) {
    throw std::runtime_error(replayed.error().message);
  }
  const auto exposition = metrics::expose(board.latest()->page, {}, {.exporter = false});
  Pages pages;
  for (std::string_view piece : exposition->pieces) pages.cost += piece;
  pages.exporter = stable(self.render(metrics::Format::text));
  return pages;
}

}  // namespace exporter::golden
