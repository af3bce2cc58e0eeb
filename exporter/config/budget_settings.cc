#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using cost::Budget;

constexpr Setting<Budget> kBudgetSettings[] = {
    {.key = "name",
     .required = true,
     .type = "text",
     .example = "payments",
     .meaning = "Value of the label `budget`.",
     .apply = [](Budget& b, const Item& i) { return assign(b.name, parse_name(i.text)); },
     .print = [](const Budget& b) { return one(b.name); }},
    {.key = "monthly",
     .required = true,
     .type = "number",
     .example = "12000",
     .meaning = "What may be spent in a calendar month, in the currency that is exported.",
     .apply = [](Budget& b,
                 const Item& i) { return assign(b.monthly, parse_positive(i.text, "12000")); },
     .print = [](const Budget& b) { return one(print_number(b.monthly)); }},
    {.key = "cluster",
     .type = "text",
     .example = "prod-eu",
     .meaning =
         "The only cluster that counts, by its label `cluster`; if left out, all of them do.",
     .apply = [](Budget& b, const Item& i) { return assign(b.cluster, parse_name(i.text)); },
     .print = [](const Budget& b) { return one_unless_empty(b.cluster); }},
    {.key = "namespaces",
     .shape = Shape::list,
     .type = "list of patterns",
     .example = "payments-*",
     .meaning =
         "The namespaces that count. With none of these, labels and tenant a budget is for whole "
         "clusters, idle and unmounted cost included.",
     .apply = [](Budget& b, const Item& i) { return add_namespace(b.namespaces, i); },
     .print = [](const Budget& b) { return print_list(b.namespaces); }},
    {.key = "labels",
     .shape = Shape::map,
     .type = "map of label to pattern",
     .example = "{team: payments}",
     .meaning = "Labels a pod must have to count, all of them, each with the pattern of its value. "
                "OpenCost is asked for them, which makes its answers larger.",
     .apply = [](Budget& b, const Item& i) { return add_label(b.labels, i); },
     .print = [](const Budget& b) { return print_labels(b.labels); }},
    {.key = "tenant",
     .alternative = true,
     .type = "text",
     .example = "payments",
     .meaning = "The tenant whose cost counts, in place of namespaces and labels: one that a rule "
                "of tenants names, or `__unallocated__` for what no rule takes.",
     .apply = [](Budget& b, const Item& i) { return assign(b.tenant, parse_name(i.text)); },
     .print = [](const Budget& b) { return one_unless_empty(b.tenant); }},
};

}  // namespace

std::span<const Setting<Budget>> budget_settings() { return kBudgetSettings; }

}  // namespace exporter::config
