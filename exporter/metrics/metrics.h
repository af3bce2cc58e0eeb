// From a report to the bytes a scrape sends.
//
// The cost page is rendered and deflated once per publication; a scrape shares those bytes and
// appends the live metrics of the exporter itself. Gauges look the same in the text format and in
// OpenMetrics, so one rendering of the cost page serves both.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/cost/cost.h"
#include "exporter/metrics/catalogue.h"

namespace exporter::metrics {

struct Options {
  /// One series per pod and resource; the largest family by far.
  bool pods = true;
  bool workloads = true;
  /// Series of cost data on a page, and of any one family. What is beyond is folded: the cheapest
  /// rows of a namespace become one, kOther, so that sums stay exact.
  std::uint64_t max_series = 200'000;
  std::uint64_t max_family_series = 100'000;
  /// Every amount is multiplied by this when it is printed.
  double currency_rate = 1.0;

  friend bool operator==(const Options&, const Options&) = default;
};

/// What the name of folded rows is.
inline constexpr std::string_view kOther = "__other__";

enum class Format { text, openmetrics };
enum class Encoding { identity, gzip };

/// The cost half of /metrics, rendered. Immutable and large: share it.
///
/// It is kept deflated, a twentieth of its text, since that is what Prometheus asks for.
class Page {
 public:
  Page();
  /// A page whose text is at hand, in these pieces; `deflated` is left empty.
  explicit Page(std::vector<std::string> text);

  /// Whole families, in catalogue order, series sorted; no `# EOF`. Cut anywhere. Inflated when
  /// somebody first asks, then kept as long as the page. Thread-safe.
  const std::vector<std::string>& text() const;

  std::uint64_t text_bytes = 0;
  /// The same as a raw deflate stream (RFC 1951) that ends on a byte boundary without a final
  /// block, so that another stream can follow it inside one gzip member.
  std::vector<std::string> deflated;
  std::uint64_t deflated_bytes = 0;
  std::uint32_t crc32 = 0;  // of the text, as gzip counts it
  std::uint64_t series = 0;
  /// Series that were folded into others, by family; those that ever can be, in catalogue order.
  std::vector<std::pair<std::string_view, std::uint64_t>> folded;
  /// Series that the page before did not have, and that only it had.
  std::uint64_t added = 0, removed = 0;

 private:
  struct Text {
    std::once_flag once;
    std::vector<std::string> blocks;
  };
  std::unique_ptr<Text> text_;
};

/// Renders page after page, and remembers which rows had series of their own: these keep them as
/// long as they can, so that no series comes and goes while costs move a little. Not thread-safe.
class Renderer {
 public:
  Renderer();
  ~Renderer();

  Page render(const cost::Report& report, const Options& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};
/// The first page of a new Renderer.
Page render(const cost::Report& report, const Options& options);

/// What a scrape asked for.
struct Selection {
  bool cost = true;
  bool exporter = true;
  Format format = Format::text;
  Encoding encoding = Encoding::identity;
};

/// By the rules of RFC 9110: q values, wildcards; text and identity where nothing else is accepted.
Format negotiate_format(std::string_view accept);
Encoding negotiate_encoding(std::string_view accept_encoding);
/// Whether an If-None-Match header names `etag`, compared weakly, or is `*`.
bool names_etag(std::string_view if_none_match, std::string_view etag);
/// The Content-Type of a format.
std::string_view content_type(Format format);

/// A response body in pieces, to be sent in order without being copied.
struct Exposition {
  std::vector<std::string_view> pieces;
  std::uint64_t bytes = 0;
  std::string etag;                  // strong, quoted: names content and encoding
  std::string head, tail;            // what `pieces` points to besides the page
  std::shared_ptr<const Page> page;  // kept alive
};

/// Puts the page and the live metrics together. `page` may be null (nothing published yet).
/// `live` is the exporter's own families without `# EOF`; ignored unless selected.
std::shared_ptr<const Exposition> expose(std::shared_ptr<const Page> page, std::string_view live,
                                         const Selection& selection);

/// One gzip member, RFC 1952.
std::string gzip(std::string_view text);

/// The exporter's own counters, on prometheus-cpp. Thread-safe. Label values that can be known
/// beforehand exist from declare() on, at 0.
class SelfMetrics {
 public:
  explicit SelfMetrics(SystemTime started);
  ~SelfMetrics();
  SelfMetrics(const SelfMetrics&) = delete;
  SelfMetrics& operator=(const SelfMetrics&) = delete;

  /// What may be counted: the names of sources and queries, and the reasons of failed polls and
  /// rejected rows. Label sets of sources that are gone are dropped; those that stay keep counting.
  struct Labels {
    std::vector<std::string> sources;
    std::vector<std::string> queries;
    std::vector<std::string> failures;
    std::vector<std::string> rejections;
    std::vector<std::string> ledger_failures;
  };
  void declare(const Labels& labels);
  void set_currency(const std::string& code);
  /// How long it may be from one poll to the next while nothing fails. REQUIRES: both are declared.
  void set_interval(const std::string& source, const std::string& query,
                    std::chrono::seconds interval);

  struct Poll {
    std::string source, query;
    double seconds = 0;
    std::uint64_t retries = 0;
    std::uint64_t bytes = 0;
    std::string failure;  // empty: accepted
  };
  void poll_finished(const Poll& poll);

  struct Accepted {
    std::string source, query;
    SystemTime at{};
    std::chrono::sys_seconds window_end{};
    std::uint64_t rows = 0;
    std::uint64_t idle_clamped = 0;
    std::vector<std::pair<std::string, std::uint64_t>> rejected;  // reason, rows
  };
  void answer_accepted(const Accepted& accepted);

  /// The last answer of a query was accepted by an earlier process, as the ledger remembers.
  void answer_remembered(const std::string& source, const std::string& query, SystemTime at);

  struct Ledger {
    bool persistent = false;
    std::uint64_t waiting = 0;
    std::uint64_t bytes = 0;
  };
  void ledger(const Ledger& ledger);
  void ledger_failed(const std::string& reason);

  struct LedgerDays {
    std::uint64_t recorded = 0, absent = 0, missing = 0;
  };
  void ledger_days(const std::string& source, const LedgerDays& days);
  void ledger_day_changed(const std::string& source);

  void published(const Page& page, double seconds);
  /// The rules in force that say whose a row is; see cost::hash_of. Empty: there are none.
  void set_rules(const std::string& hash);
  void config_loaded(bool accepted, SystemTime at);

  /// All families of Group::exporter in catalogue order, process_* read now. No `# EOF`.
  std::string render(Format format) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// docs/metrics.md, from the catalogue.
std::string document();

}  // namespace exporter::metrics
