// Pairs of values of which one must not be above the other.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "exporter/config/loading.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

struct Limit {
  std::string path;
  std::string text;  // as it would be written
};

/// Said where it was written, the smaller one first; a default is nobody's fault.
void too_large(Loading& loading, const Limit& value, const Limit& most) {
  if (loading.has_faults(value.path) || loading.has_faults(most.path)) return;
  const bool both = loading.was_found(most.path);
  if (loading.was_found(value.path)) {
    loading.fault(value.path,
                  fmt::format("{} is more than {}, {}{}; write {} or less", value.text, most.path,
                              most.text, both ? "" : " by default", most.text));
  } else {
    loading.fault(most.path, fmt::format("{} is less than {}, {} by default; set {} to {} or less",
                                         most.text, value.path, value.text, value.path, most.text));
  }
}

void check_shares(Loading& loading, const std::string& low, double below, const std::string& high,
                  double above) {
  if (below <= above) return;
  too_large(loading, {low, print_number(below)}, {high, print_number(above)});
}

}  // namespace

void complete_savings(Loading& loading) {
  const cost::SavingsOptions& savings = loading.config.savings;
  check_shares(loading, "savings.medium_per_month", savings.medium_per_month,
               "savings.high_per_month", savings.high_per_month);
  check_shares(loading, "savings.medium_share", savings.medium_share, "savings.high_share",
               savings.high_share);
}

void complete_metrics(Loading& loading) {
  const metrics::Options& options = loading.config.metrics;
  if (options.max_family_series > options.max_series) {
    too_large(loading, {"metrics.max_family_series", std::to_string(options.max_family_series)},
              {"metrics.max_series", std::to_string(options.max_series)});
  }
  auto& labels = loading.config.metric_labels;
  std::sort(labels.begin(), labels.end());
}

}  // namespace exporter::config
