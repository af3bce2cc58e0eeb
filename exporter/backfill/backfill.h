// Past windows, asked and rendered as live ones are, into an OpenMetrics file that
// `promtool tsdb create-blocks-from openmetrics` reads.
//
// Each window is asked on its own, never more than a day at a time, and one request after the
// other. Finished windows wait in `<output>.partial`, a SQLite file, so that memory stays flat and
// a run that was broken off goes on where it ended when the same command is given again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/clock.h"
#include "exporter/http/http.h"
#include "exporter/metrics/metrics.h"
#include "exporter/model/model.h"
#include "exporter/poll/poll.h"
#include "exporter/result.h"

namespace exporter::backfill {

/// The length of each window; a sample stands at its end.
enum class Step : std::uint8_t { hour, day };
std::string_view to_string(Step step);

struct Options {
  /// Dates (2026-10-01: where the day begins in the configured calendar) or times in UTC
  /// (2026-10-01T12:00:00Z); `to` is not included. Both on the marks of `step`.
  std::string from;
  std::string to;
  Step step = Step::hour;
  std::string output;
  /// Added to every series, such as job and instance: those of the live scrape make it go on in
  /// the same series. A label a series has itself stays, as with `honor_labels: true`.
  /// REQUIRES: values are UTF-8.
  std::vector<std::pair<std::string, std::string>> labels;

  friend bool operator==(const Options&, const Options&) = default;
};

/// What is asked and how: the same as for the live exporter.
struct Setup {
  std::vector<poll::Source> sources;  // REQUIRES: at least one, no name twice
  model::Calendar calendar;
  /// How long after its end a window may be asked for.
  std::chrono::seconds settle = poll::Schedule{}.settle;
  http::RetryPolicy retry;
  /// Nothing is folded, whatever it says: which rows would be is known for live pages only.
  metrics::Options metrics;
  cost::AttributionRules rules;     // whose the cost of each window is
  std::vector<std::string> labels;  // what they ask OpenCost for; sorted
  std::function<std::unique_ptr<http::Transport>(const poll::Source&)> make_transport;
};

struct Progress {
  std::uint64_t done = 0;  // windows of all sources, those of an earlier run included
  std::uint64_t total = 0;
  std::uint64_t empty = 0;  // of those done: OpenCost knows nothing of them; they have no samples
  std::uint64_t bytes = 0;  // read from OpenCost by this run
  /// Rows left out of the answers of this run, each being wrong in itself.
  std::uint64_t rejected = 0;
  std::string source;  // the one asked last, and its window
  model::Window window;
};

/// Asks every window, newest last, and writes the file. `progress` is called after each window.
/// After each question there is a pause as long as it took, so that OpenCost has half its time for
/// others. An error names the window; what was done until then is kept for the next run. A stop is
/// an error too, and says so. A file of the name `output` is never touched.
Result<Progress> run(const Options& options, const Setup& setup, const Clock& clock,
                     const std::function<void(const Progress&)>& progress,
                     const std::stop_token& stop);

}  // namespace exporter::backfill
