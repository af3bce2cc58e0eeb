// Exposition text into blocks, deflated as it is written. Private to metrics/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/metrics/metrics.h"
#include "exporter/metrics/series.h"

namespace exporter::metrics {

/// A raw deflate stream (RFC 1951) by ISA-L, in blocks.
class Deflater {
 public:
  Deflater();
  ~Deflater();

  void add(std::string_view text);
  /// Ends on a byte boundary, so that another stream can follow.
  void flush();

  std::vector<std::string> take_blocks();

 private:
  struct Stream;
  void run(std::string_view text, bool flush);
  std::unique_ptr<Stream> stream_;
  std::vector<std::string> blocks_;
};

/// The text of what a Deflater gave, in blocks.
std::vector<std::string> inflate(const std::vector<std::string>& deflated);

/// A whole deflate stream of its own, final block included: what ends a gzip member. For text of
/// some kilobytes at every scrape, so it takes no working memory.
std::string deflate_last(std::string_view text);

/// `crc` continued over `text`, as gzip computes it.
std::uint32_t crc32(std::uint32_t crc, std::string_view text);

/// Appends `value` with quotes, backslashes and line breaks escaped, as both formats want it.
void append_label_value(std::string& out, std::string_view value);
/// Shortest decimal that reads back the same, whole numbers without an exponent up to 2^53; NaN,
/// +Inf and -Inf as Prometheus spells them.
void append_number(std::string& out, double value);
/// `# HELP` and `# TYPE`. `name` differs from spec.name for OpenMetrics counters.
void append_header(std::string& out, std::string_view name, const MetricSpec& spec);

/// Collects the text of a page, and what tells its series apart.
class PageWriter final : public SeriesSink {
 public:
  PageWriter();

  void family(const MetricSpec& spec) override;
  void begin() override;
  void label(std::string_view value) override;
  void sample(std::string_view last_label, double value) override;

  /// The series_hash() of each series, in the order of the page.
  std::vector<std::uint64_t> take_series() { return std::move(series_); }
  Page finish();

 private:
  void pour();

  const MetricSpec* spec_ = nullptr;
  bool headed_ = false;
  std::string prefix_;  // name{label="value",...
  std::size_t next_label_ = 0;
  std::uint64_t family_ = 0, labels_ = 0;  // hashes
  std::vector<std::uint64_t> series_;
  std::string text_;  // not yet in a block
  Deflater deflater_;
  Page page_;
};

}  // namespace exporter::metrics
