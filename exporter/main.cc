// The commands. Signals are blocked before the first thread and received by waiting.
#include <algorithm>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include "exporter/backfill_command.h"
#include "exporter/config/config.h"
#include "exporter/explain_command.h"
#include "exporter/greeting.h"
#include "exporter/healthcheck_command.h"
#include "exporter/poll/poll.h"
#include "exporter/service.h"
#include "exporter/version.h"
#include "exporter/web/web.h"

namespace {

using namespace exporter;

sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

int print_faults(const config::Faults& faults) {
  for (const std::string& fault : faults) std::cerr << fault << '\n';
  std::cerr << faults.size() << (faults.size() == 1 ? " fault" : " faults")
            << " in the configuration; nothing was started\n";
  return config::kExitUsage;
}

std::vector<std::string> sources_of(const std::vector<http::Recording>& recordings) {
  std::vector<std::string> sources;
  for (const http::Recording& recording : recordings) {
    if (std::find(sources.begin(), sources.end(), recording.source) == sources.end()) {
      sources.push_back(recording.source);
    }
  }
  return sources;
}

/// Serves until SIGTERM or SIGINT. `greet` is called now and then until it has said its piece.
void serve(Service& service, const sigset_t& signals, const std::function<bool()>& greet) {
  bool greeted = greet == nullptr;
  while (true) {
    const timespec soon{0, 50'000'000};
    const int signal =
        greeted ? sigwaitinfo(&signals, nullptr) : sigtimedwait(&signals, nullptr, &soon);
    if (signal == SIGHUP) {
      // Its outcome is in the log and in the metrics.
      static_cast<void>(service.reload());
    } else if (signal == SIGTERM || signal == SIGINT) {
      service.logger().write({log::Level::info, "stopping", {{"signal", std::to_string(signal)}}});
      return;
    }
    if (!greeted) greeted = greet();
  }
}

int run_exporter(const config::Invocation& invocation, const sigset_t& signals) {
  const auto config = load_configuration(invocation, config::process_environment());
  if (!config) return print_faults(config.error());
  if (!invocation.record_directory.empty()) {
    std::error_code error;
    std::filesystem::create_directories(invocation.record_directory, error);
    if (error) {
      std::cerr << "cannot create " << invocation.record_directory << ": " << error.message()
                << '\n';
      return config::kExitFailure;
    }
  }
  Service service(invocation, config::process_environment(), *config);
  service.logger().write({log::Level::info, "starting", {{"version", std::string(kVersion)}}});
  if (const auto started = service.start(*config); !started) {
    service.logger().write({log::Level::error, started.error().message, {}});
    return config::kExitFailure;
  }
  serve(service, signals, nullptr);
  return config::kExitOk;
}

int run_demo(const config::Invocation& invocation, const sigset_t& signals) {
  auto opencost = demo::Server::start(invocation.demo);
  if (!opencost) {
    std::cerr << opencost.error().message << '\n';
    return config::kExitFailure;
  }
  const auto environment = [url = (*opencost)->url(),
                            process = config::process_environment()](const std::string& name) {
    return name == "OPENCOST_URL" ? std::optional(url) : process(name);
  };
  const auto config = load_configuration(invocation, environment);
  if (!config) return print_faults(config.error());
  Service service(invocation, environment, *config);
  if (const auto started = service.start(*config); !started) {
    std::cerr << started.error().message << '\n';
    return config::kExitFailure;
  }
  std::cout << where_to_look(service.addresses(), config->config,
                             config->web.security.tls.has_value(), (*opencost)->url())
            << std::flush;
  serve(service, signals, [&] {
    const auto figures = first_figures(service.board().latest().get());
    if (figures) std::cout << *figures << std::flush;
    return figures.has_value();
  });
  return config::kExitOk;
}

int run_replay(const config::Invocation& invocation, const sigset_t& signals) {
  const auto recordings = http::read_recordings(invocation.replay_directory);
  if (!recordings) {
    std::cerr << recordings.error().message << '\n';
    return config::kExitFailure;
  }
  if (recordings->empty()) {
    std::cerr << "no recordings in " << invocation.replay_directory << '\n';
    return config::kExitFailure;
  }
  const auto loaded = load_configuration(invocation, config::process_environment());
  if (!loaded) return print_faults(loaded.error());
  const config::Config* config = &loaded->config;
  const log::Logger logger(config->log);
  ManualClock clock(recordings->front().fetched_at);
  metrics::SelfMetrics self(clock.now());
  poll::Board board;
  ledger::Ledger ledger({});
  poll::History history(ledger, self, logger.sink());
  poll::Publisher publisher(clock, history, ledger, self, board, logger.sink());
  poll::PublisherOptions options = publisher_options(*config);
  options.sources = sources_of(*recordings);
  publisher.adopt(options);
  if (const auto replayed = poll::replay(*recordings, config->schedule.labels, clock, publisher);
      !replayed) {
    std::cerr << replayed.error().message << '\n';
    return config::kExitFailure;
  }
  poll::Collections collections(clock);
  const SystemClock wall;  // limits and expiry are of the present, whatever is replayed
  access::Gate gate(wall, access::kubernetes_reviewer());
  gate.adopt(config->access, loaded->web.security.users);
  auto server = web::Server::start(config->web,
                                   {.clock = clock,
                                    .board = board,
                                    .self = self,
                                    .ledger = ledger,
                                    .collections = collections,
                                    .gate = gate},
                                   loaded->web.security, config->api,
                                   [] { return fail("a replay has no configuration to reload"); });
  if (!server) {
    std::cerr << server.error().message << '\n';
    return config::kExitFailure;
  }
  for (const std::string& address : (*server)->addresses()) {
    logger.write({log::Level::info, "replayed, listening", {{"address", address}}});
  }
  int signal = 0;
  do {
    signal = sigwaitinfo(&signals, nullptr);
  } while (signal != SIGTERM && signal != SIGINT);
  return config::kExitOk;
}

int backfill_past(const config::Invocation& invocation, const sigset_t& signals) {
  const auto config = config::load(invocation, config::process_environment());
  if (!config) return print_faults(config.error());
  return run_backfill(*config, invocation.backfill, signals);
}

int explain_owner(const config::Invocation& invocation, const sigset_t& signals) {
  const auto config = config::load(invocation, config::process_environment());
  if (!config) return print_faults(config.error());
  return run_explain(*config, invocation.explain, signals);
}

int check_config(const config::Invocation& invocation) {
  const auto config = load_configuration(invocation, config::process_environment());
  if (!config) return print_faults(config.error());
  std::cout << config::print(config->config);
  return config::kExitOk;
}

int check_health(const config::Invocation& invocation) {
  const auto config = load_configuration(invocation, config::process_environment());
  if (!config) return print_faults(config.error());
  return run_healthcheck(invocation.healthcheck_url, config->config.web.listen_addresses,
                         config->web.security.tls.has_value());
}

int print_docs(const config::Invocation& invocation) {
  for (const auto& [name, content] : config::documents()) {
    if (invocation.docs_directory.empty()) {
      std::cout << content;
      continue;
    }
    const auto path = std::filesystem::path(invocation.docs_directory) / name;
    if (std::ofstream file(path); !(file << content && file.flush())) {
      std::cerr << "cannot write " << path.string() << '\n';
      return config::kExitFailure;
    }
  }
  return config::kExitOk;
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t signals = block_signals();
  const auto invocation = config::parse_command_line(argc, argv);
  if (!invocation) {
    const config::Exit& exit = invocation.error();
    (exit.code == config::kExitOk ? std::cout : std::cerr) << exit.output;
    return exit.code;
  }
  if (invocation->command != config::Command::run &&
      !(invocation->record_directory.empty() && invocation->replay_directory.empty())) {
    std::cerr << "--record and --replay belong to the command run\n";
    return config::kExitUsage;
  }
  switch (invocation->command) {
    case config::Command::run:
      return invocation->replay_directory.empty() ? run_exporter(*invocation, signals)
                                                  : run_replay(*invocation, signals);
    case config::Command::demo:
      return run_demo(*invocation, signals);
    case config::Command::backfill:
      return backfill_past(*invocation, signals);
    case config::Command::explain:
      return explain_owner(*invocation, signals);
    case config::Command::check_config:
      return check_config(*invocation);
    case config::Command::healthcheck:
      return check_health(*invocation);
    case config::Command::print_docs:
      return print_docs(*invocation);
  }
}
