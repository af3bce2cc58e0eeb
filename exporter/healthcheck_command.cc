#include "exporter/healthcheck_command.h"

#include <fmt/format.h>

#include <iostream>

#include "exporter/config/config.h"
#include "exporter/http/http.h"

namespace exporter {
namespace {

// Shorter than the shortest timeout that container runtimes and kubelets are usually given.
constexpr std::chrono::seconds kPatience{3};

Result<std::string> own_url(const std::string& address, bool tls) {
  const std::string_view scheme = tls ? "https" : "http";
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  if (port == "0") {
    return fail(
        fmt::format("{} has no port of its own; write healthcheck --url={}://HOST:PORT/-/healthy",
                    address, scheme));
  }
  if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
  if (host == "[::]") host = "[::1]";
  return fmt::format("{}://{}:{}/-/healthy", scheme, host, port);
}

}  // namespace

int run_healthcheck(const std::string& url, const std::vector<std::string>& listen_addresses,
                    bool tls) {
  const Result<std::string> asked = url.empty() ? own_url(listen_addresses.front(), tls) : url;
  if (!asked) {
    std::cerr << asked.error().message << '\n';
    return config::kExitUsage;
  }
  http::CurlTransport transport({.connect_timeout = kPatience,
                                 .timeout = kPatience,
                                 .tls = {.insecure_skip_verify = url.empty()}});
  const auto answer = transport.get(*asked, [](std::string_view) { return true; }, {});
  if (answer) return config::kExitOk;
  std::cerr << fmt::format("{} is not healthy: {}: {}\n", *asked,
                           http::to_string(answer.error().kind), answer.error().detail);
  return config::kExitFailure;
}

}  // namespace exporter
