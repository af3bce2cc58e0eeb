#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/addresses.h"
#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

constexpr std::uint64_t kMostSeries = 10'000'000;

template <class Value>
Result<Value> choice(Result<Value> value, const std::string& text) {
  if (value) return value;
  return fail(fmt::format("{} is {}; write one of them", in_quotes(text), value.error().message));
}

Result<void> add_address(web::Options& options, const Item& item) {
  if (item.index == 0) options.listen_addresses.clear();
  auto address = parse_listen_address(item.text);
  if (!address) return tl::unexpected(address.error());
  auto& list = options.listen_addresses;
  if (std::find(list.begin(), list.end(), *address) != list.end()) {
    return fail(fmt::format("{} stands twice; leave one out", in_quotes(*address)));
  }
  list.push_back(std::move(*address));
  return {};
}

std::string yes_or_no(bool value) { return value ? "true" : "false"; }

constexpr Setting<Config> kOutputSettings[] = {
    {.key = "metrics.pods",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether there is a series per pod and resource, the largest family by far.",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.metrics.pods, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(yes_or_no(c.metrics.pods)); }},
    {.key = "metrics.workloads",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether there are series per workload (Deployment, StatefulSet, Job and so on).",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.metrics.workloads, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(yes_or_no(c.metrics.workloads)); }},
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
    {.key = "web.listen_addresses",
     .shape = Shape::list,
     .type = "list of addresses",
     .default_value = ":9754",
     .flag = "--web.listen-address",
     .meaning = "Where to listen: host:port, [v6]:port, or :port for all interfaces.",
     .apply = [](Config& c, const Item& i) { return add_address(c.web, i); },
     .print = [](const Config& c) { return print_list(c.web.listen_addresses); }},
    {.key = "web.telemetry_path",
     .type = "path",
     .default_value = "/metrics",
     .flag = "--web.telemetry-path",
     .meaning = "Path of the metrics.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.web.telemetry_path, parse_telemetry_path(i.text));
         },
     .print = [](const Config& c) { return one(c.web.telemetry_path); }},
    {.key = "log.level",
     .type = "debug, info, warn or error",
     .default_value = "info",
     .flag = "--log.level",
     .meaning = "Events below this level are not written.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.log.level, choice(log::parse_level(i.text), i.text));
         },
     .print = [](const Config& c) { return one(std::string(log::to_string(c.log.level))); }},
    {.key = "log.format",
     .type = "logfmt or json",
     .default_value = "logfmt",
     .flag = "--log.format",
     .meaning = "How an event is written.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.log.format, choice(log::parse_format(i.text), i.text));
         },
     .print = [](const Config& c) { return one(std::string(log::to_string(c.log.format))); }},
};

}  // namespace

std::span<const Setting<Config>> output_settings() { return kOutputSettings; }

}  // namespace exporter::config
