// What the server answers, without a socket: a request and the present in, a reply out.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/demo/demo.h"

namespace exporter::demo {

struct Request {
  std::string method;
  std::string path;
  std::map<std::string, std::string> parameters;  // decoded

  /// Empty where it was not sent.
  std::string parameter(const std::string& name) const;
  /// As Go's strconv.ParseBool; what it cannot read is false.
  bool flag(const std::string& name) const;
};

/// How the body reaches the client.
enum class Delivery : std::uint8_t {
  usual,    // a longer body in chunks, as Go does
  counted,  // with a Content-Length, whatever its size
  cut,      // half of what Content-Length promises, then the connection is closed
  drip,     // a byte now and then
  never,    // not even a status line
};

struct Reply {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  Delivery delivery = Delivery::usual;
};

Reply plain_text(unsigned status, std::string body);
/// An envelope without data.
Reply error_envelope(std::string_view message);

/// Whether faults apply to this path.
bool is_question(std::string_view path);

/// `samples` is the time there are samples of, and lies before `now`.
Reply answer(const Cluster& cluster, const Request& request, std::chrono::sys_seconds now,
             model::Window samples);

}  // namespace exporter::demo
