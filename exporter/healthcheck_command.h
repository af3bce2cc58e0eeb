// The command `healthcheck`: asks an exporter that runs beside it whether it serves.
#pragma once

#include <string>
#include <vector>

namespace exporter {

/// GETs `url`; if that is empty, /-/healthy of the first of `listen_addresses`, over the loopback
/// where it listens on all interfaces, by TLS if that is what it speaks; its certificate, which is
/// for other names, is not looked at. The exit code of the process: kExitOk for status 200, which
/// prints nothing; else kExitFailure, or kExitUsage for an address whose port nobody can know,
/// with the reason on standard error.
int run_healthcheck(const std::string& url, const std::vector<std::string>& listen_addresses,
                    bool tls);

}  // namespace exporter
