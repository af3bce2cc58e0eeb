#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/addresses.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"
#include "exporter/config/values.h"

namespace exporter::config {
namespace {

using poll::Source;

Result<void> set_name(Source& source, const Item& item) {
  auto result = assign(source.name, parse_name(item.text));
  source.named = result.has_value();
  return result;
}

Result<void> set_timeout(std::chrono::milliseconds& field, const std::string& text) {
  const auto duration = parse_duration(text);
  if (duration && duration->count() == 0) {
    return fail(
        fmt::format("{} is no time at all; write a longer one, such as 2m", in_quotes(text)));
  }
  return assign(field, duration);
}

Result<void> set_alignment(Source& source, const Item& item) {
  for (const auto alignment : {opencost::Alignment::rolling, opencost::Alignment::hour}) {
    if (item.text == opencost::to_string(alignment)) {
      source.alignment = alignment;
      return {};
    }
  }
  return fail(
      fmt::format("{} is not one of rolling, hour; write one of them", in_quotes(item.text)));
}

http::BasicAuth& basic(Source& source) {
  auto& auth = source.http.auth.basic;
  return auth ? *auth : auth.emplace();
}

Result<void> add_header(Source& source, const Item& item) {
  auto name = parse_header_name(item.key);
  if (!name) return tl::unexpected(name.error());
  auto file = parse_file(item.text);
  if (!file) return tl::unexpected(file.error());
  auto& headers = source.http.auth.header_files;
  const bool twice = std::any_of(headers.begin(), headers.end(), [&](const auto& header) {
    return lower(header.first) == lower(*name);
  });
  if (twice) {
    return fail(
        fmt::format("{} stands twice, since case does not matter in the name of a header; "
                    "leave one out",
                    in_quotes(*name)));
  }
  headers.emplace_back(std::move(*name), std::move(*file));
  return {};
}

std::vector<Item> headers(const Source& source) {
  std::vector<Item> items;
  for (const auto& [name, file] : source.http.auth.header_files) {
    items.push_back({.text = file, .key = name});
  }
  return items;
}

constexpr Setting<Source> kClusterSettings[] = {
    {.key = "name",
     .type = "text",
     .example = "prod-eu",
     .meaning = "Value of the label `cluster`. Not set, cost series carry the name OpenCost itself "
                "gives, and the exporter's own series the URL's host and port.",
     .apply = set_name,
     .print = [](const Source& s) { return s.named ? one(s.name) : std::vector<Item>{}; }},
    {.key = "url",
     .required = true,
     .type = "URL",
     .example = "http://opencost.opencost:9003",
     .meaning = "Address of OpenCost's API. A path prefix such as /model is kept.",
     .apply = [](Source& s, const Item& i) { return assign(s.url, parse_url(i.text)); },
     .print = [](const Source& s) { return one(s.url); }},
    {.key = "timeout",
     .type = "duration",
     .default_value = "2m",
     .meaning = "Longest time for a whole answer. OpenCost is slow by nature; minutes are right.",
     .apply = [](Source& s, const Item& i) { return set_timeout(s.http.timeout, i.text); },
     .print = [](const Source& s) { return one(print_duration(s.http.timeout)); }},
    {.key = "connect_timeout",
     .type = "duration",
     .default_value = "5s",
     .meaning = "Longest time until the connection stands.",
     .apply = [](Source& s, const Item& i) { return set_timeout(s.http.connect_timeout, i.text); },
     .print = [](const Source& s) { return one(print_duration(s.http.connect_timeout)); }},
    {.key = "alignment",
     .type = "rolling or hour",
     .default_value = "rolling",
     .meaning = "Which hour is asked for: the last 60 minutes, or the last whole clock hour, for "
                "OpenCost's collector mode.",
     .apply = set_alignment,
     .print = [](const Source& s) { return one(std::string(opencost::to_string(s.alignment))); }},
    {.key = "auth.bearer_token_file",
     .type = "file",
     .example = "/etc/opencost-exporter/token",
     .meaning =
         "File with the bearer token; read again when it changes. Not together with auth.basic.",
     .apply =
         [](Source& s, const Item& i) {
           return assign(s.http.auth.bearer_token_file, parse_file(i.text));
         },
     .print = [](const Source& s) { return one_unless_empty(s.http.auth.bearer_token_file); }},
    {.key = "auth.basic.username",
     .type = "text",
     .example = "opencost",
     .meaning = "User name for basic authentication.",
     .apply = [](Source& s,
                 const Item& i) { return assign(basic(s).username, parse_username(i.text)); },
     .print =
         [](const Source& s) {
           return s.http.auth.basic ? one_unless_empty(s.http.auth.basic->username)
                                    : std::vector<Item>{};
         }},
    {.key = "auth.basic.password_file",
     .type = "file",
     .example = "/etc/opencost-exporter/password",
     .meaning = "File with the password; read again when it changes.",
     .apply = [](Source& s,
                 const Item& i) { return assign(basic(s).password_file, parse_file(i.text)); },
     .print =
         [](const Source& s) {
           return s.http.auth.basic ? one_unless_empty(s.http.auth.basic->password_file)
                                    : std::vector<Item>{};
         }},
    {.key = "auth.header_files",
     .shape = Shape::map,
     .type = "map of header to file",
     .example = "{X-Scope-OrgID: /etc/opencost-exporter/tenant}",
     .meaning = "Further headers to send, each with the file that holds its value.",
     .apply = add_header,
     .print = headers},
    {.key = "tls.ca_file",
     .type = "file",
     .example = "/etc/opencost-exporter/ca.crt",
     .meaning =
         "Authorities that may have signed the server's certificate, PEM; not set, the system's.",
     .apply = [](Source& s,
                 const Item& i) { return assign(s.http.tls.ca_file, parse_file(i.text)); },
     .print = [](const Source& s) { return one_unless_empty(s.http.tls.ca_file); }},
    {.key = "tls.cert_file",
     .type = "file",
     .example = "/etc/opencost-exporter/client.crt",
     .meaning = "Client certificate, PEM; needs tls.key_file.",
     .apply = [](Source& s,
                 const Item& i) { return assign(s.http.tls.cert_file, parse_file(i.text)); },
     .print = [](const Source& s) { return one_unless_empty(s.http.tls.cert_file); }},
    {.key = "tls.key_file",
     .type = "file",
     .example = "/etc/opencost-exporter/client.key",
     .meaning = "Key of the client certificate, PEM.",
     .apply = [](Source& s,
                 const Item& i) { return assign(s.http.tls.key_file, parse_file(i.text)); },
     .print = [](const Source& s) { return one_unless_empty(s.http.tls.key_file); }},
    {.key = "tls.server_name",
     .type = "text",
     .example = "opencost.example.org",
     .meaning = "Name the server's certificate must carry; not set, the URL's host.",
     .apply = [](Source& s,
                 const Item& i) { return assign(s.http.tls.server_name, parse_host(i.text)); },
     .print = [](const Source& s) { return one_unless_empty(s.http.tls.server_name); }},
    {.key = "tls.insecure_skip_verify",
     .type = "boolean",
     .default_value = "false",
     .meaning = "Whether any certificate is taken. For trying things out only.",
     .apply =
         [](Source& s, const Item& i) {
           return assign(s.http.tls.insecure_skip_verify, parse_boolean(i.text));
         },
     .print = [](const Source& s) { return one(print_boolean(s.http.tls.insecure_skip_verify)); }},
};

}  // namespace

std::span<const Setting<Source>> cluster_settings() { return kClusterSettings; }

}  // namespace exporter::config
