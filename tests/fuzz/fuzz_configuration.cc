// Any bytes as a configuration file. What is read must survive being printed and read again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "exporter/config/config.h"
#include "tests/fuzz/require.h"

namespace {

exporter::Result<exporter::config::Config, exporter::config::Faults> read(std::string_view yaml) {
  const auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  return exporter::config::parse(yaml, "fuzz.yaml", nothing, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using exporter::require;
  const auto config = read({reinterpret_cast<const char*>(data), size});
  if (!config) {
    require(!config.error().empty(), "a refused configuration says why");
    return 0;
  }
  const std::string printed = exporter::config::print(*config);
  const auto again = read(printed);
  require(again.has_value(), "what is printed can be read");
  require(exporter::config::print(*again) == printed, "printing is stable");
  return 0;
}
