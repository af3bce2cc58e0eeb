#include "exporter/opencost/labels.h"

#include <algorithm>

namespace exporter::opencost {

LabelReader::LabelReader(const std::vector<std::string>& wanted, Names& names,
                         std::vector<model::LabelSet>& sets)
    : names_(names), sets_(sets) {
  auto& [labels, annotations] = parts_;
  annotations.prefix = model::kAnnotation.size();
  for (const std::string& name : wanted) {
    (name.starts_with(model::kAnnotation) ? annotations : labels).wanted.push_back(name);
  }
}

simdjson::error_code LabelReader::read(json::value& value, Of of, const Limits& limits) {
  Part& part = parts_[static_cast<std::size_t>(of)];
  json::object members;
  if (part.wanted.empty() || value.get_object().get(members) != simdjson::SUCCESS) {
    return simdjson::SUCCESS;
  }
  const auto before = [&](std::string_view wanted, std::string_view name) {
    return wanted.substr(part.prefix) < name;
  };
  part.found.clear();
  for (auto item : members) {
    json::field field;
    SIMDJSON_TRY(std::move(item).get(field));
    std::string_view name;
    SIMDJSON_TRY(field.unescaped_key().get(name));
    const auto wanted = std::lower_bound(part.wanted.begin(), part.wanted.end(), name, before);
    if (wanted == part.wanted.end() || wanted->substr(part.prefix) != name) continue;
    std::string_view text;
    Wrong wrong;
    SIMDJSON_TRY(read_name(field.value(), "label", text, names_, limits, wrong));
    if (!wrong && !text.empty()) part.found.push_back({names_.store(*wanted), text});
  }
  return simdjson::SUCCESS;
}

std::uint32_t LabelReader::take_set() {
  auto& [labels, annotations] = parts_;
  if (labels.found.empty() && annotations.found.empty()) return 0;
  model::LabelSet found = std::move(labels.found);
  found.insert(found.end(), annotations.found.begin(), annotations.found.end());
  labels.found.clear();
  annotations.found.clear();
  std::sort(found.begin(), found.end());
  const auto twice = [](const model::Label& a, const model::Label& b) { return a.name == b.name; };
  found.erase(std::unique(found.begin(), found.end(), twice), found.end());
  const auto [at, fresh] = known_.try_emplace(found, static_cast<std::uint32_t>(sets_.size()));
  if (fresh) sets_.push_back(std::move(found));
  return at->second;
}

}  // namespace exporter::opencost
