// Requests of somebody, and answers as they were sent, for the tests of web/.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/web/client.h"

namespace exporter::web::samples {

/// Headers that come twice are there twice.
struct Sent {
  std::string head;  // with the status line, without the empty line
  std::string body;

  int status() const { return head.starts_with("HTTP/1.1 ") ? std::stoi(head.substr(9, 3)) : 0; }
  std::vector<std::string> all(const std::string& name) const {
    std::vector<std::string> values;
    const std::string line = "\r\n" + name + ": ";
    for (std::size_t at = head.find(line); at != std::string::npos; at = head.find(line, at)) {
      at += line.size();
      values.push_back(head.substr(at, head.find("\r\n", at) - at));
    }
    return values;
  }
  /// Empty where there is none.
  std::string header(const std::string& name) const {
    const std::vector<std::string> values = all(name);
    return values.empty() ? "" : values.front();
  }
  std::string code() const {  // of a problem
    constexpr std::string_view kCode = "\"code\":\"";
    const std::size_t at = body.find(kCode);
    if (at == std::string::npos) return {};
    return body.substr(at + kCode.size(), body.find('"', at + kCode.size()) - at - kCode.size());
  }
};

inline Sent sent(const std::string& text) {
  const std::size_t end = std::min(text.find("\r\n\r\n"), text.size());
  return {.head = text.substr(0, end), .body = text.substr(std::min(end + 4, text.size()))};
}

/// The last request of a connection.
inline std::string request(const std::string& method, const std::string& path,
                           const std::string& authorization = "", const std::string& body = "") {
  std::string text = method + ' ' + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  if (!authorization.empty()) text += "Authorization: " + authorization + "\r\n";
  if (method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

inline Sent ask(const std::string& address, const std::string& method, const std::string& path,
                const std::string& authorization = "", const std::string& body = "") {
  const Socket socket(address);
  socket.write(request(method, path, authorization, body));
  return sent(socket.read_all());
}

}  // namespace exporter::web::samples
