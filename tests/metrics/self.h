// What the tests of SelfMetrics have in common.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "exporter/metrics/metrics.h"
#include "tests/metrics/exposition.h"

namespace exporter::metrics::samples {

inline const SystemTime kStart{std::chrono::milliseconds(1'773'136'800'250)};
inline const SelfMetrics::Labels kLabels{{"eu", "us"},
                                         {"current", "assets"},
                                         {"timeout", "parse"},
                                         {"malformed", "null_cost"},
                                         {"open", "write"}};

inline const std::map<std::string, std::string> kEu = {{"cluster", "eu"}, {"query", "current"}};

inline std::map<std::string, std::string> with(std::map<std::string, std::string> labels,
                                               const std::string& name, const std::string& value) {
  labels[name] = value;
  return labels;
}

inline const Family* find(const std::vector<Family>& families, const std::string& name) {
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&](const Family& family) { return family.name == name; });
  return found == families.end() ? nullptr : &*found;
}

}  // namespace exporter::metrics::samples
