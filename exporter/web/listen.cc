#include "exporter/web/listen.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace exporter::web {

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

int Descriptor::release() { return std::exchange(number_, -1); }

namespace {

// Connections that wait to be accepted; the kernel cuts it to net.core.somaxconn.
constexpr int kBacklog = 4096;

struct HostAndPort {
  std::string host;  // empty: every interface
  std::string port;
};

using Candidates = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<HostAndPort> split(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return fail("expected host:port, [v6]:port or :port");
  std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of("[]:") != std::string_view::npos) {
    return fail("an IPv6 address needs brackets, as in [::1]:9754");
  }
  constexpr std::size_t kDigits = 5;
  const bool digits = !port.empty() && port.size() <= kDigits &&
                      port.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || std::stoul(std::string(port)) > 65535) {
    return fail(fmt::format("\"{}\" is not a port from 0 to 65535", port));
  }
  return HostAndPort{std::string(host), std::string(port)};
}

Result<Candidates> resolve(const HostAndPort& where) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const char* host = where.host.empty() ? nullptr : where.host.c_str();
  const int code = getaddrinfo(host, where.port.c_str(), &hints, &found);
  if (code != 0) return fail(gai_strerror(code));
  return Candidates(found, &freeaddrinfo);
}

std::string describe(int socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  char host[NI_MAXHOST] = "";
  char port[NI_MAXSERV] = "";
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  getsockname(socket, address, &length);
  getnameinfo(address, length, host, sizeof host, port, sizeof port,
              NI_NUMERICHOST | NI_NUMERICSERV);
  return address->sa_family == AF_INET6 ? fmt::format("[{}]:{}", host, port)
                                        : fmt::format("{}:{}", host, port);
}

// On failure errno says why.
bool set(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof value) == 0;
}

// A socket that listens, or the errno of what failed.
Result<Descriptor, int> open_socket(const addrinfo& where, bool every_interface) {
  Descriptor socket(::socket(where.ai_family, where.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                             where.ai_protocol));
  const int number = socket.number();
  const bool listening = number >= 0 && set(number, SOL_SOCKET, SO_REUSEADDR, 1) &&
                         (where.ai_family != AF_INET6 ||
                          set(number, IPPROTO_IPV6, IPV6_V6ONLY, every_interface ? 0 : 1)) &&
                         bind(number, where.ai_addr, where.ai_addrlen) == 0 &&
                         listen(number, kBacklog) == 0;
  if (!listening) return tl::unexpected<int>(errno);
  return socket;
}

Result<Listener> listen_on_first(const HostAndPort& where) {
  Result<Candidates> found = resolve(where);
  if (!found) return tl::unexpected(found.error());
  std::vector<const addrinfo*> candidates;
  for (const addrinfo* at = found->get(); at != nullptr; at = at->ai_next) candidates.push_back(at);
  if (where.host.empty()) {
    std::stable_partition(candidates.begin(), candidates.end(),
                          [](const addrinfo* at) { return at->ai_family == AF_INET6; });
  }
  int error = EADDRNOTAVAIL;
  for (const addrinfo* candidate : candidates) {
    Result<Descriptor, int> socket = open_socket(*candidate, where.host.empty());
    if (socket) {
      std::string address = describe(socket->number());
      return Listener{std::move(*socket), std::move(address)};
    }
    error = socket.error();
    // Half of what was asked for must not pass for all of it.
    if (error == EADDRINUSE || error == EACCES) break;
  }
  return fail(std::strerror(error));
}

}  // namespace

Result<Listener> listen_on(std::string_view address) {
  return split(address).and_then(listen_on_first).map_error([&](const Error& error) {
    return Error{fmt::format("cannot listen on {}: {}", address, error.message)};
  });
}

}  // namespace exporter::web
