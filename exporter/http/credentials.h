// The secrets of a request, from their files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/http/http.h"

namespace exporter::http {

struct Credentials {
  struct Basic {
    std::string username;
    std::string password;
  };

  std::optional<Basic> basic;
  std::vector<std::string> headers;  // `Name: value`, the bearer token's among them
};

/// Reads every file anew, so there is no cached secret to go stale: a request is made every few
/// minutes and the files are small. Failures are of the kind `credentials` and name the file,
/// never its content.
Result<Credentials, Failure> read_credentials(const Auth& auth);

}  // namespace exporter::http
