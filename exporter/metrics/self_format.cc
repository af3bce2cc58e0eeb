#include "exporter/metrics/self_format.h"

#include <algorithm>

#include "exporter/metrics/writer.h"

namespace exporter::metrics {
namespace {

// `_total` belongs to an OpenMetrics counter's sample, not to its family.
std::string_view family_name(const MetricSpec& spec, Format format) {
  std::string_view name = spec.name;
  if (format == Format::openmetrics && spec.type == Type::counter) {
    name.remove_suffix(std::string_view("_total").size());
  }
  return name;
}

class SeriesWriter {
 public:
  SeriesWriter(std::string& out, const MetricSpec& spec, Format format)
      : out_(out), spec_(spec), format_(format) {}

  void write(std::string_view suffix, const prometheus::ClientMetric& metric, std::string_view le,
             double value) {
    if (!headed_) {
      append_header(out_, family_name(spec_, format_), spec_);
      headed_ = true;
    }
    out_ += spec_.name;
    out_ += suffix;
    char open = '{';
    const auto put = [&](std::string_view name, std::string_view text) {
      out_ += open;
      out_ += name;
      out_ += "=\"";
      append_label_value(out_, text);
      out_ += '"';
      open = ',';
    };
    for (std::size_t i = 0; i < spec_.label_count(); ++i) {
      for (const auto& label : metric.label) {
        if (label.name == spec_.labels[i]) put(label.name, label.value);
      }
    }
    if (!le.empty()) put("le", le);
    out_ += open == ',' ? "} " : " ";
    append_number(out_, value);
    out_ += '\n';
  }

 private:
  std::string& out_;
  const MetricSpec& spec_;
  Format format_;
  bool headed_ = false;
};

void write_histogram(SeriesWriter& series, const prometheus::ClientMetric& metric) {
  for (const auto& bucket : metric.histogram.bucket) {
    std::string le;
    append_number(le, bucket.upper_bound);
    // OpenMetrics wants a float here, and the text format does not mind one.
    if (le.find_first_of(".eI") == std::string::npos) le += ".0";
    series.write("_bucket", metric, le, static_cast<double>(bucket.cumulative_count));
  }
  series.write("_sum", metric, {}, metric.histogram.sample_sum);
  series.write("_count", metric, {}, static_cast<double>(metric.histogram.sample_count));
}

}  // namespace

void append_family(std::string& out, const MetricSpec& spec, Format format,
                   std::vector<prometheus::ClientMetric> metrics) {
  std::sort(metrics.begin(), metrics.end(),
            [](const auto& a, const auto& b) { return a.label < b.label; });
  SeriesWriter series(out, spec, format);
  for (const prometheus::ClientMetric& metric : metrics) {
    if (spec.type == Type::histogram) {
      write_histogram(series, metric);
    } else {
      const double value = spec.type == Type::counter ? metric.counter.value : metric.gauge.value;
      series.write({}, metric, {}, value);
    }
  }
}

}  // namespace exporter::metrics
