#include <fmt/format.h>

#include "exporter/config/documents.h"
#include "exporter/config/flags.h"

namespace exporter::config {
namespace {

constexpr std::string_view kHead = R"(# Command line

Made from the table of flags by `opencost-exporter print-docs`; do not edit.

```
opencost-exporter [command] [flags]
```

## Commands

| command | what it does |
| --- | --- |
)";

constexpr std::string_view kColumns = R"(
| flag | meaning | key |
| --- | --- | --- |
)";

constexpr std::string_view kTail = R"(
## Exit codes

| code | meaning |
| --- | --- |
| {} | Done, or stopped by SIGTERM or SIGINT. |
| {} | Could not start, failed while running, a backfill that was stopped before its end, an `explain` that got no answer or found nothing of that name, or a `healthcheck` without one of 200. |
| {} | Wrong command line or configuration, an `explain` without tenants, or a `healthcheck` of port 0; standard error says all that is wrong. |

## Signals

| signal | what it does |
| --- | --- |
| SIGHUP | Reads the configuration again. With faults in it the old one stays in force. |
| SIGTERM, SIGINT | Stops: gives up the questions under way, closes the sockets, and exits with {}. A backfill keeps what it has. |

## Output

Events go to standard error, one line each, as logfmt or JSON. `explain`, `check-config`,
`print-docs`, `--help`, `--version` and what `demo` says about itself print to standard output.
)";

std::string table(std::string_view command) {
  std::string out(kColumns);
  for (const Flag& flag : flags()) {
    if (flag.command != command) continue;
    out += fmt::format("| `{} {}` | {} | {} |\n", flag.name, flag.value, flag.meaning,
                       flag.setting.empty() ? "" : fmt::format("`{}`", flag.setting));
  }
  return out;
}

std::string operand_table(std::string_view command) {
  std::string out;
  for (const Operand& operand : operands()) {
    if (operand.command != command) continue;
    if (out.empty()) out = "\n| word | meaning |\n| --- | --- |\n";
    out += fmt::format("| `{}` | {}{} |\n", operand.name, operand.meaning,
                       operand.required ? " Required." : "");
  }
  return out;
}

}  // namespace

std::string command_line_page() {
  std::string out(kHead);
  for (const CommandRow& row : commands()) {
    out += fmt::format("| `{}` | {} |\n", usage(row.name), row.meaning);
  }
  for (const CommandRow& row : commands()) {
    const std::string own = operand_table(row.name);
    if (!own.empty()) out += fmt::format("\n## Words of {}\n{}", row.name, own);
  }
  out += "\n## Flags of every command\n" + table("");
  out += "| `--version` | Print the version and exit. | |\n| `--help` | Print help and exit. | |\n";
  for (const CommandRow& row : commands()) {
    const std::string own = table(row.name);
    if (own.size() > kColumns.size()) out += fmt::format("\n## Flags of {}\n{}", row.name, own);
  }
  return out + fmt::format(kTail, kExitOk, kExitFailure, kExitUsage, kExitOk);
}

}  // namespace exporter::config
