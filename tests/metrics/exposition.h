// The tests' own reading of the text format: strict, and unaware of how pages are written.
#pragma once

#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace exporter::metrics::samples {

using Labels = std::vector<std::pair<std::string, std::string>>;  // as written

struct Sample {
  std::string name;
  Labels labels;
  std::string value;

  std::map<std::string, std::string> label_map() const { return {labels.begin(), labels.end()}; }
};

struct Family {
  std::string name, help, type;
  std::vector<Sample> samples;
};

/// Throws std::runtime_error with the line where the text is not well formed.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Family> read() {
    while (!text_.empty()) {
      const std::size_t end = text_.find('\n');
      if (end == std::string_view::npos) wrong("the last line does not end");
      line_ = text_.substr(0, end);
      text_.remove_prefix(end + 1);
      take_line();
    }
    return std::move(families_);
  }

 private:
  [[noreturn]] void wrong(const std::string& what) const {
    throw std::runtime_error(what + ": " + std::string(line_));
  }

  void take_line() {
    if (line_ == "# EOF") {
      if (!text_.empty()) wrong("text behind # EOF");
      return;
    }
    if (line_.starts_with("# HELP ")) {
      const std::string_view rest = line_.substr(7);
      families_.push_back({std::string(rest.substr(0, rest.find(' '))),
                           std::string(rest.substr(rest.find(' ') + 1)),
                           {},
                           {}});
    } else if (line_.starts_with("# TYPE ")) {
      const std::string_view rest = line_.substr(7);
      if (families_.empty() || rest.substr(0, rest.find(' ')) != families_.back().name) {
        wrong("a TYPE without its HELP");
      }
      families_.back().type = rest.substr(rest.find(' ') + 1);
    } else {
      if (families_.empty()) wrong("a sample before any family");
      families_.back().samples.push_back(sample());
    }
  }

  Sample sample() {
    Sample out;
    std::size_t at = line_.find_first_of("{ ");
    if (at == std::string_view::npos || at == 0) wrong("no name");
    out.name = line_.substr(0, at);
    if (line_[at] == '{') {
      ++at;
      while (at < line_.size() && line_[at] != '}') at = label(at, out.labels);
      ++at;
    }
    if (at >= line_.size() || line_[at] != ' ') wrong("no value");
    out.value = line_.substr(at + 1);
    if (out.value.empty() || out.value.find(' ') != std::string::npos) wrong("an odd value");
    return out;
  }

  std::size_t label(std::size_t at, Labels& labels) {
    const std::size_t equals = line_.find('=', at);
    if (equals == std::string_view::npos || equals + 1 >= line_.size() ||
        line_[equals + 1] != '"') {
      wrong("a label without a value");
    }
    const std::string name(line_.substr(at, equals - at));
    std::string value;
    for (at = equals + 2; at < line_.size() && line_[at] != '"'; ++at) {
      if (line_[at] != '\\') {
        value += line_[at];
        continue;
      }
      if (++at >= line_.size()) wrong("an escape of nothing");
      if (line_[at] == 'n') {
        value += '\n';
      } else if (line_[at] == '\\' || line_[at] == '"') {
        value += line_[at];
      } else {
        wrong("an unknown escape");
      }
    }
    if (at >= line_.size()) wrong("an open label value");
    labels.emplace_back(name, value);
    ++at;
    if (at < line_.size() && line_[at] == ',') return at + 1;
    return at;
  }

  std::string_view text_, line_;
  std::vector<Family> families_;
};

inline std::vector<Family> read_families(std::string_view text) { return Reader(text).read(); }

/// `labels value` of each series of a family, in the order of the page.
inline std::vector<std::string> series(std::string_view text, std::string_view name) {
  std::vector<std::string> out;
  for (const Family& family : read_families(text)) {
    for (const Sample& sample : family.samples) {
      if (sample.name != name) continue;
      std::string line;
      for (const auto& [label, value] : sample.labels) line += value + " ";
      out.push_back(line + sample.value);
    }
  }
  return out;
}

/// The value of the one sample of that name and those labels; NaN when there is none.
inline double value_of(std::string_view text, std::string_view name,
                       const std::map<std::string, std::string>& labels) {
  for (const Family& family : read_families(text)) {
    for (const Sample& sample : family.samples) {
      if (sample.name == name && sample.label_map() == labels) {
        return std::strtod(sample.value.c_str(), nullptr);
      }
    }
  }
  return std::nan("");
}

inline std::vector<std::string> names_of(const std::vector<Family>& families) {
  std::vector<std::string> names;
  names.reserve(families.size());
  for (const Family& family : families) names.push_back(family.name);
  return names;
}

/// What Prometheus would refuse a page for, in words; empty when it would not.
inline std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> faults;
  std::set<std::string> names;
  for (const Family& family : read_families(text)) {
    if (!names.insert(family.name).second) faults.push_back(family.name + " stands there twice");
    if (family.samples.empty()) faults.push_back(family.name + " has no series");
    if (family.help.empty()) faults.push_back(family.name + " has no help");
    std::set<std::pair<std::string, Labels>> series;
    for (const Sample& sample : family.samples) {
      if (!sample.name.starts_with(family.name)) faults.push_back(sample.name + " is a stranger");
      if (!series.emplace(sample.name, sample.labels).second) {
        faults.push_back("a series of " + sample.name + " stands there twice");
      }
      std::set<std::string> labels;
      for (const auto& [label, value] : sample.labels) {
        if (!labels.insert(label).second)
          faults.push_back(sample.name + " has " + label + " twice");
      }
    }
  }
  return faults;
}

}  // namespace exporter::metrics::samples
