// What policies would do, and why not.
#include <algorithm>
#include <tuple>

#include "exporter/metrics/families.h"

namespace exporter::metrics {
namespace {

using cost::PolicyStatus;
using cost::Verdict;

/// What a policy says of a cluster.
struct Judged {
  std::string_view cluster, policy;
  const PolicyStatus::OfCluster* figures;
};

// Of one source, sorted by their labels.
std::vector<Judged> judged(const SourceReport& source) {
  std::vector<Judged> all;
  for (const auto& status : source.policies) {
    if (!status) continue;
    for (const auto& cluster : status->clusters) {
      all.push_back({cluster.cluster, status->policy, &cluster});
    }
  }
  std::sort(all.begin(), all.end(), [](const Judged& a, const Judged& b) {
    return std::tie(a.cluster, a.policy) < std::tie(b.cluster, b.policy);
  });
  return all;
}

template <class Write>
void write_each(SeriesSink& sink, const MetricSpec& spec, const Content& content, Write write) {
  sink.family(spec);
  for (const SourceReport& source : content.report.sources) {
    for (const Judged& row : judged(source)) write(row);
  }
}

double workloads(const Judged& row, Verdict verdict) {
  return static_cast<double>(row.figures->workloads[static_cast<std::size_t>(verdict)]);
}

}  // namespace

void write_policies(SeriesSink& sink, const Content& content) {
  write_each(sink, metric("opencost_policy_matched_workloads"), content, [&](const Judged& row) {
    write_sample(sink, {row.cluster, row.policy}, workloads(row, Verdict::would_act));
  });
  write_each(sink, metric("opencost_policy_savings_per_month"), content, [&](const Judged& row) {
    write_sample(sink, {row.cluster, row.policy},
                 in_window(content.options)(row.figures->per_month));
  });
  write_each(sink, metric("opencost_policy_skipped_workloads"), content, [&](const Judged& row) {
    for (std::size_t i = 0; i < cost::kVerdicts; ++i) {
      const auto verdict = static_cast<Verdict>(i);
      if (verdict == Verdict::would_act) continue;
      write_sample(sink, {row.cluster, row.policy, to_string(verdict)}, workloads(row, verdict));
    }
  });
}

}  // namespace exporter::metrics
