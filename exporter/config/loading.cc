#include "exporter/config/loading.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporter/config/text.h"

namespace exporter::config {
namespace {

constexpr int kAfterTheFile = std::numeric_limits<int>::max();
constexpr std::size_t kShownFaults = 100;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

}  // namespace

Place Reading::line(int number) const {
  if (number == 0) return {file_, true, 0};
  return {fmt::format("{}:{}", file_, number), true, number};
}

Place Reading::variable(std::string_view name) {
  return {fmt::format("environment {}", name), false, kAfterTheFile};
}

Place Reading::flag(std::string_view name) {
  return {fmt::format("flag {}", name), false, kAfterTheFile};
}

void Reading::found(const std::string& path, Place place) {
  // What is below a path follows it in two runs: `path.` and `path[`.
  for (const char mark : {'.', '['}) {
    const char after = static_cast<char>(mark + 1);
    places_.erase(places_.lower_bound(path + mark), places_.lower_bound(path + after));
  }
  places_[path] = std::move(place);
}

bool Reading::has_faults(const std::string& path) const {
  const auto below = [&](char mark) {
    const auto first = faulty_.lower_bound(path + mark);
    return first != faulty_.end() && first->starts_with(path + mark);
  };
  return faulty_.contains(path) || below('.') || below('[');
}

void Reading::fault(const std::string& path, std::string_view message) {
  std::string_view around = path;
  while (true) {
    if (const auto place = places_.find(std::string(around)); place != places_.end()) {
      return fault(place->second, path, message);
    }
    const auto cut = around.find_last_of(".[");
    if (cut == std::string_view::npos) return fault(line(0), path, message);
    around = around.substr(0, cut);
  }
}

void Reading::fault(const Place& place, std::string_view path, std::string_view message) {
  faulty_.emplace(path);
  std::string text = place.label;
  if (place.in_file && !path.empty()) text += fmt::format("{}{}", text.empty() ? "" : ": ", path);
  faults_.push_back({place.line, fmt::format("{}{}{}", text, text.empty() ? "" : ": ", message)});
}

Faults Reading::faults() const {
  std::vector<Found> sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Found& a, const Found& b) { return a.line < b.line; });
  Faults result;
  for (const Found& found : sorted) {
    if (result.size() == kShownFaults) {
      result.push_back(
          fmt::format("{} more faults; mend these first", sorted.size() - kShownFaults));
      break;
    }
    result.push_back(found.text);
  }
  return result;
}

namespace {

/// `name=value`, to be given to a map setting.
Result<Item> entry(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    return fail(
        fmt::format("{} is not a name and a value; write them as name=value, with commas "
                    "between several",
                    in_quotes(text)));
  }
  return Item{.text = std::string(trim(text.substr(equals + 1))),
              .key = std::string(trim(text.substr(0, equals)))};
}

}  // namespace

void apply_text(Loading& loading, const Setting<Config>& setting, std::string_view text,
                const Place& place) {
  const std::string path(setting.key);
  if (setting.shape == Shape::scalar) {
    loading.apply(setting, loading.config, path, {.text = std::string(text)}, place);
    return;
  }
  for (std::size_t index = 0; !text.empty() || index == 0; ++index) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string_view part = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    auto item = setting.shape == Shape::map ? entry(part) : Item{.text = std::string(part)};
    if (!item) {
      loading.fault(place, path, item.error().message);
      loading.refuse(path);
      continue;
    }
    item->index = index;
    loading.apply(setting, loading.config, path, *item, place);
  }
}

void take_flags(Loading& loading, const std::map<std::string, std::string>& flags) {
  for (const Setting<Config>& setting : settings()) {
    const auto given = flags.find(std::string(setting.key));
    if (given == flags.end() || setting.flag.empty()) continue;
    apply_text(loading, setting, given->second, Reading::flag(setting.flag));
  }
}

}  // namespace exporter::config
