// Asking a test's server.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "exporter/http/http.h"

namespace exporter::http {

class Client {
 public:
  explicit Client(Options options = {}) : transport_(direct(std::move(options))) {}

  Result<Answer, Failure> get(const std::string& url, std::stop_token stop = {}) {
    body_.clear();
    return transport_.get(
        url,
        [this](std::string_view bytes) {
          body_ += bytes;
          return true;
        },
        std::move(stop));
  }

  /// REQUIRES: the request fails.
  Failure fail(const std::string& url) {
    const auto answer = get(url);
    if (answer) throw std::logic_error("answered: " + body_);
    return answer.error();
  }

  const std::string& body() const { return body_; }
  CurlTransport& transport() { return transport_; }

 private:
  static Options direct(Options options) {
    ::setenv("no_proxy", "*", 1);
    return options;
  }

  CurlTransport transport_;
  std::string body_;
};

}  // namespace exporter::http
