// The page that shows the API to people, which is built in. Inside web/ only.
#pragma once

#include <string_view>

namespace exporter::web {

/// HTML. Reads `openapi.json` beside it and `docs/redoc.js` below it, and nothing of another host.
std::string_view reference_page();
/// Redoc, JavaScript; about 1.1 MB.
std::string_view reference_script();

}  // namespace exporter::web
