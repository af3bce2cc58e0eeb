// A reader of OpenMetrics files that holds them against the rules and shares nothing with their
// writer.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace exporter::backfill::samples {

using LabelMap = std::map<std::string, std::string>;

struct ReadSeries {
  std::string text;  // name{labels}
  LabelMap labels;
  std::map<std::int64_t, double> points;
};

struct ReadFamily {
  std::string name, type, help;
  std::vector<ReadSeries> series;
};

struct ReadFile {
  std::vector<ReadFamily> families;

  const ReadFamily* family(std::string_view name) const {
    for (const ReadFamily& family : families) {
      if (family.name == name) return &family;
    }
    return nullptr;
  }
  /// The value of the one series of that family with these labels at `time`; NaN without one.
  double value(std::string_view name, const LabelMap& labels, std::int64_t time) const {
    const ReadFamily* const found = family(name);
    if (found == nullptr) return std::nan("");
    for (const ReadSeries& series : found->series) {
      if (series.labels == labels && series.points.count(time) == 1) return series.points.at(time);
    }
    return std::nan("");
  }
  std::size_t points(std::string_view name) const {
    std::size_t count = 0;
    if (const ReadFamily* const found = family(name)) {
      for (const ReadSeries& series : found->series) count += series.points.size();
    }
    return count;
  }
};

/// name="value",... up to and with the closing brace.
inline LabelMap read_labels(std::string_view& text) {
  LabelMap labels;
  while (!text.empty() && text.front() != '}') {
    const std::size_t equals = text.find("=\"");
    if (equals == std::string_view::npos) break;
    const std::string name(text.substr(0, equals));
    text.remove_prefix(equals + 2);
    std::string value;
    while (!text.empty() && text.front() != '"') {
      char c = text.front();
      if (c == '\\' && text.size() > 1) {
        text.remove_prefix(1);
        c = text.front() == 'n' ? '\n' : text.front();
      }
      value += c;
      text.remove_prefix(1);
    }
    if (!text.empty()) text.remove_prefix(1);
    EXPECT_TRUE(labels.emplace(name, value).second) << "label twice: " << name;
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  EXPECT_TRUE(text.starts_with("} ")) << text;
  text.remove_prefix(std::min<std::size_t>(text.size(), 2));
  return labels;
}

/// Fails the test where families come twice or are mixed, series are mixed or not sorted, times do
/// not rise, or `# EOF` is not the last line.
inline ReadFile read_openmetrics(const std::string& text) {
  ReadFile file;
  std::set<std::string> families, series;
  std::istringstream lines(text);
  bool ended = false;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_FALSE(ended) << "behind the end: " << line;
    if (line == "# EOF") {
      ended = true;
    } else if (line.starts_with("# HELP ")) {
      const std::size_t blank = line.find(' ', 7);
      file.families.push_back({line.substr(7, blank - 7), "", line.substr(blank + 1), {}});
      EXPECT_TRUE(families.insert(file.families.back().name).second) << "family twice: " << line;
    } else if (line.starts_with("# TYPE ")) {
      const std::size_t blank = line.find(' ', 7);
      EXPECT_EQ(line.substr(7, blank - 7), file.families.back().name);
      file.families.back().type = line.substr(blank + 1);
    } else {
      ReadFamily& family = file.families.back();
      std::string_view rest(line);
      EXPECT_TRUE(rest.starts_with(family.name + "{")) << line;
      rest.remove_prefix(std::min(rest.size(), family.name.size() + 1));
      const LabelMap labels = read_labels(rest);
      const std::string name = line.substr(0, line.size() - rest.size());
      if (family.series.empty() || family.series.back().text != name) {
        EXPECT_TRUE(series.insert(name).second) << "series in two places: " << line;
        if (!family.series.empty()) {
          EXPECT_LT(family.series.back().text, name);
        }
        family.series.push_back({name, labels, {}});
      }
      std::istringstream numbers{std::string(rest)};
      double value = 0;
      std::int64_t time = 0;
      EXPECT_TRUE(numbers >> value >> time) << line;
      EXPECT_TRUE(numbers.eof()) << line;
      auto& points = family.series.back().points;
      if (!points.empty()) {
        EXPECT_LT(points.rbegin()->first, time) << line;
      }
      points[time] = value;
    }
  }
  EXPECT_TRUE(ended);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  return file;
}

}  // namespace exporter::backfill::samples
