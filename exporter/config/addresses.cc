#include "exporter/config/addresses.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "exporter/config/text.h"
#include "exporter/web/web.h"

namespace exporter::config {
namespace {

struct Authority {
  std::string host;  // v6 in brackets
  std::string port;  // empty: none was given
};

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

bool is_v6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<unsigned> port_number(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || port > 65535) {
    return std::nullopt;
  }
  return port;
}

// Splits at the colon before the port; whether the halves make sense is for the callers to say.
Authority split(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

// Of a URL that was read already.
Authority parts_of(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  return split(rest.substr(0, std::min(rest.find('/'), rest.size())));
}

bool is_loopback_v4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return is_v6(std::string(host.substr(1, host.size() - 2)));
  }
  return is_name(host);
}

bool is_path(std::string_view path) {
  constexpr std::string_view kUnwritable = "\"<>\\^`{|}";
  return std::all_of(path.begin(), path.end(), [&](char c) {
    return c > ' ' && c < 0x7F && kUnwritable.find(c) == std::string_view::npos;
  });
}

tl::unexpected<Error> taken(std::string_view path) {
  return fail(fmt::format("{} is taken by another page; write /metrics", in_quotes(path)));
}

Result<std::string> check_authority(std::string_view url, std::string_view text,
                                    std::string_view example) {
  const Authority parts = split(text);
  if (parts.host.empty()) {
    return fail(fmt::format("{} has no host; write {}", in_quotes(url), example));
  }
  if (!is_host(parts.host)) {
    return fail(fmt::format("{} has a host that is neither a name nor an address; write {}",
                            in_quotes(url), example));
  }
  const bool has_colon = parts.host.size() != text.size();
  if (has_colon && port_number(parts.port).value_or(0) == 0) {
    return fail(
        fmt::format("{} has a port that is not a number from 1 to 65535; write such a number or "
                    "leave the port out",
                    in_quotes(url)));
  }
  return lower(text);
}

}  // namespace

Result<std::string> parse_url(std::string_view text, std::string_view example) {
  if (text.empty()) return fail(fmt::format("is empty; write {}", example));
  const auto scheme_end = text.find("://");
  const std::string scheme =
      scheme_end == std::string_view::npos ? "" : lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") {
    return fail(fmt::format("{} does not begin with http:// or https://; write {}", in_quotes(text),
                            example));
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  if (rest.find('@') != std::string_view::npos) {
    return fail(fmt::format("{} holds a user name or password; put credentials into auth",
                            in_quotes(text)));
  }
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return fail(fmt::format("{} has a query or a fragment; leave it out", in_quotes(text)));
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  auto authority_text = check_authority(text, rest.substr(0, slash), example);
  if (!authority_text) return authority_text;
  std::string_view path = rest.substr(slash);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!is_path(path)) {
    return fail(
        fmt::format("{} has a path with characters that must be written as %XX; write "
                    "them so",
                    in_quotes(text)));
  }
  return fmt::format("{}://{}{}", scheme, *authority_text, path);
}

Result<std::string> parse_safe_url(std::string_view text, std::string_view example) {
  auto url = parse_url(text, example);
  if (!url || url->starts_with("https://")) return url;
  const std::string host = parts_of(*url).host;
  const bool here = host == "localhost" || host == "[::1]" || is_loopback_v4(host);
  if (here) return url;
  return fail(
      fmt::format("{} would be sent secrets that anybody on the way can read; write https://, or "
                  "http:// with an address of this machine, such as http://127.0.0.1:8001",
                  in_quotes(text)));
}

Result<std::string> parse_origin(std::string_view text) {
  constexpr std::string_view kExample = "https://portal.example.org";
  if (text.find('*') != std::string_view::npos) {
    return fail(
        fmt::format("{} would let pages read answers that nobody named; write each origin "
                    "in full, such as {}",
                    in_quotes(text), kExample));
  }
  auto url = parse_url(text, kExample);
  if (!url) return url;
  const auto scheme_end = text.find("://") + 3;
  if (const auto slash = text.find('/', scheme_end); slash != std::string_view::npos) {
    return fail(fmt::format("{} has a path, which no origin has; write {}", in_quotes(text),
                            url->substr(0, url->find('/', scheme_end))));
  }
  const std::string own_port = url->starts_with("https") ? ":443" : ":80";
  if (!url->ends_with(own_port)) return url;
  return fail(fmt::format("{} names the port that browsers leave out; write {}", in_quotes(text),
                          url->substr(0, url->size() - own_port.size())));
}

std::string authority(std::string_view url) {
  const Authority parts = parts_of(url);
  if (!parts.port.empty()) return fmt::format("{}:{}", parts.host, parts.port);
  return fmt::format("{}:{}", parts.host, url.starts_with("https") ? 443 : 80);
}

Result<std::string> parse_host(std::string_view text) {
  if (is_name(text)) return lower(text);
  return fail(fmt::format("{} is not the name of a host; write one such as opencost.example.org",
                          in_quotes(text)));
}

Result<std::string> parse_listen_address(std::string_view text) {
  const Authority parts = split(text);
  if (text.empty() || parts.host.size() == text.size()) {
    return fail(fmt::format("{} has no port; write :9754 or 127.0.0.1:9754", in_quotes(text)));
  }
  if (is_v6(std::string(text)) || std::count(text.begin(), text.end(), ':') > 1) {
    if (text.front() != '[') {
      return fail(
          fmt::format("{} is an IPv6 address without brackets; write [::1]:9754", in_quotes(text)));
    }
  }
  if (!parts.host.empty() && !is_host(parts.host)) {
    return fail(
        fmt::format("{} has a host that is neither a name nor an address; write :9754 or "
                    "127.0.0.1:9754",
                    in_quotes(text)));
  }
  if (!port_number(parts.port)) {
    return fail(
        fmt::format("{} has a port that is not a number from 0 to 65535; write :9754 or "
                    "127.0.0.1:9754",
                    in_quotes(text)));
  }
  return std::string(text);
}

std::string listen_address(std::string_view host, std::string_view port) {
  const bool bare_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return fmt::format("{}{}{}:{}", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "",
                     port.empty() ? "9754" : port);
}

Result<std::string> parse_telemetry_path(std::string_view text) {
  if (!text.starts_with('/')) {
    return fail(fmt::format("{} does not begin with a slash; write /metrics", in_quotes(text)));
  }
  if (text.find_first_of("?#") != std::string_view::npos || !is_path(text)) {
    return fail(fmt::format("{} is not a plain path; write /metrics", in_quotes(text)));
  }
  if (text == "/" || text == api::kPrefix || text.starts_with(fmt::format("{}/", api::kPrefix))) {
    return taken(text);
  }
  for (const web::Route& route : web::routes()) {
    const bool itself = route.path == "/metrics";  // stands for this very setting
    if (!itself && text == route.path) return taken(text);
  }
  return std::string(text);
}

}  // namespace exporter::config
