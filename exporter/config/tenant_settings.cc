#include <fmt/format.h>

#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using cost::TenantRule;

Result<void> set_tenant(TenantRule& rule, const Item& item) {
  if (item.text == cost::kUnallocated || item.text == metrics::kOther) {
    return fail(
        fmt::format("{} is a name the exporter gives itself; write another", in_quotes(item.text)));
  }
  return assign(rule.tenant, parse_name(item.text));
}

constexpr Setting<TenantRule> kTenantSettings[] = {
    {.key = "name",
     .required = true,
     .type = "text",
     .example = "payments",
     .meaning = "Value of the label `tenant` of all that this rule takes. Several rules may name "
                "one tenant; what no rule takes is `__unallocated__`.",
     .apply = set_tenant,
     .print = [](const TenantRule& r) { return one(r.tenant); }},
    {.key = "cluster",
     .type = "text",
     .example = "prod-eu",
     .meaning = "The only cluster the rule is for, by its label `cluster`; if left out, it is for "
                "all of them.",
     .apply = [](TenantRule& r, const Item& i) { return assign(r.cluster, parse_name(i.text)); },
     .print = [](const TenantRule& r) { return one_unless_empty(r.cluster); }},
    {.key = "namespaces",
     .shape = Shape::list,
     .type = "list of patterns",
     .example = "payments-*",
     .meaning = "Namespaces the rule takes from, one of which must match; if left out, all.",
     .apply = [](TenantRule& r, const Item& i) { return add_namespace(r.namespaces, i); },
     .print = [](const TenantRule& r) { return print_list(r.namespaces); }},
    {.key = "labels",
     .shape = Shape::map,
     .type = "map of label to pattern",
     .example = "{team: payments}",
     .meaning = "Labels a pod must have, all of them, each with the pattern of its value. OpenCost "
                "is asked for them, which makes its answers larger.",
     .apply = [](TenantRule& r, const Item& i) { return add_label(r.labels, i); },
     .print = [](const TenantRule& r) { return print_labels(r.labels); }},
    {.key = "annotations",
     .shape = Shape::map,
     .type = "map of annotation to pattern",
     .example = "{cost-center: \"4711\"}",
     .meaning = "Annotations a pod must have, all of them, in the same way.",
     .apply = [](TenantRule& r, const Item& i) { return add_annotation(r.labels, i); },
     .print = [](const TenantRule& r) { return print_annotations(r.labels); }},
};

}  // namespace

std::span<const Setting<TenantRule>> tenant_settings() { return kTenantSettings; }

}  // namespace exporter::config
