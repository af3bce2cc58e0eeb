#include <fmt/format.h>

#include "exporter/config/documents.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

constexpr std::string_view kHead = R"(# Configuration

Made from the table of settings by `opencost-exporter print-docs`; do not edit.

Every key is optional but a cluster's `url`. The smallest useful file is

```yaml
clusters:
  - url: http://opencost.opencost:9003
```

and `OPENCOST_URL=http://opencost.opencost:9003` does without a file. All keys with their defaults
stand in [example-config.yaml](example-config.yaml).

## Where values come from

A flag wins over the environment, the environment over the file, the file over the default. The
file is YAML, one document, at most 1 MiB, without anchors, aliases and tags.

Every key outside `clusters` has a variable: `poll.max_age` is `OPENCOST_EXPORTER_POLL_MAX_AGE`. A
list is written with commas. A variable that is set but empty counts as not set. Unknown variables
are not refused, since Kubernetes sets some with this prefix for a Service named
`opencost-exporter`.

These short names are read as well; the long name wins over them:

| variable | key | meaning |
| --- | --- | --- |
)";

constexpr std::string_view kFaults = R"(
## Faults

A wrong configuration is refused with all its faults at once, each with its place and what to do:

```
config.yaml:3: clusters[0].timeout: "2 minutes" is not a duration; write it as 90s, 5m, 2m30s, 1h or 1d
config.yaml:5: poll.curent: is not a setting; did you mean current?
environment CACHE_TTL: 1m is shorter than poll.current, 5m; write 5m or more
flag --log.level: "loud" is not one of debug, info, warn, error; write one of them
```

`opencost-exporter check-config` prints them, or the configuration in force, without starting
anything. Credentials are only ever files; they are in neither.

## Reload

SIGHUP or `POST /-/reload` reads the file and the credentials again. A file with faults changes
nothing: the old configuration stays in force and the faults are logged and, on POST, answered.
Answers of clusters that stay are kept. Keys of `web` need a restart.

## Values

| type | written as |
| --- | --- |
| duration | whole numbers with units `d`, `h`, `m`, `s`, `ms`, long before short: `90s`, `5m`, `2m30s`, `1h`, `1d` |
| size | a whole number with `KiB`, `MiB`, `GiB`, `kB`, `MB`, `GB` or nothing for bytes: `512MiB` |
| boolean | `true` or `false`; also `yes`, `no`, `on`, `off`, `1`, `0` |
| currency | 3 to 10 letters |
| URL | `http://` or `https://`, a host, perhaps a port and a path; no user name, password, query or fragment |
| file | a path; the file is read when it is needed, and again when it changes |
)";

constexpr std::string_view kExamples = R"(
## Examples

Two clusters, one of them behind a proxy that wants a token:

```yaml
clusters:
  - name: prod-eu
    url: https://opencost.eu.example.org
    auth:
      bearer_token_file: /etc/opencost-exporter/eu-token
    tls:
      ca_file: /etc/opencost-exporter/ca.crt
  - name: prod-us
    url: http://opencost.opencost:9003
currency:
  code: EUR
  rate: 0.92
```

A large cluster, asked less often and without the largest family:

```yaml
clusters:
  - url: http://opencost.opencost:9003
    timeout: 10m
poll:
  current: 15m
  max_age: 45m
metrics:
  pods: false
```
)";

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); }

std::string variables(std::string_view key) {
  std::string names = code(environment_name(key));
  for (const ShortName& name : short_names()) {
    if (name.key == key) names += ", " + code(name.name);
  }
  return names;
}

std::string cluster_variables(std::string_view key) {
  std::string names;
  for (const ShortName& name : short_names()) {
    if (name.key == fmt::format("clusters[].{}", key)) names = code(name.name);
  }
  return names;
}

constexpr std::string_view kColumns =
    "| key | type | default | environment | flag | meaning |\n"
    "| --- | --- | --- | --- | --- | --- |\n";

template <class Target>
std::string row(const Setting<Target>& setting, std::string_view prefix,
                const std::string& variable) {
  return fmt::format("| `{}{}` | {} | {} | {} | {} | {} |\n", prefix, setting.key,
                     cell(setting.type), code(setting.default_value), variable, code(setting.flag),
                     cell(setting.meaning));
}

std::string section(const Section& section) {
  std::string out =
      fmt::format("\n### {}\n\n{}{}\n\n{}", section.name, section.meaning,
                  section.name == kFixedSection ? " Not changed by a reload." : "", kColumns);
  if (section.name == "clusters") {
    for (const auto& setting : cluster_settings()) {
      out += row(setting, "clusters[].", cluster_variables(setting.key));
    }
  }
  for (const auto& setting : settings()) {
    if (setting.key.starts_with(fmt::format("{}.", section.name))) {
      out += row(setting, "", variables(setting.key));
    }
  }
  return out;
}

}  // namespace

std::string configuration_page() {
  std::string out(kHead);
  for (const ShortName& name : short_names()) {
    out += fmt::format("| `{}` | `{}` | {} |\n", name.name, name.key, cell(name.meaning));
  }
  out += "\n## Keys\n";
  for (const Section& each : kSections) out += section(each);
  return out + std::string(kFaults) + std::string(kExamples);
}

}  // namespace exporter::config
