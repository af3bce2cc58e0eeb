#include "exporter/config/settings.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// Peaks are remembered for 8 days.
constexpr seconds kLongest = hours(24 * 7);
constexpr Range kShare{.least = 0, .most = 1};
constexpr Range kShareAboveZero{.least = 0, .most = 1, .above_least = true};
constexpr Range kShareBelowOne{.least = 0, .most = 1, .below_most = true};
constexpr Range kInnerShare{.least = 0, .most = 1, .above_least = true, .below_most = true};
constexpr Range kCores{.least = 0, .most = 1000};

constexpr Setting<Config> kSavingsSettings[] = {
    {.key = "savings.target_cpu_utilisation",
     .type = "number",
     .default_value = "0.65",
     .meaning = "Share of its CPU request a pod should use at its busiest; above 0, at most 1.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.target_cpu_utilisation,
                         parse_number(i.text, kShareAboveZero, "0.65"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.target_cpu_utilisation)); }},
    {.key = "savings.target_memory_utilisation",
     .type = "number",
     .default_value = "0.8",
     .meaning = "The same of its memory request.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.target_memory_utilisation,
                         parse_number(i.text, kShareAboveZero, "0.8"));
         },
     .print =
         [](const Config& c) { return one(print_number(c.savings.target_memory_utilisation)); }},
    {.key = "savings.minimum_cpu_cores",
     .type = "number",
     .default_value = "0.01",
     .meaning = "No smaller CPU request is recommended; 0 to 1000 cores.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.minimum_cpu_cores, parse_number(i.text, kCores, "0.01"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.minimum_cpu_cores)); }},
    {.key = "savings.minimum_memory_bytes",
     .type = "size",
     .default_value = "32MiB",
     .meaning = "No smaller memory request is recommended.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.minimum_memory_bytes, parse_size(i.text));
         },
     .print =
         [](const Config& c) {
           return one(print_size(static_cast<std::uint64_t>(c.savings.minimum_memory_bytes)));
         }},
    {.key = "savings.headroom",
     .type = "number",
     .default_value = "0.15",
     .meaning = "Share of the cost of all nodes that may be idle; at least 0, below 1.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.headroom, parse_number(i.text, kShareBelowOne, "0.15"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.headroom)); }},
    {.key = "savings.idle_below",
     .type = "number",
     .default_value = "0.05",
     .meaning = "A workload is idle while it uses less than this share of its requests; above 0, "
                "below 1.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.idle_below, parse_number(i.text, kInnerShare, "0.05"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.idle_below)); }},
    {.key = "savings.idle_for",
     .type = "duration",
     .default_value = "1d",
     .meaning = "How long it must have been idle to count as a saving; at most 7d.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.idle_for, parse_seconds(i.text, seconds(0), kLongest));
         },
     .print = [](const Config& c) { return one(print_duration(c.savings.idle_for)); }},
    {.key = "savings.minimum_observation",
     .type = "duration",
     .default_value = "1d",
     .meaning = "How long a workload must have been watched before a smaller request is "
                "recommended; at most 7d.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.minimum_observation,
                         parse_seconds(i.text, seconds(0), kLongest));
         },
     .print = [](const Config& c) { return one(print_duration(c.savings.minimum_observation)); }},
    {.key = "savings.minimum_per_month",
     .type = "number",
     .default_value = "1",
     .meaning = "What saves less a month is left out; in the currency that is exported.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.minimum_per_month, parse_number(i.text, {}, "1"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.minimum_per_month)); }},
    {.key = "savings.high_per_month",
     .type = "number",
     .default_value = "500",
     .meaning = "From this amount a month on a saving has the priority `high`.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.high_per_month, parse_number(i.text, {}, "500"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.high_per_month)); }},
    {.key = "savings.medium_per_month",
     .type = "number",
     .default_value = "100",
     .meaning = "And from this one on `medium`; at most savings.high_per_month.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.medium_per_month, parse_number(i.text, {}, "100"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.medium_per_month)); }},
    {.key = "savings.high_share",
     .type = "number",
     .default_value = "0.2",
     .meaning = "From this share of all that its cluster wastes on a saving is `high` as well; 0 "
                "to 1.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.high_share, parse_number(i.text, kShare, "0.2"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.high_share)); }},
    {.key = "savings.medium_share",
     .type = "number",
     .default_value = "0.05",
     .meaning = "And from this one on `medium`; at most savings.high_share.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.savings.medium_share, parse_number(i.text, kShare, "0.05"));
         },
     .print = [](const Config& c) { return one(print_number(c.savings.medium_share)); }},
};

}  // namespace

std::span<const Setting<Config>> savings_settings() { return kSavingsSettings; }

}  // namespace exporter::config
