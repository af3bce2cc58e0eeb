// A server on a free port of the loopback, for the tests of web/.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "exporter/web/web.h"
#include "tests/web/samples.h"

namespace exporter::web::samples {

struct Running {
  explicit Running(Options options = {}, Security security = {}, api::Options api = {},
                   access::Reviewer reviewer = nullptr)
      : gate(clock, std::move(reviewer)) {
    options.listen_addresses = {"127.0.0.1:0"};
    Result<std::unique_ptr<Server>> started = Server::start(
        std::move(options),
        {.clock = clock,
         .board = board,
         .self = self,
         .ledger = ledger,
         .collections = collections,
         .gate = gate},
        std::move(security), std::move(api), [this] { return on_reload ? on_reload() : done(); });
    if (!started) throw std::runtime_error(started.error().message);
    server = std::move(*started);
  }

  static Result<void> done() { return {}; }
  const std::string& address() const { return server->addresses().front(); }

  void publish(poll::Publication next) {
    board.put(std::make_shared<const poll::Publication>(std::move(next)));
  }
  void publish(std::shared_ptr<const metrics::Page> page) {
    poll::Publication next = publication({healthy_source("prod")}, {{}});
    next.page = std::move(page);
    publish(std::move(next));
  }

  ManualClock clock{kNow};
  poll::Board board;
  metrics::SelfMetrics self{kNow};
  ledger::Ledger ledger{{}};
  poll::Collections collections{clock};
  access::Gate gate;
  std::function<Result<void>()> on_reload;  // set it before asking for a reload
  std::unique_ptr<Server> server;
};

/// The page of a report in which every sample of cost data has the value `generation`.
inline std::shared_ptr<const metrics::Page> uniform_page(int generation, int namespaces) {
  const auto rows = std::make_shared<model::AllocationTable>();
  auto hour = std::make_shared<cost::Breakdown>();
  hour->window = last_hour();
  model::Costs costs;
  costs[model::Resource::cpu] = {std::int64_t{generation} * 1'000'000};
  costs[model::Resource::memory] = costs[model::Resource::cpu];
  hour->clusters.push_back({"prod", costs});
  for (int i = 0; i < namespaces; ++i) {
    const std::string name = "namespace-" + std::to_string(100000 + i);
    hour->namespaces.push_back({"prod", rows->text.store(name), costs});
  }
  hour->rows = rows;
  cost::Report report;
  report.sources = {report_of(hour)};
  return std::make_shared<const metrics::Page>(metrics::render(report, {}));
}

/// A page of `mebibytes` blocks filled with `letter`, which no deflated form goes with.
inline std::shared_ptr<const metrics::Page> large_page(int mebibytes, char letter) {
  return std::make_shared<const metrics::Page>(std::vector<std::string>(
      static_cast<std::size_t>(mebibytes), std::string(std::size_t{1} << 20, letter)));
}

inline std::string joined(const std::vector<std::string>& blocks) {
  std::string text;
  for (const std::string& block : blocks) text += block;
  return text;
}

}  // namespace exporter::web::samples
