#include "exporter/backfill/lines.h"

namespace exporter::backfill {
namespace {

bool has_label(std::string_view labels, std::string_view name) {
  while (!labels.empty()) {
    const std::size_t equals = labels.find('=');
    if (labels.substr(0, equals) == name) return true;
    std::size_t at = equals + 2;  // behind the opening quote
    while (labels[at] != '"') at += labels[at] == '\\' ? 2u : 1u;
    labels.remove_prefix(at + 1);
    if (!labels.empty()) labels.remove_prefix(1);  // the comma
  }
  return false;
}

void append_escaped(std::string& out, std::string_view value) {
  for (char c : value) {
    if (c == '"' || c == '\\' || c == '\n') out += '\\';
    out += c == '\n' ? 'n' : c;
  }
}

}  // namespace

std::optional<std::string_view> Lines::next() {
  joined_.clear();
  for (; piece_ < pieces_.size(); ++piece_, at_ = 0) {
    const std::string_view rest = std::string_view(pieces_[piece_]).substr(at_);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
      joined_ += rest;
      continue;
    }
    at_ += end + 1;
    if (joined_.empty()) return rest.substr(0, end);
    joined_ += rest.substr(0, end);
    return joined_;
  }
  if (joined_.empty()) return std::nullopt;
  return joined_;
}

Sample split_sample(std::string_view line) {
  // Label values may hold blanks and braces, a value neither.
  const std::size_t blank = line.rfind(' ');
  const std::string_view series = line.substr(0, blank);
  const std::size_t brace = series.find('{');
  Sample sample{series.substr(0, brace), {}, line.substr(blank + 1)};
  if (brace != std::string_view::npos) {
    sample.labels = series.substr(brace + 1, series.size() - brace - 2);
  }
  return sample;
}

std::string add_labels(std::string_view labels,
                       const std::vector<std::pair<std::string, std::string>>& more) {
  std::string out(labels);
  for (const auto& [name, value] : more) {
    if (has_label(labels, name)) continue;
    if (!out.empty()) out += ',';
    out += name;
    out += "=\"";
    append_escaped(out, value);
    out += '"';
  }
  return out;
}

}  // namespace exporter::backfill
