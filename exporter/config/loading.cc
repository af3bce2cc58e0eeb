#include "exporter/config/loading.h"

#include <fmt/format.h>

#include <algorithm>

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

Place Loading::line(int number) const {
  if (number == 0) return {file_, true, 0};
  return {fmt::format("{}:{}", file_, number), true, number};
}

Place Loading::variable(std::string_view name) {
  return {fmt::format("environment {}", name), false, kAfterTheFile};
}

Place Loading::flag(std::string_view name) {
  return {fmt::format("flag {}", name), false, kAfterTheFile};
}

void Loading::fault(const std::string& path, std::string_view message) {
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

void Loading::fault(const Place& place, std::string_view path, std::string_view message) {
  std::string text = place.label;
  if (place.in_file && !path.empty()) text += fmt::format("{}{}", text.empty() ? "" : ": ", path);
  faults_.push_back({place.line, fmt::format("{}{}{}", text, text.empty() ? "" : ": ", message)});
}

Faults Loading::faults() const {
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

void apply_text(Loading& loading, const Setting<Config>& setting, std::string_view text,
                const Place& place) {
  const std::string path(setting.key);
  if (setting.shape == Shape::scalar) {
    loading.apply(setting, loading.config, path, {.text = std::string(text)}, place);
    return;
  }
  for (std::size_t index = 0; !text.empty() || index == 0; ++index) {
    const auto comma = std::min(text.find(','), text.size());
    const Item item{.text = std::string(trim(text.substr(0, comma))), .key = {}, .index = index};
    loading.apply(setting, loading.config, path, item, place);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

void take_flags(Loading& loading, const std::map<std::string, std::string>& flags) {
  for (const Setting<Config>& setting : settings()) {
    const auto given = flags.find(std::string(setting.key));
    if (given == flags.end() || setting.flag.empty()) continue;
    apply_text(loading, setting, given->second, Loading::flag(setting.flag));
  }
}

}  // namespace exporter::config
