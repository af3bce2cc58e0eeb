// The least HTTP client that can watch a server misbehave: one request, one connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace exporter::demo {

class Connection {
 public:
  /// `url` is http://127.0.0.1:PORT.
  explicit Connection(std::string_view url) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string port(url.substr(url.rfind(':') + 1));
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
    // A guard against a test that hangs, not something to wait for.
    const timeval patience{30, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const void* const at = &address;
    connected_ = ::connect(socket_, static_cast<const sockaddr*>(at), sizeof address) == 0;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(); }

  bool connected() const { return connected_; }

  void send(std::string_view text) const {
    [[maybe_unused]] const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }

  void ask(std::string_view method, std::string_view target) const {
    send(std::string(method).append(" ").append(target).append(
        " HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n"));
  }

  /// What has come, at most `room` bytes; empty once the other side has closed.
  std::string read(std::size_t room = 65536) const {
    std::string text(room, '\0');
    const auto got = ::recv(socket_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  std::string read_all() const {
    std::string all;
    for (std::string part = read(); !part.empty(); part = read()) all += part;
    return all;
  }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  int socket_;
  bool connected_ = false;
};

struct Response {
  int status = 0;  // 0: the connection was closed without an answer
  std::map<std::string, std::string> headers;
  std::string body;       // chunks joined
  bool complete = false;  // as long as announced
};

inline std::string join_chunks(std::string_view text, bool& complete) {
  std::string body;
  while (true) {
    const std::size_t line = text.find("\r\n");
    if (line == std::string_view::npos) return body;
    const std::size_t size = std::strtoul(std::string(text.substr(0, line)).c_str(), nullptr, 16);
    complete = size == 0;
    if (complete || text.size() < line + size + 4) return body;
    body += text.substr(line + 2, size);
    text.remove_prefix(line + size + 4);
  }
}

inline Response parse_response(std::string_view text) {
  Response response;
  const std::size_t head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return response;
  std::string_view head = text.substr(0, head_end + 2);
  response.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::size_t colon = head.find(": ");
    response.headers.emplace(head.substr(0, colon), head.substr(colon + 2, end - colon - 2));
    head.remove_prefix(end + 2);
  }
  const std::string_view rest = text.substr(head_end + 4);
  if (response.headers.count("Transfer-Encoding") != 0) {
    response.body = join_chunks(rest, response.complete);
  } else {
    response.body = rest;
    const std::string& announced = response.headers["Content-Length"];
    response.complete = announced == std::to_string(rest.size());
  }
  return response;
}

inline Response ask(std::string_view url, std::string_view target,
                    std::string_view method = "GET") {
  const Connection connection(url);
  connection.ask(method, target);
  return parse_response(connection.read_all());
}

}  // namespace exporter::demo
