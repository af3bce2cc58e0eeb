#include <fmt/format.h>

#include "exporter/metrics/metrics.h"

namespace exporter::metrics {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Written by `opencost-exporter print-docs` from exporter/metrics/catalogue*.h. -->
# Metrics

Every family `/metrics` can hold. Cost data (`opencost_*`) is rendered once per publication from
OpenCost's answers, so it is as old as the last poll: see `opencost_exporter_last_success_timestamp_seconds`
and `opencost_exporter_window_end_timestamp_seconds`. It is a gauge throughout, since OpenCost may
correct a window it has already answered for: never apply `rate()` to it. No row of a family of costs is a
total, so `sum()` over it is always right. Where a page would have more series than it may, the cheapest rows
of a namespace, a cluster or a label become one, `__other__`, and sums stay what they are.

Amounts are in the currency OpenCost is set to; `opencost_exporter_currency_info` names it.
The label `resource` is one of `cpu memory gpu storage network load_balancer shared external`; the
first two are always there, the others where they cost something.

)";

void table(std::string& out, std::string_view title, std::string_view collect, Group group) {
  out += fmt::format("## {}\n\nAlone: `/metrics?collect[]={}`\n\n", title, collect);
  out += "| family | type | unit | labels | meaning | since |\n";
  out += "| --- | --- | --- | --- | --- | --- |\n";
  constexpr std::string_view kTypes[] = {"gauge", "counter", "histogram"};
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group != group) continue;
    std::string labels;
    for (std::size_t i = 0; i < spec.label_count(); ++i) {
      labels += fmt::format("{}`{}`", i > 0 ? " " : "", spec.labels[i]);
    }
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", spec.name,
                       kTypes[static_cast<std::size_t>(spec.type)], spec.unit, labels, spec.help,
                       spec.since);
  }
  out += '\n';
}

}  // namespace

std::string document() {
  std::string out(kIntroduction);
  table(out, "Cost data", "cost", Group::cost);
  table(out, "The exporter itself", "exporter", Group::exporter);
  out.pop_back();
  return out;
}

}  // namespace exporter::metrics
