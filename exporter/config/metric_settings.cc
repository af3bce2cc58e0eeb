#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

constexpr std::uint64_t kMostSeries = 10'000'000;

constexpr Setting<Config> kMetricSettings[] = {
    {.key = "metrics.pods",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether there is a series per pod and resource, the largest family by far.",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.metrics.pods, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(print_boolean(c.metrics.pods)); }},
    {.key = "metrics.workloads",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether there are series per workload (Deployment, StatefulSet, Job and so on).",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.metrics.workloads, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(print_boolean(c.metrics.workloads)); }},
    {.key = "metrics.labels",
     .shape = Shape::list,
     .type = "list of labels",
     .example = "team",
     .meaning = "Labels of pods that costs are added up by, with series for each of their values. "
                "OpenCost is asked for them.",
     .apply = [](Config& c, const Item& i) { return add_label_name(c.metric_labels, i); },
     .print = [](const Config& c) { return print_list(c.metric_labels); }},
    {.key = "metrics.max_series",
     .type = "integer",
     .default_value = "200000",
     .meaning = "How many series of costs there are at most, 1000 to 10000000; beyond that the "
                "cheapest of a namespace become one, `__other__`.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.metrics.max_series, parse_integer(i.text, 1000, kMostSeries));
         },
     .print = [](const Config& c) { return one(std::to_string(c.metrics.max_series)); }},
    {.key = "metrics.max_family_series",
     .type = "integer",
     .default_value = "100000",
     .meaning = "The same for any one family, 100 to 10000000 and at most metrics.max_series.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.metrics.max_family_series, parse_integer(i.text, 100, kMostSeries));
         },
     .print = [](const Config& c) { return one(std::to_string(c.metrics.max_family_series)); }},
};

}  // namespace

std::span<const Setting<Config>> metric_settings() { return kMetricSettings; }

}  // namespace exporter::config
