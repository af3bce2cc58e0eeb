#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <utility>

#include "exporter/config/flags.h"
#include "exporter/config/text.h"
#include "exporter/version.h"

namespace exporter::config {
namespace {

constexpr std::string_view kProgram = "opencost-exporter";
constexpr std::string_view kFooter =
    "\nSettings come from flags, the environment and the file, in this order; all of them stand "
    "in\n"
    "docs/configuration.md. OPENCOST_URL=http://opencost.opencost:9003 alone is enough.\n";

struct Given {  // as written
  std::map<const Flag*, std::vector<std::string>> flags;
  std::map<const Operand*, std::vector<std::string>> operands;
};

Exit wrong(std::string message) { return {kExitUsage, fmt::format("{}: {}\n", kProgram, message)}; }

void add_flag(CLI::App& app, const Flag& flag, Given& given) {
  app.add_option(std::string(flag.name), given.flags[&flag], std::string(flag.meaning))
      ->type_name(std::string(flag.value))
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_operand(CLI::App& app, const Operand& operand, Given& given) {
  app.add_option(std::string(operand.name), given.operands[&operand], std::string(operand.meaning))
      ->type_name("")
      ->expected(1)
      ->allow_extra_args(false);
}

void describe(CLI::App& app, Given& given) {
  app.name(std::string(kProgram));
  app.set_help_flag("-h,--help", "Print this help and exit.");
  app.set_version_flag("--version", fmt::format("{} {}", kProgram, kVersion),
                       "Print the version and exit.");
  app.require_subcommand(0, 1);
  app.footer(std::string(kFooter));
  for (const CommandRow& row : commands()) {
    CLI::App* command = app.add_subcommand(std::string(row.name), std::string(row.meaning));
    command->set_help_flag("-h,--help", "Print this help and exit.");
    command->fallthrough();
    for (const Flag& flag : flags()) {
      if (flag.command == row.name) add_flag(*command, flag, given);
    }
    for (const Operand& operand : operands()) {
      if (operand.command == row.name) add_operand(*command, operand, given);
    }
  }
  for (const Flag& flag : flags()) {
    if (flag.command.empty()) add_flag(app, flag, given);
  }
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  if (const auto near = nearest(word, candidates)) return fmt::format("did you mean {}?", *near);
  return fmt::format("see {} --help", kProgram);
}

Exit misplaced(std::string_view name) {
  std::vector<std::string> owners;
  std::vector<std::string> ways;
  for (const Flag& flag : flags()) {
    if (flag.name != name) continue;
    owners.emplace_back(flag.command);
    ways.push_back(fmt::format("{} {} {} {}", kProgram, flag.command, name, flag.value));
  }
  return wrong(fmt::format("flag {} belongs to the command{} {}; write {}", name,
                           owners.size() == 1 ? "" : "s", join(owners, " and "),
                           join(ways, " or ")));
}

// A flag may have come with its value, which may be a secret: only the name is shown.
Exit unexpected(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(true);
  const std::string word = rest.empty() ? "" : rest.front().substr(0, rest.front().find('='));
  const auto chosen = app.get_subcommands();
  const std::string command = chosen.empty() ? "run" : chosen.front()->get_name();
  if (!word.starts_with("-")) {
    if (usage(command) != command) {
      return wrong(fmt::format("{} is one word too many; write {} {}", in_quotes(word), kProgram,
                               usage(command)));
    }
    std::vector<std::string> names;
    for (const CommandRow& row : commands()) names.emplace_back(row.name);
    if (std::find(names.begin(), names.end(), word) != names.end()) {
      return wrong(fmt::format("{} is a second command; write one", in_quotes(word)));
    }
    return wrong(fmt::format("{} is not a command; {}", in_quotes(word), suggestion(word, names)));
  }
  std::vector<std::string> names{"--help", "--version"};
  for (const Flag& flag : flags()) {
    if (flag.command.empty() || flag.command == command) names.emplace_back(flag.name);
    if (flag.name == word) return misplaced(word);
  }
  return wrong(fmt::format("{} is not a flag; {}", in_quotes(word), suggestion(word, names)));
}

Result<void, Exit> take(const Flag& flag, const std::vector<std::string>& values,
                        Invocation& invocation) {
  if (values.empty()) return {};
  if (values.size() > 1 && !flag.repeatable) {
    return tl::unexpected(wrong(fmt::format("flag {}: stands twice; leave one out", flag.name)));
  }
  if (flag.apply == nullptr) {
    invocation.flags[std::string(flag.setting)] = join(values, ",");
    return {};
  }
  for (const std::string& value : values) {
    if (const auto applied = flag.apply(invocation, value); !applied) {
      return tl::unexpected(wrong(fmt::format("flag {}: {}", flag.name, applied.error().message)));
    }
  }
  return {};
}

Result<void, Exit> check_required(std::string_view command, const Given& given) {
  std::vector<std::string> missing;
  std::vector<std::string> samples;
  for (const Flag& flag : flags()) {
    if (flag.command != command || flag.required.empty() || !given.flags.at(&flag).empty())
      continue;
    missing.emplace_back(flag.name);
    samples.push_back(fmt::format("{} {}", flag.name, flag.required));
  }
  if (missing.empty()) return {};
  return tl::unexpected(wrong(fmt::format(
      "flag{} {} {} missing; write {} {} {}", missing.size() == 1 ? "" : "s", join(missing, ", "),
      missing.size() == 1 ? "is" : "are", kProgram, command, join(samples, " "))));
}

Result<void, Exit> take_operands(std::string_view command, const Given& given,
                                 Invocation& invocation) {
  for (const Operand& operand : operands()) {
    if (operand.command != command) continue;
    const std::vector<std::string>& words = given.operands.at(&operand);
    if (words.empty() && operand.required) {
      return tl::unexpected(wrong(fmt::format("{} is missing; write {} {} {}", operand.name,
                                              kProgram, command, operand.sample)));
    }
    if (words.empty()) continue;
    if (const auto applied = operand.apply(invocation, words.front()); !applied) {
      return tl::unexpected(wrong(fmt::format("{}: {}", operand.name, applied.error().message)));
    }
  }
  return {};
}

Result<Invocation, Exit> invocation(const CLI::App& app, const Given& given) {
  Invocation result;
  for (const CLI::App* chosen : app.get_subcommands()) {
    for (const CommandRow& row : commands()) {
      if (row.name == chosen->get_name()) result.command = row.command;
    }
    auto complete = check_required(chosen->get_name(), given);
    if (!complete) return tl::unexpected(std::move(complete.error()));
    auto taken = take_operands(chosen->get_name(), given, result);
    if (!taken) return tl::unexpected(std::move(taken.error()));
  }
  for (const Flag& flag : flags()) {
    auto taken = take(flag, given.flags.at(&flag), result);
    if (!taken) return tl::unexpected(std::move(taken.error()));
  }
  if (!result.record_directory.empty() && !result.replay_directory.empty()) {
    return tl::unexpected(
        wrong("flag --record: has nothing to record beside --replay; leave one out"));
  }
  return result;
}

}  // namespace

Result<Invocation, Exit> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("OpenCost's cost data as Prometheus metrics.");
  Given given;
  try {
    describe(app, given);
    app.parse(argc, argv);
    return invocation(app, given);
  } catch (const CLI::CallForHelp&) {
    return tl::unexpected(Exit{kExitOk, app.help()});
  } catch (const CLI::CallForVersion&) {
    return tl::unexpected(Exit{kExitOk, app.version() + "\n"});
  } catch (const CLI::ExtrasError&) {
    return tl::unexpected(unexpected(app));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string_view text = error.what();
    return tl::unexpected(
        wrong(fmt::format("flag {}: has no value; write one", text.substr(0, text.find(':')))));
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(wrong(error.what()));
  }
}

}  // namespace exporter::config
