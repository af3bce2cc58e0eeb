// Four front ends, one table: flags before environment before file before default.
//
// The tables stand behind settings.h; parsing, printing, docs/configuration.md and the example
// file are made from it. All faults of a configuration are reported at once, each with its place
// and what to do.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/access/access.h"
#include "exporter/api/api.h"
#include "exporter/backfill/backfill.h"
#include "exporter/cost/cost.h"
#include "exporter/demo/demo.h"
#include "exporter/http/http.h"
#include "exporter/ledger/ledger.h"
#include "exporter/log/log.h"
#include "exporter/metrics/metrics.h"
#include "exporter/opencost/opencost.h"
#include "exporter/poll/poll.h"
#include "exporter/result.h"
#include "exporter/web/web.h"

namespace exporter::config {

struct Config {
  std::vector<poll::Source> clusters;  // http options filled from the poll section as well
  poll::Schedule schedule;
  std::chrono::seconds max_age{900};
  http::RetryPolicy retry;
  ledger::Options ledger;  // not changed by a reload
  /// How many finished days to ask for; nothing: back to the first of last month.
  std::optional<int> backfill_days;
  cost::TenantRules tenants;
  cost::SharedOptions shared;    // amounts are written in the currency that is exported, and are
  cost::SavingsOptions savings;  // here before its rate, as those who use them want them
  std::vector<cost::Policy> policies;
  std::vector<cost::Budget> budgets;
  std::string currency = "USD";
  metrics::Options metrics;
  std::vector<std::string> metric_labels;  // what attribution sums by; sorted
  web::Options web;                        // not changed by a reload
  std::string web_config_file;             // empty: none
  api::Options api;
  access::Options access;
  log::Options log;
  std::uint64_t max_answer_bytes = 512ull << 20;  // already in each cluster's http options

  friend bool operator==(const Config&, const Config&) = default;
};

enum class Command { run, demo, backfill, explain, check_config, healthcheck, print_docs };

/// Whose cost is to be explained.
struct ExplainOptions {
  std::string name_space;
  std::string workload;  // a controller or a bare pod; empty: all of the namespace
};

struct Invocation {
  Command command = Command::run;
  std::string config_file;                   // empty: none
  std::map<std::string, std::string> flags;  // settings given as flags, by key path
  std::string record_directory;              // empty: none
  std::string replay_directory;
  std::string healthcheck_url;  // empty: the exporter's own
  std::string docs_directory;   // print-docs: where to write; empty: standard output
  demo::ClusterOptions demo;
  backfill::Options backfill;
  ExplainOptions explain;
};

/// Exit codes, documented in docs/cli.md.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  // could not start, or failed while running
inline constexpr int kExitUsage = 2;    // wrong command line or configuration

/// What the process should do, or what it should print and exit with (help, version, wrong flags).
struct Exit {
  int code = kExitOk;
  std::string output;  // to standard output when code is 0, else to standard error
};
Result<Invocation, Exit> parse_command_line(int argc, const char* const* argv);

/// Reads a variable; a test passes a map.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// One fault each: `config.yaml:12: poll.current: "5 minutes" is not a duration; write ...`. Those
/// of the file come first, by line; then the environment's and the flags'.
using Faults = std::vector<std::string>;

/// Reads the file (if any), the environment and the flags. No cluster is a fault, unless the
/// command is `demo` or `healthcheck`, or recordings are replayed.
Result<Config, Faults> load(const Invocation& invocation, const Environment& environment);
/// The same for a file's text; `name` stands in the faults.
Result<Config, Faults> parse(std::string_view yaml, std::string_view name,
                             const Environment& environment,
                             const std::map<std::string, std::string>& flags);

/// The file of `--web.config.file`, in the format of Prometheus' exporter-toolkit: TLS, client
/// certificates, users, headers. Paths in it are relative to its folder.
struct WebConfig {
  web::Security security;
  /// It and all files it names, whose change is a reason to read it again.
  std::vector<std::string> files;
};
/// All faults at once, with file, line and key path. None repeats a key, a password or a hash.
Result<WebConfig, Faults> load_web_config(const std::string& path);
/// The same for a file's text; `path` stands in the faults, and files are relative to its folder.
Result<WebConfig, Faults> parse_web_config(std::string_view yaml, const std::string& path);

/// The configuration in force as YAML, every key with its value. Secrets are files and so never in
/// it, tokens of callers are digests; passwords in URLs are refused on reading.
std::string print(const Config& config);

/// The sections that differ between the two and that only a restart brings into force: `ledger`,
/// `web`. A reload that finds some should say so.
std::vector<std::string> sections_for_restart(const Config& in_force, const Config& next);

/// File name -> content of the generated part of docs/: configuration.md, cli.md,
/// example-config.yaml, metrics.md, http.md, web-config.md.
std::map<std::string, std::string> documents();

}  // namespace exporter::config
