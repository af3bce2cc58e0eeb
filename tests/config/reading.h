// Reading a configuration in one line, for the tests of this folder.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <string_view>

#include "exporter/config/config.h"

namespace exporter::config {

using Variables = std::map<std::string, std::string>;

inline Environment variables(Variables values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

inline Result<Config, Faults> read(std::string_view yaml, const Variables& environment = {},
                                   const std::map<std::string, std::string>& flags = {}) {
  return parse(yaml, "c.yaml", variables(environment), flags);
}

inline Config good(std::string_view yaml, const Variables& environment = {},
                   const std::map<std::string, std::string>& flags = {}) {
  auto config = read(yaml, environment, flags);
  if (config) return *config;
  ADD_FAILURE() << testing::PrintToString(config.error());
  return {};
}

inline Faults faults(std::string_view yaml, const Variables& environment = {},
                     const std::map<std::string, std::string>& flags = {}) {
  const auto config = read(yaml, environment, flags);
  return config ? Faults{} : config.error();
}

inline const std::string kOne = "clusters: [{url: \"http://opencost:9003\"}]\n";

}  // namespace exporter::config
