#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using cost::Policy;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Setting<Policy> kPolicySettings[] = {
    {.key = "name",
     .required = true,
     .type = "text",
     .example = "weekend-dev",
     .meaning = "Value of the label `policy`.",
     .apply = [](Policy& p, const Item& i) { return assign(p.name, parse_name(i.text)); },
     .print = [](const Policy& p) { return one(p.name); }},
    {.key = "namespaces.include",
     .shape = Shape::list,
     .type = "list of patterns",
     .example = "dev-*",
     .meaning = "The namespaces the policy is for; if left out, all of them.",
     .apply = [](Policy& p, const Item& i) { return add_namespace(p.include, i); },
     .print = [](const Policy& p) { return print_list(p.include); }},
    {.key = "namespaces.exclude",
     .shape = Shape::list,
     .type = "list of patterns",
     .example = "*-critical",
     .meaning = "Those of them it leaves alone.",
     .apply = [](Policy& p, const Item& i) { return add_namespace(p.exclude, i); },
     .print = [](const Policy& p) { return print_list(p.exclude); }},
    {.key = "labels",
     .shape = Shape::map,
     .type = "map of label to pattern",
     .example = "{env: dev}",
     .meaning = "Labels that every pod of a workload must have, all of them, each with the pattern "
                "of its value. OpenCost is asked for these and the next ones.",
     .apply = [](Policy& p, const Item& i) { return add_label(p.labels, i); },
     .print = [](const Policy& p) { return print_labels(p.labels); }},
    {.key = "exclude.labels",
     .shape = Shape::map,
     .type = "map of label to pattern",
     .example = "{keep: \"*\"}",
     .meaning = "Labels of which one, on any pod, is enough for a workload to be left alone.",
     .apply = [](Policy& p, const Item& i) { return add_label(p.exclude_labels, i); },
     .print = [](const Policy& p) { return print_labels(p.exclude_labels); }},
    {.key = "exclude.annotations",
     .shape = Shape::map,
     .type = "map of annotation to pattern",
     .example = "{example.org/keep: \"true\"}",
     .meaning = "Annotations of which one is enough, in the same way.",
     .apply = [](Policy& p, const Item& i) { return add_annotation(p.exclude_labels, i); },
     .print = [](const Policy& p) { return print_annotations(p.exclude_labels); }},
    {.key = "idle_for",
     .type = "duration",
     .default_value = "1h",
     .meaning = "How long a workload must have been idle, by savings.idle_below; at most 30d.",
     .apply =
         [](Policy& p, const Item& i) {
           return assign(p.idle_for, parse_seconds(i.text, seconds(0), hours(24 * 30)));
         },
     .print = [](const Policy& p) { return one(print_duration(p.idle_for)); }},
    {.key = "minimum_per_hour",
     .type = "number",
     .default_value = "0",
     .meaning = "What its CPU, memory and GPU must cost an hour at least, in the currency that is "
                "exported.",
     .apply =
         [](Policy& p, const Item& i) {
           return assign(p.minimum_per_hour, parse_number(i.text, {}, "0.05"));
         },
     .print = [](const Policy& p) { return one(print_number(p.minimum_per_hour)); }},
    {.key = "cooldown",
     .type = "duration",
     .default_value = "0s",
     .meaning = "How long a workload that came to life again is left alone; at most 30d.",
     .apply =
         [](Policy& p, const Item& i) {
           return assign(p.cooldown, parse_seconds(i.text, seconds(0), hours(24 * 30)));
         },
     .print = [](const Policy& p) { return one(print_duration(p.cooldown)); }},
};

}  // namespace

std::span<const Setting<Policy>> policy_settings() { return kPolicySettings; }

}  // namespace exporter::config
