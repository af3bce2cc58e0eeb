// OpenCost's HTTP API, version 1.109 and later: questions to URLs, bytes to checked values.
//
// Answers are decoded while they arrive and never held whole. An answer is accepted or refused as
// a whole; inside an accepted answer single rows may be rejected, each with a reason. Pure: no
// logging, no clock, no network.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/model/model.h"
#include "exporter/result.h"

namespace exporter::opencost {

enum class Query : std::uint8_t { current, assets, today, day };
inline constexpr std::array kQueries = {Query::current, Query::assets, Query::today, Query::day};
std::string_view to_string(Query query);

/// Which windows OpenCost can answer well.
enum class Alignment : std::uint8_t {
  rolling,  // any bounds on 5-minute marks: OpenCost on Prometheus
  hour,     // whole clock hours only: OpenCost's collector mode serves a query from one bucket
};
std::string_view to_string(Alignment alignment);

/// OpenCost's internal grid (PROMETHEUS_QUERY_RESOLUTION_SECONDS, 300 s by default).
inline constexpr std::chrono::seconds kResolution{300};
/// What the bounds of windows are multiples of.
constexpr std::chrono::seconds grid(Alignment alignment) {
  return alignment == Alignment::hour ? std::chrono::hours(1) : kResolution;
}

/// The window to ask for at `now`, bounds on 5-minute marks and never in the future:
///   current, assets  the last 60 minutes that ended at least `settle` ago (hour: the last whole
///                    clock hour that did)
///   today            [start of the day, the last mark at least `settle` ago) (hour: the last whole
///                    hour)
///   day              yesterday
/// Nothing when there is no such window yet, as just after midnight.
std::optional<model::Window> window_for(Query query, Alignment alignment,
                                        std::chrono::seconds settle,
                                        const model::Calendar& calendar, SystemTime now);

struct Question {
  Query query = Query::current;
  model::Window window;
  /// Labels to read from each row, by the names OpenCost gives them (`[^a-zA-Z0-9_]` -> `_`), and
  /// annotations, with model::kAnnotation before theirs; sorted. They make an answer larger.
  std::vector<std::string> labels{};

  friend bool operator==(const Question&, const Question&) = default;
};

/// `base` with its path prefix kept: http://host:9003/model ->
/// http://host:9003/model/allocation?...
std::string url(std::string_view base, const Question& question);
/// The question a URL of ours asks, without the names of labels; for replaying recordings.
Result<Question> parse_url(std::string_view url);

/// Why a whole answer was refused; the value of the label `reason`.
enum class Refusal : std::uint8_t {
  content_type,  // not JSON: a login page, a proxy's error
  parse,         // not one complete JSON document, or not UTF-8
  envelope,      // the envelope says code != 200, whatever the HTTP status was
  shape,         // JSON, but not what was asked for
  empty,         // no usable row: `[]`, `[{}]`, `[null]`, only unmounted or only rejected rows
  implausible,   // far fewer rows than before, or sums beyond any bill
};
inline constexpr std::size_t kRefusals = 6;
std::string_view to_string(Refusal refusal);

struct Fault {
  Refusal refusal = Refusal::parse;
  std::string detail;  // one clause with the value and the place
};

/// Why a single row was rejected; the value of the label `reason`.
enum class Rejection : std::uint8_t {
  malformed,         // not an object, or a field of the wrong type
  no_identity,       // neither properties nor key say which pod, workload or asset it is
  duplicate,         // the same pod or workload twice in one answer; the first is kept
  null_cost,         // a cost is null: OpenCost computed NaN or infinity
  negative_minutes,  // end before start, or no minutes but a cost
  outside_window,    // start or end more than one resolution outside the window asked for
  negative_cost,     // below -0.0001, adjustments aside (idle is set to 0 instead)
  negative_usage,    // hours or bytes below zero
  absurd_cost,       // beyond Limits::max_cost_per_hour
  invalid_text,      // a name longer than Limits::max_name_bytes or holding control characters
};
inline constexpr std::size_t kRejections = 10;
std::string_view to_string(Rejection rejection);

/// The first row rejected for a reason, to be logged; the others are counted only.
struct RejectedRow {
  Rejection reason = Rejection::malformed;
  std::string key;  // shortened to 200 bytes
  std::string detail;
};

struct Rejected {
  std::array<std::uint64_t, kRejections> counts{};
  std::vector<RejectedRow> examples;  // at most one a reason
  std::uint64_t total() const;
};

struct Limits {
  /// A row that costs more per hour of the window is a fault of OpenCost's, not a bill.
  double max_cost_per_hour = 1e6;
  std::size_t max_row_bytes = 16u << 20;
  std::size_t max_envelope_bytes = 1u << 20;
  std::size_t max_name_bytes = 1024;
  int max_depth = 64;
  std::uint64_t max_rows = 5'000'000;
};

struct AllocationAnswer {
  std::shared_ptr<const model::AllocationTable> table;
  Rejected rejected;
  std::uint64_t rows_skipped = 0;  // no minutes and no cost: pods that have just been born
  std::uint64_t idle_clamped = 0;  // idle rows below zero, set to zero (OpenCost before 1.119)
};

struct AssetAnswer {
  std::shared_ptr<const model::AssetTable> table;
  Rejected rejected;
};

/// Decodes one answer of `current`, `today` or `day`. One object per answer; feed(), then finish()
/// once. A fault found early makes feed() return false; finish() then says which.
///
/// A day without any workload is an answer with an empty table: OpenCost may have forgotten it.
///
/// `cluster`, unless empty, replaces OpenCost's own name of the cluster; an answer that speaks of
/// several clusters is then refused, since they could no longer be told apart.
class AllocationDecoder {
 public:
  AllocationDecoder(const Question& question, std::string_view cluster, const Limits& limits);
  ~AllocationDecoder();

  bool feed(std::string_view bytes);
  Result<AllocationAnswer, Fault> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same for `assets`.
class AssetDecoder {
 public:
  AssetDecoder(const Question& question, std::string_view cluster, const Limits& limits);
  ~AssetDecoder();

  bool feed(std::string_view bytes);
  Result<AssetAnswer, Fault> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Nothing when `content_type` says JSON; the refusal otherwise. An absent type is accepted.
std::optional<Fault> check_content_type(std::string_view content_type);

/// OpenCost sometimes answers 200 with nearly nothing when Prometheus fails underneath it. `rows`
/// is implausible when it is below a fifth of `previous` and `previous` is at least 10.
std::optional<Fault> check_row_count(std::size_t rows, std::size_t previous);

}  // namespace exporter::opencost
