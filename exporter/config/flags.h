// The table of commands and flags: what is parsed, what --help says and what docs/cli.md holds.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exporter/config/config.h"
#include "exporter/result.h"

namespace exporter::config {

struct CommandRow {
  Command command;
  std::string_view name;
  std::string_view meaning;
};
std::span<const CommandRow> commands();

struct Flag {
  std::string_view name;     // `--record`
  std::string_view value;    // what it takes, as the documentation calls it
  std::string_view command;  // the only one that has it; empty: all
  std::string_view meaning;
  std::string_view setting = {};  // the key it sets, checked together with the configuration
  bool repeatable = false;
  /// An error is the second half of a fault. Null for a flag that sets a setting.
  Result<void> (*apply)(Invocation& invocation, const std::string& text) = nullptr;
};
std::span<const Flag> flags();

}  // namespace exporter::config
