// An exporter beside a fake OpenCost, over real HTTP and on a clock that jumps.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include "exporter/demo/demo.h"
#include "tests/poll/scripted.h"

namespace exporter::poll::samples {

/// The way to OpenCost, which can be cut.
class Line final : public http::Transport {
 public:
  explicit Line(const bool& cut) : cut_(cut), curl_({}) {}

  Result<http::Answer, http::Failure> get(const std::string& url, const http::Body& body,
                                          std::stop_token stop) override {
    if (cut_) {
      return tl::unexpected(http::Failure{http::FailureKind::connect, 0, "line cut", {}});
    }
    return curl_.get(url, body, stop);
  }

 private:
  const bool& cut_;
  http::CurlTransport curl_;
};

/// One process of the exporter, from start to end, with one source, "life".
struct Process {
  Process(ManualClock& clock_, const demo::Server& server, const std::string& path, const bool& cut,
          PublisherOptions options)
      : clock(clock_),
        self(clock.now()),
        ledger({.path = path}),
        history(ledger, self, events.sink()),
        publisher(clock, history, ledger, self, board, events.sink()),
        collections(clock) {
    options.sources = {"life"};
    publisher.adopt(options);
    Source source;
    source.name = "life";
    source.url = server.url();
    poller = std::make_unique<Poller>(source, options.schedule, http::RetryPolicy{.retries = 0},
                                      clock, std::make_unique<Line>(cut), history, publisher,
                                      collections, events.sink(), 1);
  }

  /// Until `end`, jumping to whatever is due next. `look` is called whenever something was asked.
  void live_until(
      SystemTime end, const std::function<void()>& look = [] {}) {
    for (;;) {
      const SteadyTime next = poller->step({});
      look();
      const SteadyTime now = clock.steady();
      if (next <= now) continue;
      history.tend(clock.now());
      const SteadyTime last = now + (end - clock.now());
      const SteadyTime until = std::min({next, publisher.next_expiry(), last});
      if (until > now) clock.advance(std::chrono::ceil<std::chrono::milliseconds>(until - now));
      publisher.expire();
      if (clock.now() >= end) return;
    }
  }

  ManualClock& clock;
  metrics::SelfMetrics self;
  Events events;
  ledger::Ledger ledger;
  History history;
  Board board;
  Publisher publisher;
  Collections collections;
  std::unique_ptr<Poller> poller;
};

}  // namespace exporter::poll::samples
