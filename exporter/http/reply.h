// An answer of any status, and what it means for the request: done, refused, or asked elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "exporter/http/http.h"
#include "exporter/http/url.h"

namespace exporter::http {

struct Reply {
  int status = 0;
  bool wanted = false;                    // whether the body was handed on
  Answer answer{};                        // of a wanted status
  std::string opening{};                  // the first bytes of any other body
  std::optional<std::string> location{};  // of a redirect
  std::optional<std::chrono::seconds> retry_after{};
  std::chrono::milliseconds took{};
};

bool is_redirect(int status);

/// The failure that a status other than a wanted one is.
Failure bad_status(const Url& url, const Reply& reply);

/// Where a redirect leads to, the `redirects` before it counted; a failure that names the target
/// when it leaves the server or is one too many.
Result<Url, Failure> follow(const Url& url, const std::string& location, int redirects);

/// What a redirect is to a POST.
Failure not_followed(const Url& url, const std::string& location);

}  // namespace exporter::http
