#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "exporter/opencost/rows.h"

namespace exporter::opencost {
namespace {

using std::chrono::floor;
using std::chrono::sys_seconds;

constexpr std::string_view kCurrentAggregate = "cluster,namespace,pod";
constexpr std::string_view kWorkloadAggregate = "cluster,namespace,controllerKind,controller";

std::string percent_encode(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char value = 0;
    const char* const hex = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(hex, hex + 2, value, 16).ptr == hex + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The value of `name` in a query string.
std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') {
      return percent_decode(pair.substr(name.size() + 1));
    }
  }
  return {};
}

}  // namespace

std::optional<model::Window> window_for(Query query, Alignment alignment,
                                        std::chrono::seconds settle,
                                        const model::Calendar& calendar, SystemTime now) {
  const auto today = calendar.date(floor<std::chrono::seconds>(now));
  if (query == Query::day) return calendar.day(today - std::chrono::days(1));
  const std::chrono::seconds step = grid(alignment);
  const auto settled = floor<std::chrono::seconds>(now) - settle;
  const sys_seconds end{settled.time_since_epoch() / step * step};
  if (query != Query::today) return model::Window{end - std::chrono::hours(1), end};
  const sys_seconds midnight = calendar.start(today);
  if (end <= midnight) return std::nullopt;
  return model::Window{midnight, end};
}

std::string url(std::string_view base, const Question& question) {
  while (base.ends_with('/')) base.remove_suffix(1);
  const std::string window = percent_encode(model::format_time(question.window.start) + "," +
                                            model::format_time(question.window.end));
  if (question.query == Query::assets) return fmt::format("{}/assets?window={}", base, window);
  const bool pods = question.query == Query::current;
  return fmt::format("{}/allocation?window={}&aggregate={}&includeIdle=true{}", base, window,
                     percent_encode(pods ? kCurrentAggregate : kWorkloadAggregate),
                     question.labels.empty() ? "" : "&includeAggregatedMetadata=true");
}

Result<Question> parse_url(std::string_view url) {
  const auto wrong = [&](std::string_view why) {
    return fail(fmt::format("\"{}\" is not a question of ours: {}", excerpt(url, 300), why));
  };
  const std::size_t mark = url.find('?');
  if (mark == std::string_view::npos) return wrong("it has no query");
  const std::string_view path = url.substr(0, mark);
  const std::string_view query = url.substr(mark + 1);
  Question question;
  if (path.ends_with("/assets")) {
    question.query = Query::assets;
  } else if (!path.ends_with("/allocation")) {
    return wrong("its path ends in neither /allocation nor /assets");
  } else if (const std::string aggregate = parameter(query, "aggregate");
             aggregate == kCurrentAggregate) {
    question.query = Query::current;
  } else if (aggregate == kWorkloadAggregate) {
    question.query = Query::today;
  } else {
    return wrong(fmt::format("its aggregate is \"{}\"", excerpt(aggregate)));
  }
  const std::string window = parameter(query, "window");
  const std::size_t comma = window.find(',');
  if (comma == std::string::npos) return wrong("its window has no comma");
  const auto start = model::parse_time(std::string_view(window).substr(0, comma));
  const auto end = model::parse_time(std::string_view(window).substr(comma + 1));
  if (!start) return wrong(start.error().message);
  if (!end) return wrong(end.error().message);
  if (*start >= *end) return wrong("its window is empty");
  question.window = {*start, *end};
  // Both are keyed alike; a day that is not over is never asked for whole.
  if (question.query == Query::today && *end - *start == std::chrono::days(1)) {
    question.query = Query::day;
  }
  return question;
}

}  // namespace exporter::opencost
