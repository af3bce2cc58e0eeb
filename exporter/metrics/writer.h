// Exposition text into blocks, deflated as it is written. Private to metrics/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/metrics.h"

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
/// Shortest decimal that reads back the same; NaN, +Inf and -Inf as Prometheus spells them.
void append_number(std::string& out, double value);
/// `# HELP` and `# TYPE`. `name` differs from spec.name for OpenMetrics counters.
void append_header(std::string& out, std::string_view name, const MetricSpec& spec);

/// Collects the text of a page: hand over finished pieces of any size.
class PageWriter {
 public:
  PageWriter();

  /// Writes the lines of one family: family(), then for each group of series that shares its
  /// leading labels begin(), label() for each, and sample() for each series.
  void family(const MetricSpec& spec);
  void begin();
  void label(std::string_view value);
  /// One series: the labels so far and, unless empty, one more of the last name.
  void sample(std::string_view last_label, double value);

  Page finish();

 private:
  void pour();

  const MetricSpec* spec_ = nullptr;
  bool headed_ = false;
  std::string prefix_;  // name{label="value",...
  std::size_t next_label_ = 0;
  std::string text_;  // not yet in a block
  Deflater deflater_;
  Page page_;
};

}  // namespace exporter::metrics
