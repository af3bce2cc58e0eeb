#include "exporter/service.h"

#include <utility>

namespace exporter {
namespace {

// How soon a changed certificate is noticed, at the latest.
constexpr std::chrono::seconds kLook{5};

std::string joined(std::string text, const config::Faults& faults) {
  for (const std::string& fault : faults) text += '\n' + fault;
  return text;
}

}  // namespace

Result<Configuration, config::Faults> load_configuration(const config::Invocation& invocation,
                                                         const config::Environment& environment) {
  auto config = config::load(invocation, environment);
  if (!config) return tl::unexpected(std::move(config).error());
  if (config->web_config_file.empty()) return Configuration{*std::move(config), {}};
  auto web = config::load_web_config(config->web_config_file);
  if (!web) return tl::unexpected(std::move(web).error());
  return Configuration{*std::move(config), *std::move(web)};
}

poll::PublisherOptions publisher_options(const config::Config& config) {
  poll::PublisherOptions options;
  for (const poll::Source& source : config.clusters) {
    options.sources.push_back(source.name);
    options.alignments.emplace(source.name, source.alignment);
  }
  options.schedule = config.schedule;
  options.max_age = config.max_age;
  options.backfill_days = config.backfill_days;
  options.rules = {config.tenants, config.metric_labels};
  options.shared = config.shared;
  options.savings = config.savings;
  options.policies = config.policies;
  options.budgets = config.budgets;
  options.metrics = config.metrics;
  options.currency = config.currency;
  return options;
}

std::string warning_of(const Configuration& configuration) {
  const access::Options& access = configuration.config.access;
  const bool tenants = !access.tokens.empty() || access.kubernetes.enabled;
  if (!configuration.config.api.enabled || !tenants) return {};
  if (!configuration.web.security.users.empty()) return {};
  return "tokens protect the API only: all costs can be read on " +
         configuration.config.web.telemetry_path +
         " by whoever reaches it, unless the file of web.config_file has users";
}

Service::Service(const config::Invocation& invocation, config::Environment environment,
                 const Configuration& configuration)
    : invocation_(invocation),
      environment_(std::move(environment)),
      at_start_(configuration.config),
      logger_(configuration.config.log),
      self_(clock_.now()),
      ledger_(configuration.config.ledger),
      history_(ledger_, self_, logger_.sink()),
      publisher_(clock_, history_, ledger_, self_, board_, logger_.sink()),
      collections_(clock_),
      gate_(clock_, access::kubernetes_reviewer()),
      fleet_(clock_, history_, publisher_, collections_, logger_.sink(),
             [this](const poll::Source& source) { return transport(source); }) {}

Result<void> Service::start(const Configuration& configuration) {
  const auto trouble = ledger_.trouble();
  if (trouble && trouble->trouble == ledger::Trouble::in_use) return fail(trouble->detail);
  const std::lock_guard lock(reload_mutex_);
  adopt(configuration);
  auto server = web::Server::start(at_start_.web,
                                   {.clock = clock_,
                                    .board = board_,
                                    .self = self_,
                                    .ledger = ledger_,
                                    .collections = collections_,
                                    .gate = gate_},
                                   configuration.web.security, configuration.config.api,
                                   [this] { return reload(); });
  if (!server) return tl::unexpected(server.error());
  server_ = std::move(*server);
  for (const std::string& address : server_->addresses()) {
    logger_.write({log::Level::info, "listening", {{"address", address}}});
  }
  watch_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
  return {};
}

Result<void> Service::reload() {
  const std::lock_guard lock(reload_mutex_);
  const auto next = load_configuration(invocation_, environment_);
  if (!next) return tl::unexpected(refused(next.error()));
  if (const auto adopted = server_->adopt(next->web.security, next->config.api); !adopted) {
    return tl::unexpected(refused({adopted.error().message}));
  }
  adopt(*next);
  log::Event event{log::Level::info, "configuration loaded", {}};
  for (const std::string& section : config::sections_for_restart(at_start_, next->config)) {
    event.fields.emplace_back("note", "changes of `" + section + "` need a restart");
  }
  logger_.write(event);
  return {};
}

std::unique_ptr<http::Transport> Service::transport(const poll::Source& source) {
  std::unique_ptr<http::Transport> curl = std::make_unique<http::CurlTransport>(source.http);
  if (invocation_.record_directory.empty()) return curl;
  return std::make_unique<http::RecordingTransport>(
      std::move(curl), invocation_.record_directory, source.name, clock_,
      [this](const Error& error) {
        logger_.write({log::Level::error, "answer not recorded", {{"error", error.message}}});
      });
}

void Service::adopt(const Configuration& configuration) {
  const config::Config& config = configuration.config;
  logger_.adopt(config.log);
  gate_.adopt(config.access, configuration.web.security.users);
  publisher_.adopt(publisher_options(config));
  fleet_.adopt(config.clusters, config.schedule, config.retry);
  self_.config_loaded(true, clock_.now());
  files_ = WatchedFiles(configuration.web.files);
  web_faults_.clear();
  in_force_ = configuration;
  const std::string warning = warning_of(configuration);
  if (!warning.empty() && warning != warned_) logger_.write({log::Level::warn, warning, {}});
  warned_ = warning;
}

// Certificates are renewed by others, who do not know whom to tell. What was refused is tried
// again: a file that it lacked may have come. Each refusal is logged once.
void Service::watch(const std::stop_token& stop) {
  while (clock_.sleep_until(clock_.steady() + kLook, stop)) {
    const std::lock_guard lock(reload_mutex_);
    if (!files_.changed() && web_faults_.empty()) continue;
    const auto reloaded = reload_web();
    if (!reloaded && reloaded.error() != web_faults_) static_cast<void>(refused(reloaded.error()));
    web_faults_ = reloaded ? config::Faults{} : reloaded.error();
  }
}

Result<void, config::Faults> Service::reload_web() {
  auto web = config::load_web_config(in_force_.config.web_config_file);
  if (!web) return tl::unexpected(std::move(web).error());
  if (const auto adopted = server_->adopt(web->security, in_force_.config.api); !adopted) {
    return tl::unexpected(config::Faults{adopted.error().message});
  }
  gate_.adopt(in_force_.config.access, web->security.users);
  files_ = WatchedFiles(web->files);
  in_force_.web = *std::move(web);
  self_.config_loaded(true, clock_.now());
  logger_.write(
      {log::Level::info, "web configuration loaded", {{"file", in_force_.config.web_config_file}}});
  return {};
}

/// Logged and counted here, since whoever asked may not be listening.
Error Service::refused(const config::Faults& faults) {
  self_.config_loaded(false, clock_.now());
  const std::string message = joined("the configuration in force stays:", faults);
  logger_.write({log::Level::error, "reload refused", {{"error", message}}});
  return {message};
}

}  // namespace exporter
