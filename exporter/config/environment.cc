#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "exporter/config/addresses.h"
#include "exporter/config/loading.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

constexpr ShortName kShortNames[] = {
    {"OPENCOST_URL", "clusters[].url",
     "Address of the only cluster; enough without a file. A fault when the file has several."},
    {"OPENCOST_TIMEOUT", "clusters[].timeout",
     "Timeout of the only cluster; a bare number means seconds. A fault when there are several."},
    {"CACHE_TTL", "poll.max_age", "A bare number means seconds."},
    {"LOG_LEVEL", "log.level", "As the key."},
    {"DEBUG", "log.level", "`true` sets the level to debug, whatever LOG_LEVEL says."},
    {"ENABLE_SWAGGER", "api.docs", "As the key."},
    {"HOST", "web.listen_addresses", "Host of the listen address; not set, all interfaces."},
    {"PORT", "web.listen_addresses", "Port of the listen address; not set, 9754."},
};

// Compose files and charts pass `NAME=` for what nobody set.
std::optional<std::string> get(const Environment& environment, std::string_view name) {
  auto value = environment(std::string(name));
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::string with_seconds(const std::string& text) {
  const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
  return bare ? text + "s" : text;
}

template <class Target>
const Setting<Target>& row(std::span<const Setting<Target>> table, std::string_view key) {
  return *std::find_if(table.begin(), table.end(),
                       [&](const auto& setting) { return setting.key == key; });
}

void take_cluster(Loading& loading, std::string_view key, std::string_view name,
                  const std::string& text) {
  auto& clusters = loading.config.clusters;
  const Place place = Loading::variable(name);
  if (clusters.size() > 1) {
    loading.fault(place, "",
                  fmt::format("the file has {} clusters, so it is not clear which one is meant; "
                              "write clusters[].{} there",
                              clusters.size(), key));
    return;
  }
  if (clusters.empty()) {
    clusters.emplace_back();
    loading.found("clusters[0]", place);
  }
  loading.apply(row(cluster_settings(), key), clusters.front(), fmt::format("clusters[0].{}", key),
                {.text = text}, place);
}

void take_clusters(Loading& loading, const Environment& environment) {
  if (const auto url = get(environment, "OPENCOST_URL")) {
    take_cluster(loading, "url", "OPENCOST_URL", *url);
  }
  // Without any cluster there is nothing this could be the timeout of.
  const auto timeout = get(environment, "OPENCOST_TIMEOUT");
  if (timeout && !loading.config.clusters.empty()) {
    take_cluster(loading, "timeout", "OPENCOST_TIMEOUT", with_seconds(*timeout));
  }
}

void take_listen_address(Loading& loading, const Environment& environment) {
  const auto host = get(environment, "HOST");
  const auto port = get(environment, "PORT");
  bool good = host || port;
  const auto check = [&](std::string_view name, const std::string& address) {
    if (auto parsed = parse_listen_address(address); !parsed) {
      loading.fault(Loading::variable(name), "", parsed.error().message);
      good = false;
    }
  };
  if (host) check("HOST", listen_address(*host, ""));
  if (port) check("PORT", listen_address("", *port));
  if (!good) return;
  apply_text(loading, row(settings(), "web.listen_addresses"),
             listen_address(host.value_or(""), port.value_or("")),
             Loading::variable(port ? "PORT" : "HOST"));
}

void take_log_level(Loading& loading, const Environment& environment) {
  const Setting<Config>& level = row(settings(), "log.level");
  if (const auto text = get(environment, "LOG_LEVEL")) {
    apply_text(loading, level, *text, Loading::variable("LOG_LEVEL"));
  }
  if (const auto text = get(environment, "DEBUG")) {
    const Place place = Loading::variable("DEBUG");
    const auto debug = parse_boolean(*text);
    if (!debug) {
      loading.fault(place, "", debug.error().message);
    } else if (*debug) {
      apply_text(loading, level, "debug", place);
    }
  }
}

}  // namespace

std::span<const ShortName> short_names() { return kShortNames; }

std::string environment_name(std::string_view key) {
  std::string name = "OPENCOST_EXPORTER_" + upper(key);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

// Unknown OPENCOST_EXPORTER_ variables are not looked for: Kubernetes sets OPENCOST_EXPORTER_PORT
// and more of that kind for a Service of this name.
void take_environment(Loading& loading, const Environment& environment) {
  take_clusters(loading, environment);
  if (const auto age = get(environment, "CACHE_TTL")) {
    apply_text(loading, row(settings(), "poll.max_age"), with_seconds(*age),
               Loading::variable("CACHE_TTL"));
  }
  if (const auto docs = get(environment, "ENABLE_SWAGGER")) {
    apply_text(loading, row(settings(), "api.docs"), *docs, Loading::variable("ENABLE_SWAGGER"));
  }
  take_log_level(loading, environment);
  take_listen_address(loading, environment);
  for (const Setting<Config>& setting : settings()) {
    const std::string name = environment_name(setting.key);
    if (const auto text = get(environment, name)) {
      apply_text(loading, setting, *text, Loading::variable(name));
    }
  }
}

}  // namespace exporter::config
