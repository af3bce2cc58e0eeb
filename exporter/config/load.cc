#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "exporter/config/loading.h"
#include "exporter/config/yaml.h"

namespace exporter::config {
namespace {

Result<std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  // One byte more than is taken, so that a longer file is seen to be longer.
  std::string text(kMaxFileBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) {
    const int reason = errno == 0 ? EIO : errno;
    return fail(fmt::format("cannot be read: {}; check --config.file", std::strerror(reason)));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Result<Config, Faults> finish(Loading& loading, const Environment& environment,
                              const std::map<std::string, std::string>& flags, Clusters clusters) {
  take_environment(loading, environment);
  take_flags(loading, flags);
  complete(loading, clusters);
  if (Faults faults = loading.faults(); !faults.empty()) return tl::unexpected(std::move(faults));
  return std::move(loading.config);
}

// What the demo is set up with when it is given no file, so that every family has series, and
// savings within the first hours.
constexpr std::string_view kDemoFile = R"(
tenants:
  - {name: payments, namespaces: ["pay*"]}
  - {name: payments, labels: {team: payments}}
  - {name: shop, labels: {team: shop}}
  - {name: data, annotations: {cost-center: "4711"}}
  - {name: data, labels: {team: data}}
shared: {namespaces: [kube-system, monitoring], monthly_amounts: {support: 300}, over: tenants}
savings: {minimum_observation: 1h, idle_for: 1h}
policies:
  - {name: idle-services, namespaces: {include: [checkout]}, labels: {team: shop}, minimum_per_hour: 0.01}
  - name: weekend-dev
    namespaces: {include: ["dev-*"], exclude: [dev-grace]}
    labels: {environment: dev}
    exclude: {labels: {app: notebook}}
    idle_for: 2h
    minimum_per_hour: 0.05
    cooldown: 1h
budgets:
  - {name: demo, monthly: 2400}
  - {name: payments, namespaces: ["pay*"], monthly: 190}
  - {name: team-data, labels: {team: data}, monthly: 800}
  - {name: shop, tenant: shop, monthly: 260}
metrics: {labels: [team, app]}
)";

}  // namespace

Result<Config, Faults> parse(std::string_view yaml, std::string_view name,
                             const Environment& environment,
                             const std::map<std::string, std::string>& flags) {
  Loading loading(name);
  take_file(loading, yaml);
  return finish(loading, environment, flags, Clusters::required);
}

Result<Config, Faults> load(const Invocation& invocation, const Environment& environment) {
  Loading loading(invocation.config_file);
  if (!invocation.config_file.empty()) {
    if (const auto text = read_file(invocation.config_file)) {
      take_file(loading, *text);
    } else {
      loading.fault(loading.line(0), "", text.error().message);
      loading.refuse("clusters");
    }
  } else if (invocation.command == Command::demo) {
    take_file(loading, kDemoFile);
  }
  const bool optional = invocation.command == Command::demo ||
                        invocation.command == Command::healthcheck ||
                        !invocation.replay_directory.empty();
  return finish(loading, environment, invocation.flags,
                optional ? Clusters::optional : Clusters::required);
}

}  // namespace exporter::config
