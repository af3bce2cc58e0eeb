#include "exporter/config/flags.h"

#include <fmt/format.h>

#include "exporter/config/addresses.h"
#include "exporter/config/patterns.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

constexpr CommandRow kCommands[] = {
    {Command::run, "run", "Ask every configured OpenCost and serve its costs. The default."},
    {Command::demo, "demo",
     "The same against a made-up cluster inside the process; needs no OpenCost."},
    {Command::backfill, "backfill",
     "Ask for past windows and write them as an OpenMetrics file for promtool."},
    {Command::explain, "explain",
     "Ask every configured OpenCost once, and say which tenant each workload of a namespace "
     "belongs "
     "to, by which rule, and what the rules before it said."},
    {Command::check_config, "check-config",
     "Read the configuration, print what is in force or all that is wrong, and exit."},
    {Command::healthcheck, "healthcheck",
     "Ask an exporter that runs beside it whether it serves; exits with 0 if so. For containers."},
    {Command::print_docs, "print-docs", "Print the generated documentation and exit."},
};

Result<void> set_directory(std::string& field, const std::string& text) {
  if (text.empty()) return fail("is empty; write the path of a directory");
  field = text;
  return {};
}

Result<void> set_workload(Invocation& invocation, const std::string& text) {
  const bool fits = !text.empty() && text.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyz"
                                         "0123456789-.") == std::string::npos;
  if (!fits) {
    return fail(
        fmt::format("{} is not the name of a workload; write that of a controller or of a "
                    "pod that has none, such as gateway",
                    in_quotes(text)));
  }
  invocation.explain.workload = text;
  return {};
}

constexpr Operand kOperands[] = {
    {.command = "explain",
     .name = "NAMESPACE",
     .sample = "payments",
     .meaning = "Namespace to explain.",
     .required = true,
     .apply =
         [](Invocation& i, const std::string& t) {
           return assign(i.explain.name_space, parse_namespace(t));
         }},
    {.command = "explain",
     .name = "WORKLOAD",
     .sample = "gateway",
     .meaning = "Its controller, or a pod that has none; if left out, all of the namespace.",
     .apply = set_workload},
};

constexpr Flag kFlags[] = {
    {.name = "--config.file",
     .value = "FILE",
     .command = "",
     .meaning = "Configuration file, YAML. See docs/configuration.md.",
     .apply = [](Invocation& i,
                 const std::string& t) { return assign(i.config_file, parse_file(t)); }},
    {.name = "--web.listen-address",
     .value = "ADDRESS",
     .command = "",
     .meaning = "Where to listen: host:port, [v6]:port or :port. Repeatable. Default :9754.",
     .setting = "web.listen_addresses",
     .repeatable = true},
    {.name = "--web.telemetry-path",
     .value = "PATH",
     .command = "",
     .meaning = "Path of the metrics. Default /metrics.",
     .setting = "web.telemetry_path"},
    {.name = "--web.config.file",
     .value = "FILE",
     .command = "",
     .meaning = "Web configuration file: TLS, users and headers. See docs/web-config.md.",
     .setting = "web.config_file"},
    {.name = "--log.level",
     .value = "LEVEL",
     .command = "",
     .meaning = "debug, info, warn or error. Default info.",
     .setting = "log.level"},
    {.name = "--log.format",
     .value = "FORMAT",
     .command = "",
     .meaning = "logfmt or json. Default logfmt.",
     .setting = "log.format"},
    {.name = "--record",
     .value = "DIR",
     .command = "",
     .meaning = "Write every answer of OpenCost into this directory.",
     .apply = [](Invocation& i,
                 const std::string& t) { return set_directory(i.record_directory, t); }},
    {.name = "--replay",
     .value = "DIR",
     .command = "",
     .meaning = "Serve the recordings of this directory instead of asking OpenCost.",
     .apply = [](Invocation& i,
                 const std::string& t) { return set_directory(i.replay_directory, t); }},
    {.name = "--seed",
     .value = "N",
     .command = "demo",
     .meaning = "Another made-up cluster for every number. Default 42.",
     .apply =
         [](Invocation& i, const std::string& t) {
           return assign(i.demo.seed, parse_integer(t, 0, UINT64_MAX));
         }},
    {.name = "--name",
     .value = "NAME",
     .command = "demo",
     .meaning = "What the made-up cluster is called. Default demo.",
     .apply = [](Invocation& i,
                 const std::string& t) { return assign(i.demo.name, parse_name(t)); }},
    {.name = "--pods",
     .value = "N",
     .command = "demo",
     .meaning = "Number of pods, 1 to 200000. Default 60.",
     .apply =
         [](Invocation& i, const std::string& t) {
           return assign(i.demo.pods, parse_integer(t, 1, 200'000));
         }},
    {.name = "--nodes",
     .value = "N",
     .command = "demo",
     .meaning = "Number of nodes, 1 to 10000. Default 6.",
     .apply =
         [](Invocation& i, const std::string& t) {
           return assign(i.demo.nodes, parse_integer(t, 1, 10'000));
         }},
    {.name = "--from",
     .value = "TIME",
     .command = "backfill",
     .meaning = "Where the first window begins: a date such as 2026-10-01, which begins where "
                "calendar.utc_offset says, or a time such as 2026-10-01T12:00:00Z. Required.",
     .required = "2026-10-01",
     .apply = set_from},
    {.name = "--to",
     .value = "TIME",
     .command = "backfill",
     .meaning = "Where the last window ends, written the same way; a date is not included. "
                "Required.",
     .required = "2026-11-01",
     .apply = set_to},
    {.name = "--step",
     .value = "STEP",
     .command = "backfill",
     .meaning = "Length of a window, 1h or 1d; a sample stands at its end. Default 1h.",
     .apply = set_step},
    {.name = "--url",
     .value = "URL",
     .command = "healthcheck",
     .meaning = "What to ask instead of /-/healthy at the first of web.listen_addresses.",
     .apply = [](Invocation& i,
                 const std::string& t) { return assign(i.healthcheck_url, parse_url(t)); }},
    {.name = "--output",
     .value = "FILE",
     .command = "backfill",
     .meaning = "File to write; windows that are done wait in FILE.partial, and the same command "
                "goes on from there. Required.",
     .required = "costs.om",
     .apply = set_output},
    {.name = "--label",
     .value = "NAME=VALUE",
     .command = "backfill",
     .meaning = "Label for every series, such as job=opencost-exporter; with those of the live "
                "scrape the past goes on in the same series. Repeatable.",
     .repeatable = true,
     .apply = add_label},
    {.name = "--output",
     .value = "DIR",
     .command = "print-docs",
     .meaning = "Write one file per page into this directory. Default: all to standard output.",
     .apply = [](Invocation& i,
                 const std::string& t) { return set_directory(i.docs_directory, t); }},
};

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }
std::span<const Operand> operands() { return kOperands; }

std::string usage(std::string_view command) {
  std::string out(command);
  for (const Operand& operand : kOperands) {
    if (operand.command != command) continue;
    out += operand.required ? fmt::format(" {}", operand.name) : fmt::format(" [{}]", operand.name);
  }
  return out;
}

std::span<const Flag> flags() { return kFlags; }

}  // namespace exporter::config
