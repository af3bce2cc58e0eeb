#include <fmt/format.h>

#include "exporter/config/documents.h"
#include "exporter/config/markdown.h"
#include "exporter/config/settings.h"
#include "exporter/config/text.h"

namespace exporter::config {
namespace {

constexpr std::string_view kHead = R"(# Configuration

Made from the table of settings by `opencost-exporter print-docs`; do not edit.

Every key is optional but those that are said to be required. The smallest useful file is

```yaml
clusters:
  - url: http://opencost.opencost:9003
```

and `OPENCOST_URL=http://opencost.opencost:9003` does without a file. All keys with their defaults
stand in [example-config.yaml](example-config.yaml). TLS, and users with passwords, are in a file of
their own, `web.config_file`, in the format of Prometheus' exporters: [web-config.md](web-config.md).

## Where values come from

A flag wins over the environment, the environment over the file, the file over the default. The
file is YAML, one document, at most 1 MiB, without anchors, aliases and tags.

Every key without `[]` has a variable: `poll.max_age` is `OPENCOST_EXPORTER_POLL_MAX_AGE`. A list
is written with commas, `team,app`, and so is a map, `support=300,audit=50`; both replace what the
file has. A variable that is set but empty counts as not set. Unknown variables are not refused,
since Kubernetes sets some with this prefix for a Service named `opencost-exporter`.

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
anything. Credentials are only ever files; they are in neither. Tokens of callers stand here as their
SHA-256, from which nobody gets them back: a fault never repeats what was written for one.

## Reload

SIGHUP or `POST /-/reload` reads the file and the credentials again. A file with faults changes
nothing: the old configuration stays in force and the faults are logged and, on POST, answered.
Answers of clusters that stay are kept. Changes of )";

constexpr std::string_view kValues = R"( need a restart.

## Values

| type | written as |
| --- | --- |
| duration | whole numbers with units `d`, `h`, `m`, `s`, `ms`, long before short: `90s`, `5m`, `2m30s`, `1h`, `1d` |
| size | a whole number with `KiB`, `MiB`, `GiB`, `kB`, `MB`, `GB` or nothing for bytes: `512MiB` |
| boolean | `true` or `false`; also `yes`, `no`, `on`, `off`, `1`, `0` |
| currency | 3 to 10 letters |
| URL | `http://` or `https://`, a host, perhaps a port and a path; no user name, password, query or fragment |
| file | a path; one with a secret or a certificate is read when it is needed, and again when it changes |
| offset | `+` or `-`, hours and minutes, from `-12:00` to `+14:00` and a multiple of 5 minutes: `+02:00`, `-05:30` |
| pattern | text in which `*` stands for any text, also for none; in quotes where it begins with one |
| origin | `https://` or `http://`, a host, and its port where it is not the scheme's own; no path: `https://portal.example.org` |
| digest | 64 hexadecimal digits |
| time | in UTC: `2027-06-30T00:00:00Z` |
| label, annotation | as Kubernetes has it or as OpenCost does: `app.kubernetes.io/name`, `app_kubernetes_io_name` |
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

A budget for a team, wherever it runs, and one for a whole cluster; days are kept over restarts and
begin where the bill has them begin:

```yaml
clusters:
  - name: prod-eu
    url: http://opencost.opencost:9003
calendar:
  utc_offset: "+01:00"
ledger:
  path: /var/lib/opencost-exporter/ledger.db
budgets:
  - name: payments
    monthly: 12000
    namespaces: [payments, "payments-*"]
    labels: {app.kubernetes.io/part-of: shop}
  - name: prod-eu
    monthly: 40000
    cluster: prod-eu
```

Whose cost it is: pods of the shop by their label, wherever they run, and the namespaces of payments;
all others are `__unallocated__`. Both bear what the platform costs, one twice as much, and one
has a budget. What developers leave idle would be scaled down, but for what says that it is kept:

```yaml
clusters:
  - name: prod-eu
    url: http://opencost.opencost:9003
tenants:
  - name: shop
    labels: {team: shop}
  - name: payments
    namespaces: ["pay-*"]
  - name: payments
    annotations: {cost-center: "4711"}
shared:
  namespaces: [kube-system, monitoring]
  monthly_amounts: {support: 300}
  over: tenants
  split: weighted
  weights: {shop: 2}
policies:
  - name: weekend-dev
    namespaces: {include: ["dev-*"], exclude: ["*-critical"]}
    exclude:
      annotations: {example.org/keep: "true"}
    idle_for: 2h
    minimum_per_hour: 0.05
    cooldown: 1h
budgets:
  - name: shop
    monthly: 9000
    tenant: shop
metrics:
  labels: [team, app.kubernetes.io/name]
```

Who may ask the API: a portal sees what belongs to the shop, whoever runs it everything, and pods of
payments show the token that Kubernetes gave them. With any of these, nobody else is answered:

```yaml
clusters:
  - name: prod-eu
    url: http://opencost.opencost:9003
tenants:
  - name: shop
    labels: {team: shop}
  - name: payments
    namespaces: ["pay-*"]
api:
  cors_origins: ["https://portal.example.org"]
  tokens:
    - name: portal
      sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      tenant: shop
      expires: 2027-06-30T00:00:00Z
    - name: operators
      sha256: fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210
      admin: true
  kubernetes_auth: true
  kubernetes_subjects:
    - user: "system:serviceaccount:payments:*"
      tenant: payments
web:
  config_file: /etc/opencost-exporter/web.yml
```
)";

/// Of a list's item there are short names only.
std::string variables(std::string_view key) {
  std::vector<std::string> names;
  if (key.find("[]") == std::string_view::npos) names.push_back(code(environment_name(key)));
  for (const ShortName& name : short_names()) {
    if (name.key == key) names.push_back(code(name.name));
  }
  return join(names, ", ");
}

constexpr std::string_view kColumns =
    "| key | type | default | environment | flag | meaning |\n"
    "| --- | --- | --- | --- | --- | --- |\n";

template <class Target>
std::string row(const Setting<Target>& setting, std::string_view prefix) {
  const std::string key = fmt::format("{}{}", prefix, setting.key);
  return fmt::format("| `{}` | {} | {} | {} | {} | {}{} |\n", key, cell(setting.type),
                     code(setting.default_value), variables(key), code(setting.flag),
                     cell(setting.meaning), setting.required ? " Required." : "");
}

std::string section(const Section& section) {
  std::string out =
      fmt::format("\n### {}\n\n{}{}\n\n{}", section.name, section.meaning,
                  section.takes == Change::restart ? " Not changed by a reload." : "", kColumns);
  for (const auto& setting : settings_of(section)) out += row(setting, "");
  for_each_list_in(section.name, [&](const auto& list) {
    if (!list.meaning.empty()) {
      out += fmt::format("\n`{}`: {}\n\n{}", list.name, list.meaning, kColumns);
    }
    for (const auto& setting : list.settings())
      out += row(setting, fmt::format("{}[].", list.name));
  });
  return out;
}

std::string fixed_sections() {
  std::vector<std::string> names;
  for (const Section& each : kSections) {
    if (each.takes == Change::restart) names.push_back(code(each.name));
  }
  return join(names, " and ");
}

}  // namespace

std::string configuration_page() {
  std::string out(kHead);
  for (const ShortName& name : short_names()) {
    out += fmt::format("| `{}` | `{}` | {} |\n", name.name, name.key, cell(name.meaning));
  }
  out += "\n## Keys\n";
  for (const Section& each : kSections) out += section(each);
  return fmt::format("{}{}{}{}{}", out, kFaults, fixed_sections(), kValues, kExamples);
}

}  // namespace exporter::config
