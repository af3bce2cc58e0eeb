#include "exporter/config/config.h"

namespace exporter::config {

Result<WebConfig, Faults> load_web_config(const std::string& path) {
  return tl::unexpected(Faults{path + ": not read yet"});
}

}  // namespace exporter::config
