// A server that does to a connection exactly what a test tells it to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace exporter::http {

/// One accepted connection. Sending to a peer that is gone is no error: that is often the test.
class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}

  /// The head of the next request; empty at the end of the connection.
  std::string request() {
    while (true) {
      if (const std::size_t end = received_.find("\r\n\r\n"); end != std::string::npos) {
        std::string head = received_.substr(0, end + 4);
        received_.erase(0, end + 4);
        return head;
      }
      if (!receive()) return {};
    }
  }

  /// What follows a request's head, as long as its Content-Length says; less at the end of the
  /// connection.
  std::string content(const std::string& head) {
    const std::string_view kLength = "\r\nContent-Length: ";
    const std::size_t found = head.find(kLength);
    const std::size_t length =
        found == std::string::npos ? 0 : std::stoul(head.substr(found + kLength.size()));
    while (received_.size() < length && receive()) {
    }
    std::string content = received_.substr(0, length);
    received_.erase(0, length);
    return content;
  }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// A whole answer.
  void answer(std::string_view status, std::string_view headers, std::string_view body) const {
    send("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(headers) + "\r\n" + std::string(body));
  }

  /// Waits for any bytes; false at the end of the connection.
  bool receive() {
    char buffer[4096];
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  void wait_for_close() {
    while (receive()) {
    }
  }

  /// Lets time pass, or less when the connection ends: for faults that consist of slowness.
  void pause(std::chrono::milliseconds time) const {
    pollfd end{socket_, POLLRDHUP, 0};
    ::poll(&end, 1, static_cast<int>(time.count()));
  }

  /// The close that follows sends RST instead of FIN.
  void reset_on_close() const {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  int socket_;
  std::string received_;
};

/// Listens on a free port of 127.0.0.1 and serves one connection after the other.
class Server {
 public:
  using Script = std::function<void(Connection&)>;

  explicit Server(Script script)
      : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("no server on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  /// Cuts a connection that is still open.
  ~Server() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      ::shutdown(listener_, SHUT_RDWR);
      if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_);
  }

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(std::string_view target = "/") const {
    return "http://" + place() + std::string(target);
  }

  int accepted() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  void serve() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      if (begin(socket)) {
        Connection connection(socket);
        script_(connection);
      }
      const std::lock_guard lock(mutex_);
      current_ = -1;
      ::close(socket);
    }
  }

  bool begin(int socket) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    current_ = socket;
    ++accepted_;
    return true;
  }

  Script script_;
  int listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;  // guarded by mutex_, as are the next two
  int current_ = -1;
  int accepted_ = 0;
  std::thread thread_;
};

/// A script that answers every request of a connection in the same way.
inline Server::Script always(const std::string& status, const std::string& headers,
                             const std::string& body) {
  return [=](Connection& connection) {
    while (!connection.request().empty()) connection.answer(status, headers, body);
  };
}

/// A script for one request per connection.
inline Server::Script once(const std::string& bytes) {
  return [=](Connection& connection) {
    if (!connection.request().empty()) connection.send(bytes);
  };
}

/// A fact one thread waits for and another one announces.
class Signal {
 public:
  void announce() {
    const std::lock_guard lock(mutex_);
    announced_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return announced_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool announced_ = false;
};

}  // namespace exporter::http
