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

/// A word after the command that is no flag, in the order in which they are written.
struct Operand {
  std::string_view command;
  std::string_view name;    // `NAMESPACE`
  std::string_view sample;  // what a fault says to write
  std::string_view meaning;
  bool required = false;
  Result<void> (*apply)(Invocation& invocation, const std::string& text) = nullptr;
};
std::span<const Operand> operands();
/// `explain NAMESPACE [WORKLOAD]`.
std::string usage(std::string_view command);

/// Two commands may have a flag of the same name, one row each.
struct Flag {
  std::string_view name;     // `--record`
  std::string_view value;    // what it takes, as the documentation calls it
  std::string_view command;  // the only one that has it; empty: all
  std::string_view meaning;
  std::string_view setting = {};  // the key it sets, checked together with the configuration
  bool repeatable = false;
  std::string_view required = {};  // a value to show where it is missing; empty: may be left out
  /// An error is the second half of a fault. Null for a flag that sets a setting.
  Result<void> (*apply)(Invocation& invocation, const std::string& text) = nullptr;
};
std::span<const Flag> flags();

/// What the flags of `backfill` do, in backfill_flags.cc. REQUIRES: set_from comes before set_to.
Result<void> set_from(Invocation& invocation, const std::string& text);
Result<void> set_to(Invocation& invocation, const std::string& text);
Result<void> set_step(Invocation& invocation, const std::string& text);
Result<void> set_output(Invocation& invocation, const std::string& text);
Result<void> add_label(Invocation& invocation, const std::string& text);

}  // namespace exporter::config
