// `openssl s_server` as the other end of a TLS connection.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exporter::http {

/// The child's standard input and output are open() here: without `-www` the first is what it
/// sends and the second what it receives, both decrypted.
class TlsServer {
 public:
  explicit TlsServer(std::vector<std::string> options) {
    // A test program that dies must not leave a server behind.
    std::vector<std::string> words = {"timeout",  "100",     "openssl",
                                      "s_server", "-accept", "127.0.0.1:0"};
    words.insert(words.end(), options.begin(), options.end());
    start(std::move(words));
    const std::string_view kAccept = "ACCEPT 127.0.0.1:";
    std::string output = read_until(kAccept);
    output += read_until("\n");
    port_ = output.substr(output.find(kAccept) + kAccept.size());
    port_.erase(port_.find_first_not_of("0123456789"));
  }
  ~TlsServer() {
    ::close(to_child_);
    ::close(from_child_);
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string place() const { return "127.0.0.1:" + port_; }
  std::string url() const { return "https://" + place() + "/"; }

  /// What the child prints, up to and including `mark`.
  std::string read_until(std::string_view mark) {
    std::size_t found = 0;
    while ((found = output_.find(mark)) == std::string::npos) {
      char buffer[4096];
      const ssize_t count = ::read(from_child_, buffer, sizeof buffer);
      if (count <= 0) throw std::runtime_error("openssl s_server ended: " + output_);
      output_.append(buffer, static_cast<std::size_t>(count));
    }
    std::string text = output_.substr(0, found + mark.size());
    output_.erase(0, text.size());
    return text;
  }

  void send(std::string_view bytes) const {
    if (::write(to_child_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("openssl s_server does not listen");
    }
  }

 private:
  void start(std::vector<std::string> words) {
    int input[2];
    int output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe");
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawnp(&child_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    to_child_ = input[1];
    from_child_ = output[0];
    if (error != 0) throw std::runtime_error("cannot start openssl");
  }

  pid_t child_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
  std::string output_;
  std::string port_;
};

}  // namespace exporter::http
