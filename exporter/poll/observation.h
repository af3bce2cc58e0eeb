// What is asked, of whom and how often, and what came of it. Part of the door poll.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "exporter/clock.h"
#include "exporter/http/http.h"
#include "exporter/model/model.h"
#include "exporter/opencost/opencost.h"

namespace exporter::poll {

/// How often each query is asked. Floors keep the load on OpenCost what it is meant to be.
struct Schedule {
  std::chrono::seconds current{300};
  std::chrono::seconds assets{900};
  std::chrono::seconds today{1800};
  /// How long after its end a window is first asked for, so that late samples are in it.
  std::chrono::seconds settle{600};
  /// Added to or taken off each interval at random, as a share of it, so that many sources and
  /// restarts do not fall into step.
  double jitter = 0.05;
  /// Where days begin.
  model::Calendar calendar{};
  /// Labels that rules ask for, as OpenCost names them; sorted.
  std::vector<std::string> labels{};

  std::chrono::seconds interval(opencost::Query query) const;
  /// The same, but at least as long as windows take to change: no question is asked twice.
  std::chrono::seconds longest_interval(opencost::Query query, opencost::Alignment alignment) const;
  friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// One OpenCost.
struct Source {
  /// The label `cluster` of the exporter's own metrics: configured, else the URL's host and port.
  std::string name;
  /// True when `name` was configured and so replaces OpenCost's own word on cost series as well.
  bool named = false;
  std::string url;
  opencost::Alignment alignment = opencost::Alignment::rolling;
  http::Options http;

  friend bool operator==(const Source&, const Source&) = default;
};

struct PollFailure {
  std::string reason;  // http::FailureKind or opencost::Refusal, as text
  std::string detail;
  /// The server could not be reached or spoken to, whatever the query.
  bool unreachable = false;
  /// OpenCost may still be working on it.
  bool abandoned = false;
};

/// One finished poll.
struct Observation {
  std::string source;
  opencost::Question question;
  /// What its windows lie on: no newer answer can come before the next mark.
  opencost::Alignment alignment = opencost::Alignment::rolling;
  SystemTime fetched_at{};
  std::chrono::duration<double> took{};
  std::uint64_t retries = 0;
  std::uint64_t bytes = 0;
  std::variant<PollFailure, opencost::AllocationAnswer, opencost::AssetAnswer> outcome;
};

/// Asks `source` one question and decodes the answer while it arrives; what may be tried again is,
/// as `retry` says. Nothing when it was stopped.
std::optional<Observation> ask(const Source& source, const opencost::Question& question,
                               const http::RetryPolicy& retry, http::Transport& transport,
                               const Clock& clock, std::mt19937_64& random,
                               const std::stop_token& stop);

}  // namespace exporter::poll
