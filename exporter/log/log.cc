#include "exporter/log/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <mutex>

#include "exporter/clock.h"

namespace exporter::log {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string timestamp(SystemTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      break;
  }
  return "error";
}

std::string_view to_string(Format format) { return format == Format::json ? "json" : "logfmt"; }

Result<Level> parse_level(std::string_view text) {
  const std::string name = lower(text);
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (name == to_string(level)) return level;
  }
  if (name == "warning") return Level::warn;
  return fail("not one of debug, info, warn, error");
}

Result<Format> parse_format(std::string_view text) {
  const std::string name = lower(text);
  for (const Format format : {Format::logfmt, Format::json}) {
    if (name == to_string(format)) return format;
  }
  return fail("not one of logfmt, json");
}

struct Logger::State {
  explicit State(Options chosen)
      : options(chosen), out("exporter", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    out.set_level(spdlog::level::trace);
    out.set_pattern("%v");
  }

  void write(const Event& event) {
    // Held while writing: lines stand in the order of their times, and none in an old format
    // follows adopt().
    const std::lock_guard lock(mutex);
    if (event.level < options.level) return;
    const std::string time = timestamp(SystemClock().now());
    out.log(spdlog_level(event.level), render(event, options.format, time));
  }

  std::mutex mutex;
  Options options;  // guarded by mutex
  spdlog::logger out;
};

Logger::Logger(Options options) : state_(std::make_shared<State>(options)) {}
Logger::~Logger() = default;

void Logger::write(const Event& event) const { state_->write(event); }

void Logger::adopt(Options options) {
  const std::lock_guard lock(state_->mutex);
  state_->options = options;
}

Log Logger::sink() const {
  return [state = state_](const Event& event) { state->write(event); };
}

}  // namespace exporter::log
