// The web configuration file as it is written, before the files it names are read.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/config/settings.h"
#include "exporter/web/web.h"

namespace exporter::config {

struct WebFile {
  /// PEM, in the file itself or in one of its own.
  struct Pem {
    std::string text{};
    std::string file{};
  };
  Pem certificates{};
  Pem key{};
  Pem client_authorities{};
  web::Tls tls{};  // all but these
  std::vector<access::User> users{};
  std::vector<std::pair<std::string, std::string>> headers{};
};

inline constexpr std::string_view kTlsSection = "tls_server_config";

/// Drives reading and docs/web-config.md; nothing of it is ever printed.
std::span<const Setting<WebFile>> web_settings();

/// `TLS12` for 12.
std::string tls_version_name(int version);
/// Of the exporter-toolkit, in the order of web::ClientAuth.
std::string_view client_auth_name(web::ClientAuth type);

}  // namespace exporter::config
