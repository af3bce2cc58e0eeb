// One event, one line, in logfmt or JSON on standard error.
//
// Pure rooms never log: they return what happened. poll/, web/ and main.cc do, once, where nothing
// more can be done about it. The sink is a parameter, so a test reads events instead of text.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/result.h"

namespace exporter::log {

enum class Level { debug, info, warn, error };
enum class Format { logfmt, json };

std::string_view to_string(Level level);
std::string_view to_string(Format format);
Result<Level> parse_level(std::string_view text);
Result<Format> parse_format(std::string_view text);

struct Event {
  Level level = Level::info;
  std::string message;
  /// Printed after the message, in this order. Values are escaped by the sink.
  std::vector<std::pair<std::string, std::string>> fields;
};

/// Thread-safe.
using Log = std::function<void(const Event&)>;

struct Options {
  /// Events below this level are dropped.
  Level level = Level::info;
  Format format = Format::logfmt;

  friend bool operator==(const Options&, const Options&) = default;
};

/// The line without its newline: `ts=2026-01-02T03:04:05.678Z level=info msg="..." key=value`.
std::string render(const Event& event, Format format, std::string_view timestamp);

/// Writes to standard error through spdlog.
class Logger {
 public:
  explicit Logger(Options options);
  ~Logger();

  void write(const Event& event) const;
  /// A reload may change level and format. Thread-safe.
  void adopt(Options options);
  Log sink() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace exporter::log
