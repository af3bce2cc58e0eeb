#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/addresses.h"
#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

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

constexpr Setting<Config> kOutputSettings[] = {
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
    {.key = "web.config_file",
     .type = "file",
     .example = "/etc/opencost-exporter/web.yml",
     .flag = "--web.config.file",
     .meaning = "Web configuration file: TLS, client certificates, users and headers; see "
                "docs/web-config.md. It and the files it names are read again "
                "when they change; only another path needs a restart.",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.web_config_file, parse_file(i.text)); },
     .print = [](const Config& c) { return one_unless_empty(c.web_config_file); }},
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
