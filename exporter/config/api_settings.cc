#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/addresses.h"
#include "exporter/config/rules.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

constexpr std::string_view kApiServer = "https://kubernetes.default.svc";

Result<void> add_origin(std::vector<std::string>& origins, const Item& item) {
  if (item.index == 0) origins.clear();
  auto origin = parse_origin(item.text);
  if (!origin) return tl::unexpected(origin.error());
  if (std::find(origins.begin(), origins.end(), *origin) != origins.end()) {
    return fail(fmt::format("{} stands twice; leave one out", in_quotes(*origin)));
  }
  origins.push_back(std::move(*origin));
  return {};
}

Result<void> add_audience(std::vector<std::string>& audiences, const Item& item) {
  if (item.index == 0) audiences.clear();
  auto audience = parse_name(item.text);
  if (!audience) return tl::unexpected(audience.error());
  if (std::find(audiences.begin(), audiences.end(), *audience) != audiences.end()) {
    return fail(fmt::format("{} stands twice; leave one out", in_quotes(*audience)));
  }
  audiences.push_back(std::move(*audience));
  return {};
}

constexpr Setting<Config> kApiSettings[] = {
    {.key = "api.enabled",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether there is an API, under /api/v1.",
     .apply = [](Config& c, const Item& i) { return assign(c.api.enabled, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(print_boolean(c.api.enabled)); }},
    {.key = "api.docs",
     .type = "boolean",
     .default_value = "true",
     .meaning = "Whether there is its reference page, which needs nothing from elsewhere.",
     .apply = [](Config& c, const Item& i) { return assign(c.api.docs, parse_boolean(i.text)); },
     .print = [](const Config& c) { return one(print_boolean(c.api.docs)); }},
    {.key = "api.cors_origins",
     .shape = Shape::list,
     .type = "list of origins",
     .example = "https://portal.example.org",
     .meaning = "Pages that browsers let read answers, by scheme, host and port; if left out, none "
                "but those of the exporter itself.",
     .apply = [](Config& c, const Item& i) { return add_origin(c.api.cors_origins, i); },
     .print = [](const Config& c) { return print_list(c.api.cors_origins); }},
    {.key = "api.requests_per_second",
     .type = "number",
     .default_value = "20",
     .meaning =
         "How many requests a second one caller may send, above 0 and at most 10000; bursts of "
         "ten times as many pass.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.access.requests_per_second,
                         parse_number(i.text, {.most = 10'000, .above_least = true}, "20"));
         },
     .print = [](const Config& c) { return one(print_number(c.access.requests_per_second)); }},
    {.key = "api.kubernetes_auth",
     .type = "boolean",
     .default_value = "false",
     .meaning = "Whether Kubernetes is asked whose tokens are that stand in no configuration.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.access.kubernetes.enabled, parse_boolean(i.text));
         },
     .print = [](const Config& c) { return one(print_boolean(c.access.kubernetes.enabled)); }},
    {.key = "api.kubernetes.url",
     .type = "URL",
     .default_value = kApiServer,
     .meaning = "Address of the Kubernetes API server; http:// is for this machine only, such as a "
                "`kubectl proxy`.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.access.kubernetes.url, parse_safe_url(i.text, kApiServer));
         },
     .print = [](const Config& c) { return one(c.access.kubernetes.url); }},
    {.key = "api.kubernetes.ca_file",
     .type = "file",
     .default_value = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
     .meaning = "Certificates the API server's own is checked against.",
     .apply = [](Config& c,
                 const Item& i) { return assign(c.access.kubernetes.ca_file, parse_file(i.text)); },
     .print = [](const Config& c) { return one(c.access.kubernetes.ca_file); }},
    {.key = "api.kubernetes.token_file",
     .type = "file",
     .default_value = "/var/run/secrets/kubernetes.io/serviceaccount/token",
     .meaning = "The exporter's own token; its service account needs the cluster role "
                "`system:auth-delegator`.",
     .apply =
         [](Config& c, const Item& i) {
           return assign(c.access.kubernetes.token_file, parse_file(i.text));
         },
     .print = [](const Config& c) { return one(c.access.kubernetes.token_file); }},
    {.key = "api.kubernetes.audiences",
     .shape = Shape::list,
     .type = "list of text",
     .example = "opencost-exporter",
     .meaning = "Whom tokens must be for, one of these; if left out, the API server itself.",
     .apply = [](Config& c,
                 const Item& i) { return add_audience(c.access.kubernetes.audiences, i); },
     .print = [](const Config& c) { return print_list(c.access.kubernetes.audiences); }},
};

}  // namespace

std::span<const Setting<Config>> api_settings() { return kApiSettings; }

}  // namespace exporter::config
