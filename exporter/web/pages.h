// The table of pages: all that is served but the API. Inside web/ only.
#pragma once

#include <span>
#include <string_view>

#include "exporter/web/answer.h"

namespace exporter::web {

struct Page {
  Route route;
  access::Area area;
  Reply (*handler)(Service&, const Rules&, const Request&);
  std::string_view details;  // of docs/http.md
};
std::span<const Page> pages();

}  // namespace exporter::web
