#include <fmt/format.h>

#include "exporter/config/documents.h"
#include "exporter/config/markdown.h"
#include "exporter/config/web_settings.h"

namespace exporter::config {
namespace {

constexpr std::string_view kHead = R"(# Web configuration file

Made from the table of its keys by `opencost-exporter print-docs`; do not edit.

TLS, client certificates, users with passwords, and headers stand in a file of their own, in the
format of Prometheus' exporter-toolkit, so that one file serves all exporters of a machine. It is
named by `--web.config.file` or `web.config_file`. Without it, or with an empty one, nothing is
secured.

```yaml
tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: clients.crt
  client_allowed_sans: [prometheus.example.org]
http_server_config:
  headers:
    X-Content-Type-Options: nosniff
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  prometheus: $2y$10$Dx7yQpZ0bVw3hK5mN8sTu.TaRoGgVP9w5k0/jS7kDOETcunJnyqem
```

The file is YAML as the configuration is: one document, at most 1 MiB, without anchors, aliases and
tags. So are the files it names at most 1 MiB; paths are relative to the folder it is in.

## Keys

| key | type | default | meaning |
| --- | --- | --- | --- |
)";

constexpr std::string_view kTail = R"(
A hash is made with `htpasswd -nBC 10 ""`, which asks for the password. A cost of 10 takes about a
tenth of a second, and each more twice as long; a password that was right is remembered for a
minute.

## When it changes

The file and those it names are looked at every few seconds and read again when one has changed; so
a certificate that was renewed is in force without a restart. With a fault in any of them the old
ones stay, and the faults are logged: all at once, each with its place, and none with a key, a
password or a hash.

```
web.yml:3: tls_server_config.key_file: "/etc/exporter/server.key" cannot be read: Permission denied; check the path, and who may read it
web.yml:9: basic_auth_users."ada": the cost 3 of the bcrypt hash is below 4; make one with htpasswd -nBC 10 ""
```

Whether there is such a file, and where, is changed by a restart only. `opencost-exporter
check-config` reads it, too.

## What differs from the exporter-toolkit

- Any key of `tls_server_config` means TLS. The toolkit serves in the clear where only some of them
  are written; here it is a fault that the certificate is missing.
- `client_ca_file` must stand beside the types that verify. The toolkit would trust everybody whom
  the system trusts.
- `http2` is taken and without effect: the exporter speaks HTTP/1.1, with TLS as without.
- `rate_limit` is refused rather than ignored: `api.requests_per_second` of the configuration limits
  each caller by itself, and a scrape is never refused for the sake of others.
- An empty list or map is a fault, and so is a key without a value.
- The probes and what describes the API answer without a password.
)";

}  // namespace

std::string web_config_page() {
  std::string out(kHead);
  for (const Setting<WebFile>& row : web_settings()) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.key, cell(row.type),
                       code(row.default_value), cell(row.meaning));
  }
  return out.append(kTail);
}

}  // namespace exporter::config
