#include "exporter/opencost/labels.h"

#include <algorithm>

namespace exporter::opencost {

simdjson::error_code LabelReader::read(json::value& value, const Limits& limits,
                                       std::uint32_t& set) {
  json::object labels;
  if (wanted_.empty() || value.get_object().get(labels) != simdjson::SUCCESS) {
    return simdjson::SUCCESS;
  }
  model::LabelSet found;
  for (auto item : labels) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    std::string_view name;
    SIMDJSON_TRY(field.unescaped_key().get(name));
    const auto wanted = std::lower_bound(wanted_.begin(), wanted_.end(), name);
    if (wanted == wanted_.end() || *wanted != name) continue;
    std::string_view text;
    Wrong wrong;
    SIMDJSON_TRY(read_name(field.value(), "label", text, names_, limits, wrong));
    if (!wrong && !text.empty()) found.push_back({names_.store(*wanted), text});
  }
  std::sort(found.begin(), found.end());
  const auto twice = [](const model::Label& a, const model::Label& b) { return a.name == b.name; };
  found.erase(std::unique(found.begin(), found.end(), twice), found.end());
  const auto [at, fresh] = known_.try_emplace(found, static_cast<std::uint32_t>(sets_.size()));
  if (found.empty()) {
    at->second = 0;
  } else if (fresh) {
    sets_.push_back(std::move(found));
  }
  set = at->second;
  return simdjson::SUCCESS;
}

}  // namespace exporter::opencost
