// Requests as bytes, for the tests of what is read from a connection.
#pragma once

#include <atomic>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "tests/web/client.h"
#include "tests/web/running.h"

namespace exporter::web::samples {

/// A server that counts what must not happen by accident.
struct Reloads : Running {
  explicit Reloads(Options options = {}, api::Options api = {})
      : Running(std::move(options), {}, std::move(api)) {
    on_reload = [this]() -> Result<void> {
      ++count;
      return {};
    };
  }
  std::atomic<int> count = 0;
};

/// `text` with `path` in place of each PATH.
inline std::string for_path(std::string text, std::string_view path) {
  constexpr std::string_view kPath = "PATH";
  for (std::size_t at = 0; (at = text.find(kPath, at)) != std::string::npos; at += path.size()) {
    text.replace(at, kPath.size(), path);
  }
  return text;
}

/// All that comes back until the connection is closed. The server may close it before it has read
/// everything.
inline std::string talk(const Running& running, std::string_view bytes) {
  const Socket socket(running.address());
  try {
    socket.write(bytes);
  } catch (const std::runtime_error&) {
  }
  return socket.read_all();
}

inline int count_of(std::string_view text, std::string_view part) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos;
       at += part.size()) {
    ++count;
  }
  return count;
}

/// The status of each answer, in order.
inline std::vector<int> statuses(std::string_view text) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  std::vector<int> found;
  for (std::size_t at = 0; (at = text.find(kStart, at)) != std::string_view::npos;) {
    at += kStart.size();
    int status = 0;
    std::from_chars(text.data() + at, text.data() + std::min(at + 3, text.size()), status);
    found.push_back(status);
  }
  return found;
}

}  // namespace exporter::web::samples
