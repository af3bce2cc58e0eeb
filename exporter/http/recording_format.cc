#include "exporter/http/recording_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>

#include "exporter/http/failure.h"

namespace exporter::http {
namespace {

constexpr std::array<std::string_view, 8> kHeaders = {
    "source", "url", "fetched-at", "status", "content-type", "failure", "detail", "retry-after"};
constexpr std::size_t kLongestSource = 100;

struct Header {
  std::string_view value;
  int line;
};
using Headers = std::map<std::string_view, Header>;

tl::unexpected<Error> fail_at(int line, std::string_view what) {
  return fail(fmt::format("{}: {}", line, what));
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Parts {
  Headers headers;
  std::string_view body;
  int last_line = 0;
};

Result<void> add(Headers& headers, std::string_view line, int number) {
  const std::size_t colon = line.find(": ");
  const std::string_view name = line.substr(0, colon);
  if (std::find(kHeaders.begin(), kHeaders.end(), name) == kHeaders.end()) {
    return fail_at(number, fmt::format("no such header: {}", excerpt(name)));
  }
  if (colon == std::string_view::npos) {
    return fail_at(number, fmt::format("no \": \" after {}", name));
  }
  const std::string_view value = line.substr(colon + 2);
  if (printable(value) != value) {
    return fail_at(number, fmt::format("{} holds a control character", name));
  }
  if (!headers.try_emplace(name, Header{value, number}).second) {
    return fail_at(number, fmt::format("{} is given twice", name));
  }
  return {};
}

Result<Parts> take_apart(std::string_view text) {
  Parts parts;
  for (;;) {
    ++parts.last_line;
    const std::size_t end = text.find('\n');
    if (end == 0) break;
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) {
      const auto added = add(parts.headers, line, parts.last_line);
      if (!added) return tl::unexpected<Error>(added.error());
    }
    if (end == std::string_view::npos) {
      return fail_at(parts.last_line, "no empty line after the headers");
    }
    text.remove_prefix(end + 1);
  }
  parts.body = text.substr(1);
  return parts;
}

Result<int> read_status(const Parts& parts) {
  const auto found = parts.headers.find("status");
  if (found == parts.headers.end()) return fail_at(parts.last_line, "no status");
  const auto status = number<int>(found->second.value);
  if (!status || *status < 100 || *status > 999) {
    return fail_at(found->second.line,
                   fmt::format("not a status: {}", excerpt(found->second.value)));
  }
  return *status;
}

std::string value(const Headers& headers, std::string_view name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : std::string(found->second.value);
}

Result<Failure> read_failure(const Parts& parts, const Header& header) {
  const auto kind = failure_kind(header.value);
  if (!kind || *kind == FailureKind::cancelled) {
    return fail_at(header.line, fmt::format("not a failure: {}", excerpt(header.value)));
  }
  Failure failure{.kind = *kind, .detail = value(parts.headers, "detail")};
  if (*kind == FailureKind::http_status) {
    const Result<int> status = read_status(parts);
    if (!status) return tl::unexpected<Error>(status.error());
    failure.status = *status;
  }
  if (const auto found = parts.headers.find("retry-after"); found != parts.headers.end()) {
    const auto seconds = number<std::int64_t>(found->second.value);
    if (!seconds || *seconds < 0) {
      return fail_at(found->second.line,
                     fmt::format("not a number of seconds: {}", excerpt(found->second.value)));
    }
    failure.retry_after = std::chrono::seconds(*seconds);
  }
  return failure;
}

Result<void> read_common(const Parts& parts, Recording& recording) {
  for (const std::string_view name : {"source", "url", "fetched-at"}) {
    if (parts.headers.count(name) == 0) {
      return fail_at(parts.last_line, fmt::format("no {}", name));
    }
  }
  recording.source = value(parts.headers, "source");
  recording.url = value(parts.headers, "url");
  if (!recording.url.starts_with('/')) {
    return fail_at(parts.headers.at("url").line,
                   fmt::format("not a path: {}", excerpt(recording.url)));
  }
  const Header& time = parts.headers.at("fetched-at");
  const auto fetched_at = parse_time(time.value);
  if (!fetched_at) {
    return fail_at(time.line, fmt::format("not a time: {}", excerpt(time.value)));
  }
  recording.fetched_at = *fetched_at;
  return {};
}

Result<void> read_outcome(const Parts& parts, Recording& recording) {
  if (const auto failed = parts.headers.find("failure"); failed != parts.headers.end()) {
    auto failure = read_failure(parts, failed->second);
    if (!failure) return tl::unexpected<Error>(failure.error());
    recording.failure = *std::move(failure);
    if (parts.body.empty()) return {};
    return fail_at(parts.last_line + 1, "a failure has no body");
  }
  const Result<int> status = read_status(parts);
  if (!status) return tl::unexpected<Error>(status.error());
  if (*status != 200) {
    return fail_at(parts.headers.at("status").line, "a status other than 200 needs a failure");
  }
  recording.content_type = value(parts.headers, "content-type");
  recording.body = parts.body;
  return {};
}

/// The pieces between fixed punctuation: `digits(text, 5, 2)` is the month.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  const std::string_view piece = text.substr(at, count);
  if (piece.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return number<int>(piece);
}

}  // namespace

std::string recording_head(const Recording& recording) {
  std::string head;
  const auto add_line = [&head](std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(head), "{}: {}\n", name, printable(value));
  };
  add_line("source", recording.source);
  add_line("url", recording.url);
  add_line("fetched-at", format_time(recording.fetched_at));
  if (!recording.failure) {
    add_line("status", "200");
    if (!recording.content_type.empty()) add_line("content-type", recording.content_type);
  } else {
    const Failure& failure = *recording.failure;
    add_line("failure", to_string(failure.kind));
    if (!failure.detail.empty()) add_line("detail", failure.detail);
    if (failure.kind == FailureKind::http_status)
      add_line("status", std::to_string(failure.status));
    if (failure.retry_after) {
      add_line("retry-after", std::to_string(failure.retry_after->count()));
    }
  }
  return head + '\n';
}

Result<Recording> parse_recording(std::string_view text) {
  const Result<Parts> parts = take_apart(text);
  if (!parts) return tl::unexpected<Error>(parts.error());
  Recording recording;
  return read_common(*parts, recording)
      .and_then([&] { return read_outcome(*parts, recording); })
      .map([&] { return std::move(recording); });
}

std::string recording_name(const Recording& recording, int sequence) {
  std::string time = format_time(recording.fetched_at);
  time.erase(std::remove_if(time.begin(), time.end(), [](char c) { return c == '-' || c == ':'; }),
             time.end());
  std::string source;
  for (const char c : std::string_view(recording.source).substr(0, kLongestSource)) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
    source += safe ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return fmt::format("{}-{:06}-{}.http", time, sequence, source);
}

std::string without_server(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    url.remove_prefix(std::min(url.find_first_of("/?#"), url.size()));
  }
  url = url.substr(0, url.find('#'));
  return url.starts_with('/') ? std::string(url) : '/' + std::string(url);
}

std::string format_time(SystemTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<SystemTime> parse_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00.000Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '0' && text[i] != kShape[i]) return std::nullopt;
  }
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  const auto millisecond = digits(text, 20, 3);
  if (!year || !month || !day || !hour || !minute || !second || !millisecond) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + std::chrono::milliseconds(*millisecond);
}

}  // namespace exporter::http
