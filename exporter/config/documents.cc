#include "exporter/config/documents.h"

#include "exporter/api/api.h"
#include "exporter/config/config.h"
#include "exporter/metrics/metrics.h"
#include "exporter/web/web.h"

namespace exporter::config {

std::map<std::string, std::string> documents() {
  return {{"configuration.md", configuration_page()},
          {"cli.md", command_line_page()},
          {"example-config.yaml", example_file()},
          {"metrics.md", metrics::document()},
          {"http.md", web::document()},
          {"api-reference.md", api::document()},
          {"openapi.json", api::openapi()},
          {"web-config.md", web_config_page()}};
}

}  // namespace exporter::config
