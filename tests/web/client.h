// HTTP clients for the tests of web/: libcurl for well-behaved ones, bare sockets for the others.
#pragma once

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace exporter::web::samples {

struct Answer {
  long status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? "" : at->second;
  }
};

/// Keeps its connection open between requests.
class Client {
 public:
  explicit Client(std::string address) : address_(std::move(address)), curl_(curl_easy_init()) {}

  Answer get(const std::string& path, const std::vector<std::string>& headers = {}) {
    return send("GET", path, headers);
  }

  Answer send(const std::string& method, const std::string& path,
              const std::vector<std::string>& headers = {}, const std::string& body = "") {
    CURL* curl = curl_.get();
    curl_easy_reset(curl);
    Answer answer;
    const std::string url = "http://" + address_ + path;
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> lines(nullptr,
                                                                      &curl_slist_free_all);
    for (const std::string& header : headers) {
      lines.reset(curl_slist_append(lines.release(), header.c_str()));
    }
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.get());
    if (!body.empty()) {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    }
    if (method == "HEAD") {
      curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
      curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) throw std::runtime_error(url + ": " + curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
  }

  /// Connections opened for the last request: 0 when the old one could be used.
  long new_connections() const {
    long opened = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_NUM_CONNECTS, &opened);
    return opened;
  }

 private:
  static std::size_t take_body(char* data, std::size_t, std::size_t bytes, void* answer) {
    static_cast<Answer*>(answer)->body.append(data, bytes);
    return bytes;
  }

  static std::size_t take_header(char* data, std::size_t, std::size_t bytes, void* answer) {
    const std::string_view line(data, bytes);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) return bytes;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static_cast<Answer*>(answer)->headers[name] =
        line.substr(colon + 2, line.find_last_not_of("\r\n") - colon - 1);
    return bytes;
  }

  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };

  std::string address_;
  std::unique_ptr<CURL, Cleanup> curl_;
};

/// A connection that does only what it is told.
class Socket {
 public:
  /// `address` is an IPv4 address with port. A small `receive_buffer` makes the sender wait early.
  explicit Socket(const std::string& address, int receive_buffer = 0)
      : number_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      setsockopt(number_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    // What is written in pieces is to arrive in pieces.
    const int at_once = 1;
    setsockopt(number_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    const std::size_t colon = address.rfind(':');
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr);
    if (connect(number_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) {
      throw std::runtime_error("cannot connect to " + address);
    }
  }
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (number_ >= 0) close(number_);
  }

  void write(std::string_view bytes) const {
    if (::send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("cannot send");
    }
  }

  int number() const { return number_; }

  /// Says that nothing more will be written.
  void finish() const { shutdown(number_, SHUT_WR); }

  /// Up to `most` bytes, waiting for the first; empty at the end.
  std::string read_some(std::size_t most = 65536) const {
    std::string bytes(most, '\0');
    const ssize_t got = recv(number_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

  /// Until the other side closes.
  std::string read_all() const {
    std::string all;
    std::vector<char> part(std::size_t{1} << 20);
    for (ssize_t got = 1; got > 0;) {
      got = recv(number_, part.data(), part.size(), 0);
      if (got > 0) all.append(part.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  int number_;
};

}  // namespace exporter::web::samples
