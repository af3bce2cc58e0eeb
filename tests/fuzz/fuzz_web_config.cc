// Any bytes as a web configuration file. The files it names are opened for reading only, where they
// are regular ones, and nothing of them is shown.
#include <cstddef>
#include <cstdint>
#include <string>

#include "exporter/config/config.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using exporter::require;
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  const auto config = exporter::config::parse_web_config(yaml, "/nowhere/web.yml");
  if (!config) {
    require(!config.error().empty(), "a refused web configuration says why");
    for (const std::string& fault : config.error()) {
      require(fault.starts_with("/nowhere/web.yml") || fault.ends_with("mend these first"),
              "a fault says where it is");
      require(fault.find('\n') == std::string::npos, "a fault is one line");
      require(fault.find("-----BEGIN P") == std::string::npos, "no fault shows a key");
    }
    return 0;
  }
  require(!config->files.empty() && config->files.front() == "/nowhere/web.yml",
          "the file itself is one of those to be watched");
  for (const auto& [name, value] : config->security.headers) {
    require(value.find_first_of("\r\n") == std::string::npos, "no header ends before its end");
  }
  return 0;
}
