// A URL taken apart, so that "the same server" is a comparison.
#pragma once

#include <string>

#include "exporter/result.h"

namespace exporter::http {

struct Url {
  std::string scheme;  // http or https
  std::string host;    // lower case; an IPv6 address in brackets
  std::string port;    // always there
  std::string target;  // path and query

  /// `host:port`
  std::string place() const;
  /// The value of the Host header: the port is left out where the scheme implies it.
  std::string authority() const;
  std::string text() const;

  bool same_origin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }

  friend bool operator==(const Url&, const Url&) = default;
};

/// Only http and https, only without a user name. Errors never repeat the URL, which might hold
/// a password.
Result<Url> parse_url(const std::string& text);

/// Where a Location header leads to. A user name in it is dropped.
Result<Url> resolve(const Url& base, const std::string& location);

}  // namespace exporter::http
